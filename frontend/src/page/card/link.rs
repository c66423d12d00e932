//! What a person can do about the connection itself.

use super::{CardBridge, checklist::CHECKLIST};
use crate::{
    app::use_session,
    bridge::permission,
    browser::document::focus_id_if_lost,
    component::{
        button::{Button, Emphasis, Readiness},
        icon::{Picture, icon},
        notice::{Tone, notice, paragraph},
    },
    wizard::card::{BridgeLink, Permission, Transport},
};
use protocol::CARD_BRIDGE_SCHEME;
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

/// Properties of [`LinkHelp`].
#[derive(Properties, PartialEq)]
pub(crate) struct LinkHelpProps {
    pub(crate) bridge: CardBridge,
}

/// Help for the present state of the connection, and the ways on.
#[component]
pub(crate) fn LinkHelp(props: &LinkHelpProps) -> Html {
    let bridge = &props.bridge;
    let expected = use_expected_permission();
    let link = bridge.state.link.clone();
    use_effect_with((link.clone(), bridge.state.transport), |(link, transport)| {
        if *link != BridgeLink::Idle || *transport == Transport::Relay {
            focus_id_if_lost(CHECKLIST);
        }
    });
    if link == BridgeLink::Connected {
        return Html::default();
    }
    if bridge.state.transport == Transport::Relay {
        return html! {
            <>
                <p>{ "When you go on, your browser asks whether it may open the card bridge. Agree." }</p>
                <div class="actions">
                    { switch(bridge, Transport::Loopback, Emphasis::Secondary, "Connect directly instead") }
                    <Download />
                </div>
            </>
        };
    }
    let (help, connects) = help(&link, expected);
    let onclick = Callback::from({
        let bridge = bridge.clone();
        move |()| bridge.connect()
    });
    let readiness = Readiness::busy_while(matches!(link, BridgeLink::Looking(_)));
    let starts = matches!(link, BridgeLink::NotFound(Permission::Granted | Permission::Unknown));
    let may_be_missing =
        matches!(link, BridgeLink::Idle | BridgeLink::NotFound(_) | BridgeLink::TooOld | BridgeLink::TooNew);
    let emphasis = match link {
        BridgeLink::NotFound(Permission::Denied) => Emphasis::Primary,
        _ => Emphasis::Secondary,
    };
    html! {
        <>
            <div role="status">{ help }</div>
            <div class="actions">
                if connects {
                    <Button emphasis={Emphasis::Primary} {readiness} {onclick}>{ "Connect to the card bridge" }</Button>
                }
                if starts {
                    <a class={Emphasis::Primary.classes()} href={format!("{CARD_BRIDGE_SCHEME}:start")}>{ "Start the card bridge" }</a>
                }
                { switch(bridge, Transport::Relay, emphasis, "Open the card bridge instead") }
                if may_be_missing { <Download /> }
            </div>
        </>
    }
}

/// What stands above the buttons, and whether "Connect" is one of them.
fn help(link: &BridgeLink, expected: Permission) -> (Html, bool) {
    match link {
        BridgeLink::Idle if expected == Permission::Prompt => (
            ask(
                Tone::Info,
                "Your browser asks first",
                "It asks whether this site may “Access other apps and services on this device”. Choose “Allow”: that is the way to the card bridge.",
            ),
            true,
        ),
        BridgeLink::Looking(Permission::Prompt) => (
            ask(
                Tone::Info,
                "Your browser asks now",
                "Choose “Allow” for “Access other apps and services on this device”.",
            ),
            true,
        ),
        BridgeLink::NotFound(Permission::Denied) => (
            ask(
                Tone::Warning,
                "Your browser blocks the card bridge",
                "To allow it, open the site’s settings with the icon on the left of the address, and allow access to other apps and services on this device. This page notices by itself. Or go on without it:",
            ),
            false,
        ),
        BridgeLink::NotFound(Permission::Prompt) => (
            ask(
                Tone::Warning,
                "Your browser’s question was closed",
                "Connect again and choose “Allow”, or go on without it.",
            ),
            true,
        ),
        BridgeLink::NotFound(Permission::Unknown) => (
            ask(
                Tone::Warning,
                "The card bridge does not answer",
                "It does not run, or this browser keeps pages away from it.",
            ),
            false,
        ),
        BridgeLink::Pairing(code) => (pairing(code), false),
        BridgeLink::Refused(what, next) => {
            let body = paragraph(next.clone());
            (html! { <div role="alert">{ notice(Tone::Danger, what.clone(), body) }</div> }, true)
        }
        BridgeLink::Idle | BridgeLink::Looking(_) => (Html::default(), true),
        BridgeLink::NotFound(Permission::Granted)
        | BridgeLink::TooOld
        | BridgeLink::TooNew
        | BridgeLink::Connected => (Html::default(), false),
    }
}

/// What the browser says before it was asked for anything.
#[hook]
fn use_expected_permission() -> Permission {
    let permission = use_state(|| Permission::Unknown);
    let setter = permission.setter();
    use_effect_with((), move |()| spawn_local(async move { setter.set(permission::query().await) }));
    *permission
}

fn ask(tone: Tone, title: &'static str, text: &'static str) -> Html {
    notice(tone, title, paragraph(text))
}

fn pairing(code: &str) -> Html {
    let code = code.chars().map(|digit| html! { <span>{ digit }</span> });
    notice(
        Tone::Info,
        "Compare the six digits",
        html! {
            <>
                <p class="pairing-code">{ for code }</p>
                <p>{ "The window of the card bridge shows the same? Then allow this page there. This is asked only once." }</p>
            </>
        },
    )
}

fn switch(bridge: &CardBridge, transport: Transport, emphasis: Emphasis, text: &'static str) -> Html {
    let bridge = bridge.clone();
    html! { <Button {emphasis} onclick={Callback::from(move |()| bridge.switch_to(transport))}>{ text }</Button> }
}

/// Where people get the card bridge, when the server says so.
#[component]
pub(super) fn Download() -> Html {
    match &use_session().instance.card_bridge_download {
        Some(url) => html! {
            <a href={url.clone()} class={Emphasis::Secondary.classes()}>{ icon(Picture::Download) }{ "Download the card bridge" }</a>
        },
        None => Html::default(),
    }
}

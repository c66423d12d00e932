//! The certificate goes onto the card that has its key.

use super::{
    CardBridge,
    checklist::{checklist, first_pin},
    link::LinkHelp,
    progress::WorkView,
    use_card_bridge,
};
use crate::{
    api,
    component::{
        button::{Button, Emphasis, Readiness},
        failure::view,
        heading::PageHeading,
        key_progress::GENERATE,
        notice::{Tone, notice, paragraph},
    },
    loading::use_loaded_by,
    navigation::Link,
    route::Route,
    wizard::card::{CardAction, Work},
};
use protocol::{CardOutcome, CardTask, Certificate};
use yew::prelude::*;

/// Properties of [`InstallPage`].
#[derive(Properties, PartialEq)]
pub(super) struct InstallPageProps {
    pub(super) certificate_id: AttrValue,
}

/// The page for one certificate.
#[component]
pub(super) fn InstallPage(props: &InstallPageProps) -> Html {
    let loaded = use_loaded_by(props.certificate_id.clone(), api::certificate);
    view(&loaded, |certificate| html! { <Install certificate={certificate.clone()} /> })
}

#[derive(Properties, PartialEq)]
struct InstallProps {
    certificate: Certificate,
}

/// The checklist, the button, and what became of it.
#[component]
fn Install(props: &InstallProps) -> Html {
    let certificate = &props.certificate;
    let bridge = use_card_bridge(&certificate.summary.order_id);
    use_holder(&bridge, &certificate.public_key_sha256);
    let state = &bridge.state;
    let busy = state.is_busy();
    let install = {
        let (bridge, certificate_pem) = (bridge.clone(), certificate.pem.clone());
        Callback::from(move |()| {
            bridge.perform(CardTask::Install { certificate_pem: certificate_pem.clone() });
        })
    };
    let installed = match &state.work {
        Work::Done(CardOutcome::Installed { card_name }) => Some(card_name),
        _ => None,
    };
    let emphasis = if installed.is_some() { Emphasis::Secondary } else { Emphasis::Primary };
    let details = Route::Certificate { certificate_id: certificate.summary.id.clone() };
    html! {
        <>
            <PageHeading title="Install on card" caption={certificate.summary.mailbox.clone()} />
            <p class="lead">{ "The certificate is written beside its key, so that mail programs find both on the card." }</p>
            <div role="status">
                if let Some(name) = installed {
                    { notice(Tone::Success, "The certificate is on the card",
                        paragraph(format!("It was read back from {name}. In your mail program, choose it for signing and for encryption."))) }
                }
            </div>
            <WorkView bridge={bridge.clone()} />
            <div class="card">
                { checklist(state.checklist()) }
                if !busy { <LinkHelp bridge={bridge.clone()} /> }
                { first_pin() }
            </div>
            <div class="actions" hidden={busy}>
                if bridge.is_reachable() {
                    <Button id={GENERATE} {emphasis} readiness={Readiness::busy_while(!state.is_ready())} onclick={install}>
                        { "Install on card" }
                    </Button>
                }
                <Link to={details} class={Emphasis::Secondary.classes()}>{ "Back" }</Link>
            </div>
        </>
    }
}

/// Of several cards, chooses the one that has the key.
#[hook]
fn use_holder(bridge: &CardBridge, public_key_sha256: &str) {
    let holder = bridge.state.holder(public_key_sha256).map(|card| card.id.clone());
    let state = bridge.state.dispatcher();
    use_effect_with(holder, move |holder| {
        if let Some(id) = holder.clone() {
            state.dispatch(CardAction::ChooseCard(id));
        }
    });
}

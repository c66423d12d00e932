//! The copy of the key that this browser keeps: until when, and how to remove it.

use crate::{
    browser::words::{date_and_time, now},
    component::{
        button::{Button, Emphasis},
        icon::{Picture, icon},
        notice::{Tone, notice, paragraph},
    },
    crypto::key_store,
};
use protocol::Timestamp;
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

/// Properties of [`KeptKey`].
#[derive(Properties, PartialEq)]
pub(super) struct KeptKeyProps {
    pub(super) order_id: AttrValue,
    /// When the browser removes it by itself, as it was when the page opened.
    pub(super) removed_at: Option<Timestamp>,
    /// Whether a PFX was made on this page: only then can it be confirmed.
    pub(super) pfx_made: bool,
    /// The key is gone.
    pub(super) onremoved: Callback<()>,
}

/// What the person is about to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asking {
    Nothing,
    WhetherToRemove,
    /// It may still be there.
    NotRemoved,
}

/// Says that the key is kept, takes the confirmation of the PFX, and removes the key after asking once more.
#[component]
pub(super) fn KeptKey(props: &KeptKeyProps) -> Html {
    let removed_at = use_state(|| props.removed_at);
    let asking = use_state(|| Asking::Nothing);
    let ask = |next: Asking| {
        let asking = asking.setter();
        Callback::from(move |()| asking.set(next))
    };
    let confirm = {
        let (order_id, removed_at) = (props.order_id.clone(), removed_at.setter());
        Callback::from(move |()| {
            let (order_id, removed_at) = (order_id.clone(), removed_at.clone());
            spawn_local(async move {
                if let Some(now) = now()
                    && let Ok(Some(moment)) = key_store::confirm_pfx(&order_id, now).await
                {
                    removed_at.set(Some(moment));
                }
            });
        })
    };
    let remove = {
        let (order_id, asking, onremoved) =
            (props.order_id.clone(), asking.setter(), props.onremoved.clone());
        Callback::from(move |()| {
            let (order_id, asking, onremoved) = (order_id.clone(), asking.clone(), onremoved.clone());
            spawn_local(async move {
                match key_store::remove(&order_id).await {
                    Ok(()) => onremoved.emit(()),
                    Err(_) => asking.set(Asking::NotRemoved),
                }
            });
        })
    };
    html! {
        <>
            <p class="source">{ icon(Picture::Check) }{ "The key is kept in this browser." }</p>
            <div role="status">{ (*removed_at).map(until).unwrap_or_default() }</div>
            if props.pfx_made && removed_at.is_none() {
                <Button onclick={confirm}>{ "I have the PFX file and its password" }</Button>
            }
            { match *asking {
                Asking::Nothing => html! {
                    <p><Button emphasis={Emphasis::Quiet} onclick={ask(Asking::WhetherToRemove)}>{ "Remove the key from this browser" }</Button></p>
                },
                Asking::WhetherToRemove => html! {
                    <div role="alert">{ notice(Tone::Warning, "Remove the key from this browser?", html! { <>
                        <p>{ "Afterwards only your PFX file or your recovery file has it. Without one of them the certificate cannot be used any more, and mail encrypted for you cannot be read." }</p>
                        <div class="actions">
                            <Button emphasis={Emphasis::Danger} onclick={remove}>{ "Remove it now" }</Button>
                            <Button onclick={ask(Asking::Nothing)}>{ "Keep it" }</Button>
                        </div></> }) }</div>
                },
                Asking::NotRemoved => notice(Tone::Danger, "The key could not be removed", paragraph("Clear the data of this site in the settings of your browser.")),
            } }
        </>
    }
}

fn until(moment: Timestamp) -> Html {
    html! { <p class="quiet">{ format!("This browser removes its copy of the key after {}.", date_and_time(moment)) }</p> }
}

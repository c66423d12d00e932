//! What a person sees while a key pair is made.

use super::button::Button;
use crate::browser::document::focus_id;
use gloo_timers::callback::Interval;
use std::cell::RefCell;
use wasm_crypto::KeyProgress;
use yew::prelude::*;

/// The ids of the two buttons that take each other's place, and with it the focus.
pub(crate) const GENERATE: &str = "generate_key_pair";
const CANCEL: &str = "cancel_generation";

/// Properties of [`KeyProgressView`].
#[derive(Properties, PartialEq)]
pub(crate) struct KeyProgressViewProps {
    /// Whether a key is being made.
    pub(crate) going_on: bool,
    /// How far it is, once that is known.
    pub(crate) progress: Option<KeyProgress>,
    pub(crate) cancel: Callback<()>,
}

/// Says that it has begun and that it has ended; the seconds between are to be seen, not heard.
#[component]
pub(crate) fn KeyProgressView(props: &KeyProgressViewProps) -> Html {
    let seconds = use_state(|| 0_u32);
    let going_on = props.going_on;
    {
        let seconds = seconds.setter();
        use_effect_with(going_on, move |going_on| {
            seconds.set(0);
            let count = RefCell::new(0_u32);
            let timer = going_on.then(|| {
                Interval::new(1_000, move || {
                    *count.borrow_mut() += 1;
                    seconds.set(*count.borrow());
                })
            });
            move || drop(timer)
        });
    }
    {
        let began = use_mut_ref(|| false);
        use_effect_with(going_on, move |going_on| {
            if *going_on {
                *began.borrow_mut() = true;
                focus_id(CANCEL);
            } else if *began.borrow() {
                focus_id(GENERATE);
            }
        });
    }
    let phase = match props.progress {
        None => "Starting…",
        Some(KeyProgress::Checking) => "Checking the key and encrypting it…",
        Some(KeyProgress::SearchingSecondPrime { .. }) => "Searching the second prime number…",
        Some(_) => "Searching the first prime number…",
    };
    html! {
        <>
            <p class="visually-hidden" role="status">{ if going_on { "The key pair is being generated." } else { "" } }</p>
            if going_on {
                <div class="card progress">
                    <progress aria-label="Key pair generation"></progress>
                    <p aria-hidden="true">{ phase }</p>
                    <p class="progress__time">{ format!("{} s", *seconds) }</p>
                    <p class="quiet">{ "Usually a few seconds; a long RSA key can take a minute. Stay on this page until it is done." }</p>
                    <Button id={CANCEL} onclick={props.cancel.clone()}>{ "Cancel" }</Button>
                </div>
            }
        </>
    }
}

//! What a person sees while a key pair is made here.

use super::progress::ProgressView;
use wasm_crypto::KeyProgress;
use yew::prelude::*;

/// The id of the button that begins it.
pub(crate) const GENERATE: &str = "generate_key_pair";

/// Properties of [`KeyProgressView`].
#[derive(Properties, PartialEq)]
pub(crate) struct KeyProgressViewProps {
    /// Whether a key is being made.
    pub(crate) going_on: bool,
    /// How far it is, once that is known.
    pub(crate) progress: Option<KeyProgress>,
    pub(crate) cancel: Callback<()>,
}

/// Says that it has begun; what it is at is to be seen, not heard.
#[component]
pub(crate) fn KeyProgressView(props: &KeyProgressViewProps) -> Html {
    let phase = match props.progress {
        None => "Starting…",
        Some(KeyProgress::Checking) => "Checking the key and encrypting it…",
        Some(KeyProgress::SearchingSecondPrime { .. }) => "Searching the second prime number…",
        Some(_) => "Searching the first prime number…",
    };
    html! {
        <ProgressView going_on={props.going_on} label="Key pair generation" said="The key pair is being generated." {phase}
            hint="Usually a few seconds; a long RSA key can take a minute. Stay on this page until it is done."
            begun_by={GENERATE} cancel={props.cancel.clone()} />
    }
}

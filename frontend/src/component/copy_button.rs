//! A button that copies a text and says that it did.

use super::icon::{Picture, icon};
use crate::browser::{clipboard::copy, document::value_of};
use gloo_timers::future::TimeoutFuture;
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

/// How long "Copied" stays. Our choice: long enough to be read twice.
const ANSWER_MILLISECONDS: u32 = 3_000;

/// Where the text comes from.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Source {
    Text(AttrValue),
    /// The input with this id, read when the button is pressed: a secret stays where it is until then.
    Field(&'static str),
}

impl Source {
    fn read(&self) -> String {
        match self {
            Self::Text(text) => text.to_string(),
            Self::Field(id) => value_of(id).unwrap_or_default(),
        }
    }
}

/// Properties of [`CopyButton`].
#[derive(Properties, PartialEq)]
pub(crate) struct CopyButtonProps {
    pub(crate) source: Source,
    /// What is copied, such as `serial number`.
    pub(crate) what: AttrValue,
}

/// Copies; the answer is read out once and the focus stays.
#[component]
pub(crate) fn CopyButton(props: &CopyButtonProps) -> Html {
    let answer = use_state(|| "");
    let onclick = {
        let (answer, source) = (answer.setter(), props.source.clone());
        Callback::from(move |_: MouseEvent| {
            let (answer, text) = (answer.clone(), source.read());
            spawn_local(async move {
                answer.set(match copy(&text).await {
                    Ok(()) => "Copied",
                    Err(_) => "Not allowed here: select the text and copy it",
                });
                TimeoutFuture::new(ANSWER_MILLISECONDS).await;
                answer.set("");
            });
        })
    };
    html! {
        <span class="copy">
            <button type="button" class="button button--small" {onclick}>
                { icon(Picture::Copy) }
                { "Copy" }<span class="visually-hidden">{ format!(" {}", props.what) }</span>
            </button>
            <span class="copy__answer" role="status">{ *answer }</span>
        </span>
    }
}

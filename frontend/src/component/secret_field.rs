//! A field for a passphrase. Its text stays in the element: it is no property, no state and no attribute.

use super::field::{Frame, Need};
use crate::{
    crypto::messages::Secret,
    wizard::{FieldError, message_for},
};
use web_sys::HtmlInputElement;
use yew::prelude::*;

/// Whether the characters can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Visibility {
    Shown,
    Hidden,
}

/// Properties of [`SecretField`].
#[derive(Properties, PartialEq)]
pub(crate) struct SecretFieldProps {
    pub(crate) id: AttrValue,
    pub(crate) label: AttrValue,
    /// Where the text is read with [`secret_of`].
    pub(crate) node: NodeRef,
    /// `new-password` or `current-password`.
    pub(crate) autocomplete: AttrValue,
    pub(crate) visibility: UseStateHandle<Visibility>,
    #[prop_or_default]
    pub(crate) hint: Option<AttrValue>,
    #[prop_or_default]
    pub(crate) need: Need,
    #[prop_or_default]
    pub(crate) errors: Vec<FieldError>,
    #[prop_or_default]
    pub(crate) onedit: Callback<()>,
}

/// The secret in a field.
pub(crate) fn secret_of(node: &NodeRef) -> Secret {
    Secret::from(node.cast::<HtmlInputElement>().map(|input| input.value()).unwrap_or_default())
}

/// Puts a secret into a field; an empty one wipes it.
pub(crate) fn put_secret(node: &NodeRef, secret: &str) {
    if let Some(input) = node.cast::<HtmlInputElement>() {
        input.set_value(secret);
    }
}

/// One line that can be shown and hidden.
#[component]
pub(crate) fn SecretField(props: &SecretFieldProps) -> Html {
    let error = message_for(&props.errors, &props.id);
    let frame = Frame {
        id: &props.id,
        label: &props.label,
        hint: props.hint.as_deref(),
        error: error.as_deref(),
        need: props.need,
    };
    let (kind, toggled, action) = match *props.visibility {
        Visibility::Shown => ("text", Visibility::Hidden, "Hide"),
        Visibility::Hidden => ("password", Visibility::Shown, "Show"),
    };
    let onclick = {
        let visibility = props.visibility.setter();
        Callback::from(move |_: MouseEvent| visibility.set(toggled))
    };
    frame.around(html! {
        <div class="secret">
            <input id={props.id.clone()} type={kind} class="mono" autocomplete={props.autocomplete.clone()}
                autocapitalize="none" spellcheck="false" required={props.need == Need::Required} aria-describedby={frame.described_by()}
                aria-invalid={frame.invalid()} ref={props.node.clone()} oninput={props.onedit.reform(|_: InputEvent| ())} />
            <button type="button" class="button button--small" {onclick}>
                { action }<span class="visually-hidden">{ format!(" {}", props.label.to_lowercase()) }</span>
            </button>
        </div>
    })
}

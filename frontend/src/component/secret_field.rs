//! A field for a passphrase. Its text stays in the element: it is no property, no state and no attribute.

use super::{
    field::{Frame, Need},
    notice::{Tone, note, paragraph},
};
use crate::{
    browser::words::composed,
    crypto::TypedSecret,
    wizard::{FieldError, message_for},
};
use wasm_crypto::passphrase::{self, PassphraseWarning};
use web_sys::HtmlInputElement;
use yew::prelude::*;

/// Whether the characters can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Visibility {
    Shown,
    Hidden,
}

/// What the secret in a field is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Something opens with it.
    #[default]
    Opens,
    /// A file is protected by it: the person is told, while they type, which programs could not open that.
    Protects,
}

/// Where a secret is typed.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct SecretInput {
    node: NodeRef,
    visibility: UseStateHandle<Visibility>,
    warning: UseStateHandle<Option<PassphraseWarning>>,
}

/// An empty input.
#[hook]
pub(crate) fn use_secret(visibility: Visibility) -> SecretInput {
    SecretInput { node: use_node_ref(), visibility: use_state(|| visibility), warning: use_state_eq(|| None) }
}

impl SecretInput {
    /// What is typed.
    pub(crate) fn secret(&self) -> TypedSecret {
        let input = self.node.cast::<HtmlInputElement>();
        TypedSecret::new(input.map(|input| input.value()).unwrap_or_default(), composed)
    }

    /// Puts a secret into the field.
    pub(crate) fn put(&self, secret: &str) {
        if let Some(input) = self.node.cast::<HtmlInputElement>() {
            input.set_value(secret);
        }
        self.look();
    }

    /// Empties the field.
    pub(crate) fn wipe(&self) {
        self.put("");
    }

    /// Finds out what is to be said about the secret.
    fn look(&self) {
        self.warning.set(passphrase::warning(self.secret().composed().as_str().unwrap_or_default()));
    }
}

/// Properties of [`SecretField`].
#[derive(Properties, PartialEq)]
pub(crate) struct SecretFieldProps {
    pub(crate) id: AttrValue,
    pub(crate) label: AttrValue,
    pub(crate) input: SecretInput,
    /// `new-password` or `current-password`.
    pub(crate) autocomplete: AttrValue,
    #[prop_or_default]
    pub(crate) purpose: Purpose,
    #[prop_or_default]
    pub(crate) hint: Option<AttrValue>,
    #[prop_or_default]
    pub(crate) need: Need,
    #[prop_or_default]
    pub(crate) errors: Vec<FieldError>,
    #[prop_or_default]
    pub(crate) onedit: Callback<()>,
}

/// One line that can be shown and hidden.
#[component]
pub(crate) fn SecretField(props: &SecretFieldProps) -> Html {
    let SecretInput { node, visibility, warning } = &props.input;
    let was_password = use_born_as_password();
    let error = message_for(&props.errors, &props.id);
    let frame = Frame {
        id: &props.id,
        label: &props.label,
        hint: props.hint.as_deref(),
        error: error.as_deref(),
        need: props.need,
    };
    let (toggled, action) = match **visibility {
        Visibility::Shown => (Visibility::Hidden, "Hide"),
        Visibility::Hidden => (Visibility::Shown, "Show"),
    };
    let (kind, autocomplete) = if was_password && **visibility == Visibility::Shown {
        // A text, if no password, is kept with the state of the page, unless the page says that it is not to be.
        ("text", AttrValue::Static("off"))
    } else {
        ("password", props.autocomplete.clone())
    };
    let onclick = {
        let visibility = visibility.setter();
        Callback::from(move |_: MouseEvent| visibility.set(toggled))
    };
    let oninput = {
        let (input, onedit) = (props.input.clone(), props.onedit.clone());
        Callback::from(move |_: InputEvent| {
            input.look();
            onedit.emit(());
        })
    };
    let warning_id = (props.purpose == Purpose::Protects).then(|| format!("{}-warning", props.id));
    let described_by: Vec<String> = frame.described_by().into_iter().chain(warning_id.clone()).collect();
    frame.around(html! {
        <>
            <div class="secret">
                <input id={props.id.clone()} type={kind} class="mono" {autocomplete}
                    autocapitalize="none" spellcheck="false" required={props.need == Need::Required}
                    aria-describedby={(!described_by.is_empty()).then(|| described_by.join(" "))}
                    aria-invalid={frame.invalid()} ref={node.clone()} {oninput} />
                <button type="button" class="button button--small" {onclick}>
                    { action }<span class="visually-hidden">{ format!(" {}", props.label.to_lowercase()) }</span>
                </button>
            </div>
            if let Some(id) = warning_id {
                // There before it has anything to say: else a screen reader would not read it out.
                <div role="status" {id}>
                    { warning.map(|warning| note(Tone::Warning, paragraph(warning.message()))).unwrap_or_default() }
                </div>
            }
        </>
    })
}

/// Tells when the element has been a password field. From then on it is one to the browser, whatever its type, and its text
/// is not among those that a browser writes down to suggest them again: Chromium's `HTMLInputElement::HasBeenPasswordField`,
/// Firefox' `hasBeenTypePassword`. That of a field of text would be.
#[hook]
fn use_born_as_password() -> bool {
    let is_born = use_state(|| false);
    let setter = is_born.setter();
    use_effect_with((), move |()| setter.set(true));
    *is_born
}

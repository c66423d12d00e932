//! A passphrase for something new: suggested, or typed by the person.

use super::{
    button::Button,
    choice::Checkbox,
    copy_button::{CopyButton, Source},
    secret_field::{Purpose, SecretField, SecretInput, Visibility, use_secret},
};
use crate::{
    crypto::{CryptoError, CryptoWorker, messages::Secret},
    wizard::FieldError,
};
use std::{cell::RefCell, rc::Rc};
use wasm_bindgen_futures::spawn_local;
use wasm_crypto::passphrase;
use yew::prelude::*;

/// The id of the field; a page has one at most.
pub(crate) const PASSPHRASE: &str = "passphrase";
const PASSPHRASE_SAVED: &str = "passphrase_saved";

/// The worker that is running, if any: dropping it ends it.
pub(crate) type Running = Rc<RefCell<Option<CryptoWorker>>>;

/// Where the passphrase in the field comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Origin {
    Typed,
    /// Made here; the person must say that it is saved.
    Generated {
        saved: bool,
    },
}

/// A field for a new passphrase.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct NewPassphrase {
    input: SecretInput,
    origin: UseStateHandle<Origin>,
    suggest: Callback<()>,
}

/// A field for a new passphrase, into which the worker puts a suggestion when it appears. Where none is running, `spawn`
/// starts one.
#[hook]
pub(crate) fn use_new_passphrase(
    worker: &Running,
    spawn: fn() -> Result<CryptoWorker, CryptoError>,
) -> NewPassphrase {
    let input = use_secret(Visibility::Shown);
    let origin = use_state(|| Origin::Typed);
    let suggest = {
        let (worker, input, origin) = (Rc::clone(worker), input.clone(), origin.setter());
        use_callback((), move |(), ()| {
            // The worker's future does not borrow it, so nothing is held while it is awaited.
            let started = worker.borrow().is_some() || {
                let spawned = spawn().ok();
                *worker.borrow_mut() = spawned;
                worker.borrow().is_some()
            };
            let answer = worker.borrow().as_ref().filter(|_| started).map(CryptoWorker::generate_passphrase);
            let (input, origin) = (input.clone(), origin.clone());
            spawn_local(async move {
                let Some(answer) = answer else { return };
                if let Ok(passphrase) = answer.await {
                    input.put(passphrase.as_str().unwrap_or_default());
                    origin.set(Origin::Generated { saved: false });
                }
            });
        })
    };
    {
        let suggest = suggest.clone();
        use_effect_with((), move |()| suggest.emit(()));
    }
    NewPassphrase { input, origin, suggest }
}

impl NewPassphrase {
    /// What is in the field, as a file is to be written under it.
    pub(crate) fn secret(&self) -> Secret {
        self.input.secret().composed().clone()
    }

    /// Takes it out of the field.
    pub(crate) fn wipe(&self) {
        self.input.wipe();
        self.origin.set(Origin::Typed);
    }

    /// What to mend before it can be used.
    pub(crate) fn problems(&self) -> Vec<FieldError> {
        if let Err(problem) = passphrase::check(self.secret().as_str().unwrap_or_default()) {
            return vec![FieldError::new(PASSPHRASE, problem.to_string())];
        }
        match *self.origin {
            Origin::Generated { saved: false } => {
                vec![FieldError::new(PASSPHRASE_SAVED, "Save the passphrase first, then mark that you did.")]
            }
            Origin::Typed | Origin::Generated { saved: true } => Vec::new(),
        }
    }
}

/// Properties of [`NewPassphraseField`].
#[derive(Properties, PartialEq)]
pub(crate) struct NewPassphraseFieldProps {
    pub(crate) passphrase: NewPassphrase,
    #[prop_or(AttrValue::Static("Passphrase"))]
    pub(crate) label: AttrValue,
    pub(crate) hint: AttrValue,
    pub(crate) errors: Vec<FieldError>,
}

/// The field, the buttons to make another one and to copy it, and the box that says it is saved.
#[component]
pub(crate) fn NewPassphraseField(props: &NewPassphraseFieldProps) -> Html {
    let NewPassphrase { input, origin, suggest } = &props.passphrase;
    let onedit = {
        let origin = origin.setter();
        Callback::from(move |()| origin.set(Origin::Typed))
    };
    let onchange = {
        let origin = origin.setter();
        Callback::from(move |saved| origin.set(Origin::Generated { saved }))
    };
    html! {
        <>
            <SecretField id={PASSPHRASE} label={props.label.clone()} input={input.clone()} purpose={Purpose::Protects}
                autocomplete="new-password" errors={props.errors.clone()} {onedit} hint={props.hint.clone()} />
            <div class="actions actions--small">
                <Button onclick={suggest.clone()}>{ "Generate a passphrase" }</Button>
                <CopyButton source={Source::Field(PASSPHRASE)} what="passphrase" />
            </div>
            if let Origin::Generated { saved } = **origin {
                <Checkbox id={PASSPHRASE_SAVED} marked={saved} {onchange} errors={props.errors.clone()}
                    hint="In a password manager, or on paper in a safe place.">
                    { "I have saved the passphrase" }
                </Checkbox>
            }
        </>
    }
}

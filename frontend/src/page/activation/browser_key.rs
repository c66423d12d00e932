//! Step 3, in this browser: the key pair is made in the worker and kept encrypted.

use super::{
    CAPTION, StepProps, indicator,
    key_safekeeping::{self, KeySafekeeping},
};
use crate::{
    browser::{document::focus_id, words::now},
    component::{
        button::{Button, Emphasis},
        choice::Checkbox,
        copy_button::{CopyButton, Source},
        error_summary::ErrorSummary,
        heading::PageHeading,
        notice::{Tone, notice, paragraph},
        secret_field::{SecretField, Visibility, put_secret, secret_of},
    },
    crypto::{
        CryptoError, CryptoWorker,
        key_store::StoredKey,
        messages::{GenerateKey, GeneratedKey},
    },
    navigation::Link,
    route::ActivationStep,
    wizard::{
        FieldError,
        activation::{ActivationAction, BrowserKey},
    },
};
use gloo_timers::callback::Interval;
use pki::key_policy::KeyAlgorithm;
use protocol::Timestamp;
use std::{cell::RefCell, rc::Rc};
use wasm_bindgen_futures::spawn_local;
use wasm_crypto::{KeyProgress, passphrase};
use yew::prelude::*;

const PASSPHRASE: &str = "passphrase";
/// The ids of the two buttons that take each other's place, and with it the focus.
const GENERATE: &str = "generate_key_pair";
const CANCEL: &str = "cancel_generation";
const PASSPHRASE_SAVED: &str = "passphrase_saved";

/// How far the making of the key is.
#[derive(Clone, Debug, PartialEq)]
enum Making {
    Idle,
    GoingOn { progress: Option<KeyProgress> },
    Failed(CryptoError),
}

/// Where the passphrase in the field comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Passphrase {
    Typed,
    /// Made here; the person must say that it is saved.
    Generated {
        saved: bool,
    },
}

/// The worker that is running, if any: dropping it ends it.
type Running = Rc<RefCell<Option<CryptoWorker>>>;

/// The form while there is no key, then what became of the key.
#[component]
pub(super) fn BrowserKeyStep(props: &StepProps) -> Html {
    let made = use_state(|| None::<Rc<StoredKey>>);
    html! {
        <>
            { indicator(2) }
            if let Some(key) = &props.draft.browser_key {
                <KeySafekeeping props={props.clone()} key_pair={key.clone()} made={(*made).clone()} />
            } else {
                <MakeKey props={props.clone()} onmade={Callback::from({ let made = made.setter(); move |key| made.set(Some(key)) })} />
            }
        </>
    }
}

#[derive(Properties, PartialEq)]
struct MakeKeyProps {
    props: StepProps,
    /// Takes the encrypted key, for the recovery file.
    onmade: Callback<Rc<StoredKey>>,
}

#[component]
fn MakeKey(MakeKeyProps { props, onmade }: &MakeKeyProps) -> Html {
    let node = use_node_ref();
    let visibility = use_state(|| Visibility::Shown);
    let origin = use_state(|| Passphrase::Typed);
    let making = use_state(|| Making::Idle);
    let errors = use_state(|| (Vec::<FieldError>::new(), 0_u32));
    let worker: Running = use_mut_ref(|| None);
    let algorithm = KeyAlgorithm::from_id(&props.draft.algorithm_id).unwrap_or(KeyAlgorithm::Rsa2048);

    let suggest = use_suggestion(&worker, &node, &origin);
    let onclick = {
        let (node, origin, errors, making, worker) =
            (node.clone(), origin.clone(), errors.clone(), making.clone(), Rc::clone(&worker));
        let (props, onmade) = (props.clone(), onmade.clone());
        Callback::from(move |()| {
            let found = problems(&node, *origin);
            let wrong = !found.is_empty();
            errors.set((found, errors.1.wrapping_add(1)));
            if !wrong {
                let passphrase = secret_of(&node);
                let request = GenerateKey { algorithm, mailbox: props.mailbox.to_string(), passphrase };
                make(request, &worker, &making, &props, &onmade);
            }
        })
    };
    let cancel = {
        let (worker, making) = (Rc::clone(&worker), making.setter());
        Callback::from(move |()| {
            worker.borrow_mut().take();
            making.set(Making::Idle);
        })
    };
    let busy = matches!(*making, Making::GoingOn { .. });
    html! {
        <>
            <ErrorSummary errors={errors.0.clone()} attempt={errors.1} />
            if let Making::Failed(error) = &*making {
                <div role="alert">{ notice(Tone::Danger, "No key was made", paragraph(error.to_string())) }</div>
            }
            <PageHeading title="Key pair generation" caption={CAPTION} errors={errors.0.len()} />
            <p class="lead">{ format!("We make an {algorithm} key pair here, on your device. A passphrase protects the private key from the first moment.") }</p>
            <div class="card" hidden={busy}>
                <SecretField id={PASSPHRASE} label="Passphrase" {node} visibility={visibility} autocomplete="new-password"
                    errors={errors.0.clone()} onedit={let_typed(&origin)}
                    hint="Use the one we made, or type your own: at least 8 characters. Without it nobody can open the key, not even we." />
                { passphrase_tools(&origin, &suggest, &errors.0) }
            </div>
            <Progress making={(*making).clone()} {cancel} />
            <div class="actions" hidden={busy}>
                <Button id={GENERATE} emphasis={Emphasis::Primary} {onclick}>{ "Generate key pair" }</Button>
                <Link to={props.route(ActivationStep::GenerationMethod)} class={Emphasis::Secondary.classes()}>{ "Back" }</Link>
            </div>
        </>
    }
}

fn let_typed(origin: &UseStateHandle<Passphrase>) -> Callback<()> {
    let origin = origin.setter();
    Callback::from(move |()| origin.set(Passphrase::Typed))
}

/// Puts a generated passphrase into the empty field when the step opens; the callback puts in another one.
#[hook]
fn use_suggestion(worker: &Running, node: &NodeRef, origin: &UseStateHandle<Passphrase>) -> Callback<()> {
    let suggest = {
        let (worker, node, origin) = (Rc::clone(worker), node.clone(), origin.setter());
        use_callback((), move |(), ()| {
            // The worker's future does not borrow it, so nothing is held while it is awaited.
            let started = worker.borrow().is_some() || {
                let spawned = CryptoWorker::spawn().ok();
                *worker.borrow_mut() = spawned;
                worker.borrow().is_some()
            };
            let answer = worker.borrow().as_ref().filter(|_| started).map(CryptoWorker::generate_passphrase);
            let (node, origin) = (node.clone(), origin.clone());
            spawn_local(async move {
                let Some(answer) = answer else { return };
                if let Ok(passphrase) = answer.await {
                    put_secret(&node, passphrase.as_str().unwrap_or_default());
                    origin.set(Passphrase::Generated { saved: false });
                }
            });
        })
    };
    {
        let suggest = suggest.clone();
        use_effect_with((), move |()| suggest.emit(()));
    }
    suggest
}

fn problems(node: &NodeRef, origin: Passphrase) -> Vec<FieldError> {
    let secret = secret_of(node);
    if let Err(problem) = passphrase::check(secret.as_str().unwrap_or_default()) {
        return vec![FieldError::new(PASSPHRASE, problem.to_string())];
    }
    match origin {
        Passphrase::Generated { saved: false } => {
            vec![FieldError::new(PASSPHRASE_SAVED, "Save the passphrase first, then mark that you did.")]
        }
        Passphrase::Typed | Passphrase::Generated { saved: true } => Vec::new(),
    }
}

/// Starts the worker; when the key is there, keeps it and tells the wizard.
fn make(
    request: GenerateKey,
    worker: &Running,
    making: &UseStateHandle<Making>,
    props: &StepProps,
    onmade: &Callback<Rc<StoredKey>>,
) {
    let algorithm = request.algorithm;
    let setter = making.setter();
    setter.set(Making::GoingOn { progress: None });
    let spawned = match worker.borrow_mut().take().map_or_else(CryptoWorker::spawn, Ok) {
        Ok(spawned) => spawned,
        Err(error) => return setter.set(Making::Failed(error)),
    };
    let generated = {
        let setter = setter.clone();
        spawned.generate(request, move |progress| setter.set(Making::GoingOn { progress: Some(progress) }))
    };
    *worker.borrow_mut() = Some(spawned);
    let (order_id, dispatcher) = (props.order.id.clone(), props.draft.dispatcher());
    let (onmade, worker) = (onmade.clone(), Rc::clone(worker));
    spawn_local(async move {
        match generated.await {
            Ok(key) => {
                let (stored, key) = keep(&order_id, key, algorithm).await;
                // Its memory had the key: ending it is what clears it.
                worker.borrow_mut().take();
                onmade.emit(stored);
                dispatcher.dispatch(ActivationAction::KeyReady(key));
            }
            // The person pressed Cancel, which has put everything back already.
            Err(CryptoError::Cancelled) => {}
            Err(error) => setter.set(Making::Failed(error)),
        }
    });
}

async fn keep(order_id: &str, key: GeneratedKey, algorithm: KeyAlgorithm) -> (Rc<StoredKey>, BrowserKey) {
    let created_at = now().unwrap_or_else(epoch);
    let stored = StoredKey::new(key, created_at);
    let safekeeping = key_safekeeping::save(order_id, &stored).await;
    let key = BrowserKey {
        algorithm_id: algorithm.id().to_owned(),
        csr_pem: stored.csr_pem.clone(),
        public_key_sha256: stored.public_key_sha256.clone(),
        safekeeping,
    };
    (Rc::new(stored), key)
}

/// Stands in for a clock that shows a year after 9999.
fn epoch() -> Timestamp {
    Timestamp::from_unix_seconds(0).expect("the first moment is a moment")
}

fn passphrase_tools(
    origin: &UseStateHandle<Passphrase>,
    suggest: &Callback<()>,
    errors: &[FieldError],
) -> Html {
    let onchange = {
        let origin = origin.setter();
        Callback::from(move |saved| origin.set(Passphrase::Generated { saved }))
    };
    html! {
        <>
            <div class="actions actions--small">
                <Button onclick={suggest.clone()}>{ "Generate a passphrase" }</Button>
                <CopyButton source={Source::Field(PASSPHRASE)} what="passphrase" />
            </div>
            if let Passphrase::Generated { saved } = **origin {
                <Checkbox id={PASSPHRASE_SAVED} marked={saved} {onchange} errors={errors.to_vec()}
                    hint="In a password manager, or on paper in a safe place.">
                    { "I have saved the passphrase" }
                </Checkbox>
            }
        </>
    }
}

#[derive(Properties, PartialEq)]
struct ProgressProps {
    making: Making,
    cancel: Callback<()>,
}

/// Says that it has begun and that it has ended; the seconds between are to be seen, not heard.
#[component]
fn Progress(props: &ProgressProps) -> Html {
    let seconds = use_state(|| 0_u32);
    let going_on = matches!(props.making, Making::GoingOn { .. });
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
    let phase = match &props.making {
        Making::GoingOn { progress: None } => "Starting…",
        Making::GoingOn { progress: Some(KeyProgress::Checking) } => "Checking the key and encrypting it…",
        Making::GoingOn { progress: Some(KeyProgress::SearchingSecondPrime { .. }) } => {
            "Searching the second prime number…"
        }
        Making::GoingOn { progress: Some(_) } => "Searching the first prime number…",
        Making::Idle | Making::Failed(_) => "",
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

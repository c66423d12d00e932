//! Step 3, in this browser: the key pair is made in the worker and kept encrypted.

use super::{
    CAPTION, StepProps, indicator,
    key_safekeeping::{self, KeySafekeeping},
};
use crate::{
    browser::words::now,
    component::{
        button::{Button, Emphasis},
        error_summary::ErrorSummary,
        heading::PageHeading,
        key_progress::{GENERATE, KeyProgressView},
        new_passphrase::{NewPassphraseField, Running, use_new_passphrase},
        notice::{Tone, notice, paragraph},
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
use pki::key_policy::KeyAlgorithm;
use protocol::Timestamp;
use std::rc::Rc;
use wasm_bindgen_futures::spawn_local;
use wasm_crypto::KeyProgress;
use yew::prelude::*;

/// How far the making of the key is.
#[derive(Clone, Debug, PartialEq)]
enum Making {
    Idle,
    GoingOn { progress: Option<KeyProgress> },
    Failed(CryptoError),
}

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
    let making = use_state(|| Making::Idle);
    let errors = use_state(|| (Vec::<FieldError>::new(), 0_u32));
    let worker: Running = use_mut_ref(|| None);
    let algorithm = KeyAlgorithm::from_id(&props.draft.algorithm_id).unwrap_or(KeyAlgorithm::Rsa2048);

    let passphrase = use_new_passphrase(&worker);
    let onclick = {
        let (passphrase, errors, making, worker) =
            (passphrase.clone(), errors.clone(), making.clone(), Rc::clone(&worker));
        let (props, onmade) = (props.clone(), onmade.clone());
        Callback::from(move |()| {
            let found = passphrase.problems();
            let wrong = !found.is_empty();
            errors.set((found, errors.1.wrapping_add(1)));
            if !wrong {
                let passphrase = passphrase.secret();
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
    let (busy, progress) = match *making {
        Making::GoingOn { progress } => (true, progress),
        Making::Idle | Making::Failed(_) => (false, None),
    };
    html! {
        <>
            <ErrorSummary errors={errors.0.clone()} attempt={errors.1} />
            if let Making::Failed(error) = &*making {
                <div role="alert">{ notice(Tone::Danger, "No key was made", paragraph(error.to_string())) }</div>
            }
            <PageHeading title="Key pair generation" caption={CAPTION} errors={errors.0.len()} />
            <p class="lead">{ format!("We make an {algorithm} key pair here, on your device. A passphrase protects the private key from the first moment.") }</p>
            <div class="card" hidden={busy}>
                <NewPassphraseField {passphrase} errors={errors.0.clone()}
                    hint="Use the one we made, or type your own: at least 8 characters. Without it nobody can open the key, not even we." />
            </div>
            <KeyProgressView going_on={busy} {progress} {cancel} />
            <div class="actions" hidden={busy}>
                <Button id={GENERATE} emphasis={Emphasis::Primary} {onclick}>{ "Generate key pair" }</Button>
                <Link to={props.route(ActivationStep::GenerationMethod)} class={Emphasis::Secondary.classes()}>{ "Back" }</Link>
            </div>
        </>
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

//! Step 3, in this browser: the key pair is made in the worker and kept encrypted.

use super::{
    CAPTION, StepProps, indicator, kept_key,
    key_safekeeping::{self, KeySafekeeping},
};
use crate::{
    browser::{
        lock::{self, Patience},
        words::now,
    },
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
        key_store::{self, KeyStoreError, StoredKey},
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
    GoingOn {
        progress: Option<KeyProgress>,
    },
    /// Another tab makes the key of this order; this one waits for it.
    InAnotherTab,
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
    let storage = use_storage(&props.order.id);
    let algorithm = KeyAlgorithm::from_id(&props.draft.algorithm_id).unwrap_or(KeyAlgorithm::Rsa2048);

    let passphrase = use_new_passphrase(&worker, CryptoWorker::spawn);
    use_warm_worker(&worker);
    let onclick = {
        let (passphrase, errors, making, worker) =
            (passphrase.clone(), errors.clone(), making.clone(), Rc::clone(&worker));
        let (props, onmade, storage) = (props.clone(), onmade.clone(), storage.clone());
        Callback::from(move |()| {
            let found = passphrase.problems();
            let wrong = !found.is_empty();
            errors.set((found, errors.1.wrapping_add(1)));
            if !wrong {
                let passphrase = passphrase.secret();
                let request = GenerateKey { algorithm, mailbox: props.mailbox.to_string(), passphrase };
                let maker = Maker {
                    worker: Rc::clone(&worker),
                    making: making.setter(),
                    props: props.clone(),
                    onmade: onmade.clone(),
                    known: storage.known.clone(),
                };
                making.set(Making::GoingOn { progress: None });
                spawn_local(async move { maker.make(request).await });
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
        Making::Idle | Making::Failed(_) | Making::InAnotherTab => (false, None),
    };
    let elsewhere = *making == Making::InAnotherTab;
    html! {
        <>
            <ErrorSummary errors={errors.0.clone()} attempt={errors.1} />
            if let Making::Failed(error) = &*making {
                <div role="alert">{ notice(Tone::Danger, "No key was made", paragraph(error.to_string())) }</div>
            }
            <PageHeading title="Key pair generation" caption={CAPTION} errors={errors.0.len()} />
            <p class="lead">{ format!("We make an {algorithm} key pair here, on your device. A passphrase protects the private key from the first moment.") }</p>
            { storage_warning(storage.problem) }
            <div role="status">
                if elsewhere { { in_another_tab() } }
            </div>
            <div class="card" hidden={busy || elsewhere}>
                <NewPassphraseField {passphrase} errors={errors.0.clone()}
                    hint="Use the one we made, or type your own: at least 8 characters. Without it nobody can open the key, not even we." />
            </div>
            <KeyProgressView going_on={busy} {progress} {cancel} />
            <div class="actions" hidden={busy || elsewhere}>
                <Button id={GENERATE} emphasis={Emphasis::Primary} {onclick}>{ "Generate key pair" }</Button>
                <Link to={props.route(ActivationStep::GenerationMethod)} class={Emphasis::Secondary.classes()}>{ "Back" }</Link>
            </div>
        </>
    }
}

/// What is known about this browser's storage before a key is made.
#[derive(Clone, Debug, Default, PartialEq)]
struct Storage {
    /// Why a key would not be kept.
    problem: Option<KeyStoreError>,
    /// The public key of the order that was kept when the page opened: another one later is another tab's.
    known: Option<String>,
}

/// Finds out, before anything is made, whether a key would be kept.
#[hook]
fn use_storage(order_id: &str) -> Storage {
    let storage = use_state(Storage::default);
    let setter = storage.setter();
    use_effect_with(order_id.to_owned(), move |order_id| {
        let order_id = order_id.clone();
        spawn_local(async move {
            let known = key_store::load(&order_id).await.ok().flatten().map(|key| key.public_key_sha256);
            setter.set(Storage { problem: key_store::probe().await.err(), known });
        });
    });
    (*storage).clone()
}

/// Compiles what searches for primes while the person reads and types.
#[hook]
fn use_warm_worker(worker: &Running) {
    let worker = Rc::clone(worker);
    use_effect_with((), move |()| {
        let prepared = worker.borrow().as_ref().map(CryptoWorker::prepare);
        spawn_local(async move {
            if let Some(prepared) = prepared {
                // What fails here fails again, and is told, when the key is made.
                prepared.await.unwrap_or_default();
            }
        });
    });
}

fn storage_warning(problem: Option<KeyStoreError>) -> Html {
    let Some(problem) = problem else { return Html::default() };
    notice(
        Tone::Warning,
        "This browser will not keep the key",
        html! { <><p>{ problem.to_string() }</p>
        <p>{ "You can go on with the recovery file only: you will be asked to download it as soon as the key is made." }</p></> },
    )
}

fn in_another_tab() -> Html {
    notice(
        Tone::Info,
        "Another tab makes the key for this order",
        paragraph("This page goes on by itself when the key is there, or when the other tab gives up."),
    )
}

/// Makes the key of an order, which only one tab does at a time.
struct Maker {
    worker: Running,
    making: UseStateSetter<Making>,
    props: StepProps,
    onmade: Callback<Rc<StoredKey>>,
    /// [`Storage::known`].
    known: Option<String>,
}

impl Maker {
    async fn make(self, request: GenerateKey) {
        let order_id = self.props.order.id.clone();
        let name = format!("signet.key.{order_id}");
        let Some(lock) = lock::acquire(&name, Patience::OnlyIfFree).await else {
            self.making.set(Making::InAnotherTab);
            // Granted when the other tab has finished, given up or died.
            drop(lock::acquire(&name, Patience::Waits).await);
            if !self.take_over().await {
                self.making.set(Making::Idle);
            }
            return;
        };
        if !self.take_over().await {
            self.generate(request).await;
        }
        drop(lock);
    }

    /// Takes the key that another tab has made since this page opened; tells whether there was one.
    async fn take_over(&self) -> bool {
        let kept = kept_key(&self.props.order.id).await;
        let Some(key) = kept.filter(|key| self.known.as_ref() != Some(&key.public_key_sha256)) else {
            return false;
        };
        self.props.draft.dispatch(ActivationAction::KeyReady(key));
        true
    }

    /// Has the worker make it; when the key is there, keeps it and tells the wizard.
    async fn generate(&self, request: GenerateKey) {
        let algorithm = request.algorithm;
        let spawned = match self.worker.borrow_mut().take().map_or_else(CryptoWorker::spawn, Ok) {
            Ok(spawned) => spawned,
            Err(error) => return self.making.set(Making::Failed(error)),
        };
        let making = self.making.clone();
        let generated = spawned
            .generate(request, move |progress| making.set(Making::GoingOn { progress: Some(progress) }));
        *self.worker.borrow_mut() = Some(spawned);
        match generated.await {
            Ok(key) => {
                let (stored, key) = keep(&self.props.order.id, key, algorithm).await;
                // Its memory had the key: ending it is what clears it.
                self.worker.borrow_mut().take();
                self.onmade.emit(stored);
                self.props.draft.dispatch(ActivationAction::KeyReady(key));
            }
            // The person pressed Cancel, which has put everything back already.
            Err(CryptoError::Cancelled) => {}
            Err(error) => self.making.set(Making::Failed(error)),
        }
    }
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

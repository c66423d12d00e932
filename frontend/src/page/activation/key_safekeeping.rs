//! Step 3, once there is a key: where it is kept, and its recovery file. Without one of the two nobody goes on.

use super::{CAPTION, StepProps};
use crate::{
    browser::{
        download::{download, file_name},
        words::grouped,
    },
    component::{
        button::{Button, Emphasis},
        choice::{Checkbox, Freedom},
        error_summary::ErrorSummary,
        heading::PageHeading,
        icon::{Picture, icon},
        notice::{Tone, notice, paragraph},
        summary_list::{rich_row, row},
    },
    crypto::key_store::{self, StoredKey},
    navigation::{Link, use_navigator},
    route::ActivationStep,
    wizard::{
        FieldError,
        activation::{ActivationAction, BrowserKey, Safekeeping},
    },
};
use pki::key_policy::KeyAlgorithm;
use std::rc::Rc;
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

const DOWNLOAD: &str = "download_recovery_file";
const RECOVERY_FILE_SAVED: &str = "recovery_file_saved";

/// Keeps the key in this browser, and says whether it is there.
pub(super) async fn save(order_id: &str, key: &StoredKey) -> Safekeeping {
    match key_store::save(order_id, key).await {
        Ok(()) => Safekeeping::KeptInBrowser,
        Err(_) => Safekeeping::InMemoryOnly,
    }
}

/// Properties of [`KeySafekeeping`].
#[derive(Properties, PartialEq)]
pub(super) struct KeySafekeepingProps {
    pub(super) props: StepProps,
    pub(super) key_pair: BrowserKey,
    /// The encrypted key, when it was made since the page was loaded.
    pub(super) made: Option<Rc<StoredKey>>,
}

/// The key is there: what it is, where it is, and its recovery file.
#[component]
pub(super) fn KeySafekeeping(KeySafekeepingProps { props, key_pair, made }: &KeySafekeepingProps) -> Html {
    let navigator = use_navigator();
    let errors = use_state(|| (Vec::<FieldError>::new(), 0_u32));
    let downloaded = use_state(|| false);
    let in_memory_only = key_pair.safekeeping == Safekeeping::InMemoryOnly;
    let onnext = {
        let (errors, next, downloaded) = (errors.clone(), props.route(ActivationStep::Summary), *downloaded);
        Callback::from(move |()| {
            if in_memory_only {
                errors.set((vec![what_is_missing(downloaded)], errors.1.wrapping_add(1)));
            } else {
                navigator.push(next.clone());
            }
        })
    };
    let onconfirm = {
        let draft = props.draft.dispatcher();
        Callback::from(move |_| draft.dispatch(ActivationAction::ConfirmRecoveryFile))
    };
    let ondownload = {
        let downloaded = downloaded.setter();
        Callback::from(move |()| downloaded.set(true))
    };
    let discard = {
        let draft = props.draft.dispatcher();
        Callback::from(move |()| draft.dispatch(ActivationAction::DiscardKey))
    };
    let is_confirmed = key_pair.safekeeping == Safekeeping::RecoveryFileConfirmed;
    let shown = if in_memory_only { errors.0.clone() } else { Vec::new() };
    let algorithm = KeyAlgorithm::from_id(&key_pair.algorithm_id)
        .map(|algorithm| algorithm.to_string())
        .unwrap_or_default();
    html! {
        <>
            <ErrorSummary errors={shown.clone()} attempt={errors.1} />
            <PageHeading title="Your key pair is ready" caption={CAPTION} errors={shown.len()} />
            { whereabouts(key_pair.safekeeping) }
            <section class="summary-section">
                <dl class="summary">
                    { row("Key", algorithm) }
                    { rich_row("Public key, SHA-256", html! { <code>{ grouped(&key_pair.public_key_sha256) }</code> }) }
                </dl>
            </section>
            <RecoveryFile order_id={props.order.id.clone()} mailbox={props.mailbox.clone()} made={made.clone()} {ondownload} />
            if is_confirmed || (in_memory_only && *downloaded) {
                <Checkbox id={RECOVERY_FILE_SAVED} marked={is_confirmed} errors={shown} onchange={onconfirm}
                    freedom={if is_confirmed { Freedom::Fixed } else { Freedom::Free }}>
                    { "I have the recovery file and its passphrase" }
                </Checkbox>
            }
            <div class="actions">
                <Button emphasis={Emphasis::Primary} onclick={onnext}>{ "Next" }</Button>
                <Link to={props.route(ActivationStep::GenerationMethod)} class={Emphasis::Secondary.classes()}>{ "Back" }</Link>
                <Button emphasis={Emphasis::Quiet} onclick={discard}>{ "Make another key instead" }</Button>
            </div>
        </>
    }
}

/// What keeps a key in memory only from being safe.
fn what_is_missing(downloaded: bool) -> FieldError {
    if downloaded {
        FieldError::new(RECOVERY_FILE_SAVED, "Mark that you have the recovery file and its passphrase.")
    } else {
        FieldError::new(DOWNLOAD, "Download the recovery file first.")
    }
}

fn whereabouts(safekeeping: Safekeeping) -> Html {
    match safekeeping {
        Safekeeping::KeptInBrowser => notice(
            Tone::Success,
            "Kept in this browser",
            paragraph(
                "The private key is kept here, encrypted with your passphrase. Come back with this browser to finish.",
            ),
        ),
        Safekeeping::RecoveryFileConfirmed => notice(
            Tone::Success,
            "Kept in your recovery file",
            paragraph("You need the file and its passphrase when the certificate is there."),
        ),
        Safekeeping::InMemoryOnly => html! {
            <div role="alert">{ notice(Tone::Warning, "This browser does not keep the key", paragraph("Perhaps this is a private window, or storage is blocked. Download the recovery file now: when this page closes, there is no other copy.")) }</div>
        },
    }
}

#[derive(Properties, PartialEq)]
struct RecoveryFileProps {
    order_id: AttrValue,
    mailbox: AttrValue,
    made: Option<Rc<StoredKey>>,
    /// The file was handed over.
    ondownload: Callback<()>,
}

/// The download of the recovery file, from memory or from what this browser keeps.
#[component]
fn RecoveryFile(props: &RecoveryFileProps) -> Html {
    let answer = use_state(|| "");
    let onclick = {
        let (order_id, mailbox, made) = (props.order_id.clone(), props.mailbox.clone(), props.made.clone());
        let (answer, ondownload) = (answer.setter(), props.ondownload.clone());
        Callback::from(move |()| {
            let (order_id, mailbox, made) = (order_id.clone(), mailbox.clone(), made.clone());
            let (answer, ondownload) = (answer.clone(), ondownload.clone());
            spawn_local(async move {
                let key = match made {
                    Some(key) => Some(key),
                    None => key_store::load(&order_id).await.ok().flatten().map(Rc::new),
                };
                let name = file_name(&mailbox, "-recovery-key.pem");
                let done = key.is_some_and(|key| {
                    download(&name, "application/x-pem-file", key.recovery_file.as_bytes()).is_ok()
                });
                if done {
                    ondownload.emit(());
                }
                answer.set(if done {
                    "Downloaded. Keep it apart from its passphrase."
                } else {
                    "The file could not be made. Try again."
                });
            });
        })
    };
    html! {
        <section class="card">
            <h2>{ "Recovery file" }</h2>
            <p>{ "The same encrypted key as a file, for another device or in case this browser forgets it. It needs the passphrase." }</p>
            <Button id={DOWNLOAD} {onclick}>{ icon(Picture::Download) }{ "Download recovery file" }</Button>
            <p role="status">{ *answer }</p>
        </section>
    }
}

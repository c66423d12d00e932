//! The PFX: key, certificate and chain in one file, made in the worker from the key kept here or a recovery file.

mod form;
mod kept_key;
mod whats_next;

use crate::{
    browser::file::read,
    component::{
        file_drop::FileDrop,
        icon::{Picture, icon},
        notice::{Tone, note, paragraph},
    },
    crypto::{key_store, tools::Content},
    navigation::Link,
    route::Route,
};
use form::PfxForm;
use kept_key::KeptKey;
use protocol::{Certificate, KeyOrigin, Timestamp};
use std::rc::Rc;
use wasm_bindgen_futures::spawn_local;
use web_sys::File;
use whats_next::{file_made, whats_next};
use yew::prelude::*;

/// No recovery file is nearly as large. Our choice: a file of another kind is not read into memory.
const RECOVERY_FILE_LIMIT_BYTES: f64 = 64.0 * 1024.0;

/// Where the encrypted key comes from.
#[derive(Clone, Debug, PartialEq)]
enum KeySource {
    /// This browser is asked.
    Looking,
    /// Kept here, and until when if that is known.
    Kept(Rc<Content>, Option<Timestamp>),
    /// Chosen as a file, with its name.
    File(AttrValue, Rc<Content>),
    Missing,
}

/// Properties of [`PfxSection`].
#[derive(Properties, PartialEq)]
pub(crate) struct PfxSectionProps {
    pub(crate) certificate: Certificate,
}

/// The form, and after it what to do next.
#[component]
pub(crate) fn PfxSection(props: &PfxSectionProps) -> Html {
    let source = use_state(|| KeySource::Looking);
    let made = use_state(|| None::<AttrValue>);
    let certificate = &props.certificate;
    {
        let source = source.setter();
        let public_key = certificate.public_key_sha256.clone();
        use_effect_with(certificate.summary.order_id.clone(), move |order_id| {
            let order_id = order_id.clone();
            spawn_local(async move {
                let kept = key_store::load(&order_id).await.ok().flatten();
                // A key that was made for the order and then not used belongs to no certificate.
                let kept = kept.filter(|key| key.public_key_sha256 == public_key);
                source.set(kept.map_or(KeySource::Missing, |key| {
                    let removed_at = key.removed_at();
                    KeySource::Kept(content(key.recovery_file.into_bytes()), removed_at)
                }));
            });
        });
    }
    let onmade = {
        let made = made.setter();
        Callback::from(move |name| made.set(Some(name)))
    };
    let form = |key_file: &Rc<Content>| {
        html! {
            <PfxForm certificate={certificate.clone()} key_file={Rc::clone(key_file)} onmade={onmade.clone()} />
        }
    };
    html! {
        <section class="card" aria-labelledby="pfx-title">
            <div class="card__head">
                <h2 id="pfx-title">{ icon(Picture::Key) }{ "PFX" }</h2>
            </div>
            <p>{ "One file with your private key, the certificate and its chain: what your mail program imports. It is made here, on your device." }</p>
            { match &*source {
                KeySource::Looking => html! { <p role="status">{ "Looking for your key in this browser…" }</p> },
                KeySource::Kept(key_file, _) => form(key_file),
                KeySource::File(name, key_file) => html! {
                    <>
                        <p class="source">{ icon(Picture::Document) }{ name }</p>
                        { form(key_file) }
                    </>
                },
                KeySource::Missing => html! {
                    <ChooseFile origin={certificate.key_origin}
                        onfile={Callback::from({ let source = source.setter(); move |(name, key_file)| source.set(KeySource::File(name, key_file)) })} />
                },
            } }
            <div role="status">{ made.as_ref().map(|name| file_made(name)).unwrap_or_default() }</div>
            if let KeySource::Kept(_, removed_at) = &*source {
                <KeptKey order_id={certificate.summary.order_id.clone()} removed_at={*removed_at}
                    pfx_made={made.is_some()} onremoved={Callback::from({ let source = source.setter(); move |()| source.set(KeySource::Missing) })} />
            }
            if made.is_some() { { whats_next() } }
        </section>
    }
}

fn content(bytes: Vec<u8>) -> Rc<Content> {
    Rc::new(bytes.into())
}

#[derive(Properties, PartialEq)]
struct ChooseFileProps {
    origin: KeyOrigin,
    /// Takes name and content.
    onfile: Callback<(AttrValue, Rc<Content>)>,
}

#[component]
fn ChooseFile(props: &ChooseFileProps) -> Html {
    let problem = use_state(|| "");
    let onfile = {
        let (problem, chosen) = (problem.setter(), props.onfile.clone());
        Callback::from(move |file: File| {
            if file.size() > RECOVERY_FILE_LIMIT_BYTES {
                return problem.set("This file is too large for a recovery file.");
            }
            let (problem, chosen) = (problem.clone(), chosen.clone());
            spawn_local(async move {
                match read(&file).await {
                    Ok(bytes) => chosen.emit((file.name().into(), content(bytes))),
                    Err(_) => problem.set("The browser could not read this file. Choose it again."),
                }
            });
        })
    };
    let (why, label) = match props.origin {
        KeyOrigin::Browser => (
            "This browser does not keep the key: it was made in another one, or the browser has cleared it. Use the recovery file.",
            "Recovery file",
        ),
        KeyOrigin::Csr | KeyOrigin::Card => (
            "You made the key elsewhere. Import the certificate where the key is, or choose the key here as an encrypted PKCS #8 file.",
            "Encrypted key file",
        ),
    };
    html! {
        <>
            { note(Tone::Info, paragraph(why)) }
            if props.origin == KeyOrigin::Browser {
                <details>
                    <summary>{ "I have no recovery file, or I forgot its passphrase" }</summary>
                    <p>{ "Then the key is lost: nobody else has a copy, not even we, and this certificate cannot be used. Order a new certificate; a new key is made for it. Ask us to revoke this one." }</p>
                    <p><Link to={Route::Shop}>{ "Order a new certificate" }</Link></p>
                </details>
            }
            <FileDrop id="recovery_file" {label} accept=".pem,.key,.p8,.der,.txt"
                hint="Drop the file here or choose it. It is read on your device and sent nowhere." {onfile} />
            <div role="status">
                if !problem.is_empty() { { note(Tone::Danger, paragraph(*problem)) } }
            </div>
        </>
    }
}

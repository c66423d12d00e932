//! One certificate: what stands in it, its files, and the way to a mail program: a PFX made here, or the card.

pub(crate) mod pfx;

use crate::{
    api::{self, certificate_file_url},
    browser::words::{country, date_and_time, grouped},
    component::{
        button::Emphasis,
        copy_button::{CopyButton, Source},
        failure::view,
        heading::PageHeading,
        icon::{Picture, icon},
        summary_list::{rich_row, row},
    },
    loading::use_loaded_by,
    navigation::Link,
    route::Route,
};
use pfx::PfxSection;
use protocol::{Certificate, KeyOrigin};
use yew::prelude::*;

/// Properties of [`CertificatePage`].
#[derive(Properties, PartialEq)]
pub(crate) struct CertificatePageProps {
    pub(crate) certificate_id: AttrValue,
}

/// The details of a certificate.
#[component]
pub(crate) fn CertificatePage(props: &CertificatePageProps) -> Html {
    let loaded = use_loaded_by(props.certificate_id.clone(), api::certificate);
    view(&loaded, |certificate| {
        html! {
            <>
                <PageHeading title={certificate.summary.mailbox.clone()} caption={certificate.product_name.clone()} />
                { for_mail_program(certificate) }
                { downloads(certificate) }
                { details(certificate) }
                <p><Link to={Route::Order { order_id: certificate.summary.order_id.clone() }}>{ "The order of this certificate" }</Link></p>
            </>
        }
    })
}

/// What brings the certificate together with its key. A key from elsewhere may be on a card, too.
pub(crate) fn for_mail_program(certificate: &Certificate) -> Html {
    let install = |emphasis: Emphasis| {
        let to = Route::Install { certificate_id: certificate.summary.id.clone() };
        html! { <Link {to} class={emphasis.classes()}>{ "Install on card" }</Link> }
    };
    let pfx = || html! { <PfxSection certificate={certificate.clone()} /> };
    match certificate.key_origin {
        KeyOrigin::Browser => pfx(),
        KeyOrigin::Csr => html! {
            <>
                { pfx() }
                <p>{ "Is the key on a smart card? " }{ install(Emphasis::Quiet) }</p>
            </>
        },
        KeyOrigin::Card => html! {
            <section class="card" aria-labelledby="card-title">
                <div class="card__head"><h2 id="card-title">{ icon(Picture::Key) }{ "Smart card" }</h2></div>
                <p>{ "The key is on your card. Mail programs need the certificate there, too." }</p>
                <p>{ install(Emphasis::Primary) }</p>
            </section>
        },
    }
}

fn downloads(certificate: &Certificate) -> Html {
    let files = [
        ("certificate.pem", "PEM", "The certificate as text, for servers and most tools."),
        ("certificate.der", "DER", "The certificate as a binary .cer file, for Windows and Java."),
        (
            "chain.pem",
            "Subordinate (chain) certificates",
            "The certificates above yours, up to the root, for programs that ask for the chain.",
        ),
    ];
    let rows = files.into_iter().map(|(file, name, line)| {
        let hint_id = format!("download-{file}");
        html! {
            <li key={file} class="rows__row">
                <p id={hint_id.clone()}>{ line }</p>
                <a href={certificate_file_url(&certificate.summary.id, file)} download="" aria-describedby={hint_id}
                    class={Emphasis::Secondary.classes()}>{ icon(Picture::Download) }{ name }</a>
            </li>
        }
    });
    html! {
        <section>
            <h2>{ "Certificate without the key" }</h2>
            <ul class="rows">{ for rows }</ul>
        </section>
    }
}

fn details(certificate: &Certificate) -> Html {
    let subject = certificate.subject.iter().map(|(name, value)| {
        let value = if name == "Country" { country(value) } else { value.clone() };
        row(name.clone(), value)
    });
    let summary = &certificate.summary;
    html! {
        <section class="summary-section">
            <h2>{ "Details" }</h2>
            <dl class="summary">
                { for subject }
                { row("Issuer", certificate.issuer.clone()) }
                { row("Valid from", date_and_time(summary.not_before)) }
                { row("Valid until", date_and_time(summary.not_after)) }
                { row("Key", certificate.key_algorithm.clone()) }
                { row("Key pair made", made_where(certificate.key_origin)) }
                { copyable("Serial number", &summary.serial_number) }
                { copyable("Fingerprint, SHA-256", &certificate.fingerprint_sha256) }
                { copyable("Public key, SHA-256", &certificate.public_key_sha256) }
            </dl>
        </section>
    }
}

fn made_where(origin: KeyOrigin) -> &'static str {
    match origin {
        KeyOrigin::Browser => "In the browser",
        KeyOrigin::Csr => "Elsewhere (CSR)",
        KeyOrigin::Card => "On a smart card",
    }
}

fn copyable(name: &'static str, hex: &str) -> Html {
    rich_row(
        name,
        html! {
            <>
                <code>{ grouped(hex) }</code>
                <CopyButton source={Source::Text(hex.to_owned().into())} what={name.to_lowercase()} />
            </>
        },
    )
}

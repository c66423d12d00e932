//! The subscriber terms.

use crate::component::heading::PageHeading;
use protocol::Instance;
use yew::prelude::*;

/// What a subscriber promises and may expect (S/MIME BR §9.6.3).
pub(crate) fn terms(instance: &Instance) -> Html {
    html! {
        <div class="prose">
            <PageHeading title="Subscriber terms" />
            <p class="lead">{ "Who gets a certificate here accepts these terms, for themselves and for the organization named in it." }</p>
            if instance.demonstration {
                <p><strong>{ "This is a demonstration: its certificates bind nobody and prove nothing." }</strong></p>
            }
            { for TERMS.iter().map(|(title, text)| html! {
                <section key={*title}><h2>{ *title }</h2><p>{ *text }</p></section>
            }) }
        </div>
    }
}

const TERMS: &[(&str, &str)] = &[
    (
        "Accuracy of information",
        "You give accurate and complete information at all times, in the order and when you are asked for more in connection with the certificate.",
    ),
    (
        "Protection of the private key",
        "You take all reasonable measures to keep sole control of the private key and of its passphrase, keep both confidential, and protect them properly. Nobody here ever has your private key, so nobody here can replace it.",
    ),
    (
        "Acceptance of the certificate",
        "You look at the contents of the certificate when it is issued and see that they are accurate.",
    ),
    (
        "Use of the certificate",
        "You use the certificate only for the mailbox that is listed in it, in keeping with the law, and only as these terms allow.",
    ),
    (
        "Reporting and revocation",
        "You ask for revocation at once and stop using the key when it may have been compromised, and when any information in the certificate is or becomes incorrect.",
    ),
    (
        "End of use",
        "You stop using the private key when the certificate is revoked. You may keep it to read mail that was encrypted for it.",
    ),
    (
        "Responsiveness",
        "You answer instructions about a compromised key or misuse of the certificate within the time that we name.",
    ),
    (
        "Acknowledgment and acceptance",
        "You accept that we may revoke the certificate at once when you break these terms or when revocation is required by the S/MIME Baseline Requirements of the CA/Browser Forum.",
    ),
];

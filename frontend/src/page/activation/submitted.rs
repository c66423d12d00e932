//! The end of the wizard: the certificate is there, and what to do with it.

use super::{CAPTION, STEPS};
use crate::{
    api,
    browser::words::date,
    component::{
        button::Emphasis,
        failure::view,
        heading::PageHeading,
        notice::{Tone, notice},
        step_indicator::step_indicator,
    },
    loading::use_loaded_by,
    navigation::Link,
    page::certificate::for_mail_program,
    route::Route,
};
use yew::prelude::*;

/// Properties of [`Submitted`].
#[derive(Properties, PartialEq)]
pub(super) struct SubmittedProps {
    pub(super) certificate_id: AttrValue,
}

/// Where the certificate is found, and the PFX right here.
#[component]
pub(super) fn Submitted(props: &SubmittedProps) -> Html {
    let loaded = use_loaded_by(props.certificate_id.clone(), api::certificate);
    view(&loaded, |certificate| {
        let details = Route::Certificate { certificate_id: certificate.summary.id.clone() };
        html! {
            <>
                { step_indicator(STEPS, STEPS.len()) }
                <PageHeading title="Your certificate is issued" caption={CAPTION} />
                { notice(Tone::Success, certificate.summary.mailbox.clone(), html! { <p>
                        { format!("Valid until {}. You find it any time under Certificates, and we sent you the link.",
                            date(certificate.summary.not_after)) }
                    </p> }) }
                { for_mail_program(certificate) }
                <div class="actions">
                    <Link to={details} class={Emphasis::Secondary.classes()}>{ "Open the certificate" }</Link>
                </div>
            </>
        }
    })
}

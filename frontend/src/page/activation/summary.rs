//! Step 4: all that will stand in the certificate, the terms, and the button that orders its issue.

use super::{CAPTION, StepProps, indicator};
use crate::{
    api,
    browser::{
        draft::{self, Wizard},
        words::{country, grouped},
    },
    component::{
        button::{Button, Emphasis},
        choice::Checkbox,
        heading::PageHeading,
        summary_list::{rich_row, row, summary_section},
    },
    navigation::{Link, use_navigator},
    route::{ActivationStep, Route},
    submission::use_submission,
    wizard::activation::{ActivationAction, TERMS},
};
use pki::key_policy::KeyAlgorithm;
use protocol::KeyOrigin;
use yew::prelude::*;

/// The last look before the certificate is issued.
#[component]
pub(super) fn Summary(props: &StepProps) -> Html {
    let (navigator, submission) = (use_navigator(), use_submission());
    let draft = &props.draft;
    let onterms = {
        let draft = draft.dispatcher();
        Callback::from(move |accepted| {
            draft.dispatch(if accepted {
                ActivationAction::AcceptTerms
            } else {
                ActivationAction::WithdrawTerms
            });
        })
    };
    let onsubmit = {
        let (submission, draft, props) = (submission.clone(), draft.clone(), props.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let request = match draft.request() {
                Ok(request) => request,
                Err(errors) => return submission.refuse(errors),
            };
            let (navigator, order_id, reload) =
                (navigator.clone(), props.order.id.clone(), props.reload.clone());
            let (id, submitted) = (order_id.clone(), props.route(ActivationStep::Submitted));
            submission.run(api::activate(&id, &request), move |_certificate| {
                draft::remove(Wizard::Activation, &order_id);
                navigator.replace(submitted);
                reload.emit(());
            });
        })
    };
    let rows = draft.subject_preview(&props.mailbox, &props.organization).into_iter().map(|(name, value)| {
        let value = if name == "Country" { country(&value) } else { value };
        row(name, value)
    });
    html! {
        <>
            { submission.view() }
            { indicator(3) }
            <PageHeading title="Summary" caption={CAPTION} errors={submission.errors().len()} />
            <p class="lead">{ "This will stand in your certificate. It cannot be changed afterwards." }</p>
            { summary_section("Certificate data", &props.route(ActivationStep::CertificateData), html! { <>{ for rows }</> }) }
            { summary_section("Key pair", &props.route(ActivationStep::GenerationMethod), html! { <>{ key_rows(props) }</> }) }
            <form novalidate=true {onsubmit}>
                <Checkbox id={TERMS} marked={draft.terms_accepted} onchange={onterms} errors={submission.errors()}>
                    { "I accept the " }<a href={Route::Terms.path()} target="_blank">{ "subscriber terms (opens in a new tab)" }</a>
                </Checkbox>
                <div class="actions">
                    <Button emphasis={Emphasis::Primary} readiness={submission.readiness()}>{ "Submit" }</Button>
                    <Link to={props.route(draft.key_step())} class={Emphasis::Secondary.classes()}>{ "Back" }</Link>
                </div>
            </form>
        </>
    }
}

fn key_rows(props: &StepProps) -> Html {
    let draft = &props.draft;
    let named =
        |id: &str| KeyAlgorithm::from_id(id).map(|algorithm| algorithm.to_string()).unwrap_or_default();
    let (method, algorithm) = match draft.method {
        KeyOrigin::Browser => ("In this browser", named(&draft.algorithm_id)),
        KeyOrigin::Csr => {
            ("CSR", draft.csr.as_ref().map(|request| request.key_algorithm.clone()).unwrap_or_default())
        }
        KeyOrigin::Card => ("Generating key pair on card", named(&draft.card_algorithm_id)),
    };
    let card = draft.card.as_ref().filter(|_| draft.method == KeyOrigin::Card);
    let fingerprint = grouped(draft.public_key_sha256().unwrap_or_default());
    html! {
        <>
            { row("Generation method", method) }
            { row("Key", algorithm) }
            { rich_row("Public key, SHA-256", html! { <code>{ fingerprint }</code> }) }
            if let Some(card) = card { { row("Card", card.card_name.clone()) } }
        </>
    }
}

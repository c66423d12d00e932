//! One claim for the specialist: data and evidence side by side, and the decision.

mod approve;
mod refuse;

use super::verifications::decision;
use crate::{
    api,
    app::use_session,
    browser::words::date_and_time,
    component::{
        failure::view,
        heading::PageHeading,
        notice::{Tone, notice, paragraph},
        summary_list::{rich_row, row},
    },
    loading::use_loaded_by,
    navigation::Link,
    page::order::{document_links, organization_rows},
    permissions::may_decide,
    route::Route,
    wizard::data::number_type_name,
};
use approve::Approve;
use protocol::{RegisterEntry, StepStatus, Verification, VerificationMethod};
use refuse::Refuse;
use yew::prelude::*;

/// Properties of [`VerificationPage`].
#[derive(Properties, PartialEq)]
pub(crate) struct VerificationPageProps {
    pub(crate) order_id: AttrValue,
}

/// The claim of an order.
#[component]
pub(crate) fn VerificationPage(props: &VerificationPageProps) -> Html {
    let loaded = use_loaded_by(props.order_id.clone(), api::verification);
    let put = loaded.put.clone();
    let decides = may_decide(use_session().roles());
    view(&loaded, |verification| {
        let claim = &verification.claim;
        let waiting = verification.status == StepStatus::InVerification;
        html! {
            <>
                <p><Link to={Route::Verifications}>{ "All verifications" }</Link></p>
                <PageHeading title={claim.data.organization.clone()} caption={if waiting { "Verification of an organization" } else { "Verification of an organization, decided" }} />
                <p>{ decision(verification) }</p>
                <div role="status">{ outcome(verification) }</div>
                <div class="side-by-side">
                    { claimed(verification) }
                    { evidence(verification) }
                </div>
                if waiting && decides {
                    <Approve key={claim.submitted_at.to_string()} verification={verification.clone()} put={put.clone()} />
                    <Refuse verification={verification.clone()} {put} />
                }
            </>
        }
    })
}

/// What was decided; nothing while the claim waits.
fn outcome(verification: &Verification) -> Html {
    match (verification.status, &verification.claim.refusal) {
        (StepStatus::Verified, _) => {
            notice(Tone::Success, "The data is verified", paragraph("The customer has been told by e-mail."))
        }
        (StepStatus::AwaitingData, Some(reason)) => {
            notice(Tone::Danger, "Refused, for this reason", html! { <p class="pre">{ reason }</p> })
        }
        _ => Html::default(),
    }
}

fn claimed(verification: &Verification) -> Html {
    let claim = &verification.claim;
    html! {
        <section class="card">
            <h2>{ "As entered by the customer" }</h2>
            <dl class="summary">
                { organization_rows(&claim.data) }
                { row("Applicant", verification.applicant.email.clone()) }
                { row("Customer", verification.applicant.customer.clone()) }
                { row("Submitted", date_and_time(claim.submitted_at)) }
            </dl>
        </section>
    }
}

fn evidence(verification: &Verification) -> Html {
    let claim = &verification.claim;
    html! {
        <section class="card">
            <h2>{ "Evidence" }</h2>
            { match &claim.verification {
                VerificationMethod::Register { registration_number_type, registration_number } => html! {
                    <dl class="summary">
                        { row("Registration number type", number_type_name(*registration_number_type)) }
                        { rich_row("Registration number", html! { <code>{ registration_number }</code> }) }
                    </dl>
                },
                VerificationMethod::Document { .. } => html! {},
            } }
            if !claim.documents.is_empty() {
                <h3>{ "Documents" }</h3>
                { document_links(&verification.order_id, &claim.documents) }
            }
            if let Some(register) = &verification.register_evidence {
                if register.entries.is_empty() {
                    { notice(Tone::Warning, "The register found nothing", html! { <p>{ format!("Asked on {}.", date_and_time(register.asked_at)) }</p> }) }
                }
                { for register.entries.iter().map(|found| entry(verification, found)) }
                if !register.entries.is_empty() {
                    <p class="quiet">{ format!("The register was asked on {}.", date_and_time(register.asked_at)) }</p>
                }
            }
        </section>
    }
}

fn entry(verification: &Verification, entry: &RegisterEntry) -> Html {
    let (entered, found) = (&verification.claim.data, &entry.data);
    let differences: Vec<&str> = [
        ("organization", entered.organization != found.organization),
        ("country", entered.country != found.country),
        ("state or province", entered.state_or_province != found.state_or_province),
        ("locality", entered.locality != found.locality),
    ]
    .into_iter()
    .filter_map(|(name, differs)| differs.then_some(name))
    .collect();
    html! {
        <>
            <h3>{ &entry.register }</h3>
            <dl class="summary">
                { organization_rows(found) }
                { row("State in the register", if entry.active { "Active" } else { "Not active" }) }
            </dl>
            if !entry.active {
                { notice(Tone::Danger, "Not active", paragraph("An organization that is not active must not be approved.")) }
            }
            if differences.is_empty() {
                { notice(Tone::Success, "Same as entered", Html::default()) }
            } else {
                { notice(Tone::Warning, "Differs from what was entered", html! { <p>{ differences.join(", ") }</p> }) }
            }
        </>
    }
}

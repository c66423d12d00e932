//! One claim for the specialist: data and evidence side by side, and the decision.

mod approve;
mod refuse;

use super::{
    order::{document_links, organization_rows},
    verifications::decision,
};
use crate::{
    api,
    browser::words::date_and_time,
    component::{
        failure::view,
        heading::PageHeading,
        notice::{Notice, Tone},
        summary_list::{SummaryList, rich_row, row},
    },
    loading::use_loaded,
    navigation::Link,
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
    let loaded = use_loaded(props.order_id.clone(), |id| api::verification(id.to_string()));
    let put = loaded.put.clone();
    view(&loaded, |verification| {
        let claim = &verification.claim;
        let waiting = verification.status == StepStatus::InVerification;
        html! {
            <>
                <p><Link to={Route::Verifications}>{ "All verifications" }</Link></p>
                <PageHeading title={claim.data.organization.clone()} caption="Verification of an organization" />
                <p>{ decision(verification) }</p>
                if let Some(reason) = claim.refusal.as_ref().filter(|_| !waiting) {
                    <Notice tone={Tone::Danger} title="Refused"><p class="pre">{ reason }</p></Notice>
                }
                <div class="side-by-side">
                    { claimed(verification) }
                    { evidence(verification) }
                </div>
                if waiting {
                    <Approve key={claim.submitted_at.to_string()} verification={verification.clone()} put={put.clone()} />
                    <Refuse verification={verification.clone()} {put} />
                }
            </>
        }
    })
}

fn claimed(verification: &Verification) -> Html {
    let claim = &verification.claim;
    html! {
        <section class="card">
            <h2>{ "As entered by the customer" }</h2>
            <SummaryList>
                { organization_rows(&claim.data) }
                { row("Applicant", verification.applicant.email.clone()) }
                { row("Submitted", date_and_time(claim.submitted_at)) }
            </SummaryList>
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
                    <SummaryList>
                        { row("Registration number type", number_type_name(*registration_number_type)) }
                        { rich_row("Registration number", html! { <code>{ registration_number }</code> }) }
                    </SummaryList>
                },
                VerificationMethod::Document { .. } => html! {},
            } }
            if !claim.documents.is_empty() {
                <h3>{ "Documents" }</h3>
                { document_links(&verification.order_id, &claim.documents) }
            }
            if let Some(register) = &verification.register_evidence {
                if register.entries.is_empty() {
                    <Notice tone={Tone::Warning} title="The register found nothing">
                        <p>{ format!("Asked on {}.", date_and_time(register.asked_at)) }</p>
                    </Notice>
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
            <SummaryList>
                { organization_rows(found) }
                { row("State in the register", if entry.active { "Active" } else { "Not active" }) }
            </SummaryList>
            if !entry.active {
                <Notice tone={Tone::Danger} title="Not active"><p>{ "An organization that is not active must not be approved." }</p></Notice>
            }
            if differences.is_empty() {
                <Notice tone={Tone::Success} title="Same as entered" />
            } else {
                <Notice tone={Tone::Warning} title="Differs from what was entered"><p>{ differences.join(", ") }</p></Notice>
            }
        </>
    }
}

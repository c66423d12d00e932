//! The specialist's queue: claims that wait, oldest first, then those that are decided.

use crate::{
    browser::words::{country, date_and_time},
    component::{heading::PageHeading, status::status_tag},
    listing::{Listed as _, use_list},
    loading::use_refresh_while,
    navigation::Link,
    route::Route,
};
use protocol::{StepStatus, Verification, VerificationMethod};
use std::rc::Rc;
use yew::prelude::*;

/// The claims of all customers.
#[component]
pub(crate) fn Verifications() -> Html {
    let list = use_list::<Verification>();
    use_refresh_while(true, list.reload());
    list.view(|verifications, show_more| {
        let (waiting, decided): (Vec<_>, Vec<_>) = verifications
            .iter()
            .cloned()
            .partition(|verification| verification.status == StepStatus::InVerification);
        // Those that wait come first.
        let more_wait = decided.is_empty() && list.goes_on();
        html! {
            <>
                <PageHeading title="Verifications" />
                <h2>{ format!("Waiting ({}{})", waiting.len(), if more_wait { " or more" } else { "" }) }</h2>
                if waiting.is_empty() {
                    <p>{ "Nothing waits. New claims appear here by themselves." }</p>
                } else {
                    { table(&waiting, "Claims that wait, oldest first") }
                }
                if !decided.is_empty() {
                    <h2>{ "Decided" }</h2>
                    { table(&decided, "Claims that are decided") }
                }
                { show_more }
            </>
        }
    })
}

fn table(verifications: &[Rc<Verification>], caption: &str) -> Html {
    let rows = verifications.iter().map(|verification| {
        let data = &verification.claim.data;
        html! {
            <tr key={verification.order_id.clone()}>
                <th scope="row">
                    <Link to={Route::Verification { order_id: verification.order_id.clone() }}
                        id={verification.element_id()}>{ &data.organization }</Link>
                </th>
                <td data-label="Country">{ country(&data.country) }</td>
                <td data-label="Evidence">{ evidence(verification) }</td>
                <td data-label="Submitted">{ date_and_time(verification.claim.submitted_at) }</td>
                <td data-label="Status">{ decision(verification) }</td>
            </tr>
        }
    });
    html! {
        <table class="table">
            <caption class="visually-hidden">{ caption }</caption>
            <thead>
                <tr>
                    { for ["Organization", "Country", "Evidence", "Submitted", "Status"].map(|name| html! { <th scope="col">{ name }</th> }) }
                </tr>
            </thead>
            <tbody>{ for rows }</tbody>
        </table>
    }
}

fn evidence(verification: &Verification) -> &'static str {
    match verification.claim.verification {
        VerificationMethod::Register { .. } => "Register",
        VerificationMethod::Document { .. } => "Document",
    }
}

/// The status in the specialist's words: to the customer a refused claim is awaiting data again.
pub(super) fn decision(verification: &Verification) -> Html {
    if verification.claim.refusal.is_some() && verification.status == StepStatus::AwaitingData {
        html! { <span class="tag tag--refused">{ "Refused" }</span> }
    } else {
        status_tag(verification.status)
    }
}

//! The refusal, with a reason that the customer reads.

use crate::{
    api,
    component::{
        button::{Button, Emphasis},
        field::TextArea,
    },
    submission::use_submission,
    wizard::FieldError,
};
use protocol::{Refusal, Verification};
use yew::prelude::*;

const REASON: &str = "reason";

/// Properties of [`Refuse`].
#[derive(Properties, PartialEq)]
pub(super) struct RefuseProps {
    pub(super) verification: Verification,
    /// Takes the claim as it then is.
    pub(super) put: Callback<Verification>,
}

/// The form and its button.
#[component]
pub(super) fn Refuse(props: &RefuseProps) -> Html {
    let submission = use_submission();
    let reason = use_state(String::new);
    let onsubmit = {
        let (submission, reason, put) = (submission.clone(), reason.clone(), props.put.clone());
        let order_id = props.verification.order_id.clone();
        let submitted_at = props.verification.claim.submitted_at;
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            if reason.trim().is_empty() {
                let error = FieldError::new(REASON, "Say what is wrong and how the customer can mend it.");
                return submission.refuse(vec![error]);
            }
            let refusal = Refusal { reason: reason.trim().to_owned(), submitted_at };
            let (order_id, put) = (order_id.clone(), put.clone());
            submission.run(api::refuse(&order_id, &refusal), move |decided| put.emit(decided));
        })
    };
    let oninput = {
        let reason = reason.setter();
        Callback::from(move |text| reason.set(text))
    };
    html! {
        <form class="card" novalidate=true {onsubmit} aria-labelledby="refuse-title">
            { submission.view() }
            <h2 id="refuse-title">{ "Refuse" }</h2>
            <TextArea id={REASON} label="Reason" value={(*reason).clone()} {oninput} errors={submission.errors()}
                hint="The customer reads it. Say what is wrong and how to mend it." />
            <Button emphasis={Emphasis::Danger} readiness={submission.readiness()}>{ "Refuse" }</Button>
        </form>
    }
}

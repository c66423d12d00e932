//! Step 3, CSR: a request is pasted, dropped or chosen, and judged while the person looks on.

use super::{CAPTION, StepProps, indicator};
use crate::{
    component::{
        button::{Button, Emphasis},
        error_summary::ErrorSummary,
        heading::PageHeading,
        request_field::RequestField,
    },
    crypto::messages::ExpectedCertificate,
    navigation::{Link, use_navigator},
    route::ActivationStep,
    wizard::{
        FieldError,
        activation::{ActivationAction, CSR, CheckedRequest},
    },
};
use yew::prelude::*;

/// The field, the verdict and the way on.
#[component]
pub(super) fn CsrStep(props: &StepProps) -> Html {
    let navigator = use_navigator();
    let errors = use_state(|| (Vec::<FieldError>::new(), 0_u32));
    let onjudged = {
        let (draft, errors) = (props.draft.dispatcher(), errors.clone());
        Callback::from(move |request: Option<CheckedRequest>| {
            if request.is_some() {
                // What was wrong is mended. It does not come back, and take the focus, with the next letter that is typed.
                errors.set((Vec::new(), errors.1));
            }
            draft.dispatch(request.map_or(ActivationAction::RequestGone, ActivationAction::RequestCorrect));
        })
    };
    let onsubmit = {
        let (errors, next) = (errors.clone(), props.route(ActivationStep::Summary));
        let is_correct = props.draft.csr.is_some();
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            if is_correct {
                navigator.push(next.clone());
            } else {
                let error = FieldError::new(CSR, "Paste a request that is correct, or choose its file.");
                errors.set((vec![error], errors.1.wrapping_add(1)));
            }
        })
    };
    let expected = ExpectedCertificate {
        subject: props
            .draft
            .subject_preview(&props.mailbox, &props.organization)
            .into_iter()
            .map(|(label, value)| (label.to_owned(), value))
            .collect(),
        mailbox: props.mailbox.to_string(),
    };
    let shown = errors.0.clone();
    html! {
        <>
            <ErrorSummary errors={shown.clone()} attempt={errors.1} />
            { indicator(2) }
            <PageHeading title="Key pair generation" caption={CAPTION} errors={shown.len()} />
            <p class="lead">{ "Paste the certificate signing request that your program made. We check it here, on your device, while you look." }</p>
            <form novalidate=true {onsubmit}>
                <RequestField initial={props.draft.csr.clone()} {expected} {onjudged} errors={shown} />
                <p>{ "Keep the private key that belongs to this request: you need it when the certificate is issued." }</p>
                <div class="actions">
                    <Button emphasis={Emphasis::Primary}>{ "Next" }</Button>
                    <Link to={props.route(ActivationStep::GenerationMethod)} class={Emphasis::Secondary.classes()}>{ "Back" }</Link>
                </div>
            </form>
        </>
    }
}

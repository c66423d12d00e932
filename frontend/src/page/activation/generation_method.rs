//! Step 2: where the key pair is made.

use super::{CAPTION, StepProps, algorithm_options, indicator};
use crate::{
    component::{
        button::{Button, Emphasis},
        choice::{Choice, RadioGroup},
        field::SelectField,
        heading::PageHeading,
    },
    navigation::{Link, use_navigator},
    route::ActivationStep,
    wizard::activation::ActivationAction,
};
use protocol::KeyOrigin;
use yew::prelude::*;

const BROWSER: &str = "browser";
const CSR: &str = "csr";
const CARD: &str = "card";

/// Method, and for a new key its algorithm.
#[component]
pub(super) fn GenerationMethod(props: &StepProps) -> Html {
    let navigator = use_navigator();
    let draft = &props.draft;
    let onsubmit = {
        let next = props.route(draft.key_step());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            navigator.push(next.clone());
        })
    };
    let onmethod = {
        let draft = draft.dispatcher();
        Callback::from(move |value: AttrValue| {
            draft.dispatch(ActivationAction::ChooseMethod(match &*value {
                CSR => KeyOrigin::Csr,
                CARD => KeyOrigin::Card,
                _ => KeyOrigin::Browser,
            }));
        })
    };
    let onalgorithm = {
        let draft = draft.dispatcher();
        Callback::from(move |id: String| draft.dispatch(ActivationAction::ChooseAlgorithm(id)))
    };
    let (method, algorithm, can) = match draft.method {
        KeyOrigin::Browser => (BROWSER, &draft.algorithm_id, None),
        KeyOrigin::Csr => (CSR, &draft.algorithm_id, None),
        KeyOrigin::Card => (CARD, &draft.card_algorithm_id, draft.card_algorithms.as_ref()),
    };
    let possible = can.is_none_or(|can| can.contains(algorithm));
    let value = if possible { algorithm.clone() } else { String::new() };
    let placeholder = (!possible).then_some("Choose one that the card can make");
    html! {
        <>
            { indicator(1) }
            <PageHeading title="Generation method" caption={CAPTION} />
            <p class="lead">{ "A certificate belongs to a key pair. The private half stays with you; we only ever see the public half." }</p>
            <form novalidate=true {onsubmit}>
                <RadioGroup id="method" legend="Where is the key pair made?" choices={methods()} onchange={onmethod} value={method} />
                if draft.method != KeyOrigin::Csr {
                    <div class="card">
                        <SelectField id="algorithm" label="Key algorithm and key length" options={algorithm_options(can)}
                            {value} {placeholder} onchange={onalgorithm}
                            hint="RSA 2048 works in every mail program. RSA 4096 takes longer to make. P-256 and P-384 are modern and quick, but some older programs do not know them." />
                    </div>
                }
                <div class="actions">
                    <Button emphasis={Emphasis::Primary}>{ "Next" }</Button>
                    <Link to={props.route(ActivationStep::CertificateData)} class={Emphasis::Secondary.classes()}>{ "Back" }</Link>
                </div>
            </form>
        </>
    }
}

fn methods() -> Vec<Choice> {
    vec![
        Choice::new(BROWSER, "In this browser")
            .with_hint("Recommended. Made here in a minute, protected by a passphrase. The private key never leaves this device."),
        Choice::new(CSR, "CSR")
            .with_hint("You have made a key elsewhere and have a certificate signing request for it."),
        Choice::new(CARD, "Generating key pair on card")
            .with_hint("For a smart card and a card reader. The card makes the key, and never gives it away."),
    ]
}

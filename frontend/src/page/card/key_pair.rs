//! Step 3 of the activation, on a card: the checklist, the key pair that the card makes, and the request that it signs.

mod fields;

use super::{
    CardBridge,
    checklist::{checklist, first_pin},
    link::LinkHelp,
    progress::WorkView,
    use_card_bridge,
};
use crate::{
    api,
    browser::{
        draft::{self, Wizard},
        words::grouped,
    },
    component::{
        button::{Button, Emphasis, Readiness},
        failure::view,
        heading::PageHeading,
        key_progress::GENERATE,
        notice::{Tone, notice, paragraph},
        summary_list::{rich_row, row},
    },
    loading::use_loaded_by,
    navigation::{Link, use_navigator},
    page::activation::{CAPTION, indicator, not_yet, use_draft},
    route::{ActivationStep, Route},
    wizard::{
        activation::{ActivationAction, ActivationDraft, CardRequest},
        card::Work,
    },
};
use fields::{algorithm_field, card_choice, keys_left, name_of};
use protocol::{CardOutcome, CardTask, KeyOrigin};
use yew::prelude::*;

/// Properties of [`CardKeyPair`].
#[derive(Properties, PartialEq)]
pub(super) struct CardKeyPairProps {
    pub(super) order_id: AttrValue,
}

/// The step for an order that can be activated.
#[component]
pub(super) fn CardKeyPair(props: &CardKeyPairProps) -> Html {
    let loaded = use_loaded_by(props.order_id.clone(), api::order);
    view(&loaded, |order| match &order.mailbox {
        _ if order.certificate_id.is_some() => html! { <Submitted order_id={order.id.clone()} /> },
        Some(mailbox) if order.verified_organization.is_some() => {
            html! { <Step order_id={order.id.clone()} mailbox={mailbox.clone()} /> }
        }
        _ => not_yet(order),
    })
}

/// Goes to where the certificate is.
#[component]
fn Submitted(props: &CardKeyPairProps) -> Html {
    let navigator = use_navigator();
    let to = route(&props.order_id, ActivationStep::Submitted);
    use_effect_with((), move |()| navigator.replace(to));
    Html::default()
}

#[derive(Properties, PartialEq, Clone)]
struct StepProps {
    order_id: AttrValue,
    mailbox: AttrValue,
}

/// The way to the key, then what became of it.
#[component]
fn Step(props: &StepProps) -> Html {
    let draft = use_draft(&props.order_id);
    {
        // To open this page is to choose its method.
        let draft = draft.dispatcher();
        use_effect_with((), move |()| draft.dispatch(ActivationAction::ChooseMethod(KeyOrigin::Card)));
    }
    html! {
        <>
            { indicator(2) }
            if let Some(card) = &draft.card {
                { ready(&props.order_id, card, &draft) }
            } else {
                <MakeKey props={props.clone()} draft={draft.clone()} />
            }
        </>
    }
}

#[derive(Properties, PartialEq)]
struct MakeKeyProps {
    props: StepProps,
    draft: UseReducerHandle<ActivationDraft>,
}

#[component]
fn MakeKey(MakeKeyProps { props, draft }: &MakeKeyProps) -> Html {
    let bridge = use_card_bridge(&props.order_id);
    use_outcome(&props.order_id, draft, &bridge.state.work);
    use_known_algorithms(draft, &bridge);
    let state = &bridge.state;
    let algorithm = draft.card_algorithm_id.clone();
    let (ready, busy) = (state.is_ready() && state.supports(&algorithm), state.is_busy());
    let generate = {
        let (bridge, mailbox) = (bridge.clone(), props.mailbox.to_string());
        let (card, algorithm) = (state.card_id(), algorithm.clone());
        Callback::from(move |()| {
            let (card, algorithm, mailbox) = (card.clone(), algorithm.clone(), mailbox.clone());
            bridge.perform(CardTask::Generate { card, algorithm, mailbox });
        })
    };
    let removed = matches!(&state.work, Work::Done(CardOutcome::Removed { .. }));
    html! {
        <>
            <PageHeading title="Key pair generation" caption={CAPTION} />
            <p class="lead">{ "The key pair is made on your card, and the private key never leaves it. The card bridge, a small program on this computer, asks for the PIN in a window of its own." }</p>
            <WorkView bridge={bridge.clone()} />
            <div class="card">
                { checklist(state.checklist()) }
                if !busy {
                    <LinkHelp bridge={bridge.clone()} />
                    { card_choice(&bridge) }
                    if bridge.is_reachable() { { algorithm_field(draft, &bridge) } }
                    { keys_left(&props.mailbox, &bridge) }
                }
                <p role="status">{ if removed { "The key pair was removed from the card." } else { "" } }</p>
                { first_pin() }
            </div>
            <div class="actions" hidden={busy}>
                if bridge.is_reachable() {
                    <Button id={GENERATE} emphasis={Emphasis::Primary} readiness={Readiness::busy_while(!ready)} onclick={generate}>
                        { "Generate key pair" }
                    </Button>
                }
                <Link to={route(&props.order_id, ActivationStep::GenerationMethod)} class={Emphasis::Secondary.classes()}>{ "Back" }</Link>
            </div>
        </>
    }
}

fn route(order_id: &str, step: ActivationStep) -> Route {
    Route::Activation { order_id: order_id.to_owned(), step }
}

/// When the request is there, the next page of the wizard appears, and finds it in the draft that the tab keeps.
#[hook]
fn use_outcome(order_id: &AttrValue, draft: &UseReducerHandle<ActivationDraft>, work: &Work) {
    let (navigator, draft, order_id) = (use_navigator(), draft.clone(), order_id.clone());
    use_effect_with(work.clone(), move |work| {
        if let Work::Done(CardOutcome::Request { csr_pem, public_key_sha256, algorithm, card_name }) = work {
            let ready = ActivationAction::CardReady(CardRequest {
                algorithm_id: algorithm.clone(),
                csr_pem: csr_pem.clone(),
                public_key_sha256: public_key_sha256.clone(),
                card_name: card_name.clone(),
            });
            draft.dispatch(ready.clone());
            // Now: the next page is of another module, and may be there before this one is drawn again.
            let kept = (*draft).clone().reduce(ready).for_storage();
            draft::save(Wizard::Activation, &order_id, &kept);
            navigator.push(route(&order_id, ActivationStep::Summary));
        }
    });
}

/// The step before offers what the card can do, once that is known.
#[hook]
fn use_known_algorithms(draft: &UseReducerHandle<ActivationDraft>, bridge: &CardBridge) {
    let draft = draft.dispatcher();
    let algorithms = bridge.state.algorithms().cloned();
    use_effect_with(algorithms, move |algorithms| {
        if let Some(algorithms) = algorithms.clone() {
            draft.dispatch(ActivationAction::CardKnown(algorithms));
        }
    });
}

/// What the card has made for this order before.
fn ready(order_id: &str, card: &CardRequest, draft: &UseReducerHandle<ActivationDraft>) -> Html {
    let discard = {
        let draft = draft.dispatcher();
        Callback::from(move |()| draft.dispatch(ActivationAction::DiscardCard))
    };
    html! {
        <>
            <PageHeading title="Your key pair is ready" caption={CAPTION} />
            { notice(Tone::Success, "Kept on your card", paragraph("Keep the card: the certificate goes onto it, and works with it only.")) }
            <section class="summary-section">
                <dl class="summary">
                    { row("Card", card.card_name.clone()) }
                    { row("Key", name_of(&card.algorithm_id)) }
                    { rich_row("Public key, SHA-256", html! { <code>{ grouped(&card.public_key_sha256) }</code> }) }
                </dl>
            </section>
            <div class="actions">
                <Link to={route(order_id, ActivationStep::Summary)} class={Emphasis::Primary.classes()}>{ "Next" }</Link>
                <Link to={route(order_id, ActivationStep::GenerationMethod)} class={Emphasis::Secondary.classes()}>{ "Back" }</Link>
                <Button emphasis={Emphasis::Quiet} onclick={discard}>{ "Make another key instead" }</Button>
            </div>
        </>
    }
}

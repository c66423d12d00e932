//! What a person may have to choose or to know: which card, which algorithm, a key that was left, the first PIN.

use crate::{
    browser::words::grouped,
    component::{
        button::{Button, Emphasis},
        field::SelectField,
    },
    page::{activation::algorithm_options, card::CardBridge},
    wizard::{
        activation::{ActivationAction, ActivationDraft},
        card::CardAction,
    },
};
use pki::key_policy::KeyAlgorithm;
use protocol::CardTask;
use yew::prelude::*;

/// The digits of a fingerprint that tell a person's few keys apart.
const SHORT_FINGERPRINT_DIGITS: usize = 16;

/// A list of cards, when there are several.
pub(super) fn card_choice(bridge: &CardBridge) -> Html {
    let cards = bridge.state.cards();
    if cards.len() < 2 {
        return Html::default();
    }
    let options: Vec<(AttrValue, AttrValue)> = cards
        .iter()
        .map(|card| {
            let text = format!("{}, {}, {}", card.name, card.serial_number, card.reader);
            (card.id.clone().into(), text.into())
        })
        .collect();
    let onchange = {
        let state = bridge.state.dispatcher();
        Callback::from(move |id: String| state.dispatch(CardAction::ChooseCard(id)))
    };
    html! {
        <SelectField id="card" label="Card" placeholder="Choose a card" {options} {onchange}
            value={bridge.state.card_id().unwrap_or_default()} />
    }
}

/// What the key will be; another choice where the card cannot make it.
pub(super) fn algorithm_field(draft: &UseReducerHandle<ActivationDraft>, bridge: &CardBridge) -> Html {
    let chosen = &draft.card_algorithm_id;
    let name = name_of(chosen);
    if bridge.state.supports(chosen) {
        return html! { <p>{ "Key algorithm and key length: " }<strong>{ name }</strong></p> };
    }
    let onchange = {
        let draft = draft.dispatcher();
        Callback::from(move |id: String| draft.dispatch(ActivationAction::ChooseAlgorithm(id)))
    };
    let options = algorithm_options(draft.card_algorithms.as_ref());
    html! {
        <SelectField id="algorithm" label="Key algorithm and key length" placeholder="Choose another one" {options} {onchange}
            value="" hint={format!("This card makes no {name} keys.")} />
    }
}

/// The algorithm as a person knows it.
pub(super) fn name_of(algorithm_id: &str) -> String {
    KeyAlgorithm::from_id(algorithm_id).map_or_else(|| algorithm_id.to_owned(), |known| known.to_string())
}

/// Key pairs without a certificate: each can be used, or removed.
pub(super) fn keys_left(mailbox: &AttrValue, bridge: &CardBridge) -> Html {
    let rows: Vec<Html> = bridge
        .state
        .keys_without_certificate()
        .map(|key| {
            let fingerprint: String = key.public_key_sha256.chars().take(SHORT_FINGERPRINT_DIGITS).collect();
            let card = bridge.state.card_id();
            let public_key_sha256 = key.public_key_sha256.clone();
            let reuse = CardTask::Reuse {
                card: card.clone(),
                public_key_sha256: public_key_sha256.clone(),
                mailbox: mailbox.to_string(),
            };
            let remove = CardTask::Remove { card, public_key_sha256 };
            html! {
                <li key={key.public_key_sha256.clone()} class="rows__row">
                    <p>{ name_of(&key.algorithm) }{ ", " }<code>{ grouped(&fingerprint) }{ "…" }</code></p>
                    <p class="actions">
                        { button(bridge, reuse, Emphasis::Secondary, "Use this key") }
                        { button(bridge, remove, Emphasis::Danger, "Remove it") }
                    </p>
                </li>
            }
        })
        .collect();
    if rows.is_empty() || !bridge.state.is_ready() {
        return Html::default();
    }
    html! {
        <section>
            <h2>{ "Keys without a certificate" }</h2>
            <p>{ "These are on the card already. Something may have broken off after they were made." }</p>
            <ul class="rows">{ for rows }</ul>
        </section>
    }
}

fn button(bridge: &CardBridge, task: CardTask, emphasis: Emphasis, text: &'static str) -> Html {
    let bridge = bridge.clone();
    html! { <Button {emphasis} onclick={Callback::from(move |()| bridge.perform(task.clone()))}>{ text }</Button> }
}

//! The work on a card: what is going on, and why it failed.

use super::CardBridge;
use crate::{
    component::{
        key_progress::GENERATE,
        notice::{Tone, notice, paragraph},
        progress::ProgressView,
    },
    wizard::card::Work,
};
use protocol::{CardWork, OperationState};
use yew::prelude::*;

/// Properties of [`WorkView`].
#[derive(Properties, PartialEq)]
pub(crate) struct WorkViewProps {
    pub(crate) bridge: CardBridge,
}

/// Progress with "Cancel", or what went wrong. The button that begins the work has the id [`GENERATE`].
#[component]
pub(crate) fn WorkView(props: &WorkViewProps) -> Html {
    let bridge = &props.bridge;
    let (phase, starter) = match &bridge.state.work {
        Work::GoingOn { state, starter } => (phase(state, starter.is_some()), starter.clone()),
        _ => ("", None),
    };
    let cancel = {
        let bridge = bridge.clone();
        Callback::from(move |()| bridge.cancel())
    };
    html! {
        <>
            <div role="alert">
                if let Work::Failed(what, next) = &bridge.state.work {
                    { notice(Tone::Danger, what.clone(), paragraph(next.clone())) }
                }
            </div>
            <ProgressView going_on={bridge.state.is_busy()} label="Work on the card" said={phase} {phase} {cancel}
                hint="Leave the card in the reader and stay on this page until it is done." begun_by={GENERATE}>
                if let Some(url) = starter {
                    <p><a href={url}>{ "Open the card bridge" }</a></p>
                }
            </ProgressView>
        </>
    }
}

fn phase(state: &OperationState, bridge_may_be_closed: bool) -> &'static str {
    match state {
        OperationState::Working { work: CardWork::Starting } if bridge_may_be_closed => {
            "Waiting for the card bridge. Agree when your browser asks whether to open it."
        }
        OperationState::Working { work } => match work {
            CardWork::Starting => "Looking for the card…",
            CardWork::CheckingPin => "The card checks the PIN…",
            CardWork::GeneratingKeyPair => "The card makes the key pair. This may take several minutes.",
            CardWork::SigningRequest => "The card signs the request…",
            CardWork::WritingCertificate => "The certificate is written to the card…",
            CardWork::RemovingKeyPair => "The key pair is removed from the card…",
        },
        OperationState::WaitingForCard { .. } => "Waiting for the card. The list says what is missing.",
        OperationState::WaitingForPerson => "Look for the window of the card bridge, and answer there.",
        OperationState::Done { .. } | OperationState::Failed { .. } => "",
    }
}

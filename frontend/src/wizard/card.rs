//! The card bridge as a page sees it: how far it is reached, what is in the readers, and the work on a card. Pure, as
//! the wizards are: what happens comes in as actions.

mod checklist;

pub(crate) use checklist::{Line, Mark};

use protocol::{
    Card, CardKey, CardOutcome, CardPin, CardProblemCode, CardProfile, CardReport, CardWork, OperationState,
};
use serde::{Deserialize, Serialize};

/// Where every task begins. Through the relay it stays there until a bridge has come.
const STARTING: OperationState = OperationState::Working { work: CardWork::Starting };

/// What the browser says about pages that speak with programs on the same computer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Permission {
    /// Allowed, or a page from this computer itself, which needs none.
    Granted,
    /// The browser asks the person, or has asked and the question was closed.
    Prompt,
    Denied,
    /// A browser without this permission.
    Unknown,
}

/// How far the page reaches the bridge over loopback.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum BridgeLink {
    /// The person has not asked for it.
    Idle,
    /// Asked, and no answer yet. The browser may show its question now.
    Looking(Permission),
    /// No answer. Looked for again by itself, except when the browser's question was closed.
    NotFound(Permission),
    TooOld,
    TooNew,
    /// The bridge's window shows the same six digits.
    Pairing(String),
    /// The bridge does not let this page in: why, and what to do next.
    Refused(String, String),
    Connected,
}

/// How a task gets to the bridge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Transport {
    Loopback,
    /// Through the server. The bridge is started for each task, and fetches it there.
    Relay,
}

/// What became of the last task.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Work {
    Idle,
    GoingOn {
        /// Never final.
        state: OperationState,
        /// The address that starts the bridge, as long as none has come for the task.
        starter: Option<String>,
    },
    /// What happened, and what to do next.
    Failed(String, String),
    Done(CardOutcome),
}

/// All that the page knows.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct CardState {
    pub(crate) link: BridgeLink,
    pub(crate) transport: Transport,
    /// What is there now; none while that is not known.
    pub(crate) report: Option<CardReport>,
    /// [`Card::id`] of the card that the person chose among several.
    pub(crate) chosen: Option<String>,
    pub(crate) work: Work,
}

impl Default for CardState {
    fn default() -> Self {
        Self {
            link: BridgeLink::Idle,
            transport: Transport::Loopback,
            report: None,
            chosen: None,
            work: Work::Idle,
        }
    }
}

/// What happens.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum CardAction {
    /// The bridge was looked for, found, lost.
    Link(BridgeLink),
    /// The bridge says what is there.
    Report(CardReport),
    ChooseCard(String),
    Use(Transport),
    /// A task was sent; the address starts a bridge that does not run.
    Begin(Option<String>),
    Progress(OperationState),
    /// What happened, and what to do next.
    Fail(String, String),
    /// The outcome was seen.
    Forget,
}

impl CardState {
    /// The state after the action.
    pub(crate) fn reduce(mut self, action: CardAction) -> Self {
        match action {
            CardAction::Link(link) => {
                // What was seen through a link that is gone may not be so any more.
                self.report = None;
                self.link = link;
            }
            CardAction::Report(report) => {
                self.link = BridgeLink::Connected;
                self.report = Some(report);
            }
            CardAction::ChooseCard(id) => self.chosen = Some(id),
            CardAction::Use(transport) => {
                self.link = BridgeLink::Idle;
                self.report = None;
                self.transport = transport;
            }
            CardAction::Begin(starter) => {
                self.work = Work::GoingOn { state: STARTING, starter };
            }
            CardAction::Progress(state) => self.progress(state),
            CardAction::Fail(what, next) => self.work = Work::Failed(what, next),
            CardAction::Forget => self.work = Work::Idle,
        }
        self
    }

    /// An answer that comes after the task was given up changes nothing.
    fn progress(&mut self, state: OperationState) {
        let Work::GoingOn { starter, .. } = &self.work else { return };
        let starter = starter.clone().filter(|_| state == STARTING);
        if let OperationState::WaitingForCard { report } = &state {
            self.report = Some(report.clone());
        }
        self.work = match state {
            OperationState::Done { outcome } => Work::Done(outcome),
            // By the person: nothing that they would have to be told.
            OperationState::Failed { problem }
                if matches!(problem.code, CardProblemCode::Cancelled | CardProblemCode::PinCancelled) =>
            {
                Work::Idle
            }
            OperationState::Failed { problem } => Work::Failed(problem.title, problem.advice),
            state => Work::GoingOn { state, starter },
        };
    }

    /// Whether a task is being done.
    pub(crate) fn is_busy(&self) -> bool {
        matches!(self.work, Work::GoingOn { .. })
    }

    /// Whether the bridge is at work: through the relay, the only sign that it is there.
    fn has_begun(&self) -> bool {
        self.transport == Transport::Relay
            && matches!(&self.work, Work::GoingOn { state, .. } if *state != STARTING)
    }

    /// The cards that are inserted.
    pub(crate) fn cards(&self) -> &[Card] {
        self.report.as_ref().map_or(&[], |report| &report.cards)
    }

    /// The card that a task is for: the chosen one, or the only one.
    pub(crate) fn card(&self) -> Option<&Card> {
        match self.cards() {
            [card] => Some(card),
            cards => cards.iter().find(|card| self.chosen.as_ref() == Some(&card.id)),
        }
    }

    /// The card that has this key.
    pub(crate) fn holder(&self, public_key_sha256: &str) -> Option<&Card> {
        let has = |card: &&Card| card.keys.iter().any(|key| key.public_key_sha256 == public_key_sha256);
        self.cards().iter().find(has)
    }

    /// [`Card::id`] of that card.
    pub(crate) fn card_id(&self) -> Option<String> {
        self.card().map(|card| card.id.clone())
    }

    /// Whether a card can be asked for its PIN now. Through the relay the bridge itself waits until it can.
    pub(crate) fn is_ready(&self) -> bool {
        let usable = |card: &Card| {
            card.profile == CardProfile::Ready
                && !matches!(card.pin, CardPin::NotSet | CardPin::MustBeChanged | CardPin::Blocked)
        };
        !self.is_busy() && (self.transport == Transport::Relay || self.card().is_some_and(usable))
    }

    /// Whether the card makes keys of this algorithm, as far as that is known.
    pub(crate) fn supports(&self, algorithm_id: &str) -> bool {
        self.algorithms().is_none_or(|algorithms| algorithms.iter().any(|id| id == algorithm_id))
    }

    /// What the card makes keys of, `KeyAlgorithm::id`; known once it can be used.
    pub(crate) fn algorithms(&self) -> Option<&Vec<String>> {
        self.card().filter(|card| card.profile == CardProfile::Ready).map(|card| &card.algorithms)
    }

    /// Key pairs that something which broke off has left on the card.
    pub(crate) fn keys_without_certificate(&self) -> impl Iterator<Item = &CardKey> {
        self.card().into_iter().flat_map(|card| &card.keys).filter(|key| !key.has_certificate)
    }
}

#[cfg(test)]
mod tests;

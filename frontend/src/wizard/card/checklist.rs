//! The live checklist: what must be so before a card can be asked for its PIN, and what to do where it is not.

use super::{BridgeLink, CardState, Permission, Transport};
use protocol::{CardPin, CardProfile, ReaderState};
use std::borrow::Cow;

/// Whether a line is as it should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mark {
    Done,
    ToDo,
    /// Seen only when the lines above are done.
    Unknown,
}

/// A line of the checklist.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) name: &'static str,
    pub(crate) mark: Mark,
    /// What to do, or to know; may be empty.
    pub(crate) advice: Cow<'static, str>,
}

/// A line before it has its name.
type Finding = (Mark, Cow<'static, str>);

const DONE: Finding = (Mark::Done, Cow::Borrowed(""));
const UNKNOWN: Finding = (Mark::Unknown, Cow::Borrowed(""));

fn to_do(advice: &'static str) -> Finding {
    (Mark::ToDo, advice.into())
}

impl CardState {
    /// The five lines, in the order in which a person gets them done.
    pub(crate) fn checklist(&self) -> [Line; 5] {
        let card = |of: fn(&protocol::Card) -> Finding| self.card().map_or(UNKNOWN, of);
        [
            ("Card bridge running", self.bridge()),
            ("Reader connected", self.reader()),
            ("Card inserted", self.inserted()),
            ("Profile initialised", card(|card| profile(card.profile))),
            ("PIN set, not blocked", card(|card| pin(card.pin))),
        ]
        .map(|(name, (mark, advice))| Line { name, mark, advice })
    }

    fn bridge(&self) -> Finding {
        if self.report.is_some() || self.has_begun() {
            return DONE;
        }
        if self.transport == Transport::Relay {
            return (Mark::Unknown, "It is opened when you go on, and looks at the rest.".into());
        }
        let advice = match &self.link {
            BridgeLink::Connected => return DONE,
            BridgeLink::Idle => "Connect to it first.",
            BridgeLink::Looking(Permission::Prompt) => "Your browser asks now. Choose “Allow”.",
            BridgeLink::Looking(_) => "Looking for it…",
            BridgeLink::NotFound(Permission::Denied) => "Your browser keeps this page away from it.",
            BridgeLink::NotFound(Permission::Prompt) => "Your browser’s question was closed. Connect again.",
            BridgeLink::NotFound(_) => "Start it, or install it first. This page notices by itself.",
            BridgeLink::TooOld => "It is too old for this page. Install the newest version.",
            BridgeLink::TooNew => "It is newer than this page. Reload the page.",
            BridgeLink::Pairing(_) => "Compare the six digits, then allow this page in its window.",
            BridgeLink::Refused(..) => "It does not let this page in.",
        };
        to_do(advice)
    }

    fn reader(&self) -> Finding {
        match self.report.as_ref().map(|report| report.readers) {
            None => UNKNOWN,
            Some(ReaderState::Connected) => DONE,
            // A token without a reader, such as one that is a program.
            Some(_) if !self.cards().is_empty() => DONE,
            Some(ReaderState::Missing) => to_do("Connect the card reader to the computer."),
            Some(ReaderState::ServiceStopped) => {
                to_do("The smart-card service of this computer does not run. Start it (on Linux: pcscd).")
            }
        }
    }

    fn inserted(&self) -> Finding {
        match (self.card(), self.cards()) {
            _ if self.report.is_none() => UNKNOWN,
            (Some(card), _) => (Mark::Done, format!("{}, {}", card.name, card.serial_number).into()),
            (None, []) => to_do("Insert the card into the reader."),
            (None, _) => to_do("There are several. Choose one below."),
        }
    }
}

fn profile(profile: CardProfile) -> Finding {
    to_do(match profile {
        CardProfile::Ready => return DONE,
        CardProfile::NotInitialised => "Initialise the card and set its PIN and PUK, as described below.",
        CardProfile::ModuleMissing => {
            "Install the program of the card’s maker: the card bridge needs it for this card."
        }
        CardProfile::Unknown => "The card bridge does not know this kind of card. Insert another one.",
    })
}

fn pin(pin: CardPin) -> Finding {
    to_do(match pin {
        CardPin::Ready => return DONE,
        CardPin::FewTriesLeft => return (Mark::Done, "A wrong PIN was entered before.".into()),
        CardPin::LastTry => return (Mark::Done, "One more wrong PIN blocks the card.".into()),
        CardPin::Unknown => return UNKNOWN,
        CardPin::NotSet => "Set the PIN, as described below.",
        CardPin::MustBeChanged => "Change the PIN before its first use, as described below.",
        CardPin::Blocked => "Unblock the PIN with the PUK, as described below.",
    })
}

//! The live checklist: what must be so before a card can be asked for its PIN, and what to do where it is not.

use super::{BridgeLink, CardState, Permission, Transport};
use protocol::{CardPin, CardProfile, ReaderState};

/// Whether a line is as it should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mark {
    Done,
    ToDo,
    /// Seen only when the lines above are done.
    Unknown,
}

/// A line of the checklist.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) name: &'static str,
    pub(crate) mark: Mark,
    /// What to do, or to know; may be empty.
    pub(crate) advice: &'static str,
}

/// A line before it has its name.
type Finding = (Mark, &'static str);

const DONE: Finding = (Mark::Done, "");
const UNKNOWN: Finding = (Mark::Unknown, "");

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
        if self.report.is_some() {
            return DONE;
        }
        if self.transport == Transport::Relay {
            return (Mark::Unknown, "It is opened when you go on, and looks at the rest.");
        }
        let advice = match &self.link {
            BridgeLink::Connected => return DONE,
            BridgeLink::Idle => "A small program on your computer that speaks with the card. Connect to it.",
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
        (Mark::ToDo, advice)
    }

    fn reader(&self) -> Finding {
        match self.report.as_ref().map(|report| report.readers) {
            None => UNKNOWN,
            Some(ReaderState::Connected) => DONE,
            // A token without a reader, such as one that is a program.
            Some(_) if !self.cards().is_empty() => DONE,
            Some(ReaderState::Missing) => (Mark::ToDo, "Connect the card reader to the computer."),
            Some(ReaderState::ServiceStopped) => (
                Mark::ToDo,
                "The smart-card service of this computer does not run. Start it (on Linux: pcscd).",
            ),
        }
    }

    fn inserted(&self) -> Finding {
        match (self.reader(), self.cards()) {
            ((Mark::Unknown, _), _) => UNKNOWN,
            (_, []) => (Mark::ToDo, "Insert the card into the reader."),
            _ if self.card().is_none() => (Mark::ToDo, "There are several. Choose one below."),
            _ => DONE,
        }
    }
}

fn profile(profile: CardProfile) -> Finding {
    match profile {
        CardProfile::Ready => DONE,
        CardProfile::NotInitialised => {
            (Mark::ToDo, "Initialise the card and set its PIN and PUK, as described below.")
        }
        CardProfile::ModuleMissing => {
            (Mark::ToDo, "Install the program of the card’s maker: the card bridge needs it for this card.")
        }
        CardProfile::Unknown => {
            (Mark::ToDo, "The card bridge does not know this kind of card. Insert another one.")
        }
    }
}

fn pin(pin: CardPin) -> Finding {
    match pin {
        CardPin::Ready => DONE,
        CardPin::FewTriesLeft => (Mark::Done, "A wrong PIN was entered. Few tries are left."),
        CardPin::LastTry => (Mark::Done, "One more wrong PIN blocks the card."),
        CardPin::NotSet => (Mark::ToDo, "Set the PIN, as described below."),
        CardPin::MustBeChanged => (Mark::ToDo, "Change the PIN before its first use, as described below."),
        CardPin::Blocked => (Mark::ToDo, "Unblock the PIN with the PUK, as described below."),
        CardPin::Unknown => UNKNOWN,
    }
}

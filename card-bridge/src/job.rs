//! What a worker is asked to do, and what it answers: JSON, one line each, over its standard input and output. What a module
//! writes to that output stands on other lines.

use crate::origin::Origin;
use protocol::{CardReport, CardTask, OperationState};
use serde::{Deserialize, Serialize};

/// The one thing that a worker does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Job {
    /// Looks at readers and cards, and asks for nothing.
    Look,
    /// Asks the person whether an origin may use the bridge.
    ConfirmPairing {
        /// Who asks.
        origin: Origin,
        /// Six digits that the page shows, too.
        code: String,
    },
    /// Tells the person why a job is not done.
    RefuseServer {
        /// The server that is not on the list.
        server: Origin,
    },
    /// Does something with a card.
    Perform {
        /// Who asks, for the window: an origin, or an account at an origin.
        asker: String,
        /// What to do.
        task: CardTask,
    },
}

/// A line of a worker's answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Line {
    /// What [`Job::Look`] saw.
    Report(CardReport),
    /// What the person said to [`Job::ConfirmPairing`].
    Confirmed(bool),
    /// Where [`Job::Perform`] stands; the last one is final.
    State(OperationState),
}

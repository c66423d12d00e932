use crate::storage::card_job::StoredJob;
use protocol::{CardProblem, CardProblemCode, Timestamp};
use std::time::Duration;

/// How long a bridge may take to come for a job. Our choice: the browser asks whether it may open the program, and a
/// person may have to start it.
const CLAIM_LIFETIME: Duration = Duration::from_mins(5);
/// A bridge that has said nothing for so long has ended. Our choice: it reports at least every ten seconds.
const LONGEST_SILENCE: Duration = Duration::from_secs(30);

/// How a job ended before the bridge said so. Once it has, nothing that comes later changes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ending {
    /// No bridge came for it.
    NeverTaken,
    /// The bridge does not report any more.
    Silence,
    /// The page gave it up.
    Cancelled,
}

impl Ending {
    /// The ending of this job, if it has one at this moment.
    pub(super) fn of(job: &StoredJob, now: Timestamp) -> Option<Self> {
        if job.state.is_final() {
            return None;
        }
        let (silent_at, silence) = match job.heard_at {
            None => (job.created_at.plus(CLAIM_LIFETIME), Self::NeverTaken),
            Some(heard_at) => (heard_at.plus(LONGEST_SILENCE), Self::Silence),
        };
        if job.cancelled_at.unwrap_or(now) >= silent_at {
            return Some(silence);
        }
        job.cancelled_at.map(|_at| Self::Cancelled)
    }
}

impl From<Ending> for CardProblem {
    fn from(ending: Ending) -> Self {
        let (code, title, advice) = match ending {
            Ending::NeverTaken => (
                CardProblemCode::BridgeEnded,
                "The card bridge did not take the job.",
                "Check that it is installed and that the browser was allowed to open it, then try again.",
            ),
            Ending::Silence => (
                CardProblemCode::BridgeEnded,
                "The card bridge ended before the work was done.",
                "Try again. If a key pair is on the card already, it can be used or removed.",
            ),
            Ending::Cancelled => (
                CardProblemCode::Cancelled,
                "The work with the card was cancelled.",
                "Begin again when you are ready.",
            ),
        };
        Self { code, title: title.to_owned(), advice: advice.to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use super::Ending;
    use protocol::CardProblem;

    #[test]
    fn the_page_for_people_has_these_sentences() {
        let page = include_str!("../../../docs/card-bridge.md");
        for ending in [Ending::NeverTaken, Ending::Silence, Ending::Cancelled] {
            let CardProblem { title, advice, .. } = ending.into();
            let row = format!("| {title} | {advice} |");
            assert!(page.contains(&row), "docs/card-bridge.md lacks: {row}");
        }
    }
}

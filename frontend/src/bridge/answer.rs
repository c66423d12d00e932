//! The answers of the bridge as plain structures. `protocol` has them as enums with a tag, which serde reads by way of
//! a tree in memory; that code would be larger than all the rest of this client.

use protocol::{CardOutcome, CardProblem, CardReport, CardWork, OperationState};
use serde::Deserialize;
use std::cmp::Ordering;

/// [`protocol::Hello`].
#[derive(Deserialize)]
pub(super) struct Hello {
    pub(super) product: String,
    api: Vec<u32>,
    #[serde(default)]
    pub(super) proofs: Vec<String>,
}

impl Hello {
    /// The bridge's API beside the one that is wanted: `Less` when it is too old.
    pub(super) fn compared_with(&self, wanted: u32) -> Ordering {
        if self.api.contains(&wanted) {
            return Ordering::Equal;
        }
        self.api.iter().max().map_or(Ordering::Less, |newest| newest.cmp(&wanted))
    }
}

/// [`protocol::Operation`].
#[derive(Deserialize)]
pub(super) struct Operation {
    pub(super) revision: u64,
    state: String,
    work: Option<CardWork>,
    report: Option<CardReport>,
    outcome: Option<Outcome>,
    problem: Option<CardProblem>,
}

#[derive(Deserialize)]
struct Outcome {
    kind: String,
    card_name: String,
    csr_pem: Option<String>,
    public_key_sha256: Option<String>,
    algorithm: Option<String>,
}

impl Operation {
    /// Where it stands; none when the answer is not one of the protocol.
    pub(super) fn state(self) -> Option<OperationState> {
        Some(match self.state.as_str() {
            "working" => OperationState::Working { work: self.work? },
            "waiting-for-card" => OperationState::WaitingForCard { report: self.report? },
            "waiting-for-person" => OperationState::WaitingForPerson,
            "done" => OperationState::Done { outcome: self.outcome?.read()? },
            "failed" => OperationState::Failed { problem: self.problem? },
            _ => return None,
        })
    }
}

impl Outcome {
    fn read(self) -> Option<CardOutcome> {
        let card_name = self.card_name;
        Some(match self.kind.as_str() {
            "request" => CardOutcome::Request {
                csr_pem: self.csr_pem?,
                public_key_sha256: self.public_key_sha256?,
                algorithm: self.algorithm?,
                card_name,
            },
            "removed" => CardOutcome::Removed { card_name },
            "installed" => CardOutcome::Installed { card_name },
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{Hello, Operation};
    use protocol::{
        CardOutcome, CardProblem, CardProblemCode, CardReport, CardWork, OperationState, ReaderState,
    };
    use std::cmp::Ordering;

    fn outcome(outcome: CardOutcome) -> OperationState {
        OperationState::Done { outcome }
    }

    #[test]
    fn every_state_that_the_protocol_writes_is_read() {
        let card_name = "Common profile".to_owned();
        let states = [
            OperationState::Working { work: CardWork::GeneratingKeyPair },
            OperationState::WaitingForCard {
                report: CardReport { revision: 3, readers: ReaderState::Missing, cards: Vec::new() },
            },
            OperationState::WaitingForPerson,
            outcome(CardOutcome::Request {
                csr_pem: "request".to_owned(),
                public_key_sha256: "aa".to_owned(),
                algorithm: "p-256".to_owned(),
                card_name: card_name.clone(),
            }),
            outcome(CardOutcome::Removed { card_name: card_name.clone() }),
            outcome(CardOutcome::Installed { card_name }),
            OperationState::Failed {
                problem: CardProblem {
                    code: CardProblemCode::PinBlocked,
                    title: "The PIN is blocked.".to_owned(),
                    advice: "Unblock it.".to_owned(),
                },
            },
        ];
        for state in states {
            let written = protocol::Operation { id: "id".to_owned(), revision: 7, state: state.clone() };
            let read: Operation = serde_json::from_str(&serde_json::to_string(&written).unwrap()).unwrap();
            assert_eq!(read.revision, 7);
            assert_eq!(read.state(), Some(state));
        }
    }

    #[test]
    fn a_state_of_a_later_protocol_is_not_mistaken_for_another() {
        let read: Operation = serde_json::from_str(r#"{"id":"id","revision":1,"state":"dreaming"}"#).unwrap();
        assert_eq!(read.state(), None);
    }

    #[test]
    fn a_bridge_is_too_old_too_new_or_right_for_the_page() {
        let hello = |api: &[u32]| Hello { product: String::new(), api: api.to_vec(), proofs: Vec::new() };
        assert_eq!(hello(&[2, 3]).compared_with(2), Ordering::Equal);
        assert_eq!(hello(&[1]).compared_with(2), Ordering::Less);
        assert_eq!(hello(&[3, 4]).compared_with(2), Ordering::Greater);
        assert_eq!(hello(&[]).compared_with(2), Ordering::Less);
    }
}

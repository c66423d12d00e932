//! Whether a task is for its order, and an outcome for its task.

use pki::key_policy::KeyAlgorithm;
use protocol::{CardOutcome, CardTask, OperationState, Order};

/// The longest name of a card. Our choice: several times what bridges make.
const MAXIMUM_CARD_CHARACTERS: usize = 256;

/// SHA-256 in hex.
const SHA256_HEX_DIGITS: usize = 64;

/// Why a task is not given to a bridge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum TaskFault {
    /// No certificate is made for such keys.
    #[error("No certificate is made for keys of this kind.")]
    Algorithm,
    /// The order is for another address.
    #[error("This is not the e-mail address of the order.")]
    Mailbox,
    /// No card has such a name.
    #[error("This does not name a card.")]
    Card,
    /// Not SHA-256 in lower-case hex.
    #[error("This does not name a key.")]
    Key,
    /// The order has another certificate.
    #[error("This is not the certificate of the order.")]
    Certificate,
}

impl TaskFault {
    /// Where in the request it is.
    pub(crate) fn field(self) -> &'static str {
        match self {
            Self::Algorithm => "task.algorithm",
            Self::Mailbox => "task.mailbox",
            Self::Card => "task.card",
            Self::Key => "task.public_key_sha256",
            Self::Certificate => "task.certificate_pem",
        }
    }
}

/// Whether a task that makes a request, or prepares one, is for this order.
pub(super) fn check(task: &CardTask, order: &Order) -> Result<(), TaskFault> {
    match task {
        CardTask::Generate { card, algorithm, mailbox } => {
            check_card(card.as_deref())?;
            check_algorithm(algorithm)?;
            check_mailbox(mailbox, order)
        }
        CardTask::Reuse { card, public_key_sha256, mailbox } => {
            check_card(card.as_deref())?;
            check_key(public_key_sha256)?;
            check_mailbox(mailbox, order)
        }
        CardTask::Remove { card, public_key_sha256 } => {
            check_card(card.as_deref())?;
            check_key(public_key_sha256)
        }
        CardTask::Install { .. } => Err(TaskFault::Certificate),
    }
}

fn check_card(card: Option<&str>) -> Result<(), TaskFault> {
    let fits = |card: &str| !card.is_empty() && card.chars().count() <= MAXIMUM_CARD_CHARACTERS;
    if card.is_none_or(fits) { Ok(()) } else { Err(TaskFault::Card) }
}

fn check_algorithm(id: &str) -> Result<(), TaskFault> {
    let algorithm = KeyAlgorithm::from_id(id).ok_or(TaskFault::Algorithm)?;
    if KeyAlgorithm::FOR_CERTIFICATES.contains(&algorithm) { Ok(()) } else { Err(TaskFault::Algorithm) }
}

fn check_key(public_key_sha256: &str) -> Result<(), TaskFault> {
    let is_hex = public_key_sha256.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    if is_hex && public_key_sha256.len() == SHA256_HEX_DIGITS { Ok(()) } else { Err(TaskFault::Key) }
}

fn check_mailbox(mailbox: &str, order: &Order) -> Result<(), TaskFault> {
    if order.mailbox.as_deref() == Some(mailbox) { Ok(()) } else { Err(TaskFault::Mailbox) }
}

/// Whether a bridge that has this task can report this.
pub(super) fn fits(task: &CardTask, reported: &OperationState) -> bool {
    let OperationState::Done { outcome } = reported else { return true };
    matches!(
        (task, outcome),
        (CardTask::Generate { .. } | CardTask::Reuse { .. }, CardOutcome::Request { .. })
            | (CardTask::Remove { .. }, CardOutcome::Removed { .. })
            | (CardTask::Install { .. }, CardOutcome::Installed { .. })
    )
}

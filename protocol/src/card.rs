//! The API of the card bridge: what the page asks of it over loopback, and, where the page cannot reach it, through the
//! server as a relay. The types are the same on both ways.

use serde::{Deserialize, Serialize};
use std::fmt;

/// The ports that the bridge listens on, the first that is free. Our choice: below the range that systems hand out.
pub const CARD_BRIDGE_PORTS: [u16; 2] = [28_461, 28_462];
/// The scheme of the addresses that start the bridge: `signet-card:start`, `signet-card:job?server=…&token=…`.
pub const CARD_BRIDGE_SCHEME: &str = "signet-card";
/// The version of this API. A bridge that does not name it is too old, or too new, for the page.
pub const CARD_BRIDGE_API: u32 = 1;
/// What [`Hello::product`] says.
pub const CARD_BRIDGE_PRODUCT: &str = "signet-card-bridge";

/// The answer of `GET /v1/hello?challenge=RANDOM`: all that a page learns without a token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hello {
    /// [`CARD_BRIDGE_PRODUCT`]; another program may have the port.
    pub product: String,
    /// The bridge's version, such as `0.1.0`.
    pub version: String,
    /// The versions of the API that it speaks.
    pub api: Vec<u32>,
    /// For each pairing of the page's origin what only this bridge and the page can know: so that a page gives its token to
    /// no other program that has the port. It is SHA-256 of the token's SHA-256 and the challenge, one after the other, all
    /// as base64url without padding. Empty without a challenge.
    #[serde(default)]
    pub proofs: Vec<String>,
}

/// `POST /v1/pair`: asks the person, in the bridge's own window, whether this origin may use the bridge. The answer comes
/// when the person has decided.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PairRequest {
    /// Six digits that the page shows: the window shows them too, and the person compares.
    pub code: String,
}

/// The origin may use the bridge from now on.
#[derive(Clone, Serialize, Deserialize)]
pub struct Pairing {
    /// 256 random bits, base64url without padding. Works for this origin only.
    pub token: String,
}

impl fmt::Debug for Pairing {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Pairing")
    }
}

/// Whether there is something to put a card into.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReaderState {
    /// The system's smart-card service does not run.
    ServiceStopped,
    /// No reader is connected.
    Missing,
    /// At least one is connected.
    Connected,
}

/// Whether the card has the profile that keys are kept in.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CardProfile {
    /// It has.
    Ready,
    /// It must be initialised first.
    NotInitialised,
    /// The program that speaks with this kind of card is not installed on this computer.
    ModuleMissing,
    /// A card that the bridge does not know.
    Unknown,
}

/// What the card says of its PIN, as far as it says anything.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CardPin {
    /// Set, and not blocked.
    Ready,
    /// Never set.
    NotSet,
    /// A person must change it before its first use.
    MustBeChanged,
    /// A wrong one was entered since the last right one.
    FewTriesLeft,
    /// One more wrong one blocks it.
    LastTry,
    /// Blocked by too many wrong ones; the PUK unblocks it.
    Blocked,
    /// Nothing is known: there is no profile to ask.
    Unknown,
}

/// A key pair on a card.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CardKey {
    /// `KeyAlgorithm::id`, such as `rsa-2048`.
    pub algorithm: String,
    /// SHA-256 of the subjectPublicKeyInfo, lower-case hex.
    pub public_key_sha256: String,
    /// Whether the card has a certificate for it. One without was left by something that broke off.
    pub has_certificate: bool,
}

/// A card, or another token, with all that can be seen without its PIN.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Card {
    /// Names this card in a task; the same as long as the card is the same, wherever it is inserted.
    pub id: String,
    /// Its label.
    pub name: String,
    /// Its serial number, as printed on it where the maker does so.
    pub serial_number: String,
    /// The reader it is in.
    pub reader: String,
    /// Whether keys can be kept on it.
    pub profile: CardProfile,
    /// What it says of its PIN.
    pub pin: CardPin,
    /// The algorithms that it makes keys for and that certificates are made for: `KeyAlgorithm::id`.
    pub algorithms: Vec<String>,
    /// The key pairs on it.
    pub keys: Vec<CardKey>,
}

/// The answer of `GET /v1/cards?seen=REVISION&wait=SECONDS`: comes at once when `seen` is not the newest revision, else when
/// something changes or the time is over.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CardReport {
    /// Grows when something changes.
    pub revision: u64,
    /// Whether there is something to put a card into.
    pub readers: ReaderState,
    /// The cards that are inserted.
    pub cards: Vec<Card>,
}

/// What to do with a card. A page supplies names, never bytes to sign, paths or commands.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum CardTask {
    /// Makes a key pair on the card, and a request for it that the card signs.
    Generate {
        /// [`Card::id`]; without it the only card that is inserted.
        card: Option<String>,
        /// `KeyAlgorithm::id`.
        algorithm: String,
        /// The address that the request names.
        mailbox: String,
    },
    /// A request for a key pair that is on the card already and has no certificate.
    Reuse {
        /// [`Card::id`]; without it any card that has the key.
        card: Option<String>,
        /// [`CardKey::public_key_sha256`].
        public_key_sha256: String,
        /// The address that the request names.
        mailbox: String,
    },
    /// Removes a key pair that has no certificate.
    Remove {
        /// [`Card::id`]; without it any card that has the key.
        card: Option<String>,
        /// [`CardKey::public_key_sha256`].
        public_key_sha256: String,
    },
    /// Writes a certificate beside its key.
    Install {
        /// The certificate, PEM.
        certificate_pem: String,
    },
}

/// `POST /v1/operations`: one at a time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OperationRequest {
    /// 256 random bits of the page, base64url without padding: the operation's id, good for once.
    pub id: String,
    /// What to do.
    pub task: CardTask,
}

/// What the worker does when it does not wait for a person.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CardWork {
    /// Looks for the card.
    Starting,
    /// The card compares the PIN.
    CheckingPin,
    /// The card makes the key pair. Several minutes on some cards.
    GeneratingKeyPair,
    /// The card signs the request.
    SigningRequest,
    /// The certificate is written.
    WritingCertificate,
    /// The key pair is removed.
    RemovingKeyPair,
}

/// What came out.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum CardOutcome {
    /// The key is on the card, and this request was signed there.
    Request {
        /// The request, PEM.
        csr_pem: String,
        /// SHA-256 of the subjectPublicKeyInfo, lower-case hex.
        public_key_sha256: String,
        /// `KeyAlgorithm::id`.
        algorithm: String,
        /// [`Card::name`].
        card_name: String,
    },
    /// The key pair is not on the card any more.
    Removed {
        /// [`Card::name`].
        card_name: String,
    },
    /// The certificate is on the card, and was read back from it.
    Installed {
        /// [`Card::name`].
        card_name: String,
    },
}

/// Why an operation ended without what was asked for: what a program compares.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CardProblemCode {
    /// The system's smart-card service does not run.
    ReaderServiceStopped,
    /// No reader is connected.
    ReaderMissing,
    /// No card is inserted.
    CardMissing,
    /// The card, or its reader, was removed in the middle.
    CardRemoved,
    /// Another card than the one that was chosen is inserted.
    OtherCard,
    /// Several cards are inserted, and none was chosen.
    SeveralCards,
    /// The bridge does not know this kind of card.
    CardUnknown,
    /// The program that speaks with the card is not installed, or cannot be loaded.
    ModuleMissing,
    /// The program that speaks with the card crashed, or did not answer.
    ModuleFailed,
    /// The card's profile is not initialised.
    ProfileNotInitialised,
    /// The PIN was never set.
    PinNotSet,
    /// The PIN must be changed before its first use.
    PinMustBeChanged,
    /// The PIN was wrong.
    PinWrong,
    /// The PIN has a length that the card does not take.
    PinLength,
    /// The field was left empty.
    PinEmpty,
    /// The PIN is blocked.
    PinBlocked,
    /// The person closed the PIN window.
    PinCancelled,
    /// Nobody entered the PIN in time.
    PinTimedOut,
    /// No program shows a PIN window on this computer, or it ended without an answer.
    PromptUnavailable,
    /// The card does not make keys of this algorithm and size.
    AlgorithmUnsupported,
    /// The card has no room left.
    CardFull,
    /// The card, or its place for the key, cannot be written.
    CardReadOnly,
    /// The key is not on this card.
    KeyNotOnCard,
    /// The card has a certificate for this key: it is in use.
    KeyInUse,
    /// The key that the card made is not good enough for a certificate.
    KeyRefused,
    /// The certificate cannot be read.
    CertificateUnreadable,
    /// The address in the task is none.
    TaskUnreadable,
    /// The card reported another fault.
    CardFault,
    /// Another page, or another program of the person, works with a card through the bridge.
    Busy,
    /// The page, or the person in the bridge's window, cancelled.
    Cancelled,
    /// The bridge ended in the middle.
    BridgeEnded,
}

/// The same for a person.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CardProblem {
    /// What a program compares.
    pub code: CardProblemCode,
    /// One sentence: what happened.
    pub title: String,
    /// What to do next.
    pub advice: String,
}

/// Where an operation stands.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum OperationState {
    /// The worker works.
    Working {
        /// At what.
        work: CardWork,
    },
    /// Waits for a person to insert a card, or to mend what the report shows.
    WaitingForCard {
        /// What is there now.
        report: CardReport,
    },
    /// The bridge's own window asks for the PIN, or for a confirmation.
    WaitingForPerson,
    /// It worked.
    Done {
        /// What came out.
        outcome: CardOutcome,
    },
    /// It did not.
    Failed {
        /// Why.
        problem: CardProblem,
    },
}

impl OperationState {
    /// Whether it stays as it is.
    #[must_use]
    pub fn is_final(&self) -> bool {
        matches!(self, Self::Done { .. } | Self::Failed { .. })
    }

    /// Whether it goes on when a person does something. What nobody follows need not wait; a card that works on a key is left
    /// to end it.
    #[must_use]
    pub fn waits_for_somebody(&self) -> bool {
        matches!(self, Self::WaitingForPerson | Self::WaitingForCard { .. })
    }
}

/// The answer of `GET /v1/operations/{id}?seen=REVISION&wait=SECONDS`, over loopback and through the server alike.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Operation {
    /// The id of the request.
    pub id: String,
    /// Grows with each change.
    pub revision: u64,
    /// Where it stands.
    #[serde(flatten)]
    pub state: OperationState,
}

/// `POST /api/card-jobs`: the page asks its server to relay a task to the person's bridge.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CardJobRequest {
    /// The order that it is for.
    pub order_id: String,
    /// What to do.
    pub task: CardTask,
}

/// A job that waits for a bridge.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Clone, Serialize, Deserialize)]
pub struct CardJobTicket {
    /// The job's id, to be followed at `GET /api/card-jobs/{id}`.
    pub id: String,
    /// The address that starts the bridge, with a token that works once.
    pub url: String,
}

impl fmt::Debug for CardJobTicket {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("CardJobTicket").field("id", &self.id).finish_non_exhaustive()
    }
}

/// `POST /api/card-jobs/claim`, by the bridge: takes the job of a token. The token ends with it. Like every change at the
/// server it carries the header `X-Signet: 1`, as does a report.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CardJobClaim {
    /// The token from the address.
    pub token: String,
}

impl fmt::Debug for CardJobClaim {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("CardJobClaim")
    }
}

/// What the bridge is to do, and for whom.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Clone, Serialize, Deserialize)]
pub struct CardJob {
    /// Who asks: the account's e-mail address, for the bridge's window.
    pub account: String,
    /// What to do.
    pub task: CardTask,
    /// For `POST /api/card-jobs/report`, as a bearer token; ends with the job.
    pub report_token: String,
}

impl fmt::Debug for CardJob {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("CardJob").field("task", &self.task).finish_non_exhaustive()
    }
}

/// The answer to a report of the bridge, whose body is an [`OperationState`].
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CardJobReceipt {
    /// Whether the page gave up: the bridge ends the work.
    pub cancelled: bool,
}

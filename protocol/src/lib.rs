//! What crosses a process boundary, as serde types: the HTTP API of the server and that of the card bridge.
//!
//! Field names are the JSON names. No type here can hold a private key.

mod account;
mod activation;
mod card;
mod job;
mod mailbox;
mod order;
mod organization;
mod page;
mod problem;
mod timestamp;

pub use account::{
    Account, Customer, Instance, RegisterExample, Role, Session, SessionRequest, SignInRequest,
};
pub use activation::{
    ActivationRequest, Certificate, CertificateSummary, CommonNameChoice, KeyOrigin, SubjectChoice,
};
pub use card::{
    CARD_BRIDGE_API, CARD_BRIDGE_PORTS, CARD_BRIDGE_PRODUCT, CARD_BRIDGE_SCHEME, Card, CardJob, CardJobClaim,
    CardJobReceipt, CardJobRequest, CardJobTicket, CardKey, CardOutcome, CardPin, CardProblem,
    CardProblemCode, CardProfile, CardReport, CardTask, CardWork, Hello, Operation, OperationRequest,
    OperationState, PairRequest, Pairing, ReaderState,
};
pub use job::{Job, JobKind, JobState};
pub use mailbox::{
    ChallengeState, ChallengeToken, InboxMessage, MailboxChallenge, MailboxRequest, UseMailbox,
    VerifiedMailbox,
};
pub use order::{Order, OrderRequest, Product, StepStatus, Steps};
pub use organization::{
    Applicant, Approval, Document, OrganizationClaim, OrganizationData, OrganizationEvidence, Refusal,
    RegisterEntry, RegisterEvidence, RegistrationNumberType, UseOrganization, Verification,
    VerificationMethod, VerifiedOrganization,
};
pub use page::Page;
pub use problem::{FieldProblem, Problem};
pub use timestamp::{Timestamp, TimestampError};

use crate::Timestamp;
use serde::{Deserialize, Serialize};

/// What the server does later, and by itself.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum JobKind {
    /// Sends one message.
    Mail,
    /// Signs the issuing CA's list of revoked certificates.
    Crl,
    /// Removes what ended: sessions, links, messages, jobs.
    Removal,
}

/// Where a job stands.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum JobState {
    /// Waits for its time.
    Waiting,
    /// A server has taken it.
    Running,
    /// It was tried in vain, and will be tried again.
    Failing,
    /// It was given up, until somebody runs it again.
    GivenUp,
}

/// A job that is not done.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Job {
    /// The job's id.
    pub id: String,
    /// What it is for.
    pub kind: JobKind,
    /// Where it stands.
    pub state: JobState,
    /// When it was written.
    pub created_at: Timestamp,
    /// When it is tried next.
    pub due_at: Timestamp,
    /// How often it was tried.
    pub attempts: u32,
    /// Why the last attempt was in vain.
    pub last_error: Option<String>,
}

//! What this database is for, and whose.

use super::{Connection, StorageError, Transaction, column::Moment};
use protocol::Timestamp;

/// What an installation is for, from its first start, for ever.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Real people, real certificates.
    RealUse,
    /// Demonstration persons and a demonstration register; its certificates are worthless.
    Demonstration,
}

impl Purpose {
    /// As it is written down.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::RealUse => "real-use",
            Self::Demonstration => "demonstration",
        }
    }

    /// Reads what [`Self::as_str`] gives.
    #[must_use]
    pub fn from_text(text: &str) -> Option<Self> {
        [Self::RealUse, Self::Demonstration].into_iter().find(|purpose| purpose.as_str() == text)
    }
}

/// The one row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Installation {
    pub(crate) purpose: Purpose,
    /// SHA-256 of the issuing certificate, lower-case hex.
    pub(crate) issuing_sha256: String,
    /// When all of it was copied into another database, which counts since.
    pub(crate) moved_at: Option<Timestamp>,
}

/// What was written down at the first start; `None` before it.
pub(crate) async fn lookup(connection: &mut Connection) -> Result<Option<Installation>, StorageError> {
    let row: Option<(String, String, Option<Moment>)> = connection
        .query("SELECT purpose, issuing_sha256, moved_at FROM installation")
        .fetch_optional()
        .await?;
    row.map(|(purpose, issuing_sha256, moved_at)| {
        let purpose = Purpose::from_text(&purpose)
            .ok_or(StorageError::Unreadable { column: "installation.purpose" })?;
        Ok(Installation { purpose, issuing_sha256, moved_at: moved_at.map(Into::into) })
    })
    .transpose()
}

/// Writes down, once, what the database is for and whose.
pub(crate) async fn insert(
    transaction: &mut Transaction,
    purpose: Purpose,
    issuing_sha256: &str,
    at: Timestamp,
) -> Result<(), StorageError> {
    transaction
        .query(
            "INSERT INTO installation (only_row, purpose, issuing_sha256, bound_at) VALUES (1, $1, $2, $3)",
        )
        .bind(purpose.as_str())
        .bind(issuing_sha256)
        .bind(Moment(at))
        .change_one("installation")
        .await
}

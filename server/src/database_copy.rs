//! All of a database, moved into another one: from SQLite to PostgreSQL, and back. The server is stopped meanwhile.

pub use crate::storage::copy::{CopyError, Source};

use crate::{
    audit::{self, Verified},
    storage::{self, DatabaseAddress},
};
use protocol::Timestamp;

/// What was copied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Copied {
    /// How many rows all tables have.
    pub rows: u64,
    /// The audit log of the target.
    pub audit: Verified,
}

/// Copies all of the database `from` into `to`, which is empty. Nothing is copied where the audit log is not intact.
///
/// # Errors
/// See [`CopyError`].
pub async fn copy(
    from: &DatabaseAddress,
    to: &DatabaseAddress,
    afterwards: Source,
    now: Timestamp,
) -> Result<Copied, CopyError> {
    let (rows, audit) = storage::copy::copy(from, to, afterwards, now, audit::verify_in).await?;
    Ok(Copied { rows, audit })
}

//! What the server did, as an append-only chain of hashes: whoever changes, removes or reorders a record
//! breaks every hash after it.
//!
//! An act and its record are written in one transaction, so that neither exists without the other. Records hold
//! ids and hashes, never a name or an address: they outlive the data of the people they are about.

mod chain;
mod event;

pub(crate) use chain::Record;
pub use chain::{AuditDefect, Hash, HashError};
pub use event::Event;

use crate::storage::{self, StorageError, Store};
use chain::Chain;
use protocol::Timestamp;
use sqlx::SqliteConnection;

/// Records read at once while verifying. Our choice: some megabytes.
const PAGE_RECORDS: u32 = 10_000;

/// A chain in which every record follows from the one before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verified {
    /// How many records there are.
    pub records: u64,
    /// The hash of the last one. Kept elsewhere, it proves later that nothing was cut off since.
    pub head: Hash,
}

/// Why the log could not be proved whole.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum VerifyError {
    /// The log is not what was written.
    #[error(transparent)]
    Defect(#[from] AuditDefect),
    /// The log could not be read.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// Appends a record to the transaction that does what it tells of. The transaction must hold the write lock
/// (`Store::begin`): two writers never extend the same head.
///
/// # Errors
/// The database refuses.
pub async fn append(
    connection: &mut SqliteConnection,
    at: Timestamp,
    event: &Event,
) -> Result<(), StorageError> {
    let chain = match storage::audit::last(connection).await? {
        Some((sequence, hash)) => Chain::at(sequence, hash),
        None => Chain::empty(),
    };
    storage::audit::insert(connection, &chain.extend(at.unix_seconds(), event.canonical_json())).await
}

/// Walks the whole log.
///
/// # Errors
/// The first record that does not follow from the one before, or a database that cannot be read.
pub async fn verify(store: &Store) -> Result<Verified, VerifyError> {
    walk(store, None).await
}

/// Walks the whole log, and demands that a head that was noted earlier is still part of it. A log that was cut
/// off before that head is a valid chain by itself; only this finds it.
///
/// # Errors
/// As [`verify`]; and [`AuditDefect::HeadMissing`].
pub async fn verify_contains(store: &Store, head: Hash) -> Result<Verified, VerifyError> {
    walk(store, Some(head)).await
}

async fn walk(store: &Store, expected: Option<Hash>) -> Result<Verified, VerifyError> {
    let mut connection = store.pool().acquire().await.map_err(StorageError::from)?;
    let mut chain = Chain::empty();
    let mut after = i64::MIN;
    let mut met = expected.is_none_or(|head| head == Hash::GENESIS);
    loop {
        let page: Vec<Record> = storage::audit::page(&mut connection, after, PAGE_RECORDS).await?;
        let Some(last) = page.last() else { break };
        after = last.sequence;
        for record in &page {
            chain = chain.follow(record)?;
            met |= expected == Some(chain.head());
        }
    }
    match expected {
        Some(head) if !met => Err(AuditDefect::HeadMissing { head, records: chain.records() }.into()),
        _ => Ok(Verified { records: chain.records(), head: chain.head() }),
    }
}

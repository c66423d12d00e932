//! What the server did, as an append-only chain of hashes: whoever changes, removes or reorders a record
//! breaks every hash after it.
//!
//! An act and its record are written in one transaction, so that neither exists without the other. Records hold
//! ids and hashes, never a name or an address: they outlive the data of the people they are about.

mod chain;
mod event;

pub use chain::{AuditDefect, Hash, HashError};
pub use event::Event;

use crate::storage::{self, Connection, StorageError, Store, Transaction, audit::Record};
use chain::Chain;
use protocol::Timestamp;

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

/// Appends a record to the transaction that does what it tells of: no two writers ever extend the same head.
pub(crate) async fn append(
    transaction: &mut Transaction,
    at: Timestamp,
    event: &Event,
) -> Result<(), StorageError> {
    let chain = match storage::audit::last(transaction).await? {
        Some(last) => Chain::at(last.sequence, hash_of(&last)?),
        None => Chain::empty(),
    };
    storage::audit::insert(transaction, &chain.extend(at.unix_seconds(), event.canonical_json())).await
}

fn hash_of(record: &Record) -> Result<Hash, StorageError> {
    Hash::try_from(record.hash.as_slice())
        .map_err(|_length| StorageError::Unreadable { column: "audit.hash" })
}

/// The latest moment of any record; `None` in an empty log. No act was later, so a clock that shows an earlier time went back.
pub(crate) async fn newest_moment(connection: &mut Connection) -> Result<Option<Timestamp>, StorageError> {
    storage::audit::latest(connection).await
}

/// Walks the whole log.
///
/// # Errors
/// The first record that does not follow from the one before, or a database that cannot be read.
pub async fn verify(store: &Store) -> Result<Verified, VerifyError> {
    verify_in(&mut *store.read().await?).await
}

/// Walks the whole log, and demands that a head that was noted earlier is still part of it. A log that was cut
/// off before that head is a valid chain by itself; only this finds it.
///
/// # Errors
/// As [`verify`]; and [`AuditDefect::HeadMissing`].
pub async fn verify_contains(store: &Store, head: Hash) -> Result<Verified, VerifyError> {
    walk(&mut *store.read().await?, Some(head)).await
}

/// As [`verify`], of what this connection sees.
pub(crate) async fn verify_in(connection: &mut Connection) -> Result<Verified, VerifyError> {
    walk(connection, None).await
}

async fn walk(connection: &mut Connection, expected: Option<Hash>) -> Result<Verified, VerifyError> {
    let mut chain = Chain::empty();
    let mut after = i64::MIN;
    let mut met = expected.is_none_or(|head| head == Hash::GENESIS);
    loop {
        let page: Vec<Record> = storage::audit::page(connection, after, PAGE_RECORDS).await?;
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

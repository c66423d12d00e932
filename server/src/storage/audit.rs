//! The rows of the audit log.

use super::{Connection, StorageError, Transaction, column::Moment};
use protocol::Timestamp;

/// One row of the log, as stored: nothing about it is believed yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Record {
    /// 1, 2, 3 … without a gap.
    pub(crate) sequence: i64,
    /// Seconds since 1970-01-01T00:00:00Z.
    pub(crate) at: i64,
    /// Canonical JSON.
    pub(crate) event: String,
    pub(crate) previous_hash: Vec<u8>,
    pub(crate) hash: Vec<u8>,
}

/// The columns of a record, in the order of its fields.
type Row = (i64, i64, String, Vec<u8>, Vec<u8>);

fn from_row((sequence, at, event, previous_hash, hash): Row) -> Record {
    Record { sequence, at, event, previous_hash, hash }
}

/// The last record.
pub(crate) async fn last(connection: &mut Connection) -> Result<Option<Record>, StorageError> {
    let row = connection
        .query("SELECT sequence, at, event, previous_hash, hash FROM audit ORDER BY sequence DESC LIMIT 1")
        .fetch_optional()
        .await?;
    Ok(row.map(from_row))
}

/// The latest moment of any record.
pub(crate) async fn latest(connection: &mut Connection) -> Result<Option<Timestamp>, StorageError> {
    let row: Option<(Moment,)> =
        connection.query("SELECT at FROM audit ORDER BY at DESC LIMIT 1").fetch_optional().await?;
    Ok(row.map(|(at,)| at.into()))
}

/// Adds a record.
pub(crate) async fn insert(transaction: &mut Transaction, record: &Record) -> Result<(), StorageError> {
    transaction
        .query("INSERT INTO audit (sequence, at, event, previous_hash, hash) VALUES ($1, $2, $3, $4, $5)")
        .bind(record.sequence)
        .bind(record.at)
        .bind(&record.event)
        .bind(&record.previous_hash)
        .bind(&record.hash)
        .change_one("audit")
        .await
}

/// At most `limit` records after the number `after`, in order.
pub(crate) async fn page(
    connection: &mut Connection,
    after: i64,
    limit: u32,
) -> Result<Vec<Record>, StorageError> {
    let rows: Vec<Row> = connection
        .query(
            "SELECT sequence, at, event, previous_hash, hash FROM audit WHERE sequence > $1 ORDER BY sequence LIMIT $2",
        )
        .bind(after)
        .bind(i64::from(limit))
        .fetch_all()
        .await?;
    Ok(rows.into_iter().map(from_row).collect())
}

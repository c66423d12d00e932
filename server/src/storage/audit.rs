//! The rows of the audit log.

use super::StorageError;
use crate::audit::{Hash, Record};
use sqlx::SqliteConnection;

/// The columns of a record, in the order of its fields.
type Row = (i64, i64, String, Vec<u8>, Vec<u8>);

/// Number and hash of the last record.
pub(crate) async fn last(connection: &mut SqliteConnection) -> Result<Option<(i64, Hash)>, StorageError> {
    let row: Option<(i64, Vec<u8>)> =
        sqlx::query_as("SELECT sequence, hash FROM audit ORDER BY sequence DESC LIMIT 1")
            .fetch_optional(connection)
            .await?;
    let Some((sequence, hash)) = row else { return Ok(None) };
    let hash = Hash::try_from(hash.as_slice())
        .map_err(|_length| StorageError::Unreadable { column: "audit.hash" })?;
    Ok(Some((sequence, hash)))
}

/// Adds a record.
pub(crate) async fn insert(connection: &mut SqliteConnection, record: &Record) -> Result<(), StorageError> {
    sqlx::query("INSERT INTO audit (sequence, at, event, previous_hash, hash) VALUES (?, ?, ?, ?, ?)")
        .bind(record.sequence)
        .bind(record.at)
        .bind(&record.event)
        .bind(&record.previous_hash)
        .bind(&record.hash)
        .execute(connection)
        .await?;
    Ok(())
}

/// At most `limit` records after the number `after`, in order.
pub(crate) async fn page(
    connection: &mut SqliteConnection,
    after: i64,
    limit: u32,
) -> Result<Vec<Record>, StorageError> {
    let rows: Vec<Row> = sqlx::query_as(
        "SELECT sequence, at, event, previous_hash, hash FROM audit WHERE sequence > ? ORDER BY sequence LIMIT ?",
    )
    .bind(after)
    .bind(limit)
    .fetch_all(connection)
    .await?;
    let record =
        |(sequence, at, event, previous_hash, hash)| Record { sequence, at, event, previous_hash, hash };
    Ok(rows.into_iter().map(record).collect())
}

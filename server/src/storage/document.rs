//! What is known about uploaded documents; the files lie beside the database.

use super::{StorageError, to_column};
use crate::id::{DocumentId, OrderId};
use protocol::{Document, Timestamp};
use sqlx::{FromRow, SqliteConnection};

#[derive(FromRow)]
struct Row {
    id: String,
    name: String,
    media_type: String,
    size_bytes: i64,
    sha256: String,
}

impl TryFrom<Row> for Document {
    type Error = StorageError;

    fn try_from(row: Row) -> Result<Self, Self::Error> {
        let size_bytes = u64::try_from(row.size_bytes)
            .map_err(|_negative| StorageError::Unreadable { column: "document.size_bytes" })?;
        Ok(Self { id: row.id, name: row.name, media_type: row.media_type, size_bytes, sha256: row.sha256 })
    }
}

/// Adds a document to the order.
pub(crate) async fn insert(
    connection: &mut SqliteConnection,
    order: &OrderId,
    document: &Document,
    at: Timestamp,
) -> Result<(), StorageError> {
    let size_bytes = i64::try_from(document.size_bytes).expect("a document is smaller than 2^63 bytes");
    sqlx::query(
        "INSERT INTO document (id, order_id, name, media_type, size_bytes, sha256, uploaded_at)
         VALUES (?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(&document.id)
    .bind(order)
    .bind(&document.name)
    .bind(&document.media_type)
    .bind(size_bytes)
    .bind(&document.sha256)
    .bind(to_column(at))
    .execute(connection)
    .await?;
    Ok(())
}

/// The order's documents, oldest first.
pub(crate) async fn list(
    connection: &mut SqliteConnection,
    order: &OrderId,
) -> Result<Vec<Document>, StorageError> {
    let rows: Vec<Row> = sqlx::query_as(
        "SELECT id, name, media_type, size_bytes, sha256 FROM document WHERE order_id = ? ORDER BY rowid",
    )
    .bind(order)
    .fetch_all(connection)
    .await?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// The document, when it belongs to the order.
pub(crate) async fn lookup(
    connection: &mut SqliteConnection,
    order: &OrderId,
    id: &DocumentId,
) -> Result<Option<Document>, StorageError> {
    let row: Option<Row> = sqlx::query_as(
        "SELECT id, name, media_type, size_bytes, sha256 FROM document WHERE order_id = ? AND id = ?",
    )
    .bind(order)
    .bind(id)
    .fetch_optional(connection)
    .await?;
    row.map(TryInto::try_into).transpose()
}

//! What is known about uploaded documents; the files lie beside the database.

use super::{Connection, StorageError, Transaction, column::Moment};
use crate::id::{AccountId, DocumentId, OrganizationId};
use protocol::Timestamp;

/// A file that shows that an organization exists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct StoredDocument {
    pub(crate) id: DocumentId,
    /// As uploaded, without path.
    pub(crate) name: String,
    /// As found in the content.
    pub(crate) media_type: String,
    pub(crate) size_bytes: u64,
    /// Lower-case hex.
    pub(crate) sha256: String,
}

type Row = (DocumentId, String, String, i64, String);

fn from_row((id, name, media_type, size_bytes, sha256): Row) -> Result<StoredDocument, StorageError> {
    let size_bytes = u64::try_from(size_bytes)
        .map_err(|_negative| StorageError::Unreadable { column: "document.size_bytes" })?;
    Ok(StoredDocument { id, name, media_type, size_bytes, sha256 })
}

/// Adds a document to the organization.
pub(crate) async fn insert(
    transaction: &mut Transaction,
    organization: &OrganizationId,
    document: &StoredDocument,
    uploaded_by: &AccountId,
    at: Timestamp,
) -> Result<(), StorageError> {
    let size_bytes = i64::try_from(document.size_bytes).expect("a document is smaller than 2^63 bytes");
    transaction
        .query(
            "INSERT INTO document (id, organization_id, name, media_type, size_bytes, sha256, uploaded_by, uploaded_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        )
        .bind(&document.id)
        .bind(organization)
        .bind(&document.name)
        .bind(&document.media_type)
        .bind(size_bytes)
        .bind(&document.sha256)
        .bind(uploaded_by)
        .bind(Moment(at))
        .change_one("document")
        .await
}

/// The organization's documents, oldest first.
pub(crate) async fn list(
    connection: &mut Connection,
    organization: &OrganizationId,
) -> Result<Vec<StoredDocument>, StorageError> {
    let rows: Vec<Row> = connection
        .query(
            "SELECT id, name, media_type, size_bytes, sha256 FROM document
             WHERE organization_id = $1 ORDER BY sequence",
        )
        .bind(organization)
        .fetch_all()
        .await?;
    rows.into_iter().map(from_row).collect()
}

/// The document, when it belongs to the organization.
pub(crate) async fn lookup(
    connection: &mut Connection,
    organization: &OrganizationId,
    id: &DocumentId,
) -> Result<Option<StoredDocument>, StorageError> {
    let row: Option<Row> = connection
        .query(
            "SELECT id, name, media_type, size_bytes, sha256 FROM document WHERE id = $1 AND organization_id = $2",
        )
        .bind(id)
        .bind(organization)
        .fetch_optional()
        .await?;
    row.map(from_row).transpose()
}

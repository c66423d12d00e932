//! Uploaded documents: what is accepted, and where it lies. A file is named by the hash of its content, never by
//! anything that came from outside.

mod content;
mod name;

pub(crate) use content::{MediaType, PictureError};

use crate::{
    access::{self, Caller, Permission},
    audit::{self, Event},
    environment::Environment,
    id::{DocumentId, OrderId, sha256_hex},
    storage::{self, Connection, StorageError, Transaction, document::StoredDocument, order::StoredOrder},
    validation::organization,
};
use std::{
    io,
    path::{Path, PathBuf},
};
use tokio::{fs, io::AsyncWriteExt};

/// The largest document. Our choice: a scan of some pages.
pub(crate) const MAXIMUM_DOCUMENT_BYTES: usize = 10 * 1024 * 1024;

/// The most documents of one organization. Our choice.
const MAXIMUM_DOCUMENTS: usize = 20;

/// Why a document was not added.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum AddError {
    /// The caller has no such order.
    #[error("no such order")]
    OrderNotFound,
    /// No content.
    #[error("the document is empty")]
    Empty,
    /// Not PDF, PNG or JPEG, by its content.
    #[error("neither PDF nor PNG nor JPEG")]
    MediaType,
    /// A picture too large to be opened, or of an unknown size.
    #[error(transparent)]
    Picture(#[from] PictureError),
    /// The organization has as many documents as it may.
    #[error("the organization has too many documents")]
    TooMany,
    /// The file could not be written.
    #[error("the document could not be written")]
    File(#[from] io::Error),
    /// The store failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// Whether a document is new to its organization.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Added {
    Now,
    /// With the same content.
    Before,
}

/// A document that is on the disk and belongs to nothing yet.
#[derive(Debug)]
pub(crate) struct Written {
    document: StoredDocument,
}

/// What is known of a document that may be added to the order's organization: nothing is written that would be refused.
pub(crate) async fn examine(
    connection: &mut Connection,
    environment: Environment<'_>,
    caller: &Caller,
    order: &OrderId,
    name: &str,
    content: &[u8],
) -> Result<StoredDocument, AddError> {
    let order = permitted(connection, caller, order).await?;
    if content.is_empty() {
        return Err(AddError::Empty);
    }
    let media_type = MediaType::of(content).ok_or(AddError::MediaType)?;
    media_type.check_pixels(content)?;
    let document = StoredDocument {
        id: DocumentId::generate(environment.random),
        name: name::sanitized(name, media_type),
        media_type: media_type.as_str().to_owned(),
        size_bytes: u64::try_from(content.len()).unwrap_or(u64::MAX),
        sha256: sha256_hex(content),
    };
    present(&of_order(connection, &order).await?, &document)?;
    Ok(document)
}

/// Writes the document to the disk. Holds no connection, as a disk may be slow.
pub(crate) async fn write_to_disk(
    environment: Environment<'_>,
    document: StoredDocument,
    content: &[u8],
) -> io::Result<Written> {
    let folder = environment.settings.documents_folder();
    write(&folder, &document.sha256, content, &document.id).await?;
    Ok(Written { document })
}

/// Adds a document to the order's organization, which begins with it where there is none. The same content is added once.
pub(crate) async fn add(
    transaction: &mut Transaction,
    environment: Environment<'_>,
    caller: &Caller,
    order: &OrderId,
    written: Written,
) -> Result<(StoredDocument, Added), AddError> {
    let order = permitted(transaction, caller, order).await?;
    if let Some(before) = present(&of_order(transaction, &order).await?, &written.document)? {
        return Ok((before, Added::Before));
    }
    let organization_id = match &order.organization_id {
        Some(organization) => organization.clone(),
        None => organization::create(transaction, environment, &order).await?,
    };
    let (document, now) = (written.document, environment.now());
    storage::document::insert(transaction, &organization_id, &document, &caller.account.id, now).await?;
    let event = Event::DocumentAdded {
        order_id: order.id,
        organization_id,
        document_id: document.id.clone(),
        sha256: document.sha256.clone(),
    };
    audit::append(transaction, now, &event).await?;
    Ok((document, Added::Now))
}

async fn permitted(
    connection: &mut Connection,
    caller: &Caller,
    order: &OrderId,
) -> Result<StoredOrder, AddError> {
    let order = access::permitted_order(connection, caller, Permission::ProvideData, order).await?;
    order.ok_or(AddError::OrderNotFound)
}

/// The documents of the order's organization.
pub(crate) async fn of_order(
    connection: &mut Connection,
    order: &StoredOrder,
) -> Result<Vec<StoredDocument>, StorageError> {
    match &order.organization_id {
        Some(organization) => storage::document::list(connection, organization).await,
        None => Ok(Vec::new()),
    }
}

/// The document with the same content, where there is one among these.
fn present(
    documents: &[StoredDocument],
    document: &StoredDocument,
) -> Result<Option<StoredDocument>, AddError> {
    match documents.iter().find(|present| present.sha256 == document.sha256) {
        Some(before) => Ok(Some(before.clone())),
        None if documents.len() >= MAXIMUM_DOCUMENTS => Err(AddError::TooMany),
        None => Ok(None),
    }
}

/// The document of the order's organization, or of the one that the order's newest claim is about, when the caller may read it.
pub(crate) async fn lookup(
    connection: &mut Connection,
    caller: &Caller,
    order: &OrderId,
    id: &DocumentId,
) -> Result<Option<StoredDocument>, StorageError> {
    let order = access::permitted_order(connection, caller, Permission::ReadDocuments, order).await?;
    let Some(order) = order else { return Ok(None) };
    let claim = storage::claim::lookup_of_order(connection, &order.id).await?;
    for organization in [order.organization_id, claim.map(|claim| claim.organization_id)].iter().flatten() {
        let found = storage::document::lookup(connection, organization, id).await?;
        if found.is_some() {
            return Ok(found);
        }
    }
    Ok(None)
}

/// As the API says it.
pub(crate) fn to_protocol(document: &StoredDocument) -> protocol::Document {
    protocol::Document {
        id: document.id.to_string(),
        name: document.name.clone(),
        media_type: document.media_type.clone(),
        size_bytes: document.size_bytes,
        sha256: document.sha256.clone(),
    }
}

/// The content of a document.
pub(crate) async fn read(folder: &Path, document: &StoredDocument) -> io::Result<Vec<u8>> {
    fs::read(file(folder, &document.sha256)).await
}

fn file(folder: &Path, sha256: &str) -> PathBuf {
    folder.join(sha256)
}

/// Writes the file whole or not at all: under a name that no other upload has, to the disk, then renamed.
async fn write(folder: &Path, sha256: &str, content: &[u8], id: &DocumentId) -> io::Result<()> {
    let target = file(folder, sha256);
    if fs::try_exists(&target).await? {
        return Ok(());
    }
    fs::create_dir_all(folder).await?;
    let unfinished = folder.join(format!("{id}.unfinished"));
    let mut handle = fs::File::create(&unfinished).await?;
    handle.write_all(content).await?;
    handle.sync_all().await?;
    drop(handle);
    fs::rename(&unfinished, &target).await?;
    fs::File::open(folder).await?.sync_all().await
}

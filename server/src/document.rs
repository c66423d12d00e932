//! Uploaded documents: what is accepted, and where it lies. A file is named by the hash of its content, never by
//! anything that came from outside.

mod content;
mod name;

pub(crate) use content::MediaType;

use crate::{
    audit::{self, Event},
    id::{DocumentId, OrderId, sha256_hex},
    state::AppState,
    storage::{self, StorageError, account::Account, purchase},
};
use protocol::Document;
use std::{
    io,
    path::{Path, PathBuf},
};
use tokio::{fs, io::AsyncWriteExt};

/// The largest document. Our choice: a scan of some pages.
pub(crate) const MAXIMUM_DOCUMENT_BYTES: usize = 10 * 1024 * 1024;

/// The most documents of one order. Our choice.
const MAXIMUM_DOCUMENTS: usize = 20;

/// Why a document was not added.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum AddError {
    /// The account has no such order.
    #[error("no such order")]
    OrderNotFound,
    /// No content.
    #[error("the document is empty")]
    Empty,
    /// Not PDF, PNG or JPEG, by its content.
    #[error("neither PDF nor PNG nor JPEG")]
    MediaType,
    /// A picture too large to be opened.
    #[error("the picture has too many pixels")]
    TooManyPixels,
    /// The order has as many documents as it may.
    #[error("the order has too many documents")]
    TooMany,
    /// The file could not be written.
    #[error("the document could not be written")]
    File(#[from] io::Error),
    /// The store failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// Whether a document is new to its order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Added {
    Now,
    /// With the same content.
    Before,
}

/// Adds a document to the customer's order. The same content is added once.
pub(crate) async fn add(
    state: &AppState,
    owner: &Account,
    order: &OrderId,
    name: &str,
    content: &[u8],
) -> Result<(Document, Added), AddError> {
    let mut connection = state.store().pool().acquire().await.map_err(StorageError::from)?;
    purchase::lookup_owned(&mut connection, order, &owner.id).await?.ok_or(AddError::OrderNotFound)?;
    drop(connection);
    if content.is_empty() {
        return Err(AddError::Empty);
    }
    let media_type = MediaType::of(content).ok_or(AddError::MediaType)?;
    if media_type.has_too_many_pixels(content) {
        return Err(AddError::TooManyPixels);
    }
    let sha256 = sha256_hex(content);
    let id = DocumentId::generate(state.random());
    write(&state.settings().documents_folder(), &sha256, content, &id).await?;

    let mut transaction = state.store().begin().await?;
    let now = state.clock().now();
    let present = storage::document::list(&mut transaction, order).await?;
    if let Some(before) = present.iter().find(|document| document.sha256 == sha256) {
        return Ok((before.clone(), Added::Before));
    }
    if present.len() >= MAXIMUM_DOCUMENTS {
        return Err(AddError::TooMany);
    }
    let document = Document {
        id: id.to_string(),
        name: name::sanitized(name, media_type),
        media_type: media_type.as_str().to_owned(),
        size_bytes: u64::try_from(content.len()).unwrap_or(u64::MAX),
        sha256: sha256.clone(),
    };
    storage::document::insert(&mut transaction, order, &document, now).await?;
    let event = Event::DocumentAdded { order_id: order.clone(), document_id: id, sha256 };
    audit::append(&mut transaction, now, &event).await?;
    transaction.commit().await.map_err(StorageError::from)?;
    Ok((document, Added::Now))
}

/// The content of a document.
pub(crate) async fn read(folder: &Path, document: &Document) -> io::Result<Vec<u8>> {
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

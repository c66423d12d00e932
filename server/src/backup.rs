//! An installation as one folder that can be kept elsewhere: one moment of the database, the documents that it names, the CA's
//! files, and a manifest with the hash of each. It is made while the server runs.
//!
//! Documents never change and are never removed, and the database is copied before them: whatever that names is there.

mod files;
mod manifest;
mod postgres;
mod restore;

pub use manifest::{BackupFile, DatabaseKind, Manifest, ManifestError};
pub use postgres::ToolError;
pub use restore::{RestoreError, restore};

use crate::{
    audit::{self, Verified, VerifyError},
    durable::NewFolder,
    settings::authority_folder,
    storage::{
        DatabaseAddress, StorageError,
        snapshot::{self, Snapshot},
    },
};
use protocol::Timestamp;
use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// The folder of the documents, here and in the data folder.
const DOCUMENTS: &str = "documents";

/// The folder of the CA, here and in the data folder.
const AUTHORITY: &str = "ca";

/// The file that says what the data folder is for, here and there.
const PURPOSE: &str = "purpose";

/// Why there is no backup. Nothing is left of it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BackupError {
    /// The folder holds something.
    #[error("{} is there already and is not empty: give the name of a new folder", folder.display())]
    NotEmpty {
        /// Where the backup was to be made.
        folder: PathBuf,
    },
    /// There is no installation to back up.
    #[error("there is no database {}: give the server's folder with --data, or its --database", file.display())]
    NoDatabase {
        /// Where it was looked for.
        file: PathBuf,
    },
    /// A document that the database names is not what was uploaded.
    #[error(
        "the document {} is missing or was changed: put the file of that name from an earlier backup there", file.display()
    )]
    Document {
        /// Where it should be.
        file: PathBuf,
    },
    /// The audit log is not intact.
    #[error("the audit log is not intact: {0}")]
    Audit(#[from] VerifyError),
    /// PostgreSQL's own program failed.
    #[error(transparent)]
    Tool(#[from] ToolError),
    /// The database cannot be read.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// A file cannot be read or written.
    #[error("{} cannot be read or written: check the free space and the rights", file.display())]
    File {
        /// In the data folder, or in the backup that is being made.
        file: PathBuf,
        /// What the operating system refused.
        source: io::Error,
    },
}

/// What the copy of the database holds.
struct Saved {
    kind: DatabaseKind,
    documents: Vec<String>,
    audit: Verified,
}

/// Makes a backup in the folder `target`, which appears whole or not at all.
///
/// # Errors
/// See [`BackupError`].
pub async fn backup(
    data: &Path,
    database: &DatabaseAddress,
    target: &Path,
    now: Timestamp,
) -> Result<Manifest, BackupError> {
    let of_target = |source| BackupError::File { file: target.to_owned(), source };
    if !files::is_missing_or_empty(target).map_err(of_target)? {
        return Err(BackupError::NotEmpty { folder: target.to_owned() });
    }
    let new = NewFolder::begin(target).map_err(of_target)?;
    let saved = save_database(database, new.path()).await?;
    save_files(data, &saved, new.path())?;
    let files = files::list(new.path()).map_err(of_target)?;
    let manifest = Manifest::new(saved.kind, now, &saved.audit, files);
    manifest.write(new.path()).map_err(of_target)?;
    new.publish().map_err(of_target)?;
    Ok(manifest)
}

async fn save_database(database: &DatabaseAddress, folder: &Path) -> Result<Saved, BackupError> {
    let (kind, mut snapshot) = match database {
        DatabaseAddress::Sqlite(file) if !file.exists() => {
            return Err(BackupError::NoDatabase { file: file.clone() });
        }
        DatabaseAddress::Sqlite(file) => {
            let copy = folder.join(DatabaseKind::Sqlite.file());
            snapshot::copy_sqlite_file(file, &copy).await?;
            // What the copy holds is read from the copy: it is of one moment with itself.
            (DatabaseKind::Sqlite, Snapshot::open(&DatabaseAddress::Sqlite(copy)).await?)
        }
        DatabaseAddress::Postgres(url) => {
            let mut snapshot = Snapshot::open(database).await?;
            let seen = snapshot.export().await?;
            postgres::dump(url, seen.as_deref(), &folder.join(DatabaseKind::Postgres.file()))?;
            (DatabaseKind::Postgres, snapshot)
        }
    };
    let documents = snapshot.documents().await?;
    let audit = audit::verify_in(&mut snapshot).await?;
    snapshot.close().await?;
    Ok(Saved { kind, documents, audit })
}

/// Copies what lies beside the database.
fn save_files(data: &Path, saved: &Saved, folder: &Path) -> Result<(), BackupError> {
    let copy = |from: &Path, to: &Path| {
        files::copy(from, to).map_err(|source| BackupError::File { file: from.to_owned(), source })
    };
    for sha256 in &saved.documents {
        let file = data.join(DOCUMENTS).join(sha256);
        match copy(&file, &folder.join(DOCUMENTS).join(sha256)) {
            Ok(copied) if copied.sha256 == *sha256 => {}
            Ok(_) => return Err(BackupError::Document { file }),
            Err(BackupError::File { source, .. }) if source.kind() == io::ErrorKind::NotFound => {
                return Err(BackupError::Document { file });
            }
            Err(error) => return Err(error),
        }
    }
    let authority = authority_folder(data);
    let of_authority = |source| BackupError::File { file: authority.clone(), source };
    for entry in fs::read_dir(&authority).map_err(of_authority)? {
        let entry = entry.map_err(of_authority)?;
        copy(&entry.path(), &folder.join(AUTHORITY).join(entry.file_name()))?;
    }
    let purpose = data.join(PURPOSE);
    if purpose.exists() {
        copy(&purpose, &folder.join(PURPOSE))?;
    }
    Ok(())
}

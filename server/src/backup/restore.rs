use super::{
    AUTHORITY, DOCUMENTS, DatabaseKind, Manifest, ManifestError, PURPOSE, ToolError, files, postgres,
};
use crate::{
    audit::{self, Verified, VerifyError},
    data_folder::{LockError, LockedFolder},
    durable::{self, NewFolder},
    storage::{
        DatabaseAddress, StorageError,
        snapshot::{self, Snapshot},
    },
};
use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// Why a backup was not restored.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RestoreError {
    /// The folder is no backup.
    #[error(transparent)]
    Manifest(#[from] ManifestError),
    /// A file of the backup is not what was saved.
    #[error("{} is missing or was changed since the backup was made: use another backup", file.display())]
    Changed {
        /// In the folder of the backup.
        file: PathBuf,
    },
    /// A file is restored as a file only.
    #[error(
        "the backup is of a SQLite database: restore it without --database, then move it with `signet database copy`"
    )]
    OfSqlite,
    /// A dump needs PostgreSQL.
    #[error("the backup is of a PostgreSQL database: give the address of an empty one with --database")]
    OfPostgres,
    /// The data folder is in use.
    #[error(transparent)]
    Folder(#[from] LockError),
    /// The data folder holds something.
    #[error("{} is there already: a backup is restored into an empty folder, give one with --data", entry.display())]
    FolderNotEmpty {
        /// What is there.
        entry: PathBuf,
    },
    /// The database holds something.
    #[error(
        "the database has tables already: a backup is restored into an empty one, give one with --database"
    )]
    DatabaseNotEmpty,
    /// PostgreSQL's own program failed.
    #[error(transparent)]
    Tool(#[from] ToolError),
    /// The audit log of the restored database is not intact.
    #[error("the audit log of the restored database is not intact: {0}")]
    Audit(#[from] VerifyError),
    /// The audit log of the restored database ends elsewhere than the manifest says.
    #[error("the audit log of the restored database is not the one of the backup: use another backup")]
    OtherLog,
    /// The database cannot be read.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// A file cannot be read or written.
    #[error("{} cannot be read or written: check the free space and the rights", file.display())]
    File {
        /// In the backup, or in the data folder that is being filled.
        file: PathBuf,
        /// What the operating system refused.
        source: io::Error,
    },
}

/// What is put into the data folder, in this order. The CA comes last: no server starts without it, so none ever starts with the
/// CA and without the database that knows what was issued.
const ENTRIES: [&str; 4] = [DOCUMENTS, PURPOSE, DatabaseKind::Sqlite.file(), AUTHORITY];

/// Brings an installation back from a backup into an empty data folder and an empty database.
///
/// # Errors
/// See [`RestoreError`].
pub async fn restore(
    backup: &Path,
    data: &Path,
    database: &DatabaseAddress,
) -> Result<(Manifest, Verified), RestoreError> {
    let manifest = Manifest::read(backup)?;
    match (manifest.database, database) {
        (DatabaseKind::Sqlite, DatabaseAddress::Postgres(_)) => return Err(RestoreError::OfSqlite),
        (DatabaseKind::Postgres, DatabaseAddress::Sqlite(_)) => return Err(RestoreError::OfPostgres),
        _ => {}
    }
    check_files(backup, &manifest)?;
    let _locked = LockedFolder::lock(data)?;
    let of_data = |source| RestoreError::File { file: data.to_owned(), source };
    let new = NewFolder::begin(&data.join("restored")).map_err(of_data)?;
    refuse_entries(data, new.path())?;
    if !snapshot::has_no_table(database).await? {
        return Err(RestoreError::DatabaseNotEmpty);
    }
    for file in manifest.files.iter().filter(|file| file.path != DatabaseKind::Postgres.file()) {
        let from = backup.join(&file.path);
        files::copy(&from, &new.path().join(&file.path))
            .map_err(|source| RestoreError::File { file: from, source })?;
    }
    durable::sync_all(new.path()).map_err(of_data)?;
    let audit = restore_database(backup, new.path(), database, &manifest).await?;
    for entry in ENTRIES {
        let from = new.path().join(entry);
        if from.exists() {
            durable::rename(&from, &data.join(entry)).map_err(of_data)?;
        }
    }
    Ok((manifest, audit))
}

/// Each file must be what was saved.
fn check_files(backup: &Path, manifest: &Manifest) -> Result<(), RestoreError> {
    for expected in &manifest.files {
        let file = backup.join(&expected.path);
        let found = match files::measure(&file, expected.path.clone()) {
            Ok(found) => found,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(RestoreError::Changed { file });
            }
            Err(source) => return Err(RestoreError::File { file, source }),
        };
        if found != *expected {
            return Err(RestoreError::Changed { file });
        }
    }
    Ok(())
}

/// Nothing may lie in the data folder but its lock and what this restore begins with.
fn refuse_entries(data: &Path, unfinished: &Path) -> Result<(), RestoreError> {
    let of_data = |source| RestoreError::File { file: data.to_owned(), source };
    for entry in fs::read_dir(data).map_err(of_data)? {
        let entry = entry.map_err(of_data)?.path();
        if entry != unfinished && entry != data.join(crate::data_folder::LOCK_FILE) {
            return Err(RestoreError::FolderNotEmpty { entry });
        }
    }
    Ok(())
}

/// Fills the database, and proves that it is the one of the manifest. A SQLite file is still among the unfinished then.
async fn restore_database(
    backup: &Path,
    unfinished: &Path,
    database: &DatabaseAddress,
    manifest: &Manifest,
) -> Result<Verified, RestoreError> {
    let restored = match database {
        DatabaseAddress::Sqlite(_) => DatabaseAddress::Sqlite(unfinished.join(DatabaseKind::Sqlite.file())),
        DatabaseAddress::Postgres(url) => {
            postgres::restore(url, &backup.join(DatabaseKind::Postgres.file()))?;
            database.clone()
        }
    };
    let mut snapshot = Snapshot::open(&restored).await?;
    let audit = audit::verify_in(&mut snapshot).await?;
    snapshot.close().await?;
    if audit.records != manifest.audit_records || manifest.head() != Ok(audit.head) {
        return Err(RestoreError::OtherLog);
    }
    Ok(audit)
}

use crate::audit::{Hash, HashError, Verified};
use protocol::Timestamp;
use serde::{Deserialize, Serialize};
use std::{
    fs, io,
    path::{Component, Path, PathBuf},
};

/// The file with the manifest.
const MANIFEST: &str = "manifest.json";

/// The form of the manifest and of the folder. A later version of the server may know others.
const FORM: u32 = 1;

/// What a backup holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    form: u32,
    /// The version of the server's program that made it.
    pub signet: String,
    /// When it was begun.
    pub made_at: Timestamp,
    /// What the database is.
    pub database: DatabaseKind,
    /// Number of records in the audit log.
    pub audit_records: u64,
    /// Hash of the last one, lower-case hex.
    pub audit_head: String,
    /// All files but the manifest itself.
    pub files: Vec<BackupFile>,
}

/// Which database it is, and so in which form it was saved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DatabaseKind {
    /// A file.
    Sqlite,
    /// What `pg_dump --format=custom` writes.
    Postgres,
}

impl DatabaseKind {
    /// The name of its file in the backup.
    pub(super) const fn file(self) -> &'static str {
        match self {
            Self::Sqlite => "signet.sqlite",
            Self::Postgres => "signet.dump",
        }
    }
}

/// A file of a backup.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BackupFile {
    /// Within the backup's folder, with slashes.
    pub path: String,
    /// Its size.
    pub size_bytes: u64,
    /// Lower-case hex.
    pub sha256: String,
}

/// Why a folder is no backup.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ManifestError {
    /// There is no manifest.
    #[error("{} cannot be read: give a folder that `signet backup` made", file.display())]
    Missing {
        /// Where it should be.
        file: PathBuf,
        /// What the operating system refused.
        source: io::Error,
    },
    /// It is not what a backup of this version says.
    #[error("{} is not the manifest of a backup that this version of Signet can read", file.display())]
    Unreadable {
        /// The manifest.
        file: PathBuf,
        /// Why; `None` where another version made it.
        source: Option<serde_json::Error>,
    },
}

impl Manifest {
    pub(super) fn new(
        database: DatabaseKind,
        made_at: Timestamp,
        audit: &Verified,
        files: Vec<BackupFile>,
    ) -> Self {
        Self {
            form: FORM,
            signet: env!("CARGO_PKG_VERSION").to_owned(),
            made_at,
            database,
            audit_records: audit.records,
            audit_head: audit.head.to_string(),
            files,
        }
    }

    pub(super) fn write(&self, folder: &Path) -> io::Result<()> {
        let mut text = serde_json::to_vec_pretty(self)?;
        text.push(b'\n');
        fs::write(folder.join(MANIFEST), text)
    }

    pub(super) fn read(folder: &Path) -> Result<Self, ManifestError> {
        let file = folder.join(MANIFEST);
        let text = fs::read(&file).map_err(|source| ManifestError::Missing { file: file.clone(), source })?;
        match serde_json::from_slice::<Self>(&text) {
            Ok(manifest) if manifest.is_readable() => Ok(manifest),
            Ok(_) => Err(ManifestError::Unreadable { file, source: None }),
            Err(source) => Err(ManifestError::Unreadable { file, source: Some(source) }),
        }
    }

    /// Whether its form is known, and no path leads out of its folder.
    fn is_readable(&self) -> bool {
        let stays_within = |file: &BackupFile| {
            Path::new(&file.path).components().all(|component| matches!(component, Component::Normal(_)))
        };
        self.form == FORM && self.head().is_ok() && self.files.iter().all(stays_within)
    }

    pub(super) fn head(&self) -> Result<Hash, HashError> {
        self.audit_head.parse()
    }
}

#[cfg(test)]
mod tests {
    use super::{BackupFile, DatabaseKind, Manifest, ManifestError};
    use crate::audit::{Hash, Verified};
    use protocol::Timestamp;

    fn manifest(path: &str) -> Manifest {
        let file = BackupFile { path: path.to_owned(), size_bytes: 1, sha256: "00".repeat(32) };
        let audit = Verified { records: 0, head: Hash::GENESIS };
        Manifest::new(DatabaseKind::Sqlite, Timestamp::from_unix_seconds(0).unwrap(), &audit, vec![file])
    }

    #[test]
    fn a_manifest_reads_back_and_one_that_leads_out_of_its_folder_does_not() {
        let folder = tempfile::tempdir().unwrap();
        let written = manifest("ca/root.cer");
        written.write(folder.path()).unwrap();
        assert_eq!(Manifest::read(folder.path()).unwrap(), written);
        for path in ["../root.cer", "/etc/passwd", "ca/../../root.cer"] {
            manifest(path).write(folder.path()).unwrap();
            let read = Manifest::read(folder.path());
            assert!(matches!(read, Err(ManifestError::Unreadable { .. })), "{path}: {read:?}");
        }
    }

    #[test]
    fn a_manifest_of_a_later_form_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        Manifest { form: 2, ..manifest("ca/root.cer") }.write(folder.path()).unwrap();
        assert!(matches!(Manifest::read(folder.path()), Err(ManifestError::Unreadable { source: None, .. })));
    }
}

//! The folder with everything that lasts, for one server at a time.

use crate::{
    durable::{self, make_private},
    storage::installation::Purpose,
};
use std::{
    fs::{self, File, TryLockError},
    io,
    path::{Path, PathBuf},
};

/// The file that says what the folder is for.
const PURPOSE_FILE: &str = "purpose";

/// The file that is locked. It stays when the lock ends.
pub(crate) const LOCK_FILE: &str = "lock";

/// Nobody else uses the folder for as long as this lives; the operating system ends the lock with the process, however
/// that ends.
#[derive(Debug)]
pub struct LockedFolder {
    _lock: File,
}

/// Why the folder cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LockError {
    /// Another server has it.
    #[error("another Signet server uses the folder {}: stop it, or give another folder with --data", folder.display())]
    InUse {
        /// As it was given with `--data`.
        folder: PathBuf,
    },
    /// It cannot be made or written.
    #[error("the folder {} cannot be written: check its rights and the free space", folder.display())]
    Unwritable {
        /// As it was given with `--data`.
        folder: PathBuf,
        /// What the operating system refused.
        source: io::Error,
    },
}

impl LockedFolder {
    /// Makes the folder where it is missing, readable by this user only, and locks it.
    ///
    /// # Errors
    /// Another server has it, or it cannot be written.
    pub fn lock(folder: &Path) -> Result<Self, LockError> {
        let unwritable = |source| LockError::Unwritable { folder: folder.to_owned(), source };
        make_private(folder).map_err(unwritable)?;
        let lock = File::create(folder.join(LOCK_FILE)).map_err(unwritable)?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { _lock: lock }),
            Err(TryLockError::WouldBlock) => Err(LockError::InUse { folder: folder.to_owned() }),
            Err(TryLockError::Error(source)) => Err(unwritable(source)),
        }
    }
}

/// The folder in which the file lies, by its full path, where that is the data folder of a server.
///
/// # Errors
/// The folder cannot be read.
pub fn of_file(file: &Path) -> io::Result<Option<PathBuf>> {
    let parent = file.parent().filter(|parent| !parent.as_os_str().is_empty());
    let folder = parent.unwrap_or_else(|| Path::new("."));
    if folder.join(LOCK_FILE).exists() { fs::canonicalize(folder).map(Some) } else { Ok(None) }
}

/// Why the folder is not for this.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PurposeError {
    /// A demonstration's folder is used for real.
    #[error("{} is the folder of a demonstration, for ever: for real use give another one with --data", folder.display())]
    Demonstration {
        /// As it was given with `--data`.
        folder: PathBuf,
    },
    /// A real installation's folder is used for a demonstration.
    #[error("{} is the folder of a real installation, for ever: for a demonstration give another one with --data", folder.display())]
    RealUse {
        /// As it was given with `--data`.
        folder: PathBuf,
    },
    /// The file that says what the folder is for says something else.
    #[error("the file {} says nothing that this version knows: restore it from a backup", file.display())]
    Unreadable {
        /// `purpose` in the data folder.
        file: PathBuf,
    },
    /// Reading or writing failed.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// Whether a folder may be used for this. What it is for is written down by [`dedicate`]; a folder of an earlier version that holds
/// a CA and no database was made by `signet init`; where there is a database, that knows.
///
/// # Errors
/// The folder is for something else.
pub fn check_purpose(folder: &Path, purpose: Purpose) -> Result<(), PurposeError> {
    let file = folder.join(PURPOSE_FILE);
    let written = match fs::read_to_string(&file) {
        Ok(text) => Some(Purpose::from_text(text.trim()).ok_or(PurposeError::Unreadable { file })?),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(error.into()),
    };
    let of_init = folder.join("ca").exists() && !folder.join("signet.sqlite").exists();
    let known = written.or_else(|| of_init.then_some(Purpose::RealUse));
    let folder = folder.to_owned();
    match known {
        Some(Purpose::Demonstration) if purpose == Purpose::RealUse => {
            Err(PurposeError::Demonstration { folder })
        }
        Some(Purpose::RealUse) if purpose == Purpose::Demonstration => Err(PurposeError::RealUse { folder }),
        _ => Ok(()),
    }
}

/// Writes down what the folder is for, unless that is written.
///
/// # Errors
/// The folder cannot be written.
pub fn dedicate(folder: &Path, purpose: Purpose) -> io::Result<()> {
    let file = folder.join(PURPOSE_FILE);
    if file.exists() {
        return Ok(());
    }
    durable::replace(&file, format!("{}\n", purpose.as_str()).as_bytes())
}

#[cfg(test)]
mod tests {
    use super::{LockError, LockedFolder};

    #[test]
    fn two_servers_cannot_have_one_folder_but_one_after_the_other_can() {
        let parent = tempfile::tempdir().unwrap();
        let folder = parent.path().join("data");
        let first = LockedFolder::lock(&folder).unwrap();
        assert!(matches!(LockedFolder::lock(&folder), Err(LockError::InUse { .. })));
        drop(first);
        LockedFolder::lock(&folder).unwrap();
    }

    #[test]
    #[cfg(unix)]
    fn a_new_folder_is_for_its_owner_only() {
        use std::os::unix::fs::PermissionsExt;
        let parent = tempfile::tempdir().unwrap();
        let folder = parent.path().join("data");
        LockedFolder::lock(&folder).unwrap();
        assert_eq!(std::fs::metadata(&folder).unwrap().permissions().mode() & 0o777, 0o700);
    }
}

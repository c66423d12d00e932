//! The folder with everything that lasts, for one server at a time.

use std::{
    fs::{self, File, TryLockError},
    io,
    path::{Path, PathBuf},
};

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
        /// The folder.
        folder: PathBuf,
    },
    /// It cannot be made or written.
    #[error("the folder {} cannot be written: check its rights and the free space", folder.display())]
    Unwritable {
        /// The folder.
        folder: PathBuf,
        /// Why.
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
        let lock = File::create(folder.join("lock")).map_err(unwritable)?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { _lock: lock }),
            Err(TryLockError::WouldBlock) => Err(LockError::InUse { folder: folder.to_owned() }),
            Err(TryLockError::Error(source)) => Err(unwritable(source)),
        }
    }
}

/// Makes the folder where it is missing; a folder that is there keeps the rights that its owner chose.
pub(crate) fn make_private(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
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

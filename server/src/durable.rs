//! Files and folders that appear whole, and are on the disk when they are said to be.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
};

/// Who may read a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// Only the account that runs the server: mode 0600.
    Owner,
    /// Whoever may enter the folder.
    Everybody,
}

/// A folder that is filled under another name and appears whole or not at all.
#[derive(Debug)]
pub(crate) struct NewFolder {
    partial: PathBuf,
    target: PathBuf,
}

impl NewFolder {
    /// Begins beside `target`; what a crash left of an earlier beginning is removed.
    pub(crate) fn begin(target: &Path) -> io::Result<Self> {
        let partial = target.with_extension("partial");
        if partial.exists() {
            fs::remove_dir_all(&partial)?;
        }
        fs::create_dir_all(&partial)?;
        Ok(Self { partial, target: target.to_owned() })
    }

    /// Writes a file through to the disk.
    pub(crate) fn write(&self, name: &str, bytes: &[u8], access: Access) -> io::Result<()> {
        write_new(&self.partial.join(name), bytes, access)
    }

    /// Gives the folder its name. Fails where a folder of that name has content by now.
    pub(crate) fn publish(self) -> io::Result<()> {
        File::open(&self.partial)?.sync_all()?;
        fs::rename(&self.partial, &self.target)?;
        sync_parent(&self.target)
    }
}

/// Puts `bytes` in the place of a file, whole or not at all.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let partial = path.with_extension("partial");
    if partial.exists() {
        fs::remove_file(&partial)?;
    }
    write_new(&partial, bytes, Access::Everybody)?;
    fs::rename(&partial, path)?;
    sync_parent(path)
}

/// Writes a file that does not exist yet through to the disk.
pub(crate) fn write_new(path: &Path, bytes: &[u8], access: Access) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    if access == Access::Owner {
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    }
    let mut file = options.open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// A new name is on the disk only when its folder is.
fn sync_parent(path: &Path) -> io::Result<()> {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => File::open(parent)?.sync_all(),
        _ => File::open(".")?.sync_all(),
    }
}

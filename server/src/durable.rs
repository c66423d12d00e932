//! Files and folders that appear whole, and are on the disk when they are said to be.

use std::{
    ffi::OsString,
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

/// A folder that is filled beside its place under another name, and appears whole or not at all. What is left of one that was
/// not finished is removed.
#[derive(Debug)]
pub(crate) struct NewFolder {
    partial: PathBuf,
    target: PathBuf,
    is_published: bool,
}

impl NewFolder {
    /// Begins anew, whatever a crash left. This user alone may enter it.
    pub(crate) fn begin(target: &Path) -> io::Result<Self> {
        let mut name = OsString::from(target.file_name().ok_or(io::ErrorKind::InvalidFilename)?);
        name.push(".partial");
        let partial = target.with_file_name(name);
        if partial.exists() {
            fs::remove_dir_all(&partial)?;
        }
        make_private(&partial)?;
        Ok(Self { partial, target: target.to_owned(), is_published: false })
    }

    /// Where it is filled.
    pub(crate) fn path(&self) -> &Path {
        &self.partial
    }

    /// Writes a file into it.
    pub(crate) fn write(&self, name: &str, bytes: &[u8], access: Access) -> io::Result<()> {
        write_new(&self.partial.join(name), bytes, access)
    }

    /// Gives it its name, once all of it is on the disk. Fails where a folder of that name has content by now.
    pub(crate) fn publish(mut self) -> io::Result<()> {
        sync_all(&self.partial)?;
        rename(&self.partial, &self.target)?;
        self.is_published = true;
        Ok(())
    }
}

impl Drop for NewFolder {
    fn drop(&mut self) {
        if !self.is_published {
            // Fails where the disk does; the next beginning tries again.
            let _ = fs::remove_dir_all(&self.partial);
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

/// Has all of a folder written to the disk: the files, then the folders that name them.
pub(crate) fn sync_all(path: &Path) -> io::Result<()> {
    if path.is_dir() {
        for entry in fs::read_dir(path)? {
            sync_all(&entry?.path())?;
        }
    }
    File::open(path)?.sync_all()
}

/// Renames, for good: a new name is on the disk only when its folder is.
pub(crate) fn rename(from: &Path, to: &Path) -> io::Result<()> {
    fs::rename(from, to)?;
    let parent = to.parent().filter(|parent| !parent.as_os_str().is_empty());
    File::open(parent.unwrap_or_else(|| Path::new(".")))?.sync_all()
}

/// Puts `bytes` in the place of a file, whole or not at all.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let partial = path.with_extension("partial");
    if partial.exists() {
        fs::remove_file(&partial)?;
    }
    write_new(&partial, bytes, Access::Everybody)?;
    rename(&partial, path)
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

//! What is in a folder, measured.

use super::manifest::BackupFile;
use crate::{durable::make_private, id::hex};
use sha2::{Digest, Sha256};
use std::{
    fs::{self, File},
    io::{self, Read},
    path::{Path, PathBuf},
};

/// Bytes that are read at once. Our choice.
const BLOCK_BYTES: usize = 1 << 16;

/// Whether nothing would be lost by a folder of this name.
pub(super) fn is_missing_or_empty(folder: &Path) -> io::Result<bool> {
    match fs::read_dir(folder) {
        Ok(mut entries) => Ok(entries.next().is_none()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(true),
        Err(error) => Err(error),
    }
}

/// Copies a file with its rights, makes its folder where it is missing, and tells what was copied.
pub(super) fn copy(from: &Path, to: &Path) -> io::Result<BackupFile> {
    if let Some(folder) = to.parent() {
        make_private(folder)?;
    }
    fs::copy(from, to)?;
    measure(to, String::new())
}

/// Size and hash of a file.
pub(super) fn measure(file: &Path, path: String) -> io::Result<BackupFile> {
    let mut file = File::open(file)?;
    let mut sha256 = Sha256::new();
    let mut block = vec![0; BLOCK_BYTES];
    let mut size_bytes = 0_u64;
    loop {
        let read = file.read(&mut block)?;
        let Some(read) = block.get(..read).filter(|read| !read.is_empty()) else { break };
        sha256.update(read);
        size_bytes = size_bytes.saturating_add(u64::try_from(read.len()).unwrap_or(u64::MAX));
    }
    Ok(BackupFile { path, size_bytes, sha256: hex(&sha256.finalize()) })
}

/// All files in the folder, by their paths within it, sorted.
pub(super) fn list(folder: &Path) -> io::Result<Vec<BackupFile>> {
    let mut files = Vec::new();
    for path in paths(folder)? {
        let within = path.strip_prefix(folder).map_err(io::Error::other)?;
        let names: Vec<_> = within.iter().filter_map(|name| name.to_str()).collect();
        files.push(measure(&path, names.join("/"))?);
    }
    files.sort_by(|left, right| left.path.cmp(&right.path));
    Ok(files)
}

/// The files of a folder and of the folders in it.
fn paths(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() { found.extend(paths(&path)?) } else { found.push(path) }
    }
    Ok(found)
}

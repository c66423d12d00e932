//! The list of published keys that the person who runs the server brings along.

use pki::key_policy::{KnownKeys, KnownKeysError};
use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// Why the server does not start with this list.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KnownKeysFileError {
    /// The file.
    #[error("cannot read the list of known keys {}: {source}", .file.display())]
    Unreadable {
        /// As configured.
        file: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// What is in it.
    #[error("the list of known keys {} is not right: {source}", .file.display())]
    Wrong {
        /// As configured.
        file: PathBuf,
        /// Which line.
        source: KnownKeysError,
    },
}

/// Reads the list, in the form of [`KnownKeys::from_text`]; without a file it is empty.
///
/// # Errors
/// A file that cannot be read, or one with a line that is no SHA-256: half a list would be trusted as a whole one.
pub fn read(file: Option<&Path>) -> Result<KnownKeys, KnownKeysFileError> {
    let Some(file) = file else { return Ok(KnownKeys::default()) };
    let text = fs::read_to_string(file)
        .map_err(|source| KnownKeysFileError::Unreadable { file: file.to_owned(), source })?;
    KnownKeys::from_text(&text).map_err(|source| KnownKeysFileError::Wrong { file: file.to_owned(), source })
}

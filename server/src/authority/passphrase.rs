use crate::{
    durable::{self, Access},
    random::RandomSource,
};
use std::{fmt, io, path::Path};
use zeroize::Zeroizing;

/// Random bytes of a generated passphrase. Our choice: nobody types it, so it may as well be a full key.
const GENERATED_BYTES: usize = 32;

/// What opens the CA's key files. It comes from a file, never from the command line or the environment, which other
/// programs of the computer can see.
pub struct Passphrase(Zeroizing<String>);

impl fmt::Debug for Passphrase {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Passphrase")
    }
}

/// Why there is no passphrase.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PassphraseError {
    /// The file cannot be read.
    #[error("the passphrase file cannot be read")]
    Unreadable(#[source] io::Error),
    /// The file cannot be made.
    #[error("the passphrase file cannot be written")]
    Unwritable(#[source] io::Error),
    /// The file holds nothing but a line end.
    #[error("the passphrase file is empty: write the passphrase into its first line")]
    Empty,
}

impl Passphrase {
    /// The first line of the file `path`, without its line end.
    ///
    /// # Errors
    /// The file cannot be read, or its first line is empty.
    pub fn read(path: &Path) -> Result<Self, PassphraseError> {
        let text = Zeroizing::new(std::fs::read_to_string(path).map_err(PassphraseError::Unreadable)?);
        let line = text.lines().next().unwrap_or_default();
        if line.is_empty() {
            return Err(PassphraseError::Empty);
        }
        Ok(Self(Zeroizing::new(line.to_owned())))
    }

    /// The first line of the file `path`; where there is no such file, it is made with a random passphrase, readable
    /// by its owner only.
    ///
    /// # Errors
    /// As [`Self::read`], or the file cannot be made.
    pub fn read_or_generate(path: &Path, random: &dyn RandomSource) -> Result<Self, PassphraseError> {
        match Self::read(path) {
            Err(PassphraseError::Unreadable(missing)) if missing.kind() == io::ErrorKind::NotFound => {
                let mut bytes = Zeroizing::new([0; GENERATED_BYTES]);
                random.fill(&mut *bytes);
                let passphrase = Self(Zeroizing::new(crate::id::hex(&*bytes)));
                let line = Zeroizing::new(format!("{}\n", *passphrase.0));
                durable::write_new(path, line.as_bytes(), Access::Owner)
                    .map_err(PassphraseError::Unwritable)?;
                Ok(passphrase)
            }
            other => other,
        }
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

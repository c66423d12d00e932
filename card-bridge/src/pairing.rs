//! Which origins may use the bridge: the person said so once, in a window of this computer.

use crate::{origin::Origin, token};
use serde::{Deserialize, Serialize};
use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// Browsers of one person that may be paired with one origin; beyond it the oldest goes. Our choice.
const PER_ORIGIN: usize = 8;
const FILE: &str = "pairings.json";

/// One pairing. The token itself is nowhere but in the browser.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pairing {
    /// Who may use the bridge.
    pub origin: Origin,
    /// [`token::hash`].
    pub token_hash: String,
}

/// All pairings of this person, in a file that only this person can read.
#[derive(Debug)]
pub struct Pairings {
    file: PathBuf,
}

/// Why pairings cannot be read or kept.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PairingError {
    /// The folder or the file is out of reach.
    #[error("the pairings in {} cannot be read or written", file.display())]
    Storage {
        /// Where.
        file: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The file is not what the bridge writes.
    #[error("{} is damaged; remove it, and pair again", file.display())]
    Damaged {
        /// Where.
        file: PathBuf,
        /// Why.
        source: serde_json::Error,
    },
    /// The system has no random numbers.
    #[error("the system has no random numbers")]
    Random(#[from] getrandom::Error),
}

impl Pairings {
    /// Those in this folder, which is made when it is needed.
    #[must_use]
    pub fn in_folder(folder: &Path) -> Self {
        Self { file: folder.join(FILE) }
    }

    /// Pairs an origin, and gives its token.
    ///
    /// # Errors
    /// When it cannot be kept.
    pub fn add(&self, origin: &Origin) -> Result<String, PairingError> {
        let token = token::generate()?;
        let mut pairings = self.list()?;
        pairings.push(Pairing { origin: origin.clone(), token_hash: token::hash(&token) });
        let of_origin = pairings.iter().filter(|pairing| pairing.origin == *origin).count();
        if of_origin > PER_ORIGIN
            && let Some(oldest) = pairings.iter().position(|pairing| pairing.origin == *origin)
        {
            pairings.remove(oldest);
        }
        self.write(&pairings)?;
        Ok(token)
    }

    /// Whether this token was given to this origin.
    ///
    /// # Errors
    /// When the pairings cannot be read.
    pub fn verify(&self, origin: &Origin, token: &str) -> Result<bool, PairingError> {
        let pairings = self.list()?;
        Ok(pairings
            .iter()
            .any(|pairing| pairing.origin == *origin && token::is_of(token, &pairing.token_hash)))
    }

    /// What shows an origin that its tokens are known here, one for each.
    ///
    /// # Errors
    /// When the pairings cannot be read.
    pub fn prove(&self, origin: &Origin, challenge: &str) -> Result<Vec<String>, PairingError> {
        let pairings = self.list()?;
        let of_origin = pairings.iter().filter(|pairing| pairing.origin == *origin);
        Ok(of_origin.map(|pairing| token::prove(&pairing.token_hash, challenge)).collect())
    }

    /// All, the oldest first.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn list(&self) -> Result<Vec<Pairing>, PairingError> {
        let bytes = match fs::read(&self.file) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(source) => return Err(self.storage(source)),
        };
        serde_json::from_slice(&bytes)
            .map_err(|source| PairingError::Damaged { file: self.file.clone(), source })
    }

    /// Ends all pairings of an origin, and says how many there were.
    ///
    /// # Errors
    /// When they cannot be read or written.
    pub fn remove(&self, origin: &Origin) -> Result<usize, PairingError> {
        let before = self.list()?;
        let after: Vec<_> = before.iter().filter(|pairing| pairing.origin != *origin).cloned().collect();
        self.write(&after)?;
        Ok(before.len().saturating_sub(after.len()))
    }

    /// Ends all.
    ///
    /// # Errors
    /// When the file cannot be removed.
    pub fn remove_all(&self) -> Result<(), PairingError> {
        match fs::remove_file(&self.file) {
            Err(source) if source.kind() != io::ErrorKind::NotFound => Err(self.storage(source)),
            _ => Ok(()),
        }
    }

    /// Writes beside and renames: a crash leaves the old file or the new one.
    fn write(&self, pairings: &[Pairing]) -> Result<(), PairingError> {
        let json = serde_json::to_vec(pairings).expect("origins and hashes are JSON");
        let write = || {
            if let Some(folder) = self.file.parent() {
                private_folder(folder)?;
            }
            let beside = self.file.with_extension("new");
            write_private(&beside, &json)?;
            fs::rename(&beside, &self.file)
        };
        write().map_err(|source| self.storage(source))
    }

    fn storage(&self, source: io::Error) -> PairingError {
        PairingError::Storage { file: self.file.clone(), source }
    }
}

#[cfg(unix)]
fn private_folder(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

#[cfg(unix)]
fn write_private(file: &Path, bytes: &[u8]) -> io::Result<()> {
    use std::{io::Write, os::unix::fs::OpenOptionsExt};
    let mut file = fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(file)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// A person's folder is private there already.
#[cfg(not(unix))]
fn private_folder(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)
}

#[cfg(not(unix))]
fn write_private(file: &Path, bytes: &[u8]) -> io::Result<()> {
    fs::write(file, bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origin(host: &str) -> Origin {
        Origin::parse(&format!("https://{host}")).expect("an origin")
    }

    #[test]
    fn a_token_is_good_for_its_origin_until_it_is_removed() {
        let folder = tempfile::tempdir().expect("a folder");
        let pairings = Pairings::in_folder(&folder.path().join("state"));
        let (ours, theirs) = (origin("signet.example"), origin("evil.example"));
        let token = pairings.add(&ours).expect("a pairing");
        assert!(pairings.verify(&ours, &token).expect("readable"));
        assert!(!pairings.verify(&theirs, &token).expect("readable"));
        assert!(!pairings.verify(&ours, "").expect("readable"));
        assert_eq!(pairings.remove(&ours).expect("writable"), 1);
        assert!(!pairings.verify(&ours, &token).expect("readable"));
    }

    #[test]
    fn the_oldest_browser_of_an_origin_makes_room() {
        let folder = tempfile::tempdir().expect("a folder");
        let pairings = Pairings::in_folder(folder.path());
        let ours = origin("signet.example");
        let tokens: Vec<_> = (0..=PER_ORIGIN).map(|_| pairings.add(&ours).expect("a pairing")).collect();
        let valid = |token: &String| pairings.verify(&ours, token).expect("readable");
        assert!(!valid(&tokens[0]) && tokens[1..].iter().all(valid));
    }

    #[cfg(unix)]
    #[test]
    fn nobody_else_can_read_them_and_no_token_is_in_them() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().expect("a folder");
        let pairings = Pairings::in_folder(folder.path());
        let token = pairings.add(&origin("signet.example")).expect("a pairing");
        let file = folder.path().join(FILE);
        let mode = fs::metadata(&file).expect("a file").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert!(!fs::read_to_string(&file).expect("text").contains(&token));
    }

    #[test]
    fn a_damaged_file_is_said_to_be_so() {
        let folder = tempfile::tempdir().expect("a folder");
        fs::write(folder.path().join(FILE), "[{").expect("a file");
        let pairings = Pairings::in_folder(folder.path());
        assert!(matches!(pairings.list(), Err(PairingError::Damaged { .. })));
    }
}

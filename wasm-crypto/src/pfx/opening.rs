//! With what a PFX is opened: passwords, the present moment, and how much work it may be.

use super::{Effort, OpenPfxError};
use crate::password_based_encryption::{Container, Password};

/// More passwords are not tried. Our choice: one for the integrity check, one for the contents, one for the key, and each as it
/// was typed and composed.
const MAXIMUM_PASSWORDS: usize = 6;

/// The passwords of a file.
///
/// Most have one. OpenSSL can give the integrity check another than the contents, Java each key: so every part is tried with
/// all of them, and it does not matter which was meant for which.
#[derive(Clone, Debug)]
pub struct Passwords<'a>(Vec<&'a str>);

impl<'a> From<&'a str> for Passwords<'a> {
    fn from(password: &'a str) -> Self {
        Self(vec![password])
    }
}

impl<'a> FromIterator<&'a str> for Passwords<'a> {
    /// At most six; those above are left out.
    fn from_iter<T: IntoIterator<Item = &'a str>>(passwords: T) -> Self {
        Self(passwords.into_iter().take(MAXIMUM_PASSWORDS).collect())
    }
}

/// How a PFX is opened.
#[derive(Clone, Debug)]
pub struct Opening<'a> {
    /// What is tried.
    pub passwords: Passwords<'a>,
    /// The present moment, Unix time in seconds: of several certificates of a key, one that is valid then is taken. Without it,
    /// the one that is valid longest.
    pub now: Option<u64>,
    /// How long it may take.
    pub effort: Effort,
}

impl<'a> Opening<'a> {
    /// With these passwords, at no particular moment, and with up to two minutes of work.
    pub fn new(passwords: impl Into<Passwords<'a>>) -> Self {
        Self { passwords: passwords.into(), now: None, effort: Effort::default() }
    }
}

impl<'a> From<&'a str> for Opening<'a> {
    fn from(password: &'a str) -> Self {
        Self::new(password)
    }
}

impl<'a> From<&'a String> for Opening<'a> {
    fn from(password: &'a String) -> Self {
        Self::new(password.as_str())
    }
}

impl<'a> From<Passwords<'a>> for Opening<'a> {
    fn from(passwords: Passwords<'a>) -> Self {
        Self::new(passwords)
    }
}

/// The passwords as they are tried, in their order: first as they were typed, then in the bytes that other programs make of them.
pub(super) struct Keyring<'a> {
    pub(super) typed: Vec<&'a Password>,
    pub(super) now: Option<u64>,
    pub(super) effort: Effort,
}

impl Keyring<'_> {
    /// Calls `open` until it says that nothing is left to be opened.
    pub(super) async fn try_each(
        &self,
        mut open: impl AsyncFnMut(&Password) -> Result<Left, OpenPfxError>,
    ) -> Result<(), OpenPfxError> {
        for password in &self.typed {
            if open(password).await? == Left::Nothing {
                return Ok(());
            }
        }
        for password in self.typed.iter().flat_map(|typed| typed.other_forms(Container::Pfx)) {
            if open(&password).await? == Left::Nothing {
                return Ok(());
            }
        }
        Ok(())
    }
}

/// Whether something is still closed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Left {
    Something,
    Nothing,
}

impl Passwords<'_> {
    /// For derivations.
    pub(super) fn to_passwords(&self) -> Vec<Password> {
        self.0.iter().map(|password| Password::new(password)).collect()
    }
}

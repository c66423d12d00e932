//! A PKCS #11 module, loaded once and initialised for each look.

use super::token::Token;
use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::error::{Error, RvError};
use std::path::{Path, PathBuf};

#[derive(Debug)]
pub(crate) struct Module {
    path: PathBuf,
    pkcs11: Pkcs11,
    /// Whether this is what initialised it.
    initialised: bool,
}

impl Module {
    /// Loads the file. It runs code of the card's maker.
    pub(crate) fn load(path: PathBuf) -> Result<Self, Error> {
        let pkcs11 = Pkcs11::new(&path)?;
        Ok(Self { path, pkcs11, initialised: false })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Initialises it, and before that ends what it did until now.
    pub(crate) fn restart(&mut self) -> Result<(), Error> {
        self.stop();
        match self.pkcs11.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK)) {
            Ok(()) => self.initialised = true,
            // Two modules may share a library.
            Err(Error::Pkcs11(RvError::CryptokiAlreadyInitialized, _)) => {}
            Err(error) => return Err(error),
        }
        Ok(())
    }

    /// Ends all its sessions.
    pub(crate) fn stop(&mut self) {
        if std::mem::take(&mut self.initialised)
            && let Err(error) = self.pkcs11.clone().finalize()
        {
            tracing::debug!(%error, module = %self.path.display(), "a module does not end well");
        }
    }

    /// The tokens that can be read. One that cannot is a card that went in this moment.
    pub(crate) fn tokens(&self) -> Vec<Token> {
        let slots = self.pkcs11.get_slots_with_token().unwrap_or_else(|error| {
            tracing::debug!(%error, module = %self.path.display(), "a module does not list its slots");
            Vec::new()
        });
        slots.into_iter().filter_map(|slot| Token::read(&self.pkcs11, &self.path, slot)).collect()
    }
}

impl Drop for Module {
    fn drop(&mut self) {
        self.stop();
    }
}

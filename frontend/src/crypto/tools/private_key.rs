//! A private key in any of the forms in which people have one.

use super::{About, Problem};
use crate::crypto::{CryptoError, messages::Secret};
use wasm_crypto::{KeyPair, pbkdf2::Pbkdf2, recovery_file};

/// Opens it.
pub(super) async fn read(
    input: &[u8],
    passphrase: Option<&Secret>,
    pbkdf2: &impl Pbkdf2,
) -> Result<KeyPair, Problem> {
    let text = String::from_utf8_lossy(input);
    let Some(passphrase) = passphrase else {
        return Err(Problem::new(About::Password, "The private key is encrypted. Enter its passphrase."));
    };
    recovery_file::read(&text, passphrase.as_str().unwrap_or_default(), pbkdf2).await.map_err(|error| {
        let error = CryptoError::from(error);
        let about = if error == CryptoError::WrongPassphrase { About::Password } else { About::Input };
        Problem::new(about, error.to_string())
    })
}

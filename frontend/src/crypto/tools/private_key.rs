//! A private key in any of the forms in which people have one.

use super::{About, Problem, sentence};
use crate::crypto::messages::Secret;
use wasm_crypto::{
    KeyPair,
    pbkdf2::Pbkdf2,
    private_key::{self, PrivateKeyError},
};

/// Opens it.
pub(super) async fn read(
    input: &[u8],
    passphrase: Option<&Secret>,
    pbkdf2: &impl Pbkdf2,
) -> Result<KeyPair, Problem> {
    let passphrase = passphrase.and_then(Secret::as_str).unwrap_or_default();
    private_key::read(input, passphrase, pbkdf2).await.map_err(|error| {
        let about = match error {
            PrivateKeyError::PassphraseNeeded | PrivateKeyError::WrongPassphrase => About::Password,
            _ => About::Input,
        };
        Problem::new(about, sentence(error))
    })
}

//! A private key in any of the forms in which people have one.

use super::{About, Problem, sentence};
use crate::crypto::TypedSecret;
use wasm_crypto::{
    KeyPair,
    pbkdf2::Pbkdf2,
    private_key::{self, PrivateKeyError},
};

/// Opens it.
pub(super) async fn read(
    input: &[u8],
    passphrase: Option<&TypedSecret>,
    pbkdf2: &impl Pbkdf2,
) -> Result<KeyPair, Problem> {
    let none = TypedSecret::default();
    let key = passphrase.unwrap_or(&none).open(
        |error| *error == PrivateKeyError::WrongPassphrase,
        async |passphrase| private_key::read(input, passphrase, pbkdf2).await,
    );
    key.await.map_err(|error| {
        let about = match error {
            PrivateKeyError::PassphraseNeeded | PrivateKeyError::WrongPassphrase => About::Password,
            _ => About::Input,
        };
        Problem::new(about, sentence(error))
    })
}

//! Random tokens: shown once, kept as hashes.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// 256 bits: nobody guesses it.
const TOKEN_BYTES: usize = 32;

/// A new token: base64url without padding.
///
/// # Errors
/// When the system has no random numbers.
pub fn generate() -> Result<String, getrandom::Error> {
    let mut bytes = [0; TOKEN_BYTES];
    getrandom::fill(&mut bytes)?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

/// What is kept of a token: its SHA-256, base64url.
#[must_use]
pub fn hash(token: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(token))
}

/// Whether the token has this hash, in the same time whatever the answer.
#[must_use]
pub fn is_of(token: &str, kept: &str) -> bool {
    hash(token).as_bytes().ct_eq(kept.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::link::is_token;

    #[test]
    fn tokens_differ_and_only_the_right_one_has_the_hash() {
        let (one, other) = (generate().expect("random"), generate().expect("random"));
        assert!(is_token(&one) && is_token(&other) && one != other);
        assert!(is_of(&one, &hash(&one)));
        assert!(!is_of(&other, &hash(&one)));
        assert!(!hash(&one).contains(&one));
    }
}

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

/// Shows that the hash is kept here, to somebody who has the token: [`protocol::Hello::proofs`].
#[must_use]
pub fn prove(kept: &str, challenge: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::new().chain_update(kept).chain_update(challenge).finalize())
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

    /// The page computes the same: `frontend/src/bridge/proof.rs`.
    #[test]
    fn a_proof_is_what_the_page_expects() {
        let challenge = "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE";
        assert_eq!(prove(&hash("token"), challenge), "4ESlOTDYC5e2vaiHO1b_aZSnzIRYxW_oerUoMSDSJTk");
        assert_ne!(prove(&hash("other"), challenge), prove(&hash("token"), challenge));
    }

    #[test]
    fn tokens_differ_and_only_the_right_one_has_the_hash() {
        let (one, other) = (generate().expect("random"), generate().expect("random"));
        assert!(is_token(&one) && is_token(&other) && one != other);
        assert!(is_of(&one, &hash(&one)));
        assert!(!is_of(&other, &hash(&one)));
        assert!(!hash(&one).contains(&one));
    }
}

//! Whether the program on the bridge's port is the one that the person paired: another person of this computer may have
//! started a program there first, and would get the token.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};

/// What a bridge that gave the token answers to the challenge: [`protocol::Hello::proofs`].
pub(super) fn of(token: &str, challenge: &str) -> String {
    let kept = BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(token));
    BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(kept + challenge))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The bridge computes the same: `card-bridge/src/token.rs`.
    #[test]
    fn a_proof_is_what_the_bridge_makes() {
        let challenge = "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE";
        assert_eq!(of("token", challenge), "4ESlOTDYC5e2vaiHO1b_aZSnzIRYxW_oerUoMSDSJTk");
        assert_ne!(of("other", challenge), of("token", challenge));
    }
}

//! Random values that open something once: sign-in links, mailbox challenges, sessions.

use crate::random::RandomSource;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};
use std::fmt;

/// More than the 112 bits of S/MIME BR §3.2.2.2 and the 128 bits of ASVS 5.0 §7.2.3. Our choice.
const SECRET_BYTES: usize = 32;

/// A value of 256 random bits. The holder gets its text; the store only its hash.
pub(crate) struct Secret([u8; SECRET_BYTES]);

/// What is stored of a [`Secret`]: SHA-256. The value has 256 random bits, so no slow hash is needed, and a
/// look-up by hash tells nothing about the value through its time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SecretHash([u8; 32]);

impl Secret {
    pub(crate) fn generate(random: &dyn RandomSource) -> Self {
        let mut bytes = [0; SECRET_BYTES];
        random.fill(&mut bytes);
        Self(bytes)
    }

    /// Base64url without padding, 43 characters.
    pub(crate) fn to_text(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }

    /// Reads what [`Self::to_text`] wrote; `None` for anything else.
    pub(crate) fn from_text(text: &str) -> Option<Self> {
        URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok().map(Self)
    }

    pub(crate) fn hash(&self) -> SecretHash {
        SecretHash(Sha256::digest(self.0).into())
    }
}

impl SecretHash {
    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Secret")
    }
}

impl Drop for Secret {
    fn drop(&mut self) {
        zeroize::Zeroize::zeroize(&mut self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::Secret;
    use crate::random::PredictableRandom;

    #[test]
    fn a_secret_reads_back_and_nothing_else_does() {
        let secret = Secret::generate(&PredictableRandom::new(7));
        let text = secret.to_text();
        assert_eq!(text.len(), 43);
        assert_eq!(Secret::from_text(&text).unwrap().hash(), secret.hash());
        for wrong in ["", "x", text.get(1..).unwrap(), &format!("{text}="), &format!(" {text}")] {
            assert!(Secret::from_text(wrong).is_none(), "{wrong:?} was taken for a secret");
        }
    }

    #[test]
    fn a_secret_does_not_show_itself() {
        let secret = Secret::generate(&PredictableRandom::new(7));
        assert_eq!(format!("{secret:?}"), "Secret");
    }
}

//! How long a file takes: what keeps a worker busy is asked about, or refused, before it begins.
//!
//! The figures are those of WebAssembly on a small computer that does something else too, as Node ran it there. A browser that
//! derives keys itself is quicker.

use super::{OpenPfxError, mac::Mac, structure::Encrypted};
use crate::{
    password_based_encryption::{Encryption, EncryptionError},
    pbkdf2::Prf,
};
use std::time::Duration;

/// What is opened without a question. Our choice: nobody asks what a page does that answers within two seconds.
const BRIEF: Duration = Duration::from_secs(2);

/// What is not done at all. Our choice: nobody waits longer, and no program writes such a file.
const MAXIMUM: Duration = Duration::from_mins(2);

/// For the tests of keys. What is above is listed without, and tested when it is used. Our choice: eighty keys of RSA 2048, and
/// some of RSA 4096.
pub(super) const KEY_TESTS: Duration = Duration::from_millis(800);

/// SHA-1 has 20 bytes: the derivation of PKCS #12 goes round once for each of them that a key is longer. RFC 7292 §B.2.
const SHA_1_BYTES: usize = 20;

/// How much work a caller lets a file be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Effort {
    /// About two seconds. What takes longer is refused with [`OpenPfxError::TakesLong`], so that a person can be asked.
    Brief,
    /// Up to two minutes.
    #[default]
    Extended,
}

impl Effort {
    /// Refuses what takes too long.
    pub(super) fn check(self, work: Duration) -> Result<(), OpenPfxError> {
        let seconds = rounded_up(work);
        if work > MAXIMUM {
            return Err(OpenPfxError::TooMuchWork { seconds, limit: MAXIMUM.as_secs() });
        }
        if self == Self::Brief && work > BRIEF {
            return Err(OpenPfxError::TakesLong { seconds });
        }
        Ok(())
    }
}

/// In seconds, at least one.
pub(super) fn rounded_up(work: Duration) -> u64 {
    let seconds = work.as_secs();
    if work.subsec_nanos() > 0 || seconds == 0 { seconds.saturating_add(1) } else { seconds }
}

/// One iteration of PBKDF2, which compresses twice: SHA-384 and SHA-512 with twice the rounds, on words of 64 bits.
fn pbkdf2_iteration(prf: Prf) -> Duration {
    Duration::from_nanos(match prf {
        Prf::HmacSha1 => 600,
        Prf::HmacSha224 | Prf::HmacSha256 => 800,
        Prf::HmacSha384 | Prf::HmacSha512 => 2_000,
    })
}

fn pbkdf2(prf: Prf, iterations: u32, key_bytes: usize) -> Duration {
    times(pbkdf2_iteration(prf), iterations, key_bytes.div_ceil(prf.output_bytes()))
}

/// One iteration compresses once.
fn pkcs12(prf: Prf, iterations: u32, rounds: usize) -> Duration {
    times(pbkdf2_iteration(prf), iterations, rounds).checked_div(2).unwrap_or_default()
}

fn times(one: Duration, iterations: u32, rounds: usize) -> Duration {
    one.saturating_mul(iterations).saturating_mul(u32::try_from(rounds).unwrap_or(u32::MAX))
}

impl Mac {
    pub(super) fn work(&self) -> Duration {
        match self {
            Self::Pkcs12 { hmac, iterations, .. } => pkcs12(*hmac, *iterations, 1),
            Self::Pbmac1 { kdf, key_bytes, .. } => pbkdf2(kdf.prf, kdf.iterations, *key_bytes),
        }
    }
}

impl Encrypted {
    /// Of the derivation for it; none where it is not read here.
    pub(super) fn work(&self) -> Duration {
        self.encryption.as_ref().map_or(Duration::ZERO, |encryption| match encryption {
            Encryption::Pbes2 { prf, iterations, cipher, .. } => {
                pbkdf2(*prf, *iterations, cipher.key_bytes())
            }
            Encryption::Pkcs12 { cipher, iterations, .. } => {
                let rounds = cipher.key_bytes().div_ceil(SHA_1_BYTES).saturating_add(1);
                pkcs12(Prf::HmacSha1, *iterations, rounds)
            }
        })
    }
}

/// More iterations than are done, of a part whose parameters are read otherwise: the file is refused before any work.
pub(super) fn check_iterations(error: EncryptionError) -> Result<(), OpenPfxError> {
    match error {
        EncryptionError::Iterations { iterations: 1.. } => Err(error.into()),
        _ => Ok(()),
    }
}

/// The test of a key, by the length of its PKCS #8 or of its ciphertext: reading it, a signature, and its verification.
pub(super) fn key_test(pkcs8_bytes: usize) -> Duration {
    Duration::from_millis(match pkcs8_bytes {
        // On a curve.
        ..=400 => 5,
        // RSA of 2048 bits, of 3072 and above.
        401..=1_400 => 10,
        1_401..=2_000 => 28,
        _ => 60,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::password_based_encryption::Cipher;

    fn seconds(encryption: Encryption) -> f64 {
        Encrypted { encryption: Ok(encryption), ciphertext: Vec::new() }.work().as_secs_f64()
    }

    fn pbes2(prf: Prf, cipher: Cipher, iterations: u32) -> Encryption {
        Encryption::Pbes2 { prf, salt: Vec::new(), iterations, cipher, initialization_vector: Vec::new() }
    }

    #[test]
    fn work_counts_the_hash_and_the_length_of_the_key() {
        let close =
            |found: f64, expected: f64| assert!((found - expected).abs() < 1e-6, "{found} {expected}");
        close(seconds(pbes2(Prf::HmacSha256, Cipher::Aes256, 1_000_000)), 0.8);
        close(seconds(pbes2(Prf::HmacSha512, Cipher::Aes256, 1_000_000)), 2.0);
        // A key of 32 bytes is two blocks of SHA-1.
        close(seconds(pbes2(Prf::HmacSha1, Cipher::Aes256, 1_000_000)), 1.2);
        close(seconds(pbes2(Prf::HmacSha1, Cipher::Aes128, 1_000_000)), 0.6);
        let triple_des =
            Encryption::Pkcs12 { cipher: Cipher::TripleDes, salt: Vec::new(), iterations: 1_000_000 };
        // Two rounds for the key, one for the initialization vector.
        close(seconds(triple_des), 0.9);
    }

    #[test]
    fn what_takes_long_is_asked_about_and_what_nobody_waits_for_is_refused() {
        let milliseconds = Duration::from_millis;
        assert_eq!(Effort::Brief.check(milliseconds(2_000)), Ok(()));
        assert_eq!(Effort::Brief.check(milliseconds(2_001)), Err(OpenPfxError::TakesLong { seconds: 3 }));
        assert_eq!(Effort::Extended.check(milliseconds(120_000)), Ok(()));
        let refused = OpenPfxError::TooMuchWork { seconds: 121, limit: 120 };
        for effort in [Effort::Brief, Effort::Extended] {
            assert_eq!(effort.check(milliseconds(120_001)), Err(refused));
        }
        assert_eq!([0, 1, 1_000].map(|work| rounded_up(milliseconds(work))), [1, 1, 1]);
    }
}

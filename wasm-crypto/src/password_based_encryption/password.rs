//! A password, and the keys that were derived from it.

use super::EncryptionError;
use crate::pbkdf2::{Derivation, Pbkdf2, Prf, Secret};
use pkcs12::kdf::{Pkcs12KeyType, derive_key};
use sha1::Sha1;
use sha2::{Sha224, Sha256, Sha384, Sha512};
use std::cell::RefCell;
use zeroize::Zeroizing;

/// A password in the two forms that derivations take.
///
/// It remembers what was derived from it: a file is opened again as soon as it is written, and the same question, read
/// from the file, has the same answer. A question that differs in anything is derived anew.
pub(crate) struct Password {
    utf_8: Secret,
    bmp: Secret,
    derived: RefCell<Vec<Derived>>,
}

struct Derived {
    question: Question,
    key: Secret,
}

/// All that a derived key depends on, beside the password.
#[derive(PartialEq, Eq)]
struct Question {
    function: Function,
    salt: Vec<u8>,
    iterations: u32,
    key_bytes: usize,
}

#[derive(PartialEq, Eq)]
enum Function {
    Pbkdf2(Prf),
    Pkcs12(Prf, Purpose),
}

/// What a key of the PKCS #12 derivation is for. RFC 7292 §B.3.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    Encryption,
    InitializationVector,
    Mac,
}

impl Password {
    /// For the derivation of PKCS #12: UTF-16, big-endian, with a zero character at the end. RFC 7292 §B.1.
    pub(crate) fn new(password: &str) -> Self {
        // Written at once into memory of the right size, as a growing vector leaves copies behind.
        let units = password.len().saturating_add(1);
        let mut bmp = Zeroizing::new(Vec::with_capacity(units.saturating_mul(2)));
        bmp.extend(password.encode_utf16().chain([0]).flat_map(u16::to_be_bytes));
        Self { utf_8: Zeroizing::new(password.as_bytes().to_vec()), bmp, derived: RefCell::default() }
    }

    /// No password, where some programs leave the zero character away too.
    pub(crate) fn absent() -> Self {
        Self { utf_8: Secret::default(), bmp: Secret::default(), derived: RefCell::default() }
    }

    pub(super) fn bmp(&self) -> &[u8] {
        &self.bmp
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.utf_8.is_empty()
    }

    /// A key for each, in their order, by PBKDF2.
    pub(super) async fn derive(&self, derivations: &[Derivation<'_>], pbkdf2: &impl Pbkdf2) -> Vec<Secret> {
        let questions: Vec<Question> = derivations.iter().map(Question::from).collect();
        let known = questions.iter().map(|question| self.remembered(question)).collect::<Option<Vec<_>>>();
        if let Some(keys) = known {
            return keys;
        }
        let keys = pbkdf2.derive(&self.utf_8, derivations).await;
        questions.into_iter().zip(&keys).for_each(|(question, key)| self.remember(question, key));
        keys
    }

    /// A key by the derivation of PKCS #12 from this hash function. RFC 7292 §B.2.
    pub(crate) fn derive_pkcs12(
        &self,
        hash: Prf,
        purpose: Purpose,
        salt: &[u8],
        iterations: u32,
        key_bytes: usize,
    ) -> Result<Secret, EncryptionError> {
        let rounds = i32::try_from(iterations).or(Err(EncryptionError::Iterations { iterations }))?;
        let function = Function::Pkcs12(hash, purpose);
        let question = Question { function, salt: salt.to_vec(), iterations, key_bytes };
        if let Some(key) = self.remembered(&question) {
            return Ok(key);
        }
        let purpose = match purpose {
            Purpose::Encryption => Pkcs12KeyType::EncryptionKey,
            Purpose::InitializationVector => Pkcs12KeyType::Iv,
            Purpose::Mac => Pkcs12KeyType::Mac,
        };
        let key = Zeroizing::new(match hash {
            Prf::HmacSha1 => derive_key::<Sha1>(&self.bmp, salt, purpose, rounds, key_bytes),
            Prf::HmacSha224 => derive_key::<Sha224>(&self.bmp, salt, purpose, rounds, key_bytes),
            Prf::HmacSha256 => derive_key::<Sha256>(&self.bmp, salt, purpose, rounds, key_bytes),
            Prf::HmacSha384 => derive_key::<Sha384>(&self.bmp, salt, purpose, rounds, key_bytes),
            Prf::HmacSha512 => derive_key::<Sha512>(&self.bmp, salt, purpose, rounds, key_bytes),
        });
        self.remember(question, &key);
        Ok(key)
    }

    fn remembered(&self, question: &Question) -> Option<Secret> {
        let derived = self.derived.borrow();
        derived.iter().find(|derived| derived.question == *question).map(|derived| derived.key.clone())
    }

    fn remember(&self, question: Question, key: &Secret) {
        self.derived.borrow_mut().push(Derived { question, key: key.clone() });
    }
}

impl From<&Derivation<'_>> for Question {
    fn from(derivation: &Derivation<'_>) -> Self {
        let Derivation { prf, salt, iterations, key_bytes } = *derivation;
        Self { function: Function::Pbkdf2(prf), salt: salt.to_vec(), iterations, key_bytes }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pbkdf2::Portable;
    use std::cell::Cell;

    /// Counts how often it is asked.
    #[derive(Default)]
    struct Counting(Cell<usize>);

    impl Pbkdf2 for Counting {
        async fn derive(&self, password: &[u8], derivations: &[Derivation<'_>]) -> Vec<Secret> {
            self.0.update(|asked| asked.saturating_add(derivations.len()));
            Portable.derive(password, derivations).await
        }
    }

    #[test]
    fn a_password_of_pkcs12_is_utf_16_and_ends_with_a_zero_character() {
        assert_eq!(*Password::new("aż").bmp, [0, b'a', 1, 0x7C, 0, 0]);
        assert_eq!(*Password::new("\u{1F511}").bmp, [0xD8, 0x3D, 0xDD, 0x11, 0, 0]);
        assert_eq!(*Password::new("").bmp, [0, 0]);
        assert!(Password::absent().bmp.is_empty());
    }

    #[test]
    fn a_key_is_derived_once_and_one_that_differs_in_anything_anew() {
        let usual = Derivation { prf: Prf::HmacSha256, salt: b"salt", iterations: 2, key_bytes: 32 };
        let others = [
            Derivation { prf: Prf::HmacSha1, ..usual },
            Derivation { salt: b"salz", ..usual },
            Derivation { iterations: 3, ..usual },
            Derivation { key_bytes: 16, ..usual },
        ];
        let (password, counting) = (Password::new("password"), Counting::default());
        let ask = |derivations: &[Derivation<'_>]| {
            let keys = pollster::block_on(password.derive(derivations, &counting));
            assert_eq!(keys, pollster::block_on(Portable.derive(b"password", derivations)));
        };
        ask(&[usual]);
        ask(&[usual]);
        assert_eq!(counting.0.get(), 1);
        for (count, other) in (2..).zip(others) {
            ask(&[other]);
            assert_eq!(counting.0.get(), count);
        }
        // One that is new among known ones keeps its place.
        ask(&[others[1], Derivation { salt: b"sel", ..usual }, usual]);
    }

    #[test]
    fn keys_of_the_pkcs_12_derivation_differ_by_all_that_they_depend_on() {
        let password = Password::new("password");
        let derive = |hash, purpose, salt: &[u8], iterations| {
            password.derive_pkcs12(hash, purpose, salt, iterations, 20).unwrap()
        };
        let usual = (Prf::HmacSha1, Purpose::Mac, b"salt", 2);
        let keys = [
            derive(usual.0, usual.1, usual.2, usual.3),
            derive(Prf::HmacSha224, usual.1, usual.2, usual.3),
            derive(Prf::HmacSha256, usual.1, usual.2, usual.3),
            derive(Prf::HmacSha384, usual.1, usual.2, usual.3),
            derive(Prf::HmacSha512, usual.1, usual.2, usual.3),
            derive(usual.0, Purpose::Encryption, usual.2, usual.3),
            derive(usual.0, Purpose::InitializationVector, usual.2, usual.3),
            derive(usual.0, usual.1, b"salz", usual.3),
            derive(usual.0, usual.1, usual.2, 3),
        ];
        for (index, key) in keys.iter().enumerate() {
            assert!(!keys[..index].contains(key), "{index}");
        }
        assert_eq!(derive(usual.0, usual.1, usual.2, usual.3), keys[0]);
    }
}

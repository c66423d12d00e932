//! A password, and the keys that were derived from it.

use super::EncryptionError;
use crate::{
    passphrase,
    pbkdf2::{Derivation, Pbkdf2, Prf, Secret},
};
use pkcs12::kdf::{Pkcs12KeyType, derive_key};
use sha1::Sha1;
use sha2::{Sha224, Sha256, Sha384, Sha512};
use std::{cell::RefCell, rc::Rc};
use zeroize::Zeroizing;

/// The longest block of a hash function that HMAC is made of: a longer key is hashed, and what is no longer is the same
/// key with zeros behind it. Of SHA-1 and SHA-256; that of SHA-512 is longer. RFC 2104 §2.
const HMAC_BLOCK_BYTES: usize = 64;

/// A password in the two forms that derivations take.
///
/// It remembers what was derived from it: a file is opened again as soon as it is written, and the same question, read
/// from the file, has the same answer. A question that differs in anything is derived anew.
pub(crate) struct Password {
    /// For PBKDF2.
    octets: Spelled,
    /// For the derivation of PKCS #12.
    bmp: Spelled,
    /// Shared with [`Password::other_forms`].
    derived: Rc<RefCell<Vec<Derived>>>,
}

/// The bytes of a password.
#[derive(Clone)]
struct Spelled {
    form: Form,
    bytes: Secret,
}

/// How characters become bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    /// What RFC 8018 §3 recommends for PBKDF2.
    Utf8,
    /// ISO 8859-1, a byte for each character.
    Latin1,
    /// UTF-16, big-endian, with a zero character at the end: what RFC 7292 §B.1 wants for the derivation of PKCS #12.
    Utf16,
    /// The same without the zero character.
    Utf16WithoutEnd,
    /// Each byte of UTF-8 as if it were a character, as UTF-16 with a zero character at the end.
    WidenedUtf8,
    /// No bytes at all.
    Absent,
}

/// What a password opens. Programs that write the one spell passwords in other ways than those that write the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Container {
    /// An encrypted private key by itself. RFC 5958 §3.
    PrivateKey,
    /// A PFX. RFC 7292.
    Pfx,
}

struct Derived {
    question: Question,
    key: Secret,
}

/// All that a derived key depends on.
#[derive(PartialEq, Eq)]
struct Question {
    form: Form,
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
    /// As the standards want it.
    pub(crate) fn new(password: &str) -> Self {
        // Written at once into memory of the right size, as a growing vector leaves copies behind.
        let units = password.len().saturating_add(1);
        let mut bmp = Zeroizing::new(Vec::with_capacity(units.saturating_mul(2)));
        bmp.extend(password.encode_utf16().chain([0]).flat_map(u16::to_be_bytes));
        Self {
            octets: Spelled { form: Form::Utf8, bytes: Zeroizing::new(password.as_bytes().to_vec()) },
            bmp: Spelled { form: Form::Utf16, bytes: bmp },
            derived: Rc::default(),
        }
    }

    /// No password, where some programs leave the zero character away too.
    pub(crate) fn absent() -> Self {
        let absent = Spelled { form: Form::Absent, bytes: Secret::default() };
        Self { octets: absent.clone(), bmp: absent, derived: Rc::default() }
    }

    /// The same password in the bytes that other programs make of it, in the order in which they are worth a derivation:
    /// for what does not open under the usual ones.
    ///
    /// - A passphrase that was made here, typed in another way than it is spelled: [`passphrase::respelled`].
    /// - None: see [`Password::absent`].
    /// - OpenSSL with `-legacy`, in a terminal of UTF-8, takes each byte for a character.
    /// - In a terminal of Latin-1, PBKDF2 gets those bytes; the derivation of PKCS #12 gets the usual ones.
    /// - NSS gave PBKDF2 what the derivation of PKCS #12 gets, also where the password is ASCII.
    pub(crate) fn other_forms(&self, container: Container) -> Vec<Self> {
        if self.is_empty() {
            return vec![Self::absent()];
        }
        let is_ascii = self.octets.bytes.is_ascii();
        let typed = str::from_utf8(&self.octets.bytes).unwrap_or_default();
        let respelled = passphrase::respelled(typed).map(|respelled| Self::new(&respelled));
        let mut forms: Vec<Self> = respelled.into_iter().collect();
        if !is_ascii {
            forms.push(self.spelled(self.octets.clone(), self.widened()));
            forms.extend(self.latin_1().map(|octets| self.spelled(octets, self.bmp.clone())));
        }
        if !is_ascii || container == Container::Pfx {
            forms.push(self.spelled(self.bmp.clone(), self.bmp.clone()));
            if self.bmp.bytes.len() > HMAC_BLOCK_BYTES {
                forms.push(self.spelled(self.bmp_without_end(), self.bmp.clone()));
            }
        }
        forms
    }

    fn spelled(&self, octets: Spelled, bmp: Spelled) -> Self {
        Self { octets, bmp, derived: Rc::clone(&self.derived) }
    }

    fn widened(&self) -> Spelled {
        let units = self.octets.bytes.len().saturating_add(1);
        let mut bytes = Zeroizing::new(Vec::with_capacity(units.saturating_mul(2)));
        bytes.extend(self.octets.bytes.iter().chain(&[0]).flat_map(|byte| [0, *byte]));
        Spelled { form: Form::WidenedUtf8, bytes }
    }

    /// None where a character has no byte in it.
    fn latin_1(&self) -> Option<Spelled> {
        let units = self.bmp.bytes.as_chunks().0;
        let (_, characters) = units.split_last()?;
        let mut bytes = Zeroizing::new(Vec::with_capacity(characters.len()));
        for [high, low] in characters {
            if *high != 0 {
                return None;
            }
            bytes.push(*low);
        }
        Some(Spelled { form: Form::Latin1, bytes })
    }

    fn bmp_without_end(&self) -> Spelled {
        let length = self.bmp.bytes.len().saturating_sub(2);
        let mut bytes = Zeroizing::new(Vec::with_capacity(length));
        bytes.extend(self.bmp.bytes.iter().take(length));
        Spelled { form: Form::Utf16WithoutEnd, bytes }
    }

    pub(super) fn bmp(&self) -> &[u8] {
        &self.bmp.bytes
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.octets.bytes.is_empty()
    }

    /// A key for each, in their order, by PBKDF2.
    pub(super) async fn derive(&self, derivations: &[Derivation<'_>], pbkdf2: &impl Pbkdf2) -> Vec<Secret> {
        let question = |derivation| Question::of(self.octets.form, derivation);
        let questions: Vec<Question> = derivations.iter().map(question).collect();
        let known = questions.iter().map(|question| self.remembered(question)).collect::<Option<Vec<_>>>();
        if let Some(keys) = known {
            return keys;
        }
        let keys = pbkdf2.derive(&self.octets.bytes, derivations).await;
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
        let question = Question { form: self.bmp.form, function, salt: salt.to_vec(), iterations, key_bytes };
        if let Some(key) = self.remembered(&question) {
            return Ok(key);
        }
        let purpose = match purpose {
            Purpose::Encryption => Pkcs12KeyType::EncryptionKey,
            Purpose::InitializationVector => Pkcs12KeyType::Iv,
            Purpose::Mac => Pkcs12KeyType::Mac,
        };
        let key = Zeroizing::new(match hash {
            Prf::HmacSha1 => derive_key::<Sha1>(&self.bmp.bytes, salt, purpose, rounds, key_bytes),
            Prf::HmacSha224 => derive_key::<Sha224>(&self.bmp.bytes, salt, purpose, rounds, key_bytes),
            Prf::HmacSha256 => derive_key::<Sha256>(&self.bmp.bytes, salt, purpose, rounds, key_bytes),
            Prf::HmacSha384 => derive_key::<Sha384>(&self.bmp.bytes, salt, purpose, rounds, key_bytes),
            Prf::HmacSha512 => derive_key::<Sha512>(&self.bmp.bytes, salt, purpose, rounds, key_bytes),
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

impl Question {
    /// To PBKDF2.
    fn of(form: Form, derivation: &Derivation<'_>) -> Self {
        let Derivation { prf, salt, iterations, key_bytes } = *derivation;
        Self { form, function: Function::Pbkdf2(prf), salt: salt.to_vec(), iterations, key_bytes }
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
        assert_eq!(Password::new("aż").bmp(), [0, b'a', 1, 0x7C, 0, 0]);
        assert_eq!(Password::new("\u{1F511}").bmp(), [0xD8, 0x3D, 0xDD, 0x11, 0, 0]);
        assert_eq!(Password::new("").bmp(), [0, 0]);
    }

    /// What the two derivations get, in each of the other forms.
    fn forms(password: &str, container: Container) -> Vec<(Vec<u8>, Vec<u8>)> {
        let forms = Password::new(password).other_forms(container);
        forms.iter().map(|form| (form.octets.bytes.to_vec(), form.bmp.bytes.to_vec())).collect()
    }

    #[test]
    fn other_programs_make_other_bytes_of_what_is_not_ascii() {
        let (utf_8, utf_16) = (b"\xC3\xA9".to_vec(), b"\0\xE9\0\0".to_vec());
        let expected = [
            (utf_8, b"\0\xC3\0\xA9\0\0".to_vec()),
            (b"\xE9".to_vec(), utf_16.clone()),
            (utf_16.clone(), utf_16),
        ];
        for container in [Container::PrivateKey, Container::Pfx] {
            assert_eq!(forms("é", container), expected);
            // What has no byte in Latin-1.
            assert_eq!(forms("ż", container).len(), 2);
        }
    }

    #[test]
    fn an_ascii_password_has_another_form_in_a_pfx_only() {
        assert!(forms("a", Container::PrivateKey).is_empty());
        assert_eq!(forms("a", Container::Pfx), [(b"\0a\0\0".to_vec(), b"\0a\0\0".to_vec())]);
    }

    #[test]
    fn a_passphrase_that_was_made_here_has_its_own_spelling_first() {
        let typed = Password::new("H7KQN 2XW9D MF4TZ 8VBEP");
        let forms = typed.other_forms(Container::PrivateKey);
        let [made] = forms.as_slice() else { panic!("{}", forms.len()) };
        assert_eq!(made.octets.bytes.as_slice(), b"h7kqn-2xw9d-mf4tz-8vbep");
        // It is another password, so that nothing derived from the one is an answer for the other.
        assert!(!Rc::ptr_eq(&made.derived, &typed.derived));
    }

    #[test]
    fn no_password_has_no_bytes_in_its_other_form() {
        for container in [Container::PrivateKey, Container::Pfx] {
            assert_eq!(forms("", container), [(Vec::new(), Vec::new())]);
        }
    }

    #[test]
    fn the_zero_character_matters_from_the_length_on_at_which_a_key_is_hashed() {
        assert_eq!(forms(&"a".repeat(31), Container::Pfx).len(), 1);
        let long = forms(&"a".repeat(32), Container::Pfx);
        let lengths: Vec<usize> = long.iter().map(|(octets, _)| octets.len()).collect();
        assert_eq!(lengths, [66, 64]);
    }

    #[test]
    fn forms_share_what_was_derived_and_mix_up_nothing() {
        let (password, counting) = (Password::new("é"), Counting::default());
        let question = Derivation { prf: Prf::HmacSha256, salt: b"salt", iterations: 2, key_bytes: 32 };
        let ask = |password: &Password| pollster::block_on(password.derive(&[question], &counting));
        let mac = |password: &Password| password.derive_pkcs12(Prf::HmacSha1, Purpose::Mac, b"salt", 2, 20);
        let (usual, usual_mac) = (ask(&password), mac(&password).unwrap());
        let forms = password.other_forms(Container::Pfx);
        let [widened, latin_1, utf_16] = forms.as_slice() else { panic!("{}", forms.len()) };
        assert_eq!(ask(widened), usual);
        assert_eq!(counting.0.get(), 1);
        assert_ne!(mac(widened).unwrap(), usual_mac);
        let octets = [ask(latin_1), ask(utf_16)];
        assert!(!octets.contains(&usual) && octets[0] != octets[1]);
        assert_eq!(mac(latin_1).unwrap(), usual_mac);
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

//! Keys whose private half anybody can read: examples in standards, keys in test suites, keys of broken devices.

use super::PublicKey;
use std::fmt;

/// First half of the hex of each key's SHA-256, sorted, one a line. `tests/vectors/published-keys.txt` says what they are.
const LIST: &str = include_str!("published_keys.txt");
/// How much of a SHA-256 is kept: among a million keys, a sound one is met by chance once in 2^44.
const PREFIX_BYTES: usize = 8;
const SHA_256_DIGITS: usize = 64;

/// Whether the key is in the list of this module.
pub(super) fn is_listed(key: &PublicKey) -> bool {
    let hex = key.sha256_hex();
    hex.get(..PREFIX_BYTES.saturating_mul(2)).is_some_and(|prefix| LIST.lines().any(|line| line == prefix))
}

/// A longer list than that of this module, for a server: no key in it gets a certificate.
#[derive(Clone, Default)]
pub struct KnownKeys(Vec<[u8; PREFIX_BYTES]>);

impl KnownKeys {
    /// Reads a list: on each line the SHA-256 of a `SubjectPublicKeyInfo` in hex, then anything after a space. Empty
    /// lines and those that begin with `#` are left out.
    ///
    /// # Errors
    /// With the first line that is none of these.
    pub fn from_text(text: &str) -> Result<Self, KnownKeysError> {
        let mut prefixes = Vec::new();
        for (index, line) in text.lines().enumerate() {
            match line.split_whitespace().next() {
                None => {}
                Some(word) if word.starts_with('#') => {}
                Some(word) => {
                    let line = index.saturating_add(1);
                    prefixes.push(prefix(word).ok_or(KnownKeysError { line })?);
                }
            }
        }
        prefixes.sort_unstable();
        prefixes.dedup();
        Ok(Self(prefixes))
    }

    /// Whether the key is in the list.
    pub fn contains(&self, key: &PublicKey) -> bool {
        key.sha256().first_chunk().is_some_and(|prefix| self.0.binary_search(prefix).is_ok())
    }

    /// How many keys it has.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Debug for KnownKeys {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "KnownKeys({})", self.len())
    }
}

/// A line of a list that is not the SHA-256 of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line} is not 64 hex digits, the SHA-256 of a public key")]
pub struct KnownKeysError {
    /// Which, from one.
    pub line: usize,
}

fn prefix(digits: &str) -> Option<[u8; PREFIX_BYTES]> {
    if digits.len() != SHA_256_DIGITS || !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return None;
    }
    let number = u64::from_str_radix(digits.get(..PREFIX_BYTES.saturating_mul(2))?, 16).ok()?;
    Some(number.to_be_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use sha2::Digest;
    use spki::EncodePublicKey;

    const DIGITS: &str = "00112233445566778899aabbccddeeff00112233445566778899AABBCCDDEEFF";

    #[test]
    fn the_list_is_the_first_half_of_the_vectors_and_sorted() {
        let vectors = include_str!("../../../tests/vectors/published-keys.txt");
        let prefixes: Vec<&str> = vectors
            .lines()
            .filter(|line| line.starts_with(|first: char| first.is_ascii_hexdigit()))
            .collect();
        let expected: Vec<&str> = prefixes.iter().map(|line| line.split_at(16).0).collect();
        let listed: Vec<&str> = LIST.lines().collect();
        assert_eq!(listed, expected);
        assert!(listed.is_sorted());
    }

    /// A key on P-256 with this private half.
    fn key(private: u8) -> PublicKey {
        let key = p256::SecretKey::from_slice(&[private; 32]).unwrap().public_key();
        PublicKey::from_spki_der(key.to_public_key_der().unwrap().as_bytes()).unwrap()
    }

    #[test]
    fn a_key_of_the_list_is_found_by_its_digest_and_no_other() {
        let [first, second, other] = [7, 8, 9].map(key);
        let list = format!("{}\n{}\n", first.sha256_hex(), second.sha256_hex());
        let known = KnownKeys::from_text(&list).unwrap();
        assert_eq!(known.len(), 2);
        assert!(!known.is_empty() && known.contains(&first) && known.contains(&second));
        assert!(!known.contains(&other) && !KnownKeys::default().contains(&first));
        assert_eq!(crate::hex::encode(&first.sha256()), first.sha256_hex());
        assert_eq!(first.key_identifier(), <[u8; 20]>::from(sha1::Sha1::digest(first.key_bits())));
        assert_eq!(format!("{known:?}"), "KnownKeys(2)");
    }

    #[test]
    fn a_list_is_read_with_its_comments_and_each_key_once() {
        let text = format!("# keys\n\n{DIGITS}  RFC 1\n{}\n", DIGITS.to_lowercase());
        assert_eq!(KnownKeys::from_text(&text).unwrap().len(), 1);
        assert!(KnownKeys::from_text("").unwrap().is_empty());
    }

    #[test]
    fn a_line_that_is_no_digest_is_named() {
        for (text, line) in [
            ("# keys\nabc\n".to_owned(), 2),
            (format!("{DIGITS}0"), 1),
            (format!("{}g", DIGITS.split_at(1).1), 1),
        ] {
            assert_eq!(KnownKeys::from_text(&text).err(), Some(KnownKeysError { line }), "{text}");
        }
    }
}

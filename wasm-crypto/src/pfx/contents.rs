//! What was in a PFX, and what belongs together in it.

use super::{
    OpenPfxError, Part, PfxContent,
    certificate_parts::CertificateParts,
    chain::{Authorities, FoundCertificate, certificates_of},
    decryption::Decrypted,
    listed_key::ListedKey,
    structure::{Bag, BagValue},
    work,
};
use crate::{key_pair::KeyPair, pbkdf2::Secret};
use std::time::Duration;

/// What was in a PFX: a key and what belongs to it.
#[derive(Debug)]
pub struct OpenedPfx {
    /// The key, tested.
    pub key: KeyPair,
    /// The certificate that belongs to it, DER.
    pub leaf_der: Vec<u8>,
    /// The certificates above it that are in the file, issuing CA first, DER.
    pub chain_der: Vec<Vec<u8>>,
    /// The name of the entry; empty when it has none.
    pub friendly_name: String,
}

/// A key with its certificate, as it is listed.
#[derive(Debug)]
pub struct Entry {
    /// The key: tested where the time for tests sufficed, else read only.
    pub key: ListedKey,
    /// The certificate that belongs to it, DER: the one that the file marks for it, else one that is valid, else the one that
    /// is valid longest.
    pub leaf_der: Vec<u8>,
    /// The certificates above it that are in the file, issuing CA first, DER.
    pub chain_der: Vec<Vec<u8>>,
    /// Other certificates of the key, such as those before a renewal, DER.
    pub other_leaves_der: Vec<Vec<u8>>,
    /// The name of the entry; empty when it has none.
    pub friendly_name: String,
}

/// All that was in a PFX.
#[derive(Debug, Default)]
pub struct Contents {
    /// Each key that has its certificate in the file.
    pub entries: Vec<Entry>,
    /// Keys of which no certificate in the file has the public key.
    pub keys_without_certificate: Vec<ListedKey>,
    /// The certificates of no key, in the file's order, DER: those of CAs too, also when they are in a chain.
    pub certificates_der: Vec<Vec<u8>>,
    /// What is in the file and was not opened, or is refused.
    pub unread: Vec<Unread>,
    /// Whether all keys and their certificates name each other.
    pub(super) has_local_key_ids: bool,
}

/// A part that is in the file, and why it is not among what can be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unread {
    /// What kind of part it is.
    pub part: UnreadPart,
    /// The name of the entry; empty when it has none.
    pub friendly_name: String,
    /// Why it did not open, or was refused.
    pub reason: OpenPfxError,
}

/// A kind of part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum UnreadPart {
    /// The integrity check: nothing says that the file was not changed.
    IntegrityCheck,
    /// A safe, with all that is in it.
    Safe,
    /// A private key.
    Key,
    /// A certificate.
    Certificate,
    /// A bag of which it is not known what it holds.
    Bag,
}

struct FoundKey {
    key: ListedKey,
    friendly_name: String,
    local_key_id: Vec<u8>,
}

/// What is found in the bags.
#[derive(Default)]
struct Found {
    keys: Vec<FoundKey>,
    certificates: Vec<FoundCertificate>,
    unread: Vec<Unread>,
    /// How much of it the tests of keys have taken.
    tests: Duration,
}

impl Contents {
    /// Reads keys and certificates, and finds what belongs together by the public key: programs often leave out the names.
    pub(super) fn new(decrypted: Decrypted, now: Option<u64>) -> Self {
        let Decrypted { integrity, bags, closed_safes, closed_keys } = decrypted;
        let unread = |part, reason| Unread { part, friendly_name: String::new(), reason };
        let mut found = Found::default();
        found.unread.extend(integrity.map(|reason| unread(UnreadPart::IntegrityCheck, reason)));
        found.unread.extend(closed_safes.into_iter().map(|reason| unread(UnreadPart::Safe, reason)));
        for (place, (bag, private_key)) in bags.into_iter().enumerate() {
            let closed = closed_keys.iter().find(|(closed, _)| *closed == place);
            found.add(bag, private_key, closed.map(|(_, reason)| *reason));
        }
        found.into_contents(now)
    }

    /// The first key with its certificate, tested; or what is missing.
    pub(super) fn into_entry(self) -> Result<OpenedPfx, OpenPfxError> {
        let reason_of = |wanted: &[UnreadPart]| {
            let of_part = self.unread.iter().find(|unread| wanted.contains(&unread.part));
            of_part.map(|unread| unread.reason)
        };
        // What nothing says is unchanged is not used.
        if let Some(reason) = reason_of(&[UnreadPart::IntegrityCheck]) {
            return Err(reason);
        }
        let is_without_certificate = self.certificates_der.is_empty();
        let has_key = !self.keys_without_certificate.is_empty();
        let closed = reason_of(&[UnreadPart::Key])
            .filter(|_| !has_key)
            .or_else(|| reason_of(&[UnreadPart::Safe, UnreadPart::Certificate, UnreadPart::Bag]));
        let missing = closed.unwrap_or(match (has_key, is_without_certificate) {
            (true, true) => OpenPfxError::NoCertificate,
            (true, false) => OpenPfxError::OtherKey,
            (false, _) => OpenPfxError::NoKey,
        });
        let entry = self.entries.into_iter().next().ok_or(missing)?;
        Ok(OpenedPfx {
            key: entry.key.into_key_pair()?,
            leaf_der: entry.leaf_der,
            chain_der: entry.chain_der,
            friendly_name: entry.friendly_name,
        })
    }
}

impl Found {
    fn add(&mut self, bag: Bag, private_key: Option<Secret>, closed: Option<OpenPfxError>) {
        let Bag { value, friendly_name, local_key_id } = bag;
        let unread = |part, reason| Unread { part, friendly_name: friendly_name.clone(), reason };
        match (value, private_key) {
            (BagValue::Certificate(der), _) => {
                if let Some(parts) = CertificateParts::from_der(&der) {
                    self.certificates.push(FoundCertificate { der, parts, friendly_name, local_key_id });
                } else {
                    let reason = OpenPfxError::Damaged { part: Part::Certificate };
                    self.unread.push(unread(UnreadPart::Certificate, reason));
                }
            }
            (BagValue::Key(private_key), _) | (BagValue::EncryptedKey(_), Some(private_key)) => {
                match self.read_key(&private_key) {
                    Ok(key) => self.keys.push(FoundKey { key, friendly_name, local_key_id }),
                    Err(reason) => self.unread.push(unread(UnreadPart::Key, reason)),
                }
            }
            (BagValue::EncryptedKey(_), None) => {
                let reason = closed.unwrap_or(OpenPfxError::Damaged { part: Part::Key });
                self.unread.push(unread(UnreadPart::Key, reason));
            }
            (BagValue::Unreadable(part), _) => {
                let kind = match part {
                    Part::Key => UnreadPart::Key,
                    Part::Certificate => UnreadPart::Certificate,
                    _ => UnreadPart::Bag,
                };
                self.unread.push(unread(kind, OpenPfxError::Damaged { part }));
            }
            (BagValue::Other, _) => {}
        }
    }

    /// Tests it while there is time for that.
    fn read_key(&mut self, pkcs8: &Secret) -> Result<ListedKey, OpenPfxError> {
        let test = work::key_test(pkcs8.len());
        let tests = self.tests.saturating_add(test);
        if tests > work::KEY_TESTS {
            return ListedKey::untested(pkcs8);
        }
        self.tests = tests;
        ListedKey::tested(pkcs8)
    }

    fn into_contents(self, now: Option<u64>) -> Contents {
        let certificates = self.certificates;
        let mut contents = Contents { unread: self.unread, has_local_key_ids: true, ..Contents::default() };
        let mut authorities = Authorities::new(&certificates, now);
        let mut is_leaf = vec![false; certificates.len()];
        for FoundKey { key, friendly_name, local_key_id } in self.keys {
            let names =
                |found: &FoundCertificate| !local_key_id.is_empty() && local_key_id == found.local_key_id;
            let places = certificates_of(key.spki_der(), &certificates, names, now);
            for (place, found) in certificates.iter().enumerate() {
                if found.parts.spki == key.spki_der()
                    && let Some(is_leaf) = is_leaf.get_mut(place)
                {
                    *is_leaf = true;
                }
            }
            let mut leaves = places.iter().filter_map(|place| Some((*place, certificates.get(*place)?)));
            let Some((place, leaf)) = leaves.next() else {
                contents.keys_without_certificate.push(key);
                continue;
            };
            contents.has_local_key_ids &= names(leaf);
            contents.entries.push(Entry {
                key,
                leaf_der: leaf.der.clone(),
                chain_der: authorities.chain_above(place),
                other_leaves_der: leaves.map(|(_, other)| other.der.clone()).collect(),
                friendly_name: if friendly_name.is_empty() {
                    leaf.friendly_name.clone()
                } else {
                    friendly_name
                },
            });
        }
        let others = certificates.iter().zip(&is_leaf).filter(|(_, is_leaf)| !**is_leaf);
        contents.certificates_der = others.map(|(certificate, _)| certificate.der.clone()).collect();
        contents
    }
}

impl OpenedPfx {
    /// Whether this is what was put in.
    pub(super) fn holds(&self, content: &PfxContent<'_>) -> bool {
        self.key.spki_der() == content.key.spki_der()
            && self.leaf_der == content.leaf_der
            && self.chain_der == content.chain_der
            && self.friendly_name == content.friendly_name
    }
}

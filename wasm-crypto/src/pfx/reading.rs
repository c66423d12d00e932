//! Opens a PFX of any writer.

use super::{
    OpenPfxError, Part, PfxContent,
    certificate_parts::CertificateParts,
    structure::{Bag, BagValue, Encrypted, Safe, Structure, bags},
};
use crate::{
    key_pair::{KeyPair, KeyPairError},
    password_based_encryption::{
        CipherKey, Container, Encryption, EncryptionError, Password, derive_cipher_keys,
    },
    pbkdf2::{Pbkdf2, Secret},
};
use subtle::ConstantTimeEq;

/// More iterations in all are not done. Our choice: some seconds in the slowest case, and three times what any program
/// writes into a file with one key.
const MAXIMUM_WORK: u64 = 20_000_000;

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

/// All that was in a PFX.
#[derive(Debug, Default)]
pub struct Contents {
    /// Each key that has its certificate in the file.
    pub entries: Vec<OpenedPfx>,
    /// Keys without.
    pub keys_without_certificate: Vec<KeyPair>,
    /// How many keys are of a kind that is not read here.
    pub unsupported_keys: usize,
    /// The certificates of no key, in the file's order, DER: those of CAs too, also when they are in a chain.
    pub certificates_der: Vec<Vec<u8>>,
    /// Whether all keys and their certificates name each other.
    pub(super) has_local_key_ids: bool,
}

/// Opens a PFX and takes the first key with its certificate.
///
/// # Errors
/// Why it does not open, or what is missing in it.
pub async fn open(pfx: &[u8], password: &str, pbkdf2: &impl Pbkdf2) -> Result<OpenedPfx, OpenPfxError> {
    open_with(pfx, &Password::new(password), pbkdf2).await
}

pub(super) async fn open_with(
    pfx: &[u8],
    password: &Password,
    pbkdf2: &impl Pbkdf2,
) -> Result<OpenedPfx, OpenPfxError> {
    read_structure(&Structure::from_bytes(pfx)?, password, pbkdf2).await?.into_entry()
}

/// Opens a PFX: also one with several keys, or with none.
///
/// # Errors
/// Why it does not open.
pub async fn read(pfx: &[u8], password: &str, pbkdf2: &impl Pbkdf2) -> Result<Contents, OpenPfxError> {
    read_structure(&Structure::from_bytes(pfx)?, &Password::new(password), pbkdf2).await
}

pub(super) async fn read_structure(
    structure: &Structure,
    typed: &Password,
    pbkdf2: &impl Pbkdf2,
) -> Result<Contents, OpenPfxError> {
    structure.check_work()?;
    let mut refusal = OpenPfxError::WrongPassword;
    for password in std::iter::once(typed).chain(&typed.other_forms(Container::Pfx)) {
        match structure.open(password, pbkdf2).await {
            Err(OpenPfxError::WrongPassword) => {}
            // What is encrypted under other bytes of the same password looks like this where the MAC is right.
            Err(damaged @ OpenPfxError::Damaged { .. }) => {
                if refusal == OpenPfxError::WrongPassword {
                    refusal = damaged;
                }
            }
            opened => return opened,
        }
    }
    if refusal != OpenPfxError::WrongPassword {
        return Err(refusal);
    }
    // The password may be right and the file changed: then what is encrypted still comes out whole.
    let is_password = structure.has_encryption() && structure.decrypt(typed, pbkdf2).await.is_ok();
    Err(if is_password { OpenPfxError::Damaged { part: Part::Mac } } else { OpenPfxError::WrongPassword })
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

impl Contents {
    /// The first key with its certificate, or what is missing.
    pub(super) fn into_entry(self) -> Result<OpenedPfx, OpenPfxError> {
        let is_without_certificate = self.certificates_der.is_empty();
        let has_key = !self.keys_without_certificate.is_empty();
        self.entries.into_iter().next().ok_or(match (has_key, is_without_certificate) {
            (true, true) => OpenPfxError::NoCertificate,
            (true, false) => OpenPfxError::OtherKey,
            (false, _) if self.unsupported_keys > 0 => OpenPfxError::UnsupportedKey,
            (false, _) => OpenPfxError::NoKey,
        })
    }

    /// Finds what belongs together: by the public key, as the names that programs write are often missing.
    fn from_bags(keys: Vec<FoundKey>, certificates: Vec<FoundCertificate>, unsupported_keys: usize) -> Self {
        let mut contents = Self { unsupported_keys, has_local_key_ids: true, ..Self::default() };
        let mut leaves = vec![false; certificates.len()];
        for FoundKey { key, friendly_name, local_key_id } in keys {
            let spki = key.spki_der();
            let is_leaf = |found: &FoundCertificate| found.parts.spki == spki;
            let Some(place) = certificates.iter().position(is_leaf) else {
                contents.keys_without_certificate.push(key);
                continue;
            };
            let Some(leaf) = certificates.get(place) else { continue };
            if let Some(leaf) = leaves.get_mut(place) {
                *leaf = true;
            }
            contents.has_local_key_ids &= !local_key_id.is_empty() && local_key_id == leaf.local_key_id;
            let friendly_name =
                if friendly_name.is_empty() { leaf.friendly_name.clone() } else { friendly_name };
            let chain_der = chain(leaf, &certificates);
            contents.entries.push(OpenedPfx { key, leaf_der: leaf.der.clone(), chain_der, friendly_name });
        }
        let others = certificates.into_iter().zip(leaves).filter(|(_, is_leaf)| !is_leaf);
        contents.certificates_der = others.map(|(certificate, _)| certificate.der).collect();
        contents
    }
}

struct FoundKey {
    key: KeyPair,
    friendly_name: String,
    local_key_id: Vec<u8>,
}

struct FoundCertificate {
    der: Vec<u8>,
    parts: CertificateParts,
    friendly_name: String,
    local_key_id: Vec<u8>,
}

/// From issuer to issuer, as far as the file goes.
fn chain(leaf: &FoundCertificate, certificates: &[FoundCertificate]) -> Vec<Vec<u8>> {
    let mut chain: Vec<&FoundCertificate> = Vec::new();
    let mut at = leaf;
    while !at.parts.is_self_issued() {
        let is_next = |next: &&FoundCertificate| {
            next.parts.subject == at.parts.issuer
                && next.der != leaf.der
                && chain.iter().all(|taken| taken.der != next.der)
        };
        let Some(next) = certificates.iter().find(is_next) else { break };
        chain.push(next);
        at = next;
    }
    chain.into_iter().map(|certificate| certificate.der.clone()).collect()
}

impl Structure {
    /// Those that can be decrypted before others are.
    fn encrypted(&self) -> impl Iterator<Item = &Encrypted> {
        self.safes.iter().flat_map(|safe| match safe {
            Safe::Plain(bags) => bags.iter().filter_map(Bag::encrypted).collect(),
            Safe::Encrypted(encrypted) => vec![encrypted],
            Safe::Unsupported(_) => Vec::new(),
        })
    }

    fn has_encryption(&self) -> bool {
        self.encrypted().next().is_some()
    }

    /// Refuses what cannot be done whatever the password is, and what would keep the worker busy for long.
    fn check_work(&self) -> Result<(), OpenPfxError> {
        let mut iterations = 0_u64;
        if let Some(mac) = &self.mac {
            iterations = mac.as_ref().map_err(|error| *error)?.iterations().into();
        }
        for encrypted in self.encrypted() {
            let encryption = encrypted.encryption.as_ref().map_err(|error| *error)?;
            iterations = iterations.saturating_add(encryption.iterations().into());
        }
        check_sum(iterations)
    }

    async fn open(&self, password: &Password, pbkdf2: &impl Pbkdf2) -> Result<Contents, OpenPfxError> {
        if let Some(mac) = &self.mac {
            let mac = mac.as_ref().map_err(|error| *error)?;
            let (_, derived) = derive_cipher_keys(&[], mac.derivation(), password, pbkdf2).await?;
            let expected = mac.compute(password, derived, &self.authenticated_safe)?;
            if !bool::from(expected.ct_eq(&self.mac_value)) {
                return Err(OpenPfxError::WrongPassword);
            }
        }
        match self.decrypt(password, pbkdf2).await {
            // The password was right: so says the MAC.
            Err(OpenPfxError::WrongPassword) if self.mac.is_some() => {
                Err(OpenPfxError::Damaged { part: Part::Safes })
            }
            // Without a MAC what a wrong password gives looks like damage.
            Err(OpenPfxError::Damaged { .. }) if self.mac.is_none() => Err(OpenPfxError::WrongPassword),
            decrypted => decrypted,
        }
    }

    async fn decrypt(&self, password: &Password, pbkdf2: &impl Pbkdf2) -> Result<Contents, OpenPfxError> {
        let encrypted: Vec<&Encrypted> = self.encrypted().collect();
        let mut plaintexts = decrypt_all(&encrypted, password, pbkdf2).await?.into_iter();
        let mut opened = Vec::new();
        let mut inside = Vec::new();
        for safe in &self.safes {
            match safe {
                Safe::Unsupported(oid) => return Err(EncryptionError::from(*oid).into()),
                Safe::Encrypted(_) => inside.extend(bags(&plaintexts.next().unwrap_or_default())?),
                Safe::Plain(bags) => opened.extend(bags.iter().map(|bag| {
                    let plaintext = bag.encrypted().and_then(|_| plaintexts.next());
                    (bag, plaintext)
                })),
            }
        }
        // Keys that are encrypted once more inside a safe.
        let encrypted: Vec<&Encrypted> = inside.iter().filter_map(Bag::encrypted).collect();
        let mut plaintexts = decrypt_all(&encrypted, password, pbkdf2).await?.into_iter();
        opened.extend(inside.iter().map(|bag| (bag, bag.encrypted().and_then(|_| plaintexts.next()))));
        collect(opened)
    }
}

fn check_sum(iterations: u64) -> Result<(), OpenPfxError> {
    if iterations > MAXIMUM_WORK {
        return Err(OpenPfxError::TooManyIterations { iterations, limit: MAXIMUM_WORK });
    }
    Ok(())
}

async fn decrypt_all(
    encrypted: &[&Encrypted],
    password: &Password,
    pbkdf2: &impl Pbkdf2,
) -> Result<Vec<Secret>, OpenPfxError> {
    let encryptions = encrypted
        .iter()
        .map(|encrypted| encrypted.encryption.as_ref().map_err(|error| *error))
        .collect::<Result<Vec<&Encryption>, _>>()?;
    check_sum(encryptions.iter().map(|encryption| u64::from(encryption.iterations())).sum())?;
    let (keys, _) = derive_cipher_keys(&encryptions, None, password, pbkdf2).await?;
    let decrypt = |((encrypted, encryption), key): ((&&Encrypted, &&Encryption), &CipherKey)| {
        encryption.decrypt(key, &encrypted.ciphertext).map_err(OpenPfxError::from)
    };
    encrypted.iter().zip(&encryptions).zip(&keys).map(decrypt).collect()
}

impl Bag {
    fn encrypted(&self) -> Option<&Encrypted> {
        match &self.value {
            BagValue::EncryptedKey(encrypted) => Some(encrypted),
            BagValue::Certificate(_) | BagValue::Key(_) | BagValue::Other => None,
        }
    }
}

/// Reads keys and certificates.
fn collect(opened: Vec<(&Bag, Option<Secret>)>) -> Result<Contents, OpenPfxError> {
    let (mut keys, mut certificates, mut unsupported_keys) = (Vec::new(), Vec::new(), 0_usize);
    for (bag, plaintext) in opened {
        let (friendly_name, local_key_id) = (bag.friendly_name.clone(), bag.local_key_id.clone());
        let private_key = match (&bag.value, &plaintext) {
            (BagValue::Certificate(der), _) => {
                let parts = CertificateParts::from_der(der)
                    .ok_or(OpenPfxError::Damaged { part: Part::Certificate })?;
                certificates.push(FoundCertificate { der: der.clone(), parts, friendly_name, local_key_id });
                continue;
            }
            (BagValue::Key(private_key), _) | (BagValue::EncryptedKey(_), Some(private_key)) => private_key,
            _ => continue,
        };
        match KeyPair::from_foreign_pkcs8_der(private_key) {
            Ok(key) => keys.push(FoundKey { key, friendly_name, local_key_id }),
            Err(KeyPairError::UnsupportedAlgorithm | KeyPairError::Policy { .. }) => {
                unsupported_keys = unsupported_keys.saturating_add(1);
            }
            Err(_) => return Err(OpenPfxError::Damaged { part: Part::Key }),
        }
    }
    Ok(Contents::from_bags(keys, certificates, unsupported_keys))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        pbkdf2::Portable,
        pfx::{Preset, mac::Mac},
    };
    use getrandom::{SysRng, rand_core::UnwrapErr};

    fn opened(structure: &Structure) -> Option<OpenPfxError> {
        let password = Password::new("password");
        pollster::block_on(read_structure(structure, &password, &Portable)).err()
    }

    /// With a MAC that is right, or with none.
    fn structure(safes: Vec<Safe>, has_mac: bool) -> Structure {
        let mac = Mac::generate(Preset::Modern, 1, &mut UnwrapErr(SysRng));
        let mac_value = mac.compute(&Password::new("password"), None, b"").unwrap();
        let mac = has_mac.then_some(Ok(mac));
        Structure { is_ber: false, mac, mac_value, authenticated_safe: Vec::new(), safes }
    }

    #[test]
    fn what_does_not_decrypt_under_the_right_password_is_damaged() {
        let safes = || {
            let encryption = Ok(Encryption::generate_aes_256(1, &mut UnwrapErr(SysRng)));
            vec![Safe::Encrypted(Encrypted { encryption, ciphertext: vec![0; 15] })]
        };
        let damaged = Some(OpenPfxError::Damaged { part: Part::Safes });
        assert_eq!(opened(&structure(safes(), true)), damaged);
        assert_eq!(opened(&structure(safes(), false)), Some(OpenPfxError::WrongPassword));
    }

    #[test]
    fn nonsense_is_damage_where_a_mac_says_that_the_password_is_right() {
        let safes = || {
            let value = BagValue::Certificate(b"nonsense".to_vec());
            vec![Safe::Plain(vec![Bag { value, friendly_name: String::new(), local_key_id: Vec::new() }])]
        };
        let damaged = Some(OpenPfxError::Damaged { part: Part::Certificate });
        assert_eq!(opened(&structure(safes(), true)), damaged);
        assert_eq!(opened(&structure(safes(), false)), Some(OpenPfxError::WrongPassword));
    }

    #[test]
    fn where_nothing_is_encrypted_a_wrong_mac_is_a_wrong_password() {
        let mut structure = structure(Vec::new(), true);
        assert_eq!(opened(&structure), None);
        structure.mac_value.fill(0);
        assert_eq!(opened(&structure), Some(OpenPfxError::WrongPassword));
    }

    #[test]
    fn more_work_than_the_limit_is_refused() {
        assert_eq!(check_sum(MAXIMUM_WORK), Ok(()));
        let iterations = MAXIMUM_WORK + 1;
        let refused = OpenPfxError::TooManyIterations { iterations, limit: MAXIMUM_WORK };
        assert_eq!(check_sum(iterations), Err(refused));
    }
}

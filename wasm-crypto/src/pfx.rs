//! PFX files (PKCS #12): the key, its certificate and the chain, under one password, as mail programs import them.
//!
//! Nearly every program reports a scheme that it does not know as a wrong password. So few presets are written, with
//! nothing to choose inside, each made of what the programs were seen to read; and of a file that somebody else wrote
//! it is said what it is made of.

mod certificate_parts;
mod chain;
mod contents;
mod conversion;
mod decryption;
mod description;
mod error;
mod listed_key;
mod mac;
mod not_a_pfx;
mod opening;
mod preset;
mod readers;
mod reading;
mod safe;
mod structure;
mod work;

pub use crate::{password_based_encryption::UnsupportedScheme, private_key::RefusedKey};
pub use chain::CertificatePath;
pub use contents::{Contents, Entry, OpenedPfx, Unread, UnreadPart};
pub use conversion::{Examined, Finding, convert, examine};
pub use description::{Description, NotRead, Protection, Refusal, describe};
pub use error::{OpenPfxError, Part, PfxError, Protected};
pub use listed_key::ListedKey;
pub use not_a_pfx::NotAPfx;
pub use opening::{Opening, Passwords};
pub use preset::{Preset, Recommendation, Use, file_name};
pub use reading::{open, read};
pub use work::Effort;

use crate::{
    key_pair::KeyPair,
    passphrase,
    password_based_encryption::{Password, derive_cipher_keys},
    pbkdf2::Pbkdf2,
};
use chain::{FoundCertificate, link};
use der::{Any, Encode, asn1::OctetString};
use mac::Mac;
use pkcs12::{AuthenticatedSafe, Pfx, cms::content_info::ContentInfo, pfx::Version};
use pki::certificate::Certificate;
use rand_core::CryptoRng;

/// Of each of the three derivations. Our choice: with the sum of 300,000, half of what Windows accepts at most.
const ITERATIONS: u32 = 100_000;

/// Other salts are tried so often before one that some programs stumble over is taken after all. Our choice: as unlikely as
/// to guess the key, unless the random numbers are not random.
const SALT_TRIES: u32 = 16;

/// What stands in a PFX.
#[derive(Debug)]
pub struct PfxContent<'a> {
    /// The key.
    pub key: &'a KeyPair,
    /// Its certificate, DER.
    pub leaf_der: &'a [u8],
    /// The certificates above it, issuing CA first, DER.
    pub chain_der: &'a [Vec<u8>],
    /// The name that programs show for the entry: the mailbox.
    pub friendly_name: &'a str,
}

/// Writes a PFX, opens it again and compares what is inside.
///
/// # Errors
/// When the password is not accepted, a certificate does not fit, or the file does not pass.
pub async fn write(
    content: &PfxContent<'_>,
    password: &str,
    preset: Preset,
    random: &mut impl CryptoRng,
    pbkdf2: &impl Pbkdf2,
) -> Result<Vec<u8>, PfxError> {
    passphrase::check(password)?;
    check_certificates(content)?;
    write_and_open(content, password, preset, random, pbkdf2).await
}

async fn write_and_open(
    content: &PfxContent<'_>,
    password: &str,
    preset: Preset,
    random: &mut impl CryptoRng,
    pbkdf2: &impl Pbkdf2,
) -> Result<Vec<u8>, PfxError> {
    let password = &Password::new(password);
    let pfx = write_with_iterations(content, password, preset, ITERATIONS, random, pbkdf2).await?;
    let opened = reading::open_with(&pfx, password, pbkdf2).await;
    let opened = opened.map_err(|source| PfxError::NotOpened { source })?;
    if opened.holds(content) { Ok(pfx) } else { Err(PfxError::OtherContent) }
}

fn check_certificates(content: &PfxContent<'_>) -> Result<(), PfxError> {
    let read = |der: &[u8]| {
        let certificate = Certificate::from_der(der).map_err(|source| PfxError::Certificate { source })?;
        let found = FoundCertificate::from_der(der).ok_or(PfxError::BrokenChain)?;
        Ok::<_, PfxError>((certificate, found))
    };
    let (mut certificate, mut found) = read(content.leaf_der)?;
    if certificate.public_key().spki_der() != content.key.spki_der() {
        return Err(PfxError::OtherKey);
    }
    for issuer_der in content.chain_der {
        let (issuer, found_issuer) = read(issuer_der)?;
        if certificate.issuer_text() != issuer.subject_text() || link(&found, &found_issuer).is_none() {
            return Err(PfxError::BrokenChain);
        }
        (certificate, found) = (issuer, found_issuer);
    }
    Ok(())
}

async fn write_with_iterations(
    content: &PfxContent<'_>,
    password: &Password,
    preset: Preset,
    iterations: u32,
    random: &mut impl CryptoRng,
    pbkdf2: &impl Pbkdf2,
) -> Result<Vec<u8>, PfxError> {
    let mut encryptions = preset.generate_encryptions(iterations, random);
    let mac = Mac::generate(preset, iterations, random);
    let mut tries = 0..SALT_TRIES;
    let ([certificates_key, key_key], mac_key) = loop {
        let derived = derive_cipher_keys(&encryptions.each_ref(), mac.derivation(), password, pbkdf2).await?;
        let keys = <[_; 2]>::try_from(derived.0).or(Err(PfxError::Encryption))?;
        let loses_a_zero = encryptions.iter().zip(&keys).any(|(by, key)| by.loses_a_zero(key, password));
        if !loses_a_zero || tries.next().is_none() {
            break (keys, derived.1);
        }
        encryptions = preset.generate_encryptions(iterations, random);
    };
    let [of_certificates, of_key] = encryptions;

    let attributes = safe::entry_attributes(content.friendly_name, content.leaf_der)?;
    let certificates = safe::certificate_bags(content, &attributes)?.to_der()?;
    let certificates = of_certificates.encrypt(&certificates_key, &certificates)?;
    let certificates = safe::encrypted(&of_certificates, certificates)?;

    let private_key = content.key.to_pkcs8_der().map_err(|source| PfxError::Key { source })?;
    let private_key = of_key.encrypt(&key_key, private_key.as_bytes())?;
    let private_key = safe::plain(&safe::key_bag(&of_key, private_key, attributes)?)?;

    let authenticated_safe: AuthenticatedSafe<'_> = vec![certificates, private_key];
    let authenticated_safe = authenticated_safe.to_der()?;
    let mac_value = mac.compute(password, mac_key, &authenticated_safe)?;
    let pfx = Pfx {
        version: Version::V3,
        auth_safe: ContentInfo {
            content_type: const_oid::db::rfc5911::ID_DATA,
            content: Any::encode_from(&OctetString::new(authenticated_safe)?)?,
        },
        mac_data: Some(mac.data(mac_value)?),
    };
    Ok(pfx.to_der()?)
}

#[cfg(test)]
mod golden_tests;
#[cfg(test)]
mod tests;

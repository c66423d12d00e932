//! The structure of a PFX, of any writer: what can be read before the password is known, and bags.
//!
//! RFC 7292 §4, with structures of RFC 5652 inside. Written here, as the crates read only DER of their own order.

use super::{OpenPfxError, Part, mac::Mac, not_a_pfx};
use crate::{
    password_based_encryption::{Encryption, EncryptionError},
    pbkdf2::Secret,
};
use der::{AnyRef, Decode, Reader, Sequence, SliceReader, Tag, Tagged, asn1::ObjectIdentifier};
use pkcs12::{PKCS_12_CERT_BAG_OID, PKCS_12_KEY_BAG_OID, PKCS_12_PKCS8_KEY_BAG_OID, PKCS_12_X509_CERT_OID};
use pki::ber::{self, BerError};
use spki::AlgorithmIdentifierOwned;
use std::borrow::Cow;
use zeroize::Zeroizing;

/// A larger file is not read. Our choice: ten times the largest truststore that programs ship.
pub(super) const LIMIT_BYTES: usize = 2 * 1024 * 1024;

/// More bags are not read. Our choice: three times the largest truststore that programs ship.
const MAXIMUM_BAGS: usize = 1000;

#[derive(Sequence)]
struct PfxSequence<'a> {
    version: u8,
    auth_safe: ContentInfo<'a>,
    #[asn1(optional = "true")]
    mac_data: Option<MacSequence<'a>>,
}

#[derive(Sequence)]
struct ContentInfo<'a> {
    content_type: ObjectIdentifier,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    content: Option<AnyRef<'a>>,
}

#[derive(Sequence)]
struct MacSequence<'a> {
    mac: DigestSequence<'a>,
    salt: AnyRef<'a>,
    #[asn1(optional = "true")]
    iterations: Option<u32>,
}

#[derive(Sequence)]
struct DigestSequence<'a> {
    algorithm: AlgorithmIdentifierOwned,
    digest: AnyRef<'a>,
}

#[derive(Sequence)]
struct EncryptedPrivateKeyInfo<'a> {
    algorithm: AlgorithmIdentifierOwned,
    ciphertext: AnyRef<'a>,
}

#[derive(Sequence)]
struct CertBag<'a> {
    cert_id: ObjectIdentifier,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT")]
    cert_value: AnyRef<'a>,
}

/// A PFX, read as far as it goes without the password.
#[derive(Debug)]
pub(super) struct Structure {
    /// Not DER: lengths without an end, or strings in pieces.
    pub(super) is_ber: bool,
    /// None when there is no MAC.
    pub(super) mac: Option<Result<Mac, EncryptionError>>,
    pub(super) mac_value: Vec<u8>,
    /// What the MAC is over.
    pub(super) authenticated_safe: Vec<u8>,
    pub(super) safes: Vec<Safe>,
}

#[derive(Debug)]
pub(super) enum Safe {
    Plain(Vec<Bag>),
    Encrypted(Encrypted),
    /// Under a public key or signed, which nobody writes.
    Unsupported(ObjectIdentifier),
}

/// Bytes and how they are encrypted.
#[derive(Debug)]
pub(super) struct Encrypted {
    pub(super) encryption: Result<Encryption, EncryptionError>,
    pub(super) ciphertext: Vec<u8>,
}

#[derive(Debug)]
pub(super) struct Bag {
    pub(super) value: BagValue,
    /// Empty when it has none.
    pub(super) friendly_name: String,
    /// Empty when it has none.
    pub(super) local_key_id: Vec<u8>,
}

#[derive(Debug)]
pub(super) enum BagValue {
    Certificate(Vec<u8>),
    EncryptedKey(Encrypted),
    Key(Secret),
    /// A CRL, a secret, or something of one program: left alone.
    Other,
}

impl Structure {
    pub(super) fn from_bytes(bytes: &[u8]) -> Result<Self, OpenPfxError> {
        if bytes.len() > LIMIT_BYTES {
            return Err(OpenPfxError::TooLarge { bytes: bytes.len(), limit: LIMIT_BYTES });
        }
        let text = not_a_pfx::find(bytes)?;
        let bytes = text.as_ref().map_or(bytes, |content| content.bytes.as_slice());
        let der = ber::to_der(bytes).map_err(|error| match error {
            BerError::CutOff => OpenPfxError::CutOff,
            BerError::Trailing => OpenPfxError::Damaged { part: Part::End },
            BerError::Malformed => OpenPfxError::Damaged { part: Part::Outside },
        })?;
        let is_ber = matches!(der, Cow::Owned(_));
        let pfx = PfxSequence::from_der(&der).map_err(|_undecodable| damaged(Part::Outside))?;
        let authenticated_safe = data(&pfx.auth_safe)?.to_vec();
        let (mac, mac_value) = match &pfx.mac_data {
            None => (None, Vec::new()),
            Some(MacSequence { mac, salt, iterations }) => {
                let salt = octets(*salt, Part::Mac)?;
                let scheme = Mac::from_parts(&mac.algorithm, salt, iterations.unwrap_or(1));
                (Some(scheme), octets(mac.digest, Part::Mac)?.to_vec())
            }
        };
        let safes = safes(&authenticated_safe)?;
        Ok(Self { is_ber, mac, mac_value, authenticated_safe, safes })
    }
}

fn damaged(part: Part) -> OpenPfxError {
    OpenPfxError::Damaged { part }
}

fn octets(any: AnyRef<'_>, part: Part) -> Result<&[u8], OpenPfxError> {
    if any.tag() == Tag::OctetString { Ok(any.value()) } else { Err(damaged(part)) }
}

/// The content of `Data`.
fn data<'a>(info: &ContentInfo<'a>) -> Result<&'a [u8], OpenPfxError> {
    if info.content_type != const_oid::db::rfc5911::ID_DATA {
        return Err(unsupported(info.content_type));
    }
    octets(info.content.ok_or_else(|| damaged(Part::Safes))?, Part::Safes)
}

fn unsupported(oid: ObjectIdentifier) -> OpenPfxError {
    EncryptionError::from(oid).into()
}

/// The elements of a sequence.
fn elements(der: &[u8], part: Part) -> Result<Vec<AnyRef<'_>>, OpenPfxError> {
    let outer = AnyRef::from_der(der).map_err(|_undecodable| damaged(part))?;
    let mut reader = SliceReader::new(outer.value()).map_err(|_undecodable| damaged(part))?;
    let mut elements = Vec::new();
    while !reader.is_finished() {
        if elements.len() >= MAXIMUM_BAGS {
            return Err(OpenPfxError::TooManyParts { limit: MAXIMUM_BAGS });
        }
        elements.push(reader.decode().map_err(|_undecodable| damaged(part))?);
    }
    if outer.tag() == Tag::Sequence { Ok(elements) } else { Err(damaged(part)) }
}

fn safes(authenticated_safe: &[u8]) -> Result<Vec<Safe>, OpenPfxError> {
    let der = ber::to_der(authenticated_safe).map_err(|_undecodable| damaged(Part::Safes))?;
    elements(&der, Part::Safes)?.into_iter().map(safe).collect()
}

fn safe(any: AnyRef<'_>) -> Result<Safe, OpenPfxError> {
    let info: ContentInfo<'_> = any.decode_as().map_err(|_undecodable| damaged(Part::Safes))?;
    match info.content_type {
        const_oid::db::rfc5911::ID_DATA => bags(data(&info)?).map(Safe::Plain),
        const_oid::db::rfc5911::ID_ENCRYPTED_DATA => {
            encrypted_data(info.content.ok_or_else(|| damaged(Part::Safes))?).map(Safe::Encrypted)
        }
        other => Ok(Safe::Unsupported(other)),
    }
}

/// `EncryptedData`, RFC 5652 §8: a version, then `EncryptedContentInfo`, then perhaps attributes.
fn encrypted_data(any: AnyRef<'_>) -> Result<Encrypted, OpenPfxError> {
    let read = || -> der::Result<(AlgorithmIdentifierOwned, AnyRef<'_>)> {
        let mut reader = SliceReader::new(any.value())?;
        reader.decode::<u8>()?;
        let info: AnyRef<'_> = reader.decode()?;
        let mut reader = SliceReader::new(info.value())?;
        reader.decode::<ObjectIdentifier>()?;
        Ok((reader.decode()?, reader.decode()?))
    };
    let (algorithm, content) = read().map_err(|_undecodable| damaged(Part::Safes))?;
    let ciphertext = match content.tag() {
        Tag::ContextSpecific { constructed: false, .. } => content.value().to_vec(),
        // In BER the string may stand in pieces; that it is a string, its tag does not say.
        Tag::ContextSpecific { constructed: true, .. } => pieces(content.value())?,
        _ => return Err(damaged(Part::Safes)),
    };
    Ok(Encrypted { encryption: Encryption::from_identifier(&algorithm), ciphertext })
}

fn pieces(der: &[u8]) -> Result<Vec<u8>, OpenPfxError> {
    let mut reader = SliceReader::new(der).map_err(|_undecodable| damaged(Part::Safes))?;
    let mut joined = Vec::new();
    while !reader.is_finished() {
        let piece = reader.decode().map_err(|_undecodable| damaged(Part::Safes))?;
        joined.extend_from_slice(octets(piece, Part::Safes)?);
    }
    Ok(joined)
}

/// The bags of a safe.
pub(super) fn bags(safe_contents: &[u8]) -> Result<Vec<Bag>, OpenPfxError> {
    let der = ber::to_der(safe_contents).map_err(|_undecodable| damaged(Part::Bag))?;
    elements(&der, Part::Bag)?.into_iter().map(bag).collect()
}

fn bag(any: AnyRef<'_>) -> Result<Bag, OpenPfxError> {
    let read = || -> der::Result<(ObjectIdentifier, AnyRef<'_>, Option<AnyRef<'_>>)> {
        let mut reader = SliceReader::new(any.value())?;
        let (id, explicit): (_, AnyRef<'_>) = (reader.decode()?, reader.decode()?);
        let attributes = if reader.is_finished() { None } else { Some(reader.decode()?) };
        Ok((id, AnyRef::from_der(explicit.value())?, attributes))
    };
    let (id, value, attributes) = read().map_err(|_undecodable| damaged(Part::Bag))?;
    let value = match id {
        PKCS_12_CERT_BAG_OID => certificate(value)?,
        PKCS_12_PKCS8_KEY_BAG_OID => {
            let info: EncryptedPrivateKeyInfo<'_> =
                value.decode_as().map_err(|_undecodable| damaged(Part::Key))?;
            let encryption = Encryption::from_identifier(&info.algorithm);
            let ciphertext = octets(info.ciphertext, Part::Key)?.to_vec();
            BagValue::EncryptedKey(Encrypted { encryption, ciphertext })
        }
        PKCS_12_KEY_BAG_OID => BagValue::Key(Zeroizing::new(
            der::Encode::to_der(&value).map_err(|_undecodable| damaged(Part::Key))?,
        )),
        _ => BagValue::Other,
    };
    let mut bag = Bag { value, friendly_name: String::new(), local_key_id: Vec::new() };
    bag.read_attributes(attributes);
    Ok(bag)
}

fn certificate(any: AnyRef<'_>) -> Result<BagValue, OpenPfxError> {
    let bag: CertBag<'_> = any.decode_as().map_err(|_undecodable| damaged(Part::Certificate))?;
    if bag.cert_id == PKCS_12_X509_CERT_OID {
        Ok(BagValue::Certificate(octets(bag.cert_value, Part::Certificate)?.to_vec()))
    } else {
        Ok(BagValue::Other)
    }
}

impl Bag {
    /// What cannot be read of them is as if it were not there: no key or certificate depends on it.
    fn read_attributes(&mut self, attributes: Option<AnyRef<'_>>) {
        let mut reader = attributes.and_then(|attributes| SliceReader::new(attributes.value()).ok());
        while let Some(attribute) = reader.as_mut().and_then(|reader| reader.decode::<AnyRef<'_>>().ok()) {
            let Some((oid, value)) = first_value(attribute) else { continue };
            match oid {
                const_oid::db::rfc2985::PKCS_9_AT_FRIENDLY_NAME => {
                    self.friendly_name = bmp_text(value.value());
                }
                const_oid::db::rfc2985::PKCS_9_AT_LOCAL_KEY_ID => {
                    self.local_key_id = value.value().to_vec();
                }
                _ => {}
            }
        }
    }
}

fn first_value(attribute: AnyRef<'_>) -> Option<(ObjectIdentifier, AnyRef<'_>)> {
    let mut reader = SliceReader::new(attribute.value()).ok()?;
    let (oid, values): (_, AnyRef<'_>) = (reader.decode().ok()?, reader.decode().ok()?);
    let mut values = SliceReader::new(values.value()).ok()?;
    Some((oid, values.decode().ok()?))
}

/// UTF-16, big-endian: programs write characters outside the BMP as two units.
fn bmp_text(bytes: &[u8]) -> String {
    let units = bytes.as_chunks().0.iter().map(|unit| u16::from_be_bytes(*unit));
    char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
}

//! The structure of a PFX, of any writer: what can be read before the password is known, and bags.
//!
//! RFC 7292 §4, with structures of RFC 5652 inside. Written here, as the crates read only DER of their own order.

use super::{OpenPfxError, Part, mac::Mac, not_a_pfx};
use crate::{
    password_based_encryption::{Encryption, EncryptionError},
    pbkdf2::Secret,
};
use der::{AnyRef, Decode, Reader, Sequence, SliceReader, Tag, Tagged, asn1::ObjectIdentifier};
use pkcs12::{
    PKCS_12_CERT_BAG_OID, PKCS_12_KEY_BAG_OID, PKCS_12_PKCS8_KEY_BAG_OID, PKCS_12_SAFE_CONTENTS_BAG_OID,
    PKCS_12_X509_CERT_OID,
};
use pki::ber::{self, BerError};
use spki::AlgorithmIdentifierOwned;
use std::borrow::Cow;
use zeroize::Zeroizing;

/// A larger file is not read. Our choice: ten times the largest truststore that programs ship.
pub(super) const LIMIT_BYTES: usize = 2 * 1024 * 1024;

/// More bags are not read. Our choice: three times the largest truststore that programs ship.
const MAXIMUM_BAGS: usize = 1000;

/// Safe contents inside safe contents inside …: deeper ones are not read. Our choice: OpenSSL reads any depth, and nobody writes two.
const MAXIMUM_DEPTH: usize = 8;

#[derive(Sequence)]
struct PfxSequence<'a> {
    version: u8,
    auth_safe: ContentInfo<'a>,
    #[asn1(optional = "true")]
    mac_data: Option<MacSequence<'a>>,
}

// Identifiers stand here as they came: one with a number of more than 32 bits is no reason to refuse the file around it.

#[derive(Sequence)]
struct ContentInfo<'a> {
    content_type: AnyRef<'a>,
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
    algorithm: AnyRef<'a>,
    digest: AnyRef<'a>,
}

#[derive(Sequence)]
struct EncryptedPrivateKeyInfo<'a> {
    algorithm: AnyRef<'a>,
    ciphertext: AnyRef<'a>,
}

#[derive(Sequence)]
struct CertBag<'a> {
    cert_id: AnyRef<'a>,
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
    /// Under a public key or signed, which nobody writes. None for a kind whose identifier is not read.
    Unsupported(Option<ObjectIdentifier>),
    /// Not as it should be.
    Unreadable(Part),
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
    /// Not as it should be.
    Unreadable(Part),
}

impl Structure {
    /// Reads the PFX in a file or a text.
    pub(super) fn find(input: &[u8]) -> Result<Self, OpenPfxError> {
        if input.len() > LIMIT_BYTES {
            return Err(OpenPfxError::TooLarge { bytes: input.len(), limit: LIMIT_BYTES });
        }
        let text = not_a_pfx::find(input)?;
        Self::from_bytes(text.as_ref().map_or(input, |content| content.bytes.as_slice()))
    }

    /// Reads what is a PFX as it stands.
    pub(super) fn from_bytes(bytes: &[u8]) -> Result<Self, OpenPfxError> {
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
                let scheme = algorithm(mac.algorithm)
                    .and_then(|algorithm| Mac::from_parts(&algorithm, salt, iterations.unwrap_or(1)));
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

/// A sequence, its length, and what stands first in it.
pub(super) fn begins_with(bytes: &[u8], first: &[u8]) -> bool {
    let [0x30, length, rest @ ..] = bytes else { return false };
    // The long form says how many bytes of length follow. X.690 §8.1.3.5.
    let more = usize::from(length.saturating_sub(0x80));
    rest.get(more..).is_some_and(|inside| inside.starts_with(first))
}

/// Whether the bytes are one whole sequence.
pub(super) fn is_sequence(bytes: &[u8]) -> bool {
    bytes.first() == Some(&0x30) && ber::to_der(bytes).is_ok()
}

/// None for what is no identifier, or one with a number of more than 32 bits.
fn object_identifier(any: AnyRef<'_>) -> Option<ObjectIdentifier> {
    any.decode_as().ok()
}

fn algorithm(any: AnyRef<'_>) -> Result<AlgorithmIdentifierOwned, EncryptionError> {
    any.decode_as().or(Err(EncryptionError::Malformed))
}

fn encryption(any: AnyRef<'_>) -> Result<Encryption, EncryptionError> {
    Encryption::from_identifier(&algorithm(any)?)
}

fn octets(any: AnyRef<'_>, part: Part) -> Result<&[u8], OpenPfxError> {
    if any.tag() == Tag::OctetString { Ok(any.value()) } else { Err(damaged(part)) }
}

/// The content of `Data`.
fn data<'a>(info: &ContentInfo<'a>) -> Result<&'a [u8], OpenPfxError> {
    match object_identifier(info.content_type) {
        Some(const_oid::db::rfc5911::ID_DATA) => {}
        Some(other) => return Err(unsupported(other)),
        None => return Err(damaged(Part::Safes)),
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
    let safes = elements(&der, Part::Safes)?.into_iter().map(safe);
    safes.map(|safe| or_unreadable(safe, Safe::Unreadable)).collect()
}

/// What is damaged is listed beside what is not.
fn or_unreadable<T>(read: Result<T, OpenPfxError>, unreadable: fn(Part) -> T) -> Result<T, OpenPfxError> {
    match read {
        Err(OpenPfxError::Damaged { part }) => Ok(unreadable(part)),
        read => read,
    }
}

fn safe(any: AnyRef<'_>) -> Result<Safe, OpenPfxError> {
    let info: ContentInfo<'_> = any.decode_as().map_err(|_undecodable| damaged(Part::Safes))?;
    match object_identifier(info.content_type) {
        Some(const_oid::db::rfc5911::ID_DATA) => bags(data(&info)?).map(Safe::Plain),
        Some(const_oid::db::rfc5911::ID_ENCRYPTED_DATA) => {
            encrypted_data(info.content.ok_or_else(|| damaged(Part::Safes))?).map(Safe::Encrypted)
        }
        other => Ok(Safe::Unsupported(other)),
    }
}

/// `EncryptedData`, RFC 5652 §8: a version, then `EncryptedContentInfo`, then perhaps attributes.
fn encrypted_data(any: AnyRef<'_>) -> Result<Encrypted, OpenPfxError> {
    let read = || -> der::Result<(AnyRef<'_>, AnyRef<'_>)> {
        let mut reader = SliceReader::new(any.value())?;
        reader.decode::<u8>()?;
        let info: AnyRef<'_> = reader.decode()?;
        let mut reader = SliceReader::new(info.value())?;
        let _content_type: AnyRef<'_> = reader.decode()?;
        Ok((reader.decode()?, reader.decode()?))
    };
    let (algorithm, content) = read().map_err(|_undecodable| damaged(Part::Safes))?;
    let ciphertext = match content.tag() {
        Tag::ContextSpecific { constructed: false, .. } => content.value().to_vec(),
        // In BER the string may stand in pieces; that it is a string, its tag does not say.
        Tag::ContextSpecific { constructed: true, .. } => pieces(content.value())?,
        _ => return Err(damaged(Part::Safes)),
    };
    Ok(Encrypted { encryption: encryption(algorithm), ciphertext })
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

/// The bags of a safe, those of safe contents inside it in their place.
pub(super) fn bags(safe_contents: &[u8]) -> Result<Vec<Bag>, OpenPfxError> {
    let der = ber::to_der(safe_contents).map_err(|_undecodable| damaged(Part::Bag))?;
    let mut bags = Vec::new();
    read_bags(&der, 0, &mut bags)?;
    Ok(bags)
}

fn read_bags(safe_contents: &[u8], depth: usize, bags: &mut Vec<Bag>) -> Result<(), OpenPfxError> {
    if depth > MAXIMUM_DEPTH {
        return Err(damaged(Part::Bag));
    }
    for any in elements(safe_contents, Part::Bag)? {
        match or_unreadable(bag(any), |part| ReadBag::One(Bag::new(BagValue::Unreadable(part))))? {
            ReadBag::One(bag) if bags.len() < MAXIMUM_BAGS => bags.push(bag),
            ReadBag::One(_) => return Err(OpenPfxError::TooManyParts { limit: MAXIMUM_BAGS }),
            ReadBag::SafeContents(inside) => read_bags(&inside, depth.saturating_add(1), bags)?,
        }
    }
    Ok(())
}

/// A bag, or more of them in one. RFC 7292 §4.2.6.
enum ReadBag {
    One(Bag),
    /// DER.
    SafeContents(Vec<u8>),
}

fn bag(any: AnyRef<'_>) -> Result<ReadBag, OpenPfxError> {
    let read = || -> der::Result<(AnyRef<'_>, AnyRef<'_>, Option<AnyRef<'_>>)> {
        let mut reader = SliceReader::new(any.value())?;
        let (id, explicit): (_, AnyRef<'_>) = (reader.decode()?, reader.decode()?);
        let attributes = if reader.is_finished() { None } else { Some(reader.decode()?) };
        Ok((id, AnyRef::from_der(explicit.value())?, attributes))
    };
    let (id, value, attributes) = read().map_err(|_undecodable| damaged(Part::Bag))?;
    let encode = |part| der::Encode::to_der(&value).map_err(|_undecodable| damaged(part));
    let value = match object_identifier(id) {
        Some(PKCS_12_CERT_BAG_OID) => certificate(value)?,
        Some(PKCS_12_PKCS8_KEY_BAG_OID) => encrypted_key(value)?,
        Some(PKCS_12_KEY_BAG_OID) => BagValue::Key(Zeroizing::new(encode(Part::Key)?)),
        Some(PKCS_12_SAFE_CONTENTS_BAG_OID) => return encode(Part::Bag).map(ReadBag::SafeContents),
        _ => BagValue::Other,
    };
    let mut bag = Bag::new(value);
    bag.read_attributes(attributes);
    Ok(ReadBag::One(bag))
}

fn encrypted_key(any: AnyRef<'_>) -> Result<BagValue, OpenPfxError> {
    let info: EncryptedPrivateKeyInfo<'_> = any.decode_as().map_err(|_undecodable| damaged(Part::Key))?;
    let ciphertext = octets(info.ciphertext, Part::Key)?.to_vec();
    Ok(BagValue::EncryptedKey(Encrypted { encryption: encryption(info.algorithm), ciphertext }))
}

fn certificate(any: AnyRef<'_>) -> Result<BagValue, OpenPfxError> {
    let bag: CertBag<'_> = any.decode_as().map_err(|_undecodable| damaged(Part::Certificate))?;
    if object_identifier(bag.cert_id) == Some(PKCS_12_X509_CERT_OID) {
        Ok(BagValue::Certificate(octets(bag.cert_value, Part::Certificate)?.to_vec()))
    } else {
        Ok(BagValue::Other)
    }
}

impl Bag {
    fn new(value: BagValue) -> Self {
        Self { value, friendly_name: String::new(), local_key_id: Vec::new() }
    }

    /// What cannot be read of them is as if it were not there: no key or certificate depends on it.
    fn read_attributes(&mut self, attributes: Option<AnyRef<'_>>) {
        let mut reader = attributes.and_then(|attributes| SliceReader::new(attributes.value()).ok());
        while let Some(attribute) = reader.as_mut().and_then(|reader| reader.decode::<AnyRef<'_>>().ok()) {
            let Some((oid, value)) = first_value(attribute) else { continue };
            match oid {
                const_oid::db::rfc2985::PKCS_9_AT_FRIENDLY_NAME => {
                    self.friendly_name = text(value);
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

/// A name as text: it should be a `BMPString` (RFC 2985 §5.5.1), and stands in other strings too. Empty where it is in none that is
/// known. Some programs end it with a zero character.
fn text(any: AnyRef<'_>) -> String {
    let bytes = any.value();
    let text = match any.tag() {
        Tag::BmpString => bmp_text(bytes),
        Tag::Utf8String => str::from_utf8(bytes).unwrap_or_default().to_owned(),
        Tag::PrintableString | Tag::Ia5String | Tag::VisibleString | Tag::NumericString => {
            str::from_utf8(bytes).ok().filter(|text| text.is_ascii()).unwrap_or_default().to_owned()
        }
        // Its characters were never agreed on; everybody takes it for Latin-1.
        Tag::TeletexString => bytes.iter().map(|byte| char::from(*byte)).collect(),
        _ => String::new(),
    };
    text.trim_end_matches('\0').to_owned()
}

/// UTF-16, big-endian: programs write characters outside the BMP as two units.
fn bmp_text(bytes: &[u8]) -> String {
    let units = bytes.as_chunks().0.iter().map(|unit| u16::from_be_bytes(*unit));
    char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
}

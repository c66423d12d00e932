//! What finds a certificate's place: its names, its key, its dates, and how it names keys. A CA's may be of kinds that we
//! would never certify.

use der::{AnyRef, Decode, Encode, Reader, SliceReader, Tag, Tagged};
use x509_cert::time::Time;

/// The content of the object identifiers of subjectKeyIdentifier and authorityKeyIdentifier. RFC 5280 §4.2.1.1 and §4.2.1.2.
const SUBJECT_KEY_IDENTIFIER: &[u8] = b"\x55\x1D\x0E";
const AUTHORITY_KEY_IDENTIFIER: &[u8] = b"\x55\x1D\x23";

/// DER of parts of a certificate. RFC 5280 §4.1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct CertificateParts {
    /// The content of the number.
    pub(super) serial_number: Vec<u8>,
    pub(super) issuer: Vec<u8>,
    pub(super) subject: Vec<u8>,
    pub(super) spki: Vec<u8>,
    /// Unix time in seconds; None where it is no date that exists.
    pub(super) not_before: Option<u64>,
    /// The same of the last second.
    pub(super) not_after: Option<u64>,
    /// The content of subjectKeyIdentifier.
    subject_key_identifier: Option<Vec<u8>>,
    authority: AuthorityKey,
}

/// How a certificate names the key that signed it. RFC 5280 §4.2.1.1.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct AuthorityKey {
    key_identifier: Option<Vec<u8>>,
    /// The issuer, DER, and the serial number, content, of the certificate above.
    certificate: Option<(Vec<u8>, Vec<u8>)>,
}

impl CertificateParts {
    /// None for what is no certificate.
    pub(super) fn from_der(der: &[u8]) -> Option<Self> {
        let certificate = AnyRef::from_der(der).ok()?;
        let mut reader = SliceReader::new(certificate.value()).ok()?;
        let to_be_signed: AnyRef<'_> = reader.decode().ok()?;
        let mut reader = SliceReader::new(to_be_signed.value()).ok()?;
        let mut next = || reader.decode::<AnyRef<'_>>().ok();
        let first = next()?;
        let serial_number = if first.tag().is_context_specific() { next()? } else { first };
        let (_algorithm, issuer, validity, subject, spki) = (next()?, next()?, next()?, next()?, next()?);
        let is_certificate = serial_number.tag() == Tag::Integer
            && [certificate, to_be_signed, issuer, subject, spki]
                .iter()
                .all(|any| any.tag() == Tag::Sequence);
        let encode = |any: AnyRef<'_>| any.to_der().ok();
        is_certificate.then_some(())?;
        let [not_before, not_after] = dates(validity);
        let mut parts = Self {
            serial_number: serial_number.value().to_vec(),
            issuer: encode(issuer)?,
            subject: encode(subject)?,
            spki: encode(spki)?,
            not_before,
            not_after,
            subject_key_identifier: None,
            authority: AuthorityKey::default(),
        };
        while let Some(part) = next() {
            if is_context(part, 3) {
                parts.read_extensions(part.value());
            }
        }
        Some(parts)
    }

    /// What cannot be read of them is as if it were not there.
    fn read_extensions(&mut self, explicit: &[u8]) {
        let extensions = AnyRef::from_der(explicit).ok();
        for extension in extensions.iter().flat_map(|extensions| inside(extensions.value())) {
            let parts = inside(extension.value());
            let (Some(oid), Some(value)) = (parts.first(), parts.last()) else { continue };
            let Ok(value) = AnyRef::from_der(value.value()) else { continue };
            match oid.value() {
                SUBJECT_KEY_IDENTIFIER if value.tag() == Tag::OctetString => {
                    self.subject_key_identifier = Some(value.value().to_vec());
                }
                AUTHORITY_KEY_IDENTIFIER => self.authority = AuthorityKey::read(value.value()),
                _ => {}
            }
        }
    }

    /// Whether it is the last of a chain: a root, as far as names and key identifiers say. A CA that got a new key certifies
    /// it under its own name with the old one: that is no root.
    pub(super) fn ends_chain(&self) -> bool {
        self.issuer == self.subject && self.names_key_of(self) != Some(false)
    }

    /// Whether it names the key of the other as the one that signed it. None when it says nothing about it.
    pub(super) fn names_key_of(&self, other: &Self) -> Option<bool> {
        let named = self.authority.key_identifier.as_ref().zip(other.subject_key_identifier.as_ref());
        named.map(|(authority, subject)| authority == subject).or_else(|| self.names_certificate(other))
    }

    /// Whether it names the other by issuer and serial number. None when it names none so.
    pub(super) fn names_certificate(&self, other: &Self) -> Option<bool> {
        let (issuer, serial_number) = self.authority.certificate.as_ref()?;
        Some(*issuer == other.issuer && *serial_number == other.serial_number)
    }

    /// Whether the moment, Unix time in seconds, is within its dates.
    pub(super) fn is_valid_at(&self, now: u64) -> bool {
        self.not_before.is_some_and(|first| first <= now) && self.not_after.is_some_and(|last| now <= last)
    }
}

impl AuthorityKey {
    fn read(content: &[u8]) -> Self {
        let parts = inside(content);
        let find = |number| parts.iter().find(|part| is_context(**part, number));
        // GeneralNames with one directoryName. RFC 5280 §4.2.1.6.
        let issuer = find(1).and_then(|names| {
            let name = inside(names.value()).into_iter().find(|name| is_context(*name, 4))?;
            Some(name.value().to_vec())
        });
        Self {
            key_identifier: find(0).map(|identifier| identifier.value().to_vec()),
            certificate: issuer.zip(find(2).map(|number| number.value().to_vec())),
        }
    }
}

/// The elements of a content, as far as they can be read.
fn inside(content: &[u8]) -> Vec<AnyRef<'_>> {
    let mut reader = SliceReader::new(content).ok();
    std::iter::from_fn(|| {
        let reader = reader.as_mut().filter(|reader| !reader.is_finished())?;
        reader.decode().ok()
    })
    .collect()
}

fn is_context(any: AnyRef<'_>, wanted: u32) -> bool {
    matches!(any.tag(), Tag::ContextSpecific { number, .. } if number.0 == wanted)
}

fn dates(validity: AnyRef<'_>) -> [Option<u64>; 2] {
    let dates = inside(validity.value());
    let date = |place: usize| {
        let time = Time::from_der(&dates.get(place)?.to_der().ok()?).ok()?;
        Some(time.to_unix_duration().as_secs())
    };
    [date(0), date(1)]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A sequence of empty sequences in place of the fields that follow the serial number.
    fn certificate(serial_number: &[u8], issuer: &[u8]) -> Vec<u8> {
        let fields = [serial_number, b"\x30\x00", issuer, b"\x30\x00\x30\x00\x30\x00"].concat();
        let wrap = |inside: &[u8]| [&[0x30, u8::try_from(inside.len()).unwrap()], inside].concat();
        wrap(&wrap(&fields))
    }

    #[test]
    fn what_has_no_serial_number_or_no_names_is_no_certificate() {
        let parts = CertificateParts::from_der(&certificate(b"\x02\x01\x01", b"\x30\x00")).unwrap();
        assert!(parts.ends_chain());
        assert_eq!(CertificateParts::from_der(&certificate(b"\x04\x01\x01", b"\x30\x00")), None);
        assert_eq!(CertificateParts::from_der(&certificate(b"\x02\x01\x01", b"\x31\x00")), None);
    }
}

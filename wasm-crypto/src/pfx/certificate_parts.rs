//! What finds a certificate's place: its names and its key. A CA's may be of kinds that we would never certify.

use der::{AnyRef, Decode, Encode, Reader, SliceReader, Tag, Tagged};

/// DER of parts of a certificate. RFC 5280 §4.1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct CertificateParts {
    pub(super) issuer: Vec<u8>,
    pub(super) subject: Vec<u8>,
    pub(super) spki: Vec<u8>,
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
        let (_algorithm, issuer, _validity, subject, spki) = (next()?, next()?, next()?, next()?, next()?);
        let is_certificate = serial_number.tag() == Tag::Integer
            && [certificate, to_be_signed, issuer, subject, spki]
                .iter()
                .all(|any| any.tag() == Tag::Sequence);
        let encode = |any: AnyRef<'_>| any.to_der().ok();
        is_certificate.then_some(())?;
        Some(Self { issuer: encode(issuer)?, subject: encode(subject)?, spki: encode(spki)? })
    }

    /// A root, as far as names tell.
    pub(super) fn is_self_issued(&self) -> bool {
        self.issuer == self.subject
    }
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
        assert!(parts.is_self_issued());
        assert_eq!(CertificateParts::from_der(&certificate(b"\x04\x01\x01", b"\x30\x00")), None);
        assert_eq!(CertificateParts::from_der(&certificate(b"\x02\x01\x01", b"\x31\x00")), None);
    }
}

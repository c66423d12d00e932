//! The to-be-signed part of a certificate, written and read.

use crate::key_policy::PublicKey;
use crate::profile::{SerialNumber, Validity, time};
use crate::signer::SignatureAlgorithm;
use der::asn1::UintRef;
use der::{AnyRef, Decode, Encode, Sequence};
use spki::AlgorithmIdentifierOwned;
use x509_cert::certificate::Version;
use x509_cert::ext::Extensions;

/// `TBSCertificate`, with names and key as the bytes that they are elsewhere: the issuer's name must be the subject of
/// the CA certificate byte for byte, and the key the one that was judged.
///
/// RFC 5280 §4.1, S/MIME BR §7.1.4.1.
#[derive(Clone, Debug, Sequence)]
pub(crate) struct TbsCertificate<'a> {
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", default = "Default::default")]
    pub(crate) version: Version,
    pub(crate) serial_number: UintRef<'a>,
    pub(crate) signature: AlgorithmIdentifierOwned,
    pub(crate) issuer: AnyRef<'a>,
    pub(crate) validity: x509_cert::time::Validity,
    pub(crate) subject: AnyRef<'a>,
    pub(crate) subject_public_key_info: AnyRef<'a>,
    #[asn1(context_specific = "3", tag_mode = "EXPLICIT", optional = "true")]
    pub(crate) extensions: Option<Extensions>,
}

/// The parts of a certificate to be written.
pub(crate) struct Parts<'a> {
    pub(crate) serial_number: &'a SerialNumber,
    pub(crate) signature_algorithm: SignatureAlgorithm,
    pub(crate) issuer_der: &'a [u8],
    pub(crate) validity: Validity,
    pub(crate) subject_der: &'a [u8],
    pub(crate) public_key: &'a PublicKey,
    pub(crate) extensions: Extensions,
}

impl Parts<'_> {
    /// The bytes to be signed.
    pub(crate) fn to_der(&self) -> der::Result<Vec<u8>> {
        TbsCertificate {
            version: Version::V3,
            serial_number: UintRef::new(self.serial_number.as_bytes())?,
            signature: self.signature_algorithm.identifier(),
            issuer: AnyRef::from_der(self.issuer_der)?,
            validity: x509_cert::time::Validity::new(
                time(self.validity.not_before())?,
                time(self.validity.not_after())?,
            ),
            subject: AnyRef::from_der(self.subject_der)?,
            subject_public_key_info: AnyRef::from_der(self.public_key.spki_der())?,
            extensions: Some(self.extensions.clone()),
        }
        .to_der()
    }
}

impl TbsCertificate<'_> {
    /// The validity in seconds.
    pub(crate) fn validity(&self) -> Option<Validity> {
        let seconds = |time: x509_cert::time::Time| time.to_unix_duration().as_secs();
        Validity::new(seconds(self.validity.not_before), seconds(self.validity.not_after)).ok()
    }
}

//! Whether a certificate was signed with a key. A CA that got a new key has two certificates of one name, and only the
//! signature says for certain which of them is above another.

use crate::element::{BIT_STRING, Element, SEQUENCE};
use crate::key_policy::PublicKey;
use crate::signature::{AlgorithmRejection, VerificationAlgorithm};
use der::Decode;
use spki::AlgorithmIdentifierRef;

/// What the signature of a certificate says about a public key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IssuerSignature {
    /// The key made it.
    Valid,
    /// Another key made it, or the certificate was changed.
    Invalid,
    /// Its algorithm or the key is none that is verified here: SHA-1, RSA-PSS, Ed25519, RSA of another size.
    Unverifiable,
}

/// Verifies the signature of a certificate with the key of a `SubjectPublicKeyInfo`, both DER. RFC 5280 §4.1.1.3.
///
/// Nothing else of the certificate counts: neither its names nor its validity.
pub fn verify_issuer_signature(certificate_der: &[u8], issuer_spki_der: &[u8]) -> IssuerSignature {
    let Some(parts) = Parts::read(certificate_der) else { return IssuerSignature::Unverifiable };
    let algorithm = AlgorithmIdentifierRef::from_der(parts.algorithm_der)
        .map_err(|_undecodable| AlgorithmRejection::Unsupported(None))
        .and_then(|identifier| VerificationAlgorithm::from_identifier(&identifier));
    let (Ok(algorithm), Ok(key)) = (algorithm, PublicKey::from_spki_der(issuer_spki_der)) else {
        return IssuerSignature::Unverifiable;
    };
    if algorithm.verifies(&key, parts.to_be_signed_der, parts.signature) {
        IssuerSignature::Valid
    } else {
        IssuerSignature::Invalid
    }
}

/// `Certificate` with what was signed as it came: a byte that is written otherwise is another message.
struct Parts<'a> {
    to_be_signed_der: &'a [u8],
    algorithm_der: &'a [u8],
    signature: &'a [u8],
}

impl<'a> Parts<'a> {
    fn read(certificate_der: &'a [u8]) -> Option<Self> {
        let [to_be_signed, algorithm, signature] =
            <[Element<'a>; 3]>::try_from(Element::read(certificate_der)?.inside(SEQUENCE)?).ok()?;
        // The first byte says how many bits at the end do not count: none, as signatures are bytes.
        let (unused_bits, signature_bytes) = signature.content.split_first()?;
        let is_signature = signature.identifier == BIT_STRING && *unused_bits == 0;
        is_signature.then_some(Self {
            to_be_signed_der: to_be_signed.der,
            algorithm_der: algorithm.der,
            signature: signature_bytes,
        })
    }
}

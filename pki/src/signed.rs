//! The frame that a request, a certificate and a CRL share: bytes, the algorithm of their signature, the signature.

use crate::signer::SignatureAlgorithm;
use der::asn1::BitStringRef;
use der::referenced::OwnedToRef;
use der::{AnyRef, Decode, Encode, Sequence};
use spki::AlgorithmIdentifierRef;

/// `SIGNED { … }` (X.509 §6.2.1; RFC 5280 §4.1, RFC 2986 §4.2).
///
/// What was signed stays as it came, so that a signature always is over the original bytes.
#[derive(Clone, Debug, Sequence)]
pub(crate) struct Signed<'a> {
    pub(crate) content: AnyRef<'a>,
    pub(crate) algorithm: AlgorithmIdentifierRef<'a>,
    pub(crate) signature: BitStringRef<'a>,
}

impl Signed<'_> {
    /// The bytes under the signature.
    pub(crate) fn to_be_signed_der(&self) -> der::Result<Vec<u8>> {
        self.content.to_der()
    }
}

/// Puts the frame around bytes and their signature.
pub(crate) fn frame(
    to_be_signed: &[u8],
    algorithm: SignatureAlgorithm,
    signature: &[u8],
) -> der::Result<Vec<u8>> {
    let algorithm = algorithm.identifier();
    Signed {
        content: AnyRef::from_der(to_be_signed)?,
        algorithm: algorithm.owned_to_ref(),
        signature: BitStringRef::from_bytes(signature)?,
    }
    .to_der()
}

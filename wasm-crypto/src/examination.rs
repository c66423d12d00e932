//! The verdict on a request, where somebody else can verify its signature faster than a module.
//!
//! It is always the one of [`pki::request::examine`]. Somebody else is believed when they find a signature right; whatever
//! else they say, or do not say, our own code decides.

#[cfg(target_arch = "wasm32")]
mod web;

#[cfg(target_arch = "wasm32")]
pub use web::WebCrypto;

use pki::request::{self, CertificationRequest, Defect, RequestSignature};
use std::future::Future;

/// What verifies signatures.
pub trait SignatureVerifier {
    /// Whether the signature is certainly right. False when it is wrong, and when that cannot be told.
    fn is_right(&self, signature: &RequestSignature<'_>) -> impl Future<Output = bool>;
}

/// Leaves it all to our own code, and is ready at once.
#[derive(Clone, Copy, Debug, Default)]
pub struct Portable;

impl SignatureVerifier for Portable {
    async fn is_right(&self, _: &RequestSignature<'_>) -> bool {
        false
    }
}

/// As [`pki::request::examine`].
///
/// # Errors
/// As [`pki::request::examine`].
pub async fn examine(
    input: &[u8],
    verifier: &impl SignatureVerifier,
) -> Result<CertificationRequest, Defect> {
    let request = request::read(input)?;
    let is_right = match request.signature() {
        Some(signature) => verifier.is_right(&signature).await,
        None => false,
    };
    if is_right { request.trust_signature() } else { request.verify() }
}

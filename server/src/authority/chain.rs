use aws_lc_rs::signature::{RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use der::{Decode, Encode};
use pki::authority::Issuer;

/// Whether `issuer` is named in the certificate and its key made the signature.
pub(super) fn is_issued_by(certificate: &Issuer, issuer: &Issuer) -> bool {
    verify(certificate, issuer).is_some()
}

fn verify(certificate: &Issuer, issuer: &Issuer) -> Option<()> {
    let certificate = x509_cert::Certificate::from_der(certificate.certificate_der()).ok()?;
    let to_be_signed = certificate.tbs_certificate();
    if to_be_signed.issuer().to_der().ok()? != issuer.name_der() {
        return None;
    }
    UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, issuer.public_key().spki_der())
        .verify(&to_be_signed.to_der().ok()?, certificate.signature().as_bytes()?)
        .ok()
}

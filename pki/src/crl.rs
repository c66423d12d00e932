//! Certificate revocation lists.
use crate::{
    authority::Issuer,
    signer::{SignError, Signer},
};
/// A CRL to be made; it lists nothing yet.
#[derive(Clone, Copy, Debug)]
pub struct RevocationList {
    /// CRL number, always growing.
    pub number: u64,
    /// When it is made, Unix time.
    pub this_update: u64,
    /// When the next one is there at the latest, Unix time.
    pub next_update: u64,
}
/// Why there is no CRL.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CrlError {
    /// The key did not sign.
    #[error(transparent)]
    Sign(#[from] SignError),
}
impl RevocationList {
    /// Makes the CRL, DER.
    /// # Errors
    /// When the key does not sign or the dates cannot stand.
    pub fn sign(&self, issuer: &Issuer, signer: &dyn Signer) -> Result<Vec<u8>, CrlError> {
        let _ = (issuer, signer);
        todo!()
    }
}

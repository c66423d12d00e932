//! Which public keys are good enough.
use std::fmt;
/// Key algorithms and sizes that are offered and accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum KeyAlgorithm {
    /// RSA, 2048 bits.
    Rsa2048,
    /// RSA, 3072 bits.
    Rsa3072,
    /// RSA, 4096 bits.
    Rsa4096,
    /// NIST P-256.
    EcP256,
    /// NIST P-384.
    EcP384,
}
impl KeyAlgorithm {
    /// All, in the order in which they are offered.
    pub const ALL: [Self; 5] = [Self::Rsa2048, Self::Rsa3072, Self::Rsa4096, Self::EcP256, Self::EcP384];
    /// Stable id, such as `rsa-2048`.
    pub fn id(self) -> &'static str {
        match self {
            Self::Rsa2048 => "rsa-2048",
            Self::Rsa3072 => "rsa-3072",
            Self::Rsa4096 => "rsa-4096",
            Self::EcP256 => "p-256",
            Self::EcP384 => "p-384",
        }
    }
    /// By its stable id.
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| algorithm.id() == id)
    }
    /// Whether it is RSA.
    pub fn is_rsa(self) -> bool {
        matches!(self, Self::Rsa2048 | Self::Rsa3072 | Self::Rsa4096)
    }
}
impl fmt::Display for KeyAlgorithm {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Rsa2048 => "RSA 2048",
            Self::Rsa3072 => "RSA 3072",
            Self::Rsa4096 => "RSA 4096",
            Self::EcP256 => "P-256",
            Self::EcP384 => "P-384",
        })
    }
}
/// A public key that the policy accepts.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PublicKey {
    algorithm: KeyAlgorithm,
    spki_der: Vec<u8>,
}
/// Why a key is not accepted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyRejection {
    /// Cannot be read.
    #[error("the public key cannot be read")]
    Undecodable,
}
impl PublicKey {
    /// Reads and judges the DER of a `SubjectPublicKeyInfo`.
    /// # Errors
    /// When the policy does not accept the key.
    pub fn from_spki_der(der: &[u8]) -> Result<Self, KeyRejection> {
        todo!("{der:?}")
    }
    /// The algorithm and size.
    pub fn algorithm(&self) -> KeyAlgorithm {
        self.algorithm
    }
    /// The DER of the `SubjectPublicKeyInfo`.
    pub fn spki_der(&self) -> &[u8] {
        &self.spki_der
    }
    /// SHA-256 of [`PublicKey::spki_der`].
    pub fn sha256(&self) -> [u8; 32] {
        todo!()
    }
    /// [`PublicKey::sha256`] as lower-case hex.
    pub fn sha256_hex(&self) -> String {
        todo!()
    }
}

//! Keys from a password: PBKDF2. RFC 8018 §5.2.
//!
//! What derives is given by the caller, as the browser does it several times faster than a module can. All the keys
//! of one file are asked for at once, so that they can be derived side by side.

#[cfg(target_arch = "wasm32")]
mod simd;
#[cfg(target_arch = "wasm32")]
mod web;

#[cfg(target_arch = "wasm32")]
pub use web::WebCrypto;

use der::oid::{AssociatedOid, ObjectIdentifier};
use sha1::Sha1;
use sha2::{Sha224, Sha256, Sha384, Sha512};
use std::future::Future;
use zeroize::Zeroizing;

/// Overwritten when it is dropped.
pub type Secret = Zeroizing<Vec<u8>>;

/// The pseudorandom function that is iterated. RFC 8018 §B.1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Prf {
    /// HMAC-SHA1: what a file means that names none.
    HmacSha1,
    /// HMAC-SHA224.
    HmacSha224,
    /// HMAC-SHA256: what we write.
    HmacSha256,
    /// HMAC-SHA384.
    HmacSha384,
    /// HMAC-SHA512.
    HmacSha512,
}

impl Prf {
    const ALL: [Self; 5] =
        [Self::HmacSha1, Self::HmacSha224, Self::HmacSha256, Self::HmacSha384, Self::HmacSha512];

    /// Of the HMAC. RFC 8018 §B.1.
    pub(crate) fn hmac_oid(self) -> ObjectIdentifier {
        match self {
            Self::HmacSha1 => ObjectIdentifier::new_unwrap("1.2.840.113549.2.7"),
            Self::HmacSha224 => ObjectIdentifier::new_unwrap("1.2.840.113549.2.8"),
            Self::HmacSha256 => ObjectIdentifier::new_unwrap("1.2.840.113549.2.9"),
            Self::HmacSha384 => ObjectIdentifier::new_unwrap("1.2.840.113549.2.10"),
            Self::HmacSha512 => ObjectIdentifier::new_unwrap("1.2.840.113549.2.11"),
        }
    }

    pub(crate) fn from_hmac_oid(oid: ObjectIdentifier) -> Option<Self> {
        Self::ALL.into_iter().find(|prf| prf.hmac_oid() == oid)
    }

    /// Of the hash function in it.
    pub(crate) fn digest_oid(self) -> ObjectIdentifier {
        match self {
            Self::HmacSha1 => Sha1::OID,
            Self::HmacSha224 => Sha224::OID,
            Self::HmacSha256 => Sha256::OID,
            Self::HmacSha384 => Sha384::OID,
            Self::HmacSha512 => Sha512::OID,
        }
    }

    pub(crate) fn from_digest_oid(oid: ObjectIdentifier) -> Option<Self> {
        Self::ALL.into_iter().find(|prf| prf.digest_oid() == oid)
    }

    /// How long the output is.
    pub(crate) fn output_bytes(self) -> usize {
        match self {
            Self::HmacSha1 => 20,
            Self::HmacSha224 => 28,
            Self::HmacSha256 => 32,
            Self::HmacSha384 => 48,
            Self::HmacSha512 => 64,
        }
    }

    /// As the standards write it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::HmacSha1 => "HMAC-SHA1",
            Self::HmacSha224 => "HMAC-SHA224",
            Self::HmacSha256 => "HMAC-SHA256",
            Self::HmacSha384 => "HMAC-SHA384",
            Self::HmacSha512 => "HMAC-SHA512",
        }
    }
}

/// One key to derive from the password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Derivation<'a> {
    /// What is iterated.
    pub prf: Prf,
    /// What makes the key differ from others under the same password.
    pub salt: &'a [u8],
    /// How often.
    pub iterations: u32,
    /// How long the key is to be.
    pub key_bytes: usize,
}

/// What derives keys.
pub trait Pbkdf2 {
    /// Derives a key for each, in their order.
    fn derive(&self, password: &[u8], derivations: &[Derivation<'_>]) -> impl Future<Output = Vec<Secret>>;
}

/// Derives by itself, and is ready at once.
#[derive(Clone, Copy, Debug, Default)]
pub struct Portable;

impl Pbkdf2 for Portable {
    async fn derive(&self, password: &[u8], derivations: &[Derivation<'_>]) -> Vec<Secret> {
        derivations.iter().map(|derivation| derive(password, derivation)).collect()
    }
}

fn derive(password: &[u8], derivation: &Derivation<'_>) -> Secret {
    let Derivation { prf, salt, iterations, key_bytes } = *derivation;
    let mut key = Zeroizing::new(vec![0; key_bytes]);
    match prf {
        Prf::HmacSha1 => pbkdf2::pbkdf2_hmac::<Sha1>(password, salt, iterations, &mut key),
        Prf::HmacSha224 => pbkdf2::pbkdf2_hmac::<Sha224>(password, salt, iterations, &mut key),
        Prf::HmacSha256 => pbkdf2::pbkdf2_hmac::<Sha256>(password, salt, iterations, &mut key),
        Prf::HmacSha384 => pbkdf2::pbkdf2_hmac::<Sha384>(password, salt, iterations, &mut key),
        Prf::HmacSha512 => pbkdf2::pbkdf2_hmac::<Sha512>(password, salt, iterations, &mut key),
    }
    key
}

#[cfg(test)]
mod tests {
    use super::*;

    fn derived(password: &str, prf: Prf, salt: &str, iterations: u32, key_bytes: usize) -> String {
        let derivation = Derivation { prf, salt: salt.as_bytes(), iterations, key_bytes };
        let keys = pollster::block_on(Portable.derive(password.as_bytes(), &[derivation]));
        keys.iter().flat_map(|key| key.iter()).fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"))
    }

    #[test]
    fn the_published_vectors_come_out() {
        // RFC 6070 §2.
        let sha_1 = derived("password", Prf::HmacSha1, "salt", 4096, 20);
        assert_eq!(sha_1, "4b007901b765489abead49d926f721d065a429c1");
        let long = derived(
            "passwordPASSWORDpassword",
            Prf::HmacSha1,
            "saltSALTsaltSALTsaltSALTsaltSALTsalt",
            4096,
            25,
        );
        assert_eq!(long, "3d2eec4fe41c849b80c8d83662c0e44a8b291a964cf2f07038");
        // RFC 7914 §11.
        let sha_256 = derived("passwd", Prf::HmacSha256, "salt", 1, 64);
        assert_eq!(
            sha_256,
            "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc\
             49ca9cccf179b645991664b39d77ef317c71b845b1e30bd509112041d3a19783"
        );
    }

    #[test]
    fn several_keys_come_in_the_order_of_the_question() {
        let ask = |salts: &[&[u8]]| {
            let one = |salt| Derivation { prf: Prf::HmacSha256, salt, iterations: 3, key_bytes: 32 };
            let derivations: Vec<_> = salts.iter().copied().map(one).collect();
            pollster::block_on(Portable.derive(b"password", &derivations))
        };
        let (first, second) = (ask(&[b"one"]).remove(0), ask(&[b"two"]).remove(0));
        assert_eq!(ask(&[b"two", b"one"]), [second, first]);
    }
}

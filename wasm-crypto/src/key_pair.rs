//! Key pairs of subscribers. The private key leaves only encrypted, through a recovery file or a PFX.

mod elliptic_curve;
mod private_key;
mod structure;

use crate::{
    prime_search::{self, Kernel, PrimeSearchError, prepare_kernel},
    rsa_primes, rsa_signature,
};
use pkcs8::SecretDocument;
use pki::{
    key_policy::{self, KeyAlgorithm, KeyRejection, PublicKey},
    signer::{SignError, SignatureAlgorithm, Signer},
};
use private_key::PrivateKey;
pub(crate) use private_key::rsa_rejection;
use rand_core::CryptoRng;
use std::fmt;
pub(crate) use structure::private_key_info;

/// A private key and its public key.
///
/// Cannot be copied, printed or serialized; overwritten when it is dropped, as far as the module's documentation says.
pub struct KeyPair {
    private_key: PrivateKey,
    algorithm: KeyAlgorithm,
    spki_der: Vec<u8>,
    made_by: Option<Kernel>,
}

/// How far the making of a key pair is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyProgress {
    /// The first prime of an RSA key. About 32 candidates on average for a key of 2048 bits, 64 for 4096.
    SearchingFirstPrime {
        /// Numbers tested so far.
        candidates: u32,
    },
    /// The second prime of an RSA key.
    SearchingSecondPrime {
        /// Numbers tested so far.
        candidates: u32,
    },
    /// The key is made; its parts are being checked.
    Checking,
}

/// Why there is no key pair.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeyPairError {
    /// The prime search is not there, gave up, or gave what is no prime for a key.
    #[error("there are no primes for the key")]
    PrimeSearch {
        /// What the search said, or what was found out about it.
        #[from]
        source: PrimeSearchError,
    },
    /// The parts do not make an RSA key.
    #[error("the parts do not make an RSA key")]
    Components {
        /// What is wrong with them.
        source: rsa::Error,
    },
    /// The key cannot be encoded.
    #[error("the key cannot be encoded")]
    Encoding {
        /// What the encoder said.
        source: pkcs8::Error,
    },
    /// The bytes are not a whole private key.
    #[error("the bytes are not a whole private key")]
    Decoding,
    /// The private key is of another kind than ours.
    #[error("the private key is of a kind that is not supported")]
    UnsupportedAlgorithm,
    /// The key policy does not accept the public key.
    #[error("the key policy does not accept the public key")]
    Policy {
        /// Why.
        source: KeyRejection,
    },
    /// What the private key signs, the public key does not verify.
    #[error("the key pair did not pass its self-test")]
    SelfTest,
}

impl From<pkcs8::Error> for KeyPairError {
    fn from(source: pkcs8::Error) -> Self {
        Self::Encoding { source }
    }
}

impl From<spki::Error> for KeyPairError {
    fn from(source: spki::Error) -> Self {
        Self::Encoding { source: source.into() }
    }
}

/// Makes a key pair, and signs and verifies with it once.
///
/// RSA primes come from the fastest kernel of this engine. Should a check find a fault in what it gave, the portable
/// search makes the key.
///
/// # Errors
/// When the key pair does not pass; it is then thrown away.
pub fn generate_key_pair(
    algorithm: KeyAlgorithm,
    random: &mut impl CryptoRng,
    progress: &mut dyn FnMut(KeyProgress),
) -> Result<KeyPair, KeyPairError> {
    let kernel = if algorithm.is_rsa() { prepare_kernel() } else { Kernel::Portable };
    match generate_key_pair_with(kernel, algorithm, random, progress) {
        Err(_) if kernel != Kernel::Portable => {
            generate_key_pair_with(Kernel::Portable, algorithm, random, progress)
        }
        result => result,
    }
}

/// Makes a key pair like [`generate_key_pair`], with RSA primes of this kernel and no other.
///
/// # Errors
/// When this engine does not have the kernel, or the key pair does not pass.
pub fn generate_key_pair_with(
    kernel: Kernel,
    algorithm: KeyAlgorithm,
    random: &mut impl CryptoRng,
    progress: &mut dyn FnMut(KeyProgress),
) -> Result<KeyPair, KeyPairError> {
    let mut rsa = |modulus_bits| -> Result<KeyPair, KeyPairError> {
        prime_search::with_search(kernel, |search| {
            let key = rsa_primes::generate(modulus_bits, search, random, progress)?;
            let signature = rsa_signature::sign(&key, private_key::TEST_MESSAGE, search);
            let mut key_pair = KeyPair::with_signature(PrivateKey::Rsa(key.into()), signature)?;
            key_pair.made_by = Some(kernel);
            Ok(key_pair)
        })?
    };
    match algorithm {
        KeyAlgorithm::Rsa2048 => rsa(2048),
        KeyAlgorithm::Rsa3072 => rsa(3072),
        KeyAlgorithm::Rsa4096 => rsa(4096),
        KeyAlgorithm::EcP256 | KeyAlgorithm::EcP384 | KeyAlgorithm::EcP521 | KeyAlgorithm::Ed25519 => {
            progress(KeyProgress::Checking);
            KeyPair::new(PrivateKey::generate_on_curve(algorithm, random)?)
        }
    }
}

impl KeyPair {
    fn new(private_key: PrivateKey) -> Result<Self, KeyPairError> {
        Self::with_signature(private_key, None)
    }

    /// With the signature for the self-test, if another than the private key's own code made it.
    fn with_signature(private_key: PrivateKey, signature: Option<Vec<u8>>) -> Result<Self, KeyPairError> {
        let spki_der = private_key.to_spki_der()?;
        private_key.test(signature)?;
        let algorithm = private_key.algorithm()?;
        if KeyAlgorithm::FOR_CERTIFICATES.contains(&algorithm) {
            PublicKey::from_spki_der(&spki_der).map_err(|source| KeyPairError::Policy { source })?;
        }
        Ok(Self { private_key, algorithm, spki_der, made_by: None })
    }

    /// The algorithm and size.
    pub fn algorithm(&self) -> KeyAlgorithm {
        self.algorithm
    }

    /// The public key: the DER of a `SubjectPublicKeyInfo`.
    pub fn spki_der(&self) -> &[u8] {
        &self.spki_der
    }

    /// SHA-256 of [`KeyPair::spki_der`] as lower-case hex: the name by which a key is known in this project.
    pub fn spki_sha256_hex(&self) -> String {
        key_policy::spki_sha256_hex(&self.spki_der)
    }

    /// Which kernel searched the primes, if it is an RSA key that was made here.
    pub fn made_by(&self) -> Option<Kernel> {
        self.made_by
    }

    /// The public key as a certificate is made for it.
    ///
    /// # Errors
    /// When no certificate is made for such keys: P-521 and Ed25519.
    pub fn public_key(&self) -> Result<PublicKey, KeyRejection> {
        PublicKey::from_spki_der(&self.spki_der)
    }

    /// The private key, unencrypted: only on its way into an encryption.
    pub(crate) fn to_pkcs8_der(&self) -> Result<SecretDocument, KeyPairError> {
        self.private_key.to_pkcs8_der()
    }

    /// Reads what any program wrote (RFC 5958 §2), and tests the key. Attributes, and bytes behind its end, are left alone.
    ///
    /// Nothing here shows a changed byte in a part of the key that the reader computes anew.
    pub(crate) fn from_foreign_pkcs8_der(der: &[u8]) -> Result<Self, KeyPairError> {
        Self::new(PrivateKey::from_pkcs8(&private_key_info(der).ok_or(KeyPairError::Decoding)?)?)
    }

    /// Reads what [`KeyPair::to_pkcs8_der`] wrote, and tests the key.
    ///
    /// The encryption around it does not tell a changed byte, so every byte must be as we would write it: then a
    /// change shows, even in a part of the key that the reader computes anew.
    pub(crate) fn from_pkcs8_der(der: &[u8]) -> Result<Self, KeyPairError> {
        let key_pair = Self::from_foreign_pkcs8_der(der)?;
        if key_pair.to_pkcs8_der()?.as_bytes() == der { Ok(key_pair) } else { Err(KeyPairError::Decoding) }
    }
}

impl Signer for KeyPair {
    fn signature_algorithm(&self) -> SignatureAlgorithm {
        self.private_key.signature_algorithm()
    }

    fn subject_public_key_info(&self) -> &[u8] {
        &self.spki_der
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignError> {
        let signature = self.private_key.sign(message).map_err(SignError::new)?;
        // Those that `pki` verifies are verified there, where they are used.
        if !self.signature_algorithm().is_for_certificates() {
            self.private_key.verify(message, &signature).map_err(SignError::new)?;
        }
        Ok(signature)
    }
}

impl fmt::Debug for KeyPair {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("KeyPair").field("algorithm", &self.algorithm).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use getrandom::{SysRng, rand_core::UnwrapErr};
    use pkcs8::PrivateKeyInfoRef;

    // A test that the compiler runs: a private key can be neither copied nor shown nor sent.
    static_assertions::assert_not_impl_any!(KeyPair: Clone, fmt::Display, serde::Serialize);

    /// Those that this build makes and reads.
    const ALGORITHMS: &[KeyAlgorithm] =
        if cfg!(feature = "more-keys") { &KeyAlgorithm::ALL } else { &KeyAlgorithm::FOR_CERTIFICATES };

    fn generate(algorithm: KeyAlgorithm) -> KeyPair {
        generate_key_pair(algorithm, &mut UnwrapErr(SysRng), &mut |_| ()).unwrap()
    }

    #[test]
    fn every_algorithm_makes_a_key_that_the_policy_knows_by_that_name() {
        for algorithm in ALGORITHMS.iter().copied() {
            let key = generate(algorithm);
            assert_eq!(key.algorithm(), algorithm);
            match key.public_key() {
                Ok(public_key) => {
                    assert_eq!(public_key.algorithm(), algorithm);
                    assert_eq!(public_key.sha256_hex(), key.spki_sha256_hex());
                    assert_eq!(public_key.spki_der(), key.subject_public_key_info());
                }
                Err(rejection) => assert_eq!(rejection, KeyRejection::NotForMail { algorithm }),
            }
        }
    }

    #[test]
    fn every_algorithm_signs_a_request_and_no_changed_one() {
        let mailbox = pki::mailbox::Mailbox::parse("anna@example.com").unwrap();
        for algorithm in ALGORITHMS.iter().copied() {
            let key = generate(algorithm);
            pki::request::build(&mailbox, &key).unwrap();
            let signature = key.private_key.sign(b"a message").unwrap();
            key.private_key.verify(b"a message", &signature).unwrap();
            key.private_key.verify(b"another message", &signature).unwrap_err();
        }
    }

    #[test]
    fn an_rsa_key_has_two_different_large_primes_and_the_usual_exponent() {
        use rsa::{
            RsaPrivateKey,
            traits::{PrivateKeyParts, PublicKeyParts},
        };
        let key = generate(KeyAlgorithm::Rsa2048);
        let PrivateKey::Rsa(key) = &key.private_key else { panic!("not RSA") };
        let key: &RsaPrivateKey = key.as_ref();
        assert_eq!(key.n().bits(), 2048);
        assert_eq!(key.e(), &rsa::BoxedUint::from(65537_u32));
        assert!(key.primes().iter().all(|prime| prime.bits() == 1024));
        assert_ne!(key.primes()[0], key.primes()[1]);
        key.validate().unwrap();
    }

    #[test]
    fn progress_counts_candidates_of_the_first_prime_then_of_the_second_then_checks() {
        let mut seen = Vec::new();
        generate_key_pair(KeyAlgorithm::Rsa2048, &mut UnwrapErr(SysRng), &mut |progress| seen.push(progress))
            .unwrap();
        let is_first = |progress: &KeyProgress| matches!(progress, KeyProgress::SearchingFirstPrime { .. });
        let is_second = |progress: KeyProgress| matches!(progress, KeyProgress::SearchingSecondPrime { .. });
        assert_eq!(seen.first(), Some(&KeyProgress::SearchingFirstPrime { candidates: 1 }));
        assert_eq!(seen.last(), Some(&KeyProgress::Checking));
        let is_search = |progress: &&KeyProgress| is_first(progress) || is_second(**progress);
        assert!(seen.iter().filter(is_search).is_sorted_by_key(|progress| is_second(*progress)));
        let searching = seen.iter().filter(is_search).count();
        assert!(seen[searching..].iter().all(|seen| *seen == KeyProgress::Checking));
    }

    #[test]
    fn a_key_reads_back_from_its_encoding() {
        for algorithm in ALGORITHMS.iter().copied() {
            let key = generate(algorithm);
            let read = KeyPair::from_pkcs8_der(key.to_pkcs8_der().unwrap().as_bytes()).unwrap();
            assert_eq!(read.spki_der(), key.spki_der());
        }
    }

    #[test]
    fn an_rsa_key_with_any_changed_byte_is_refused() {
        let der = generate(KeyAlgorithm::Rsa2048).to_pkcs8_der().unwrap();
        // Every third byte touches all numbers of the key, also those that the reader does not use.
        for index in (0..der.as_bytes().len()).step_by(3) {
            let mut changed = der.as_bytes().to_vec();
            changed[index] ^= 0x10;
            assert!(KeyPair::from_pkcs8_der(&changed).is_err(), "byte {index}");
        }
    }

    #[test]
    fn a_key_on_another_curve_is_unsupported() {
        let der = generate(KeyAlgorithm::EcP256).to_pkcs8_der().unwrap();
        let mut info = PrivateKeyInfoRef::try_from(der.as_bytes()).unwrap();
        info.algorithm.parameters = Some((&const_oid::db::rfc5912::SECP_224_R_1).into());
        let other = SecretDocument::try_from(info).unwrap();
        let refused = KeyPair::from_pkcs8_der(other.as_bytes());
        assert!(matches!(refused, Err(KeyPairError::UnsupportedAlgorithm)));
    }

    #[test]
    #[cfg(not(feature = "more-keys"))]
    fn keys_of_no_certificate_are_unsupported() {
        let refused = |key: Result<KeyPair, KeyPairError>| {
            assert!(matches!(key, Err(KeyPairError::UnsupportedAlgorithm)), "{key:?}");
        };
        for algorithm in [KeyAlgorithm::EcP521, KeyAlgorithm::Ed25519] {
            refused(generate_key_pair(algorithm, &mut UnwrapErr(SysRng), &mut |_| ()));
        }
        let der = generate(KeyAlgorithm::EcP256).to_pkcs8_der().unwrap();
        let p_521 = Some((&const_oid::db::rfc5912::SECP_521_R_1).into());
        for (oid, parameters) in
            [(const_oid::db::rfc5912::ID_EC_PUBLIC_KEY, p_521), (const_oid::db::rfc8410::ID_ED_25519, None)]
        {
            let mut info = PrivateKeyInfoRef::try_from(der.as_bytes()).unwrap();
            info.algorithm = spki::AlgorithmIdentifierRef { oid, parameters };
            let other = SecretDocument::try_from(info).unwrap();
            refused(KeyPair::from_foreign_pkcs8_der(other.as_bytes()));
        }
    }

    #[test]
    fn an_rsa_key_says_which_search_made_it() {
        assert_eq!(generate(KeyAlgorithm::Rsa2048).made_by(), Some(Kernel::Portable));
        assert_eq!(generate(KeyAlgorithm::EcP256).made_by(), None);
    }

    #[test]
    #[cfg(not(target_arch = "wasm32"))]
    fn a_kernel_that_is_not_there_makes_no_key_when_it_is_forced() {
        let forced = |kernel| {
            generate_key_pair_with(kernel, KeyAlgorithm::Rsa2048, &mut UnwrapErr(SysRng), &mut |_| ())
        };
        assert!(forced(Kernel::Portable).is_ok());
        let Err(KeyPairError::PrimeSearch { source }) = forced(Kernel::RelaxedSimd) else { panic!("a key") };
        assert_eq!(source, PrimeSearchError::Unavailable { kernel: Kernel::RelaxedSimd });
    }

    #[test]
    fn a_key_pair_shows_nothing_but_its_algorithm() {
        let shown = format!("{:?}", generate(KeyAlgorithm::EcP256));
        assert_eq!(shown, "KeyPair { algorithm: EcP256, .. }");
    }
}

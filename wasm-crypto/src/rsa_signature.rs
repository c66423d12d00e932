//! The signature by which a new RSA key is tested, with the kernel that found its primes: a fifth of the time that
//! constant-time big-number arithmetic takes.
//!
//! For that one signature of a fixed message only. All others are made by the `rsa` crate.

use crate::prime_search::{Power, PrimeSearch};
use crypto_bigint::{BoxedUint, ConcatenatingMul, Resize};
use rsa::{
    RsaPrivateKey,
    traits::{PrivateKeyParts, PublicKeyParts},
};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

/// The DER of a `DigestInfo` up to the SHA-256 digest itself. RFC 8017 §9.2, note 1.
const DIGEST_INFO: [u8; 19] = [
    0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0, 0x04,
    0x20,
];

/// RSASSA-PKCS1-v1_5 with SHA-256 (RFC 8017 §8.2.1), if the search computes powers. It is not verified here.
pub(crate) fn sign(key: &RsaPrivateKey, message: &[u8], search: &mut dyn PrimeSearch) -> Option<Vec<u8>> {
    let [p, q] = key.primes() else { return None };
    let representative =
        BoxedUint::from_be_slice(&encode(message, key.size())?, key.n().bits_precision()).ok()?;
    // Each of them would tell a prime.
    let [mod_p, mod_q] = [p, q].map(|prime| Zeroizing::new(representative.rem(prime.as_nz_ref())));
    // RFC 8017 §5.2.1, step 2b.
    let [s_1, s_2] = search.powers([
        Power { base: &mod_p, exponent: key.dp()?, modulus: p },
        Power { base: &mod_q, exponent: key.dq()?, modulus: q },
    ])?;
    let s_2_mod_p = Zeroizing::new(s_2.rem(p.as_nz_ref()));
    let difference = Zeroizing::new(s_1.sub_mod(&s_2_mod_p, p.as_nz_ref()));
    let h = Zeroizing::new(difference.mul_mod(&key.qinv()?.retrieve(), p.as_nz_ref()));
    let product = Zeroizing::new(h.concatenating_mul(q.as_ref()));
    let signature = product.wrapping_add(&*s_2).try_resize(key.n().bits_precision())?;
    Some(signature.to_be_bytes().into_vec())
}

/// EMSA-PKCS1-v1_5 of the message, so many bytes. RFC 8017 §9.2.
fn encode(message: &[u8], bytes: usize) -> Option<Vec<u8>> {
    let digest = Sha256::digest(message);
    let padding = bytes.checked_sub(digest.len().saturating_add(DIGEST_INFO.len()).saturating_add(3))?;
    let mut encoded = vec![0, 1];
    encoded.resize(padding.saturating_add(2), 0xff);
    encoded.push(0);
    encoded.extend(DIGEST_INFO);
    encoded.extend(digest);
    Some(encoded)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prime_search::{Kernel, Portable, PrimeSearchError};
    use crypto_bigint::{
        Odd,
        modular::{BoxedMontyForm, BoxedMontyParams},
    };
    use getrandom::{SysRng, rand_core::UnwrapErr};
    use rand_core::CryptoRng;
    use rsa::pkcs1v15::SigningKey;
    use signature::{SignatureEncoding, Signer};
    use std::num::NonZeroU32;

    /// Powers by big-number arithmetic; more than asked for by `excess`.
    struct Plain {
        excess: u32,
    }

    impl PrimeSearch for Plain {
        fn kernel(&self) -> Kernel {
            Kernel::Portable
        }

        fn find(
            &mut self,
            _: NonZeroU32,
            _: &mut dyn CryptoRng,
            _: &mut dyn FnMut(u32),
        ) -> Result<BoxedUint, PrimeSearchError> {
            Err(PrimeSearchError::Fault { kernel: Kernel::Portable })
        }

        fn passes_rounds(
            &mut self,
            _: [&BoxedUint; 2],
            _: usize,
            _: &mut dyn CryptoRng,
        ) -> Result<bool, PrimeSearchError> {
            Ok(false)
        }

        fn powers(&mut self, of: [Power<'_>; 2]) -> Option<[Zeroizing<BoxedUint>; 2]> {
            Some(of.map(|Power { base, exponent, modulus }| {
                let params = BoxedMontyParams::new(Odd::clone(modulus));
                let power = BoxedMontyForm::new(base.clone(), &params).pow(exponent).retrieve();
                Zeroizing::new(power.wrapping_add(BoxedUint::from(self.excess)))
            }))
        }
    }

    fn key() -> RsaPrivateKey {
        crate::rsa_primes::generate(2048, &mut Portable::new(), &mut UnwrapErr(SysRng), &mut |_| ()).unwrap()
    }

    #[test]
    fn it_is_the_signature_that_the_crate_makes() {
        for _ in 0..4 {
            let key = key();
            let signature = sign(&key, b"a message", &mut Plain { excess: 0 }).unwrap();
            assert_eq!(signature, SigningKey::<Sha256>::new(key).sign(b"a message").to_vec());
        }
    }

    #[test]
    fn of_wrong_powers_it_is_another() {
        let key = key();
        let signature = sign(&key, b"a message", &mut Plain { excess: 1 }).unwrap();
        assert_ne!(signature, SigningKey::<Sha256>::new(key).sign(b"a message").to_vec());
    }

    #[test]
    fn a_search_without_powers_makes_none() {
        assert_eq!(sign(&key(), b"a message", &mut Portable::new()), None);
    }
}

//! The search for the two primes of an RSA key.
//!
//! The `rsa` crate searches the same way, but says nothing while it does, and a 4096-bit key takes seconds.

use crate::key_pair::{KeyPairError, KeyProgress};
use crypto_primes::{
    Flavor, fips,
    fips::FipsOptions,
    hazmat::{SetBits, SmallFactorsSieveFactory},
    is_prime, sieve_and_find,
};
use rand_core::CryptoRng;
use rsa::{BoxedUint, RsaPrivateKey, traits::PrivateKeyParts};
use std::cell::RefCell;

/// 65537. S/MIME BR §6.1.6, FIPS 186-5 §5.4 (e).
const PUBLIC_EXPONENT: u64 = 65537;

/// Rounds of Miller–Rabin with random bases on each prime that was found, on top of the Baillie–PSW test of the
/// search. FIPS 186-5 Table B.1 has five as the most for our sizes.
const MILLER_RABIN_ROUNDS: usize = 5;

/// Two primes that begin with the same hundred bits are too near to each other. FIPS 186-5 §A.1.3, step 5.4.
const MINIMUM_DIFFERENCE_BITS: u32 = 100;

/// Makes an RSA private key whose modulus has exactly `modulus_bits`.
///
/// # Errors
/// When the primes do not make a key: a defect, not bad luck, which is searched away.
pub(crate) fn generate(
    modulus_bits: u32,
    random: &mut impl CryptoRng,
    progress: &mut dyn FnMut(KeyProgress),
) -> Result<RsaPrivateKey, KeyPairError> {
    let prime_bits = modulus_bits / 2;
    loop {
        let first = search(prime_bits, random, |candidates| {
            progress(KeyProgress::SearchingFirstPrime { candidates });
        })?;
        let second = search(prime_bits, random, |candidates| {
            progress(KeyProgress::SearchingSecondPrime { candidates });
        })?;
        progress(KeyProgress::Checking);
        let rounds = FipsOptions::with_mr_iterations(MILLER_RABIN_ROUNDS);
        let primes_hold =
            [&first, &second].into_iter().all(|prime| fips::is_prime(random, Flavor::Any, prime, rounds));
        if !primes_hold || are_near(&first, &second, prime_bits) {
            continue;
        }
        match RsaPrivateKey::from_p_q(first, second, BoxedUint::from(PUBLIC_EXPONENT)) {
            Ok(key) if is_large(key.d(), modulus_bits) => return Ok(key),
            // A prime is one more than a multiple of the exponent (once in 32,768 keys), or the exponent came out small.
            Ok(_)
            | Err(rsa::Error::InvalidPrime | rsa::Error::InvalidExponent | rsa::Error::InvalidCoefficient) => {
            }
            Err(source) => return Err(KeyPairError::Components { source }),
        }
    }
}

/// Searches a prime with both of its highest bits set, so that the product of two has exactly twice the bits and each
/// is above √2·2^(bits−1). FIPS 186-5 §A.1.3, steps 4.4 and 5.5.
fn search(
    bits: u32,
    random: &mut impl CryptoRng,
    mut tested: impl FnMut(u32),
) -> Result<BoxedUint, KeyPairError> {
    let sieve = SmallFactorsSieveFactory::new(Flavor::Any, bits, SetBits::TwoMsb)
        .map_err(|_| KeyPairError::PrimeSearch)?;
    let candidates = RefCell::new(0_u32);
    let tested = RefCell::new(&mut tested);
    let found = sieve_and_find(random, sieve, |_, candidate: &BoxedUint| {
        let count = candidates.borrow().saturating_add(1);
        candidates.replace(count);
        tested.borrow_mut()(count);
        is_prime(Flavor::Any, candidate)
    });
    // A sieve of any prime never runs dry: it begins anew at another random number.
    found.map_err(|_| KeyPairError::PrimeSearch)?.ok_or(KeyPairError::PrimeSearch)
}

fn are_near(first: &BoxedUint, second: &BoxedUint, prime_bits: u32) -> bool {
    let difference = if first > second { first.wrapping_sub(second) } else { second.wrapping_sub(first) };
    difference.bits() <= prime_bits.saturating_sub(MINIMUM_DIFFERENCE_BITS)
}

/// A small private exponent can be computed from the public key. FIPS 186-5 §A.1.1, criterion 3.
fn is_large(private_exponent: &BoxedUint, modulus_bits: u32) -> bool {
    private_exponent.bits() > modulus_bits / 2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn primes_that_share_their_first_hundred_bits_are_near() {
        let one = BoxedUint::one_with_precision(1024);
        let prime = one.shl(1023).wrapping_add(&one);
        assert!(are_near(&prime, &prime, 1024));
        assert!(are_near(&prime, &prime.wrapping_add(one.shl(923)), 1024));
        assert!(are_near(&prime.wrapping_add(one.shl(923)), &prime, 1024));
        assert!(!are_near(&prime, &prime.wrapping_add(one.shl(924)), 1024));
    }

    #[test]
    fn a_private_exponent_of_half_the_bits_is_not_large() {
        let one = BoxedUint::one_with_precision(2048);
        assert!(!is_large(&one.shl(1023), 2048));
        assert!(is_large(&one.shl(1024), 2048));
    }
}

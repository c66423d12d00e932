//! The search for the two primes of an RSA key.
//!
//! The `rsa` crate searches in the same way, but says nothing while it does, and a 4096-bit key takes seconds.

mod sieve;

use crate::key_pair::{KeyPairError, KeyProgress};
use crypto_bigint::{BoxedUint, Odd};
use crypto_primes::{
    Flavor,
    hazmat::{MillerRabin, SetBits, random_odd_integer},
    is_prime,
};
use rand_core::CryptoRng;
use rsa::{RsaPrivateKey, traits::PrivateKeyParts};
use sieve::Sieve;
use std::num::NonZeroU32;

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
    let prime_bits = NonZeroU32::new(modulus_bits / 2).ok_or(KeyPairError::PrimeSearch)?;
    let sieve = Sieve::new();
    loop {
        let first = search(&sieve, prime_bits, random, &mut |candidates| {
            progress(KeyProgress::SearchingFirstPrime { candidates });
        })?;
        let second = search(&sieve, prime_bits, random, &mut |candidates| {
            progress(KeyProgress::SearchingSecondPrime { candidates });
        })?;
        progress(KeyProgress::Checking);
        if !passes_miller_rabin(&first, random)
            || !passes_miller_rabin(&second, random)
            || are_near(&first, &second, prime_bits)
        {
            continue;
        }
        match RsaPrivateKey::from_p_q(first, second, BoxedUint::from(PUBLIC_EXPONENT)) {
            Ok(key) if is_large(key.d(), modulus_bits) => return Ok(key),
            // A prime is one more than a multiple of the exponent (once in 32,768 keys), or the exponent is small.
            Ok(_) | Err(rsa::Error::InvalidPrime | rsa::Error::InvalidExponent) => {}
            Err(source) => return Err(KeyPairError::Components { source }),
        }
    }
}

/// Searches the next prime after a random number with both of its highest bits set: then the product of two has
/// exactly twice the bits, and each is above √2·2^(bits−1). FIPS 186-5 §A.1.3, steps 4.4 and 5.5.
fn search(
    sieve: &Sieve,
    bits: NonZeroU32,
    random: &mut impl CryptoRng,
    tested: &mut dyn FnMut(u32),
) -> Result<BoxedUint, KeyPairError> {
    let mut count = 0_u32;
    loop {
        let start: Odd<BoxedUint> =
            random_odd_integer(random, bits, SetBits::TwoMsb).or(Err(KeyPairError::PrimeSearch))?;
        for candidate in sieve.survivors(&start) {
            count = count.saturating_add(1);
            tested(count);
            // The last numbers of this size may be followed by larger ones.
            if is_prime(Flavor::Any, &candidate) && candidate.bits() == bits.get() {
                return Ok(candidate);
            }
        }
    }
}

fn passes_miller_rabin(prime: &BoxedUint, random: &mut impl CryptoRng) -> bool {
    let Some(prime) = Odd::new(prime.clone()).into_option() else { return false };
    let test = MillerRabin::new(prime);
    (0..MILLER_RABIN_ROUNDS).all(|_| test.test_random_base(random).is_probably_prime())
}

fn are_near(first: &BoxedUint, second: &BoxedUint, prime_bits: NonZeroU32) -> bool {
    let difference = if first > second { first.wrapping_sub(second) } else { second.wrapping_sub(first) };
    difference.bits() <= prime_bits.get().saturating_sub(MINIMUM_DIFFERENCE_BITS)
}

/// A small private exponent can be computed from the public key. FIPS 186-5 §A.1.1, criterion 3.
fn is_large(private_exponent: &BoxedUint, modulus_bits: u32) -> bool {
    private_exponent.bits() > modulus_bits / 2
}

#[cfg(test)]
mod tests {
    use super::*;
    use getrandom::{SysRng, rand_core::UnwrapErr};

    const BITS: NonZeroU32 = NonZeroU32::new(1024).unwrap();

    #[test]
    fn primes_that_share_their_first_hundred_bits_are_near() {
        let one = BoxedUint::one_with_precision(1024);
        let prime = one.shl(1023).wrapping_add(&one);
        assert!(are_near(&prime, &prime, BITS));
        assert!(are_near(&prime, &prime.wrapping_add(one.shl(923)), BITS));
        assert!(are_near(&prime.wrapping_add(one.shl(923)), &prime, BITS));
        assert!(!are_near(&prime, &prime.wrapping_add(one.shl(924)), BITS));
    }

    #[test]
    fn a_private_exponent_of_half_the_bits_is_not_large() {
        let one = BoxedUint::one_with_precision(2048);
        assert!(!is_large(&one.shl(1023), 2048));
        assert!(is_large(&one.shl(1024), 2048));
    }

    #[test]
    fn miller_rabin_passes_a_prime_and_stops_what_is_none() {
        // 2^521 − 1 is a Mersenne prime; 2^523 − 1 is none.
        let mersenne =
            |exponent| BoxedUint::one_with_precision(576).shl(exponent).wrapping_sub(BoxedUint::one());
        assert!(passes_miller_rabin(&mersenne(521), &mut UnwrapErr(SysRng)));
        assert!(!passes_miller_rabin(&mersenne(523), &mut UnwrapErr(SysRng)));
        assert!(!passes_miller_rabin(&mersenne(521).wrapping_add(BoxedUint::one()), &mut UnwrapErr(SysRng)));
    }

    #[test]
    fn a_prime_has_the_size_asked_for_and_both_highest_bits() {
        let bits = NonZeroU32::new(256).unwrap();
        let sieve = Sieve::new();
        for _ in 0..20 {
            let prime = search(&sieve, bits, &mut UnwrapErr(SysRng), &mut |_| ()).unwrap();
            assert_eq!(prime.bits(), 256);
            assert_eq!(prime.shr(254), BoxedUint::from(3_u8));
        }
    }
}

//! An RSA key from two primes, each proven again, whichever search found it.

use crate::{
    key_pair::{KeyPairError, KeyProgress},
    prime_search::{PUBLIC_EXPONENT, PrimeSearch, PrimeSearchError, suits_exponent},
};
use crypto_bigint::{BoxedUint, Odd};
use crypto_primes::hazmat::MillerRabin;
use rand_core::CryptoRng;
use rsa::{RsaPrivateKey, traits::PrivateKeyParts};
use std::num::NonZeroU32;

/// Two primes that begin with the same hundred bits are too near to each other. FIPS 186-5 §A.1.3, step 5.4.
const MINIMUM_DIFFERENCE_BITS: u32 = 100;

/// Rounds for numbers that are not random or of no size of ours: each lets a quarter pass at most.
const WORST_CASE_ROUNDS: usize = 64;

/// Makes an RSA private key whose modulus has exactly `modulus_bits`, with primes of that search.
///
/// # Errors
/// When the search gives up, or what it gave does not make a key: a fault, not bad luck. A correct search passes all
/// checks but with a probability of 2^−99.
pub(crate) fn generate(
    modulus_bits: u32,
    search: &mut dyn PrimeSearch,
    random: &mut dyn CryptoRng,
    progress: &mut dyn FnMut(KeyProgress),
) -> Result<RsaPrivateKey, KeyPairError> {
    let fault = KeyPairError::PrimeSearch { source: PrimeSearchError::Fault { kernel: search.kernel() } };
    let Some(prime_bits) = NonZeroU32::new(modulus_bits / 2) else { return Err(fault) };
    let first = search.find(prime_bits, random, &mut |candidates| {
        progress(KeyProgress::SearchingFirstPrime { candidates });
    })?;
    let second = search.find(prime_bits, random, &mut |candidates| {
        progress(KeyProgress::SearchingSecondPrime { candidates });
    })?;
    progress(KeyProgress::Checking);
    if are_near(&first, &second, prime_bits) || !is_proven(&first, prime_bits, random) {
        return Err(fault);
    }
    progress(KeyProgress::Checking);
    if !is_proven(&second, prime_bits, random) {
        return Err(fault);
    }
    progress(KeyProgress::Checking);
    let key = RsaPrivateKey::from_p_q(first, second, BoxedUint::from(PUBLIC_EXPONENT))
        .map_err(|source| KeyPairError::Components { source })?;
    if is_large(key.d(), modulus_bits) { Ok(key) } else { Err(fault) }
}

/// Proves a prime with other code than searched it.
///
/// - It has exactly the bits asked for, the highest two set, so that the product of two has exactly twice the bits and each
///   is above √2·2^(bits−1): FIPS 186-5 §A.1.3, steps 4.4 and 5.5.
/// - It minus one has no factor in common with the public exponent: steps 4.5 and 5.6.
/// - It passes Miller–Rabin with a random base. Together with the rounds of the search the error is 2^−128 at most
///   ([`rounds`]): steps 4.6 and 5.7, §B.3.1.
fn is_proven(prime: &BoxedUint, bits: NonZeroU32, random: &mut dyn CryptoRng) -> bool {
    let has_size = prime.bits() == bits.get() && prime.bit_vartime(bits.get().saturating_sub(2));
    let Some(odd) = Odd::new(prime.clone()).into_option() else { return false };
    has_size && suits_exponent(prime) && MillerRabin::new(odd).test_random_base(random).is_probably_prime()
}

/// How many rounds of Miller–Rabin with random bases leave an error of 2^−128 for a random number of so many bits.
///
/// By the formula of FIPS 186-5 §C.1; its table B.1 has the errors 2^−100, 2^−112 and 2^−144. A test computes it anew.
pub(crate) fn rounds(prime_bits: NonZeroU32) -> usize {
    match prime_bits.get() {
        1024 => 6,
        1536 => 4,
        2048 => 3,
        _ => WORST_CASE_ROUNDS,
    }
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
mod tests;

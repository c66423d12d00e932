//! An RSA key from two primes, each proven again, whichever search found it.

use crate::{
    key_pair::{KeyPairError, KeyProgress},
    prime_search::{PUBLIC_EXPONENT, PrimeSearch, PrimeSearchError, suits_exponent},
};
use crypto_bigint::{BoxedUint, ConcatenatingMul, Gcd, Limb, NonZero, Odd, Resize};
use crypto_primes::hazmat::MillerRabin;
use rand_core::CryptoRng;
use rsa::{RsaPrivateKey, traits::PrivateKeyParts};
use std::num::NonZeroU32;
use zeroize::Zeroizing;

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
    // The last round is that of the proof.
    let rounds = rounds(prime_bits).saturating_sub(1);
    if are_near(&first, &second, prime_bits) || !search.passes_rounds([&first, &second], rounds, random)? {
        return Err(fault);
    }
    progress(KeyProgress::Checking);
    if !is_proven(&first, prime_bits, random) {
        return Err(fault);
    }
    progress(KeyProgress::Checking);
    if !is_proven(&second, prime_bits, random) {
        return Err(fault);
    }
    progress(KeyProgress::Checking);
    let Some(private_exponent) = private_exponent(&first, &second) else { return Err(fault) };
    let modulus = first.concatenating_mul(&second);
    // Proves that the exponents are each other's inverse modulo each prime minus one.
    let primes = vec![first, second];
    let key =
        RsaPrivateKey::from_components(modulus, BoxedUint::from(PUBLIC_EXPONENT), private_exponent, primes)
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

/// The inverse d of the public exponent e modulo λ = lcm(p − 1, q − 1). FIPS 186-5 §A.1.1, criterion 3.
///
/// As e is small, so is k = −1/λ modulo e, and d = (k·λ + 1) / e: one division, where inverting e modulo λ takes as long as
/// several tests of a candidate.
fn private_exponent(p: &BoxedUint, q: &BoxedUint) -> Option<BoxedUint> {
    let [p_minus_one, q_minus_one] = [p, q].map(|prime| Zeroizing::new(prime.wrapping_sub(BoxedUint::one())));
    let common = NonZero::new(p_minus_one.gcd(&*q_minus_one)).into_option()?;
    let reduced = Zeroizing::new(p_minus_one.div_rem(&common).0);
    let lambda = Zeroizing::new(reduced.concatenating_mul(&*q_minus_one));
    let exponent = NonZero::new(Limb::from(PUBLIC_EXPONENT)).into_option()?;
    let factor = BoxedUint::from(negative_inverse(lambda.rem_limb(exponent))?);
    let multiple = Zeroizing::new(lambda.concatenating_mul(&factor));
    let product = Zeroizing::new(multiple.wrapping_add(BoxedUint::one()));
    let (quotient, remainder) = product.div_rem_limb(exponent);
    let quotient = Zeroizing::new(quotient);
    if remainder == Limb::ZERO { (&*quotient).try_resize(lambda.bits_precision()) } else { None }
}

/// −1/`number` modulo the public exponent, a prime: `number` to the power of it minus two, negated (Fermat).
fn negative_inverse(number: Limb) -> Option<u32> {
    let modulus = u64::from(PUBLIC_EXPONENT);
    let number = u64::try_from(u128::from(number.0)).ok()?;
    let mut inverse = 1_u64;
    for bit in (0..u32::BITS).rev() {
        inverse = inverse.checked_mul(inverse)?.checked_rem(modulus)?;
        if PUBLIC_EXPONENT.checked_sub(2)? >> bit & 1 == 1 {
            inverse = inverse.checked_mul(number)?.checked_rem(modulus)?;
        }
    }
    u32::try_from(modulus.checked_sub(inverse)?).ok().filter(|_| inverse != 0)
}

/// A small private exponent can be computed from the public key. FIPS 186-5 §A.1.1, criterion 3.
fn is_large(private_exponent: &BoxedUint, modulus_bits: u32) -> bool {
    private_exponent.bits() > modulus_bits / 2
}

#[cfg(test)]
mod tests;

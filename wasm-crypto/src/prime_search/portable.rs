//! The search that runs everywhere, one candidate at a time.
//!
//! The `rsa` crate searches in the same way, but says nothing while it does, and a 4096-bit key takes seconds.

mod sieve;

use super::{Kernel, PUBLIC_EXPONENT, PrimeSearch, PrimeSearchError};
use crypto_bigint::{BoxedUint, Limb, NonZero, Odd};
use crypto_primes::{
    Flavor,
    hazmat::{MillerRabin, SetBits, random_odd_integer},
    is_prime,
};
use rand_core::CryptoRng;
use sieve::Sieve;
use std::num::NonZeroU32;

/// Searches upwards from a random number.
pub(crate) struct Portable {
    sieve: Sieve,
}

impl Portable {
    pub(crate) fn new() -> Self {
        Self { sieve: Sieve::new() }
    }
}

impl PrimeSearch for Portable {
    fn kernel(&self) -> Kernel {
        Kernel::Portable
    }

    fn find(
        &mut self,
        bits: NonZeroU32,
        random: &mut dyn CryptoRng,
        tested: &mut dyn FnMut(u32),
    ) -> Result<BoxedUint, PrimeSearchError> {
        let mut count = 0_u32;
        loop {
            let start: Odd<BoxedUint> = random_odd_integer(random, bits, SetBits::TwoMsb)
                .or(Err(PrimeSearchError::Fault { kernel: Kernel::Portable }))?;
            for candidate in self.sieve.survivors(&start) {
                count = count.saturating_add(1);
                tested(count);
                // The last numbers of this size may be followed by larger ones.
                if candidate.bits() == bits.get()
                    && is_prime(Flavor::Any, &candidate)
                    && suits_exponent(&candidate)
                {
                    return Ok(candidate);
                }
            }
        }
    }

    fn passes_rounds(
        &mut self,
        primes: [&BoxedUint; 2],
        count: usize,
        random: &mut dyn CryptoRng,
    ) -> Result<bool, PrimeSearchError> {
        Ok(primes.into_iter().all(|prime| passes_miller_rabin(prime, count, random)))
    }
}

fn passes_miller_rabin(candidate: &BoxedUint, rounds: usize, random: &mut dyn CryptoRng) -> bool {
    let Some(candidate) = Odd::new(candidate.clone()).into_option() else { return false };
    let test = MillerRabin::new(candidate);
    (0..rounds).all(|_| test.test_random_base(random).is_probably_prime())
}

/// Whether the prime minus one has no factor in common with the public exponent, itself a prime: FIPS 186-5 §A.1.3,
/// steps 4.5 and 5.6.
pub(crate) fn suits_exponent(prime: &BoxedUint) -> bool {
    NonZero::new(Limb::from(PUBLIC_EXPONENT))
        .into_option()
        .is_some_and(|exponent| prime.rem_limb(exponent) != Limb::ONE)
}

#[cfg(test)]
mod tests {
    use super::*;
    use getrandom::{SysRng, rand_core::UnwrapErr};

    #[test]
    fn a_prime_has_the_size_asked_for_and_both_highest_bits() {
        let bits = NonZeroU32::new(256).unwrap();
        let mut search = Portable::new();
        for _ in 0..20 {
            let prime = search.find(bits, &mut UnwrapErr(SysRng), &mut |_| ()).unwrap();
            assert_eq!(prime.bits(), 256);
            assert_eq!(prime.shr(254), BoxedUint::from(3_u8));
        }
    }

    #[test]
    fn miller_rabin_passes_a_prime_and_stops_what_is_none() {
        // 2^521 − 1 is a Mersenne prime; 2^523 − 1 is none.
        let mersenne =
            |exponent| BoxedUint::one_with_precision(576).shl(exponent).wrapping_sub(BoxedUint::one());
        let passes = |number: BoxedUint| passes_miller_rabin(&number, 5, &mut UnwrapErr(SysRng));
        assert!(passes(mersenne(521)));
        assert!(!passes(mersenne(523)));
        assert!(!passes(mersenne(521).wrapping_add(BoxedUint::one())));
    }

    #[test]
    fn a_prime_above_a_multiple_of_the_exponent_does_not_suit_it() {
        // 786433 = 12·65536 + 1 suits; 1 + 12·65537 = 786445 does not, prime or not.
        assert!(suits_exponent(&BoxedUint::from(786_433_u32)));
        assert!(!suits_exponent(&BoxedUint::from(786_445_u32)));
    }
}

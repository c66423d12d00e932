use super::*;
use crate::prime_search::{Kernel, Portable};
use crypto_bigint::Resize;
use getrandom::{SysRng, rand_core::UnwrapErr};
use std::collections::VecDeque;

const BITS: NonZeroU32 = NonZeroU32::new(1024).unwrap();

/// A search that gives what it was told to.
struct Planted {
    primes: VecDeque<BoxedUint>,
    /// What it says of their rounds.
    pass: bool,
}

impl PrimeSearch for Planted {
    fn kernel(&self) -> Kernel {
        Kernel::RelaxedSimd
    }

    fn find(
        &mut self,
        _bits: NonZeroU32,
        _random: &mut dyn CryptoRng,
        _tested: &mut dyn FnMut(u32),
    ) -> Result<BoxedUint, PrimeSearchError> {
        self.primes.pop_front().ok_or_else(|| PrimeSearchError::Fault { kernel: self.kernel() })
    }

    fn passes_rounds(
        &mut self,
        _: [&BoxedUint; 2],
        count: usize,
        _: &mut dyn CryptoRng,
    ) -> Result<bool, PrimeSearchError> {
        // Six in all, of which the proof is one.
        assert_eq!(count, 5);
        Ok(self.pass)
    }
}

fn prime() -> BoxedUint {
    Portable::new().find(BITS, &mut UnwrapErr(SysRng), &mut |_| ()).unwrap()
}

/// The next number after `start` for which all of it holds: a prime, or one that `wanted` wants.
fn prime_from(mut start: BoxedUint, wanted: impl Fn(&BoxedUint) -> bool) -> BoxedUint {
    loop {
        start = start.wrapping_add(BoxedUint::from(2_u8));
        if wanted(&start) && crypto_primes::is_prime(crypto_primes::Flavor::Any, &start) {
            return start;
        }
    }
}

fn generate_from(primes: impl Into<VecDeque<BoxedUint>>) -> Result<RsaPrivateKey, KeyPairError> {
    let mut search = Planted { primes: primes.into(), pass: true };
    generate(2048, &mut search, &mut UnwrapErr(SysRng), &mut |_| ())
}

fn is_fault(result: &Result<RsaPrivateKey, KeyPairError>) -> bool {
    let fault = PrimeSearchError::Fault { kernel: Kernel::RelaxedSimd };
    matches!(result, Err(KeyPairError::PrimeSearch { source }) if *source == fault)
}

#[test]
fn two_good_primes_make_a_key() {
    let (first, second) = (prime(), prime());
    let key = generate_from([first.clone(), second.clone()]).unwrap();
    assert_eq!(key.primes(), [Odd::new(first).unwrap(), Odd::new(second).unwrap()]);
}

#[test]
fn a_composite_number_is_a_fault_at_either_place() {
    let composite = prime().wrapping_add(BoxedUint::from(2_u8));
    let composite = prime_from(composite, |_| true).wrapping_sub(BoxedUint::from(2_u8));
    assert!(is_fault(&generate_from([composite.clone(), prime()])));
    assert!(is_fault(&generate_from([prime(), composite])));
}

#[test]
fn an_even_number_is_a_fault() {
    assert!(is_fault(&generate_from([prime().wrapping_sub(BoxedUint::one()), prime()])));
}

#[test]
fn a_number_of_two_large_primes_is_a_fault() {
    let half = NonZeroU32::new(512).unwrap();
    let mut search = Portable::new();
    let mut find = || search.find(half, &mut UnwrapErr(SysRng), &mut |_| ()).unwrap();
    // Each begins with two ones, so that the product has all bits, and may have two ones as well.
    let product = loop {
        let product = find().resize(1024).wrapping_mul(find().resize(1024));
        if product.bit_vartime(1022) {
            break product;
        }
    };
    assert_eq!(product.bits(), 1024);
    assert!(is_fault(&generate_from([product, prime()])));
}

#[test]
fn a_prime_of_another_size_is_a_fault() {
    let shorter =
        prime_from(BoxedUint::one_with_precision(1024).shl(1022).wrapping_add(BoxedUint::one()), |_| true);
    assert!(is_fault(&generate_from([shorter.clone(), prime()])));
    assert!(is_fault(&generate_from([prime(), shorter])));
    // One bit more makes up for one bit less in the modulus, and is wrong all the same.
    let longer =
        prime_from(BoxedUint::one_with_precision(1088).shl(1024).wrapping_add(BoxedUint::one()), |_| true);
    assert!(is_fault(&generate_from([longer, prime()])));
}

#[test]
fn a_prime_without_its_second_highest_bit_is_a_fault() {
    let low =
        prime_from(BoxedUint::one_with_precision(1024).shl(1023).wrapping_add(BoxedUint::one()), |_| true);
    assert!(is_fault(&generate_from([low, prime()])));
}

#[test]
fn the_same_prime_twice_is_a_fault() {
    let prime = prime();
    assert!(is_fault(&generate_from([prime.clone(), prime])));
}

#[test]
fn neighbouring_primes_are_a_fault() {
    let first = prime();
    let second = prime_from(first.clone(), |_| true);
    assert!(is_fault(&generate_from([first.clone(), second.clone()])));
    assert!(is_fault(&generate_from([second, first])));
}

#[test]
fn a_prime_above_a_multiple_of_the_exponent_is_a_fault() {
    let unsuitable = prime_from(prime(), |candidate| !suits_exponent(candidate));
    assert!(is_fault(&generate_from([unsuitable.clone(), prime()])));
    assert!(is_fault(&generate_from([prime(), unsuitable])));
}

#[test]
fn a_search_that_gives_up_is_a_fault() {
    assert!(is_fault(&generate_from([])));
    assert!(is_fault(&generate_from([prime()])));
}

#[test]
fn primes_that_the_search_itself_takes_back_are_a_fault() {
    let mut search = Planted { primes: [prime(), prime()].into(), pass: false };
    assert!(is_fault(&generate(2048, &mut search, &mut UnwrapErr(SysRng), &mut |_| ())));
}

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
fn the_private_exponent_is_the_one_that_the_crate_computes() {
    for _ in 0..8 {
        let (first, second) = (prime(), prime());
        let expected =
            RsaPrivateKey::from_p_q(first.clone(), second.clone(), BoxedUint::from(PUBLIC_EXPONENT)).unwrap();
        assert_eq!(private_exponent(&first, &second).as_ref(), Some(expected.d()));
    }
}

#[test]
fn a_prime_above_a_multiple_of_the_exponent_has_no_private_exponent() {
    let unsuitable = prime_from(prime(), |candidate| !suits_exponent(candidate));
    assert_eq!(private_exponent(&unsuitable, &prime()), None);
}

#[test]
fn a_private_exponent_of_half_the_bits_is_not_large() {
    let one = BoxedUint::one_with_precision(2048);
    assert!(!is_large(&one.shl(1023), 2048));
    assert!(is_large(&one.shl(1024), 2048));
}

#[test]
fn the_rounds_are_those_of_the_formula() {
    for bits in [1024, 1536, 2048] {
        let expected = crypto_primes::hazmat::minimum_mr_iterations(bits, 128).unwrap();
        assert_eq!(rounds(NonZeroU32::new(bits).unwrap()), expected, "{bits} bits");
    }
}

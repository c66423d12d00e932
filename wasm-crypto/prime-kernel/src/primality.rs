//! Tests of two candidates at once, one in each lane.

use crate::arithmetic::{RADIX_BITS, to_words};
use crate::montgomery::{Modulus, Number, from_words, montgomery_bits};
use crate::power::raise;
use crate::words::{
    Extended, add, add_small, bit, bit_length, bits, extended, is_multiple, multiple_of_minus_one,
    power_of_two, shifted_right, single_bit, subtract, trailing_zeros,
};
use core::arch::wasm32::{u64x2, u64x2_splat};

/// How many of the exponent's highest bits the Fermat test begins with.
const HEAD_BITS: u32 = 6;
/// The Fermat test ends at 2^−64, whose Montgomery form is less than 63 bits longer than the candidate: [`is_multiple`] can
/// tell.
const LAST: u32 = 64;

/// Whether 2^(n−1) ≡ 1 modulo n, for two odd candidates n of the same length, both highest bits set. Bit 0 is the first
/// one's answer, bit 1 the second's.
///
/// Computed as 2^(−(n−1) − 64) ≡ 2^−64, because the Montgomery forms of small negative powers, 2^−k·R, are powers of two
/// themselves: nothing is reduced to begin and to end with. With m = n + 62 the exponent is −(m + 1), of which a head
/// h = ⌊m / 2^i⌋ takes −(h + 1)·2^i; what is left are the i lowest bits of m, inverted.
///
/// Each composite number that passes is found by Miller–Rabin; there is about one in 2^100 random numbers of this size.
pub(crate) fn passes_fermat<const PAIRS: usize>(candidates: [&[u32]; 2]) -> u32 {
    let multiples = candidates.map(|candidate| multiple_of_minus_one(candidate, RADIX_BITS));
    let modulus = Modulus::<PAIRS>::new(multiples.each_ref());
    let exponents = candidates.map(|candidate| {
        let mut exponent = extended(candidate);
        add_small(&mut exponent, LAST - 2);
        exponent
    });
    let mut remaining = bit_length(candidates[0]) - HEAD_BITS;
    let negative_power = |exponent: u32| single_bit(montgomery_bits::<PAIRS>() - exponent);
    // One bit more: the sum may be longer than the candidate.
    let start =
        exponents.each_ref().map(|exponent| negative_power(bits(exponent, remaining, HEAD_BITS + 1) + 1));
    let mut power = from_words::<PAIRS>(start.each_ref());
    while remaining > 0 {
        remaining -= 1;
        let [first, second] =
            exponents.each_ref().map(|exponent| u64::from(bit(exponent, remaining)).wrapping_sub(1));
        modulus.square(&mut power, u64x2(first, second));
    }
    let last = negative_power(LAST);
    (0..2).fold(0, |passed, lane| {
        passed | u32::from(is_congruent(&power, lane, &last, candidates[lane])) << lane
    })
}

/// Whether each of two odd candidates of the same length passes Miller–Rabin with its base (FIPS 186-5 §B.3.1).
///
/// A base is given as its Montgomery form: of all numbers below the candidate, each is the form of exactly one.
pub(crate) fn passes_miller_rabin<const PAIRS: usize>(
    candidates: [&[u32]; 2],
    bases: [&Extended; 2],
) -> bool {
    let multiples = candidates.map(|candidate| multiple_of_minus_one(candidate, RADIX_BITS));
    let modulus = Modulus::<PAIRS>::new(multiples.each_ref());
    let ones = multiples.each_ref().map(|multiple| power_of_two(montgomery_bits::<PAIRS>(), multiple));
    // Each candidate minus one is an odd number times so many twos.
    let twos = candidates.map(|candidate| {
        let mut even = extended(candidate);
        even[0] -= 1;
        trailing_zeros(&even)
    });
    let odd_parts = [0, 1].map(|lane| shifted_right(candidates[lane], twos[lane]));

    let mut power = raise(&modulus, &from_words(ones.each_ref()), &from_words(bases), odd_parts.each_ref());
    let mut passed = [0, 1].map(|lane| is_congruent(&power, lane, &ones[lane], candidates[lane]));
    for squarings in 0..twos[0].max(twos[1]) {
        if squarings > 0 {
            modulus.square(&mut power, u64x2_splat(0));
        }
        for lane in 0..2 {
            passed[lane] |=
                squarings < twos[lane] && is_minus_one(&power, lane, &ones[lane], candidates[lane]);
        }
    }
    passed == [true; 2]
}

/// Whether a lane is congruent to `other` modulo the candidate.
fn is_congruent<const PAIRS: usize>(
    number: &Number<PAIRS>,
    lane: usize,
    other: &Extended,
    candidate: &[u32],
) -> bool {
    let mut difference = to_words(number, lane);
    subtract(&mut difference, other);
    is_multiple(&difference, candidate)
}

/// Whether a lane is congruent to −`one` modulo the candidate.
fn is_minus_one<const PAIRS: usize>(
    number: &Number<PAIRS>,
    lane: usize,
    one: &Extended,
    candidate: &[u32],
) -> bool {
    let mut sum = to_words(number, lane);
    add(&mut sum, one);
    is_multiple(&sum, candidate)
}

/// The number so many twos after `start`, if it is not longer.
pub(crate) fn candidate_after(start: &[u32], index: u32, candidate: &mut [u32]) -> bool {
    candidate.copy_from_slice(start);
    add_small(candidate, 2 * index) == 0
}

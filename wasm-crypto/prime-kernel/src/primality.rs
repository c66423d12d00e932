//! Two tests at once, one in each lane: of two candidates with base 2, or of one candidate with two random bases.

use crate::arithmetic::{RADIX_BITS, to_words};
use crate::montgomery::{Modulus, Number, from_words, montgomery_bits};
use crate::power::raise;
use crate::words::{
    EXTENDED_WORDS, Extended, add, add_small, bit, bit_length, double, is_multiple, multiple_of_minus_one,
    power_of_two, subtract, trailing_zeros,
};
use core::arch::wasm32::{u64x2, u64x2_splat};

/// How many of the exponent's highest bits the Fermat test takes into its first power of two.
const HEAD_BITS: u32 = 5;

/// Whether 2^(n−1) ≡ 1 modulo n, for two odd candidates n of the same length. Bit 0 is the first one's answer, bit 1 the
/// second's.
///
/// Each composite number that passes is found by Miller–Rabin; there is about one in 2^100 random numbers of this size.
pub(crate) fn passes_fermat<const PAIRS: usize>(candidates: [&[u32]; 2]) -> u32 {
    let moduli = candidates.map(|candidate| multiple_of_minus_one(candidate, RADIX_BITS));
    let modulus = Modulus::<PAIRS>::new([&moduli[0], &moduli[1]]);
    let mut remaining = bit_length(candidates[0]) - HEAD_BITS;
    let ones = moduli.each_ref().map(|modulus| power_of_two(montgomery_bits::<PAIRS>(), modulus));
    let start = [0, 1].map(|lane| {
        let head =
            (0..HEAD_BITS).fold(0, |head, index| head | bit(candidates[lane], remaining + index) << index);
        let mut power = ones[lane];
        double(&mut power, head, &moduli[lane]);
        power
    });
    let mut power = from_words::<PAIRS>([&start[0], &start[1]]);
    while remaining > 0 {
        remaining -= 1;
        // The exponent is the candidate without its lowest bit.
        let [first, second] = candidates.map(|candidate| {
            if remaining == 0 { 0 } else { u64::from(bit(candidate, remaining)).wrapping_neg() }
        });
        modulus.square(&mut power, u64x2(first, second));
    }
    (0..2).fold(0, |passed, lane| {
        passed | u32::from(is_congruent(&power, lane, &ones[lane], candidates[lane])) << lane
    })
}

/// Whether an odd candidate passes Miller–Rabin with both bases (FIPS 186-5 §B.3.1).
///
/// A base is given as its Montgomery form: of all numbers below the candidate, each is the form of exactly one.
pub(crate) fn passes_miller_rabin<const PAIRS: usize>(candidate: &[u32], bases: [&Extended; 2]) -> bool {
    let multiple = multiple_of_minus_one(candidate, RADIX_BITS);
    let modulus = Modulus::<PAIRS>::new([&multiple; 2]);
    let one = power_of_two(montgomery_bits::<PAIRS>(), &multiple);
    let mut candidate_minus_one = [0; EXTENDED_WORDS];
    candidate_minus_one[..candidate.len()].copy_from_slice(candidate);
    candidate_minus_one[0] &= !1;
    let zeros = trailing_zeros(&candidate_minus_one);

    let one_lanes = from_words([&one; 2]);
    let mut power = raise(&modulus, &one_lanes, &from_words(bases), [&candidate_minus_one; 2], zeros);
    let mut passed = [0, 1].map(|lane| is_congruent(&power, lane, &one, candidate));
    for squarings in 0..zeros {
        if squarings > 0 {
            modulus.square(&mut power, u64x2_splat(0));
        }
        for (lane, passed) in passed.iter_mut().enumerate() {
            *passed |= is_minus_one(&power, lane, &one, candidate);
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

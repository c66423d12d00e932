//! Powers of two numbers at once, each with its own exponent and modulus.

use crate::arithmetic::{RADIX_BITS, join_lanes, to_words};
use crate::montgomery::{Modulus, Number, from_words, montgomery_bits};
use crate::words::{Extended, add, bit_length, bits, extended, multiple_of_minus_one, power_of_two};
use core::arch::wasm32::u64x2_splat;

/// How many bits of an exponent are taken at once.
const WINDOW_BITS: u32 = 5;

/// What one lane computes.
#[derive(Clone, Copy)]
pub(crate) struct Power<'a> {
    /// Below the modulus.
    pub(crate) base: &'a Extended,
    pub(crate) exponent: &'a [u32],
    /// Odd.
    pub(crate) modulus: &'a [u32],
}

/// Numbers congruent to the powers, at most a few digits longer than the moduli.
pub(crate) fn powers<const PAIRS: usize>(lanes: [Power<'_>; 2]) -> [Extended; 2] {
    let multiples = lanes.map(|lane| multiple_of_minus_one(lane.modulus, RADIX_BITS));
    let modulus = Modulus::<PAIRS>::new(multiples.each_ref());
    let r_power = |exponent: u32| {
        let words = multiples.each_ref().map(|m| power_of_two(exponent * montgomery_bits::<PAIRS>(), m));
        from_words::<PAIRS>(words.each_ref())
    };
    let base = modulus.multiply(&from_words(lanes.map(|lane| lane.base)), &r_power(2));
    let exponents = lanes.map(|lane| extended(lane.exponent));
    let power = raise(&modulus, &r_power(1), &base, exponents.each_ref());
    // Times one, out of the Montgomery form.
    let power = modulus.multiply(&power, &from_words([&extended(&[1]); 2]));
    [0, 1].map(|lane| {
        let mut words = to_words(&power, lane);
        // It may be negative, but not by a whole multiple.
        add(&mut words, &multiples[lane]);
        words
    })
}

/// Each base to the power of its exponent, all in Montgomery form.
pub(crate) fn raise<const PAIRS: usize>(
    modulus: &Modulus<PAIRS>,
    one: &Number<PAIRS>,
    base: &Number<PAIRS>,
    exponents: [&Extended; 2],
) -> Number<PAIRS> {
    let mut powers = [*one; 1 << WINDOW_BITS];
    powers[1] = *base;
    for index in 2..powers.len() {
        powers[index] = modulus.multiply(&powers[index - 1], base);
    }
    let lengths = exponents.map(|exponent| bit_length(exponent));
    let mut power = *one;
    for window in (0..lengths[0].max(lengths[1]).div_ceil(WINDOW_BITS)).rev() {
        for _ in 0..WINDOW_BITS {
            modulus.square(&mut power, u64x2_splat(0));
        }
        let [first, second] =
            exponents.map(|exponent| &powers[bits(exponent, window * WINDOW_BITS, WINDOW_BITS) as usize]);
        let factor = core::array::from_fn(|pair| join_lanes(first[pair], second[pair]));
        power = modulus.multiply(&power, &factor);
    }
    power
}

//! Digits in u32, products by widening integer multiplication: plain SIMD.
//!
//! A digit is an integer below 2^28. The four u32 of a vector are two digits of two numbers, a column two u64. No column
//! overflows: a column of the largest number (76 digits) gets at most 76 products of the square and 76 of the reduction,
//! each below 2^56, and a carry below 2^37: less than 2^64 together.
//!
//! Values: with M the modulus below 2^(bits + 28) and R = 2^(28·digits) ≥ 16·M, a product of numbers below 4M is less than
//! M + 16M²/R ≤ 2M, after doubling less than 4M: the bound holds for ever, and 4M < R.

use crate::words::{EXTENDED_WORDS, Extended};
use core::arch::wasm32::{
    f64x2_add, f64x2_mul, u32x4, u32x4_extract_lane, u32x4_shl, u32x4_shr, u32x4_shuffle, u64x2_add,
    u64x2_extmul_high_u32x4, u64x2_extmul_low_u32x4, u64x2_shr, u64x2_splat, v128, v128_and, v128_bitselect,
    v128_or,
};

pub(crate) const RADIX_BITS: u32 = 28;
/// Pairs of digits for numbers of 1024, 1536 and 2048 bits.
pub(crate) const PAIRS: [usize; 3] = [19, 28, 38];

/// Two neighbouring digits: the lower ones in the lower half of the first vector and in the upper half of the second.
///
/// Both come from memory, so that the compiler does not see that they are halves of the same: else it multiplies 64-bit
/// lanes, which engines make of three products, and not 32-bit lanes, which are one.
pub(crate) type Pair = [v128; 2];
/// Sums of a pair of columns and of the one after it, into which its products reach. The last is not used.
pub(crate) type Columns = [v128; 4];

pub(crate) const ZERO_PAIR: Pair = [u32x4(0, 0, 0, 0); 2];

const MASK: u32 = (1 << RADIX_BITS) - 1;

/// This arithmetic needs no constants.
#[derive(Clone, Copy)]
pub(crate) struct Constants;

impl Constants {
    pub(crate) fn load() -> Self {
        Self
    }
}

/// Integer arithmetic does not depend on how an engine rounds.
pub(crate) fn is_fused() -> bool {
    true
}

/// `a`·`b` + `c` in f64, rounded twice.
#[inline(always)]
pub(crate) fn multiply_add(a: v128, b: v128, c: v128) -> v128 {
    f64x2_add(f64x2_mul(a, b), c)
}

/// Columns begin with zero.
pub(crate) fn low_offsets(_products: usize, _squares: usize) -> Columns {
    [u64x2_splat(0); 4]
}

/// Columns begin with zero.
pub(crate) fn high_offsets(_products: usize, _squares: usize) -> Columns {
    [u64x2_splat(0); 4]
}

pub(crate) const NOTHING_CARRIED: v128 = u32x4(0, 0, 0, 0);

/// What was carried.
pub(crate) fn carried(carry: v128) -> v128 {
    carry
}

#[inline(always)]
fn low_product(a: v128, b: v128) -> v128 {
    u64x2_extmul_low_u32x4(a, b)
}

#[inline(always)]
fn high_product(a: v128, b: v128) -> v128 {
    u64x2_extmul_high_u32x4(a, b)
}

#[inline(always)]
fn with_swapped(straight: v128) -> Pair {
    [straight, u32x4_shuffle::<2, 3, 0, 1>(straight, straight)]
}

/// The lowest digit of a column.
#[inline(always)]
fn digit(column: v128) -> v128 {
    v128_and(u32x4_shuffle::<0, 2, 0, 2>(column, column), u32x4(MASK, MASK, 0, 0))
}

/// Both digits, each in the lower half, as one pair.
#[inline(always)]
fn pair(low: v128, high: v128) -> Pair {
    with_swapped(u32x4_shuffle::<0, 1, 4, 5>(low, high))
}

#[inline(always)]
fn low_digit_in_place(column: v128) -> v128 {
    v128_and(column, u64x2_splat(MASK as u64))
}

#[inline(always)]
fn sum<const COUNT: usize>(terms: [v128; COUNT]) -> v128 {
    terms.into_iter().reduce(|sum, term| u64x2_add(sum, term)).unwrap_or(u64x2_splat(0))
}

pub(crate) fn twice(pair: Pair) -> Pair {
    pair.map(|digits| u32x4_shl(digits, 1))
}

/// Adds the four products of two pairs.
#[inline(always)]
pub(crate) fn add_products(_: Constants, columns: &mut Columns, a: Pair, b: Pair) {
    columns[0] = sum([columns[0], low_product(a[0], b[0])]);
    columns[1] = sum([columns[1], low_product(a[0], b[1]), high_product(a[0], b[1])]);
    columns[2] = sum([columns[2], high_product(a[0], b[0])]);
}

/// Adds the square of a pair: three products, one of them doubled.
#[inline(always)]
pub(crate) fn add_square(_: Constants, columns: &mut Columns, a: Pair, twice: Pair) {
    columns[0] = sum([columns[0], low_product(a[0], a[0])]);
    columns[1] = sum([columns[1], low_product(twice[0], a[1])]);
    columns[2] = sum([columns[2], high_product(a[0], a[0])]);
}

/// Finds the two quotient digits that make the first two columns vanish, and what these carry.
///
/// The lowest digit of the modulus is 2^28 − 1: a column minus its lowest digit q is a multiple of 2^28, and q times that
/// digit adds q·2^28 − q, so that the next column gets the shifted column plus q.
#[inline(always)]
pub(crate) fn reduce(_: Constants, columns: &mut Columns, modulus: Pair, carried: v128) -> (Pair, v128) {
    let first = sum([columns[0], carried]);
    let quotient_0 = digit(first);
    let carry = sum([u64x2_shr(first, RADIX_BITS), low_digit_in_place(first)]);
    let upper = modulus[1];
    let second = sum([columns[1], carry, low_product(quotient_0, upper)]);
    let quotient_1 = digit(second);
    columns[2] = sum([columns[2], low_product(quotient_1, upper)]);
    (pair(quotient_0, quotient_1), sum([u64x2_shr(second, RADIX_BITS), low_digit_in_place(second)]))
}

/// Makes digits of the first two columns, doubled in the lanes in which `doubled` has ones.
#[inline(always)]
pub(crate) fn normalize(
    _: Constants,
    columns: &Columns,
    carried: &mut v128,
    previous: &mut v128,
    doubled: v128,
) -> Pair {
    let doubled = u32x4_shuffle::<0, 2, 0, 2>(doubled, doubled);
    let [first, second] = [columns[0], columns[1]].map(|column| {
        let column = u64x2_add(column, *carried);
        *carried = u64x2_shr(column, RADIX_BITS);
        let single = digit(column);
        // Twice a number is its digits shifted by one bit, across digits.
        let from_below = u32x4_shr(*previous, RADIX_BITS - 1);
        let double = v128_and(v128_or(u32x4_shl(single, 1), from_below), u32x4(MASK, MASK, 0, 0));
        *previous = single;
        v128_bitselect(double, single, doubled)
    });
    pair(first, second)
}

/// The first lane of one pair and the second lane of another.
#[inline(always)]
pub(crate) fn join_lanes(first: Pair, second: Pair) -> Pair {
    [0, 1].map(|digits| u32x4_shuffle::<0, 5, 2, 7>(first[digits], second[digits]))
}

/// Words as digits, lane by lane.
pub(crate) fn from_words(lanes: [&Extended; 2], number: &mut [Pair]) {
    for (index, pair) in number.iter_mut().enumerate() {
        let low = 2 * index as u32 * RADIX_BITS;
        let [first, second] = lanes.map(|lane| [bits_at(lane, low), bits_at(lane, low + RADIX_BITS)]);
        *pair = with_swapped(u32x4(first[0], second[0], first[1], second[1]));
    }
}

/// The 28 bits from the index on; zeros above the number.
fn bits_at(number: &Extended, index: u32) -> u32 {
    let (word, shift) = ((index / 32) as usize, index % 32);
    let word_at = |index: usize| u64::from(number.get(index).copied().unwrap_or(0));
    ((word_at(word) | word_at(word + 1) << 32) >> shift) as u32 & MASK
}

/// One lane as words.
pub(crate) fn to_words(number: &[Pair], lane: usize) -> Extended {
    let mut words = [0; EXTENDED_WORDS];
    let (mut value, mut bits) = (0_u64, 0);
    let mut digits = number.iter().flat_map(|pair| digits_of(*pair, lane));
    for word in &mut words {
        while bits < 32
            && let Some(digit) = digits.next()
        {
            value |= u64::from(digit) << bits;
            bits += RADIX_BITS;
        }
        *word = value as u32;
        value >>= 32;
        bits = bits.saturating_sub(32);
    }
    words
}

fn digits_of([pair, _]: Pair, lane: usize) -> [u32; 2] {
    if lane == 0 {
        [u32x4_extract_lane::<0>(pair), u32x4_extract_lane::<2>(pair)]
    } else {
        [u32x4_extract_lane::<1>(pair), u32x4_extract_lane::<3>(pair)]
    }
}

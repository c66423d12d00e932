//! Digits in f64, products by fused multiply-add.
//!
//! A digit is an integer in [−2^50, 2^50) held as f64. The product of two has up to 100 bits, twice what an f64 holds; a
//! fused multiply-add rounds only once, so adding a large constant splits the product exactly:
//!
//! - `high = a·b + 1.5·2^103`. Numbers in [2^103, 2^104) are multiples of 2^51, so the bits of `high` are those of the
//!   constant plus h = round(a·b / 2^51), as an integer.
//! - `low = a·b + (1.5·2^103 + 1.5·2^52 − high)`. The bracket is 1.5·2^52 − 2^51·h, a multiple of 2^51 below 2^103, thus
//!   exact; the sum lies in (2^52, 2^53), where numbers are integers, so the bits of `low` are those of 1.5·2^52 plus the
//!   remainder a·b − 2^51·h, which is at most 2^50 in size.
//!
//! Two products of the same column share a constant ([`two_products`]): the second is added to the first one's `high`, and
//! what it changes there is taken from it. Both are at most 2^101 in size with a doubled digit, so `high` stays in
//! [2^103, 2^104]; both remainders together are at most 2^51, so `low` stays in [2^52, 2^53]. That spares an addition.
//!
//! Columns are sums of such bits as 64-bit integers. How many constants are in each is known ([`high_offsets`]), and their sum
//! is taken off modulo 2^64. No column overflows: doubled digits make h at most 2^50, and a column of the largest number
//! (42 digits) gets at most 63 remainders and 63 halves of square and reduction each, below 2^57 together; doubling makes
//! it 2^58, and [`BIAS`] = 2^60 keeps it positive for the shift.
//!
//! Values: with M the modulus below 2^(bits + 51) and R = 2^(51·digits) ≥ 2^43·M, a product of numbers below 2M in size is
//! at most M/2 + 4M²/R, after doubling at most 1.01·M: the bound holds for ever, and the top digit never overflows.
//!
//! The specification lets an engine round twice instead. Then all of this is wrong, so the host asks [`is_fused`] first.

use crate::words::{EXTENDED_WORDS, Extended};
use core::arch::wasm32::{
    f64x2, f64x2_add, f64x2_eq, f64x2_extract_lane, f64x2_relaxed_madd, f64x2_splat, f64x2_sub, u64x2_add,
    u64x2_shr, u64x2_shuffle, u64x2_splat, u64x2_sub, v128, v128_and, v128_or,
};

pub(crate) const RADIX_BITS: u32 = 51;
/// Pairs of digits for numbers of 1024, 1536 and 2048 bits.
pub(crate) const PAIRS: [usize; 3] = [11, 16, 21];

/// Two neighbouring digits, the lower one first.
pub(crate) type Pair = [v128; 2];
/// Sums of a pair of columns and of the two after it, into which its products reach.
pub(crate) type Columns = [v128; 4];

pub(crate) const ZERO_PAIR: Pair = [f64x2(0.0, 0.0); 2];

const MASK: u64 = (1 << RADIX_BITS) - 1;
const HALF: u64 = 1 << (RADIX_BITS - 1);
const BIAS: u64 = 1 << 60;
/// What [`BIAS`] adds to a carry. The next column takes it off again.
const CARRY: u64 = BIAS >> RADIX_BITS;
/// What is added to a column before its digit is taken.
const ROUNDING: u64 = BIAS + HALF - CARRY;
pub(crate) const NOTHING_CARRIED: v128 = core::arch::wasm32::u64x2(CARRY, CARRY);
/// 1.5·2^103.
const HIGH: f64 = f64::from_bits(0x4668_0000_0000_0000);
/// 1.5·2^52.
const LOW: f64 = f64::from_bits(0x4338_0000_0000_0000);
/// 2^52, whose bits under an integer below 2^52 make it an f64.
const EXPONENT: f64 = f64::from_bits(0x4330_0000_0000_0000);

/// The constants of the inner loops.
///
/// Loaded where the compiler cannot see them: it would put them into the loops again, where engines build them anew for
/// each product.
#[derive(Clone, Copy)]
pub(crate) struct Constants {
    high: v128,
    high_and_low: v128,
    mask: v128,
    exponent: v128,
    exponent_and_half: v128,
}

static CONSTANTS: Constants = Constants {
    high: f64x2(HIGH, HIGH),
    // Exact: both are multiples of 2^51.
    high_and_low: f64x2(HIGH + LOW, HIGH + LOW),
    mask: core::arch::wasm32::u64x2(MASK, MASK),
    exponent: f64x2(EXPONENT, EXPONENT),
    exponent_and_half: f64x2(EXPONENT + HALF as f64, EXPONENT + HALF as f64),
};

impl Constants {
    pub(crate) fn load() -> Self {
        // SAFETY: a reference is valid for reads.
        unsafe { core::ptr::read_volatile(&raw const CONSTANTS) }
    }
}

/// Whether multiply-add rounds once: (1 + 2^−30)² − (1 + 2^−29) is 2^−60, which a rounded product has lost.
pub(crate) fn is_fused() -> bool {
    let factor = core::hint::black_box(f64x2_splat(1.0 + f64::from_bits(0x3e10_0000_0000_0000)));
    let rounded = f64x2_splat(-(1.0 + f64::from_bits(0x3e20_0000_0000_0000)));
    let difference = f64x2_relaxed_madd(factor, factor, rounded);
    let expected = f64x2_splat(f64::from_bits(0x3c30_0000_0000_0000));
    core::arch::wasm32::i64x2_all_true(f64x2_eq(difference, expected))
}

/// What the constants of so many calls of [`add_products`] and [`add_square`] and of one of [`reduce`] sum up to, negated.
pub(crate) fn low_offsets(products: usize, squares: usize) -> Columns {
    let [first, second, third, fourth] = high_offsets(products, squares);
    [
        u64x2_add(first, u64x2_splat(ROUNDING)),
        u64x2_add(second, u64x2_splat(ROUNDING.wrapping_sub(LOW.to_bits()))),
        u64x2_sub(third, u64x2_splat(HIGH.to_bits().wrapping_add(LOW.to_bits()))),
        u64x2_sub(fourth, u64x2_splat(HIGH.to_bits())),
    ]
}

/// The same without [`reduce`].
pub(crate) fn high_offsets(products: usize, squares: usize) -> Columns {
    let (products, squares) = (products as u64, squares as u64);
    let sum = |highs: u64, lows: u64| {
        let bits = highs.wrapping_mul(HIGH.to_bits()).wrapping_add(lows.wrapping_mul(LOW.to_bits()));
        u64x2_splat(bits.wrapping_neg())
    };
    let all = products + squares;
    [sum(0, all), sum(all, all), sum(all, all), sum(all, 0)]
}

/// `a`·`b` + `c`, rounded once or twice.
#[inline(always)]
pub(crate) fn multiply_add(a: v128, b: v128, c: v128) -> v128 {
    f64x2_relaxed_madd(a, b, c)
}

#[inline(always)]
fn product(constants: Constants, a: v128, b: v128) -> (v128, v128) {
    let high = f64x2_relaxed_madd(a, b, constants.high);
    let low = f64x2_relaxed_madd(a, b, f64x2_sub(constants.high_and_low, high));
    (low, high)
}

/// The sum of two products that belong to the same columns, `a[0]`·`b[0]` + `a[1]`·`b[1]`.
#[inline(always)]
fn two_products(constants: Constants, [a, c]: [v128; 2], [b, d]: [v128; 2]) -> (v128, v128) {
    let (low, first) = product(constants, a, b);
    let both = f64x2_relaxed_madd(c, d, first);
    let remainder = f64x2_relaxed_madd(c, d, f64x2_sub(first, both));
    (f64x2_add(low, remainder), both)
}

/// The lowest digit of a column to which [`BIAS`] and [`HALF`] were added.
#[inline(always)]
fn digit(constants: Constants, column: v128) -> v128 {
    let low = v128_or(v128_and(column, constants.mask), constants.exponent);
    f64x2_sub(low, constants.exponent_and_half)
}

/// What such a column carries to the next, and [`CARRY`].
#[inline(always)]
fn carry(column: v128) -> v128 {
    u64x2_shr(column, RADIX_BITS)
}

/// What was carried, without [`CARRY`].
pub(crate) fn carried(carry: v128) -> v128 {
    u64x2_sub(carry, NOTHING_CARRIED)
}

#[inline(always)]
fn sum<const COUNT: usize>(terms: [v128; COUNT]) -> v128 {
    terms.into_iter().reduce(|sum, term| u64x2_add(sum, term)).unwrap_or(u64x2_splat(0))
}

pub(crate) fn twice([low, high]: Pair) -> Pair {
    [f64x2_add(low, low), f64x2_add(high, high)]
}

/// Adds the four products of two pairs.
#[inline(always)]
pub(crate) fn add_products(constants: Constants, columns: &mut Columns, a: Pair, b: Pair) {
    let (low_0, high_0) = product(constants, a[0], b[0]);
    let (low_1, high_1) = two_products(constants, a, [b[1], b[0]]);
    let (low_2, high_2) = product(constants, a[1], b[1]);
    add_to(columns, [low_0, low_1, low_2], [high_0, high_1, high_2]);
}

/// Adds the square of a pair: three products, one of them doubled.
#[inline(always)]
pub(crate) fn add_square(constants: Constants, columns: &mut Columns, a: Pair, twice: Pair) {
    let (low_0, high_0) = product(constants, a[0], a[0]);
    let (low_1, high_1) = product(constants, twice[0], a[1]);
    let (low_2, high_2) = product(constants, a[1], a[1]);
    add_to(columns, [low_0, low_1, low_2], [high_0, high_1, high_2]);
}

#[inline(always)]
fn add_to(columns: &mut Columns, lows: [v128; 3], highs: [v128; 3]) {
    columns[0] = sum([columns[0], lows[0]]);
    columns[1] = sum([columns[1], highs[0], lows[1]]);
    columns[2] = sum([columns[2], highs[1], lows[2]]);
    columns[3] = sum([columns[3], highs[2]]);
}

/// Finds the two quotient digits that make the first two columns vanish, and what these carry.
///
/// The lowest digit of the modulus is −1: its products with the quotient digits are what makes the columns multiples of
/// the radix, and are not computed.
#[inline(always)]
pub(crate) fn reduce(
    constants: Constants,
    columns: &mut Columns,
    modulus: Pair,
    carried: v128,
) -> (Pair, v128) {
    let first = sum([columns[0], carried]);
    let quotient_0 = digit(constants, first);
    let (low_0, high_0) = product(constants, quotient_0, modulus[1]);
    let second = sum([columns[1], carry(first), low_0]);
    let quotient_1 = digit(constants, second);
    let (low_1, high_1) = product(constants, quotient_1, modulus[1]);
    columns[2] = sum([columns[2], high_0, low_1]);
    columns[3] = sum([columns[3], high_1]);
    ([quotient_0, quotient_1], carry(second))
}

/// Makes digits of the first two columns, doubled in the lanes in which `doubled` has ones.
#[inline(always)]
pub(crate) fn normalize(
    constants: Constants,
    columns: &Columns,
    carried: &mut v128,
    _previous: &mut v128,
    doubled: v128,
) -> Pair {
    [columns[0], columns[1]].map(|column| {
        let column = sum([column, v128_and(column, doubled), *carried, u64x2_splat(ROUNDING)]);
        *carried = carry(column);
        digit(constants, column)
    })
}

/// The first lane of one pair and the second lane of another.
#[inline(always)]
pub(crate) fn join_lanes(first: Pair, second: Pair) -> Pair {
    [0, 1].map(|digit| u64x2_shuffle::<0, 3>(first[digit], second[digit]))
}

/// Words as signed digits, lane by lane.
pub(crate) fn from_words(lanes: [&Extended; 2], number: &mut [Pair]) {
    let mut carries = [0; 2];
    for (index, digit) in number.as_flattened_mut().iter_mut().enumerate() {
        let [first, second] = [0, 1].map(|lane| {
            let value = bits_at(lanes[lane], index as u32 * RADIX_BITS).cast_signed() + carries[lane];
            carries[lane] = i64::from(value >= HALF.cast_signed());
            (value - (carries[lane] << RADIX_BITS)) as f64
        });
        *digit = f64x2(first, second);
    }
}

/// The 51 bits from the index on; zeros above the number.
fn bits_at(number: &Extended, index: u32) -> u64 {
    let (word, shift) = ((index / 32) as usize, index % 32);
    let word_at = |index: usize| u128::from(number.get(index).copied().unwrap_or(0));
    let bits = word_at(word) | word_at(word + 1) << 32 | word_at(word + 2) << 64;
    (bits >> shift) as u64 & MASK
}

/// One lane as words in two's complement.
pub(crate) fn to_words(number: &[Pair], lane: usize) -> Extended {
    let mut words = [0; EXTENDED_WORDS];
    let (mut value, mut bits) = (0_i128, 0);
    let mut digits = number.as_flattened().iter();
    for word in &mut words {
        while bits < 32
            && let Some(digit) = digits.next()
        {
            let digit =
                if lane == 0 { f64x2_extract_lane::<0>(*digit) } else { f64x2_extract_lane::<1>(*digit) };
            value += i128::from(digit as i64) << bits;
            bits += RADIX_BITS;
        }
        *word = value as u32;
        value >>= 32;
        bits = bits.saturating_sub(32);
    }
    words
}

//! Montgomery multiplication of two pairs of numbers at once, one pair in each lane of the vectors.
//!
//! The product of two numbers is summed column by column (product scanning), and the multiple of the modulus that makes the
//! low half vanish with it: no column is ever stored. Two neighbouring digits are taken together, so that four products
//! need four loads. The modulus is −1 modulo the radix ([`multiple_of_minus_one`](crate::words::multiple_of_minus_one)),
//! so that each quotient digit is the lowest digit of what has been summed.

use crate::arithmetic::{self, Columns, Constants, Pair, ZERO_PAIR};
use crate::words::Extended;
use core::arch::wasm32::{u64x2, u64x2_add, v128};

const ZERO: v128 = u64x2(0, 0);

/// `PAIRS` pairs of digits, least significant first, of two numbers in lanes.
pub(crate) type Number<const PAIRS: usize> = [Pair; PAIRS];

/// How many bits `PAIRS` pairs of digits have: Montgomery's R is 2 to it.
pub(crate) const fn montgomery_bits<const PAIRS: usize>() -> u32 {
    2 * PAIRS as u32 * arithmetic::RADIX_BITS
}

/// Two numbers as digits.
pub(crate) fn from_words<const PAIRS: usize>(lanes: [&Extended; 2]) -> Number<PAIRS> {
    let mut number = [ZERO_PAIR; PAIRS];
    arithmetic::from_words(lanes, &mut number);
    number
}

/// Modulo which numbers are multiplied.
pub(crate) struct Modulus<const PAIRS: usize> {
    digits: Number<PAIRS>,
    square: Offsets<PAIRS>,
    product: Offsets<PAIRS>,
}

/// What the sums of each pair of columns begin with, low and high half.
struct Offsets<const PAIRS: usize> {
    low: [Columns; PAIRS],
    high: [Columns; PAIRS],
}

impl<const PAIRS: usize> Modulus<PAIRS> {
    /// Both moduli are −1 modulo the radix.
    pub(crate) fn new(lanes: [&Extended; 2]) -> Self {
        let zero = [[ZERO; 4]; PAIRS];
        let mut modulus = Self {
            digits: from_words(lanes),
            square: Offsets { low: zero, high: zero },
            product: Offsets { low: zero, high: zero },
        };
        for column in 0..PAIRS {
            let (products, squares) = (column + 1, (column + 1) % 2);
            modulus.product.low[column] = arithmetic::low_offsets(products + column, 0);
            modulus.square.low[column] = arithmetic::low_offsets((products - squares) / 2 + column, squares);
            let (products, squares) = (PAIRS - 1 - column, (PAIRS + column + 1) % 2);
            modulus.product.high[column] = arithmetic::high_offsets(2 * products, 0);
            modulus.square.high[column] =
                arithmetic::high_offsets((products - squares) / 2 + products, squares);
        }
        modulus
    }

    /// `number`² / R, and twice that in the lanes in which `doubled` has ones.
    #[inline(never)]
    pub(crate) fn square(&self, number: &mut Number<PAIRS>, doubled: v128) {
        let twice = number.map(arithmetic::twice);
        let mut quotient = [ZERO_PAIR; PAIRS];
        let mut sums = Sums::new();
        for column in 0..PAIRS {
            sums.begin(self.square.low[column]);
            sums.add(&twice[..column.div_ceil(2)], &number[..=column]);
            if column % 2 == 0 {
                sums.add_square(number[column / 2], twice[column / 2]);
            }
            sums.add(&quotient[..column], &self.digits[1..=column]);
            quotient[column] = sums.reduce(self.digits[0]);
        }
        sums.enter_high_half();
        for column in 0..PAIRS {
            sums.begin(self.square.high[column]);
            let middle = PAIRS + column;
            sums.add(&twice[column + 1..middle.div_ceil(2)], &number[column + 1..]);
            if middle.is_multiple_of(2) {
                sums.add_square(number[middle / 2], twice[middle / 2]);
            }
            sums.add(&quotient[column + 1..], &self.digits[column + 1..]);
            // Digits below `column + 1` are no longer read.
            number[column] = sums.normalize(doubled);
        }
    }

    /// `a`·`b` / R.
    #[inline(never)]
    pub(crate) fn multiply(&self, a: &Number<PAIRS>, b: &Number<PAIRS>) -> Number<PAIRS> {
        let mut product = [ZERO_PAIR; PAIRS];
        let mut quotient = [ZERO_PAIR; PAIRS];
        let mut sums = Sums::new();
        for column in 0..PAIRS {
            sums.begin(self.product.low[column]);
            sums.add(&a[..=column], &b[..=column]);
            sums.add(&quotient[..column], &self.digits[1..=column]);
            quotient[column] = sums.reduce(self.digits[0]);
        }
        sums.enter_high_half();
        for column in 0..PAIRS {
            sums.begin(self.product.high[column]);
            sums.add(&a[column + 1..], &b[column + 1..]);
            sums.add(&quotient[column + 1..], &self.digits[column + 1..]);
            product[column] = sums.normalize(ZERO);
        }
        product
    }
}

/// The columns that are being summed: a few vectors, which stay in registers.
struct Sums {
    constants: Constants,
    columns: Columns,
    carry: v128,
    /// The digit below the next one, for doubling across digits.
    previous: v128,
}

impl Sums {
    fn new() -> Self {
        Self {
            constants: Constants::load(),
            columns: [ZERO; 4],
            carry: arithmetic::NOTHING_CARRIED,
            previous: ZERO,
        }
    }

    /// Goes on to the next pair of columns.
    #[inline(always)]
    fn begin(&mut self, offsets: Columns) {
        let [_, _, third, fourth] = self.columns;
        self.columns = [u64x2_add(offsets[0], third), u64x2_add(offsets[1], fourth), offsets[2], offsets[3]];
    }

    /// Adds the first of `a` times the last of `b`, the second of `a` times the last but one of `b`, and so on.
    #[inline(always)]
    fn add(&mut self, a: &[Pair], b: &[Pair]) {
        let mut columns = self.columns;
        for (a, b) in a.iter().zip(b.iter().rev()) {
            arithmetic::add_products(self.constants, &mut columns, *a, *b);
        }
        self.columns = columns;
    }

    #[inline(always)]
    fn add_square(&mut self, a: Pair, twice: Pair) {
        arithmetic::add_square(self.constants, &mut self.columns, a, twice);
    }

    /// Finds the next two quotient digits, which make these columns vanish.
    #[inline(always)]
    fn reduce(&mut self, lowest: Pair) -> Pair {
        let quotient;
        (quotient, self.carry) = arithmetic::reduce(self.constants, &mut self.columns, lowest, self.carry);
        quotient
    }

    /// What the low half carries belongs to the first column of the high half.
    #[inline(always)]
    fn enter_high_half(&mut self) {
        self.columns[2] = u64x2_add(self.columns[2], arithmetic::carried(self.carry));
        self.carry = arithmetic::NOTHING_CARRIED;
    }

    /// Makes two digits of the columns.
    #[inline(always)]
    fn normalize(&mut self, doubled: v128) -> Pair {
        arithmetic::normalize(self.constants, &self.columns, &mut self.carry, &mut self.previous, doubled)
    }
}

//! Montgomery multiplication of two pairs of numbers at once, one pair in each lane of the vectors.
//!
//! The product of two numbers is summed column by column (product scanning), and the multiple of the modulus that makes the
//! low half vanish with it: no column is ever stored. Two neighbouring digits are taken together, so that four products
//! need four loads. The modulus is −1 modulo the radix ([`multiple_of_minus_one`](crate::words::multiple_of_minus_one)),
//! so that each quotient digit is the lowest digit of what has been summed.

use crate::arithmetic::{self, Columns, Constants, Pair, ZERO_PAIR};
use crate::words::Extended;
use core::arch::wasm32::{u64x2_add, u64x2_splat, v128};

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
        let zero = [arithmetic::offsets(0, 0); PAIRS];
        let mut modulus = Self {
            digits: from_words(lanes),
            square: Offsets { low: zero, high: zero },
            product: Offsets { low: zero, high: zero },
        };
        for column in 0..PAIRS {
            let (products, both) = (column + 1, column + column + 1);
            let squares = (column + 1) % 2;
            modulus.product.low[column] = arithmetic::offsets(both, 0);
            modulus.square.low[column] = arithmetic::offsets((products - squares) / 2 + column, squares);
            let (products, squares) = (PAIRS - 1 - column, (PAIRS + column + 1) % 2);
            modulus.product.high[column] = arithmetic::offsets(2 * products, 0);
            modulus.square.high[column] = arithmetic::offsets((products - squares) / 2 + products, squares);
        }
        modulus
    }

    /// `number`² / R, and twice that in the lanes in which `doubled` has ones.
    #[inline(never)]
    pub(crate) fn square(&self, number: &mut Number<PAIRS>, doubled: v128) {
        let constants = Constants::load();
        let twice = number.map(arithmetic::twice);
        let mut sums = Sums::new(&self.digits, constants);
        for column in 0..PAIRS {
            sums.begin(self.square.low[column]);
            sums.add(&twice[..column.div_ceil(2)], &number[..=column]);
            if column % 2 == 0 {
                arithmetic::add_square(constants, &mut sums.columns, number[column / 2], twice[column / 2]);
            }
            sums.reduce(column);
        }
        sums.enter_high_half();
        for column in 0..PAIRS {
            sums.begin(self.square.high[column]);
            let middle = PAIRS + column;
            sums.add(&twice[column + 1..middle.div_ceil(2)], &number[column + 1..]);
            if middle % 2 == 0 {
                arithmetic::add_square(constants, &mut sums.columns, number[middle / 2], twice[middle / 2]);
            }
            // Digits below `column + 1` are no longer read.
            number[column] = sums.normalize(column, doubled);
        }
    }

    /// `a`·`b` / R.
    #[inline(never)]
    pub(crate) fn multiply(&self, a: &Number<PAIRS>, b: &Number<PAIRS>) -> Number<PAIRS> {
        let mut product = [ZERO_PAIR; PAIRS];
        let mut sums = Sums::new(&self.digits, Constants::load());
        for column in 0..PAIRS {
            sums.begin(self.product.low[column]);
            sums.add(&a[..=column], &b[..=column]);
            sums.reduce(column);
        }
        sums.enter_high_half();
        for column in 0..PAIRS {
            sums.begin(self.product.high[column]);
            sums.add(&a[column + 1..], &b[column + 1..]);
            product[column] = sums.normalize(column, u64x2_splat(0));
        }
        product
    }
}

/// The columns that are being summed, and the quotient digits so far.
struct Sums<'a, const PAIRS: usize> {
    modulus: &'a Number<PAIRS>,
    constants: Constants,
    quotient: Number<PAIRS>,
    columns: Columns,
    carry: v128,
    /// The digit below the next one, for doubling across digits.
    previous: v128,
}

impl<'a, const PAIRS: usize> Sums<'a, PAIRS> {
    fn new(modulus: &'a Number<PAIRS>, constants: Constants) -> Self {
        let zero = u64x2_splat(0);
        Self {
            modulus,
            constants,
            quotient: [ZERO_PAIR; PAIRS],
            columns: [zero; 4],
            carry: zero,
            previous: zero,
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
        self.columns = with_products(self.constants, self.columns, a, b);
    }

    /// Adds what the quotient digits so far give, and finds the next two, which make these columns vanish.
    #[inline(always)]
    fn reduce(&mut self, column: usize) {
        let (quotient, modulus) = (&self.quotient[..column], &self.modulus[1..=column]);
        self.columns = with_products(self.constants, self.columns, quotient, modulus);
        (self.quotient[column], self.carry) =
            arithmetic::reduce(self.constants, &mut self.columns, self.modulus[0], self.carry);
    }

    /// What the low half carries belongs to the first column of the high half.
    fn enter_high_half(&mut self) {
        self.columns[2] = u64x2_add(self.columns[2], self.carry);
        self.carry = u64x2_splat(0);
    }

    /// Adds what the quotient gives, and makes two digits of the columns.
    #[inline(always)]
    fn normalize(&mut self, column: usize, doubled: v128) -> Pair {
        let (quotient, modulus) = (&self.quotient[column + 1..], &self.modulus[column + 1..]);
        self.columns = with_products(self.constants, self.columns, quotient, modulus);
        arithmetic::normalize(self.constants, &self.columns, &mut self.carry, &mut self.previous, doubled)
    }
}

#[inline(always)]
fn with_products(constants: Constants, mut columns: Columns, a: &[Pair], b: &[Pair]) -> Columns {
    for (a, b) in a.iter().zip(b.iter().rev()) {
        arithmetic::add_products(constants, &mut columns, *a, *b);
    }
    columns
}

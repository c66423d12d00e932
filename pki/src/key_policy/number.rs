//! Natural numbers with what Fermat's factorization needs: a root digit by digit, sums, differences.
//!
//! The general roots of `crypto-bigint` would add three kilobytes to the module that judges requests.

use std::iter;

/// A natural number: digits of 64 bits, the lowest first, and the last is not zero.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Number(Vec<u64>);

impl Number {
    pub(super) const ZERO: Self = Self(Vec::new());

    pub(super) fn is_zero(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn to_be_bytes(&self) -> Vec<u8> {
        self.0.iter().rev().flat_map(|digit| digit.to_be_bytes()).collect()
    }

    pub(super) fn add(&mut self, other: &Self) {
        self.0.resize(self.0.len().max(other.0.len()), 0);
        let mut carry = false;
        for (digit, other) in self.0.iter_mut().zip(other.0.iter().copied().chain(iter::repeat(0))) {
            (*digit, carry) = digit.carrying_add(other, carry);
        }
        self.0.extend(carry.then_some(1));
    }

    /// The other must not be larger.
    pub(super) fn subtract(&mut self, other: &Self) {
        let mut borrow = false;
        for (digit, other) in self.0.iter_mut().zip(other.0.iter().copied().chain(iter::repeat(0))) {
            (*digit, borrow) = digit.borrowing_sub(other, borrow);
        }
        while self.0.last() == Some(&0) {
            self.0.pop();
        }
    }

    /// The number with one more binary digit at its end.
    fn append(&mut self, bit: bool) {
        let mut carry = bit;
        for digit in &mut self.0 {
            (*digit, carry) = digit.carrying_add(*digit, carry);
        }
        self.0.extend(carry.then_some(1));
    }

    fn is_less_than(&self, other: &Self) -> bool {
        let length = self.0.len().cmp(&other.0.len());
        length.then_with(|| self.0.iter().rev().cmp(other.0.iter().rev())).is_lt()
    }
}

impl From<u64> for Number {
    fn from(value: u64) -> Self {
        Self(Some(value).filter(|value| *value != 0).into_iter().collect())
    }
}

/// The whole part of a square root.
pub(super) struct Root {
    /// Two times the root.
    pub(super) twice: Number,
    /// What the number is over the square of its root.
    pub(super) rest: Number,
}

/// Of a number, big-endian. In longhand: two binary digits of the number give one of the root.
pub(super) fn square_root(number: &[u8]) -> Root {
    let one = Number::from(1);
    let mut root = Root { twice: Number::ZERO, rest: Number::ZERO };
    for byte in number {
        for [high, low] in [[0x80, 0x40], [0x20, 0x10], [8, 4], [2, 1]] {
            root.rest.append(byte & high != 0);
            root.rest.append(byte & low != 0);
            // With one more digit, r becomes 2r + 1, and its square 4r² + 4r + 1; or it becomes 2r.
            root.twice.append(true);
            if root.rest.is_less_than(&root.twice) {
                root.twice.subtract(&one);
            } else {
                root.rest.subtract(&root.twice);
                root.twice.add(&one);
            }
        }
    }
    root
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(value: u128) -> Number {
        let mut number = Number::from(u64::try_from(value >> 64).unwrap());
        for bit in (0..64).rev() {
            number.append(value >> bit & 1 == 1);
        }
        number
    }

    #[test]
    fn sums_and_differences_carry_from_digit_to_digit() {
        for (one, other) in [
            (0, 0),
            (0, 1),
            (1, u128::from(u64::MAX)),
            (u128::from(u64::MAX), 1),
            (1 << 64, u128::from(u64::MAX)),
            (u128::MAX - 1, 1),
        ] {
            let mut sum = number(one);
            sum.add(&number(other));
            assert_eq!(sum, number(one + other), "{one} + {other}");
            sum.subtract(&number(one));
            assert_eq!(sum, number(other), "{one} + {other} - {one}");
        }
        let mut beyond = number(u128::MAX);
        beyond.add(&number(u128::MAX));
        assert_eq!(beyond, Number(vec![u64::MAX - 1, u64::MAX, 1]));
    }

    #[test]
    fn bytes_are_those_of_whole_digits() {
        assert!(Number::ZERO.to_be_bytes().is_empty());
        assert_eq!(number(0x0102).to_be_bytes(), 0x0102_u64.to_be_bytes());
        assert_eq!(number(1 << 64).to_be_bytes(), (1_u128 << 64).to_be_bytes());
    }

    #[test]
    fn a_root_is_the_largest_number_whose_square_fits() {
        let squares =
            [0_u128, 1, 2, 3, 0xffff_ffff, 0x1_0000_0000, 0xffff_ffff_ffff_fffe].map(|root| root * root);
        for value in squares.into_iter().flat_map(|square| [square.saturating_sub(1), square, square + 1]) {
            let root = square_root(&value.to_be_bytes());
            let expected = value.isqrt();
            assert_eq!(root.twice, number(2 * expected), "{value}");
            assert_eq!(root.rest, number(value - expected * expected), "{value}");
        }
    }
}

//! Natural numbers with what Fermat's factorization needs: a root digit by digit, sums, differences.
//!
//! The general roots of `crypto-bigint` would add three kilobytes to the module that judges requests.

/// A natural number: digits of 64 bits, the lowest first, and the last is not zero.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Number(Vec<u64>);

impl Number {
    pub(super) const ZERO: Self = Self(Vec::new());

    pub(super) fn is_zero(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn lowest_digit(&self) -> u64 {
        self.0.first().copied().unwrap_or_default()
    }

    pub(super) fn to_be_bytes(&self) -> Vec<u8> {
        self.0.iter().rev().flat_map(|digit| digit.to_be_bytes()).collect()
    }

    pub(super) fn add(&mut self, other: &Self) {
        self.0.resize(self.0.len().max(other.0.len()), 0);
        let mut carry = false;
        let (low, high) = self.0.split_at_mut(other.0.len());
        for (digit, other) in low.iter_mut().zip(&other.0) {
            (*digit, carry) = digit.carrying_add(*other, carry);
        }
        for digit in high {
            if !carry {
                break;
            }
            (*digit, carry) = digit.overflowing_add(1);
        }
        self.0.extend(carry.then_some(1));
    }

    /// The other must not be larger.
    pub(super) fn subtract(&mut self, other: &Self) {
        let mut borrow = false;
        let common = self.0.len().min(other.0.len());
        let (low, high) = self.0.split_at_mut(common);
        for (digit, other) in low.iter_mut().zip(&other.0) {
            (*digit, borrow) = digit.borrowing_sub(*other, borrow);
        }
        for digit in high {
            if !borrow {
                break;
            }
            (*digit, borrow) = digit.overflowing_sub(1);
        }
        while self.0.last() == Some(&0) {
            self.0.pop();
        }
    }

    /// The number with so many more binary digits at its end, fewer than a digit of 64 bits has.
    fn append(&mut self, count: u32, bits: u64) {
        let mut carry = bits;
        for digit in &mut self.0 {
            let shifted = digit.rotate_left(count);
            let mask = u64::MAX.wrapping_shl(count);
            *digit = shifted & mask | carry;
            carry = shifted & !mask;
        }
        self.0.extend(Some(carry).filter(|carry| *carry != 0));
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
        for shift in [6, 4, 2, 0] {
            root.rest.append(2, u64::from(byte >> shift & 0b11));
            // With one more digit, r becomes 2r + 1, and its square 4r² + 4r + 1; or it becomes 2r.
            root.twice.append(1, 1);
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
            number.append(1, u64::try_from(value >> bit & 1).unwrap());
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
    fn a_carry_runs_through_all_digits_and_no_further() {
        let ones = Number(vec![u64::MAX, u64::MAX, 7]);
        let mut sum = ones.clone();
        sum.add(&Number::from(1));
        assert_eq!(sum, Number(vec![0, 0, 8]));
        sum.subtract(&Number::from(1));
        assert_eq!(sum, ones);
        let mut one = Number::from(1);
        one.subtract(&Number::from(1));
        assert!(one.is_zero());
    }

    #[test]
    fn digits_are_appended_across_the_end_of_a_digit() {
        let mut appended = Number(vec![0xc000_0000_0000_0001, 0x8000_0000_0000_0000]);
        appended.append(2, 0b11);
        assert_eq!(appended, Number(vec![7, 3, 2]));
        let mut zero = Number::ZERO;
        zero.append(2, 0);
        assert!(zero.is_zero());
        zero.append(2, 2);
        assert_eq!(zero, Number::from(2));
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

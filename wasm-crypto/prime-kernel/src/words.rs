//! Plain numbers in 32-bit words, least significant first.
//!
//! Nothing here is called often enough to be worth a copy for each size: `#[inline(never)]` takes a sixth off the module.

/// The longest candidate: 2048 bits.
pub(crate) const MAXIMUM_WORDS: usize = 64;
/// Room for a candidate times a digit, for its sums, and for a sign.
pub(crate) const EXTENDED_WORDS: usize = MAXIMUM_WORDS + 4;

/// A number with room above it, zero by default.
pub(crate) type Extended = [u32; EXTENDED_WORDS];

/// The number, with room above it.
pub(crate) fn extended(number: &[u32]) -> Extended {
    let mut room = [0; EXTENDED_WORDS];
    room[..number.len()].copy_from_slice(number);
    room
}

/// The bit at the index.
pub(crate) fn bit(number: &[u32], index: u32) -> u32 {
    number[(index / 32) as usize] >> (index % 32) & 1
}

/// So many bits from the index on; zeros above the number.
#[inline(never)]
pub(crate) fn bits(number: &[u32], index: u32, count: u32) -> u32 {
    (0..count)
        .filter(|offset| index + offset < 32 * number.len() as u32)
        .fold(0, |bits, offset| bits | bit(number, index + offset) << offset)
}

/// The number without so many of its lowest bits.
#[inline(never)]
pub(crate) fn shifted_right(number: &[u32], count: u32) -> Extended {
    let (skipped, shift) = ((count / 32) as usize, count % 32);
    let mut shifted = [0; EXTENDED_WORDS];
    let mut words = number.iter().skip(skipped).chain([&0]).map(|word| u64::from(*word));
    let mut low = words.next().unwrap_or(0);
    for (shifted, high) in shifted.iter_mut().zip(words) {
        *shifted = ((high << 32 | low) >> shift) as u32;
        low = high;
    }
    shifted
}

/// 2 to the power of the index.
pub(crate) fn single_bit(index: u32) -> Extended {
    let mut power = [0; EXTENDED_WORDS];
    power[(index / 32) as usize] = 1 << (index % 32);
    power
}

/// How many bits the number has without leading zeros.
#[inline(never)]
pub(crate) fn bit_length(number: &[u32]) -> u32 {
    let mut bits = 32 * number.len() as u32;
    for word in number.iter().rev() {
        bits -= word.leading_zeros();
        if *word != 0 {
            break;
        }
    }
    bits
}

/// How many zero bits the number ends in.
pub(crate) fn trailing_zeros(number: &[u32]) -> u32 {
    let mut bits = 0;
    for word in number {
        bits += word.trailing_zeros();
        if *word != 0 {
            break;
        }
    }
    bits
}

/// Adds, and gives the carry out of the last word.
#[inline(never)]
pub(crate) fn add_small(number: &mut [u32], value: u32) -> u32 {
    let mut carry = value;
    for word in number {
        let overflow;
        (*word, overflow) = word.overflowing_add(carry);
        carry = u32::from(overflow);
    }
    carry
}

/// Adds modulo 2^32 to the number of words: both may be in two's complement.
#[inline(never)]
pub(crate) fn add(number: &mut [u32], other: &[u32]) {
    let mut carry = 0;
    for (word, other) in number.iter_mut().zip(other) {
        carry += u64::from(*word) + u64::from(*other);
        *word = carry as u32;
        carry >>= 32;
    }
}

/// Subtracts modulo 2^32 to the number of words, and tells whether it borrowed from above.
#[inline(never)]
pub(crate) fn subtract(number: &mut [u32], other: &[u32]) -> bool {
    let mut borrow = false;
    for (word, other) in number.iter_mut().zip(other) {
        let (difference, first) = word.overflowing_sub(*other);
        let (difference, second) = difference.overflowing_sub(u32::from(borrow));
        *word = difference;
        borrow = first || second;
    }
    borrow
}

/// 1 / n modulo 2^64, n odd, by Newton's iteration: each step doubles the number of right bits, beginning with five.
pub(crate) fn inverse(n: u64) -> u64 {
    let mut inverse = n.wrapping_mul(3) ^ 2;
    for _ in 0..4 {
        inverse = inverse.wrapping_mul(2_u64.wrapping_sub(n.wrapping_mul(inverse)));
    }
    inverse
}

fn low_64(number: &[u32]) -> u64 {
    u64::from(number[0]) | u64::from(number[1]) << 32
}

/// The multiple of `n` that is −1 modulo 2^`radix_bits`: modulo such a number, a Montgomery quotient digit is the lowest
/// digit itself and needs no multiplication.
pub(crate) fn multiple_of_minus_one(n: &[u32], radix_bits: u32) -> Extended {
    let factor = inverse(low_64(n)).wrapping_neg() & ((1 << radix_bits) - 1);
    let mut product = [0; EXTENDED_WORDS];
    let mut carry = 0_u128;
    for (index, word) in product.iter_mut().enumerate() {
        carry += u128::from(n.get(index).copied().unwrap_or(0)) * u128::from(factor);
        *word = carry as u32;
        carry >>= 32;
    }
    product
}

/// 2^`exponent` modulo `n`, by doubling: for exponents not far above the length of `n`.
pub(crate) fn power_of_two(exponent: u32, n: &Extended) -> Extended {
    let start = bit_length(n) - 1;
    let mut power = single_bit(start);
    // Twice a number below `n` has one bit more than `n`.
    let words = (bit_length(n) / 32 + 1) as usize;
    let (number, n) = (&mut power[..words], &n[..words]);
    let mut reduced = [0; EXTENDED_WORDS];
    for _ in start..exponent {
        let (mut carry, mut borrow) = (0, 0);
        for ((word, reduced), n) in number.iter_mut().zip(&mut reduced).zip(n) {
            (*word, carry) = (*word << 1 | carry, *word >> 31);
            borrow += i64::from(*word) - i64::from(*n);
            *reduced = borrow as u32;
            borrow >>= 32;
        }
        if borrow == 0 {
            number.copy_from_slice(&reduced[..words]);
        }
    }
    power
}

/// Whether the number, in two's complement and below 2^63·n in size, is a multiple of the odd `n`.
#[inline(never)]
pub(crate) fn is_multiple(number: &Extended, n: &[u32]) -> bool {
    // If it is, then this is the quotient, with its sign.
    let quotient = i128::from(low_64(number).wrapping_mul(inverse(low_64(n))).cast_signed());
    let mut difference = 0_i128;
    for (index, word) in number.iter().enumerate() {
        difference += i128::from(*word) - i128::from(n.get(index).copied().unwrap_or(0)) * quotient;
        if difference as u32 != 0 {
            return false;
        }
        difference >>= 32;
    }
    // The words of a negative number are those of the number plus one more power of two, which is left.
    difference == i128::from(number[EXTENDED_WORDS - 1] >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn negative(words: &[u32]) -> Extended {
        let mut number = [0; EXTENDED_WORDS];
        subtract(&mut number, &extended(words));
        number
    }

    #[test]
    fn an_odd_number_times_its_inverse_is_one() {
        for n in [1, 3, 5, 0xffff_ffff_ffff_ffff, 0x0123_4567_89ab_cdef] {
            assert_eq!(inverse(n).wrapping_mul(n), 1, "{n}");
        }
    }

    #[test]
    fn bits_are_counted_at_both_ends() {
        assert_eq!(bit_length(&[0, 0x8000_0000, 0]), 64);
        assert_eq!(bit_length(&[1, 0]), 1);
        assert_eq!(bit_length(&[0, 0]), 0);
        assert_eq!(trailing_zeros(&[0, 8]), 35);
        assert_eq!(bit(&[0, 8], 35), 1);
        assert_eq!(bit(&[0, 8], 34), 0);
        assert_eq!(single_bit(35), extended(&[0, 8]));
    }

    #[test]
    fn bits_are_taken_across_words_and_beyond_the_number() {
        let number = [0x89ab_cdef, 0x0123_4567];
        assert_eq!(bits(&number, 28, 8), 0x78);
        assert_eq!(bits(&number, 0, 32), number[0]);
        assert_eq!(bits(&number, 60, 8), 0);
        assert_eq!(bits(&number, 56, 8), 1);
        assert_eq!(shifted_right(&number, 0), extended(&number));
        assert_eq!(shifted_right(&number, 36), extended(&[0x0012_3456]));
    }

    #[test]
    fn carries_and_borrows_go_through_all_words() {
        let mut number = [u32::MAX, u32::MAX];
        assert_eq!(add_small(&mut number, 1), 1);
        assert_eq!(number, [0, 0]);
        assert!(subtract(&mut number, &[1, 0]));
        assert_eq!(number, [u32::MAX, u32::MAX]);
        add(&mut number, &[2, 0]);
        assert_eq!(number, [1, 0]);
    }

    #[test]
    fn the_multiple_ends_in_ones_and_is_a_multiple() {
        let n = [0x89ab_cdef, 0x0123_4567, 0xdead_beef];
        for radix_bits in [28, 51] {
            let multiple = multiple_of_minus_one(&n, radix_bits);
            let ones = (1 << radix_bits) - 1;
            assert_eq!(low_64(&multiple) & ones, ones);
            assert!(is_multiple(&multiple, &n));
        }
    }

    #[test]
    fn multiples_are_told_from_other_numbers_with_either_sign() {
        let n = [0x89ab_cdef, 0x0123_4567, 0xdead_beef];
        let mut multiple = multiple_of_minus_one(&n, 51);
        assert!(is_multiple(&multiple, &n));
        assert!(is_multiple(&negative(&multiple), &n));
        assert!(is_multiple(&[0; EXTENDED_WORDS], &n));
        add_small(&mut multiple, 1);
        assert!(!is_multiple(&multiple, &n));
        assert!(!is_multiple(&negative(&multiple), &n));
        assert!(!is_multiple(&negative(&[1]), &n));
    }

    #[test]
    fn powers_of_two_are_reduced() {
        // 2^64 modulo 2^61 − 1 is 8.
        assert_eq!(power_of_two(64, &extended(&[u32::MAX, 0x1fff_ffff])), extended(&[8]));
        assert_eq!(power_of_two(60, &extended(&[u32::MAX, 0x1fff_ffff])), extended(&[0, 0x1000_0000]));
        // Twice a number below one that fills its words needs one more.
        assert_eq!(power_of_two(65, &extended(&[u32::MAX; 2])), extended(&[2]));
    }
}

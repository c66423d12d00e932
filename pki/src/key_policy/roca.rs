//! Keys of chips with Infineon's faulty library (ROCA, CVE-2017-15361).
//!
//! Its primes are `k · M + (65537^a mod M)`, where M is the product of the first primes. So a modulus is a power of 65537
//! modulo each of these, and all these powers fit one exponent: the discrete-logarithm fingerprint of Nemec et al., *The
//! Return of Coppersmith's Attack* (2017), §2.3. A sound key has it by chance with a probability below 2^-100.

use super::rsa::{SMALL_PRIMES, remainder};

/// The odd primes of M for the shortest keys, which are those of longer ones too.
const PRIMES: &[u32] = SMALL_PRIMES.split_at(1).1.split_at(38).0;
const GENERATOR: u32 = 65_537;

/// An exponent that is known up to a multiple of the order.
#[derive(Clone, Copy)]
struct Logarithm {
    exponent: u32,
    order: u32,
}

/// Whether the modulus, big-endian, has the fingerprint.
pub(super) fn has_fingerprint(modulus: &[u8]) -> bool {
    let mut known: Vec<Logarithm> = Vec::with_capacity(PRIMES.len());
    for &prime in PRIMES {
        let Some(logarithm) = logarithm(remainder(modulus, prime), prime) else { return false };
        if known.iter().any(|other| contradict(*other, logarithm)) {
            return false;
        }
        known.push(logarithm);
    }
    true
}

/// The exponent that makes the value from 65537, and the order of 65537; none when no exponent does.
fn logarithm(value: u32, prime: u32) -> Option<Logarithm> {
    let mut power: u32 = 1;
    let mut exponent = None;
    for step in 0..prime {
        if power == value {
            exponent = exponent.or(Some(step));
        }
        power = power.wrapping_mul(GENERATOR.checked_rem(prime)?).checked_rem(prime)?;
        if power == 1 {
            return Some(Logarithm { exponent: exponent?, order: step.saturating_add(1) });
        }
    }
    None
}

/// Whether no exponent satisfies both: they differ modulo what the orders have in common.
fn contradict(one: Logarithm, other: Logarithm) -> bool {
    let common = greatest_common_divisor(one.order, other.order);
    one.exponent.checked_rem(common) != other.exponent.checked_rem(common)
}

fn greatest_common_divisor(one: u32, other: u32) -> u32 {
    match one.checked_rem(other) {
        None => one,
        Some(rest) => greatest_common_divisor(other, rest),
    }
}

#[cfg(test)]
#[expect(clippy::arithmetic_side_effects, reason = "the numbers are chosen")]
mod tests {
    use super::*;

    /// `65537^exponent` modulo the product of all primes, as 64 bytes, big-endian.
    fn power(exponent: u32) -> Vec<u8> {
        let mut modulus = vec![0_u8; 64];
        modulus[63] = 1;
        for &prime in PRIMES {
            multiply(&mut modulus, prime);
        }
        let mut power = vec![0_u8; 64];
        power[63] = 1;
        for _ in 0..exponent {
            multiply(&mut power, GENERATOR);
            while power >= modulus {
                subtract(&mut power, &modulus);
            }
        }
        power
    }

    fn multiply(number: &mut [u8], factor: u32) {
        let mut carry = 0_u64;
        for byte in number.iter_mut().rev() {
            carry += u64::from(*byte) * u64::from(factor);
            *byte = u8::try_from(carry & 0xff).unwrap();
            carry >>= 8;
        }
        assert_eq!(carry, 0, "64 bytes are too few");
    }

    fn subtract(number: &mut [u8], other: &[u8]) {
        let mut borrow = 0;
        for (byte, other) in number.iter_mut().rev().zip(other.iter().rev()) {
            let difference = i16::from(*byte) - i16::from(*other) - borrow;
            borrow = i16::from(difference < 0);
            *byte = u8::try_from(difference.rem_euclid(256)).unwrap();
        }
    }

    #[test]
    fn a_power_of_65537_has_the_fingerprint_and_its_neighbours_do_not() {
        for exponent in [0, 1, 2, 5] {
            let mut number = power(exponent);
            assert!(has_fingerprint(&number), "{exponent}");
            number[63] ^= 2;
            assert!(!has_fingerprint(&number), "{exponent}");
        }
    }

    #[test]
    fn powers_that_no_single_exponent_makes_are_no_fingerprint() {
        // 65537 is 2 modulo 3 and modulo 5, of order 2 and 4: the exponents 1 and 2 contradict each other.
        let one = logarithm(2, 3).unwrap();
        let two = logarithm(4, 5).unwrap();
        assert!(contradict(one, two));
        assert!(!contradict(one, logarithm(3, 5).unwrap()));
        assert!(
            logarithm(3, 17).is_none(),
            "65537 is 2 modulo 17, whose powers are 1, 2, 4, 8 and their negatives"
        );
    }
}

//! Primes that are too close to each other: Fermat's factorization finds them at once (CVE-2022-26320).

use super::number::{Number, Root, square_root};

/// How many candidates are tried. Our choice, the one of Boulder and badkeys: primes that a sound generator draws never
/// come near, and the printers whose keys were broken needed fewer.
const ROUNDS: u32 = 100;

/// Whether the modulus, big-endian and odd, is `a² − b²` for one of the first candidates of `a` from its square root on.
pub(super) fn finds_factors(modulus: &[u8]) -> bool {
    let Root { twice, rest } = square_root(modulus);
    if rest.is_zero() {
        return true;
    }
    let two = Number::from(2);
    // What (a + 1)² is over a².
    let mut step = twice;
    step.add(&Number::from(1));
    let mut difference = step.clone();
    difference.subtract(&rest);
    for _ in 0..ROUNDS {
        if is_square(&difference) {
            return true;
        }
        step.add(&two);
        difference.add(&step);
    }
    false
}

/// One in four numbers passes the first look, and of these one in a hundred the second.
fn is_square(number: &Number) -> bool {
    /// 3² · 5 · 7 · 11 · 13 · 17 · 19 · 23: the squares modulo each are few.
    const MODULI: [u32; 8] = [9, 5, 7, 11, 13, 17, 19, 23];
    const PRODUCT: u32 = 334_639_305;
    if !matches!(number.lowest_digit() % 32, 0 | 1 | 4 | 9 | 16 | 17 | 25) {
        return false;
    }
    let bytes = number.to_be_bytes();
    let remainder = super::rsa::remainder(&bytes, PRODUCT);
    let is_square_modulo = |modulus: u32| {
        let rest = |value: u32| value.checked_rem(modulus).unwrap_or_default();
        (0..modulus).any(|root| rest(root.wrapping_mul(root)) == rest(remainder))
    };
    MODULI.into_iter().all(is_square_modulo) && square_root(&bytes).rest.is_zero()
}

#[cfg(test)]
#[expect(clippy::arithmetic_side_effects, reason = "the numbers are chosen")]
mod tests {
    use super::*;

    fn finds(modulus: u128) -> bool {
        finds_factors(&modulus.to_be_bytes())
    }

    #[test]
    fn squares_are_told_from_their_neighbours() {
        for root in [1_u64, 2, 3, 255, 256, 65_537, 4_294_967_291] {
            let square = root * root;
            assert!(is_square(&Number::from(square)), "{root}");
            assert!(!is_square(&Number::from(square + 1)), "{root}");
        }
        // A square modulo 32 and modulo all the small primes, and yet none.
        assert!(!is_square(&Number::from(334_639_305_u64 * 32 + 1)));
    }

    /// A number whose factors are found in this round: `a² − b²`, where `a` is so far above its square root.
    fn after(rounds: u128) -> u128 {
        let a = (1_u128 << 62) + 1;
        let b = (2 * a * rounds - a).isqrt() & !1;
        let modulus = a * a - b * b;
        assert_eq!(a - modulus.isqrt(), rounds);
        modulus
    }

    #[test]
    fn close_primes_are_found_within_a_hundred_rounds() {
        const PRIME: u128 = 0x8000_0000_0000_001d;
        assert!(finds(PRIME * PRIME), "the same prime twice");
        assert!(finds(PRIME * 0x8000_0000_0000_0063), "the next prime but some");
        for (rounds, found) in [(1, true), (99, true), (100, true), (101, false)] {
            assert_eq!(finds(after(rounds)), found, "{rounds}");
        }
        assert!(!finds(0xffff_ffff_ffff_ffc5 * 0x8000_0000_0000_001d), "far apart");
    }
}

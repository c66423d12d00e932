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

/// One in four numbers passes the first look, and of these one in a hundred the second: roots are dear.
fn is_square(number: &Number) -> bool {
    is_square_modulo_32(number) && {
        let bytes = number.to_be_bytes();
        is_square_modulo_primes(&bytes) && square_root(&bytes).rest.is_zero()
    }
}

fn is_square_modulo_32(number: &Number) -> bool {
    matches!(number.lowest_digit() % 32, 0 | 1 | 4 | 9 | 16 | 17 | 25)
}

fn is_square_modulo_primes(bytes: &[u8]) -> bool {
    /// 3² · 5 · 7 · 11 · 13 · 17 · 19 · 23: the squares modulo each are few.
    const MODULI: [u32; 8] = [9, 5, 7, 11, 13, 17, 19, 23];
    const PRODUCT: u32 = 334_639_305;
    let remainder = super::rsa::remainder(bytes, PRODUCT);
    MODULI.into_iter().all(|modulus| {
        let rest = |value: u32| value.checked_rem(modulus).unwrap_or_default();
        (0..modulus).any(|root| rest(root.wrapping_mul(root)) == rest(remainder))
    })
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

    #[test]
    fn few_numbers_are_looked_at_for_their_root() {
        let passes_first = |number: &u64| is_square_modulo_32(&Number::from(*number));
        let passes_second = |number: &u64| is_square_modulo_primes(&number.to_be_bytes());
        assert_eq!((0..32_u64).filter(passes_first).count(), 7);
        let squares = |limit: u64| (0..).map(|root| root * root).take_while(move |square| *square < limit);
        assert!((0..100).filter(passes_second).eq(squares(100)));
        assert!(squares(1_000_000).all(|square| passes_first(&square) && passes_second(&square)));
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

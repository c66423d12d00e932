//! Weeds out numbers with a small factor, so that few are left for the costly test.
//!
//! `crypto-primes` has a sieve too. Its table of 2,048 primes with their reciprocals is a tenth of the whole module; the
//! primes are computed here in a millisecond, and there are ten times as many, which spares a fifth of the tests.

use crypto_bigint::{BoxedUint, Limb, NonZero, Odd};

/// All odd primes below it are weeded out by. Our choice: where a larger one costs more time than it spares.
const LIMIT: u32 = 1 << 18;

/// How many odd numbers are looked at, from the start on. Primes of 2048 bits are 710 odd numbers apart on average.
const WINDOW: u32 = 1 << 14;

/// The odd primes below [`LIMIT`].
pub(super) struct Sieve {
    primes: Vec<u32>,
}

impl Sieve {
    pub(super) fn new() -> Self {
        let mut is_composite = vec![false; usize::try_from(LIMIT).unwrap_or_default()];
        let mut primes = Vec::new();
        for number in (3..LIMIT).step_by(2) {
            let Ok(index) = usize::try_from(number) else { break };
            if is_composite.get(index).copied().unwrap_or(true) {
                continue;
            }
            primes.push(number);
            is_composite
                .iter_mut()
                .skip(index.saturating_mul(index))
                .step_by(index)
                .for_each(|mark| *mark = true);
        }
        Self { primes }
    }

    /// The numbers from `start` on, each with no factor below [`LIMIT`] but itself.
    pub(super) fn survivors(&self, start: &Odd<BoxedUint>) -> impl Iterator<Item = BoxedUint> {
        let mut is_composite = vec![false; usize::try_from(WINDOW).unwrap_or_default()];
        for prime in &self.primes {
            if let Some((first, step)) = first_multiple(start, *prime) {
                is_composite.iter_mut().skip(first).step_by(step).for_each(|mark| *mark = true);
            }
        }
        let start = start.as_ref().clone();
        (0..WINDOW)
            .zip(is_composite)
            .filter(|(_, is_composite)| !is_composite)
            .map(move |(index, _)| start.wrapping_add(BoxedUint::from(index.saturating_mul(2))))
    }
}

/// The index of the first odd number from `start` on that the odd `prime` divides, and how many odd numbers lie from
/// one to the next.
fn first_multiple(start: &Odd<BoxedUint>, prime: u32) -> Option<(usize, usize)> {
    let divisor = NonZero::new(Limb::from(prime)).into_option()?;
    // A limb has 32 bits in the browser and 64 elsewhere; both widen.
    let remainder = u32::try_from(u128::from(start.as_ref().rem_limb(divisor).0)).ok()?;
    let distance = if remainder == 0 { 0 } else { prime.saturating_sub(remainder) };
    // An odd distance leads to an even number; the multiple after it is odd.
    let distance = if distance % 2 == 0 { distance } else { distance.saturating_add(prime) };
    Some((usize::try_from(distance / 2).ok()?, usize::try_from(prime).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn odd(number: u64) -> Odd<BoxedUint> {
        Odd::new(BoxedUint::from(number)).unwrap()
    }

    fn has_no_factor_below_the_limit(number: u64) -> bool {
        (3..u64::from(LIMIT)).step_by(2).all(|factor| !number.is_multiple_of(factor))
    }

    #[test]
    fn there_are_as_many_primes_as_books_say() {
        let Sieve { primes } = Sieve::new();
        // π(2^18) = 23,000, one of them even.
        assert_eq!(primes.len(), 22_999);
        assert_eq!(primes[..5], [3, 5, 7, 11, 13]);
        assert_eq!(primes.last(), Some(&262_139));
    }

    #[test]
    fn exactly_the_numbers_without_a_small_factor_survive() {
        let start = 9_007_199_254_740_993; // 2^53 + 1
        let survivors: Vec<BoxedUint> = Sieve::new().survivors(&odd(start)).take(8).collect();
        let expected: Vec<BoxedUint> = (start..)
            .step_by(2)
            .filter(|number| has_no_factor_below_the_limit(*number))
            .take(8)
            .map(BoxedUint::from)
            .collect();
        assert_eq!(survivors, expected);
    }

    #[test]
    fn the_first_odd_multiple_is_found_from_every_remainder() {
        for start in (1..200).step_by(2) {
            for prime in [3, 5, 7, 11, 101] {
                let (first, step) = first_multiple(&odd(start), prime).unwrap();
                let multiple = start + 2 * u64::try_from(first).unwrap();
                assert_eq!(multiple % u64::from(prime), 0);
                assert!(first < step);
            }
        }
    }
}

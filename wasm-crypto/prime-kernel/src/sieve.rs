//! Weeds out candidates with a small factor.

use crate::words::MAXIMUM_WORDS;
use core::arch::wasm32::{
    f64x2_add, f64x2_convert_low_u32x4, f64x2_div, f64x2_extract_lane, f64x2_floor, f64x2_mul, f64x2_splat,
    f64x2_sub, u32x4, v128,
};

/// All odd primes below it are weeded out by. Our choice: from 2^18 to 2^20 the time for a key differs little.
const LIMIT: usize = 1 << 19;
/// How many odd primes there are below [`LIMIT`].
const PRIMES: usize = 43_389;
/// Divided by so many at once, so that no division waits for another.
const GROUP: usize = 8;
/// With ones at the end, so that the last group is full.
const TABLE: usize = PRIMES.next_multiple_of(GROUP);

/// How many odd numbers are looked at, from the start on. Primes of 2048 bits are 710 odd numbers apart on average; a
/// window without one is e^−11 as likely as one with.
pub(crate) const WINDOW: usize = 1 << 13;

/// The public exponent of RSA keys, a prime. A prime p with e | p − 1 gives no key (FIPS 186-5 §A.1.3, step 4.5).
const PUBLIC_EXPONENT: u32 = 65_537;

/// The small primes and the marks of one window.
pub(crate) struct Sieve {
    primes: [u32; TABLE],
    is_composite: [bool; WINDOW],
}

impl Sieve {
    /// Without primes: [`Sieve::prepare`] finds them.
    pub(crate) const fn new() -> Self {
        Self { primes: [0; TABLE], is_composite: [false; WINDOW] }
    }

    /// Finds the small primes (Eratosthenes), unless they are there.
    pub(crate) fn prepare(&mut self, is_composite: &mut [bool; LIMIT / 2]) {
        if self.primes[0] != 0 {
            return;
        }
        is_composite.fill(false);
        let mut count = 0;
        for half in 1..LIMIT / 2 {
            if is_composite[half] {
                continue;
            }
            let prime = 2 * half + 1;
            self.primes[count] = prime as u32;
            count += 1;
            // From the square on: 2·half·(half + 1) is the index of prime².
            for multiple in (2 * half * (half + 1)..LIMIT / 2).step_by(prime) {
                is_composite[multiple] = true;
            }
        }
        self.primes[count..].fill(1);
    }

    /// Writes which of the odd numbers `start`, `start` + 2, … have no small factor and may be a prime of a key, as
    /// indexes, and gives how many there are.
    pub(crate) fn survivors(&mut self, start: &[u32], survivors: &mut [u16; WINDOW]) -> usize {
        self.is_composite.fill(false);
        let mut words = [f64x2_splat(0.0); MAXIMUM_WORDS];
        for (vector, word) in words.iter_mut().zip(start.iter().rev()) {
            *vector = f64x2_splat(f64::from(*word));
        }
        for primes in self.primes.as_chunks::<GROUP>().0 {
            for (prime, remainder) in primes.iter().zip(remainders(&words[..start.len()], primes)) {
                mark(&mut self.is_composite, *prime, remainder, 0);
                if *prime == PUBLIC_EXPONENT {
                    mark(&mut self.is_composite, *prime, remainder, 1);
                }
            }
        }
        let mut count = 0;
        for (index, is_composite) in self.is_composite.iter().enumerate() {
            survivors[count] = index as u16;
            count += usize::from(!is_composite);
        }
        count
    }

    /// Forgets the last window.
    pub(crate) fn forget(&mut self) {
        self.is_composite.fill(false);
    }
}

/// The number, its highest word first, modulo each of the primes: Horner's rule in f64.
///
/// A remainder r is below 2^19 in size, so r·2^32 plus a word is below 2^52 and exact. The quotient by the floor of a
/// product may be wrong by one, which leaves a remainder in [−p, 2p); the next step takes care of it, the last is put right.
fn remainders(words: &[v128], primes: &[u32; GROUP]) -> [u32; GROUP] {
    let divisors =
        [0, 2, 4, 6].map(|index| f64x2_convert_low_u32x4(u32x4(primes[index], primes[index + 1], 0, 0)));
    let inverses = divisors.map(|divisor| f64x2_div(f64x2_splat(1.0), divisor));
    let mut remainders = [f64x2_splat(0.0); 4];
    let radix = f64x2_splat(4_294_967_296.0);
    for word in words {
        for ((remainder, divisor), inverse) in remainders.iter_mut().zip(divisors).zip(inverses) {
            let dividend = f64x2_add(f64x2_mul(*remainder, radix), *word);
            let quotient = f64x2_floor(f64x2_mul(dividend, inverse));
            *remainder = f64x2_sub(dividend, f64x2_mul(quotient, divisor));
        }
    }
    let mut exact = [0; GROUP];
    for (index, (exact, prime)) in exact.iter_mut().zip(primes).enumerate() {
        let vector = remainders[index / 2];
        let remainder =
            if index % 2 == 0 { f64x2_extract_lane::<0>(vector) } else { f64x2_extract_lane::<1>(vector) };
        *exact = (remainder as i32).rem_euclid(*prime as i32) as u32;
    }
    exact
}

/// Marks each number that leaves `residue` when divided by the prime, where the start leaves `remainder`.
fn mark(is_composite: &mut [bool; WINDOW], prime: u32, remainder: u32, residue: u32) {
    // Of the padding, and never reached by the primes.
    if prime < 3 {
        return;
    }
    let distance = (prime + residue - remainder) % prime;
    // An odd distance leads to an even number; the one after it is odd.
    let first = if distance % 2 == 0 { distance / 2 } else { (distance + prime) / 2 };
    let mut index = first as usize;
    while let Some(mark) = is_composite.get_mut(index) {
        *mark = true;
        index += prime as usize;
    }
}

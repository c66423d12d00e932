//! Weeds out candidates with a small factor.

use crate::arithmetic::multiply_add;
use crate::words::MAXIMUM_WORDS;
use core::arch::wasm32::{
    f64x2_add, f64x2_convert_low_u32x4, f64x2_div, f64x2_lt, f64x2_neg, f64x2_splat, f64x2_sub, u32x4,
    u32x4_extract_lane, v128, v128_and,
};

/// How many odd numbers are looked at at once for small primes.
pub(crate) const SEGMENT: usize = 1 << 18;
/// How many segments the small primes of numbers of 1024, 1536 and 2048 bits come from: primes below 2^19, 2^20, 2^21.
/// Our choice: the longer a test, the more divisions are worth their while.
const SEGMENTS: [usize; 3] = [1, 2, 4];
/// How many odd primes there are below 2^21.
const PRIMES: usize = 155_610;
/// The larger factor of a composite number below 2^21 is paired with one below this.
const SQUARE_ROOT: usize = 1449;
/// Divided by so many at once, so that no division waits for another.
const GROUP: usize = 24;
/// Two in each vector.
const VECTORS: usize = GROUP / 2;
/// With room to fill the last group.
const TABLE: usize = PRIMES.next_multiple_of(GROUP);

/// How many odd numbers are looked at, from the start on. Primes of 2048 bits are 710 odd numbers apart on average; a
/// window without one is e^−11 as likely as one with.
pub(crate) const WINDOW: usize = 1 << 13;

/// The public exponent of RSA keys, a prime. A prime p with e | p − 1 gives no key (FIPS 186-5 §A.1.3, step 4.5).
const PUBLIC_EXPONENT: u32 = 65_537;

/// The small primes and the marks of one window.
pub(crate) struct Sieve {
    /// In groups, the last one filled with ones.
    primes: [u32; TABLE],
    count: usize,
    /// How many segments the primes come from.
    segments: usize,
    is_composite: [bool; WINDOW],
}

impl Sieve {
    /// Without primes: [`Sieve::prepare`] finds them.
    #[expect(clippy::large_stack_arrays, reason = "the compiler makes it, for a static")]
    pub(crate) const fn new() -> Self {
        Self { primes: [0; TABLE], count: 0, segments: 0, is_composite: [false; WINDOW] }
    }

    /// Finds the small primes for numbers of so many words, unless they are there.
    pub(crate) fn prepare(&mut self, words: usize, scratch: &mut [bool; SEGMENT]) {
        let index = usize::from(words > 32) + usize::from(words > 48);
        while self.segments < SEGMENTS[index] {
            self.add_segment(scratch);
        }
    }

    /// Finds the primes of the next segment (Eratosthenes).
    fn add_segment(&mut self, is_composite: &mut [bool; SEGMENT]) {
        let base = 2 * SEGMENT * self.segments;
        is_composite.fill(false);
        for prime in &self.primes[..self.count] {
            let prime = *prime as usize;
            if prime >= SQUARE_ROOT {
                break;
            }
            // The first odd multiple from the base on, and its index among the odd numbers.
            let multiple = base.next_multiple_of(2 * prime) + prime;
            let multiple = if multiple - base >= 2 * prime { multiple - 2 * prime } else { multiple };
            mark_multiples(is_composite, (multiple - base) / 2, prime);
        }
        for half in usize::from(base == 0)..SEGMENT {
            if is_composite[half] {
                continue;
            }
            let prime = base + 2 * half + 1;
            self.primes[self.count] = prime as u32;
            self.count += 1;
            if base == 0 && prime < SQUARE_ROOT {
                // From the square on: 2·half·(half + 1) is the index of prime².
                mark_multiples(is_composite, 2 * half * (half + 1), prime);
            }
        }
        self.primes[self.count..self.count.next_multiple_of(GROUP)].fill(1);
        self.segments += 1;
    }

    /// Writes which of the odd numbers `start`, `start` + 2, … have no small factor and may be a prime of a key, as
    /// indexes, and gives how many there are.
    pub(crate) fn survivors(&mut self, start: &[u32], survivors: &mut [u16; WINDOW]) -> usize {
        self.is_composite.fill(false);
        let mut words = [f64x2_splat(0.0); MAXIMUM_WORDS];
        for (vector, word) in words.iter_mut().zip(start.iter().rev()) {
            *vector = f64x2_splat(f64::from(*word));
        }
        let primes = &self.primes[..self.count.next_multiple_of(GROUP)];
        for primes in primes.as_chunks::<GROUP>().0 {
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

fn mark_multiples(is_composite: &mut [bool], first: usize, prime: usize) {
    let mut index = first;
    while let Some(mark) = is_composite.get_mut(index) {
        *mark = true;
        index += prime;
    }
}

/// The number, its highest word first, modulo each of the primes: Horner's rule in f64.
///
/// The quotient is rounded to the nearest integer, so a remainder is at most half a prime in size, with its sign: below 2^20.
/// A remainder times 2^32 plus a word is then below 2^53, and so is the quotient times the prime: all of this is exact,
/// whether a multiply-add rounds once or twice. The quotient itself may be rounded to the wrong side when it is all but
/// halfway; the remainder is then as little above half a prime.
fn remainders(words: &[v128], primes: &[u32; GROUP]) -> [u32; GROUP] {
    /// 1.5·2^52: numbers near it are integers, so that adding it rounds.
    const ROUNDING: f64 = 6_755_399_441_055_744.0;
    /// 2^52: an integer below it is in the lowest bits of the sum.
    const INTEGER: f64 = 4_503_599_627_370_496.0;
    let mut divisors = [f64x2_splat(0.0); VECTORS];
    for (divisor, pair) in divisors.iter_mut().zip(primes.as_chunks::<2>().0) {
        *divisor = f64x2_convert_low_u32x4(u32x4(pair[0], pair[1], 0, 0));
    }
    let inverses = divisors.map(|divisor| f64x2_div(f64x2_splat(1.0), divisor));
    let negatives = divisors.map(|divisor| f64x2_neg(divisor));
    let mut remainders = [f64x2_splat(0.0); VECTORS];
    let (radix, rounding) = (f64x2_splat(4_294_967_296.0), f64x2_splat(ROUNDING));
    for word in words {
        for index in 0..VECTORS {
            let dividend = multiply_add(remainders[index], radix, *word);
            let quotient = f64x2_sub(multiply_add(dividend, inverses[index], rounding), rounding);
            remainders[index] = multiply_add(quotient, negatives[index], dividend);
        }
    }
    let mut exact = [0; GROUP];
    for (index, pair) in exact.as_chunks_mut::<2>().0.iter_mut().enumerate() {
        let remainder = remainders[index];
        let lift = v128_and(f64x2_lt(remainder, f64x2_splat(0.0)), divisors[index]);
        let bits = f64x2_add(f64x2_add(remainder, lift), f64x2_splat(INTEGER));
        *pair = [u32x4_extract_lane::<0>(bits), u32x4_extract_lane::<2>(bits)];
    }
    exact
}

/// Marks each number that leaves `residue` when divided by the prime, where the start leaves `remainder`.
#[inline(always)]
fn mark(is_composite: &mut [bool; WINDOW], prime: u32, remainder: u32, residue: u32) {
    // Of the padding, and never reached by the primes.
    if prime < 3 {
        return;
    }
    let distance = prime + residue - remainder;
    let distance = if distance >= prime { distance - prime } else { distance };
    // An odd distance leads to an even number; the one after it is odd.
    let first = if distance.is_multiple_of(2) { distance / 2 } else { distance.midpoint(prime) };
    mark_multiples(is_composite, first as usize, prime as usize);
}

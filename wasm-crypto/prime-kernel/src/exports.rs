//! What the host sees: a few numbers in memory and functions over them. One thread, one instance, no imports.
//!
//! Sizes are given in 32-bit words: 32, 48 or 64. Everything else gives 0 for an answer.

use crate::arithmetic::{self, PAIRS};
use crate::power::{Power, powers};
use crate::primality::{candidate_after, passes_fermat, passes_miller_rabin};
use crate::sieve::{SEGMENT, Sieve, WINDOW};
use crate::words::{EXTENDED_WORDS, Extended, MAXIMUM_WORDS};
use core::cell::UnsafeCell;

/// Numbers that the host and the kernel give each other, least significant word first.
#[repr(C)]
struct Exchange {
    /// The odd number at which the window begins; by the host.
    start: [u32; MAXIMUM_WORDS],
    /// The candidate that [`candidate`] wrote.
    candidate: [u32; MAXIMUM_WORDS],
    /// Two numbers below their moduli, by the host; the powers that [`power`] wrote.
    bases: [Extended; 2],
    /// Of the window, the indexes that [`sieve`] found.
    survivors: [u16; WINDOW],
    /// Of two powers, by the host.
    exponents: [[u32; MAXIMUM_WORDS]; 2],
    /// Of two powers, or two numbers to be tested, by the host.
    moduli: [[u32; MAXIMUM_WORDS]; 2],
}

struct Memory {
    exchange: Exchange,
    sieve: Sieve,
    scratch: [bool; SEGMENT],
}

/// All that lives from one call to the next.
struct Shared(UnsafeCell<Memory>);

// SAFETY: a module without shared memory has one thread.
unsafe impl Sync for Shared {}

static MEMORY: Shared = Shared(UnsafeCell::new(Memory {
    exchange: Exchange {
        start: [0; MAXIMUM_WORDS],
        candidate: [0; MAXIMUM_WORDS],
        bases: [[0; EXTENDED_WORDS]; 2],
        survivors: [0; WINDOW],
        exponents: [[0; MAXIMUM_WORDS]; 2],
        moduli: [[0; MAXIMUM_WORDS]; 2],
    },
    sieve: Sieve::new(),
    scratch: [false; SEGMENT],
}));

fn memory() -> &'static mut Memory {
    // SAFETY: one thread, and each export takes it once and lets go of it at its end; the host calls one at a time.
    unsafe { &mut *MEMORY.0.get() }
}

/// Where the host writes and reads: start, candidate, two bases of 68 words each, survivors as u16, two exponents and two
/// moduli of 64 words each.
#[unsafe(no_mangle)]
extern "C" fn exchange() -> *const u32 {
    (&raw const memory().exchange).cast()
}

/// Whether the arithmetic is right in this engine; before anything else is called.
#[unsafe(no_mangle)]
extern "C" fn is_usable() -> u32 {
    u32::from(arithmetic::is_fused())
}

/// Computes the table of small primes for numbers of so many words, some milliseconds; [`sieve`] does it too if it was not
/// done.
#[unsafe(no_mangle)]
extern "C" fn prepare(words: usize) {
    let memory = memory();
    memory.sieve.prepare(words, &mut memory.scratch);
}

/// Writes the survivors of the window and gives how many there are.
#[unsafe(no_mangle)]
extern "C" fn sieve(words: usize) -> usize {
    let Memory { exchange, sieve, scratch } = memory();
    let Some(start) = exchange.start.get(..words) else { return 0 };
    sieve.prepare(words, scratch);
    sieve.survivors(start, &mut exchange.survivors)
}

/// Writes the number at an index of the window as the candidate: 1, or 0 when it is too long.
#[unsafe(no_mangle)]
extern "C" fn candidate(words: usize, index: u32) -> u32 {
    let exchange = &mut memory().exchange;
    let (Some(start), Some(candidate)) = (exchange.start.get(..words), exchange.candidate.get_mut(..words))
    else {
        return 0;
    };
    u32::from(candidate_after(start, index, candidate))
}

/// The Fermat test of the numbers at two indexes of the window. Bit 0: the first one passed; bit 1: the second one.
#[unsafe(no_mangle)]
extern "C" fn fermat(words: usize, first: u32, second: u32) -> u32 {
    let exchange = &memory().exchange;
    let Some(start) = exchange.start.get(..words) else { return 0 };
    let mut numbers = [[0; MAXIMUM_WORDS]; 2];
    for (number, index) in numbers.iter_mut().zip([first, second]) {
        if !candidate_after(start, index, &mut number[..words]) {
            return 0;
        }
    }
    let candidates = [&numbers[0][..words], &numbers[1][..words]];
    match words {
        32 => passes_fermat::<{ PAIRS[0] }>(candidates),
        48 => passes_fermat::<{ PAIRS[1] }>(candidates),
        64 => passes_fermat::<{ PAIRS[2] }>(candidates),
        _ => 0,
    }
}

/// Miller–Rabin of both moduli, each with its base: 1 when both passed.
#[unsafe(no_mangle)]
extern "C" fn miller_rabin(words: usize) -> u32 {
    let Exchange { bases, moduli: [first, second], .. } = &memory().exchange;
    let (Some(first), Some(second)) = (first.get(..words), second.get(..words)) else { return 0 };
    let (candidates, bases) = ([first, second], bases.each_ref());
    u32::from(match words {
        32 => passes_miller_rabin::<{ PAIRS[0] }>(candidates, bases),
        48 => passes_miller_rabin::<{ PAIRS[1] }>(candidates, bases),
        64 => passes_miller_rabin::<{ PAIRS[2] }>(candidates, bases),
        _ => false,
    })
}

/// Raises each base to its exponent modulo its odd modulus, in the place of the base: 1, or 0 for another size. The powers
/// are congruent, but not reduced.
#[unsafe(no_mangle)]
extern "C" fn power(words: usize) -> u32 {
    let Exchange { bases, exponents, moduli, .. } = &mut memory().exchange;
    let lanes = [0, 1].map(|lane| Power {
        base: &bases[lane],
        exponent: &exponents[lane],
        modulus: moduli[lane].get(..words).unwrap_or_default(),
    });
    *bases = match words {
        32 => powers::<{ PAIRS[0] }>(lanes),
        48 => powers::<{ PAIRS[1] }>(lanes),
        64 => powers::<{ PAIRS[2] }>(lanes),
        _ => return 0,
    };
    1
}

unsafe extern "C" {
    /// The lowest address of the stack, by the linker, a multiple of sixteen.
    static __stack_low: u32;
}

/// Overwrites all that the search left: the numbers, the marks, and the stack that earlier calls used.
#[unsafe(no_mangle)]
extern "C" fn wipe() {
    let Memory { exchange, sieve, .. } = memory();
    exchange.start.fill(0);
    exchange.candidate.fill(0);
    exchange.bases.fill([0; EXTENDED_WORDS]);
    exchange.survivors.fill(0);
    exchange.exponents.fill([0; MAXIMUM_WORDS]);
    exchange.moduli.fill([0; MAXIMUM_WORDS]);
    sieve.forget();
    let here = 0_u8;
    let end = core::ptr::from_ref(core::hint::black_box(&here)).addr();
    let low = &raw const __stack_low;
    for offset in 0..end.saturating_sub(low.addr()) / size_of::<u32>() {
        // SAFETY: the stack grows down from here; below it lies nothing that is still needed.
        unsafe { low.cast_mut().add(offset).write_volatile(0) };
    }
}

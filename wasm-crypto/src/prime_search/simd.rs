//! The search with a prime kernel: a small WebAssembly module of its own, called through JavaScript.
//!
//! The kernel has no random source and takes no decision that is not checked. Secrets pass through its memory alone, never
//! through an object of JavaScript, and are overwritten there after each prime.

use super::{Kernel, Power, PrimeSearch, PrimeSearchError};
use crate::embedded_module::{self, instantiate, number};
use crypto_bigint::{BoxedUint, Odd};
use js_sys::{Function, Object, Uint8Array};
use rand_core::CryptoRng;
use std::{cell::RefCell, num::NonZeroU32};
use wasm_bindgen::JsValue;
use zeroize::Zeroizing;

/// By build.rs from `prime-kernel/`.
const RELAXED_SIMD: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/relaxed-simd.wasm"));
const SIMD_128: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/simd128.wasm"));

/// Where the numbers lie in the kernel's exchange: `prime-kernel/src/exports.rs`.
const CANDIDATE_OFFSET: u32 = 256;
const BASE_OFFSETS: [u32; 2] = [512, 784];
const SURVIVORS_OFFSET: u32 = 1056;
const MODULUS_OFFSETS: [u32; 2] = [17_952, 18_208];
/// Base, exponent and modulus of each of two powers.
const POWER_OFFSETS: [[u32; 3]; 2] =
    [[BASE_OFFSETS[0], 17_440, MODULUS_OFFSETS[0]], [BASE_OFFSETS[1], 17_696, MODULUS_OFFSETS[1]]];

/// A base has room for a few digits above the longest candidate; so has a power.
const BASE_BYTES: u32 = 272;

/// Windows without a prime before the kernel is held to be broken. One in ten thousand has none at most.
const MAXIMUM_WINDOWS: u32 = 4;
const BYTES_PER_WORD: u32 = 4;
/// Primes of an RSA 2048 key. The kernel finds what else longer ones need when the first of them is searched.
const SHORTEST_WORDS: u32 = 32;

thread_local! {
    /// The kernel that was used last, ready for the next key.
    static READY: RefCell<Option<Simd>> = const { RefCell::new(None) };
}

/// Compiles and tests the kernel, unless it is ready.
pub(super) fn prepare(kernel: Kernel) -> Result<(), PrimeSearchError> {
    with_search(kernel, |_| ())
}

pub(super) fn with_search<T>(
    kernel: Kernel,
    use_search: impl FnOnce(&mut dyn PrimeSearch) -> T,
) -> Result<T, PrimeSearchError> {
    READY.with_borrow_mut(|ready| {
        let simd = match ready.take().filter(|ready| ready.kernel == kernel) {
            Some(simd) => simd,
            None => Simd::new(kernel)?,
        };
        Ok(use_search(ready.insert(simd)))
    })
}

/// A kernel's functions and memory.
struct Simd {
    kernel: Kernel,
    exports: Object,
    sieve: Function,
    fermat: Function,
    candidate: Function,
    miller_rabin: Function,
    power: Function,
    wipe: Function,
    exchange: Uint8Array,
}

impl Simd {
    /// # Errors
    /// When the engine does not take the module (`WebAssembly.validate`), or the kernel does not pass its test: relaxed
    /// SIMD allows multiply-add to round twice, and then its results are wrong.
    fn new(kernel: Kernel) -> Result<Self, PrimeSearchError> {
        let module = match kernel {
            Kernel::RelaxedSimd => RELAXED_SIMD,
            Kernel::Simd128 => SIMD_128,
            Kernel::Portable => return Err(PrimeSearchError::Unavailable { kernel }),
        };
        let simd = instantiate(module)
            .and_then(|exports| Self::from_exports(kernel, exports))
            .or(Err(PrimeSearchError::Unavailable { kernel }))?;
        if simd.passes_known_answers() == Ok(true) {
            Ok(simd)
        } else {
            Err(PrimeSearchError::Unavailable { kernel })
        }
    }

    fn from_exports(kernel: Kernel, exports: Object) -> Result<Self, JsValue> {
        let function = |name| embedded_module::function(&exports, name);
        let address = number(&function("exchange")?.call0(&JsValue::UNDEFINED)?)?;
        function("prepare")?.call1(&JsValue::UNDEFINED, &SHORTEST_WORDS.into())?;
        let exchange = Uint8Array::new(&embedded_module::memory(&exports)?.buffer());
        let exchange = exchange.subarray(address, exchange.length());
        Ok(Self {
            kernel,
            sieve: function("sieve")?,
            fermat: function("fermat")?,
            candidate: function("candidate")?,
            miller_rabin: function("miller_rabin")?,
            power: function("power")?,
            wipe: function("wipe")?,
            exports,
            exchange,
        })
    }

    /// Whether multiply-add is fused, and the tests know 2^1024 − 105, the largest prime of its size, from its neighbours,
    /// in either lane.
    fn passes_known_answers(&self) -> Result<bool, JsValue> {
        const WORDS: u32 = 32;
        let is_usable = embedded_module::function(&self.exports, "is_usable")?;
        if number(&is_usable.call0(&JsValue::UNDEFINED)?)? != 1 {
            return Ok(false);
        }
        // 2^1024 − 109, which 5 divides, and which is four less than the prime.
        let mut start = [0xff; 128];
        start[0] = 0x93;
        self.write(0, &start);
        let fermat = [self.fermat(WORDS, 0, 2)?, self.fermat(WORDS, 2, 1)?, self.fermat(WORDS, 2, 2)?];
        let mut miller_rabin = [false; 3];
        for (passes, indexes) in miller_rabin.iter_mut().zip([[2, 2], [2, 1], [0, 2]]) {
            for (offset, index) in MODULUS_OFFSETS.into_iter().zip(indexes) {
                self.select_candidate(WORDS, index)?;
                self.write(offset, &self.read(CANDIDATE_OFFSET, WORDS.saturating_mul(BYTES_PER_WORD)));
            }
            self.write(BASE_OFFSETS[0], &[3]);
            self.write(BASE_OFFSETS[1], &[0x5a; 127]);
            *passes = self.miller_rabin(WORDS)?;
        }
        self.wipe.call0(&JsValue::UNDEFINED)?;
        Ok(fermat == [0b10, 0b01, 0b11] && miller_rabin == [true, false, false])
    }

    fn search(
        &self,
        bits: NonZeroU32,
        random: &mut dyn CryptoRng,
        tested: &mut dyn FnMut(u32),
    ) -> Result<Option<BoxedUint>, JsValue> {
        let words = bits.get() / u32::BITS;
        let mut count = 0_u32;
        for _ in 0..MAXIMUM_WINDOWS {
            let mut survivors = self.open_window(words, random)?;
            while let (Some(first), Some(second)) =
                (take_random(&mut survivors, random), take_random(&mut survivors, random))
            {
                let passed = self.fermat(words, first, second)?;
                count = count.saturating_add(2);
                tested(count);
                for (lane, index) in [first, second].into_iter().enumerate() {
                    if passed >> lane & 1 == 1 && self.select_candidate(words, index)? {
                        return self.read_candidate(words, bits).map(Some);
                    }
                }
            }
        }
        Ok(None)
    }

    /// Begins a window at a random odd number with both of its highest bits set, and gives the indexes of the numbers
    /// without a small factor.
    fn open_window(&self, words: u32, random: &mut dyn CryptoRng) -> Result<Vec<u16>, JsValue> {
        let mut start = random_bytes(words, random);
        if let Some(lowest) = start.first_mut() {
            *lowest |= 1;
        }
        if let Some(highest) = start.last_mut() {
            *highest |= 0b1100_0000;
        }
        self.write(0, &start);
        let count = number(&self.sieve.call1(&JsValue::UNDEFINED, &words.into())?)?;
        let bytes = self.read(SURVIVORS_OFFSET, count.saturating_mul(2));
        Ok(bytes.as_chunks().0.iter().map(|bytes| u16::from_le_bytes(*bytes)).collect())
    }

    fn fermat(&self, words: u32, first: u16, second: u16) -> Result<u32, JsValue> {
        number(&self.fermat.call3(&JsValue::UNDEFINED, &words.into(), &first.into(), &second.into())?)
    }

    /// Makes the number at that index of the window the candidate, unless it is longer than it may be.
    fn select_candidate(&self, words: u32, index: u16) -> Result<bool, JsValue> {
        Ok(number(&self.candidate.call2(&JsValue::UNDEFINED, &words.into(), &index.into())?)? == 1)
    }

    fn miller_rabin(&self, words: u32) -> Result<bool, JsValue> {
        Ok(number(&self.miller_rabin.call1(&JsValue::UNDEFINED, &words.into())?)? == 1)
    }

    /// One round for both primes at a time.
    fn test_rounds(
        &self,
        primes: [&BoxedUint; 2],
        count: usize,
        random: &mut dyn CryptoRng,
    ) -> Result<bool, JsValue> {
        let words = primes[0].bits_precision() / u32::BITS;
        let candidates = primes.map(|prime| Zeroizing::new(prime.to_le_bytes()));
        for (offset, candidate) in MODULUS_OFFSETS.into_iter().zip(&candidates) {
            self.write(offset, candidate);
        }
        for _ in 0..count {
            for (offset, candidate) in BASE_OFFSETS.into_iter().zip(&candidates) {
                self.write(offset, &random_below(candidate, words, random));
            }
            if !self.miller_rabin(words)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn raise(&self, powers: [Power<'_>; 2]) -> Result<[Zeroizing<BoxedUint>; 2], JsValue> {
        let words = powers[0].modulus.bits_precision() / u32::BITS;
        for (Power { base, exponent, modulus }, places) in powers.into_iter().zip(POWER_OFFSETS) {
            for (place, number) in places.into_iter().zip([base, exponent, modulus.as_ref()]) {
                self.write(place, &Zeroizing::new(number.to_le_bytes()));
            }
        }
        if number(&self.power.call1(&JsValue::UNDEFINED, &words.into())?)? != 1 {
            return Err(JsValue::NULL);
        }
        let read = |offset, modulus: &Odd<BoxedUint>| -> Result<_, JsValue> {
            let bytes = self.read(offset, BASE_BYTES);
            let power = BoxedUint::from_le_slice(&bytes, BASE_BYTES.saturating_mul(u8::BITS));
            let power = Zeroizing::new(power.or(Err(JsValue::NULL))?);
            Ok(Zeroizing::new(power.rem(modulus.as_nz_ref())))
        };
        let [first, second] = powers.map(|power| power.modulus);
        Ok([read(BASE_OFFSETS[0], first)?, read(BASE_OFFSETS[1], second)?])
    }

    fn read_candidate(&self, words: u32, bits: NonZeroU32) -> Result<BoxedUint, JsValue> {
        let bytes = self.read(CANDIDATE_OFFSET, words.saturating_mul(BYTES_PER_WORD));
        BoxedUint::from_le_slice(&bytes, bits.get()).or(Err(JsValue::NULL))
    }

    fn write(&self, offset: u32, bytes: &[u8]) {
        for (index, byte) in (offset..).zip(bytes) {
            self.exchange.set_index(index, *byte);
        }
    }

    fn read(&self, offset: u32, count: u32) -> Zeroizing<Vec<u8>> {
        Zeroizing::new(self.exchange.subarray(offset, offset.saturating_add(count)).to_vec())
    }
}

impl PrimeSearch for Simd {
    fn kernel(&self) -> Kernel {
        self.kernel
    }

    fn find(
        &mut self,
        bits: NonZeroU32,
        random: &mut dyn CryptoRng,
        tested: &mut dyn FnMut(u32),
    ) -> Result<BoxedUint, PrimeSearchError> {
        let fault = PrimeSearchError::Fault { kernel: self.kernel };
        let found = self.search(bits, random, tested);
        // Whatever happened, nothing of it stays.
        let wiped = self.wipe.call0(&JsValue::UNDEFINED);
        match (found, wiped) {
            (Ok(Some(prime)), Ok(_)) => Ok(prime),
            _ => Err(fault),
        }
    }

    fn passes_rounds(
        &mut self,
        primes: [&BoxedUint; 2],
        count: usize,
        random: &mut dyn CryptoRng,
    ) -> Result<bool, PrimeSearchError> {
        let passes = self.test_rounds(primes, count, random);
        let wiped = self.wipe.call0(&JsValue::UNDEFINED);
        match (passes, wiped) {
            (Ok(passes), Ok(_)) => Ok(passes),
            _ => Err(PrimeSearchError::Fault { kernel: self.kernel }),
        }
    }

    fn powers(&mut self, of: [Power<'_>; 2]) -> Option<[Zeroizing<BoxedUint>; 2]> {
        let powers = self.raise(of);
        let wiped = self.wipe.call0(&JsValue::UNDEFINED);
        powers.ok().filter(|_| wiped.is_ok())
    }
}

fn random_bytes(words: u32, random: &mut dyn CryptoRng) -> Zeroizing<Vec<u8>> {
    let count = usize::try_from(words.saturating_mul(BYTES_PER_WORD)).unwrap_or_default();
    let mut bytes = Zeroizing::new(vec![0; count]);
    random.fill_bytes(&mut bytes);
    bytes
}

/// A random number below the candidate, each as likely as the other: as a Montgomery form, a base for Miller–Rabin. That
/// it is that of 1, −1 or 0 is as unlikely as to guess the key.
fn random_below(candidate: &[u8], words: u32, random: &mut dyn CryptoRng) -> Zeroizing<Vec<u8>> {
    loop {
        let bytes = random_bytes(words, random);
        if bytes.iter().rev().lt(candidate.iter().rev()) {
            return bytes;
        }
    }
}

/// Takes one of the numbers, each as likely as the other but for 2^−19: in a random order, a prime after a long gap is no
/// likelier than another.
fn take_random(numbers: &mut Vec<u16>, random: &mut dyn CryptoRng) -> Option<u16> {
    let count = u64::try_from(numbers.len()).ok().filter(|count| *count > 0)?;
    let index = u64::from(random.next_u32()).saturating_mul(count) >> u32::BITS;
    Some(numbers.swap_remove(usize::try_from(index).ok()?))
}

#[cfg(test)]
#[expect(clippy::arithmetic_side_effects, reason = "a test fails by them; clippy knows only #[test]")]
mod statistics;
#[cfg(test)]
#[expect(clippy::arithmetic_side_effects, reason = "a test fails by them; clippy knows only #[test]")]
mod tests;

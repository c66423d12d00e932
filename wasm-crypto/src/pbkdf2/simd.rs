//! PBKDF2 where there is no WebCrypto: four blocks of HMAC-SHA256 at once in a kernel, a small WebAssembly module.
//!
//! The host computes the first iteration of each block, the kernel all others. A derivation of more than 32 bytes has
//! several blocks; a lane that has ended its block takes the next one. Secrets pass through the kernel's memory alone,
//! never through an object of JavaScript, and are overwritten there after each use.
//!
//! Measured: four keys of 600,000 iterations take 0.26 to 0.38 of the time of [`Portable`]: 375 ms of CPU against 990 to
//! 1,440, by what the compiler makes of it (Node 20, Zen 4). Two take 0.52 to 0.75. One alone is left to [`Portable`].

use super::{Derivation, Pbkdf2, Portable, Prf, Secret, derive as derive_portably};
use crate::embedded_module::{self, instantiate, number};
use hmac::{Hmac, KeyInit, Mac};
use js_sys::{Function, Object, Promise, Uint32Array};
use sha2::{Digest, Sha256, block_api::compress256};
use std::{cell::RefCell, vec::IntoIter};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use zeroize::Zeroizing;

/// By build.rs from `pbkdf2-kernel/`.
const MODULE: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/pbkdf2.wasm"));

/// Blocks at once.
const LANES: u32 = 4;
/// A digest of SHA-256.
const WORDS: u32 = 8;
const BLOCK_BYTES: usize = 32;
/// Where the digests lie in the kernel's exchange, in words: `pbkdf2-kernel/src/exports.rs`.
const INNER_OFFSET: u32 = 0;
const OUTER_OFFSET: u32 = LANES * WORDS;
const LAST_OFFSET: u32 = 2 * OUTER_OFFSET;
const SUM_OFFSET: u32 = 3 * OUTER_OFFSET;
const EXCHANGE_WORDS: u32 = 4 * OUTER_OFFSET;

/// A call makes no more iterations, and after as many the engine may do what else there is: 10 ms on a machine of 2024,
/// 50 ms on one that is five times as slow. Our choice.
const SLICE_ITERATIONS: u32 = 16_384;

/// FIPS 180-4 §5.3.3.
const INITIAL_DIGEST: [u32; 8] =
    [0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19];
/// Of HMAC. RFC 2104 §2.
const IPAD: u8 = 0x36;
const OPAD: u8 = 0x5c;

thread_local! {
    /// The kernel that was used last. Taken out while it is at work.
    static READY: RefCell<Option<Kernel>> = const { RefCell::new(None) };
}

/// Derives with HMAC-SHA256 in lanes where the engine has SIMD; all else as [`Portable`] does.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Simd;

impl Pbkdf2 for Simd {
    async fn derive(&self, password: &[u8], derivations: &[Derivation<'_>]) -> Vec<Secret> {
        if pays(derivations)
            && let Ok(keys) = derive(password, derivations).await
        {
            return keys;
        }
        Portable.derive(password, derivations).await
    }
}

/// Whether lanes are faster: one iteration of all takes as long as one and a half of [`Portable`] at most, whether all are
/// used or not.
fn pays(derivations: &[Derivation<'_>]) -> bool {
    let blocks = derivations.iter().filter(|derivation| derivation.prf == Prf::HmacSha256);
    let iterations = blocks.map(|derivation| {
        let blocks = u64::try_from(derivation.key_bytes.div_ceil(BLOCK_BYTES)).unwrap_or(u64::MAX);
        (u64::from(derivation.iterations), blocks)
    });
    let longest = iterations.clone().map(|(iterations, _)| iterations).max().unwrap_or(0);
    let all = iterations
        .fold(0_u64, |sum, (iterations, blocks)| sum.saturating_add(iterations.saturating_mul(blocks)));
    all.saturating_mul(2) > longest.saturating_mul(3)
}

async fn derive(password: &[u8], derivations: &[Derivation<'_>]) -> Result<Vec<Secret>, JsValue> {
    let mut keys = Vec::with_capacity(derivations.len());
    let mut blocks = Vec::new();
    for (key, derivation) in derivations.iter().enumerate() {
        if derivation.prf == Prf::HmacSha256 {
            keys.push(Zeroizing::new(vec![0; derivation.key_bytes]));
            let numbers = (1_u32..).take(derivation.key_bytes.div_ceil(BLOCK_BYTES));
            blocks.extend(numbers.map(|number| Block { key, number, derivation }));
        } else {
            keys.push(derive_portably(password, derivation));
        }
    }
    if blocks.is_empty() {
        return Ok(keys);
    }
    // Another derivation may be under way: it has the kernel that was ready, and this one gets its own.
    let kernel = match READY.take() {
        Some(kernel) => kernel,
        None => Kernel::new()?,
    };
    kernel.run(password, blocks, &mut keys).await?;
    kernel.wipe();
    READY.set(Some(kernel));
    Ok(keys)
}

/// Thirty-two bytes of a key, the last block perhaps less.
struct Block<'a> {
    /// The index of the key.
    key: usize,
    /// The block's number in it, from 1.
    number: u32,
    derivation: &'a Derivation<'a>,
}

impl Block<'_> {
    /// The first iteration.
    fn start(&self, password: &[u8]) -> Result<Zeroizing<[u32; 8]>, JsValue> {
        let hmac = Hmac::<Sha256>::new_from_slice(password).or(Err(JsValue::NULL))?;
        let hmac = hmac.chain_update(self.derivation.salt).chain_update(self.number.to_be_bytes());
        Ok(words(&hmac.finalize().into_bytes().into()))
    }

    /// Where it belongs.
    fn part_of<'a>(&self, keys: &'a mut [Secret]) -> Option<&'a mut [u8]> {
        let index = usize::try_from(self.number).ok()?.checked_sub(1)?;
        keys.get_mut(self.key)?.chunks_mut(BLOCK_BYTES).nth(index)
    }
}

/// The kernel's functions and memory, overwritten when it is dropped.
struct Kernel {
    iterate: Function,
    exchange: Uint32Array,
}

impl Kernel {
    /// # Errors
    /// When the engine does not take the module, or it computes wrongly.
    fn new() -> Result<Self, JsValue> {
        let kernel = Self::from_exports(&instantiate(MODULE)?)?;
        if kernel.passes_known_answers()? { Ok(kernel) } else { Err(JsValue::NULL) }
    }

    fn from_exports(exports: &Object) -> Result<Self, JsValue> {
        let function = |name| embedded_module::function(exports, name);
        let address = number(&function("exchange")?.call0(&JsValue::UNDEFINED)?)?;
        let memory = embedded_module::memory(exports)?.buffer();
        let exchange = Uint32Array::new_with_byte_offset_and_length(&memory, address, EXCHANGE_WORDS);
        Ok(Self { iterate: function("iterate")?, exchange })
    }

    /// Whether each lane gives what [`Portable`] gives, each with another salt and another number of iterations.
    fn passes_known_answers(&self) -> Result<bool, JsValue> {
        const PASSWORD: &[u8] = b"password";
        let derivations = [(b"1", 2), (b"2", 3), (b"3", 5), (b"4", 9)].map(|(salt, iterations)| Derivation {
            prf: Prf::HmacSha256,
            salt,
            iterations,
            key_bytes: BLOCK_BYTES,
        });
        let blocks = derivations
            .iter()
            .enumerate()
            .map(|(key, derivation)| Block { key, number: 1, derivation })
            .collect();
        let mut keys = vec![Zeroizing::new(vec![0; BLOCK_BYTES]); derivations.len()];
        let mut lanes = Lanes::new(self, PASSWORD, blocks);
        while lanes.advance(&mut keys)?.is_some() {}
        self.wipe();
        Ok(keys
            .iter()
            .zip(&derivations)
            .all(|(key, derivation)| *key == derive_portably(PASSWORD, derivation)))
    }

    /// Computes all blocks, and lets the engine breathe between slices.
    async fn run(&self, password: &[u8], blocks: Vec<Block<'_>>, keys: &mut [Secret]) -> Result<(), JsValue> {
        let mut lanes = Lanes::new(self, password, blocks);
        let mut since_pause = 0_u32;
        while let Some(iterations) = lanes.advance(keys)? {
            since_pause = since_pause.saturating_add(iterations);
            if since_pause >= SLICE_ITERATIONS {
                since_pause = 0;
                pause().await?;
            }
        }
        Ok(())
    }

    /// Makes so many more iterations in all lanes.
    fn iterate(&self, count: u32) -> Result<(), JsValue> {
        self.iterate.call1(&JsValue::UNDEFINED, &count.into()).map(drop)
    }

    fn write(&self, offset: u32, lane: u32, digest: &[u32; 8]) {
        for (index, word) in places(offset, lane).zip(digest) {
            self.exchange.set_index(index, *word);
        }
    }

    /// As bytes, most significant first.
    fn read(&self, offset: u32, lane: u32) -> Zeroizing<[u8; BLOCK_BYTES]> {
        let mut bytes = Zeroizing::new([0; BLOCK_BYTES]);
        for (chunk, index) in bytes.as_chunks_mut().0.iter_mut().zip(places(offset, lane)) {
            *chunk = self.exchange.get_index(index).to_be_bytes();
        }
        bytes
    }

    fn wipe(&self) {
        self.exchange.fill(0, 0, EXCHANGE_WORDS);
    }
}

impl Drop for Kernel {
    fn drop(&mut self) {
        self.wipe();
    }
}

/// Where the words of a digest lie: one for each lane side by side.
fn places(offset: u32, lane: u32) -> impl Iterator<Item = u32> {
    (0..WORDS).map(move |word| word.saturating_mul(LANES).saturating_add(lane).saturating_add(offset))
}

/// Blocks on their way through the kernel.
struct Lanes<'a> {
    kernel: &'a Kernel,
    password: &'a [u8],
    waiting: IntoIter<Block<'a>>,
    /// What each lane works at, and how many iterations are left of it.
    running: [Option<(Block<'a>, u32)>; 4],
}

impl<'a> Lanes<'a> {
    fn new(kernel: &'a Kernel, password: &'a [u8], blocks: Vec<Block<'a>>) -> Self {
        let [inner, outer] = [IPAD, OPAD].map(|pad| keyed_digest(password, pad));
        for lane in 0..LANES {
            kernel.write(INNER_OFFSET, lane, &inner);
            kernel.write(OUTER_OFFSET, lane, &outer);
        }
        Self { kernel, password, waiting: blocks.into_iter(), running: [const { None }; 4] }
    }

    /// Gives free lanes a block and iterates until one has ended, or for one slice. Gives the number of iterations, or
    /// `None` when all blocks are in the keys.
    fn advance(&mut self, keys: &mut [Secret]) -> Result<Option<u32>, JsValue> {
        for (lane, running) in (0..LANES).zip(&mut self.running) {
            if running.is_none()
                && let Some(block) = self.waiting.next()
            {
                let first = block.start(self.password)?;
                self.kernel.write(LAST_OFFSET, lane, &first);
                self.kernel.write(SUM_OFFSET, lane, &first);
                let left = block.derivation.iterations.saturating_sub(1);
                *running = Some((block, left));
            }
        }
        let Some(shortest) = self.running.iter().flatten().map(|(_, left)| *left).min() else {
            return Ok(None);
        };
        let count = shortest.min(SLICE_ITERATIONS);
        self.kernel.iterate(count)?;
        for (lane, running) in (0..LANES).zip(&mut self.running) {
            if let Some((_, left)) = running {
                *left = left.saturating_sub(count);
            }
            if let Some((block, _)) = running.take_if(|(_, left)| *left == 0) {
                let sum = self.kernel.read(SUM_OFFSET, lane);
                let part = block.part_of(keys).ok_or(JsValue::NULL)?;
                part.iter_mut().zip(sum.iter()).for_each(|(byte, sum)| *byte = *sum);
            }
        }
        Ok(Some(count))
    }
}

/// SHA-256 after the first block of an HMAC: the password, XOR the pad. RFC 2104 §2.
fn keyed_digest(password: &[u8], pad: u8) -> Zeroizing<[u32; 8]> {
    let mut block = Zeroizing::new([pad; 64]);
    let hashed: Zeroizing<[u8; BLOCK_BYTES]>;
    let key = if password.len() > block.len() {
        hashed = Zeroizing::new(Sha256::digest(password).into());
        hashed.as_slice()
    } else {
        password
    };
    block.iter_mut().zip(key).for_each(|(byte, key)| *byte ^= key);
    let mut digest = Zeroizing::new(INITIAL_DIGEST);
    compress256(&mut digest, &[*block]);
    digest
}

fn words(bytes: &[u8; BLOCK_BYTES]) -> Zeroizing<[u32; 8]> {
    let mut words = Zeroizing::new([0; 8]);
    words.iter_mut().zip(bytes.as_chunks().0).for_each(|(word, bytes)| *word = u32::from_be_bytes(*bytes));
    words
}

#[wasm_bindgen]
extern "C" {
    type MessageChannel;

    #[wasm_bindgen(constructor, catch)]
    fn new() -> Result<MessageChannel, JsValue>;

    #[wasm_bindgen(method, getter)]
    fn port1(this: &MessageChannel) -> MessagePort;

    #[wasm_bindgen(method, getter)]
    fn port2(this: &MessageChannel) -> MessagePort;

    type MessagePort;

    #[wasm_bindgen(method, setter)]
    fn set_onmessage(this: &MessagePort, listener: &Function);

    #[wasm_bindgen(method, catch, js_name = postMessage)]
    fn post_message(this: &MessagePort, message: &JsValue) -> Result<(), JsValue>;

    #[wasm_bindgen(method)]
    fn close(this: &MessagePort);
}

/// Lets the engine do what waits, such as messages to a worker. By a message to itself: timers are slowed down, most of
/// all in the background.
async fn pause() -> Result<(), JsValue> {
    let channel = MessageChannel::new()?;
    let (listening, sending) = (channel.port1(), channel.port2());
    let arrived = Promise::new(&mut |resolve, _| listening.set_onmessage(&resolve));
    sending.post_message(&JsValue::NULL)?;
    JsFuture::from(arrived).await?;
    listening.close();
    Ok(())
}

#[cfg(test)]
#[expect(clippy::arithmetic_side_effects, reason = "a test fails by them; clippy knows only #[test]")]
mod tests;

//! Where randomness enters the server. Everything else gets it as an argument.

use sha2::{Digest, Sha256};
use std::sync::Mutex;

/// A source of random bytes good enough for secrets.
pub trait RandomSource: Send + Sync {
    /// Overwrites all of `bytes`.
    fn fill(&self, bytes: &mut [u8]);
}

/// The operating system's random source.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemRandom;

impl RandomSource for SystemRandom {
    fn fill(&self, bytes: &mut [u8]) {
        getrandom::fill(bytes).expect("the operating system gives random bytes");
    }
}

/// The same bytes for the same seed, for tests: SHA-256 of the seed and a counter.
#[derive(Debug)]
pub struct PredictableRandom {
    state: Mutex<(u64, u64)>,
}

impl PredictableRandom {
    /// Starts the sequence that belongs to `seed`.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self { state: Mutex::new((seed, 0)) }
    }
}

impl RandomSource for PredictableRandom {
    fn fill(&self, bytes: &mut [u8]) {
        let mut state = self.state.lock().expect("no test panics while it holds the lock");
        for chunk in bytes.chunks_mut(32) {
            state.1 = state.1.wrapping_add(1);
            let block = Sha256::new().chain_update(state.0.to_be_bytes()).chain_update(state.1.to_be_bytes());
            for (byte, random) in chunk.iter_mut().zip(block.finalize()) {
                *byte = random;
            }
        }
    }
}

//! What fuzz targets share: the limit of memory, and keys without the work of deriving them.

use cap::Cap;
use std::alloc::System;
use wasm_crypto::pbkdf2::{Derivation, Pbkdf2, Portable, Secret};

/// More than this at once, in the whole of a run, ends it as a finding.
const LIMIT_BYTES: usize = 64 * 1024 * 1024;

#[global_allocator]
static MEMORY: Cap<System> = Cap::new(System, LIMIT_BYTES);

/// Derives with one iteration, whatever is asked for: the seconds of a real derivation would be spent on every input.
#[derive(Debug)]
pub struct OneIteration;

impl Pbkdf2 for OneIteration {
    async fn derive(&self, password: &[u8], derivations: &[Derivation<'_>]) -> Vec<Secret> {
        let derivations: Vec<_> =
            derivations.iter().map(|derivation| Derivation { iterations: 1, ..*derivation }).collect();
        Portable.derive(password, &derivations).await
    }
}

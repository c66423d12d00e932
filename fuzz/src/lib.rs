//! What fuzz targets share: the limits of memory and of time, and keys without the work of deriving them.

use cap::Cap;
use cpu_time::ThreadTime;
use std::{alloc::System, time::Duration};
use wasm_crypto::pbkdf2::{Derivation, Pbkdf2, Portable, Secret};

/// More than this at once, in the whole of a run, ends it as a finding.
const LIMIT_BYTES: usize = 64 * 1024 * 1024;

#[global_allocator]
static MEMORY: Cap<System> = Cap::new(System, LIMIT_BYTES);

/// More than this on a CPU for one input is a finding.
const LIMIT: Duration = Duration::from_secs(1);

/// Runs it, and panics when it took too long. What else the machine did in the meantime does not count, as it does for
/// libFuzzer's own limit, which is for what never ends.
pub fn timed(run: impl FnOnce()) {
    let begun = ThreadTime::now();
    run();
    let took = begun.elapsed();
    assert!(took <= LIMIT, "it took {took:?}");
}

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

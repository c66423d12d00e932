//! The Web Worker that makes keys, recovery files and PFX files: a WebAssembly module of its own, so that the first load
//! of the page does not carry it.
//!
//! Ending the worker is how a task is cancelled and how its memory is cleared. It talks to nobody but the page that
//! started it.

use frontend::crypto::{
    CryptoError,
    messages::Task,
    task,
    worker_scope::{Teller, serve},
};
use getrandom::{
    SysRng,
    rand_core::{TryRng, UnwrapErr},
};
// The tests of the workspace compile this file for the computer, too, where no WebCrypto is.
#[cfg(not(target_arch = "wasm32"))]
use wasm_crypto::pbkdf2::Portable as Derivation;
#[cfg(target_arch = "wasm32")]
use wasm_crypto::pbkdf2::WebCrypto as Derivation;

fn main() {
    serve(async |task: Task, teller: Teller<_>| {
        if !random_source_works() {
            return Err(CryptoError::NoRandomness);
        }
        task::perform(task, &mut UnwrapErr(SysRng), &Derivation, &mut |progress| teller.tell(progress)).await
    });
}

/// Whether the browser gives random numbers at all, and not the same ones twice.
fn random_source_works() -> bool {
    let mut samples = [[0_u8; 32]; 2];
    let filled = samples.iter_mut().all(|sample| SysRng.try_fill_bytes(sample).is_ok());
    let [first, second] = samples;
    filled && first != second
}

//! The Web Worker: a WebAssembly module of its own, so that the first load of the page does not carry it.
//!
//! It does one task after the other and answers each. Ending the worker is how a task is cancelled and how its memory
//! is cleared. It talks to nobody but the page that started it.

use frontend::crypto::{
    CryptoError,
    messages::{FromWorker, Job, decode, encode},
    task,
};
use getrandom::{
    SysRng,
    rand_core::{TryRng, UnwrapErr},
};
use js_sys::{Array, Uint8Array};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;
use wasm_crypto::pbkdf2::Portable;
use web_sys::{DedicatedWorkerGlobalScope, MessageEvent};
use zeroize::Zeroizing;

fn main() {
    let on_message = Closure::<dyn FnMut(_)>::new(|event: MessageEvent| receive(&event));
    scope().set_onmessage(Some(on_message.into_js_value().unchecked_ref()));
    post(&FromWorker::Ready);
}

fn scope() -> DedicatedWorkerGlobalScope {
    js_sys::global().unchecked_into()
}

fn receive(event: &MessageEvent) {
    let job = event.data().dyn_into::<Uint8Array>().ok().and_then(|array| {
        let bytes = Zeroizing::new(array.to_vec());
        array.fill(0, 0, array.length());
        decode::<Job>(&bytes).ok()
    });
    // The page and the worker are of different versions; the page finds that out by the same answer without an id.
    let Some(Job { id, task }) = job else {
        return post(&FromWorker::Done { id: 0, outcome: Err(CryptoError::DifferentVersions) });
    };
    spawn_local(async move {
        let mut tell = |progress| post(&FromWorker::Progress { id, progress });
        let outcome = if random_source_works() {
            task::perform(task, &mut UnwrapErr(SysRng), &Portable, &mut tell).await
        } else {
            Err(CryptoError::NoRandomness)
        };
        post(&FromWorker::Done { id, outcome });
    });
}

/// Whether the browser gives random numbers at all, and not the same ones twice.
fn random_source_works() -> bool {
    let mut samples = [[0_u8; 32]; 2];
    let filled = samples.iter_mut().all(|sample| SysRng.try_fill_bytes(sample).is_ok());
    let [first, second] = samples;
    filled && first != second
}

/// Sends a message and its memory with it. Sent from the middle of a computation it arrives at once.
fn post(message: &FromWorker) {
    let posted = encode(message).ok().and_then(|bytes| {
        let array = Uint8Array::from(bytes.as_slice());
        scope().post_message_with_transfer(&array, &Array::of1(&array.buffer())).ok()
    });
    // A worker that cannot answer ends here: the page is told by the browser.
    posted.expect_throw("the crypto module cannot answer");
}

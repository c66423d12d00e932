//! The worker's end of the conversation: takes jobs, does them, answers each.

use super::{
    CryptoError,
    messages::{FromWorker, Job, decode, encode},
};
use getrandom::{
    SysRng,
    rand_core::{TryRng, UnwrapErr},
};
use js_sys::{Array, Uint8Array};
use serde::{Serialize, de::DeserializeOwned};
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;
use wasm_crypto::KeyProgress;
// The tests of the workspace compile this file for the computer, too, where no WebCrypto is.
#[cfg(not(target_arch = "wasm32"))]
pub use wasm_crypto::{examination::Portable as Verification, pbkdf2::Portable as Derivation};
#[cfg(target_arch = "wasm32")]
pub use wasm_crypto::{examination::WebCrypto as Verification, pbkdf2::WebCrypto as Derivation};
use web_sys::{DedicatedWorkerGlobalScope, MessageEvent};
use zeroize::Zeroizing;

/// Listens for tasks from now on, as long as the worker lives. Tells the page that it does.
pub fn serve<T, A, F>(perform: impl Fn(T, Teller<A>) -> F + 'static)
where
    T: DeserializeOwned,
    A: Serialize + 'static,
    F: Future<Output = Result<A, CryptoError>> + 'static,
{
    let perform = Rc::new(perform);
    let on_message = Closure::<dyn FnMut(_)>::new(move |event: MessageEvent| {
        // Page and worker are of different versions; the page finds that out by an answer to a job it never sent.
        let Some(Job { id, task }) = received(&event) else {
            return post(&FromWorker::<A>::Done { id: 0, outcome: Err(CryptoError::DifferentVersions) });
        };
        let answer = perform(task, Teller { id, answer: std::marker::PhantomData });
        spawn_local(async move {
            let outcome = answer.await;
            post(&FromWorker::Done { id, outcome });
        });
    });
    scope().set_onmessage(Some(on_message.into_js_value().unchecked_ref()));
    post(&FromWorker::<A>::Ready);
}

/// Tells the page how far a job is. Told from the middle of a computation it arrives at once.
#[derive(Debug)]
pub struct Teller<A> {
    id: u32,
    answer: std::marker::PhantomData<A>,
}

impl<A: Serialize> Teller<A> {
    /// Tells it.
    pub fn tell(&self, progress: KeyProgress) {
        post(&FromWorker::<A>::Progress { id: self.id, progress });
    }
}

/// The browser's random source.
///
/// # Errors
/// [`CryptoError::NoRandomness`] when it gives no random numbers, or the same ones twice.
pub fn random_source() -> Result<UnwrapErr<SysRng>, CryptoError> {
    let mut samples = [[0_u8; 32]; 2];
    let filled = samples.iter_mut().all(|sample| SysRng.try_fill_bytes(sample).is_ok());
    let [first, second] = samples;
    if filled && first != second { Ok(UnwrapErr(SysRng)) } else { Err(CryptoError::NoRandomness) }
}

fn scope() -> DedicatedWorkerGlobalScope {
    js_sys::global().unchecked_into()
}

fn received<T: DeserializeOwned>(event: &MessageEvent) -> Option<Job<T>> {
    let array = event.data().dyn_into::<Uint8Array>().ok()?;
    let bytes = Zeroizing::new(array.to_vec());
    array.fill(0, 0, array.length());
    decode(&bytes).ok()
}

/// Sends a message and its memory with it.
fn post(message: &impl Serialize) {
    let posted = encode(message).ok().and_then(|bytes| {
        let array = Uint8Array::from(bytes.as_slice());
        scope().post_message_with_transfer(&array, &Array::of1(&array.buffer())).ok()
    });
    // A worker that cannot answer ends here: the page is told by the browser.
    posted.expect_throw("the module cannot answer");
}

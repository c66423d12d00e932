//! Locks that all tabs of this site share (Web Locks API §2). A tab that closes or dies gives its locks back.

use futures_channel::oneshot;
use js_sys::{Function, Object, Promise, Reflect};
use wasm_bindgen::prelude::*;

/// Whether to wait for a lock that another tab holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Patience {
    /// Asks only once.
    OnlyIfFree,
    Waits,
}

/// Held until it is dropped.
#[derive(Debug)]
pub(crate) struct Lock {
    /// None in a browser without locks: every tab then goes its own way.
    release: Option<Function>,
}

impl Drop for Lock {
    fn drop(&mut self) {
        if let Some(release) = &self.release {
            // Resolving a promise cannot fail.
            drop(release.call0(&JsValue::UNDEFINED));
        }
    }
}

/// The lock of this name; none when another tab holds it and we do not wait.
pub(crate) async fn acquire(name: &str, patience: Patience) -> Option<Lock> {
    let (sender, receiver) = oneshot::channel();
    let granted = Closure::once_into_js(move |lock: JsValue| grant(&lock, sender));
    match request(name, patience, &granted) {
        Ok(()) => receiver.await.ok(),
        Err(_) => Some(Lock { release: None }),
    }
}

/// Hands over the lock, and gives the browser the promise that ends with it. Without a lock the sender is dropped.
fn grant(lock: &JsValue, sender: oneshot::Sender<Lock>) -> JsValue {
    if lock.is_null() {
        return JsValue::UNDEFINED;
    }
    let mut release = None;
    let held = Promise::new(&mut |resolve, _| release = Some(resolve));
    // Nobody may be waiting any more: the lock is then dropped here, which gives it back.
    drop(sender.send(Lock { release }));
    held.into()
}

/// `navigator.locks.request`, called by name, as web-sys calls it unstable.
fn request(name: &str, patience: Patience, granted: &JsValue) -> Result<(), JsValue> {
    let navigator = Reflect::get(&js_sys::global(), &"navigator".into())?;
    let locks = Reflect::get(&navigator, &"locks".into())?;
    let request: Function = Reflect::get(&locks, &"request".into())?.dyn_into()?;
    let options = Object::new();
    Reflect::set(&options, &"ifAvailable".into(), &(patience == Patience::OnlyIfFree).into())?;
    request.call3(&locks, &name.into(), &options, granted).map(drop)
}

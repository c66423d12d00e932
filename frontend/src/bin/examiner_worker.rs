//! The Web Worker that judges pasted requests: a WebAssembly module of its own, less than half as large as the one that
//! makes keys, because the verdict is what most people need first.
//!
//! It talks to nobody but the page that started it.

use frontend::crypto::{
    examine::examine,
    messages::Examine,
    worker_scope::{Verification, serve},
};

fn main() {
    serve(async |task: Examine, _| Ok(examine(&task, &Verification).await));
}

//! The Web Worker that makes keys, recovery files and PFX files: a WebAssembly module of its own, so that the first load
//! of the page does not carry it.
//!
//! Ending the worker is how a task is cancelled and how its memory is cleared. It talks to nobody but the page that
//! started it.

use frontend::crypto::{
    task,
    worker_scope::{Derivation, random_source, serve},
};

fn main() {
    serve(async |task, teller| {
        task::perform(task, &mut random_source()?, &Derivation, &mut |progress| teller.tell(progress)).await
    });
}

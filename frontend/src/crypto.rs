//! The private side of the page: keys, requests, recovery files and PFX files, made in Web Workers.
//!
//! [`ExaminerWorker`] and [`CryptoWorker`] are all a page needs; [`key_store`] keeps an encrypted key in this browser.
//! Each worker is a WebAssembly module of its own, loaded when it is first needed, so no task of the page waits for
//! cryptography. `examine` and `task` are what the workers do, `worker_scope` is how they listen.

mod client;
mod error;
pub mod examine;
pub mod key_store;
pub mod messages;
pub mod task;
pub mod tools;
pub mod typed_secret;
pub mod worker_scope;

pub use client::{CryptoWorker, ExaminerWorker};
pub use error::CryptoError;
pub use messages::{
    CorrectRequest, Examine, GenerateKey, GeneratedKey, Secret, Verdict, WritePfx, WrongRequest,
};
pub use pki::key_policy::KeyAlgorithm;
pub use typed_secret::TypedSecret;
pub use wasm_crypto::{
    KeyProgress,
    passphrase::{PassphraseProblem, check as check_passphrase},
    pfx::Preset,
};

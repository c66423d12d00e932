//! The private side of the page: keys, requests, recovery files and PFX files, made in a Web Worker.
//!
//! [`CryptoWorker`] is all a page needs; [`key_store`] keeps an encrypted key in this browser. The worker is a second
//! WebAssembly module, loaded when it is first needed, so no task of the page waits for cryptography.

mod client;
mod error;
pub mod key_store;
pub mod messages;
pub mod task;
pub mod tools;

pub use client::CryptoWorker;
pub use error::CryptoError;
pub use messages::{CorrectRequest, GenerateKey, GeneratedKey, Secret, Verdict, WritePfx, WrongRequest};
pub use pki::key_policy::KeyAlgorithm;
pub use wasm_crypto::{
    KeyProgress,
    passphrase::{PassphraseProblem, check as check_passphrase},
    pfx::Preset,
};

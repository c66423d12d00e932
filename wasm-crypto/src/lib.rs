//! The private side, in the browser: key pairs, recovery files, PFX files, passphrases.
//!
//! Bytes and a random source come in, bytes go out. Nothing here knows a network, a page, a storage or a clock,
//! so all of it runs the same in a Web Worker and in a native test.
//!
//! What wiping cannot do in WebAssembly: secrets are overwritten when they are dropped, but a value that was moved
//! may have left a copy on the stack, big-number arithmetic leaves intermediate values in freed memory, and a
//! module's memory is never given back to the system while it lives. Ending the worker is what clears it all.

#![warn(clippy::indexing_slicing, clippy::arithmetic_side_effects)]

#[cfg(all(target_arch = "wasm32", feature = "bindings"))]
pub mod bindings;
#[cfg(target_arch = "wasm32")]
mod embedded_module;
pub mod examination;
mod key_pair;
pub mod passphrase;
mod password_based_encryption;
pub mod pbkdf2;
pub mod pfx;
mod prime_search;
pub mod private_key;
pub mod recovery_file;
mod rsa_primes;
mod rsa_signature;
#[cfg(test)]
mod test_authority;
#[cfg(target_arch = "wasm32")]
mod web_crypto;

pub use key_pair::{KeyPair, KeyPairError, KeyProgress, generate_key_pair, generate_key_pair_with};
pub use prime_search::{Kernel, PrimeSearchError, prepare_kernel};

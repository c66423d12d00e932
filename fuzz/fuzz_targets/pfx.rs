//! PFX files of any make: described, opened, examined.
#![no_main]

use fuzz::{OneIteration, timed};
use libfuzzer_sys::fuzz_target;
use wasm_crypto::pfx::{describe, read};

/// The key derivation of PKCS #12 cannot be replaced here; what takes long by intention is only described.
const MAXIMUM_ITERATIONS: u32 = 2_000;

fuzz_target!(|input: &[u8]| timed(|| run(input)));

fn run(input: &[u8]) {
    let Ok(description) = describe(input) else {
        let unread = pollster::block_on(read(input, PASSWORD, &OneIteration));
        assert!(unread.is_err(), "what cannot be described was read");
        return;
    };
    let protections = description.safes.iter().chain(&description.keys).chain([&description.mac]).flatten();
    let iterations: u32 =
        protections.filter_map(|protection| protection.iterations).fold(0, u32::saturating_add);
    if iterations <= MAXIMUM_ITERATIONS {
        let _ = pollster::block_on(read(input, PASSWORD, &OneIteration));
    }
}

/// The one of the vectors.
const PASSWORD: &str = "correct horse battery staple";

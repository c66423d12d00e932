//! A recovery file, and the private key files of others, with any bytes in them.
#![no_main]

use fuzz::{OneIteration, timed};
use libfuzzer_sys::fuzz_target;
use wasm_crypto::{private_key, recovery_file};

/// The one of the vectors.
const PASSPHRASE: &str = "correct horse battery staple";

fuzz_target!(|input: &[u8]| timed(|| run(input)));

fn run(input: &[u8]) {
    // A key that comes out has signed and verified.
    let _ = pollster::block_on(private_key::read(input, PASSPHRASE, &OneIteration));
    // Of no key the SHA-256 is this; what is read before that is compared is what matters.
    let _ = pollster::block_on(recovery_file::read_key(input, PASSPHRASE, "", &OneIteration));
    if let Ok(text) = std::str::from_utf8(input) {
        let _ = pollster::block_on(recovery_file::read(text, PASSPHRASE, &OneIteration));
    }
}

//! Pasted text of any kind. What is read is written in one way only.
#![no_main]

use fuzz::timed;
use libfuzzer_sys::fuzz_target;
use pki::{pasted, pem};

fuzz_target!(|input: &[u8]| timed(|| run(input)));

fn run(input: &[u8]) {
    if let Ok(der) = pasted::find_request(input) {
        let written = pem::encode("CERTIFICATE REQUEST", &der);
        if let Ok(again) = pasted::find_request(written.as_bytes()) {
            assert_eq!(again, der, "PEM reads back as another content");
        }
    }
}

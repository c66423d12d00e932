//! Any certificate: as ours, as words for people, and under the lint.
#![no_main]

use fuzz::timed;
use libfuzzer_sys::fuzz_target;
use pki::certificate::{
    Certificate,
    description::{Description, describe_key, find_certificates},
};

fuzz_target!(|input: &[u8]| timed(|| run(input)));

fn run(input: &[u8]) {
    if let Ok(certificate) = Certificate::from_der(input) {
        assert_eq!(certificate.der(), input);
        certificate.to_pem();
    }
    if let Ok(description) = Description::from_der(input) {
        description.title();
    }
    if let Ok(found) = find_certificates(input) {
        drop(found);
    }
    describe_key(input);
}

//! Anything that is pasted or chosen, in any field. Whatever a field for requests takes, the reader of all fields finds.
#![no_main]

use fuzz::timed;
use libfuzzer_sys::fuzz_target;
use pki::certificate::description::{Description, find_certificates};
use pki::pasted::{Kind, contents};
use pki::request;

fuzz_target!(|input: &[u8]| timed(|| run(input)));

fn run(input: &[u8]) {
    let found = contents(input);
    assert_eq!(found.is_empty(), input.trim_ascii().is_empty(), "an input without an answer");
    if let Ok(bundle) = find_certificates(input) {
        for der in bundle.certificates {
            drop(Description::from_der(&der));
        }
    }
    match request::examine(input) {
        Ok(_) => {
            assert!(found.iter().any(|content| content.kind == Kind::Request), "a request that is not found")
        }
        Err(defect) => drop(request::mend(input, &defect)),
    }
}

//! The verdict on a request. Each defect has words, and a mend that helps; what is correct stays so when it is written as PEM.
#![no_main]

use fuzz::timed;
use libfuzzer_sys::fuzz_target;
use pki::request::{examine, mend};

fuzz_target!(|input: &[u8]| timed(|| run(input)));

fn run(input: &[u8]) {
    match examine(input) {
        Ok(request) => {
            let again = examine(request.to_pem().as_bytes()).expect("a correct request stays correct");
            assert_eq!(again.to_der(), request.to_der());
            request.warnings().iter().for_each(|warning| assert!(!warning.message().is_empty()));
            request.ignored_parts();
        }
        Err(defect) => {
            assert!(!defect.code().is_empty() && !defect.message().is_empty() && !defect.remedy().is_empty());
            if let Some(mend) = mend(input, &defect) {
                let after = examine(mend.text.as_bytes());
                assert_ne!(after.err().as_ref(), Some(&defect), "the mend leaves what it should mend");
            }
            defect.place();
        }
    }
}

//! Anything that is pasted or chosen, in any field. Whatever request the reader for requests finds, the reader of all
//! fields finds.
#![no_main]

use fuzz::timed;
use libfuzzer_sys::fuzz_target;
use pki::pasted::{Kind, contents, find_request};

fuzz_target!(|input: &[u8]| timed(|| run(input)));

fn run(input: &[u8]) {
    let found = contents(input);
    assert_eq!(found.is_empty(), input.trim_ascii().is_empty(), "an input without an answer");
    if let Ok(der) = find_request(input)
        && contents(&der).iter().any(|content| content.kind == Kind::Request && !content.is_damaged)
    {
        let is_request = |kind| matches!(kind, Kind::Request | Kind::CmsRequest);
        assert!(found.iter().any(|content| is_request(content.kind)), "a request that is not found");
    }
}

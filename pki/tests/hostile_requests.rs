//! Requests that are made to cost time or memory are refused at once.

#![expect(
    clippy::disallowed_methods,
    clippy::panic,
    reason = "what is measured is time, and what is accepted has failed"
)]

use pki::request::{examine, mend};
use std::time::{Duration, Instant};

/// A build that is not optimized, on a busy computer, gets forty times as long.
const LIMIT: Duration = Duration::from_millis(if cfg!(debug_assertions) { 2_000 } else { 50 });
const MEGABYTE: usize = 1 << 20;

fn refused_at_once(what: &str, input: &[u8]) {
    let start = Instant::now();
    let verdict = examine(input);
    let defect = verdict.err().unwrap_or_else(|| panic!("{what} is accepted"));
    let mended = mend(input, &defect);
    let took = start.elapsed();
    assert!(mended.is_none(), "{what} is mended");
    assert!(took < LIMIT, "{what}: {} took {took:?}", defect.code());
}

fn repeated(part: &str) -> Vec<u8> {
    part.repeat(MEGABYTE / part.len()).into_bytes()
}

#[test]
fn a_megabyte_of_anything_is_refused_at_once() {
    for part in [
        "A",
        "-----BEGIN ",
        "-----BEGIN CERTIFICATE REQUEST-----\n",
        "-----END ",
        "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQ\n",
        "&#43;",
        "<p>",
        "<",
        "&",
        "\\n",
        "=3D",
        "30",
        "\"kty\" \"d\" ",
        "> ",
        "BEGIN PRIVATE ",
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA ",
    ] {
        refused_at_once(part, &repeated(part));
        let mut in_request = b"-----BEGIN CERTIFICATE REQUEST-----\n".to_vec();
        in_request.extend(repeated(part));
        refused_at_once(part, &in_request);
    }
    refused_at_once("zeros", &vec![0; MEGABYTE]);
    refused_at_once("sequences", &[0x30, 0x80].repeat(MEGABYTE / 2));
    refused_at_once("long sequence", &[&[0x30, 0x83, 0x0f, 0xff, 0xfb][..], &vec![0; MEGABYTE - 5]].concat());
}

#[test]
fn the_longest_input_that_is_read_is_refused_at_once_too() {
    const LONGEST: usize = 65_536;
    for part in [
        "A",
        "-----BEGIN ",
        "-----BEGIN X-----\n-----END X-----\n",
        "&#43;",
        "<p>",
        "<",
        "&",
        "30",
        "=3D",
        "\\n",
    ] {
        let mut input = repeated(part);
        input.truncate(LONGEST);
        refused_at_once(part, &input);
    }
    let nested = [0x30, 0x83, 0, 0xff, 0xfb].repeat(LONGEST / 5);
    refused_at_once("nested", &nested);
    let mut flat = vec![0x30, 0x83, 0, 0xff, 0xfb];
    flat.resize(LONGEST, 0x05);
    refused_at_once("flat", &flat);
}

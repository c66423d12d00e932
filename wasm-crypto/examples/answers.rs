//! What a field answers to a file, for the campaigns: `cargo run -p wasm-crypto --example answers < QUESTIONS`
//!
//! A line that comes in is a field (`request`, `certificates`, `key`, `pfx`), a file and passwords to be tried, with tabs
//! between. An answer is a line: `read` and what, or `refused` and why.

#![expect(clippy::print_stdout, reason = "the answers are what a caller reads")]

use pki::{certificate::description::find_certificates, request};
use pollster::block_on;
use std::{
    error::Error,
    fmt::Display,
    fs,
    io::{BufRead, stdin},
};
use wasm_crypto::{pbkdf2::Portable, pfx, private_key};

fn main() -> Result<(), Box<dyn Error>> {
    for line in stdin().lock().lines() {
        let line = line?;
        let mut words = line.split('\t');
        let (field, file) = words.next().zip(words.next()).ok_or("a line without a field and a file")?;
        let passwords: Vec<&str> = words.collect();
        let input = fs::read(file)?;
        let answer = match answer(field, &input, &passwords) {
            Ok(found) => format!("read {found}"),
            Err(reason) => format!("refused {reason}"),
        };
        println!("{}", answer.replace(['\n', '\r'], " "));
    }
    Ok(())
}

fn answer(field: &str, input: &[u8], passwords: &[&str]) -> Result<String, String> {
    match field {
        "request" => request::examine(input)
            .map(|request| request.key_algorithm().id().to_owned())
            .map_err(|defect| format!("{}: {}", defect.code(), defect.message())),
        "certificates" => find_certificates(input)
            .map(|bundle| format!("{} certificates", bundle.certificates.len()))
            .map_err(|error| error.to_string()),
        "key" => tried(passwords, |password| block_on(private_key::read(input, password, &Portable)))
            .map(|key| key.algorithm().id().to_owned()),
        "pfx" => tried(passwords, |password| block_on(pfx::open(input, password, &Portable)))
            .map(|opened| format!("{}, {} above", opened.key.algorithm().id(), opened.chain_der.len())),
        field => Err(format!("there is no field {field}")),
    }
}

/// What the first password gives that opens, or why none does: a reason that is not the password counts before it.
fn tried<T, E: Display>(passwords: &[&str], open: impl Fn(&str) -> Result<T, E>) -> Result<T, String> {
    let mut reasons = Vec::new();
    for password in passwords {
        match open(password) {
            Ok(opened) => return Ok(opened),
            Err(error) => reasons.push(error.to_string()),
        }
    }
    let is_other =
        |reason: &&String| !reason.contains("does not open") && !reason.contains("enter its passphrase");
    Err(reasons.iter().find(is_other).or_else(|| reasons.first()).cloned().unwrap_or_default())
}

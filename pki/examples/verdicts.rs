//! The native verdicts on many inputs, for a comparison with those of WebAssembly:
//! `cargo run -p pki --example verdicts < INPUTS`
//!
//! Each input is its length in four bytes, little-endian, and its bytes. Each verdict is a line: what the request is,
//! or the code of the defect, its place and its words. Texts are in hex.

use pki::request::{Place, examine};
use std::io::{self, Read, Write};

fn main() -> io::Result<()> {
    let mut inputs = Vec::new();
    io::stdin().read_to_end(&mut inputs)?;
    let mut rest = inputs.as_slice();
    let mut output = io::BufWriter::new(io::stdout());
    while let Some((length, after)) = rest.split_first_chunk() {
        let length = usize::try_from(u32::from_le_bytes(*length)).map_err(io::Error::other)?;
        let (input, after) = after.split_at_checked(length).ok_or(io::ErrorKind::UnexpectedEof)?;
        writeln!(output, "{}", verdict(input))?;
        rest = after;
    }
    output.flush()
}

fn verdict(input: &[u8]) -> String {
    match examine(input) {
        Ok(request) => {
            let key = request.public_key().sha256_hex();
            let (algorithm, subject) = (request.key_algorithm().id(), request.subject_text());
            format!("ok {algorithm} {key} {} {}", request.warnings().len(), hex(subject))
        }
        Err(defect) => {
            let place = match defect.place() {
                Some(Place::Text { line, column }) => format!("{line}:{column}"),
                Some(Place::Asn1 { path }) => path,
                _ => "-".to_owned(),
            };
            format!("{} {place} {}", defect.code(), hex(&defect.message()))
        }
    }
}

/// Texts in hex: a quotation would not be the same in every language.
fn hex(text: &str) -> String {
    text.bytes().fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"))
}

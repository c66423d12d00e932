//! Opens PFX files and says what came out, as the importers of other programs are asked in `tests/tests/importers`:
//! `cargo run -p wasm-crypto --example read_pfx < QUESTIONS`
//!
//! A line that comes in is a file and its password with a tab between; an answer is a line of JSON.

#![expect(clippy::print_stdout, reason = "the answers are what a caller reads")]

use base64::{Engine, engine::general_purpose::STANDARD};
use pki::certificate::Certificate;
use pollster::block_on;
use serde_json::{Value, json};
use std::{
    error::Error,
    fs,
    io::{BufRead, stdin},
};
use wasm_crypto::{
    pbkdf2::Portable,
    pfx::{self, OpenedPfx},
};

fn main() -> Result<(), Box<dyn Error>> {
    for line in stdin().lock().lines() {
        let line = line?;
        let (file, password) = line.split_once('\t').ok_or("a line without a tab")?;
        let answer = match block_on(pfx::open(&fs::read(file)?, password, &Portable)) {
            Ok(opened) => description(&opened)?,
            Err(refusal) => json!({ "refused": refusal.to_string(), "code": format!("{refusal:?}") }),
        };
        println!("{answer}");
    }
    Ok(())
}

fn description(opened: &OpenedPfx) -> Result<Value, Box<dyn Error>> {
    let certificates = [&opened.leaf_der].into_iter().chain(&opened.chain_der);
    let leaf = Certificate::from_der(&opened.leaf_der)?;
    Ok(json!({
        "certificates": certificates.map(|der| STANDARD.encode(der)).collect::<Vec<_>>(),
        "key_fits": leaf.public_key() == &opened.key.public_key()?,
        "friendly_name": opened.friendly_name,
    }))
}

//! Files with one changed bit, and passwords that are not the file's own.

use std::{fs, path::Path};

use anyhow::Context;

use crate::{
    files::{FEW_KEYS, Files, PRESETS, WORDS},
    question::{Question, ask},
};

/// From the end of the protected content back into the encrypted private key: past its attributes, which are about
/// 100 bytes with the name of the tests, and not past the key, which is 144 bytes at least.
const BACK_INTO_THE_KEY_BYTES: usize = 150;

/// A question that must be refused.
#[derive(Clone, Debug)]
pub(crate) struct Forgery {
    pub(crate) question: Question,
    pub(crate) key: &'static str,
    pub(crate) preset: &'static str,
    /// By its id in the table of what passes unseen.
    pub(crate) change: &'static str,
}

/// For one file of each kind of key and preset: a wrong password, and one changed bit in each part of the file.
///
/// # Errors
/// When a file cannot be read or written.
pub(crate) fn forge(files: &Files) -> anyhow::Result<Vec<Forgery>> {
    let mut forgeries = Vec::new();
    for (key, preset) in FEW_KEYS.into_iter().flat_map(|key| PRESETS.map(|preset| (key, preset))) {
        let original = files.path(&format!("{key} {preset} {}.p12", WORDS.id));
        let mut forgery = |change, file, password: &str| {
            let question = Question { file, password: password.to_owned(), export: None };
            forgeries.push(Forgery { question, key, preset, change });
        };
        forgery("wrong-password", original.clone(), &format!("{}s", WORDS.text));
        let bytes = fs::read(&original)?;
        let mac = Mac::locate(&original)?;
        for (change, place) in [
            // The certificates come first, and fill more than half of every file.
            ("bit-in-certificates", bytes.len() / 3),
            ("bit-in-key", mac.data_start - BACK_INTO_THE_KEY_BYTES),
            ("bit-in-mac", mac.digest_start),
        ] {
            let mut changed = bytes.clone();
            *changed.get_mut(place).context("outside the file")? ^= 0x10;
            let file = files.path(&format!("{key} {preset} {change}.p12"));
            fs::write(&file, changed)?;
            forgery(change, file, WORDS.text);
        }
    }
    Ok(forgeries)
}

/// Where in a file the MAC stands, in bytes.
struct Mac {
    data_start: usize,
    digest_start: usize,
}

impl Mac {
    /// Reads the outline that OpenSSL gives of the file: `MacData` is the last sequence of the first level, and the
    /// digest the last octet string of the third.
    fn locate(file: &Path) -> anyhow::Result<Self> {
        const HEADER_BYTES: usize = 2;
        let outline = ask("openssl", ["asn1parse", "-inform", "DER", "-in", &file.to_string_lossy()])?;
        let outline = outline.expect_success("openssl asn1parse")?;
        let last = |depth: &str, kind: &str| -> anyhow::Result<usize> {
            let mut lines = outline.lines().rev();
            let line = lines.find(|line| line.contains(depth) && line.contains(kind)).context("no MAC")?;
            Ok(line.split(':').next().unwrap_or_default().trim().parse()?)
        };
        Ok(Self {
            data_start: last("d=1 ", "SEQUENCE")?,
            digest_start: last("d=3 ", "OCTET STRING")? + HEADER_BYTES,
        })
    }
}

//! Secrets that are looked for wherever they must not be: in memory, in files, in what was sent.

use std::{collections::BTreeMap, fs, path::Path};

use aho_corasick::AhoCorasick;
use anyhow::{Context, ensure};
use base64::{
    Engine,
    prelude::{BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE_NO_PAD},
};

/// A part of a number that stands nowhere by chance: 128 bits.
const PART_BYTES: usize = 16;
/// As much of an encoded number.
const PART_CHARACTERS: usize = 24;

/// How often each secret was found, by its name and its form.
pub type Found = BTreeMap<String, usize>;

/// Secrets, in each form in which a program may hold them.
#[derive(Debug)]
pub struct Marks {
    names: Vec<String>,
    finder: AhoCorasick,
}

impl Marks {
    /// A passphrase: as UTF-8, as UTF-16, and encoded.
    ///
    /// # Errors
    /// When it is too short to be told from chance.
    pub fn of_passphrase(passphrase: &str) -> anyhow::Result<Self> {
        ensure!(passphrase.len() >= PART_BYTES, "{passphrase:?} is too short to be looked for");
        let utf_16: Vec<u8> = passphrase.encode_utf16().flat_map(u16::to_le_bytes).collect();
        Self::new([
            ("UTF-8".to_owned(), passphrase.as_bytes().to_vec()),
            ("UTF-16".to_owned(), utf_16),
            ("hexadecimal".to_owned(), hexadecimal(passphrase.as_bytes()).into_bytes()),
            ("Base64".to_owned(), BASE64_STANDARD_NO_PAD.encode(passphrase).into_bytes()),
        ])
    }

    /// The secret numbers of a private key, by their names, most significant byte first. Beginning, middle and end of each
    /// are looked for, as memory that was used again may hold a part only.
    ///
    /// # Errors
    /// When one is too short to be told from chance.
    pub fn of_private_key(numbers: &[(String, Vec<u8>)]) -> anyhow::Result<Self> {
        let mut forms = Vec::new();
        for (name, number) in numbers {
            ensure!(number.len() >= PART_BYTES, "the number {name} is too short to be looked for");
            let reversed: Vec<u8> = number.iter().rev().copied().collect();
            let encoded = [
                ("in order", number.clone(), PART_BYTES),
                ("reversed", reversed, PART_BYTES),
                ("hexadecimal", hexadecimal(number).into_bytes(), PART_CHARACTERS),
                ("Base64", BASE64_URL_SAFE_NO_PAD.encode(number).into_bytes(), PART_CHARACTERS),
            ];
            for (form, bytes, length) in encoded {
                let parts = parts(&bytes, length);
                forms.extend(parts.map(|(part, bytes)| (format!("{name}, {form}, {part}"), bytes)));
            }
        }
        Self::new(forms)
    }

    fn new(forms: impl IntoIterator<Item = (String, Vec<u8>)>) -> anyhow::Result<Self> {
        let (names, patterns): (Vec<_>, Vec<_>) = forms.into_iter().unzip();
        Ok(Self { names, finder: AhoCorasick::new(patterns)? })
    }

    /// Adds what of them stands in these bytes.
    pub fn find(&self, bytes: &[u8], found: &mut Found) {
        for place in self.finder.find_iter(bytes) {
            let name = self.names.get(place.pattern().as_usize()).cloned().unwrap_or_default();
            *found.entry(name).or_default() += 1;
        }
    }

    /// What of them stands in the files of a folder, and of those below it.
    ///
    /// # Errors
    /// When something cannot be read.
    pub fn in_folder(&self, folder: &Path) -> anyhow::Result<Found> {
        let mut found = Found::new();
        for entry in fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))? {
            let path = entry?.path();
            if path.is_dir() && !path.is_symlink() {
                found.extend(self.in_folder(&path)?);
            } else if path.is_file() {
                let mut here = Found::new();
                self.find(&fs::read(&path)?, &mut here);
                found.extend(here.into_iter().map(|(name, n)| (format!("{}: {name}", path.display()), n)));
            }
        }
        Ok(found)
    }

    /// How many bytes the longest form has.
    pub(crate) fn longest(&self) -> usize {
        self.finder.max_pattern_len()
    }
}

/// Beginning, middle and end.
fn parts(bytes: &[u8], length: usize) -> impl Iterator<Item = (&'static str, Vec<u8>)> {
    let last = bytes.len().saturating_sub(length);
    let places = [("beginning", 0), ("middle", last / 2), ("end", last)];
    places
        .into_iter()
        .map(move |(name, start)| (name, bytes.iter().skip(start).take(length).copied().collect()))
}

fn hexadecimal(bytes: &[u8]) -> String {
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 0xF]);
    digits.filter_map(|digit| char::from_digit(u32::from(digit), 16)).collect()
}

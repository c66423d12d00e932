//! The bytes that a damaged text most likely means. Whoever takes them must verify a signature over them.

use super::{base64_text, recognition};
use crate::pem::decode_base64;
use zeroize::Zeroizing;

/// Longest label between BEGIN and the Base64, in bytes. Our choice: twice `NEW CERTIFICATE REQUEST`.
const LABEL_BYTES: usize = 48;
/// How many characters of Base64 hold the longest DER header of a request: 4 bytes.
const HEADER_CHARACTERS: usize = 8;

/// The DER that begins after the first line, or after what is left of it, as long as it says itself.
pub(super) fn salvage(text: &str) -> Option<Vec<u8>> {
    let body = body(text)?;
    let base64: String = body.chars().filter(|character| base64_text::is_base64(*character)).collect();
    let header = decode_base64(base64.get(..HEADER_CHARACTERS)?)?;
    let bytes = recognition::encoded_bytes(&header)?;
    let characters = bytes.checked_mul(4)?.div_ceil(3);
    decode_base64(base64.get(..characters)?)
}

/// What stands between the lines, or what is left of them.
fn body(text: &str) -> Option<&str> {
    let start = match text.find("BEGIN") {
        Some(begin) => after_label(text, begin),
        None => base64_text::words(text).next().map(|word| text.len().saturating_sub(word.len()))?,
    };
    let rest = text.get(start..)?;
    let end = rest.find("END ").unwrap_or(rest.len());
    rest.get(..end)
}

/// The offset after `REQUEST` or, in a line with another label, after the line.
fn after_label(text: &str, begin: usize) -> usize {
    let rest = text.get(begin..).unwrap_or_default();
    let label = rest.match_indices("REQUEST").map(|(offset, word)| offset.saturating_add(word.len()));
    let end = label.take_while(|end| *end <= LABEL_BYTES).last().or_else(|| rest.find(['\n', '\r']));
    begin.saturating_add(end.unwrap_or(rest.len()))
}

/// The text with a plus for each blank inside a line of Base64, as forms of the web make blanks of them; nothing where no
/// line has a blank inside.
pub(super) fn blanks_as_plus(text: &str) -> Option<Zeroizing<String>> {
    let mut is_changed = false;
    let lines = text.split_inclusive('\n').map(|line| {
        let content = line.trim_end();
        let is_base64 = |character: char| base64_text::is_base64(character) || matches!(character, ' ' | '=');
        if !content.contains(' ') || content.contains("  ") || !content.chars().all(is_base64) {
            return Zeroizing::new(line.to_owned());
        }
        is_changed = true;
        Zeroizing::new(line.replace(' ', "+"))
    });
    let mut joined = Zeroizing::new(String::with_capacity(text.len()));
    lines.for_each(|line| joined.push_str(&line));
    is_changed.then_some(joined)
}

//! What people paste or choose, read as they mean it: the one reader of requests, certificates, private keys and PFX.
//!
//! Everything that programs do to a text on its way is forgiven here, and so forgiven everywhere: UTF-16, a byte order
//! mark, text around, any line break or none, quote marks, HTML, RTF, the escapes of JSON, of addresses and of mails,
//! Base64 in both alphabets and once more inside, hex and its listings. Tolerant of text, never of cryptography: which
//! bytes were found is all that is said here, and whoever takes them proves what they are.
//!
//! To recognize another thing: a [`Kind`] with its words, its first elements in `recognition`, its words in `signs`.

use zeroize::Zeroizing;

mod base64_text;
mod blocks;
mod kind;
mod lines;
mod markup;
mod recognition;
mod request_text;
mod salvage;
mod signs;
mod text;

use blocks::{LooseBlock, Part};

pub use kind::{Kind, PrivateKeyForm};
pub use request_text::{MAXIMUM_REQUEST_BYTES, TextDefect, find_request};
pub use text::Position;

pub(crate) use recognition::{encoded_bytes, recognize};
pub(crate) use request_text::{first_request, repaired_requests};

/// Longest input. Our choice: ten times the bundle of all roots of a browser.
pub const MAXIMUM_INPUT_BYTES: usize = 2 * 1024 * 1024;
/// How often something may be Base64 inside something else. Our choice: a mail with an attachment from a cluster has two.
const MAXIMUM_DEPTH: usize = 3;

/// One thing in an input.
#[derive(Debug)]
pub struct Content {
    /// What it is.
    pub kind: Kind,
    /// DER or BER, not read yet; empty where a text only shows what it is, such as a key of `PuTTY`.
    pub bytes: Zeroizing<Vec<u8>>,
    /// Whether its text is not whole, so that the bytes are not what was meant.
    pub is_damaged: bool,
    /// Whether it is encrypted in OpenSSL's own old way, above the bytes (RFC 1421 §4.6.1.1).
    pub has_proc_type: bool,
}

impl Content {
    fn new(kind: Kind, bytes: Zeroizing<Vec<u8>>) -> Self {
        Self { kind, bytes, is_damaged: false, has_proc_type: false }
    }

    /// What its first elements say that it is.
    fn structure(bytes: Zeroizing<Vec<u8>>) -> Self {
        let (kind, is_damaged) = (recognize(&bytes), is_cut_off(&bytes));
        Self { is_damaged, ..Self::new(kind, bytes) }
    }

    /// By its text alone.
    fn named(kind: Kind) -> Self {
        Self::new(kind, Zeroizing::default())
    }

    /// Whether there are bytes that can be read on.
    fn is_readable(&self) -> bool {
        self.kind != Kind::Unknown && !self.is_damaged && !self.bytes.is_empty()
    }
}

/// All that is in a text or a file, in its order, at least one; of what is in no form that is known, [`Kind::Unknown`].
/// Empty for an input with nothing in it. An input over [`MAXIMUM_INPUT_BYTES`] is not read, and unknown.
pub fn contents(input: &[u8]) -> Vec<Content> {
    if input.trim_ascii().is_empty() {
        return Vec::new();
    }
    if input.len() > MAXIMUM_INPUT_BYTES {
        return vec![Content::named(Kind::Unknown)];
    }
    let found = in_bytes(input, MAXIMUM_DEPTH);
    if found.is_empty() { vec![Content::named(Kind::Unknown)] } else { found }
}

fn in_bytes(input: &[u8], depth: usize) -> Vec<Content> {
    if let Some(kind) = recognition::beginning(input) {
        return vec![Content::new(kind, Zeroizing::new(input.to_vec()))];
    }
    if is_binary(input) {
        return vec![Content::structure(Zeroizing::new(input.to_vec()))];
    }
    let text = text::decode(input);
    if let Some(bytes) = text::binary(&text) {
        return vec![Content::structure(bytes)];
    }
    in_text(&text, depth)
}

/// The first reading of a text that gives something whole; else what the first gives at all.
fn in_text(text: &str, depth: usize) -> Vec<Content> {
    let found = in_view(text, depth);
    if found.iter().any(Content::is_readable) {
        return found;
    }
    let plain = markup::strip(text);
    let plain_text = plain.as_ref().map_or(text, |plain| plain.as_str());
    let repaired = lines::repair(plain_text);
    let others = [plain.as_ref(), repaired.as_ref()].into_iter().flatten();
    let mut readings = others.map(|view| in_view(view, depth));
    readings.find(|found| found.iter().any(Content::is_readable)).unwrap_or(found)
}

fn in_view(text: &str, depth: usize) -> Vec<Content> {
    let mut found = Vec::new();
    for part in blocks::parts(text) {
        match part {
            Part::Block(block) => found.push(in_block(block)),
            Part::Outside(text) => {
                let bare = base64_text::find(text).into_iter();
                found.extend(bare.flat_map(|bytes| in_base64(bytes, depth)));
            }
        }
    }
    if found.is_empty() {
        found.extend(base64_text::hex(text.trim()).map(Content::structure));
    }
    if !found.iter().any(|content| content.kind.is_private())
        && let Some(form) = signs::private_key(text)
    {
        found.push(Content::named(Kind::PrivateKey(form)));
    }
    if found.is_empty() {
        let kind = signs::kind_of_text(text);
        found.extend((kind != Kind::Unknown).then(|| Content::named(kind)));
    }
    found
}

/// The label says what a block should be, the content what it is.
fn in_block(block: LooseBlock<'_>) -> Content {
    let (labelled, read) = (signs::kind_of_label(block.label), recognize(&block.bytes));
    let is_lost = read == Kind::Unknown && labelled.is_structure();
    Content {
        kind: if read == Kind::Unknown { labelled } else { read },
        is_damaged: !block.is_whole || is_lost || is_cut_off(&block.bytes),
        has_proc_type: block.has_proc_type,
        bytes: block.bytes,
    }
}

/// Base64 without lines around it says by its content what it is; it may be a text once more.
fn in_base64(bytes: Zeroizing<Vec<u8>>, depth: usize) -> Vec<Content> {
    match recognize(&bytes) {
        Kind::Unknown if depth > 0 && is_text(&bytes) => in_bytes(&bytes, depth.saturating_sub(1)),
        Kind::Unknown => Vec::new(),
        _ => vec![Content::structure(bytes)],
    }
}

/// Whether a structure has fewer bytes than it says.
fn is_cut_off(der: &[u8]) -> bool {
    encoded_bytes(der).is_some_and(|length| length > der.len())
}

/// Whether the beginning could be text.
fn is_text(bytes: &[u8]) -> bool {
    bytes.iter().take(BEGINNING_BYTES).all(|byte| matches!(byte, b'\t' | b'\n' | b'\r' | b' '..=b'~'))
}

/// How many bytes show whether an input is text. Our choice: the header of a structure and the first element inside.
const BEGINNING_BYTES: usize = 16;

/// Binary data begins with a SEQUENCE, which is the digit zero in a text, and soon has a byte that no text has; UTF-16
/// has its zeros at every second place from the beginning.
fn is_binary(input: &[u8]) -> bool {
    match input {
        [0x30, 0x80..=0x84, ..] => true,
        [0x30, 1..=0x7f, ..] => !is_text(input),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn wrapped(body: &str) -> String {
        format!("-----BEGIN CERTIFICATE REQUEST-----\n{body}\n-----END CERTIFICATE REQUEST-----\n")
    }

    #[test]
    fn a_foreign_character_is_named_with_its_place() {
        assert_eq!(
            find_request(wrapped("AAAA\nAA*A").as_bytes()),
            Err(TextDefect::CharacterOutsideBase64 {
                character: '*',
                position: Position { line: 3, column: 3 }
            })
        );
        assert_eq!(
            find_request(wrapped("AA==AAAA").as_bytes()),
            Err(TextDefect::CharacterOutsideBase64 {
                character: '=',
                position: Position { line: 2, column: 3 }
            })
        );
    }

    #[test]
    fn a_quote_mark_counts_only_at_the_beginning_of_a_line() {
        assert_eq!(find_request(b"> -----BEGIN CERTIFICATE REQUEST-----\n> AAAA\n>> BBBB\n> -----END CERTIFICATE REQUEST-----"),
            find_request(wrapped("AAAABBBB").as_bytes()));
        assert!(matches!(
            find_request(wrapped("AA>AA").as_bytes()),
            Err(TextDefect::CharacterOutsideBase64 { character: '>', .. })
        ));
    }

    #[test]
    fn der_of_the_greatest_length_is_read_and_of_one_byte_more_refused() {
        let mut der = vec![0; MAXIMUM_REQUEST_BYTES];
        der.splice(..2, [0x30, 0x82]);
        assert_eq!(find_request(&der), Ok(der.clone()));
        der.push(0);
        let (actual, maximum) = (der.len(), MAXIMUM_REQUEST_BYTES);
        assert_eq!(find_request(&der), Err(TextDefect::TooLong { actual, maximum }));
    }

    #[test]
    fn a_place_is_told_where_the_person_can_see_it() {
        let damaged = wrapped("AAAA\nAA*A");
        let [as_html, escaped] = ["<br>\n", "\\n"].map(|line_break| damaged.replace('\n', line_break));
        assert_eq!(find_request(as_html.as_bytes()), Err(TextDefect::Other(Kind::WebPage)));
        let refused = find_request(escaped.as_bytes());
        assert!(matches!(refused, Err(TextDefect::CharacterOutsideBase64 { .. })), "{refused:?}");
    }

    proptest! {
        #[test]
        fn what_is_written_is_find_request(der in prop::collection::vec(any::<u8>(), 1..300)) {
            prop_assert_eq!(find_request(crate::pem::encode("CERTIFICATE REQUEST", &der).as_bytes()), Ok(der));
        }

        #[test]
        fn no_bytes_make_the_reader_panic(
            bytes in prop::collection::vec(any::<u8>(), 0..200),
            text in "(-----BEGIN |-----END |CERTIFICATE REQUEST|PRIVATE KEY|-----|\n|\r|> |AAAA|=|é|\\\\n|<br>){0,12}",
        ) {
            for input in [bytes.as_slice(), text.as_bytes()] {
                if let Err(defect) = find_request(input) {
                    let defect = crate::request::Defect::from(defect);
                    prop_assert!(!defect.message().is_empty() && !defect.remedy().is_empty());
                }
                contents(input);
            }
        }
    }
}

//! What people paste or choose: read with every tolerance that cannot change a byte of content.
//!
//! People paste from mails, web pages, consoles and Windows files. What is forgiven: a byte order mark, UTF-16, text
//! before and after, any line break or none, indentation, quote marks, the label `NEW CERTIFICATE REQUEST`, a missing
//! padding, HTML, escaped line breaks, Base64 or hex alone. What is not: a missing or damaged line, a foreign
//! character, a missing character.

use crate::pem::decode_base64;
use crate::request::{Defect, Position, PrivateKeyForm};

mod marks;
mod markup;
pub(crate) mod recognition;
mod salvage;
mod text;

/// Longest input. Our choice: a request with a 4096-bit key and generous extensions has less than a tenth of it.
pub const MAXIMUM_INPUT_BYTES: usize = 65_536;

/// First bytes of the key stores of Java, JKS and JCEKS.
const JAVA_KEY_STORES: [[u8; 4]; 2] = [[0xfe, 0xed, 0xfe, 0xed], [0xce, 0xce, 0xce, 0xce]];
const BEGIN: &str = "-----BEGIN ";
const END: &str = "-----END ";
const DASHES: &str = "-----";
/// How the labels of `OpenPGP` begin (RFC 9580 §6.2); a signed message has no last line.
const OPEN_PGP: &str = "PGP ";
/// The labels of a request: the one of RFC 7468 §7, and the one that keytool, NSS and GnuTLS write.
const REQUEST_LABELS: [&str; 2] = ["CERTIFICATE REQUEST", "NEW CERTIFICATE REQUEST"];

/// Finds the one certification request in a pasted text or a file and gives its DER, which is not judged yet.
///
/// # Errors
/// When there is no request, more than one, or its text is damaged; first of all, when there is a private key.
pub fn read(input: &[u8]) -> Result<Vec<u8>, Defect> {
    if is_binary(input) {
        return read_binary(input);
    }
    // Of what is refused for its length anyway, the beginning is enough to warn.
    let text = text::decode(input.get(..MAXIMUM_INPUT_BYTES).unwrap_or(input));
    if let Some(form) = marks::private_key(&text) {
        return Err(Defect::PrivateKey { form });
    }
    if input.len() > MAXIMUM_INPUT_BYTES {
        return Err(too_long(input));
    }
    if text.trim().is_empty() {
        return Err(Defect::Empty);
    }
    read_text(&text).or_else(|defect| read_without_dress(&text, defect))
}

fn read_text(text: &str) -> Result<Vec<u8>, Defect> {
    let blocks = find_blocks(text)?;
    let requests: Vec<&Block<'_>> =
        blocks.iter().filter(|block| REQUEST_LABELS.contains(&block.label)).collect();
    match requests.as_slice() {
        [] => match blocks.first() {
            Some(block) => {
                Err(marks::foreign_label(block.label).unwrap_or_else(|| foreign_block(text, block)))
            }
            None => marks::without_block(text),
        },
        [request] => decode_block(text, request),
        [first, others @ ..] => {
            let der = decode_block(text, first)?;
            // The same request twice is one request.
            let is_same = |other: &&Block<'_>| decode_block(text, other).as_ref() == Ok(&der);
            if others.iter().all(is_same) {
                Ok(der)
            } else {
                Err(Defect::SeveralRequests { count: requests.len() })
            }
        }
    }
}

/// Reads a text that did not read as it stands once more, without HTML and escapes.
fn read_without_dress(text: &str, defect: Defect) -> Result<Vec<u8>, Defect> {
    let Some(plain) = markup::remove(text) else { return Err(defect) };
    if let Some(form) = marks::private_key(&plain) {
        return Err(Defect::PrivateKey { form });
    }
    // A place would be one in a text that the person does not see.
    read_text(&plain).map_err(|undressed| match undressed.place() {
        None if !matches!(undressed, Defect::NotARequest) => undressed,
        _ if marks::has_html(text) => Defect::Html,
        _ => defect,
    })
}

/// The first of several requests.
pub(crate) fn first_request(input: &[u8]) -> Option<Vec<u8>> {
    let text = text::decode(input);
    let plain = markup::remove(&text);
    [Some(text.as_str()), plain.as_deref()].into_iter().flatten().find_map(|text| {
        let blocks = find_blocks(text).ok()?;
        let first = blocks.iter().find(|block| REQUEST_LABELS.contains(&block.label))?;
        decode_block(text, first).ok()
    })
}

/// The bytes that a damaged input most likely means. Whoever takes them must verify a signature over them.
pub(crate) fn salvage(input: &[u8]) -> Option<Vec<u8>> {
    if is_binary(input) {
        return input.get(..crate::request::encoded_bytes(input)?).map(<[u8]>::to_vec);
    }
    salvage::salvage(&text::decode(input))
}

/// Binary data begins with a SEQUENCE, which is the digit zero in a text, and soon has a byte that no text has; UTF-16
/// has its zeros at every second place from the beginning.
fn is_binary(input: &[u8]) -> bool {
    let is_text = |byte: &u8| matches!(byte, b'\t' | b'\n' | b'\r' | b' '..=b'~');
    match input {
        [0x30, 0x80..=0x84, ..] => true,
        [0x30, 1..=0x7f, ..] => !input.iter().take(16).all(is_text),
        _ => is_java_key_store(input),
    }
}

fn is_java_key_store(input: &[u8]) -> bool {
    JAVA_KEY_STORES.iter().any(|magic| input.starts_with(magic))
}

fn read_binary(input: &[u8]) -> Result<Vec<u8>, Defect> {
    if is_java_key_store(input) {
        return Err(Defect::PrivateKey { form: PrivateKeyForm::Other });
    }
    if let Some(form) = crate::request::private_key_form(input) {
        return Err(Defect::PrivateKey { form });
    }
    if input.len() > MAXIMUM_INPUT_BYTES { Err(too_long(input)) } else { Ok(input.to_vec()) }
}

fn too_long(input: &[u8]) -> Defect {
    Defect::TooLong { actual: input.len(), maximum: MAXIMUM_INPUT_BYTES }
}

/// What stands between a BEGIN line and its END line.
struct Block<'text> {
    label: &'text str,
    /// Offset of the BEGIN line in the text.
    begin: usize,
    /// Offset of the first character after the BEGIN line's dashes.
    body_start: usize,
    body: &'text str,
}

fn find_blocks(text: &str) -> Result<Vec<Block<'_>>, Defect> {
    let mut blocks = Vec::new();
    let mut from = 0;
    while let Some(begin) = find_from(text, BEGIN, from) {
        let block = read_block(text, begin)?;
        from = block.body_start.saturating_add(block.body.len());
        blocks.push(block);
    }
    Ok(blocks)
}

fn read_block(text: &str, begin: usize) -> Result<Block<'_>, Defect> {
    let at = |offset| text::position(text, offset);
    let damaged = || Defect::BeginLineDamaged { position: at(begin) };
    let label_start = begin.saturating_add(BEGIN.len());
    let label_end = find_from(text, DASHES, label_start).ok_or_else(damaged)?;
    let label = text.get(label_start..label_end).unwrap_or_default();
    if label.contains(['\n', '\r', '-']) {
        return Err(damaged());
    }
    let body_start = label_end.saturating_add(DASHES.len());
    let Some(end) = find_from(text, END, body_start) else {
        if label.starts_with(OPEN_PGP) {
            return Err(Defect::OpenPgp);
        }
        return Err(match find_from(text, "END ", body_start) {
            Some(offset) => Defect::EndLineDamaged { position: at(text::line_start(text, offset)) },
            None => Defect::EndLineMissing,
        });
    };
    let body = text.get(body_start..end).unwrap_or_default();
    if body.contains(BEGIN) {
        return Err(if label.starts_with(OPEN_PGP) { Defect::OpenPgp } else { Defect::EndLineMissing });
    }
    let end_label = text.get(end.saturating_add(END.len())..).unwrap_or_default();
    match end_label.strip_prefix(label) {
        Some(rest) if rest.starts_with(DASHES) => Ok(Block { label, begin, body_start, body }),
        Some(_) => Err(Defect::EndLineDamaged { position: at(end) }),
        None => Err(Defect::LinesDiffer { position: at(end) }),
    }
}

fn find_from(text: &str, pattern: &str, from: usize) -> Option<usize> {
    text.get(from..)?.find(pattern).map(|offset| offset.saturating_add(from))
}

/// The bytes of a block's Base64, quote marks and white space apart.
fn decode_block(text: &str, block: &Block<'_>) -> Result<Vec<u8>, Defect> {
    let at = |offset: usize| text::position(text, block.body_start.saturating_add(offset));
    let foreign = |(offset, character)| Defect::CharacterOutsideBase64 { character, position: at(offset) };
    let mut characters = String::new();
    let mut padding: Option<(usize, char)> = None;
    let mut line_begins = false;
    for (offset, character) in block.body.char_indices() {
        match character {
            '\n' | '\r' => line_begins = true,
            '>' | '|' if line_begins => {}
            character if character.is_whitespace() || is_invisible(character) => {}
            '=' => padding = padding.or(Some((offset, character))),
            'A'..='Z' | 'a'..='z' | '0'..='9' | '+' | '/' => {
                if let Some(padding) = padding {
                    return Err(foreign(padding));
                }
                line_begins = false;
                characters.push(character);
            }
            _ => return Err(foreign((offset, character))),
        }
    }
    if characters.is_empty() {
        return Err(Defect::NotDer);
    }
    decode_base64(&characters).ok_or(Defect::Base64Incomplete)
}

/// Characters without width that web pages and mail programs leave in a copied text.
fn is_invisible(character: char) -> bool {
    matches!(character, '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}' | '\u{ad}')
}

/// A block whose label says nothing known: its content may be a request all the same.
fn foreign_block(text: &str, block: &Block<'_>) -> Defect {
    let position: Position = text::position(text, block.begin);
    match decode_block(text, block).ok().and_then(|der| crate::request::recognize_other(&der)) {
        Some(defect) => defect,
        None => Defect::LabelWrong { position },
    }
}

/// Decodes as much Base64 as makes whole bytes, for the sake of what might begin there.
fn decode_beginning(characters: &str) -> Option<Vec<u8>> {
    let whole = characters.len().saturating_sub(characters.len() % 4);
    decode_base64(characters.get(..whole)?)
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
            read(wrapped("AAAA\nAA*A").as_bytes()),
            Err(Defect::CharacterOutsideBase64 { character: '*', position: Position { line: 3, column: 3 } })
        );
        assert_eq!(
            read(wrapped("AA==AAAA").as_bytes()),
            Err(Defect::CharacterOutsideBase64 { character: '=', position: Position { line: 2, column: 3 } })
        );
    }

    #[test]
    fn a_quote_mark_counts_only_at_the_beginning_of_a_line() {
        assert_eq!(read(b"> -----BEGIN CERTIFICATE REQUEST-----\n> AAAA\n>> BBBB\n> -----END CERTIFICATE REQUEST-----"),
            read(wrapped("AAAABBBB").as_bytes()));
        assert!(matches!(
            read(wrapped("AA>AA").as_bytes()),
            Err(Defect::CharacterOutsideBase64 { character: '>', .. })
        ));
    }

    #[test]
    fn der_of_the_greatest_length_is_read_and_of_one_byte_more_refused() {
        let mut der = vec![0; MAXIMUM_INPUT_BYTES];
        der.splice(..2, [0x30, 0x82]);
        assert_eq!(read(&der), Ok(der.clone()));
        der.push(0);
        let (actual, maximum) = (der.len(), MAXIMUM_INPUT_BYTES);
        assert_eq!(read(&der), Err(Defect::TooLong { actual, maximum }));
    }

    #[test]
    fn a_place_is_told_where_the_person_can_see_it() {
        let damaged = wrapped("AAAA\nAA*A");
        let [as_html, escaped] = ["<br>\n", "\\n"].map(|line_break| damaged.replace('\n', line_break));
        assert_eq!(read(as_html.as_bytes()), Err(Defect::Html));
        let refused = read(escaped.as_bytes());
        assert!(matches!(refused, Err(Defect::CharacterOutsideBase64 { .. })), "{refused:?}");
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(der in prop::collection::vec(any::<u8>(), 1..300)) {
            prop_assert_eq!(read(crate::pem::encode("CERTIFICATE REQUEST", &der).as_bytes()), Ok(der));
        }

        #[test]
        fn no_bytes_make_the_reader_panic(
            bytes in prop::collection::vec(any::<u8>(), 0..200),
            text in "(-----BEGIN |-----END |CERTIFICATE REQUEST|PRIVATE KEY|-----|\n|\r|> |AAAA|=|é|\\\\n|<br>){0,12}",
        ) {
            for input in [bytes.as_slice(), text.as_bytes()] {
                if let Err(defect) = read(input) {
                    prop_assert!(!defect.message().is_empty() && !defect.remedy().is_empty());
                }
            }
        }
    }
}

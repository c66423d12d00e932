//! Blocks of PEM (RFC 7468 §2) in a text: with the place of each fault for the person who can put it right, and as
//! tolerantly as can be for programs that only want what is inside.

use super::text::{self, Position};
use super::{Kind, TextDefect, base64_text};
use crate::pem::decode_base64;
use zeroize::Zeroizing;

const BEGIN: &str = "-----BEGIN ";
const END: &str = "-----END ";
const DASHES: &str = "-----";
/// How the labels of `OpenPGP` begin (RFC 9580 §6.2); a signed message has no last line.
const OPEN_PGP: &str = "PGP ";

/// What stands between a BEGIN line and its END line.
pub(super) struct Block<'text> {
    pub(super) label: &'text str,
    /// Offset of the BEGIN line in the text.
    begin: usize,
    /// Offset of the first character after the BEGIN line's dashes.
    body_start: usize,
    body: &'text str,
}

/// The blocks of a text, in their order; none where nothing begins one.
///
/// # Errors
/// With the first line that is damaged or missing.
pub(super) fn find(text: &str) -> Result<Vec<Block<'_>>, TextDefect> {
    let mut blocks = Vec::new();
    let mut from = 0;
    while let Some(begin) = find_from(text, BEGIN, from) {
        let block = read(text, begin)?;
        from = block.body_start.saturating_add(block.body.len());
        blocks.push(block);
    }
    Ok(blocks)
}

fn read(text: &str, begin: usize) -> Result<Block<'_>, TextDefect> {
    let at = |offset| text::position(text, offset);
    let damaged = || TextDefect::BeginLineDamaged { position: at(begin) };
    let label_start = begin.saturating_add(BEGIN.len());
    let label_end = find_from(text, DASHES, label_start).ok_or_else(damaged)?;
    let label = text.get(label_start..label_end).unwrap_or_default();
    if label.contains(['\n', '\r', '-']) {
        return Err(damaged());
    }
    let body_start = label_end.saturating_add(DASHES.len());
    let Some(end) = find_from(text, END, body_start) else {
        if label.starts_with(OPEN_PGP) {
            return Err(TextDefect::Other(Kind::OpenPgp));
        }
        return Err(match find_from(text, "END ", body_start) {
            Some(offset) => TextDefect::EndLineDamaged { position: at(text::line_start(text, offset)) },
            None => TextDefect::EndLineMissing,
        });
    };
    let body = text.get(body_start..end).unwrap_or_default();
    if body.contains(BEGIN) {
        return Err(if label.starts_with(OPEN_PGP) {
            TextDefect::Other(Kind::OpenPgp)
        } else {
            TextDefect::EndLineMissing
        });
    }
    let end_label = text.get(end.saturating_add(END.len())..).unwrap_or_default();
    match end_label.strip_prefix(label) {
        Some(rest) if rest.starts_with(DASHES) => Ok(Block { label, begin, body_start, body }),
        Some(_) => Err(TextDefect::EndLineDamaged { position: at(end) }),
        None => Err(TextDefect::LinesDiffer { position: at(end) }),
    }
}

fn find_from(text: &str, pattern: &str, from: usize) -> Option<usize> {
    text.get(from..)?.find(pattern).map(|offset| offset.saturating_add(from))
}

impl Block<'_> {
    pub(super) fn position(&self, text: &str) -> Position {
        text::position(text, self.begin)
    }

    /// The bytes of the block's Base64, quote marks and white space apart; none of an empty block.
    ///
    /// # Errors
    /// With the first character that does not belong there, or when one is missing.
    pub(super) fn decode(&self, text: &str) -> Result<Vec<u8>, TextDefect> {
        let at = |offset: usize| text::position(text, self.body_start.saturating_add(offset));
        let foreign =
            |(offset, character)| TextDefect::CharacterOutsideBase64 { character, position: at(offset) };
        let mut characters = Zeroizing::new(String::with_capacity(self.body.len()));
        let mut padding: Option<(usize, char)> = None;
        let mut line_begins = false;
        for (offset, character) in self.body.char_indices() {
            match character {
                '\n' | '\r' => line_begins = true,
                '>' | '|' if line_begins => {}
                character if character.is_whitespace() || text::is_invisible(character) => {}
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
        decode_base64(&characters).ok_or(TextDefect::Base64Incomplete)
    }
}

/// A block that is read whatever its lines and its Base64 are.
pub(super) struct LooseBlock<'text> {
    pub(super) label: &'text str,
    pub(super) bytes: Zeroizing<Vec<u8>>,
    /// Whether the last line is there, and each character between belongs there.
    pub(super) is_whole: bool,
    /// Whether it is encrypted in OpenSSL's own old way (RFC 1421 §4.6.1.1).
    pub(super) has_proc_type: bool,
}

/// A text in its parts.
pub(super) enum Part<'text> {
    Block(LooseBlock<'text>),
    /// Before, between and after the blocks, where something may stand without lines around it.
    Outside(&'text str),
}

/// All parts in their order; a block without an end reaches to the next, or to the end of the text.
pub(super) fn parts(text: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    for (index, part) in text.split(BEGIN).enumerate() {
        match read_loosely(part).filter(|_| index > 0) {
            Some((block, after)) => parts.extend([Part::Block(block), Part::Outside(after)]),
            None => parts.push(Part::Outside(part)),
        }
    }
    parts
}

/// The block in what follows `-----BEGIN `, and what stands behind it.
fn read_loosely(part: &str) -> Option<(LooseBlock<'_>, &str)> {
    let (label, rest) = part.split_once(DASHES)?;
    if label.contains(['\n', '\r']) {
        return None;
    }
    let (body, end) = rest.split_once(END).map_or((rest, None), |(body, end)| (body, Some(end)));
    let read = base64_text::read_body(body);
    let block = LooseBlock {
        label: label.trim(),
        bytes: read.bytes,
        is_whole: end.is_some() && read.is_whole,
        has_proc_type: body.contains("Proc-Type:"),
    };
    let after = end.and_then(|end| end.split_once(DASHES)).map_or("", |(_, after)| after);
    Some((block, after))
}

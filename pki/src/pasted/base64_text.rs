//! Base64 and hex in a text, in both alphabets (RFC 4648 §4, §5, §8), with or without lines around it.

use super::recognition;
use super::text::is_invisible;
use crate::base64::{self, Decoded};
use zeroize::Zeroizing;

/// Shortest Base64 that is read without lines around it. Our choice: a line of a key has at least that many.
const SHORTEST_CHARACTERS: usize = 40;
/// How the Base64 of a SEQUENCE of more than 127 bytes begins.
const STRUCTURE: &str = "MI";
/// As many dashes end a run: those of a BEGIN line. Fewer may be characters of the alphabet for URLs.
const LINE_DASHES: &str = "-----";

pub(super) fn is_base64(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '+' | '/')
}

/// In either alphabet.
fn is_any_base64(character: char) -> bool {
    is_base64(character) || matches!(character, '-' | '_')
}

/// Bytes, and whether each character before them belonged there.
pub(super) struct Body {
    pub(super) bytes: Zeroizing<Vec<u8>>,
    pub(super) is_whole: bool,
}

/// The body of a block, without quote marks and the headers of old PEM (RFC 1421 §4.6).
pub(super) fn read_body(body: &str) -> Body {
    let mut characters = Zeroizing::new(String::with_capacity(body.len()));
    let mut is_whole = true;
    for line in body.lines().filter(|line| !line.contains(':')) {
        let line = line.trim_start_matches(|mark: char| mark.is_whitespace() || matches!(mark, '>' | '|'));
        for character in line.chars() {
            match character {
                '-' => characters.push('+'),
                '_' => characters.push('/'),
                '=' => {}
                character if is_base64(character) => characters.push(character),
                character if character.is_whitespace() || is_invisible(character) => {}
                _ => is_whole = false,
            }
        }
    }
    let decoded = base64::decode(&characters);
    is_whole &= decoded.as_ref().is_some_and(|decoded| decoded.spare_bits_are_zero);
    let bytes = match decoded {
        Some(Decoded { bytes, .. }) => Zeroizing::new(bytes),
        None => decode_beginning(&characters).unwrap_or_default(),
    };
    Body { bytes, is_whole: is_whole && !characters.is_empty() }
}

/// Decodes as much Base64 as makes whole bytes, for the sake of what might begin there.
pub(super) fn decode_beginning(characters: &str) -> Option<Zeroizing<Vec<u8>>> {
    let whole = characters.len().saturating_sub(characters.len() % 4);
    base64::decode(characters.get(..whole)?).map(|decoded| Zeroizing::new(decoded.bytes))
}

/// The text from each long word of Base64 on, and from each shorter one that begins as a structure and goes on with a long
/// one behind blanks: a program may have broken it into lines of any length.
pub(super) fn words(text: &str) -> impl Iterator<Item = &str> {
    let mut inside = false;
    let beginnings = text.char_indices().filter_map(move |(offset, character)| {
        let begins = !inside && is_base64(character);
        inside = is_base64(character);
        if begins { text.get(offset..) } else { None }
    });
    beginnings.filter(|rest| {
        is_long(rest)
            || (rest.starts_with(STRUCTURE) && is_long(rest.trim_start_matches(is_any_base64).trim_start()))
    })
}

/// Whether it begins with a long word of Base64.
fn is_long(text: &str) -> bool {
    let beginning = text.chars().take(SHORTEST_CHARACTERS);
    beginning.filter(|character| is_any_base64(*character)).count() == SHORTEST_CHARACTERS
}

/// What stands in each run of Base64 without lines around it. Of DER as many bytes as it says, and what follows in the
/// run is read as another one; of anything else all bytes.
pub(super) fn find(text: &str) -> Vec<Zeroizing<Vec<u8>>> {
    let mut found = Vec::new();
    let mut read_to = 0;
    for word in words(text) {
        let offset = text.len().saturating_sub(word.len());
        if offset < read_to {
            continue;
        }
        let (characters, end) = run(word);
        read_to = offset.saturating_add(end);
        split(&characters, &mut found);
    }
    found
}

/// The characters of a run in the first alphabet, and where it ends: at padding, and at what is neither Base64 nor blank.
fn run(word: &str) -> (Zeroizing<String>, usize) {
    let end = end_of_run(word);
    let run = word.get(..end).unwrap_or_default();
    // As long as the run: the rest of the text has more of them.
    let mut characters = Zeroizing::new(String::with_capacity(run.len()));
    for character in run.chars() {
        match character {
            '-' => characters.push('+'),
            '_' => characters.push('/'),
            character if is_base64(character) => characters.push(character),
            _ => {}
        }
    }
    (characters, end)
}

fn end_of_run(word: &str) -> usize {
    let mut line_begins = false;
    for (offset, character) in word.char_indices() {
        match character {
            '-' if word.get(offset..).is_some_and(|rest| rest.starts_with(LINE_DASHES)) => return offset,
            '\n' | '\r' => line_begins = true,
            '>' | '|' if line_begins => {}
            character if is_any_base64(character) => line_begins = false,
            character if character.is_whitespace() || is_invisible(character) => {}
            _ => return offset,
        }
    }
    word.len()
}

/// Each structure in the characters of a run.
fn split(characters: &str, found: &mut Vec<Zeroizing<Vec<u8>>>) {
    let mut rest = characters;
    while rest.len() >= SHORTEST_CHARACTERS {
        let Some(mut bytes) = decode_run(rest) else { return };
        let length = recognition::encoded_bytes(&bytes).filter(|length| *length < bytes.len());
        let Some(length) = length else {
            found.push(bytes);
            return;
        };
        bytes.truncate(length);
        found.push(bytes);
        let next = length.saturating_mul(4).div_ceil(3);
        rest = rest.get(next..).unwrap_or_default();
        // What follows whole groups only looks like more of the same.
        if !rest.starts_with('M') {
            return;
        }
    }
}

fn decode_run(characters: &str) -> Option<Zeroizing<Vec<u8>>> {
    match base64::decode(characters) {
        Some(decoded) => Some(Zeroizing::new(decoded.bytes)),
        None => decode_beginning(characters),
    }
}

/// The bytes of hex digits that begin a SEQUENCE: alone, with white space, colons, commas and `0x` between them, or as
/// a listing with an offset before each line and its characters behind.
pub(super) fn hex(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    plain_hex(text).or_else(|| {
        let mut bytes = Zeroizing::new(text.lines().map(listed_line).collect::<Option<Vec<_>>>()?.concat());
        // What stands behind a short last line may look like more bytes.
        let length = recognition::encoded_bytes(&bytes)?;
        bytes.truncate(length);
        Some(bytes)
    })
}

fn plain_hex(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    let is_between = |character: char| character.is_whitespace() || matches!(character, ':' | ',' | ';');
    let mut der = Zeroizing::new(Vec::with_capacity(text.len() / 2));
    for word in text.split(is_between).filter(|word| !word.is_empty()) {
        let digits = word.strip_prefix("0x").unwrap_or(word).as_bytes();
        for pair in digits.chunks(2) {
            if der.first().is_some_and(|first| *first != 0x30) {
                return None;
            }
            der.push(byte(pair)?);
        }
    }
    (der.first() == Some(&0x30)).then_some(der)
}

fn byte(pair: &[u8]) -> Option<u8> {
    let [high, low] = pair else { return None };
    let nibble = |digit: &u8| char::from(*digit).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    Some(nibble(high)? << 4 | nibble(low)?)
}

/// The most bytes in a line of a listing: what xxd, hexdump, od and OpenSSL write.
const LISTED_BYTES: usize = 16;

/// The bytes of `00000010  03 55 04 0a …  |.U..|`, of `0010 - 03 55 …` and of `00000010: 0355 040a …  .U..`.
fn listed_line(line: &str) -> Option<Vec<u8>> {
    let mut words = line.split([' ', '\t']).filter(|word| !word.is_empty());
    let Some(offset) = words.next() else { return Some(Vec::new()) };
    let offset = offset.trim_end_matches(':');
    if offset.len() < 4 || !offset.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return None;
    }
    let mut bytes = Vec::with_capacity(LISTED_BYTES);
    for word in words {
        // OpenSSL joins the two halves of a line.
        let pairs =
            word.split(['-']).filter(|part| !part.is_empty()).flat_map(|part| part.as_bytes().chunks(2));
        let read: Option<Vec<u8>> = pairs.map(byte).collect();
        let Some(read) = read.filter(|read| bytes.len().saturating_add(read.len()) <= LISTED_BYTES) else {
            break;
        };
        bytes.extend(read);
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str) -> Vec<Vec<u8>> {
        find(text).iter().map(|bytes| bytes.to_vec()).collect()
    }

    #[test]
    fn a_run_is_read_in_both_alphabets_and_ends_at_what_is_none() {
        let bytes: Vec<u8> = (0..60).map(|index| 0xf0_u8.wrapping_add(index)).collect();
        let plain = base64::encode(&bytes);
        let for_urls = plain.replace('+', "-").replace('/', "_");
        for text in [
            plain.clone(),
            format!("key: {for_urls}\n-----END"),
            format!("<a>{plain}</a>"),
            format!("\"{}\\\"", plain.replace('D', "D\n> ")),
        ] {
            assert_eq!(all(&text), std::slice::from_ref(&bytes), "{text}");
        }
    }

    #[test]
    fn structures_one_after_another_are_as_many() {
        let der = [&[0x30, 40], [7; 40].as_slice()].concat();
        let text = base64::encode(&der);
        assert_eq!(all(&format!("{text}\n{text}")), [der.clone(), der.clone()]);
        assert_eq!(all(&format!("{text} and a word")), [der]);
    }

    #[test]
    fn hex_is_read_alone_and_from_a_listing() {
        for text in [
            "3003020105",
            "30 03 02 01 05",
            "0x30, 0x03, 0x02, 0x01, 0x05",
            "00000000  30 03 02 01 05   |0....|",
            "    0000 - 30 03 02 01-05   0....",
            "00000000: 3003 0201 05   0....",
            "0000000 30 03 02 01 05\n0000005",
        ] {
            assert_eq!(hex(text).map(|der| der.to_vec()), Some(vec![0x30, 3, 2, 1, 5]), "{text}");
        }
        for text in ["", "31 00", "30 0", "zz", "a letter of four words", "00000000 zz"] {
            assert_eq!(hex(text).map(|der| der.to_vec()), None, "{text}");
        }
    }
}

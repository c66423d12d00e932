//! From bytes to text, and places in it.

use zeroize::Zeroizing;

/// A place in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// The line, from one.
    pub line: usize,
    /// The character in the line, from one.
    pub column: usize,
}

/// Reads UTF-8 or UTF-16, with or without a byte order mark. What is neither is Latin-1 with the marks of Windows-1252.
pub(super) fn decode(input: &[u8]) -> Zeroizing<String> {
    Zeroizing::new(match input {
        [0xef, 0xbb, 0xbf, rest @ ..] => from_bytes(rest),
        [0xff, 0xfe, rest @ ..] => from_utf16(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => from_utf16(rest, u16::from_be_bytes),
        // Windows writes UTF-16 without a mark too; a request is ASCII, so every second byte is zero.
        [first, 0, second, 0, ..] if *first != 0 && *second != 0 => from_utf16(input, u16::from_le_bytes),
        [0, first, 0, second, ..] if *first != 0 && *second != 0 => from_utf16(input, u16::from_be_bytes),
        _ => from_bytes(input),
    })
}

fn from_bytes(bytes: &[u8]) -> String {
    let latin_1 = |byte: &u8| match byte {
        // Dashes and quotation marks of Windows-1252.
        0x91 | 0x92 => '\'',
        0x93 | 0x94 => '"',
        0x96 => '\u{2013}',
        0x97 => '\u{2014}',
        byte => char::from(*byte),
    };
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => bytes.iter().map(latin_1).collect(),
    }
}

/// The binary file that was read as Latin-1 before it became this text; none when it was not, or lost bytes.
pub(super) fn binary(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    let is_binary =
        text.starts_with('0') && text.chars().take(BINARY_CHARACTERS).any(|character| !character.is_ascii());
    let bytes = text.chars().map(|character| u8::try_from(u32::from(character)).ok());
    is_binary.then(|| bytes.collect::<Option<Vec<u8>>>()).flatten().map(Zeroizing::new)
}

/// Whether the text was a binary structure, of which bytes were lost: it begins as one, with characters that stand for
/// what no program can read.
pub(super) fn is_spoilt_binary(text: &str) -> bool {
    let is_unreadable = |character: char| {
        character == char::REPLACEMENT_CHARACTER
            || (character.is_control() && !matches!(character, '\n' | '\r' | '\t' | '\u{c}'))
    };
    text.starts_with('0')
        && text.chars().take(BINARY_CHARACTERS).filter(|character| is_unreadable(*character)).count() > 1
}

/// How many characters show whether a text was a binary file: the headers of the first elements.
const BINARY_CHARACTERS: usize = 32;

fn from_utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> String {
    let units = bytes.chunks(2).map(|pair| match pair {
        [first, second] => unit([*first, *second]),
        _ => u16::from(b'?'),
    });
    char::decode_utf16(units).map(|character| character.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
}

/// Characters without width that web pages and mail programs leave in a copied text.
pub(super) fn is_invisible(character: char) -> bool {
    matches!(character, '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}' | '\u{ad}')
}

/// Line and column of a byte offset. Lines end with LF, CR or both.
pub(super) fn position(text: &str, offset: usize) -> Position {
    let before = text.get(..offset).unwrap_or(text);
    let mut position = Position { line: 1, column: 1 };
    let mut previous = None;
    for character in before.chars() {
        match (previous, character) {
            (Some('\r'), '\n') => {}
            (_, '\r' | '\n') => {
                position = Position { line: position.line.saturating_add(1), column: 1 };
            }
            _ => position.column = position.column.saturating_add(1),
        }
        previous = Some(character);
    }
    position
}

/// Offset of the first character of the line that the offset is in.
pub(super) fn line_start(text: &str, offset: usize) -> usize {
    let line_break = text.get(..offset).and_then(|before| before.rfind(['\n', '\r']));
    line_break.map_or(0, |line_break| line_break.saturating_add(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn utf_16_is_read_with_and_without_a_byte_order_mark() {
        let little: Vec<u8> = "ABC".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = "ABC".encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!(*decode(&little), "ABC");
        assert_eq!(*decode(&big), "ABC");
        assert_eq!(*decode(&[&[0xff, 0xfe], little.as_slice()].concat()), "ABC");
        assert_eq!(*decode(&[&[0xfe, 0xff], big.as_slice()].concat()), "ABC");
        assert_eq!(*decode("\u{feff}ABC".as_bytes()), "ABC");
    }

    #[test]
    fn zeros_alone_do_not_make_utf_16() {
        for bytes in [[b'A', 0, 0, 0], [0, 0, b'A', 0], [0, b'A', 0, 0], [0, 0, 0, b'A'], [0; 4]] {
            assert_eq!(decode(&bytes).as_bytes(), bytes, "{bytes:?}");
        }
    }

    #[test]
    fn lines_end_with_any_of_three_line_breaks() {
        for text in ["ab\ncd\nef", "ab\r\ncd\r\nef", "ab\rcd\ref"] {
            let offset = text.find('f').unwrap();
            assert_eq!(position(text, offset), Position { line: 3, column: 2 }, "{text:?}");
        }
        assert_eq!(position("żó\nłx", "żó\nł".len()), Position { line: 2, column: 2 });
        assert_eq!(position("", 0), Position { line: 1, column: 1 });
    }
}

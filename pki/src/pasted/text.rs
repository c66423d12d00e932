//! From bytes to text, and places in it.

use crate::request::Position;

/// Reads UTF-8 or UTF-16, with or without a byte order mark. What cannot be read becomes U+FFFD.
pub(super) fn decode(input: &[u8]) -> String {
    match input {
        [0xef, 0xbb, 0xbf, rest @ ..] => String::from_utf8_lossy(rest).into_owned(),
        [0xff, 0xfe, rest @ ..] => from_utf16(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => from_utf16(rest, u16::from_be_bytes),
        // Windows writes UTF-16 without a mark too; a request is ASCII, so every second byte is zero.
        [first, 0, second, 0, ..] if *first != 0 && *second != 0 => from_utf16(input, u16::from_le_bytes),
        [0, first, 0, second, ..] if *first != 0 && *second != 0 => from_utf16(input, u16::from_be_bytes),
        _ => String::from_utf8_lossy(input).into_owned(),
    }
}

fn from_utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> String {
    let units = bytes.chunks(2).map(|pair| match pair {
        [first, second] => unit([*first, *second]),
        _ => u16::from(b'?'),
    });
    char::decode_utf16(units).map(|character| character.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
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
        assert_eq!(decode(&little), "ABC");
        assert_eq!(decode(&big), "ABC");
        assert_eq!(decode(&[&[0xff, 0xfe], little.as_slice()].concat()), "ABC");
        assert_eq!(decode(&[&[0xfe, 0xff], big.as_slice()].concat()), "ABC");
        assert_eq!(decode("\u{feff}ABC".as_bytes()), "ABC");
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

//! Base64 (RFC 4648 §4), as PEM and pasted texts have it: written with padding, read with or without.

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const PADDING: char = '=';

/// What a text says.
pub(crate) struct Decoded {
    pub(crate) bytes: Vec<u8>,
    /// Whether the bits of the last character that belong to no byte are zero, as they should be (RFC 4648 §3.5).
    pub(crate) spare_bits_are_zero: bool,
}

/// Writes it on one line.
pub(crate) fn encode(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(3).saturating_mul(4));
    for group in bytes.chunks(3) {
        let at = |index: usize| group.get(index).copied().map(u32::from);
        let number = at(0).unwrap_or(0) << 16 | at(1).unwrap_or(0) << 8 | at(2).unwrap_or(0);
        let character = |shift: u32| {
            let index = number.checked_shr(shift).and_then(|rest| usize::try_from(rest & 0x3f).ok());
            index.and_then(|index| ALPHABET.get(index)).copied().map(char::from)
        };
        let present = [
            character(18),
            character(12),
            at(1).and_then(|_| character(6)),
            at(2).and_then(|_| character(0)),
        ];
        text.extend(present.map(|character| character.unwrap_or(PADDING)));
    }
    text
}

/// Reads characters without anything between them; padding may be missing.
pub(crate) fn decode(text: &str) -> Option<Decoded> {
    let characters = text.trim_end_matches(PADDING);
    if text.len() > characters.len().next_multiple_of(4) {
        return None;
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut spare = 0;
    for group in characters.as_bytes().chunks(4) {
        let number =
            group.iter().try_fold(0_u32, |number, character| Some(number << 6 | value(*character)?))?;
        let (number, count) = match group.len() {
            4 => (number, 3),
            3 => (number << 6, 2),
            2 => (number << 12, 1),
            _ => return None,
        };
        let [_, decoded @ ..] = number.to_be_bytes();
        let (whole, rest) = decoded.split_at_checked(count)?;
        bytes.extend_from_slice(whole);
        spare = rest.iter().fold(spare, |spare, byte| spare | byte);
    }
    Some(Decoded { bytes, spare_bits_are_zero: spare == 0 })
}

/// The six bits of a character.
fn value(character: u8) -> Option<u32> {
    let value = match character {
        b'A'..=b'Z' => character.wrapping_sub(b'A'),
        b'a'..=b'z' => character.wrapping_sub(b'a').wrapping_add(26),
        b'0'..=b'9' => character.wrapping_sub(b'0').wrapping_add(52),
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    };
    Some(u32::from(value))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn bytes(text: &str) -> Option<Vec<u8>> {
        decode(text).map(|decoded| decoded.bytes)
    }

    /// RFC 4648 §10.
    const EXAMPLES: [(&str, &str); 7] = [
        ("", ""),
        ("f", "Zg=="),
        ("fo", "Zm8="),
        ("foo", "Zm9v"),
        ("foob", "Zm9vYg=="),
        ("fooba", "Zm9vYmE="),
        ("foobar", "Zm9vYmFy"),
    ];

    #[test]
    fn the_examples_of_the_standard_are_written_and_read_with_and_without_padding() {
        for (plain, encoded) in EXAMPLES {
            assert_eq!(encode(plain.as_bytes()), encoded);
            for text in [encoded, encoded.trim_end_matches('=')] {
                assert_eq!(bytes(text).as_deref(), Some(plain.as_bytes()), "{text}");
            }
        }
    }

    #[test]
    fn each_character_has_its_value() {
        let all: Vec<u32> = ALPHABET.iter().filter_map(|character| value(*character)).collect();
        assert_eq!(all, (0..64).collect::<Vec<_>>());
        assert_eq!((0..=u8::MAX).filter(|character| value(*character).is_some()).count(), 64);
    }

    #[test]
    fn what_makes_no_whole_byte_and_padding_that_is_too_long_is_refused() {
        for text in
            ["A", "AAAAA", "A=", "A==", "A===", "=", "====", "AAAA=", "AA===", "AAA==", "A=AA", "AA A"]
        {
            assert_eq!(bytes(text), None, "{text}");
        }
        assert_eq!(bytes("AA="), Some(vec![0]), "padding may be missing in part");
    }

    #[test]
    fn bits_that_belong_to_no_byte_are_told() {
        for (text, zero) in
            [("AA", true), ("AB", false), ("AP==", false), ("AAA", true), ("AAD=", false), ("AAAB", true)]
        {
            assert_eq!(decode(text).map(|decoded| decoded.spare_bits_are_zero), Some(zero), "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(written in prop::collection::vec(any::<u8>(), 0..100)) {
            prop_assert_eq!(bytes(&encode(&written)), Some(written));
        }
    }
}

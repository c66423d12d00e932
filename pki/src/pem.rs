//! The text form of DER (RFC 7468), written and read strictly. What people paste is read by [`crate::pasted`].

use crate::base64::{self, Decoded};

/// Characters in a line (RFC 7468 §2).
const LINE_CHARACTERS: usize = 64;
const BEGIN: &str = "-----BEGIN ";
const END: &str = "-----END ";
const DASHES: &str = "-----";

/// Writes PEM with lines of 64 characters and a line break at the end.
pub fn encode(label: &str, der: &[u8]) -> String {
    let mut pem = format!("{BEGIN}{label}{DASHES}\n");
    for (index, character) in base64::encode(der).chars().enumerate() {
        if index > 0 && index.is_multiple_of(LINE_CHARACTERS) {
            pem.push('\n');
        }
        pem.push(character);
    }
    pem.extend(["\n", END, label, DASHES, "\n"]);
    pem
}

/// Reads one block with this label, as [`encode`] writes it, with nothing around it but white space.
pub fn decode(label: &str, text: &str) -> Option<Vec<u8>> {
    let block = text.trim_ascii().strip_prefix(BEGIN)?.strip_prefix(label)?.strip_prefix(DASHES)?;
    let body = block.strip_suffix(DASHES)?.strip_suffix(label)?.strip_suffix(END)?;
    let characters: String = body.chars().filter(|character| !character.is_ascii_whitespace()).collect();
    decode_base64(&characters)
}

/// Bits that belong to no byte must be zero: else a character is missing, or is another one.
pub(crate) fn decode_base64(characters: &str) -> Option<Vec<u8>> {
    base64::decode(characters)
        .filter(|decoded| decoded.spare_bits_are_zero)
        .map(|Decoded { bytes, .. }| bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_have_64_characters() {
        let pem = encode("X", &[0; 49]);
        let lines: Vec<&str> = pem.lines().collect();
        assert_eq!(lines.first(), Some(&"-----BEGIN X-----"));
        assert_eq!(lines.get(1).map(|line| line.len()), Some(64));
        assert_eq!(lines.get(2).map(|line| line.len()), Some(4));
        assert_eq!(lines.get(3), Some(&"-----END X-----"));
        assert!(pem.ends_with("-----\n"));
    }

    #[test]
    fn one_block_is_read_with_nothing_around_it_but_white_space() {
        let pem = encode("X", &[1; 49]);
        for text in [pem.clone(), format!("\r\n {}\t", pem.replace('\n', "\r\n")), pem.replace('\n', "")] {
            assert_eq!(decode("X", &text), Some(vec![1; 49]), "{text}");
        }
        for text in
            [format!("a{pem}"), format!("{pem}a"), pem.repeat(2), pem.replace('A', "*"), String::new()]
        {
            assert_eq!(decode("X", &text), None, "{text}");
        }
        assert_eq!(decode("Y", &pem), None);
        assert_eq!(decode("X", &pem.replace("END X", "END Y")), None);
    }
}

//! How a card is recognized: by its answer to reset, or by what its token says of itself.

use cryptoki::slot::TokenInfo;
use serde::Deserialize;

/// A text in the table that is not hex.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not pairs of hex digits: {text}")]
pub struct PatternError {
    text: String,
}

/// An answer to reset in which some digits are left open.
///
/// ISO/IEC 7816-3 §8.2.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct AtrPattern {
    bytes: Vec<BytePattern>,
    open_end: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct BytePattern {
    value: u8,
    mask: u8,
}

impl AtrPattern {
    /// Whether the answer to reset fits.
    pub fn matches(&self, atr: &[u8]) -> bool {
        let length_fits =
            if self.open_end { atr.len() >= self.bytes.len() } else { atr.len() == self.bytes.len() };
        let mut pairs = self.bytes.iter().zip(atr);
        length_fits && pairs.all(|(pattern, byte)| byte & pattern.mask == pattern.value)
    }
}

impl TryFrom<String> for AtrPattern {
    type Error = PatternError;

    fn try_from(text: String) -> Result<Self, PatternError> {
        let (digits, open_end) = match text.strip_suffix('*') {
            Some(digits) => (digits, true),
            None => (text.as_str(), false),
        };
        let fixed = digits.replace('.', "0");
        let mask: String = digits.chars().map(|digit| if digit == '.' { '0' } else { 'F' }).collect();
        let (values, masks) = (bytes(&fixed)?, bytes(&mask)?);
        let bytes = values.into_iter().zip(masks).map(|(value, mask)| BytePattern { value, mask });
        Ok(Self { bytes: bytes.collect(), open_end })
    }
}

/// The beginnings of what a token says of itself; an empty one fits all.
///
/// PKCS #11 v3.1 §3.2.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TokenPattern {
    label: String,
    manufacturer: String,
    model: String,
}

impl TokenPattern {
    pub(super) fn matches(&self, token: &TokenInfo) -> bool {
        token.label().starts_with(&self.label)
            && token.manufacturer_id().starts_with(&self.manufacturer)
            && token.model().starts_with(&self.model)
    }
}

/// Bytes from pairs of hex digits.
pub(super) fn bytes(text: &str) -> Result<Vec<u8>, PatternError> {
    let error = || PatternError { text: text.to_owned() };
    let digits = text.chars().map(|digit| digit.to_digit(16).and_then(|value| u8::try_from(value).ok()));
    let digits = digits.collect::<Option<Vec<u8>>>().ok_or_else(error)?;
    let (pairs, rest) = digits.as_chunks::<2>();
    if rest.is_empty() { Ok(pairs.iter().map(|[high, low]| high << 4 | low).collect()) } else { Err(error()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pattern(text: &str) -> AtrPattern {
        AtrPattern::try_from(text.to_owned()).expect("a pattern")
    }

    #[test]
    fn an_open_digit_fits_each_value() {
        let pattern = pattern("3B.0FF");
        assert!(pattern.matches(&[0x3b, 0xa0, 0xff]));
        assert!(!pattern.matches(&[0x3b, 0xa1, 0xff]));
    }

    #[test]
    fn only_an_open_end_fits_a_longer_answer() {
        assert!(!pattern("3B00").matches(&[0x3b, 0x00, 0x01]));
        assert!(pattern("3B00*").matches(&[0x3b, 0x00, 0x01]));
        assert!(!pattern("3B00*").matches(&[0x3b]));
    }

    #[test]
    fn what_is_not_hex_is_refused() {
        for text in ["3", "3G", "3B*00"] {
            assert!(AtrPattern::try_from(text.to_owned()).is_err(), "{text}");
        }
    }
}

//! BER as DER: lengths without an end, and octet strings in pieces, as NSS (Firefox, Thunderbird) and some Microsoft
//! programs write a PFX. ITU-T X.690 §8.1.3.6 and §8.7.3.
//!
//! Only the form changes: what stands inside an octet string is left alone. The work is bounded by the number of bytes
//! times [`MAXIMUM_DEPTH`].

use std::borrow::Cow;

/// Deeper nesting is not read. Our choice: three times what the programs write, and far from filling the stack.
const MAXIMUM_DEPTH: usize = 24;

const OCTET_STRING: u8 = 0x04;
const CONSTRUCTED: u8 = 0x20;
const TAG_NUMBER: u8 = 0x1F;
const END_OF_CONTENTS: u8 = 0x00;

/// Why bytes are not one element of BER.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BerError {
    /// The bytes end before the element does.
    #[error("the bytes end before the element does")]
    CutOff,
    /// The element ends before the bytes do.
    #[error("more bytes follow the element")]
    Trailing,
    /// A tag or a length that no part of a PFX has, or nesting that is too deep.
    #[error("this is not BER")]
    Malformed,
}

/// The same element in DER; the same bytes when they are DER already.
///
/// # Errors
/// When the bytes are not exactly one element of BER, or one that is nested too deeply.
pub fn to_der(ber: &[u8]) -> Result<Cow<'_, [u8]>, BerError> {
    let mut rest = ber;
    let der = element(&mut rest, 0)?.ok_or(BerError::Malformed)?.encode();
    match rest {
        [] if der == ber => Ok(Cow::Borrowed(ber)),
        [] => Ok(Cow::Owned(der)),
        _ => Err(BerError::Trailing),
    }
}

/// A tag and what stands in it.
struct Element {
    identifier: u8,
    contents: Vec<u8>,
}

impl Element {
    fn encode(&self) -> Vec<u8> {
        let length = self.contents.len();
        let big_endian = length.to_be_bytes();
        let significant = big_endian.iter().skip_while(|byte| **byte == 0);
        let mut der = Vec::with_capacity(length.saturating_add(1).saturating_add(size_of::<usize>()));
        der.push(self.identifier);
        if let Ok(short @ 0..0x80) = u8::try_from(length) {
            der.push(short);
        } else {
            let count = u8::try_from(significant.clone().count()).unwrap_or(u8::MAX);
            der.push(0x80 | count);
            der.extend(significant);
        }
        der.extend_from_slice(&self.contents);
        der
    }
}

/// How long an element's contents are.
enum Length {
    Known(usize),
    /// Until the mark at the end.
    Unknown,
}

/// None is the mark at the end of an element without a length.
fn element(rest: &mut &[u8], depth: usize) -> Result<Option<Element>, BerError> {
    if depth > MAXIMUM_DEPTH {
        return Err(BerError::Malformed);
    }
    let identifier = byte(rest)?;
    if identifier & TAG_NUMBER == TAG_NUMBER {
        return Err(BerError::Malformed);
    }
    let length = length(rest)?;
    let is_constructed = identifier & CONSTRUCTED != 0;
    match length {
        Length::Known(0) if identifier == END_OF_CONTENTS => Ok(None),
        _ if identifier == END_OF_CONTENTS => Err(BerError::Malformed),
        Length::Known(length) => {
            let (mut contents, after) = rest.split_at_checked(length).ok_or(BerError::CutOff)?;
            *rest = after;
            if !is_constructed {
                return Ok(Some(Element { identifier, contents: contents.to_vec() }));
            }
            let mut elements = Vec::new();
            while !contents.is_empty() {
                // What is cut off inside an element that is whole is no matter of missing bytes.
                let inner = element(&mut contents, depth.saturating_add(1)).or(Err(BerError::Malformed))?;
                elements.push(inner.ok_or(BerError::Malformed)?);
            }
            joined(identifier, elements).map(Some)
        }
        Length::Unknown if is_constructed => {
            let mut elements = Vec::new();
            while let Some(inner) = element(rest, depth.saturating_add(1))? {
                elements.push(inner);
            }
            joined(identifier, elements).map(Some)
        }
        Length::Unknown => Err(BerError::Malformed),
    }
}

fn joined(identifier: u8, elements: Vec<Element>) -> Result<Element, BerError> {
    if identifier == OCTET_STRING | CONSTRUCTED {
        let contents = pieces(elements)?;
        return Ok(Element { identifier: OCTET_STRING, contents });
    }
    Ok(Element { identifier, contents: elements.iter().flat_map(Element::encode).collect() })
}

fn pieces(elements: Vec<Element>) -> Result<Vec<u8>, BerError> {
    if elements.iter().any(|piece| piece.identifier != OCTET_STRING) {
        return Err(BerError::Malformed);
    }
    Ok(elements.into_iter().flat_map(|piece| piece.contents).collect())
}

fn byte(rest: &mut &[u8]) -> Result<u8, BerError> {
    let (first, after) = rest.split_first().ok_or(BerError::CutOff)?;
    *rest = after;
    Ok(*first)
}

fn length(rest: &mut &[u8]) -> Result<Length, BerError> {
    match byte(rest)? {
        short @ 0..0x80 => Ok(Length::Known(usize::from(short))),
        0x80 => Ok(Length::Unknown),
        // No file that is read has a length of more than four bytes.
        count @ 0x81..=0x84 => {
            let mut length = 0_usize;
            for _ in 0x80..count {
                length = length.checked_mul(0x100).ok_or(BerError::Malformed)? | usize::from(byte(rest)?);
            }
            Ok(Length::Known(length))
        }
        _ => Err(BerError::Malformed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_without_an_end_and_strings_in_pieces_become_der() {
        let ber = b"\x30\x80\x02\x01\x03\xA0\x80\x24\x80\x04\x01a\x04\x02bc\x00\x00\x00\x00\x00\x00";
        assert_eq!(to_der(ber).unwrap().as_ref(), b"\x30\x0A\x02\x01\x03\xA0\x05\x04\x03abc");
    }

    #[test]
    fn a_length_in_more_bytes_than_it_needs_is_shortened() {
        assert_eq!(to_der(b"\x30\x82\x00\x03\x04\x81\x00").unwrap().as_ref(), b"\x30\x02\x04\x00");
    }

    #[test]
    fn der_stays_as_it_is() {
        let long = [b"\x30\x82\x01\x04\x04\x82\x01\x00".as_slice(), &[7; 256]].concat();
        assert!(matches!(to_der(&long), Ok(Cow::Borrowed(der)) if der == long));
    }

    #[test]
    fn what_is_inside_a_string_is_not_looked_at() {
        let string = b"\x04\x04\x30\x80\x00\x00";
        assert_eq!(to_der(string).unwrap().as_ref(), string);
    }

    #[test]
    fn missing_and_surplus_bytes_are_told_apart_from_nonsense() {
        for (ber, expected) in [
            (b"".as_slice(), BerError::CutOff),
            (b"\x30\x05\x02\x01\x03", BerError::CutOff),
            (b"\x30\x80\x02\x01\x03", BerError::CutOff),
            (b"\x30\x82\x01", BerError::CutOff),
            (b"\x30\x00\x00", BerError::Trailing),
            (b"\x00\x00", BerError::Malformed),
            (b"\x30\x02\x02\x05", BerError::Malformed),
            (b"\x04\x80\x00\x00", BerError::Malformed),
            (b"\x24\x03\x02\x01\x01", BerError::Malformed),
            (b"\x3F\x01\x00", BerError::Malformed),
            (b"\x30\x85\x00\x00\x00\x00\x00", BerError::Malformed),
        ] {
            assert_eq!(to_der(ber), Err(expected), "{ber:02x?}");
        }
    }

    #[test]
    fn nesting_without_end_is_refused_early() {
        let deep = [0x30, 0x80].repeat(1_000_000);
        assert_eq!(to_der(&deep), Err(BerError::Malformed));
    }
}

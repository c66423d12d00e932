//! BER as DER: lengths without an end, and strings in pieces, as NSS (Firefox, Thunderbird) and some Microsoft programs
//! write a PFX, and as programs for mail write what they sign. ITU-T X.690 §8.1.3.6 and §8.7.3.
//!
//! Only the form changes: what stands inside a string is left alone. The work is bounded by the number of bytes
//! times the depth, which has a limit.

use std::borrow::Cow;

/// Deeper nesting is not read. Our choice: three times what the programs write, and far from filling the stack.
const MAXIMUM_DEPTH: usize = 24;

/// Our choice: 28 bits, more than any standard uses.
const MAXIMUM_TAG_NUMBER_BYTES: usize = 4;

const BIT_STRING: u8 = 0x03;
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
    /// A tag or a length that no program writes, or nesting that is too deep.
    #[error("this is not BER")]
    Malformed,
}

/// The same element in DER; the same bytes when they are DER already.
///
/// # Errors
/// When the bytes are not exactly one element of BER, or one that is nested too deeply.
pub fn to_der(ber: &[u8]) -> Result<Cow<'_, [u8]>, BerError> {
    match first_to_der(ber)? {
        (der, []) => Ok(der),
        _ => Err(BerError::Trailing),
    }
}

/// As [`to_der`], for the first element of bytes; and what follows it.
///
/// # Errors
/// When the bytes do not begin with an element of BER, or with one that is nested too deeply.
pub fn first_to_der(ber: &[u8]) -> Result<(Cow<'_, [u8]>, &[u8]), BerError> {
    let mut rest = ber;
    let der = element(&mut rest, 0)?.ok_or(BerError::Malformed)?.encode();
    let first = ber.get(..ber.len().saturating_sub(rest.len())).unwrap_or_default();
    Ok((if der == first { Cow::Borrowed(first) } else { Cow::Owned(der) }, rest))
}

/// A tag and what stands in it.
struct Element<'a> {
    identifier: u8,
    /// The tag number behind the identifier, where it is 31 or more.
    number: &'a [u8],
    contents: Vec<u8>,
}

impl Element<'_> {
    fn encode(&self) -> Vec<u8> {
        let length = self.contents.len();
        let big_endian = length.to_be_bytes();
        let significant = big_endian.iter().skip_while(|byte| **byte == 0);
        let header_bytes = self.number.len().saturating_add(2).saturating_add(size_of::<usize>());
        let mut der = Vec::with_capacity(length.saturating_add(header_bytes));
        der.push(self.identifier);
        der.extend_from_slice(self.number);
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
fn element<'a>(rest: &mut &'a [u8], depth: usize) -> Result<Option<Element<'a>>, BerError> {
    if depth > MAXIMUM_DEPTH {
        return Err(BerError::Malformed);
    }
    let identifier = byte(rest)?;
    let number = if identifier & TAG_NUMBER == TAG_NUMBER { tag_number(rest)? } else { &[] };
    let length = length(rest)?;
    let is_constructed = identifier & CONSTRUCTED != 0;
    match length {
        Length::Known(0) if identifier == END_OF_CONTENTS => Ok(None),
        _ if identifier == END_OF_CONTENTS => Err(BerError::Malformed),
        Length::Known(length) => {
            let (mut contents, after) = rest.split_at_checked(length).ok_or(BerError::CutOff)?;
            *rest = after;
            if !is_constructed {
                return Ok(Some(Element { identifier, number, contents: contents.to_vec() }));
            }
            let mut elements = Vec::new();
            while !contents.is_empty() {
                // What is cut off inside an element that is whole is no matter of missing bytes.
                let inner = element(&mut contents, depth.saturating_add(1)).or(Err(BerError::Malformed))?;
                elements.push(inner.ok_or(BerError::Malformed)?);
            }
            joined(identifier, number, elements).map(Some)
        }
        Length::Unknown if is_constructed => {
            let mut elements = Vec::new();
            while let Some(inner) = element(rest, depth.saturating_add(1))? {
                elements.push(inner);
            }
            joined(identifier, number, elements).map(Some)
        }
        Length::Unknown => Err(BerError::Malformed),
    }
}

/// A tag number of 31 and more, seven bits in each byte (X.690 §8.1.2.4).
fn tag_number<'a>(rest: &mut &'a [u8]) -> Result<&'a [u8], BerError> {
    let more = rest.iter().take_while(|byte| **byte >= 0x80).count();
    if more >= MAXIMUM_TAG_NUMBER_BYTES {
        return Err(BerError::Malformed);
    }
    let (number, after) = rest.split_at_checked(more.saturating_add(1)).ok_or(BerError::CutOff)?;
    *rest = after;
    Ok(number)
}

fn joined<'a>(identifier: u8, number: &'a [u8], elements: Vec<Element<'a>>) -> Result<Element<'a>, BerError> {
    let string = identifier & !CONSTRUCTED;
    if identifier & CONSTRUCTED != 0 && is_string(string) {
        let contents = if string == BIT_STRING { bits(&elements)? } else { pieces(string, elements)? };
        return Ok(Element { identifier: string, number, contents });
    }
    Ok(Element { identifier, number, contents: elements.iter().flat_map(Element::encode).collect() })
}

/// The types whose values may come in pieces (X.690 §8.6, §8.7, §8.23, §8.25, §8.26).
fn is_string(identifier: u8) -> bool {
    matches!(identifier, BIT_STRING | OCTET_STRING | 0x0C | 0x12..=0x1C | 0x1E)
}

/// The pieces of a string of characters are octet strings (X.690 §8.23.6); some programs repeat the string's own type.
fn pieces(string: u8, elements: Vec<Element<'_>>) -> Result<Vec<u8>, BerError> {
    if elements.iter().any(|piece| piece.identifier != string && piece.identifier != OCTET_STRING) {
        return Err(BerError::Malformed);
    }
    Ok(elements.into_iter().flat_map(|piece| piece.contents).collect())
}

/// The first byte of each piece counts the bits that are not used, of which only the last piece has any (X.690 §8.6.4).
fn bits(pieces: &[Element<'_>]) -> Result<Vec<u8>, BerError> {
    let mut bits = vec![0];
    for piece in pieces {
        let (unused, bytes) = piece.contents.split_first().ok_or(BerError::Malformed)?;
        if piece.identifier != BIT_STRING || bits.first() != Some(&0) {
            return Err(BerError::Malformed);
        }
        bits.extend_from_slice(bytes);
        if let Some(first) = bits.first_mut() {
            *first = *unused;
        }
    }
    Ok(bits)
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
    fn strings_of_all_types_are_joined() {
        for (ber, der) in [
            (b"\x3A\x09\x04\x03Jon\x04\x02es".as_slice(), b"\x1A\x05Jones".as_slice()),
            (b"\x2C\x80\x0C\x01a\x2C\x80\x04\x01b\x00\x00\x00\x00", b"\x0C\x02ab"),
            (b"\x23\x80\x03\x02\x00\x0A\x03\x02\x04\xF0\x00\x00", b"\x03\x03\x04\x0A\xF0"),
            (b"\x23\x00", b"\x03\x01\x00"),
            (b"\xA4\x80\x04\x01a\x00\x00", b"\xA4\x03\x04\x01a"),
        ] {
            assert_eq!(to_der(ber).unwrap().as_ref(), der, "{ber:02x?}");
        }
    }

    #[test]
    fn a_tag_number_of_more_than_a_byte_stays_as_it_is() {
        let ber = b"\xBF\x81\x23\x80\x9F\x2A\x81\x01x\x00\x00";
        assert_eq!(to_der(ber).unwrap().as_ref(), b"\xBF\x81\x23\x04\x9F\x2A\x01x");
    }

    #[test]
    fn what_follows_the_first_element_is_given_back() {
        assert_eq!(
            first_to_der(b"\x05\x00\n"),
            Ok((Cow::Borrowed(b"\x05\x00".as_slice()), b"\n".as_slice()))
        );
        let open = first_to_der(b"\x30\x80\x05\x00\x00\x00\x00\x00").unwrap();
        assert_eq!((open.0.as_ref(), open.1), (b"\x30\x02\x05\x00".as_slice(), b"\x00\x00".as_slice()));
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
            (b"\x3F\x81", BerError::CutOff),
            (b"\x3F\x81\x82\x83\x84\x05\x00", BerError::Malformed),
            (b"\x23\x08\x03\x02\x01\x02\x03\x02\x00\x01", BerError::Malformed),
            (b"\x23\x02\x03\x00", BerError::Malformed),
            (b"\x23\x04\x04\x02\x00\x01", BerError::Malformed),
            (b"\x2C\x03\x13\x01a", BerError::Malformed),
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

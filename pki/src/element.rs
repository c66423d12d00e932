//! Elements of DER, one after the other, without a model of the structure: for what must look at anything.

use crate::oid_text::Oid;
use der::asn1::ObjectIdentifier;

/// Identifier octets (X.690 §8.1.2, X.680 §8.4).
pub(crate) const BOOLEAN: u8 = 0x01;
pub(crate) const INTEGER: u8 = 0x02;
pub(crate) const BIT_STRING: u8 = 0x03;
pub(crate) const OCTET_STRING: u8 = 0x04;
pub(crate) const OBJECT_IDENTIFIER: u8 = 0x06;
pub(crate) const UTF8_STRING: u8 = 0x0c;
pub(crate) const NUMERIC_STRING: u8 = 0x12;
pub(crate) const PRINTABLE_STRING: u8 = 0x13;
pub(crate) const TELETEX_STRING: u8 = 0x14;
pub(crate) const VIDEOTEX_STRING: u8 = 0x15;
pub(crate) const IA5_STRING: u8 = 0x16;
pub(crate) const UTC_TIME: u8 = 0x17;
pub(crate) const GENERALIZED_TIME: u8 = 0x18;
pub(crate) const GRAPHIC_STRING: u8 = 0x19;
pub(crate) const VISIBLE_STRING: u8 = 0x1a;
pub(crate) const GENERAL_STRING: u8 = 0x1b;
pub(crate) const UNIVERSAL_STRING: u8 = 0x1c;
pub(crate) const BMP_STRING: u8 = 0x1e;
pub(crate) const SEQUENCE: u8 = 0x30;
pub(crate) const SET: u8 = 0x31;

/// The parts of an identifier octet: the class, whether elements are inside, and that the number follows.
pub(crate) const CLASS: u8 = 0xc0;
pub(crate) const CONSTRUCTED: u8 = 0x20;
pub(crate) const LONG_TAG: u8 = 0x1f;
const CONTEXT: u8 = 0x80;

/// Most bytes of a tag number, and of a length. Our choice: 28 bits of tag and 32 of length are more than any input.
const MAXIMUM_HEADER_PART_BYTES: usize = 4;

/// One element: its first identifier octet, its content, and all of its bytes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Element<'a> {
    pub(crate) identifier: u8,
    pub(crate) content: &'a [u8],
    pub(crate) der: &'a [u8],
}

/// Why bytes do not begin with an element of DER.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ElementError {
    /// They end too early, or a length or a tag number is larger than any.
    Malformed,
    /// A length that is left open (X.690 §8.1.3.6).
    IndefiniteLength,
    /// A tag number or a length in more bytes than it needs (X.690 §8.1.2.4, §10.1).
    NotCanonical,
}

impl<'a> Element<'a> {
    /// Reads bytes that are exactly one element.
    pub(crate) fn read(der: &'a [u8]) -> Option<Self> {
        Self::split_first(der).ok().filter(|(_, rest)| rest.is_empty()).map(|(element, _)| element)
    }

    /// Reads the first element of bytes, and gives what follows it.
    pub(crate) fn split_first(input: &'a [u8]) -> Result<(Self, &'a [u8]), ElementError> {
        let (&identifier, mut rest) = input.split_first().ok_or(ElementError::Malformed)?;
        if identifier & LONG_TAG == LONG_TAG {
            rest = skip_long_tag(rest)?;
        }
        let (length, rest) = read_length(rest)?;
        let (content, rest) = rest.split_at_checked(length).ok_or(ElementError::Malformed)?;
        let der = input.get(..input.len().saturating_sub(rest.len())).ok_or(ElementError::Malformed)?;
        Ok((Self { identifier, content, der }, rest))
    }

    /// What stands where an element should, and is none: it has the identifier of no value.
    pub(crate) fn unread(der: &'a [u8]) -> Self {
        Self { identifier: 0, content: der, der }
    }

    /// The elements inside one with this identifier octet, all of which can be read.
    pub(crate) fn inside(&self, identifier: u8) -> Option<Vec<Self>> {
        if self.identifier == identifier { elements(self.content) } else { None }
    }

    /// As [`Self::inside`]; the last one is [unread](Self::unread) where something is left over.
    pub(crate) fn all_inside(&self, identifier: u8) -> Option<Vec<Self>> {
        (self.identifier == identifier).then(|| all_elements(self.content))
    }

    /// Whether it has the context-specific tag with this number, below 31.
    pub(crate) fn is_context(&self, number: u8) -> bool {
        self.identifier & !CONSTRUCTED == CONTEXT | number
    }

    /// Whether other elements are inside.
    pub(crate) fn is_constructed(&self) -> bool {
        self.identifier & CONSTRUCTED != 0
    }

    /// The object identifier that it is.
    pub(crate) fn object_identifier(&self) -> Option<Oid<'a>> {
        if self.identifier == OBJECT_IDENTIFIER { Oid::from_content(self.content) } else { None }
    }

    /// The object identifier that it is, where its numbers have 32 bits.
    pub(crate) fn small_object_identifier(&self) -> Option<ObjectIdentifier> {
        self.object_identifier()?.small()
    }

    /// Whether it is the truth value "true", as DER or BER write it.
    pub(crate) fn is_true(&self) -> bool {
        self.identifier == BOOLEAN && self.content.iter().any(|byte| *byte != 0)
    }

    /// Its content as ASCII.
    pub(crate) fn ascii(&self) -> Option<&'a str> {
        std::str::from_utf8(self.content).ok().filter(|text| text.is_ascii())
    }
}

/// Splits bytes into elements; nothing may be left over.
pub(crate) fn elements(der: &[u8]) -> Option<Vec<Element<'_>>> {
    let elements = all_elements(der);
    let is_read = elements.last().is_none_or(|last| last.identifier != 0);
    is_read.then_some(elements)
}

/// Splits bytes into elements; the last one is [unread](Element::unread) where something is left over.
pub(crate) fn all_elements(der: &[u8]) -> Vec<Element<'_>> {
    let mut rest = der;
    let mut elements = Vec::new();
    while !rest.is_empty() {
        // An identifier octet of zero ends an open length of BER, and begins no element of DER.
        let first = Element::split_first(rest).ok().filter(|(element, _)| element.identifier != 0);
        let (element, after) = first.unwrap_or_else(|| (Element::unread(rest), &[]));
        elements.push(element);
        rest = after;
    }
    elements
}

/// A tag number of 31 and more, seven bits in each byte (X.690 §8.1.2.4).
fn skip_long_tag(input: &[u8]) -> Result<&[u8], ElementError> {
    let more = input.iter().take_while(|byte| **byte & 0x80 != 0).count();
    let bytes = input.get(..=more).filter(|_| more < MAXIMUM_HEADER_PART_BYTES);
    match bytes {
        None => Err(ElementError::Malformed),
        Some([0x80, ..] | [0..=30]) => Err(ElementError::NotCanonical),
        Some(bytes) => Ok(input.get(bytes.len()..).unwrap_or_default()),
    }
}

/// A length in the shortest form (X.690 §8.1.3, §10.1), and what follows it.
fn read_length(input: &[u8]) -> Result<(usize, &[u8]), ElementError> {
    let (&first, rest) = input.split_first().ok_or(ElementError::Malformed)?;
    if first < 0x80 {
        return Ok((usize::from(first), rest));
    }
    if first == 0x80 {
        return Err(ElementError::IndefiniteLength);
    }
    let count = usize::from(first & 0x7f);
    let (bytes, rest) = rest.split_at_checked(count).ok_or(ElementError::Malformed)?;
    if bytes.first() == Some(&0) || matches!(bytes, [0..=0x7f]) {
        return Err(ElementError::NotCanonical);
    }
    if count > MAXIMUM_HEADER_PART_BYTES {
        return Err(ElementError::Malformed);
    }
    let length = bytes.iter().fold(0_u32, |length, byte| length << 8 | u32::from(*byte));
    Ok((usize::try_from(length).unwrap_or(usize::MAX), rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_and_tag_numbers_have_four_bytes_at_most() {
        assert_eq!(read_length(&[0x84, 1, 2, 3, 4, 5]), Ok((0x0102_0304, &[5][..])));
        assert_eq!(read_length(&[0x85, 1, 2, 3, 4, 5]), Err(ElementError::Malformed));
        assert_eq!(skip_long_tag(&[0x81, 0x80, 0x80, 1, 5]), Ok(&[5][..]));
        assert_eq!(skip_long_tag(&[0x81, 0x80, 0x80, 0x80, 1, 5]), Err(ElementError::Malformed));
    }

    #[test]
    fn what_is_left_over_is_the_last_element_and_unread() {
        let der = b"\x05\x00\x1c\x04\x00\x00\x00A\x9f\x81\x00\x01x\x30\x05\x02";
        let identifiers = |elements: Vec<Element<'_>>| {
            elements.iter().map(|element| element.identifier).collect::<Vec<_>>()
        };
        assert_eq!(identifiers(all_elements(der)), [0x05, 0x1c, 0x9f, 0]);
        assert_eq!(all_elements(der)[3].der, b"\x30\x05\x02");
        assert!(elements(der).is_none());
        assert_eq!(elements(&der[..13]).map(identifiers), Some(vec![0x05, 0x1c, 0x9f]));
        assert_eq!(identifiers(all_elements(b"\x00\x00\x05\x00")), [0]);
        assert!(Element::read(&der[..3]).is_none());
    }

    #[test]
    fn a_context_tag_counts_whether_or_not_elements_are_inside() {
        for (der, number) in [(b"\x80\x00", 0), (b"\xa3\x00", 3), (b"\x9e\x00", 30)] {
            let element = Element::read(der).unwrap();
            assert!(element.is_context(number) && !element.is_context(number ^ 1), "{der:02x?}");
        }
        assert!(!Element::read(b"\x43\x00").unwrap().is_context(3));
    }
}

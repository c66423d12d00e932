//! DER, one element after the other, without a model of the structure: for what must look at anything.

use der::asn1::ObjectIdentifier;
use der::{Decode, Reader, SliceReader, Tag, Tagged};

/// One element: tag, content, and all of its bytes.
#[derive(Clone, Copy)]
pub(crate) struct Element<'a> {
    pub(crate) tag: Tag,
    pub(crate) content: &'a [u8],
    pub(crate) der: &'a [u8],
}

impl<'a> Element<'a> {
    /// Reads bytes that are exactly one element.
    pub(crate) fn read(der: &'a [u8]) -> Option<Self> {
        match elements(der)?.as_slice() {
            [element] => Some(*element),
            _ => None,
        }
    }

    /// The elements inside a constructed element of this tag.
    pub(crate) fn inside(&self, tag: Tag) -> Option<Vec<Self>> {
        if self.tag == tag { elements(self.content) } else { None }
    }

    /// Whether it has the context-specific tag with this number.
    pub(crate) fn is_context(&self, wanted: u32) -> bool {
        matches!(self.tag, Tag::ContextSpecific { number, .. } if number.0 == wanted)
    }

    /// The object identifier that it is.
    pub(crate) fn object_identifier(&self) -> Option<ObjectIdentifier> {
        ObjectIdentifier::from_der(self.der).ok()
    }

    /// Its content as ASCII.
    pub(crate) fn ascii(&self) -> Option<&'a str> {
        std::str::from_utf8(self.content).ok().filter(|text| text.is_ascii())
    }
}

/// Splits bytes into elements; nothing may be left over.
pub(crate) fn elements(der: &[u8]) -> Option<Vec<Element<'_>>> {
    let mut reader = SliceReader::new(der).ok()?;
    let mut elements = Vec::new();
    while !reader.is_finished() {
        let der = reader.tlv_bytes().ok()?;
        let any = der::AnyRef::from_der(der).ok()?;
        elements.push(Element { tag: any.tag(), content: any.value(), der });
    }
    Some(elements)
}

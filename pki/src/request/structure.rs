//! The structure of DER, looked at whole before any part is read: no open lengths, no second way of writing, no
//! depth without end; and the name of each place.
//!
//! Nothing recurses, so that nesting costs no stack.

use super::Defect;
use crate::element::{CLASS, Element, ElementError, LONG_TAG};

/// Deepest nesting. Our choice: twice what requests have whose attributes carry an attestation.
const MAXIMUM_DEPTH: usize = 32;

/// An element that holds others.
struct Level {
    /// Offset after its last byte.
    end: usize,
    /// How many of its elements are behind.
    count: usize,
}

/// Checks all elements that are not inside a string of bytes or bits.
///
/// # Errors
/// With the first element that is not DER.
///
/// X.690 §8.1, §10, §11.
pub(super) fn check(der: &[u8]) -> Result<(), Defect> {
    let mut levels: Vec<Level> = Vec::new();
    let mut offset = 0;
    loop {
        while levels.last().is_some_and(|level| offset == level.end) {
            levels.pop();
            count_element(&mut levels);
        }
        let end = match levels.last() {
            Some(level) => level.end,
            None if offset == 0 => der.len(),
            None => return Ok(()),
        };
        let place = || path(&indices(&levels));
        let element = read_element(der.get(offset..end).unwrap_or_default(), &place)?;
        check_value(&element, &place)?;
        if levels.len() == MAXIMUM_DEPTH {
            return Err(Defect::TooDeep { maximum: MAXIMUM_DEPTH });
        }
        let end = offset.saturating_add(element.der.len());
        if element.is_constructed() {
            offset = end.saturating_sub(element.content.len());
            levels.push(Level { end, count: 0 });
        } else {
            offset = end;
            count_element(&mut levels);
        }
    }
}

/// The innermost level has got past one more element.
fn count_element(levels: &mut [Level]) {
    if let Some(level) = levels.last_mut() {
        level.count = level.count.saturating_add(1);
    }
}

/// The indices of the element that is read next.
fn indices(levels: &[Level]) -> Vec<usize> {
    levels.iter().map(|level| level.count).collect()
}

/// The elements of a structure that must have this identifier octet and so many elements.
pub(super) fn exactly<'a, const N: usize>(element: &Element<'a>, identifier: u8) -> Option<[Element<'a>; N]> {
    element.inside(identifier)?.try_into().ok()
}

fn read_element<'a>(input: &'a [u8], place: &dyn Fn() -> String) -> Result<Element<'a>, Defect> {
    Element::split_first(input).map(|(element, _)| element).map_err(|error| match error {
        ElementError::Malformed => Defect::Malformed { path: place() },
        ElementError::IndefiniteLength => Defect::IndefiniteLength { path: place() },
        ElementError::NotCanonical => Defect::NotCanonical { path: place() },
    })
}

const BOOLEAN: u8 = 1;
const INTEGER: u8 = 2;
const NULL: u8 = 5;
const OBJECT_IDENTIFIER: u8 = 6;
const EXTERNAL: u8 = 8;
const EMBEDDED_PDV: u8 = 11;
const SEQUENCE: u8 = 16;
const SET: u8 = 17;

/// Only sequences and sets hold elements (X.690 §10.2); numbers and truth values have one form (§8.3.2, §11.1). The
/// characters of strings are not looked at: no string of a request is used.
fn check_value(element: &Element<'_>, place: &dyn Fn() -> String) -> Result<(), Defect> {
    if element.identifier & CLASS != 0 {
        return Ok(());
    }
    let universal = element.identifier & LONG_TAG;
    if universal == 0 {
        return Err(Defect::Malformed { path: place() });
    }
    let holds_elements = matches!(universal, SEQUENCE | SET | EXTERNAL | EMBEDDED_PDV);
    if holds_elements != element.is_constructed() {
        return Err(Defect::NotCanonical { path: place() });
    }
    match (universal, element.content) {
        (BOOLEAN, [0 | 0xff]) => Ok(()),
        (BOOLEAN, [_]) | (INTEGER, [0, 0..=0x7f, ..] | [0xff, 0x80..=0xff, ..]) => {
            Err(Defect::NotCanonical { path: place() })
        }
        (BOOLEAN, _) | (INTEGER | OBJECT_IDENTIFIER, []) | (NULL, [_, ..]) => {
            Err(Defect::Malformed { path: place() })
        }
        _ => Ok(()),
    }
}

/// The place by the names of RFC 2986 §4; below them by index. An element's indices are those of the elements around
/// it and its own, outermost first, the outermost element's left out.
pub(super) fn path(indices: &[usize]) -> String {
    const INFO: &str = "certificationRequestInfo";
    let (name, rest) = match indices {
        [] => ("certificationRequest", indices),
        [0, 0, rest @ ..] => ("certificationRequestInfo.version", rest),
        [0, 1, rest @ ..] => ("certificationRequestInfo.subject", rest),
        [0, 2, 0, rest @ ..] => ("certificationRequestInfo.subjectPKInfo.algorithm", rest),
        [0, 2, 1, rest @ ..] => ("certificationRequestInfo.subjectPKInfo.subjectPublicKey", rest),
        [0, 2, rest @ ..] => ("certificationRequestInfo.subjectPKInfo", rest),
        [0, 3, rest @ ..] => return attribute_path(rest),
        [0, rest @ ..] => (INFO, rest),
        [1, 0, rest @ ..] => ("signatureAlgorithm.algorithm", rest),
        [1, 1, rest @ ..] => ("signatureAlgorithm.parameters", rest),
        [1, rest @ ..] => ("signatureAlgorithm", rest),
        [2, rest @ ..] => ("signature", rest),
        rest => ("certificationRequest", rest),
    };
    with_indices(name.to_owned(), rest)
}

fn attribute_path(indices: &[usize]) -> String {
    let attributes = "certificationRequestInfo.attributes".to_owned();
    match indices {
        [attribute, 0, rest @ ..] => with_indices(format!("{attributes}[{attribute}].type"), rest),
        [attribute, 1, rest @ ..] => with_indices(format!("{attributes}[{attribute}].values"), rest),
        rest => with_indices(attributes, rest),
    }
}

fn with_indices(name: String, indices: &[usize]) -> String {
    indices.iter().fold(name, |path, index| format!("{path}[{index}]"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(path: &str) -> String {
        path.to_owned()
    }

    #[test]
    fn what_is_der_is_left_alone() {
        for der in [
            b"\x30\x00".as_slice(),
            b"\x30\x06\x01\x01\xff\x02\x01\x80",
            b"\x30\x08\x30\x00\x31\x02\x05\x00\xa0\x00",
            b"\x30\x06\x02\x02\x00\x80\x04\x00",
            b"\x30\x05\x9f\x81\x00\x01\x00",
            b"\x30\x0a\x0c\x01\x80\x13\x01\xff\x1c\x02\x00\x41",
        ] {
            assert_eq!(check(der), Ok(()), "{der:02x?}");
        }
    }

    #[test]
    fn what_is_not_der_is_named_with_its_place() {
        let malformed = |path| Err(Defect::Malformed { path: at(path) });
        let not_canonical = |path| Err(Defect::NotCanonical { path: at(path) });
        let info = "certificationRequestInfo";
        for (der, verdict) in [
            (b"\x30\x04\x30\x80\x00\x00".as_slice(), Err(Defect::IndefiniteLength { path: at(info) })),
            (b"\x30\x03\x30\x81\x00", not_canonical(info)),
            (b"\x30\x04\x30\x82\x00\x00", not_canonical(info)),
            (b"\x30\x03\x30\x02\x05", malformed(info)),
            (b"\x30\x07\x30\x00\x30\x03\x05\x00\x01", malformed("signatureAlgorithm.parameters")),
            (b"\x30\x02\x10\x00", not_canonical(info)),
            (b"\x30\x04\x24\x02\x04\x00", not_canonical(info)),
            (b"\x30\x05\x30\x03\x01\x01\x01", not_canonical("certificationRequestInfo.version")),
            (b"\x30\x06\x30\x04\x02\x02\x00\x01", not_canonical("certificationRequestInfo.version")),
            (b"\x30\x06\x30\x04\x02\x02\xff\xff", not_canonical("certificationRequestInfo.version")),
            (b"\x30\x04\x30\x02\x02\x00", malformed("certificationRequestInfo.version")),
            (b"\x30\x05\x30\x03\x05\x01\x00", malformed("certificationRequestInfo.version")),
            (b"\x30\x02\x00\x00", malformed(info)),
            (b"\x30\x04\x9f\x80\x01\x00", not_canonical(info)),
            (b"\x30\x03\x9f\x1e\x00", not_canonical(info)),
            (b"\x30\x06\x9f\x81\x81\x81\x81\x01", malformed(info)),
        ] {
            assert_eq!(check(der), verdict, "{der:02x?}");
        }
    }

    #[test]
    fn depth_has_an_end() {
        let nested = |depth: usize| {
            (0..depth).fold(b"\x05\x00".to_vec(), |inner, _| {
                let length = u8::try_from(inner.len()).unwrap();
                [&[0x30, length], inner.as_slice()].concat()
            })
        };
        assert_eq!(check(&nested(31)), Ok(()));
        assert_eq!(check(&nested(32)), Err(Defect::TooDeep { maximum: 32 }));
    }

    #[test]
    fn places_have_the_names_of_the_standard() {
        assert_eq!(path(&[]), "certificationRequest");
        assert_eq!(path(&[0, 1, 2]), "certificationRequestInfo.subject[2]");
        assert_eq!(path(&[0, 2, 0, 1]), "certificationRequestInfo.subjectPKInfo.algorithm[1]");
        assert_eq!(path(&[0, 3]), "certificationRequestInfo.attributes");
        assert_eq!(path(&[0, 3, 4, 1, 0]), "certificationRequestInfo.attributes[4].values[0]");
        assert_eq!(path(&[1, 1]), "signatureAlgorithm.parameters");
        assert_eq!(path(&[2]), "signature");
        assert_eq!(path(&[3]), "certificationRequest[3]");
    }
}

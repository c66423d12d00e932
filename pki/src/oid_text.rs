//! Object identifiers of any size, as dotted numbers.
//!
//! The type of the `der` crate holds numbers of 32 bits; those that are made of a UUID have 128 (X.667 §6.3).

use crate::hex;
use der::asn1::ObjectIdentifier;

/// Longest content that becomes numbers: what `cryptography` reads. The work grows with the square of it.
const MAXIMUM_BYTES: usize = 63;

/// An object identifier, as it is encoded: its content, without tag and length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Oid<'a>(&'a [u8]);

impl<'a> Oid<'a> {
    /// Takes the content of an OBJECT IDENTIFIER; none when a number is cut off, or is written with zeros in front.
    ///
    /// X.690 §8.19.
    pub fn from_content(content: &'a [u8]) -> Option<Self> {
        let is_cut_off = content.last().is_none_or(|byte| *byte >= 0x80);
        let mut numbers = content.split_inclusive(|byte| *byte < 0x80);
        (!is_cut_off && numbers.all(|number| number.first() != Some(&0x80))).then_some(Self(content))
    }

    /// Its encoding, without tag and length.
    pub fn content(&self) -> &'a [u8] {
        self.0
    }

    /// The same in the type of the `der` crate, where its numbers fit.
    pub fn small(&self) -> Option<ObjectIdentifier> {
        ObjectIdentifier::from_bytes(self.0).ok()
    }

    /// Dotted numbers such as `2.25.223663413560230117710484359924050447509`; of a very long one `#` and the hex.
    pub fn dotted(&self) -> String {
        if self.0.len() > MAXIMUM_BYTES {
            return ["#", &hex::encode(self.0)].concat();
        }
        let mut text = String::new();
        for encoded in self.0.split_inclusive(|byte| *byte < 0x80) {
            let mut digits = decimal(encoded);
            if text.is_empty() {
                // The first number holds two: 40 times the first, which is at most 2, and the second (X.690 §8.19.4).
                let (first, taken) = match encoded {
                    [0..=39] => ("0", 0),
                    [40..=79] => ("1", 40),
                    _ => ("2", 80),
                };
                text.push_str(first);
                subtract(&mut digits, taken);
            }
            text.push('.');
            text.extend(digits.iter().rev().map(|digit| char::from(digit.wrapping_add(b'0'))));
        }
        text
    }
}

/// Seven bits in each byte, as decimal digits, the lowest first.
fn decimal(encoded: &[u8]) -> Vec<u8> {
    let mut digits = vec![0];
    for byte in encoded {
        let mut carry = u16::from(byte & 0x7f);
        for digit in &mut digits {
            let value = (u16::from(*digit) << 7).saturating_add(carry);
            *digit = u8::try_from(value % 10).unwrap_or_default();
            carry = value / 10;
        }
        while carry > 0 {
            digits.push(u8::try_from(carry % 10).unwrap_or_default());
            carry /= 10;
        }
    }
    digits
}

/// The other must not be larger.
fn subtract(digits: &mut Vec<u8>, mut other: u8) {
    for digit in digits.iter_mut() {
        let taken = other % 10;
        other /= 10;
        if *digit < taken {
            other = other.saturating_add(1);
            *digit = digit.saturating_add(10);
        }
        *digit = digit.saturating_sub(taken);
    }
    while digits.len() > 1 && digits.last() == Some(&0) {
        digits.pop();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dotted(content: &[u8]) -> Option<String> {
        Oid::from_content(content).map(|oid| oid.dotted())
    }

    #[test]
    fn numbers_of_any_size_are_shown() {
        let uuid = b"\x69\x82\xd0\xc4\x80\xeb\xc5\xcd\xa2\xb8\xc1\x83\xa5\xad\xfe\xb4\xa7\xb9\x99\x15";
        for (content, text) in [
            (b"\x00".as_slice(), "0.0"),
            (b"\x27", "0.39"),
            (b"\x28", "1.0"),
            (b"\x4f", "1.39"),
            (b"\x50", "2.0"),
            (b"\x55\x1d\x25\x00", "2.5.29.37.0"),
            (b"\x81\x34\x03", "2.100.3"),
            (b"\x88\x37\x03", "2.999.3"),
            (b"\x2a\x86\x48\x86\xf7\x0d\x01\x09\x01", "1.2.840.113549.1.9.1"),
            (uuid, "2.25.223663413560230117710484359924050447509"),
            (b"\x90\x80\x80\x80\x80\x00", "2.549755813808"),
        ] {
            assert_eq!(dotted(content).as_deref(), Some(text), "{content:02x?}");
        }
    }

    #[test]
    fn each_number_is_the_one_that_was_encoded() {
        for value in (0_u32..70_000).chain((0..32).map(|bit| u32::MAX >> bit)) {
            let groups = (0..5).rev().map(|group| u8::try_from(value >> (7 * group) & 0x7f).unwrap());
            let mut groups: Vec<u8> = groups.skip_while(|group| *group == 0).collect();
            let last = groups.pop().unwrap_or_default();
            let content: Vec<u8> =
                [0x2a].into_iter().chain(groups.iter().map(|group| group | 0x80)).chain([last]).collect();
            assert_eq!(dotted(&content), Some(format!("1.2.{value}")));
        }
    }

    #[test]
    fn what_is_no_object_identifier_is_not_read() {
        for content in [b"".as_slice(), b"\x80", b"\x2a\x83", b"\x2a\x80\x01", b"\x80\x2a"] {
            assert_eq!(dotted(content), None, "{content:02x?}");
        }
    }

    #[test]
    fn a_very_long_one_is_hex() {
        let long = [[0xff; MAXIMUM_BYTES].as_slice(), &[1]].concat();
        assert!(dotted(&long).is_some_and(|text| text.starts_with("#ffff") && text.ends_with("ff01")));
        assert!(dotted(&long[1..]).is_some_and(|text| text.starts_with("2.")));
    }

    #[test]
    fn those_of_the_der_crate_are_the_same() {
        let known = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.1.4");
        let oid = Oid::from_content(known.as_bytes()).unwrap();
        assert_eq!((oid.dotted(), oid.small()), (known.to_string(), Some(known)));
    }
}

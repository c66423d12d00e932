//! RSA keys by their numbers, also such that are none.

use crate::element::{Element, INTEGER, SEQUENCE};

/// Below it anybody finds the factors. Our choice: those of 512 bits took a rented computer four hours in 2015.
const BROKEN_BITS: usize = 512;
/// Above it programs give up. OpenSSL's `OPENSSL_RSA_MAX_MODULUS_BITS`.
const MAXIMUM_BITS: usize = 16_384;
/// Exponents up to here are shown as a number, larger ones by their size.
const SHOWN_EXPONENT_BYTES: usize = 8;

const UNREADABLE: &str = "RSA, with numbers that cannot be read";

/// The name of an `RSAPublicKey` in a BIT STRING, and sentences about numbers that no RSA key has.
///
/// RFC 8017 §A.1.1.
pub(super) fn read(bit_string: &[u8]) -> (String, Vec<String>) {
    let Some([modulus, exponent]) = numbers(bit_string) else { return (UNREADABLE.to_owned(), Vec::new()) };
    let mut remarks = Vec::new();
    let mut name = format!("RSA {}", bit_length(modulus));
    if is_negative(modulus) {
        name.push_str(", with a negative modulus");
        remarks.push("The modulus is encoded as a negative number. Programs read such a key differently: some refuse it, others take it for a positive number, and others for its opposite.".to_owned());
    }
    name.push_str(&exponent_name(exponent));
    remarks.extend(about_modulus(modulus));
    remarks.extend(about_exponent(exponent));
    (name, remarks)
}

/// The contents of modulus and exponent. What follows them does not matter.
fn numbers(bit_string: &[u8]) -> Option<[&[u8]; 2]> {
    let (_, key) = bit_string.split_first()?;
    let (key, _) = Element::split_first(key).ok()?;
    let parts = key.all_inside(SEQUENCE)?;
    let [modulus, exponent, ..] = parts.as_slice() else { return None };
    let are_numbers = [modulus, exponent].iter().all(|part| part.identifier == INTEGER);
    are_numbers.then_some([modulus.content, exponent.content])
}

/// The exponent, unless it is the usual one.
fn exponent_name(exponent: &[u8]) -> String {
    let significant = without_zeros(exponent);
    if is_negative(exponent) {
        return ", with a negative exponent".to_owned();
    }
    if significant == [1, 0, 1] {
        return String::new();
    }
    if significant.len() > SHOWN_EXPONENT_BYTES {
        return format!(", exponent of {} bits", bit_length(exponent));
    }
    let value = significant.iter().fold(0_u64, |value, byte| value << 8 | u64::from(*byte));
    format!(", exponent {value}")
}

fn about_modulus(modulus: &[u8]) -> Option<String> {
    let is_even = modulus.last().is_some_and(|byte| byte & 1 == 0);
    Some(match bit_length(modulus) {
        0 => "The modulus is zero: this is no key.".to_owned(),
        _ if is_even => {
            "The modulus is an even number, so that anybody can work out the private key.".to_owned()
        }
        bits if bits < BROKEN_BITS => {
            format!("The modulus has only {bits} bits, so that anybody can work out the private key.")
        }
        bits if bits > MAXIMUM_BITS => {
            format!("The modulus has {bits} bits; programs read {MAXIMUM_BITS} at most.")
        }
        _ => return None,
    })
}

fn about_exponent(exponent: &[u8]) -> Option<String> {
    let problem = match without_zeros(exponent) {
        _ if is_negative(exponent) => "encoded as a negative number",
        [] => "zero",
        [1] => "1: what is encrypted to it stays readable",
        [.., last] if last & 1 == 0 => "an even number, which no RSA key has",
        _ => return None,
    };
    Some(format!("The exponent is {problem}."))
}

/// The first bit of a number is its sign (X.690 §8.3.3).
fn is_negative(number: &[u8]) -> bool {
    number.first().is_some_and(|byte| *byte >= 0x80)
}

fn without_zeros(number: &[u8]) -> &[u8] {
    let zeros = number.iter().take_while(|byte| **byte == 0).count();
    number.get(zeros..).unwrap_or_default()
}

/// Bits of a number without its sign.
fn bit_length(number: &[u8]) -> usize {
    let number = without_zeros(number);
    let unused = number.first().map_or(0, |byte| byte.leading_zeros());
    number.len().saturating_mul(8).saturating_sub(usize::try_from(unused).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A BIT STRING's content with both numbers, each of less than 128 bytes.
    fn key(modulus: &[u8], exponent: &[u8]) -> (String, Vec<String>) {
        let element = |identifier: u8, content: &[u8]| {
            [&[identifier, u8::try_from(content.len()).unwrap()], content].concat()
        };
        let numbers = [element(0x02, modulus), element(0x02, exponent)].concat();
        read(&[vec![0], element(0x30, &numbers)].concat())
    }

    #[test]
    fn numbers_that_no_key_has_are_told() {
        let modulus = [[0x7f; 64].as_slice(), &[1]].concat();
        let even = [[0x7f; 64].as_slice(), &[2]].concat();
        let negative = [[0x80; 64].as_slice(), &[1]].concat();
        for (modulus, exponent, name, remark) in [
            (modulus.as_slice(), [1, 0, 1].as_slice(), "RSA 519", ""),
            (&modulus, &[3], "RSA 519, exponent 3", ""),
            (&modulus, &[1; 9], "RSA 519, exponent of 65 bits", ""),
            (&modulus, &[0], "RSA 519, exponent 0", "The exponent is zero."),
            (
                &modulus,
                &[1],
                "RSA 519, exponent 1",
                "The exponent is 1: what is encrypted to it stays readable.",
            ),
            (&modulus, &[4], "RSA 519, exponent 4", "The exponent is an even number, which no RSA key has."),
            (
                &modulus,
                &[0xff],
                "RSA 519, with a negative exponent",
                "The exponent is encoded as a negative number.",
            ),
            (&[0], &[1, 0, 1], "RSA 0", "The modulus is zero: this is no key."),
            (
                &even,
                &[1, 0, 1],
                "RSA 519",
                "The modulus is an even number, so that anybody can work out the private key.",
            ),
            (
                &[0, 0x80, 1],
                &[1, 0, 1],
                "RSA 16",
                "The modulus has only 16 bits, so that anybody can work out the private key.",
            ),
            (
                &negative,
                &[1, 0, 1],
                "RSA 520, with a negative modulus",
                "The modulus is encoded as a negative number. Programs read such a key differently: some refuse it, others take it for a positive number, and others for its opposite.",
            ),
        ] {
            let (actual, remarks) = key(modulus, exponent);
            assert_eq!((actual.as_str(), remarks.concat().as_str()), (name, remark));
        }
    }

    #[test]
    fn a_modulus_without_end_is_told() {
        let modulus = [0x7f; 2049];
        let bits = about_modulus(&modulus);
        assert_eq!(bits.as_deref(), Some("The modulus has 16391 bits; programs read 16384 at most."));
    }

    #[test]
    fn what_is_no_pair_of_numbers_is_named_so() {
        for content in
            [b"".as_slice(), b"\x00", b"\x00\x30\x03\x02\x01\x05", b"\x00\x30\x06\x04\x01\x05\x02\x01\x03"]
        {
            assert_eq!(read(content).0, UNREADABLE, "{content:02x?}");
        }
    }
}

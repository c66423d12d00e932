//! The structures that hold a private key, PKCS #8 and PKCS #1. Read element by element, also because a decoder that is
//! derived for each of them is several times as large in a module.

use der::{
    AnyRef, Decode, Reader, SliceReader, Tag, Tagged,
    asn1::{BitStringRef, UintRef},
};
use pkcs8::PrivateKeyInfoRef;
use rsa::pkcs1::RsaPrivateKeyRef;

/// Tag number of the public key in `OneAsymmetricKey`. RFC 5958 §2.
const PUBLIC_KEY: u32 = 1;
/// A version that has more than two primes. RFC 8017 §A.1.2.
const MULTI: u8 = 1;

/// Reads `OneAsymmetricKey` (RFC 5958 §2) in either version. Attributes, and bytes behind its end, are left alone.
pub(crate) fn private_key_info(der: &[u8]) -> Option<PrivateKeyInfoRef<'_>> {
    let mut reader = sequence(der)?;
    reader.decode::<u8>().ok()?;
    let mut info = PrivateKeyInfoRef::new(reader.decode().ok()?, reader.decode().ok()?);
    while !reader.is_finished() {
        let field: AnyRef<'_> = reader.decode().ok()?;
        let Tag::ContextSpecific { number, .. } = field.tag() else { return None };
        if number.value() == PUBLIC_KEY {
            // Without its tag, as RFC 5958 has IMPLICIT tags: the bits that are not used, then the bits.
            let (unused_bits, bits) = field.value().split_first()?;
            info.public_key = Some(BitStringRef::new(*unused_bits, bits).ok()?);
        }
    }
    Some(info)
}

/// The numbers of an RSA key.
pub(crate) struct RsaNumbers<'a> {
    pub(crate) of_two_primes: RsaPrivateKeyRef<'a>,
    /// Whether there are more, which are left alone.
    pub(crate) has_more_primes: bool,
}

/// Reads `RSAPrivateKey` (RFC 8017 §A.1.2). Bytes behind its end are left alone.
pub(crate) fn rsa_numbers(der: &[u8]) -> Option<RsaNumbers<'_>> {
    let mut reader = sequence(der)?;
    let has_more_primes = reader.decode::<u8>().ok()? == MULTI;
    let mut numbers = Vec::with_capacity(8);
    while !reader.is_finished() && numbers.len() < 8 {
        numbers.push(reader.decode::<UintRef<'_>>().ok()?);
    }
    let [modulus, public_exponent, private_exponent, prime1, prime2, exponent1, exponent2, coefficient] =
        numbers.try_into().ok()?;
    let of_two_primes = RsaPrivateKeyRef {
        modulus,
        public_exponent,
        private_exponent,
        prime1,
        prime2,
        exponent1,
        exponent2,
        coefficient,
        other_prime_infos: None,
    };
    (has_more_primes || reader.is_finished()).then_some(RsaNumbers { of_two_primes, has_more_primes })
}

/// What stands in the sequence.
fn sequence(der: &[u8]) -> Option<SliceReader<'_>> {
    let (sequence, _) = AnyRef::from_der_partial(der).ok()?;
    SliceReader::new(sequence.value()).ok().filter(|_| sequence.tag() == Tag::Sequence)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A key whose numbers are all 1, then this.
    fn numbers(version: u8, count: usize, then: &[u8]) -> Vec<u8> {
        let inside = [&[2, 1, version], [2, 1, 1].repeat(count).as_slice(), then].concat();
        [&[0x30, u8::try_from(inside.len()).unwrap()], inside.as_slice()].concat()
    }

    #[test]
    fn an_rsa_key_has_eight_numbers_and_other_primes_in_its_second_version_only() {
        let more = |key: &[u8]| rsa_numbers(key).map(|numbers| numbers.has_more_primes);
        assert_eq!(more(&numbers(0, 8, b"")), Some(false));
        assert_eq!(more(&[numbers(0, 8, b""), b"behind".to_vec()].concat()), Some(false));
        assert_eq!(more(&numbers(1, 8, b"\x30\x00")), Some(true));
        for damaged in [
            numbers(0, 7, b""),
            numbers(0, 9, b""),
            numbers(0, 8, b"\x30\x00"),
            numbers(0, 6, b"\x04\x00\x04\x00"),
        ] {
            assert_eq!(more(&damaged), None, "{damaged:?}");
        }
    }

    #[test]
    fn fields_behind_a_key_are_known_by_their_tags() {
        let info = |then: &[u8]| {
            let inside = [b"\x02\x01\x01\x30\x05\x06\x03\x2B\x65\x70\x04\x01\x00".as_slice(), then].concat();
            [&[0x30, u8::try_from(inside.len()).unwrap()], inside.as_slice()].concat()
        };
        let public_key = |der: &[u8]| {
            private_key_info(der).map(|info| info.public_key.map(|key| key.raw_bytes().to_vec()))
        };
        assert_eq!(public_key(&info(b"")), Some(None));
        assert_eq!(public_key(&info(b"\xA0\x02\x30\x00")), Some(None));
        assert_eq!(public_key(&info(b"\xA0\x02\x30\x00\x81\x02\x00\x07")), Some(Some(vec![7])));
        for damaged in [b"\x04\x00".as_slice(), b"\x81\x00", b"\xA0\x02\x30"] {
            assert_eq!(public_key(&info(damaged)), None, "{damaged:?}");
        }
    }
}

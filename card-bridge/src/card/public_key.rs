//! A public key, from the attributes that a token gives to the encoding that certificates have.

use cryptoki::object::{Attribute, AttributeType, KeyType, ObjectHandle};
use cryptoki::session::Session;
use der::asn1::{BitString, ObjectIdentifier, OctetStringRef, UintRef};
use der::{Decode, Encode};
use spki::{AlgorithmIdentifierOwned, SubjectPublicKeyInfoOwned};

/// First byte of a point with both coordinates (SEC 1 §2.3.3).
const UNCOMPRESSED_POINT: u8 = 4;
/// The lengths of such points on P-256 and P-384, the curves that certificates are made for.
const POINT_BYTES: [usize; 2] = [65, 97];
const EC_PUBLIC_KEY: ObjectIdentifier = const_oid::db::rfc5912::ID_EC_PUBLIC_KEY;

/// The DER of the `SubjectPublicKeyInfo` of a public key on a token; `None` when it is of another kind than certificates
/// are made for, or the token does not tell enough.
pub(crate) fn spki(session: &Session, key: ObjectHandle) -> Option<Vec<u8>> {
    // The size is not asked for: OpenSC 0.23 gives a wrong one right after a key was made.
    let wanted = [
        AttributeType::KeyType,
        AttributeType::Modulus,
        AttributeType::PublicExponent,
        AttributeType::EcParams,
        AttributeType::EcPoint,
    ];
    let mut kind = None;
    let (mut modulus, mut exponent, mut parameters, mut point) = Default::default();
    for attribute in session.get_attributes(key, &wanted).ok()? {
        match attribute {
            Attribute::KeyType(value) => kind = Some(value),
            Attribute::Modulus(value) => modulus = value,
            Attribute::PublicExponent(value) => exponent = value,
            Attribute::EcParams(value) => parameters = value,
            Attribute::EcPoint(value) => point = value,
            _ => {}
        }
    }
    match kind? {
        KeyType::RSA => rsa(&modulus, &exponent).ok(),
        KeyType::EC => elliptic_curve(&parameters, &point),
        _ => None,
    }
}

/// RFC 8017 §A.1.1; both numbers are unsigned and may begin with zeros.
fn rsa(modulus: &[u8], exponent: &[u8]) -> der::Result<Vec<u8>> {
    let key =
        pkcs1::RsaPublicKey { modulus: UintRef::new(modulus)?, public_exponent: UintRef::new(exponent)? };
    let algorithm = AlgorithmIdentifierOwned {
        oid: const_oid::db::rfc5912::RSA_ENCRYPTION,
        parameters: Some(der::asn1::Any::null()),
    };
    encode(algorithm, &key.to_der()?)
}

fn elliptic_curve(parameters: &[u8], point: &[u8]) -> Option<Vec<u8>> {
    let curve: ObjectIdentifier = ObjectIdentifier::from_der(parameters).ok()?;
    let algorithm = AlgorithmIdentifierOwned { oid: EC_PUBLIC_KEY, parameters: Some((&curve).into()) };
    encode(algorithm, bare_point(point)?).ok()
}

/// The standard puts the point into an OCTET STRING; some tokens give it bare. Both begin with 4, and never both make
/// sense: the length within is then another one.
///
/// PKCS #11 v3.1 §6.3.3.
fn bare_point(value: &[u8]) -> Option<&[u8]> {
    let is_point =
        |bytes: &[u8]| bytes.first() == Some(&UNCOMPRESSED_POINT) && POINT_BYTES.contains(&bytes.len());
    let wrapped = <&OctetStringRef>::from_der(value).ok().map(OctetStringRef::as_bytes);
    wrapped.filter(|bytes| is_point(bytes)).or_else(|| is_point(value).then_some(value))
}

fn encode(algorithm: AlgorithmIdentifierOwned, key: &[u8]) -> der::Result<Vec<u8>> {
    SubjectPublicKeyInfoOwned { algorithm, subject_public_key: BitString::from_bytes(key)? }.to_der()
}

#[cfg(test)]
mod tests {
    use super::*;

    const P_256: ObjectIdentifier = const_oid::db::rfc5912::SECP_256_R_1;

    fn point(second: u8) -> Vec<u8> {
        let mut point = vec![UNCOMPRESSED_POINT, second];
        point.resize(65, 0x55);
        point
    }

    #[test]
    fn a_point_in_an_octet_string_and_a_bare_one_are_the_same_key() {
        let parameters = P_256.to_der().expect("an identifier");
        // The second one looks like the header of an OCTET STRING of 63 bytes.
        for second in [0x12, 0x3f] {
            let bare = point(second);
            let wrapped =
                OctetStringRef::new(&bare).and_then(|point| point.to_der()).expect("an OCTET STRING");
            let key = elliptic_curve(&parameters, &bare).expect("a key");
            assert!(key.ends_with(&bare));
            assert_eq!(elliptic_curve(&parameters, &wrapped), Some(key));
        }
    }

    #[test]
    fn a_compressed_point_and_no_point_are_no_key() {
        let parameters = P_256.to_der().expect("an identifier");
        for value in [&[][..], &[2; 33], &[4, 1, 4]] {
            assert_eq!(elliptic_curve(&parameters, value), None, "{value:02x?}");
        }
    }

    #[test]
    fn zeros_before_a_modulus_do_not_change_the_key() {
        let key = rsa(&[0x80, 0x01], &[1, 0, 1]).expect("a key");
        assert_eq!(rsa(&[0, 0, 0x80, 0x01], &[0, 1, 0, 1]), Ok(key));
    }
}

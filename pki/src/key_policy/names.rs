//! Names of keys and curves that are not accepted, so that the person reads what they have.

use der::asn1::ObjectIdentifier;

/// The name of a key algorithm other than RSA and elliptic curves.
pub(super) fn algorithm(oid: ObjectIdentifier) -> Option<&'static str> {
    find(ALGORITHMS, oid)
}

/// The name of a curve other than P-256 and P-384.
pub(super) fn curve(oid: ObjectIdentifier) -> Option<&'static str> {
    find(CURVES, oid)
}

fn find(names: &[(ObjectIdentifier, &'static str)], oid: ObjectIdentifier) -> Option<&'static str> {
    names.iter().find(|(known, _)| *known == oid).map(|(_, name)| *name)
}

/// RFC 3279, RFC 4055, RFC 8410, RFC 9215, RFC 9881; PKCS #3 §9.
const ALGORITHMS: &[(ObjectIdentifier, &str)] = &[
    (ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.10"), "an RSA key for PSS signatures only"),
    (ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.7"), "an RSA key for OAEP encryption only"),
    (ObjectIdentifier::new_unwrap("1.2.840.10040.4.1"), "a DSA key"),
    (ObjectIdentifier::new_unwrap("1.2.840.10046.2.1"), "a Diffie-Hellman key"),
    (ObjectIdentifier::new_unwrap("1.2.840.113549.1.3.1"), "a Diffie-Hellman key"),
    (ObjectIdentifier::new_unwrap("1.3.101.110"), "an X25519 key"),
    (ObjectIdentifier::new_unwrap("1.3.101.111"), "an X448 key"),
    (ObjectIdentifier::new_unwrap("1.3.101.113"), "an Ed448 key"),
    (ObjectIdentifier::new_unwrap("1.2.643.2.2.19"), "a GOST key"),
    (ObjectIdentifier::new_unwrap("1.2.643.7.1.1.1.1"), "a GOST key"),
    (ObjectIdentifier::new_unwrap("1.2.643.7.1.1.1.2"), "a GOST key"),
    (ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.3.17"), "an ML-DSA-44 key"),
    (ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.3.18"), "an ML-DSA-65 key"),
    (ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.3.19"), "an ML-DSA-87 key"),
];

/// SEC 2, RFC 5639.
const CURVES: &[(ObjectIdentifier, &str)] = &[
    (ObjectIdentifier::new_unwrap("1.3.132.0.33"), "the curve P-224"),
    (ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.1"), "the curve P-192"),
    (ObjectIdentifier::new_unwrap("1.3.132.0.10"), "the curve secp256k1"),
    (ObjectIdentifier::new_unwrap("1.3.36.3.3.2.8.1.1.7"), "the curve brainpoolP256r1"),
    (ObjectIdentifier::new_unwrap("1.3.36.3.3.2.8.1.1.11"), "the curve brainpoolP384r1"),
    (ObjectIdentifier::new_unwrap("1.3.36.3.3.2.8.1.1.13"), "the curve brainpoolP512r1"),
    (ObjectIdentifier::new_unwrap("1.2.156.10197.1.301"), "the curve SM2"),
];

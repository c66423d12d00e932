//! Keys and signature algorithms by name, also those that are not accepted anywhere.

use super::rsa;
use crate::element::{BIT_STRING, Element, INTEGER, SEQUENCE};
use crate::key_policy::spki_sha256_hex;
use crate::oid_text::Oid;
use crate::pasted::{self, Kind};
use der::asn1::ObjectIdentifier;

/// A public key as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyDescription {
    /// Such as `RSA 2048`, `P-256` or `RSA 1024, exponent 3`; of an unknown algorithm its object identifier.
    pub name: String,
    /// SHA-256 of the subjectPublicKeyInfo, lower-case hex.
    pub spki_sha256: String,
    remarks: Vec<String>,
}

impl KeyDescription {
    /// What is wrong with the numbers of the key, in sentences; none about how safe its size is.
    pub fn remarks(&self) -> &[String] {
        &self.remarks
    }
}

/// Describes the DER of a `SubjectPublicKeyInfo`, of any algorithm.
pub fn describe_key(spki_der: &[u8]) -> KeyDescription {
    let (name, remarks) = read_key(spki_der).unwrap_or_else(|| ("unreadable".to_owned(), Vec::new()));
    KeyDescription { name, remarks, spki_sha256: spki_sha256_hex(spki_der) }
}

/// Describes the key of a certification request, PEM or DER, also of one that would not be accepted.
///
/// RFC 2986 §4.1.
pub fn describe_request_key(input: &[u8]) -> Option<KeyDescription> {
    let contents = pasted::contents(input);
    let request = contents.iter().find(|content| content.kind == Kind::Request)?;
    let request = Element::read(&request.bytes)?.inside(SEQUENCE)?;
    let info = request.first()?.inside(SEQUENCE)?;
    let [version, _, key, ..] = info.as_slice() else { return None };
    (version.identifier == INTEGER && key.identifier == SEQUENCE).then(|| describe_key(key.der))
}

/// Describes a public key alone, PEM or DER.
pub fn describe_public_key(input: &[u8]) -> Option<KeyDescription> {
    let contents = pasted::contents(input);
    let der = &contents.iter().find(|content| content.kind == Kind::PublicKey)?.bytes;
    let [algorithm, key] = <[Element<'_>; 2]>::try_from(Element::read(der)?.inside(SEQUENCE)?).ok()?;
    (algorithm.identifier == SEQUENCE && key.identifier == BIT_STRING).then(|| describe_key(der))
}

/// The name of the key, and what is wrong with its numbers.
fn read_key(spki_der: &[u8]) -> Option<(String, Vec<String>)> {
    let [algorithm, key] = <[Element<'_>; 2]>::try_from(Element::read(spki_der)?.inside(SEQUENCE)?).ok()?;
    let algorithm = algorithm.all_inside(SEQUENCE)?;
    let oid = algorithm.first()?.object_identifier()?;
    let name = match oid.small() {
        Some(RSA_ENCRYPTION) => return Some(rsa::read(key.content)),
        Some(EC_PUBLIC_KEY) => match algorithm.get(1) {
            Some(curve) => curve.object_identifier().map_or_else(
                || "elliptic curve with its own parameters".to_owned(),
                |curve| find(CURVES, curve),
            ),
            None => "elliptic curve without a name".to_owned(),
        },
        _ => find(ALGORITHMS, oid),
    };
    Some((name, Vec::new()))
}

/// The name of the signature algorithm in the DER of an `AlgorithmIdentifier`.
pub fn signature_name(algorithm_der: &[u8]) -> String {
    let parts = Element::read(algorithm_der).and_then(|algorithm| algorithm.all_inside(SEQUENCE));
    let oid = parts.as_ref().and_then(|parts| parts.first()).and_then(Element::object_identifier);
    oid.map_or_else(|| "unreadable".to_owned(), |oid| find(SIGNATURES, oid))
}

/// The name, or the object identifier itself.
fn find(names: &[(&str, &str)], oid: Oid<'_>) -> String {
    let oid = oid.dotted();
    names.iter().find(|(known, _)| *known == oid).map_or(oid, |(_, name)| (*name).to_owned())
}

const RSA_ENCRYPTION: ObjectIdentifier = const_oid::db::rfc5912::RSA_ENCRYPTION;
const EC_PUBLIC_KEY: ObjectIdentifier = const_oid::db::rfc5912::ID_EC_PUBLIC_KEY;

/// RFC 3279, RFC 4055, RFC 8410, RFC 9215, RFC 9881.
const ALGORITHMS: &[(&str, &str)] = &[
    ("1.2.840.113549.1.1.10", "RSA for PSS signatures only"),
    ("1.2.840.10040.4.1", "DSA"),
    ("1.2.840.10046.2.1", "Diffie-Hellman"),
    ("1.3.101.110", "X25519"),
    ("1.3.101.111", "X448"),
    ("1.3.101.112", "Ed25519"),
    ("1.3.101.113", "Ed448"),
    ("1.2.643.7.1.1.1.1", "GOST R 34.10-2012, 256 bits"),
    ("1.2.643.7.1.1.1.2", "GOST R 34.10-2012, 512 bits"),
    ("2.16.840.1.101.3.4.3.17", "ML-DSA-44"),
    ("2.16.840.1.101.3.4.3.18", "ML-DSA-65"),
    ("2.16.840.1.101.3.4.3.19", "ML-DSA-87"),
];

/// SEC 2 §A.2, RFC 5639 §3.
const CURVES: &[(&str, &str)] = &[
    ("1.2.840.10045.3.1.7", "P-256"),
    ("1.3.132.0.34", "P-384"),
    ("1.3.132.0.35", "P-521"),
    ("1.2.840.10045.3.1.1", "P-192"),
    ("1.3.132.0.33", "P-224"),
    ("1.3.132.0.10", "secp256k1"),
    ("1.3.36.3.3.2.8.1.1.7", "brainpoolP256r1"),
    ("1.3.36.3.3.2.8.1.1.11", "brainpoolP384r1"),
    ("1.3.36.3.3.2.8.1.1.13", "brainpoolP512r1"),
    ("1.2.156.10197.1.301", "SM2"),
];

/// RFC 3279 §2.2, RFC 4055 §5, RFC 5758 §3, RFC 8410 §3, RFC 9881 §2.
const SIGNATURES: &[(&str, &str)] = &[
    ("1.2.840.113549.1.1.11", "SHA-256 with RSA"),
    ("1.2.840.113549.1.1.12", "SHA-384 with RSA"),
    ("1.2.840.113549.1.1.13", "SHA-512 with RSA"),
    ("1.2.840.113549.1.1.10", "RSA-PSS"),
    ("1.2.840.113549.1.1.5", "SHA-1 with RSA (can be forged today)"),
    ("1.2.840.113549.1.1.4", "MD5 with RSA (can be forged today)"),
    ("1.2.840.113549.1.1.2", "MD2 with RSA (can be forged today)"),
    ("1.2.840.10045.4.3.2", "ECDSA with SHA-256"),
    ("1.2.840.10045.4.3.3", "ECDSA with SHA-384"),
    ("1.2.840.10045.4.3.4", "ECDSA with SHA-512"),
    ("1.2.840.10045.4.1", "ECDSA with SHA-1 (can be forged today)"),
    ("1.2.840.10040.4.3", "DSA with SHA-1 (can be forged today)"),
    ("2.16.840.1.101.3.4.3.2", "DSA with SHA-256"),
    ("1.3.101.112", "Ed25519"),
    ("1.3.101.113", "Ed448"),
    ("2.16.840.1.101.3.4.3.17", "ML-DSA-44"),
    ("2.16.840.1.101.3.4.3.18", "ML-DSA-65"),
    ("2.16.840.1.101.3.4.3.19", "ML-DSA-87"),
];

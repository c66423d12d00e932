//! Algorithms that files are encrypted or protected with and that are not read here, by the names that people know.

use super::EncryptionError;
use der::asn1::ObjectIdentifier;
use std::fmt;

/// An object identifier and its name a line: one text, as pairs would be larger in a module. RFC 8018 §B,
/// RFC 7292 §C, RFC 7914 and the registers of the makers. Derivation and encryption in one, derivations, ciphers, functions
/// that PBKDF2 iterates, hash functions.
const NAMES: &str = "\
1.2.840.113549.1.5.1 PBES1 with MD2 and DES
1.2.840.113549.1.5.3 PBES1 with MD5 and DES
1.2.840.113549.1.5.4 PBES1 with MD2 and RC2
1.2.840.113549.1.5.6 PBES1 with MD5 and RC2
1.2.840.113549.1.5.10 PBES1 with SHA-1 and DES
1.2.840.113549.1.5.11 PBES1 with SHA-1 and RC2
1.2.840.113533.7.66.12 PBES1 with MD5 and CAST5
1.2.840.113549.1.12.1.1 RC4 with 128 bits
1.2.840.113549.1.12.1.2 RC4 with 40 bits
1.3.6.1.4.1.42.2.17.1.1 the key protection of Java keystores (JKS)
1.3.6.1.4.1.42.2.19.1 the key protection of Java keystores (JCEKS)
1.3.6.1.4.1.22554.1.1.2.1.2 Bouncy Castle's SHA-1 and AES-128
1.3.6.1.4.1.22554.1.1.2.1.22 Bouncy Castle's SHA-1 and AES-192
1.3.6.1.4.1.22554.1.1.2.1.42 Bouncy Castle's SHA-1 and AES-256
1.3.6.1.4.1.22554.1.2.1.2.1.2 Bouncy Castle's SHA-256 and AES-128
1.3.6.1.4.1.22554.1.2.1.2.1.22 Bouncy Castle's SHA-256 and AES-192
1.3.6.1.4.1.22554.1.2.1.2.1.42 Bouncy Castle's SHA-256 and AES-256
1.2.840.113549.1.7.2 a signature in place of a password
1.2.840.113549.1.7.3 a certificate in place of a password
1.3.6.1.4.1.11591.4.11 scrypt
1.3.14.3.2.6 DES in ECB mode
1.3.14.3.2.7 DES
1.3.14.3.2.8 DES in OFB mode
1.3.14.3.2.9 DES in CFB mode
1.3.14.3.2.17 triple DES in ECB mode
1.2.840.113549.3.2 RC2
1.2.840.113549.3.4 RC4
1.2.840.113549.3.8 RC5
1.2.840.113549.3.9 RC5
1.3.6.1.4.1.188.7.1.1.2 IDEA
1.3.6.1.4.1.3029.1.2 Blowfish
1.2.840.113533.7.66.10 CAST5
1.2.410.200004.1.4 SEED
1.2.410.200046.1.1.2 ARIA-128
1.2.410.200046.1.1.7 ARIA-192
1.2.410.200046.1.1.12 ARIA-256
1.2.392.200011.61.1.1.1.2 Camellia-128
1.2.392.200011.61.1.1.1.3 Camellia-192
1.2.392.200011.61.1.1.1.4 Camellia-256
2.16.840.1.101.3.4.1.1 AES-128 in ECB mode
2.16.840.1.101.3.4.1.3 AES-128 in OFB mode
2.16.840.1.101.3.4.1.4 AES-128 in CFB mode
2.16.840.1.101.3.4.1.6 AES-128 in GCM mode
2.16.840.1.101.3.4.1.7 AES-128 in CCM mode
2.16.840.1.101.3.4.1.21 AES-192 in ECB mode
2.16.840.1.101.3.4.1.23 AES-192 in OFB mode
2.16.840.1.101.3.4.1.24 AES-192 in CFB mode
2.16.840.1.101.3.4.1.26 AES-192 in GCM mode
2.16.840.1.101.3.4.1.27 AES-192 in CCM mode
2.16.840.1.101.3.4.1.41 AES-256 in ECB mode
2.16.840.1.101.3.4.1.43 AES-256 in OFB mode
2.16.840.1.101.3.4.1.44 AES-256 in CFB mode
2.16.840.1.101.3.4.1.46 AES-256 in GCM mode
2.16.840.1.101.3.4.1.47 AES-256 in CCM mode
1.2.156.10197.1.104.2 SM4
1.2.643.2.2.21 GOST 28147-89
1.2.643.7.1.1.5.1.1 GOST Magma
1.2.643.7.1.1.5.1.2 GOST Magma
1.2.643.7.1.1.5.2.1 GOST Kuznyechik
1.2.643.7.1.1.5.2.2 GOST Kuznyechik
1.2.840.113549.2.6 HMAC-MD5
1.3.6.1.5.5.8.1.1 HMAC-MD5
1.2.840.113549.2.12 HMAC-SHA512/224
1.2.840.113549.2.13 HMAC-SHA512/256
2.16.840.1.101.3.4.2.13 HMAC-SHA3-224
2.16.840.1.101.3.4.2.14 HMAC-SHA3-256
2.16.840.1.101.3.4.2.15 HMAC-SHA3-384
2.16.840.1.101.3.4.2.16 HMAC-SHA3-512
1.2.156.10197.1.401.2 HMAC-SM3
1.2.643.2.2.10 HMAC with GOST R 34.11-94
1.2.643.7.1.1.4.1 HMAC with Streebog-256 (GOST)
1.2.643.7.1.1.4.2 HMAC with Streebog-512 (GOST)
1.2.840.113549.2.2 MD2
1.2.840.113549.2.4 MD4
1.2.840.113549.2.5 MD5
1.3.36.3.2.1 RIPEMD-160
1.0.10118.3.0.55 Whirlpool
2.16.840.1.101.3.4.2.5 SHA-512/224
2.16.840.1.101.3.4.2.6 SHA-512/256
2.16.840.1.101.3.4.2.7 SHA3-224
2.16.840.1.101.3.4.2.8 SHA3-256
2.16.840.1.101.3.4.2.9 SHA3-384
2.16.840.1.101.3.4.2.10 SHA3-512
2.16.840.1.101.3.4.2.11 SHAKE128
2.16.840.1.101.3.4.2.12 SHAKE256
1.2.156.10197.1.401 SM3
1.2.643.2.2.9 GOST R 34.11-94
1.2.643.7.1.1.2.2 Streebog-256 (GOST)
1.2.643.7.1.1.2.3 Streebog-512 (GOST)
1.3.6.1.4.1.1722.12.2.1.16 BLAKE2b
1.3.6.1.4.1.1722.12.2.2.8 BLAKE2s
1.3.6.1.4.1.11591.4.13 BLAKE2
";

/// The name of an algorithm.
fn name(oid: &str) -> Option<&'static str> {
    names().find(|(known, _)| *known == oid).map(|(_, name)| name)
}

fn names() -> impl Iterator<Item = (&'static str, &'static str)> {
    NAMES.lines().filter_map(|line| line.split_once(' '))
}

/// Beginnings of those that OpenSSL 3 has in its module for what is outdated: PBES1 and the scheme of PKCS #12 with RC4;
/// RC2, RC4 and RC5; DES; IDEA; Blowfish; CAST5; SEED. openssl-provider-legacy(7).
const IN_OPENSSL_LEGACY: [&str; 8] = [
    "1.2.840.113549.1.5.",
    "1.2.840.113549.1.12.1.",
    "1.2.840.113549.3.",
    "1.3.14.3.2.",
    "1.3.6.1.4.1.188.7.1.1.",
    "1.3.6.1.4.1.3029.1.",
    "1.2.840.113533.7.66.",
    "1.2.410.200004.1.",
];

/// An algorithm that is not read here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnsupportedScheme {
    pub(crate) oid: ObjectIdentifier,
}

impl UnsupportedScheme {
    /// Its object identifier, dotted.
    pub fn oid(&self) -> String {
        self.oid.to_string()
    }

    /// With which options OpenSSL 3 reads it.
    pub(crate) fn openssl_options(self) -> &'static str {
        let oid = self.oid();
        let is_legacy = IN_OPENSSL_LEGACY.iter().any(|beginning| oid.starts_with(beginning));
        if is_legacy { " -provider legacy -provider default" } else { "" }
    }
}

impl fmt::Display for UnsupportedScheme {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let oid = self.oid();
        match name(&oid) {
            Some(name) => formatter.write_str(name),
            None => write!(formatter, "the algorithm {oid}"),
        }
    }
}

impl From<ObjectIdentifier> for EncryptionError {
    fn from(oid: ObjectIdentifier) -> Self {
        Self::Unsupported(UnsupportedScheme { oid })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn each_identifier_is_one_and_stands_once() {
        let known: HashSet<ObjectIdentifier> =
            names().map(|(oid, _)| ObjectIdentifier::new_unwrap(oid)).collect();
        assert!(known.len() > 80);
        assert_eq!(known.len(), NAMES.lines().count());
    }

    #[test]
    fn an_outdated_algorithm_has_the_options_with_which_openssl_reads_it() {
        let options = |oid| UnsupportedScheme { oid: ObjectIdentifier::new_unwrap(oid) }.openssl_options();
        assert_eq!(options("1.3.14.3.2.7"), " -provider legacy -provider default");
        assert_eq!(options("1.3.6.1.4.1.11591.4.11"), "");
    }
}

//! Which programs read what is not read here: each was tried with a file that OpenSSL 3.0 wrote.

use crate::password_based_encryption::UnsupportedScheme;

const OPENSSL: &str = "OpenSSL 3 and pyca cryptography";
const OPENSSL_LEGACY: &str = "OpenSSL 3 with `-legacy` and pyca cryptography";

/// By object identifier. OpenSSL 3.0, Java 17, NSS 3.87, GnuTLS 3.7, pyca cryptography 50, node-forge 1.4.
const READERS: &[(&str, &str)] = &[
    // RC4.
    (
        "1.2.840.113549.1.12.1.1",
        "OpenSSL 3 with `-legacy`, Java, NSS (Firefox, Thunderbird), GnuTLS and pyca cryptography",
    ),
    (
        "1.2.840.113549.1.12.1.2",
        "OpenSSL 3 with `-legacy`, Java, NSS (Firefox, Thunderbird) and pyca cryptography",
    ),
    // PBES1: MD5 and DES, MD5 and RC2, SHA-1 and DES, SHA-1 and RC2.
    ("1.2.840.113549.1.5.3", "OpenSSL 3 with `-legacy`, Java, GnuTLS and pyca cryptography"),
    ("1.2.840.113549.1.5.6", OPENSSL_LEGACY),
    ("1.2.840.113549.1.5.10", OPENSSL_LEGACY),
    ("1.2.840.113549.1.5.11", OPENSSL_LEGACY),
    // Ciphers in PBES2: DES, RC2, Blowfish, CAST5, SEED, ARIA, Camellia.
    (
        "1.3.14.3.2.7",
        "OpenSSL 3 with `-legacy`, NSS (Firefox, Thunderbird), GnuTLS, pyca cryptography and node-forge",
    ),
    ("1.2.840.113549.3.2", "OpenSSL 3 with `-legacy`, NSS (Firefox, Thunderbird) and pyca cryptography"),
    ("1.3.6.1.4.1.3029.1.2", OPENSSL_LEGACY),
    ("1.2.840.113533.7.66.10", OPENSSL_LEGACY),
    ("1.2.410.200004.1.4", "OpenSSL 3 with `-legacy`, NSS (Firefox, Thunderbird) and pyca cryptography"),
    ("1.2.410.200046.1.1.12", OPENSSL),
    ("1.2.392.200011.61.1.1.1.4", "OpenSSL 3, NSS (Firefox, Thunderbird) and pyca cryptography"),
    // Hash functions of integrity checks: MD5, RIPEMD-160, SHA3-256, SHA-512/256.
    ("1.2.840.113549.2.5", "OpenSSL 3, NSS (Firefox, Thunderbird), pyca cryptography and node-forge"),
    ("1.3.36.3.2.1", OPENSSL),
    ("2.16.840.1.101.3.4.2.8", OPENSSL),
    ("2.16.840.1.101.3.4.2.6", "OpenSSL 3, Java and pyca cryptography"),
];

/// None where nothing was tried.
pub(super) fn readers(scheme: UnsupportedScheme) -> Option<&'static str> {
    let oid = scheme.oid();
    READERS.iter().find(|(known, _)| *known == oid).map(|(_, readers)| *readers)
}

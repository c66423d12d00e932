//! Kinds of private keys, and of passwords, that were answered badly once; the number of a kind begins its test's name.
//! Files: `tests/vectors/private-keys`, `tests/vectors/pfx-passwords`.
#![expect(clippy::unwrap_used, reason = "a test fails by it; clippy knows only #[test]")]

use pollster::block_on;
use std::{fs, path::Path};
use wasm_crypto::{
    KeyPair,
    pbkdf2::Portable,
    pfx::{self, OpenPfxError},
    private_key::{self, PrivateKeyError},
};

const PASSWORD: &str = "correct horse 1";
const POLISH: &str = "zażółć 123";
const GERMAN: &str = "Größe-Straße";
/// Longer than a block of SHA-256 when it is UTF-16.
const LONG: &str = "Zażółć gęślą jaźń, a potem jeszcze raz";

fn file(folder: &str, name: &str) -> Vec<u8> {
    let vectors = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/vectors");
    fs::read(vectors.join(folder).join(name)).unwrap()
}

fn read(name: &str, passphrase: &str) -> Result<KeyPair, PrivateKeyError> {
    block_on(private_key::read(&file("private-keys", name), passphrase, &Portable))
}

fn opens(name: &str, passphrase: &str, algorithm: &str) {
    let key = read(name, passphrase);
    assert_eq!(key.map(|key| key.algorithm().to_string()), Ok(algorithm.to_owned()), "{name}");
}

fn opens_pfx(name: &str, password: &str) {
    let opened = block_on(pfx::open(&file("pfx-passwords", name), password, &Portable));
    assert!(opened.is_ok(), "{name}: {opened:?}");
}

/// The sentence with which a key is refused.
fn refusal(name: &str) -> String {
    let error = read(name, PASSWORD).expect_err(name);
    assert!(matches!(error, PrivateKeyError::UnsupportedKey(_)), "{name}: {error:?}");
    error.to_string()
}

#[test]
fn f04_a_pfx_opens_in_whichever_bytes_its_password_was_spelled() {
    for (name, password) in [
        ("mac-of-widened-utf-8.p12", POLISH),
        ("openssl-legacy-widened-utf-8.p12", POLISH),
        ("widened-utf-8-3des.p12", POLISH),
        ("pbkdf2-of-latin-1.p12", GERMAN),
        ("openssl-3-latin-1-terminal.p12", GERMAN),
        ("forge-latin-1.p12", GERMAN),
        ("pbkdf2-of-utf-16.p12", GERMAN),
        ("pbkdf2-of-utf-16-long.p12", LONG),
        ("pbkdf2-of-utf-16-ascii.p12", PASSWORD),
        ("pbkdf2-of-utf-16-long-ascii-without-end.p12", "correct horse battery staple, once more"),
        ("no-password-without-end.p12", ""),
    ] {
        opens_pfx(name, password);
        let other = format!("{password}ż");
        let refused = block_on(pfx::open(&file("pfx-passwords", name), &other, &Portable)).err();
        assert_eq!(refused, Some(OpenPfxError::WrongPassword), "{name}");
    }
}

#[test]
fn f04_a_key_opens_in_whichever_bytes_its_passphrase_was_spelled() {
    for (name, passphrase, algorithm) in [
        ("ec-pbe-3des-widened-utf-8-passphrase.der", POLISH, "P-256"),
        ("ec-pbe-3des-latin-1-terminal.der", GERMAN, "P-256"),
        ("ec-pbes2-latin-1-passphrase.pem", GERMAN, "P-256"),
        ("rsa-forge-latin-1-passphrase.pem", GERMAN, "RSA 2048"),
        ("ec-pbes2-utf-16-passphrase.pem", POLISH, "P-256"),
        ("ec-pbes2-utf-16-long-passphrase.pem", LONG, "P-256"),
        ("ec-pbes2-utf-16-long-passphrase-without-end.pem", LONG, "P-256"),
        ("ec-pbes2-empty-passphrase.pem", "", "P-256"),
        ("ec-pbe-3des-no-passphrase.der", "", "P-256"),
    ] {
        opens(name, passphrase, algorithm);
        let wrong = read(name, &format!("{passphrase}ż")).err();
        assert_eq!(wrong, Some(PrivateKeyError::WrongPassphrase), "{name}");
    }
}

#[test]
fn f05_a_curve_key_with_an_octet_string_of_another_length_opens() {
    for (name, algorithm) in [
        ("ec-p256-scalar-with-leading-zero.pem", "P-256"),
        ("ec-p256-scalar-with-leading-zero-pkcs8.pem", "P-256"),
        ("ec-p256-scalar-of-one-byte.pem", "P-256"),
        ("ec-p256-scalar-of-40-bytes-encrypted.pem", "P-256"),
        ("ec-p384-scalar-with-leading-zero.pem", "P-384"),
        ("ec-p384-scalar-without-its-zero.pem", "P-384"),
        ("ec-p521-scalar-without-its-zero-pkcs8.pem", "P-521"),
    ] {
        opens(name, PASSWORD, algorithm);
    }
    for name in ["ec-p256-scalar-too-large.pem", "ec-p256-scalar-zero.pem"] {
        assert_eq!(read(name, "").err(), Some(PrivateKeyError::Damaged), "{name}");
    }
}

#[test]
fn f06_a_file_without_salt_opens() {
    opens("ec-pbes2-without-salt.pem", PASSWORD, "P-256");
    opens("ec-pbe-3des-without-salt.der", PASSWORD, "P-256");
    for name in ["mac-without-salt.p12", "mac-and-pbkdf2-without-salt.p12", "mac-and-3des-without-salt.p12"] {
        opens_pfx(name, PASSWORD);
    }
}

#[test]
fn f08_a_scheme_that_is_refused_is_named() {
    const LEGACY: &str = "openssl pkcs8 -provider legacy -provider default -topk8";
    const USUAL: &str = "openssl pkcs8 -topk8";
    for (name, scheme, way_out) in [
        ("aria-128", "ARIA-128", USUAL),
        ("aria-256", "ARIA-256", USUAL),
        ("camellia-128", "Camellia-128", USUAL),
        ("camellia-256", "Camellia-256", USUAL),
        ("seed", "SEED", LEGACY),
        ("sm4", "SM4", USUAL),
        ("des", "DES", LEGACY),
        ("rc2", "RC2", LEGACY),
        ("aes-256-ofb", "AES-256 in OFB mode", USUAL),
        ("aes-192-cfb", "AES-192 in CFB mode", USUAL),
        ("kuznyechik", "GOST Kuznyechik", USUAL),
        ("hmac-sha512-224", "HMAC-SHA512/224", USUAL),
        ("hmac-sha512-256", "HMAC-SHA512/256", USUAL),
        ("hmac-sha3-256", "HMAC-SHA3-256", USUAL),
        ("hmac-sm3", "HMAC-SM3", USUAL),
        ("hmac-streebog-512", "HMAC with Streebog-512 (GOST)", USUAL),
        ("pbe-md5-des", "PBES1 with MD5 and DES", LEGACY),
        ("pbe-sha1-rc4", "RC4 with 128 bits", LEGACY),
        ("chosen-by-nobody", "the algorithm 1.2.3.4", USUAL),
    ] {
        let error = read(&format!("refused-scheme-{name}.pem"), PASSWORD).expect_err(name);
        let words = format!("is encrypted with {scheme}, which is not supported");
        assert!(error.to_string().contains(&words), "{name}: {error}");
        assert!(error.to_string().contains(way_out), "{name}: {error}");
    }
}

#[test]
fn f09_a_key_that_is_refused_is_told_with_its_kind_and_why() {
    for (name, words) in [
        ("published", "a key that was published"),
        ("secp256k1", "a key on the curve secp256k1, which is not supported"),
        ("secp256k1-encrypted", "a key on the curve secp256k1, which is not supported"),
        ("brainpool-p256r1", "a key on the curve brainpoolP256r1,"),
        ("brainpool-p256r1-traditional", "a key on the curve brainpoolP256r1,"),
        ("brainpool-p384r1", "a key on the curve brainpoolP384r1,"),
        ("sm2", "a key on the curve SM2,"),
        ("sect283k1", "a key on the curve 1.3.132.0.16,"),
        ("ed448", "an Ed448 key,"),
        ("x448", "an X448 key,"),
        ("x25519", "an X25519 key,"),
        ("dsa", "a DSA key,"),
        ("dh", "a Diffie-Hellman key,"),
        ("dhx", "a Diffie-Hellman key,"),
        ("rsa-1024-bits", "an RSA key with 1024 bits, which is too weak"),
        ("rsa-2050-bits", "an RSA key with 2050 bits; the sizes 2048, 3072 and 4096"),
        ("rsa-8192-bits", "an RSA key with 8192 bits;"),
        ("rsa-exponent-3", "an RSA key with the exponent 3, which is too small"),
        ("rsa-three-primes", "an RSA key with more than two primes,"),
        ("rsa-pss", "an RSA key for PSS signatures only,"),
        ("of-unknown-algorithm", "a key of the algorithm 1.2.3.4.5,"),
    ] {
        let told = refusal(&format!("refused-key-{name}.pem"));
        assert!(told.starts_with("the private key is ") && told.contains(words), "{name}: {told}");
    }
    assert!(refusal("ec-p256-without-curve.pem").contains("without the name of its curve"));
}

#[test]
fn f10_a_curve_that_is_spelled_out_is_told_with_the_way_out() {
    for name in [
        "ec-explicit-p256.pem",
        "ec-explicit-p256-traditional.der",
        "ec-explicit-p256-encrypted.pem",
        "ec-explicit-p384-traditional.pem",
        "ec-explicit-p384-pkcs8.pem",
    ] {
        let told = refusal(name);
        assert!(told.contains("spells out the numbers of its curve"), "{name}: {told}");
        assert!(told.contains("openssl ec -in OLD -out NEW -param_enc named_curve"), "{name}: {told}");
    }
}

#[test]
fn f11_a_traditional_dsa_key_is_named_and_loose_encodings_open() {
    for name in ["dsa-traditional.pem", "dsa-traditional.der"] {
        assert!(refusal(name).contains("a DSA key"), "{name}");
    }
    for (name, algorithm) in [
        ("rsa-pkcs8-without-null.pem", "RSA 2048"),
        ("rsa-pkcs8-without-null.der", "RSA 2048"),
        ("rsa-pkcs8-without-null-encrypted.pem", "RSA 2048"),
        ("rsa-pkcs8-trailing-bytes.pem", "RSA 2048"),
        ("rsa-traditional-trailing-bytes.der", "RSA 2048"),
        ("ec-pkcs8-trailing-line-end.der", "P-256"),
        ("ec-pbes2-trailing-bytes.der", "P-256"),
    ] {
        opens(name, PASSWORD, algorithm);
    }
}

#[test]
fn f39_a_generated_passphrase_opens_a_key_however_it_is_typed() {
    for name in
        ["generated-passphrase.pem", "generated-passphrase-openssl.pem", "generated-passphrase-3des.pem"]
    {
        let input = file("recovery-files", name);
        for typed in ["h7kqn-2xw9d-mf4tz-8vbep ", "h7kqn 2xw9d mf4tz 8vbep", "H7KQN2XW9DMF4TZ8VBEP"] {
            let key = block_on(private_key::read(&input, typed, &Portable));
            assert!(key.is_ok(), "{name}: {typed:?}: {key:?}");
        }
        let wrong = block_on(private_key::read(&input, "h7kqn 2xw9d mf4tz 8vbef", &Portable)).err();
        assert_eq!(wrong, Some(PrivateKeyError::WrongPassphrase), "{name}");
    }
}

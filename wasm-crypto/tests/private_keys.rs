//! Private keys as other programs write them: `tests/vectors/private-keys`.
#![expect(clippy::unwrap_used, reason = "a test fails by it; clippy knows only #[test]")]

use pki::pasted::{self, Kind};
use std::{fs, path::PathBuf};
use wasm_crypto::{
    KeyPair,
    pbkdf2::Portable,
    private_key::{self, PrivateKeyError},
};

fn file(name: &str) -> Vec<u8> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../tests/vectors/private-keys");
    fs::read(folder.join(name)).unwrap()
}

fn read(input: &[u8], passphrase: &str) -> Result<KeyPair, PrivateKeyError> {
    pollster::block_on(private_key::read(input, passphrase, &Portable))
}

const PASSPHRASE: &str = "correct horse battery staple";

#[test]
fn a_key_reads_from_each_form_as_the_same_key() {
    for kind in ["rsa", "ec"] {
        let expected = read(&file(&format!("{kind}-pkcs8.pem")), "").unwrap();
        for form in ["traditional.pem", "traditional.der", "pkcs8.der"] {
            let key = read(&file(&format!("{kind}-{form}")), "").unwrap();
            assert_eq!(key.spki_der(), expected.spki_der(), "{kind}-{form}");
        }
        for form in ["pbes2-aes-128-sha-1.pem", "pbes2-aes-256-sha-512.pem", "pbes2-3des.pem", "pbe-3des.der"]
        {
            let input = file(&format!("{kind}-{form}"));
            let key = read(&input, PASSPHRASE).unwrap();
            assert_eq!(key.spki_der(), expected.spki_der(), "{kind}-{form}");
            assert_eq!(read(&input, "").err(), Some(PrivateKeyError::PassphraseNeeded), "{kind}-{form}");
            let wrong = read(&input, "another passphrase").err();
            assert_eq!(wrong, Some(PrivateKeyError::WrongPassphrase), "{kind}-{form}");
        }
    }
}

/// PBKDF2 takes UTF-8 (RFC 8018 §3), the derivation of PKCS #12 UTF-16 (RFC 7292 §B.1).
#[test]
fn a_key_reads_under_a_passphrase_that_is_not_ascii() {
    let expected = read(&file("ec-pkcs8.pem"), "").unwrap();
    for form in ["pbes2-NAME-passphrase.pem", "pbe-3des-NAME-passphrase.der"] {
        for (name, passphrase) in [("unicode", "Zażółć-Ωпароль"), ("emoji", "lantern 🦊 river 🔑")]
        {
            let input = file(&format!("ec-{}", form.replace("NAME", name)));
            assert_eq!(read(&input, passphrase).unwrap().spki_der(), expected.spki_der(), "{form}, {name}");
        }
    }
}

#[test]
fn a_key_that_cannot_be_read_is_refused_with_the_way_out() {
    for (name, expected) in [
        ("rsa-traditional-encrypted.pem", PrivateKeyError::TraditionalEncryption),
        ("ec-traditional-encrypted.pem", PrivateKeyError::TraditionalEncryption),
        ("openssh.pem", PrivateKeyError::OpenSsh),
    ] {
        assert_eq!(read(&file(name), PASSPHRASE).err(), Some(expected), "{name}");
    }
    let Err(PrivateKeyError::UnsupportedEncryption(scheme)) = read(&file("rsa-scrypt.pem"), PASSPHRASE)
    else {
        panic!("scrypt was read");
    };
    assert_eq!(scheme.to_string(), "scrypt");
}

#[test]
fn a_key_of_another_kind_is_refused_with_its_name() {
    for (name, words) in [("rsa-1024.pem", "1024 bits"), ("secp256k1.pem", "secp256k1"), ("dsa.pem", "DSA")] {
        let error = read(&file(name), PASSPHRASE).unwrap_err();
        assert!(matches!(error, PrivateKeyError::UnsupportedKey(_)), "{name}: {error:?}");
        assert!(error.to_string().contains(words), "{name}: {error}");
    }
}

#[test]
fn a_key_cut_off_anywhere_is_refused() {
    let (pem, der) = (file("ec-pkcs8.pem"), file("ec-pkcs8.der"));
    let end = pem.windows(8).position(|window| window == b"-----END").unwrap();
    for length in 0..=end {
        assert!(read(&pem[..length], "").is_err(), "{length} characters");
    }
    for length in 0..der.len() {
        assert!(read(&der[..length], "").is_err(), "{length} bytes");
    }
}

#[test]
fn text_around_a_key_and_its_line_ends_do_no_harm() {
    let pem = String::from_utf8(file("ec-pkcs8.pem")).unwrap();
    let around = format!("Bag Attributes\r\n{}\r\nmore", pem.replace('\n', "\r\n"));
    let one_line: String =
        pem.split("-----").map(|part| part.replace('\n', "")).collect::<Vec<_>>().join("-----");
    for text in [around, one_line] {
        assert!(read(text.as_bytes(), "").is_ok(), "{text}");
    }
}

#[test]
fn what_is_no_key_is_called_so() {
    let long = vec![b'A'; pasted::MAXIMUM_INPUT_BYTES + 1];
    for input in [b"".as_slice(), b"hello", &long, &[0x30, 0x03, 0x02, 0x01, 0x00]] {
        assert_eq!(read(input, "").err(), Some(PrivateKeyError::NotAPrivateKey));
    }
    let certificate = b"-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n";
    assert_eq!(read(certificate, "").err(), Some(PrivateKeyError::Other { kind: Kind::Certificate }));
}

//! Kinds of key files that were answered badly where a recovery file is asked for; the number of a kind begins its test's
//! name. Files: `tests/vectors/recovery-files`.
#![expect(clippy::unwrap_used, reason = "a test fails by it; clippy knows only #[test]")]

use pollster::block_on;
use std::{fs, path::Path};
use wasm_crypto::{
    KeyPair,
    pbkdf2::Portable,
    private_key,
    recovery_file::{self, RecoveryError},
};

const PASSPHRASE: &str = "correct horse 1";
const GENERATED: &str = "h7kqn-2xw9d-mf4tz-8vbep";

fn file(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/vectors/recovery-files");
    fs::read(folder.join(name)).unwrap()
}

/// SHA-256 of the public key, as the reader of the Tools finds it.
fn public_key(input: &[u8], passphrase: &str) -> String {
    block_on(private_key::read(input, passphrase, &Portable)).unwrap().spki_sha256_hex()
}

fn read(input: &[u8], passphrase: &str, expected: &str) -> Result<KeyPair, RecoveryError> {
    block_on(recovery_file::read_key(input, passphrase, expected, &Portable))
}

#[test]
fn f39_a_generated_passphrase_opens_a_file_however_it_is_typed() {
    for name in
        ["generated-passphrase.pem", "generated-passphrase-openssl.pem", "generated-passphrase-3des.pem"]
    {
        let input = file(name);
        let expected = public_key(&input, GENERATED);
        for typed in
            [GENERATED, "h7kqn-2xw9d-mf4tz-8vbep ", "h7kqn 2xw9d mf4tz 8vbep", "H7KQN2XW9DMF4TZ8VBEP"]
        {
            assert!(read(&input, typed, &expected).is_ok(), "{name}: {typed:?}");
        }
        let wrong = read(&input, "h7kqn 2xw9d mf4tz 8vbef", &expected);
        assert!(matches!(wrong, Err(RecoveryError::WrongPassphrase)), "{name}: {wrong:?}");
    }
}

#[test]
fn f40_any_encrypted_pkcs_8_file_of_the_expected_key_opens() {
    for name in [
        "java-shape-no-public-key.pem",
        "java-p256.pem",
        "java-rsa.pem",
        "gnutls-shape-curve-twice.pem",
        "gnutls.pem",
        "windows-shape-attributes.pem",
        "windows-shape-attributes-rsa.pem",
        "rfc-5958-version-2.pem",
        "rfc-5958-version-2-p384.pem",
    ] {
        let input = file(name);
        let expected = public_key(&input, PASSPHRASE);
        assert!(read(&input, PASSPHRASE, &expected).is_ok(), "{name}");
        let other = read(&input, PASSPHRASE, &"0".repeat(64));
        assert!(matches!(other, Err(RecoveryError::OtherKey)), "{name}: {other:?}");
        let wrong = read(&input, "another passphrase", &expected);
        assert!(matches!(wrong, Err(RecoveryError::WrongPassphrase)), "{name}: {wrong:?}");
    }
    let der =
        fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/vectors/private-keys/ec-pbe-3des.der"));
    let (der, passphrase) = (der.unwrap(), "correct horse battery staple");
    assert!(read(&der, passphrase, &public_key(&der, passphrase)).is_ok());
}

#[test]
fn f41_a_key_that_does_not_open_there_is_told_with_the_way_out() {
    let convert = "openssl pkcs8 -topk8 -v2 aes-256-cbc -in OLD -out NEW";
    for (name, words, way_out) in [
        ("traditional-encryption.pem", "encrypted in OpenSSL's old way", convert),
        ("traditional-encryption-ec.pem", "encrypted in OpenSSL's old way", convert),
        ("scrypt.pem", "encrypted with scrypt", convert),
        ("des.pem", "encrypted with DES", "-provider legacy"),
        ("not-encrypted.pem", "is not encrypted", convert),
        ("not-encrypted-traditional.pem", "is not encrypted", convert),
        ("openssh.pem", "in the form of OpenSSH", "ssh-keygen"),
        ("secp256k1.pem", "on the curve secp256k1", "not supported"),
    ] {
        let told = read(&file(name), PASSPHRASE, &"0".repeat(64)).unwrap_err().to_string();
        assert!(told.contains(words) && told.contains(way_out), "{name}: {told}");
    }
}

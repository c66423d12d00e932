use super::*;
use crate::pbkdf2::Portable;
use der::{Any, Decode, Encode, asn1::ObjectIdentifier};
use getrandom::{SysRng, rand_core::UnwrapErr};
use spki::AlgorithmIdentifierOwned;

const CIPHERS: [Cipher; 7] = [
    Cipher::Aes128,
    Cipher::Aes192,
    Cipher::Aes256,
    Cipher::TripleDes,
    Cipher::TwoKeyTripleDes,
    Cipher::Rc2,
    Cipher::Rc2With40Bits,
];
const PRFS: [Prf; 5] = [Prf::HmacSha1, Prf::HmacSha224, Prf::HmacSha256, Prf::HmacSha384, Prf::HmacSha512];

fn key(encryption: &Encryption, password: &str) -> CipherKey {
    pollster::block_on(derive_cipher_key(encryption, &Password::new(password), &Portable)).unwrap()
}

fn encryptions(iterations: u32) -> Vec<Encryption> {
    let salt = vec![7; 8];
    let pbes2 = CIPHERS[..4].iter().flat_map(|cipher| PRFS.map(|prf| (*cipher, prf))).map(|(cipher, prf)| {
        let initialization_vector = vec![1; cipher.block_bytes()];
        Encryption::Pbes2 { prf, salt: salt.clone(), iterations, cipher, initialization_vector }
    });
    let pkcs12 = CIPHERS[3..].iter();
    let pkcs12 = pkcs12.map(|cipher| Encryption::Pkcs12 { cipher: *cipher, salt: salt.clone(), iterations });
    pbes2.chain(pkcs12).collect()
}

#[test]
fn what_is_encrypted_decrypts_under_the_same_password_and_read_parameters() {
    for encryption in encryptions(10) {
        let plaintext = b"a secret of a length that needs padding";
        let ciphertext = encryption.encrypt(&key(&encryption, "password"), plaintext).unwrap();
        let read = Encryption::from_identifier(&encryption.identifier().unwrap()).unwrap();
        assert_eq!(read, encryption);
        assert_eq!(read.decrypt(&key(&read, "password"), &ciphertext).unwrap().as_slice(), plaintext);
        let other = read.decrypt(&key(&read, "passwort"), &ciphertext);
        assert_ne!(other.map(|plaintext| plaintext.to_vec()), Ok(plaintext.to_vec()));
    }
}

#[test]
fn too_many_iterations_and_none_are_refused() {
    for (iterations, accepted) in
        [(0, false), (1, true), (MAXIMUM_ITERATIONS, true), (MAXIMUM_ITERATIONS + 1, false)]
    {
        for encryption in encryptions(iterations) {
            let read = Encryption::from_identifier(&encryption.identifier().unwrap()).map(drop);
            let expected = if accepted { Ok(()) } else { Err(EncryptionError::Iterations { iterations }) };
            assert_eq!(read, expected, "{encryption:?}");
        }
    }
}

/// The identifier's DER with a part replaced.
fn changed(encryption: &Encryption, from: &[u8], to: &[u8]) -> AlgorithmIdentifierOwned {
    assert_eq!(from.len(), to.len());
    let mut der = encryption.identifier().unwrap().to_der().unwrap();
    let at = der.windows(from.len()).position(|window| window == from).unwrap();
    der.splice(at..at.saturating_add(from.len()), to.iter().copied());
    AlgorithmIdentifierOwned::from_der(&der).unwrap()
}

#[test]
fn an_algorithm_that_is_not_read_is_named() {
    let ours = Encryption::generate_aes_256(1, &mut UnwrapErr(SysRng));
    let gcm =
        changed(&ours, b"\x60\x86\x48\x01\x65\x03\x04\x01\x2A", b"\x60\x86\x48\x01\x65\x03\x04\x01\x2E");
    let Err(EncryptionError::Unsupported(scheme)) = Encryption::from_identifier(&gcm) else {
        panic!("accepted")
    };
    assert_eq!(scheme.to_string(), "AES-256 in GCM mode");
    let rc4 = AlgorithmIdentifierOwned {
        oid: ObjectIdentifier::new_unwrap("1.2.840.113549.1.12.1.1"),
        parameters: Some(Any::null()),
    };
    let named = Encryption::from_identifier(&rc4).map(drop).unwrap_err();
    assert_eq!(named, EncryptionError::Unsupported(UnsupportedScheme { oid: rc4.oid }));
    let unknown = UnsupportedScheme { oid: ObjectIdentifier::new_unwrap("1.2.3.4") };
    assert_eq!(unknown.to_string(), "the algorithm 1.2.3.4");
    assert_eq!(unknown.oid(), "1.2.3.4");
}

#[test]
fn lengths_that_do_not_fit_the_cipher_are_refused() {
    let ours = Encryption::generate_aes_256(1, &mut UnwrapErr(SysRng));
    // AES as triple DES, whose initialization vector is shorter.
    let mut short_vector = ours.clone();
    let Encryption::Pbes2 { initialization_vector, .. } = &mut short_vector else { panic!("not PBES2") };
    initialization_vector.truncate(8);
    let read = Encryption::from_identifier(&short_vector.identifier().unwrap());
    assert_eq!(read, Err(EncryptionError::Malformed));
    let null_vector = changed(&ours, b"\x04\x10", b"\x05\x10");
    assert_eq!(Encryption::from_identifier(&null_vector), Err(EncryptionError::Malformed));
}

/// RFC 8018 §4.1 wants one of eight bytes; who left it away wrote a file that can be read all the same.
#[test]
fn an_empty_salt_is_read() {
    let mut no_salt = Encryption::generate_aes_256(1, &mut UnwrapErr(SysRng));
    let Encryption::Pbes2 { salt, .. } = &mut no_salt else { panic!("not PBES2") };
    salt.clear();
    let no_pkcs12_salt = Encryption::Pkcs12 { cipher: Cipher::Rc2, salt: Vec::new(), iterations: 1 };
    for encryption in [no_salt, no_pkcs12_salt] {
        let read = Encryption::from_identifier(&encryption.identifier().unwrap()).unwrap();
        let ciphertext = encryption.encrypt(&key(&encryption, ""), b"a secret").unwrap();
        assert_eq!(read.decrypt(&key(&read, ""), &ciphertext).unwrap().as_slice(), b"a secret");
    }
}

#[test]
fn a_hash_function_has_no_parameters() {
    let ours = Encryption::generate_aes_256(1, &mut UnwrapErr(SysRng));
    // The NULL after the last arcs of hmacWithSHA256 becomes an OCTET STRING.
    let with_parameters = changed(&ours, b"\x02\x09\x05\x00", b"\x02\x09\x04\x00");
    assert_eq!(Encryption::from_identifier(&with_parameters), Err(EncryptionError::Malformed));
}

#[test]
fn salts_are_found_with_which_some_programs_lose_a_zero() {
    let password = Password::new("password");
    let loses_a_zero = |salt: &u64| {
        let salt = salt.to_be_bytes().to_vec();
        let encryption = Encryption::Pkcs12 { cipher: Cipher::TripleDes, salt, iterations: 1 };
        let key = pollster::block_on(derive_cipher_key(&encryption, &password, &Portable)).unwrap();
        encryption.loses_a_zero(&key, &password)
    };
    let found: Vec<u64> = (0..1024).filter(loses_a_zero).collect();
    // So says the derivation written down in another language, with and without the zeros.
    assert_eq!(found, [63, 450, 523, 541, 687]);
    // One round makes all of a key for two-key triple DES, and PBKDF2 has none.
    for encryption in encryptions(1).into_iter().filter(|by| by.cipher() != Cipher::TripleDes) {
        assert!(!encryption.loses_a_zero(&key(&encryption, "password"), &password));
    }
}

#[test]
fn the_sum_of_two_numbers_and_one_begins_with_what_is_carried_to_it() {
    for (a, b, expected) in [
        ([0xff, 0xff], [0, 0], true),
        ([0xff, 0xfe], [0, 0], false),
        ([0x7f, 0xff], [0x80, 0], true),
        ([0x80, 0xff], [0x7f, 0xff], true),
        ([0x80, 0], [0x80, 0], true),
        ([0, 0], [0, 0], true),
        ([1, 0], [0, 0], false),
    ] {
        assert_eq!(begins_with_zero(&a, &b), expected, "{a:?} + {b:?} + 1");
    }
}

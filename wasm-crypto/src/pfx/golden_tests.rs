//! The bytes of each preset, as text: what Windows and Apple, which cannot be asked here, were seen to need.

use super::*;
use crate::{
    generate_key_pair,
    password_based_encryption::{Encryption, derive_cipher_key},
    pbkdf2::Portable,
    test_authority::{MAILBOX, certify},
};
use der::{AnyRef, Decode, Reader, SliceReader, Tag, Tagged, asn1::ObjectIdentifier};
use pki::key_policy::KeyAlgorithm;
use rand_core::{TryCryptoRng, TryRng};
use std::{convert::Infallible, fmt::Write};

const PASSWORD: &str = "correct horse battery staple";

/// The same numbers each time, so that the file is the same each time.
struct Fixed(u8);

impl TryRng for Fixed {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        let mut bytes = [0; 4];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u32::from_le_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let mut bytes = [0; 8];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u64::from_le_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        for byte in bytes {
            self.0 = self.0.wrapping_add(1);
            *byte = self.0;
        }
        Ok(())
    }
}

impl TryCryptoRng for Fixed {}

fn written(preset: Preset) -> Vec<u8> {
    let random = &mut Fixed(0);
    let mut generate = || generate_key_pair(KeyAlgorithm::EcP256, random, &mut |_| ()).unwrap();
    let [key, root, issuing] = [generate(), generate(), generate()];
    let chain = certify(&key.public_key().unwrap(), &root, &issuing);
    let content = PfxContent {
        key: &key,
        leaf_der: &chain.leaf_der,
        chain_der: &chain.chain_der,
        friendly_name: MAILBOX,
    };
    pollster::block_on(write(&content, PASSWORD, preset, &mut Fixed(100), &Portable)).unwrap()
}

/// Each element on a line of its own. Of long strings the length; what is encrypted is shown decrypted below its
/// algorithm.
fn dump(der: &[u8]) -> String {
    let mut text = String::new();
    let mut encryption = None;
    dump_elements(der, 0, &mut encryption, &mut text);
    text
}

fn dump_elements(der: &[u8], depth: usize, encryption: &mut Option<Encryption>, text: &mut String) {
    let mut reader = SliceReader::new(der).unwrap();
    while !reader.is_finished() {
        let any: AnyRef<'_> = reader.decode().unwrap();
        let indent = "  ".repeat(depth);
        let inner = depth.saturating_add(1);
        match any.tag() {
            Tag::ObjectIdentifier => {
                let oid: ObjectIdentifier = any.decode_as().unwrap();
                writeln!(text, "{indent}OID {oid}").unwrap();
            }
            Tag::Sequence | Tag::Set | Tag::ContextSpecific { constructed: true, .. } => {
                let whole = Encode::to_der(&any).unwrap();
                let algorithm = spki::AlgorithmIdentifierOwned::from_der(&whole).ok();
                let found = algorithm.and_then(|algorithm| Encryption::from_identifier(&algorithm).ok());
                writeln!(text, "{indent}{}", any.tag()).unwrap();
                dump_elements(any.value(), inner, &mut None, text);
                *encryption = found.or_else(|| encryption.take());
            }
            tag => match encryption.take() {
                Some(encryption) => dump_decrypted(&encryption, any.value(), &indent, inner, text),
                // A string around elements: the list of safes, a safe.
                None if tag == Tag::OctetString && is_sequence(any.value()) => {
                    writeln!(text, "{indent}{tag} around").unwrap();
                    dump_elements(any.value(), inner, &mut None, text);
                }
                None => writeln!(text, "{indent}{tag} {}", value(any.value())).unwrap(),
            },
        }
    }
}

fn dump_decrypted(encryption: &Encryption, ciphertext: &[u8], indent: &str, depth: usize, text: &mut String) {
    let password = Password::new(PASSWORD);
    let key = pollster::block_on(derive_cipher_key(encryption, &password, &Portable)).unwrap();
    let plaintext = encryption.decrypt(&key, ciphertext).unwrap();
    writeln!(text, "{indent}encrypted, {} bytes", ciphertext.len()).unwrap();
    dump_elements(&plaintext, depth, &mut None, text);
}

/// Not a certificate or a key, whose insides are no matter of the PFX.
fn is_sequence(bytes: &[u8]) -> bool {
    let first = |der: &[u8]| AnyRef::from_der(der).ok().map(|any| (any.tag(), any.value().to_vec()));
    let Some((Tag::Sequence, inside)) = first(bytes) else { return false };
    let Ok(mut reader) = SliceReader::new(&inside) else { return false };
    let Ok(inner) = reader.decode::<AnyRef<'_>>() else { return false };
    let Ok(mut reader) = SliceReader::new(inner.value()) else { return false };
    inner.tag() == Tag::Sequence && reader.decode::<ObjectIdentifier>().is_ok()
}

fn value(bytes: &[u8]) -> String {
    if bytes.len() > 64 {
        return format!("of {} bytes", bytes.len());
    }
    bytes.iter().fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"))
}

#[test]
fn the_bytes_of_each_preset_are_those_that_were_tried_with_the_programs() {
    for (preset, expected) in [
        (Preset::Modern, include_str!("../../../tests/vectors/pfx-structure/modern.txt")),
        (Preset::Compatible, include_str!("../../../tests/vectors/pfx-structure/compatible.txt")),
        (Preset::Pbmac1, include_str!("../../../tests/vectors/pfx-structure/pbmac1.txt")),
    ] {
        let found = dump(&written(preset));
        assert!(found == expected, "{preset:?} is now:\n{found}");
    }
}

use super::*;
use crate::{
    generate_key_pair,
    passphrase::PassphraseProblem,
    password_based_encryption::{Cipher, Encryption, EncryptionError, derive_cipher_key},
    pbkdf2::{Portable, Prf},
    test_authority::{Chain, MAILBOX, certify},
};
use der::Decode;
use getrandom::{SysRng, rand_core::UnwrapErr};
use pkcs12::{
    SafeBag, cms::encrypted_data::EncryptedData, pbe_params::EncryptedPrivateKeyInfo, safe_bag::SafeContents,
};
use pki::key_policy::KeyAlgorithm;
use rand_core::{TryCryptoRng, TryRng};
use spki::AlgorithmIdentifierOwned;
use std::{convert::Infallible, sync::LazyLock};

const PASSWORD: &str = "correct horse battery staple";
const PRESETS: [Preset; 3] = Preset::ALL;

static ROOT: LazyLock<KeyPair> = LazyLock::new(|| generate(KeyAlgorithm::EcP384));
static ISSUING: LazyLock<KeyPair> = LazyLock::new(|| generate(KeyAlgorithm::EcP256));

fn generate(algorithm: KeyAlgorithm) -> KeyPair {
    generate_key_pair(algorithm, &mut UnwrapErr(SysRng), &mut |_| ()).unwrap()
}

fn write(content: &PfxContent<'_>, password: &str, preset: Preset) -> Result<Vec<u8>, PfxError> {
    pollster::block_on(super::write(content, password, preset, &mut UnwrapErr(SysRng), &Portable))
}

fn open(pfx: &[u8], password: &str) -> Result<OpenedPfx, OpenPfxError> {
    pollster::block_on(super::open(pfx, password, &Portable))
}

/// A key and its certificates.
struct Entry {
    key: KeyPair,
    chain: Chain,
}

impl Entry {
    fn new(algorithm: KeyAlgorithm) -> Self {
        let key = generate(algorithm);
        let chain = certify(&key.public_key().unwrap(), &*ROOT, &*ISSUING);
        Self { key, chain }
    }

    fn content(&self) -> PfxContent<'_> {
        PfxContent {
            key: &self.key,
            leaf_der: &self.chain.leaf_der,
            chain_der: &self.chain.chain_der,
            friendly_name: MAILBOX,
        }
    }

    fn write(&self, preset: Preset) -> Vec<u8> {
        write(&self.content(), PASSWORD, preset).unwrap()
    }

    /// With one iteration, so that thousands of files can be tried.
    fn write_quickly(&self, preset: Preset) -> Vec<u8> {
        let content = self.content();
        let random = &mut UnwrapErr(SysRng);
        let password = &Password::new(PASSWORD);
        pollster::block_on(write_with_iterations(&content, password, preset, 1, random, &Portable)).unwrap()
    }
}

#[test]
fn a_pfx_opens_with_the_key_the_certificate_and_the_whole_chain() {
    for algorithm in [KeyAlgorithm::Rsa2048, KeyAlgorithm::EcP256, KeyAlgorithm::EcP384] {
        let entry = Entry::new(algorithm);
        for preset in PRESETS {
            let opened = open(&entry.write(preset), PASSWORD).unwrap();
            assert_eq!(opened.key.spki_der(), entry.key.spki_der());
            assert_eq!(opened.leaf_der, entry.chain.leaf_der);
            assert_eq!(opened.chain_der, entry.chain.chain_der);
            assert_eq!(opened.friendly_name, MAILBOX);
        }
    }
}

#[test]
fn any_other_password_is_refused() {
    let entry = Entry::new(KeyAlgorithm::EcP256);
    for preset in PRESETS {
        let pfx = entry.write_quickly(preset);
        for attempt in 0..500 {
            let refused = open(&pfx, &format!("{PASSWORD}{attempt}"));
            assert_eq!(refused.err(), Some(OpenPfxError::WrongPassword));
        }
        assert_eq!(open(&pfx, "zażółć gęślą").err(), Some(OpenPfxError::WrongPassword));
        assert_eq!(open(&pfx, "").err(), Some(OpenPfxError::WrongPassword));
    }
}

#[test]
fn a_pfx_without_a_password_opens_with_the_empty_one_and_no_other() {
    let entry = Entry::new(KeyAlgorithm::EcP256);
    let (random, absent) = (&mut UnwrapErr(SysRng), &Password::absent());
    let content = entry.content();
    for preset in PRESETS {
        let pfx = write_with_iterations(&content, absent, preset, 1, random, &Portable);
        let pfx = pollster::block_on(pfx).unwrap();
        assert!(open(&pfx, "").is_ok());
        assert_eq!(open(&pfx, PASSWORD).err(), Some(OpenPfxError::WrongPassword));
    }
}

/// Every bit of the frame: the head, and the MAC with its parameters at the end. Of what the MAC covers one bit of each byte,
/// as it is one digest that tells them all.
fn flips(length: usize) -> impl Iterator<Item = (usize, usize)> {
    let covered = 64..length.saturating_sub(192);
    let all = (0..length).flat_map(|index| (0..8).map(move |bit| (index, bit)));
    all.filter(move |(index, bit)| !covered.contains(index) || *bit == index % 8)
}

#[test]
fn a_modern_pfx_with_any_bit_flipped_is_refused() {
    each_flipped_bit_is_refused(Preset::Modern);
}

#[test]
fn a_compatible_pfx_with_any_bit_flipped_is_refused() {
    each_flipped_bit_is_refused(Preset::Compatible);
}

#[test]
fn a_pfx_of_pbmac1_with_any_bit_flipped_is_refused() {
    each_flipped_bit_is_refused(Preset::Pbmac1);
}

fn each_flipped_bit_is_refused(preset: Preset) {
    let mut pfx = Entry::new(KeyAlgorithm::EcP256).write_quickly(preset);
    // What PBMAC1 leaves unused stands at the end: RFC 9879 §3.
    let used = pfx.windows(8).position(|window| window == b"NOT USED").unwrap_or(pfx.len());
    for (index, bit) in flips(used) {
        pfx[index] ^= 1 << bit;
        assert!(open(&pfx, PASSWORD).is_err(), "{preset:?}: bit {bit} of byte {index}");
        pfx[index] ^= 1 << bit;
    }
    open(&pfx, PASSWORD).unwrap();
}

#[test]
fn a_pfx_that_is_cut_off_or_goes_on_is_refused() {
    let mut pfx = Entry::new(KeyAlgorithm::EcP256).write_quickly(Preset::Modern);
    for length in 0..pfx.len() {
        let expected = match length {
            0 => OpenPfxError::NotAPfx(NotAPfx::Empty),
            1..8 => OpenPfxError::NotAPfx(NotAPfx::Unknown),
            _ => OpenPfxError::CutOff,
        };
        assert_eq!(open(&pfx[..length], PASSWORD).err(), Some(expected), "{length} bytes");
    }
    pfx.push(0);
    assert_eq!(open(&pfx, PASSWORD).err(), Some(OpenPfxError::Damaged { part: Part::End }));
}

#[test]
fn a_certificate_for_another_key_is_refused() {
    let (entry, other) = (Entry::new(KeyAlgorithm::EcP256), Entry::new(KeyAlgorithm::EcP256));
    let content = PfxContent { leaf_der: &other.chain.leaf_der, ..entry.content() };
    let refused = write(&content, PASSWORD, Preset::Modern);
    assert!(matches!(refused, Err(PfxError::OtherKey)));
}

#[test]
fn a_chain_in_the_wrong_order_is_refused() {
    let entry = Entry::new(KeyAlgorithm::EcP256);
    let reversed: Vec<_> = entry.chain.chain_der.iter().rev().cloned().collect();
    let content = PfxContent { chain_der: &reversed, ..entry.content() };
    let refused = write(&content, PASSWORD, Preset::Modern);
    assert!(matches!(refused, Err(PfxError::BrokenChain)));
}

#[test]
fn a_certificate_that_is_none_is_refused() {
    let entry = Entry::new(KeyAlgorithm::EcP256);
    let no_leaf = PfxContent { leaf_der: b"no certificate", ..entry.content() };
    let no_chain = [b"no certificate".to_vec()];
    let no_chain = PfxContent { chain_der: &no_chain, ..entry.content() };
    for content in [no_leaf, no_chain] {
        let refused = write(&content, PASSWORD, Preset::Modern);
        assert!(matches!(refused, Err(PfxError::Certificate { .. })));
    }
}

#[test]
fn a_pfx_opens_under_a_password_of_any_alphabet_and_not_under_another_spelling_of_it() {
    let entry = Entry::new(KeyAlgorithm::EcP256);
    for preset in PRESETS {
        for (password, other) in [
            ("Za\u{17C}ółć-Ωпароль", "Zaz\u{307}ółć-Ωпароль"),
            ("lantern 🦊 river 🔑", "lantern 🦊 river 🔒"),
        ] {
            let pfx = write(&entry.content(), password, preset).unwrap();
            assert_eq!(open(&pfx, password).unwrap().key.spki_der(), entry.key.spki_der(), "{password}");
            assert_eq!(open(&pfx, other).err(), Some(OpenPfxError::WrongPassword), "{other}");
        }
    }
}

#[test]
fn a_password_with_a_control_character_is_refused_with_the_reason() {
    let entry = Entry::new(KeyAlgorithm::EcP256);
    let refused = write(&entry.content(), "a line\nand another", Preset::Modern);
    let Err(PfxError::Password(problem)) = refused else { panic!("{refused:?}") };
    assert_eq!(problem, PassphraseProblem::ControlCharacter);
}

/// The parts of a PFX that tests look at, one layer after the other.
struct Dissected {
    pfx: Pfx,
    certificates: EncryptedData,
    certificate_bags: SafeContents,
    key_bags: SafeContents,
}

fn dissect(bytes: &[u8]) -> Dissected {
    let pfx = Pfx::from_der(bytes).unwrap();
    let octets = |info: &ContentInfo| info.content.decode_as::<OctetString>().unwrap();
    let safes = AuthenticatedSafe::from_der(octets(&pfx.auth_safe).as_bytes()).unwrap();
    let [certificates, key] = <[ContentInfo; 2]>::try_from(safes).unwrap();
    let certificates: EncryptedData = certificates.content.decode_as().unwrap();
    let info = &certificates.enc_content_info;
    let ciphertext = info.encrypted_content.as_ref().unwrap().as_bytes();
    let encryption = Encryption::from_identifier(&info.content_enc_alg).unwrap();
    let password = Password::new(PASSWORD);
    let keys = derive_cipher_key(&encryption, &password, &Portable);
    let key_of_certificates = pollster::block_on(keys).unwrap();
    let plaintext = encryption.decrypt(&key_of_certificates, ciphertext);
    let certificate_bags = SafeContents::from_der(&plaintext.unwrap()).unwrap();
    let key_bags = SafeContents::from_der(octets(&key).as_bytes()).unwrap();
    Dissected { pfx, certificates, certificate_bags, key_bags }
}

fn key_encryption(bag: &SafeBag) -> AlgorithmIdentifierOwned {
    let value =
        der::asn1::ContextSpecific::<EncryptedPrivateKeyInfo>::from_der(&bag.bag_value).unwrap().value;
    value.encryption_algorithm
}

/// As text: identifiers and lengths of what importers look at.
fn describe(bytes: &[u8]) -> String {
    let Dissected { pfx, certificates, certificate_bags, key_bags } = dissect(bytes);
    let encryption = |identifier: &AlgorithmIdentifierOwned| {
        let encryption = Encryption::from_identifier(identifier).unwrap();
        format!("{} salt {} x{}", identifier.oid, encryption.salt().len(), encryption.iterations())
    };
    let bag = |bag: &SafeBag| {
        let attributes = bag.bag_attributes.iter().flat_map(|attributes| attributes.iter());
        let attributes: Vec<_> = attributes.map(|attribute| attribute.oid.to_string()).collect();
        format!("{} [{}]", bag.bag_id, attributes.join(" "))
    };
    let mac = pfx.mac_data.unwrap();
    let mut lines = vec![
        format!("version {:?}", pfx.version),
        format!("certificates {}", encryption(&certificates.enc_content_info.content_enc_alg)),
    ];
    lines.extend(certificate_bags.iter().map(bag));
    lines.push(format!("key {}", encryption(&key_encryption(&key_bags[0]))));
    lines.extend(key_bags.iter().map(bag));
    let (digest, salt) = (mac.mac.digest.as_bytes().len(), mac.mac_salt.as_bytes().len());
    lines.push(format!("mac {} digest {digest} salt {salt} x{}", mac.mac.algorithm.oid, mac.iterations));
    lines.join("\n")
}

/// The order of the attributes is that of DER: by the first byte that differs, here the length.
const MODERN: &str = "\
version V3
certificates 1.2.840.113549.1.5.13 salt 16 x100000
1.2.840.113549.1.12.10.1.3 [1.2.840.113549.1.9.21 1.2.840.113549.1.9.20]
1.2.840.113549.1.12.10.1.3 []
1.2.840.113549.1.12.10.1.3 []
key 1.2.840.113549.1.5.13 salt 16 x100000
1.2.840.113549.1.12.10.1.2 [1.2.840.113549.1.9.21 1.2.840.113549.1.9.20]
mac 2.16.840.1.101.3.4.2.1 digest 32 salt 8 x100000";

/// The salt and the iterations of the field that PBMAC1 leaves unused.
const PBMAC1: &str = "\
version V3
certificates 1.2.840.113549.1.5.13 salt 16 x100000
1.2.840.113549.1.12.10.1.3 [1.2.840.113549.1.9.21 1.2.840.113549.1.9.20]
1.2.840.113549.1.12.10.1.3 []
1.2.840.113549.1.12.10.1.3 []
key 1.2.840.113549.1.5.13 salt 16 x100000
1.2.840.113549.1.12.10.1.2 [1.2.840.113549.1.9.21 1.2.840.113549.1.9.20]
mac 1.2.840.113549.1.5.14 digest 32 salt 8 x1";

const COMPATIBLE: &str = "\
version V3
certificates 1.2.840.113549.1.12.1.3 salt 8 x100000
1.2.840.113549.1.12.10.1.3 [1.2.840.113549.1.9.21 1.2.840.113549.1.9.20]
1.2.840.113549.1.12.10.1.3 []
1.2.840.113549.1.12.10.1.3 []
key 1.2.840.113549.1.12.1.3 salt 8 x100000
1.2.840.113549.1.12.10.1.2 [1.2.840.113549.1.9.21 1.2.840.113549.1.9.20]
mac 1.3.14.3.2.26 digest 20 salt 8 x100000";

#[test]
fn the_structure_of_each_preset_is_the_one_that_importers_were_tried_with() {
    let entry = Entry::new(KeyAlgorithm::EcP256);
    assert_eq!(describe(&entry.write(Preset::Modern)), MODERN);
    assert_eq!(describe(&entry.write(Preset::Compatible)), COMPATIBLE);
    assert_eq!(describe(&entry.write(Preset::Pbmac1)), PBMAC1);
}

#[test]
fn the_algorithms_of_a_modern_pfx_are_encoded_as_openssl_encodes_them() {
    let pfx = Entry::new(KeyAlgorithm::EcP256).write(Preset::Modern);
    let identifier = dissect(&pfx).certificates.enc_content_info.content_enc_alg.to_der().unwrap();
    let Encryption::Pbes2 { salt, initialization_vector, .. } =
        Encryption::from_identifier(&AlgorithmIdentifierOwned::from_der(&identifier).unwrap()).unwrap()
    else {
        panic!("not PBES2");
    };
    // PBES2 { PBKDF2 { salt, 100000, hmacWithSHA256 NULL }, aes256-CBC { iv } }
    let expected = [
        b"\x30\x60\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x05\x0D\x30\x53\x30\x32".as_slice(),
        b"\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x05\x0C\x30\x25\x04\x10".as_slice(),
        salt.as_slice(),
        b"\x02\x03\x01\x86\xA0\x30\x0C\x06\x08\x2A\x86\x48\x86\xF7\x0D\x02\x09\x05\x00".as_slice(),
        b"\x30\x1D\x06\x09\x60\x86\x48\x01\x65\x03\x04\x01\x2A\x04\x10".as_slice(),
        initialization_vector.as_slice(),
    ];
    assert_eq!(identifier, expected.concat());
}

#[test]
fn no_salt_is_used_twice() {
    let entry = Entry::new(KeyAlgorithm::EcP256);
    for preset in PRESETS {
        let files = [entry.write_quickly(preset), entry.write_quickly(preset)];
        let mut salts: Vec<Vec<u8>> = Vec::new();
        for file in &files {
            let Dissected { pfx, certificates, key_bags, .. } = dissect(file);
            let identifiers = [certificates.enc_content_info.content_enc_alg, key_encryption(&key_bags[0])];
            for identifier in identifiers {
                salts.push(Encryption::from_identifier(&identifier).unwrap().salt().to_vec());
            }
            let mac = pfx.mac_data.unwrap();
            let mac = Mac::from_parts(&mac.mac.algorithm, mac.mac_salt.as_bytes(), 1).unwrap();
            salts.push(mac.salt().to_vec());
        }
        salts.sort();
        salts.dedup();
        assert_eq!(salts.len(), 6);
    }
}

#[test]
fn a_file_that_asks_for_too_much_is_refused_before_any_work() {
    let entry = Entry::new(KeyAlgorithm::EcP256);
    let pfx = entry.write(Preset::Modern);
    // 100,000 as it stands in the file, three times; 8,388,607 is as long.
    let iterations = b"\x02\x03\x01\x86\xA0";
    let places: Vec<_> = (0..pfx.len())
        .filter(|place| pfx.get(*place..).is_some_and(|rest| rest.starts_with(iterations)))
        .collect();
    assert_eq!(places.len(), 3);
    for place in places {
        let mut forged = pfx.clone();
        forged.splice(place..place + iterations.len(), *b"\x02\x03\x7F\xFF\xFF");
        let expected = OpenPfxError::TooManyIterations { iterations: 8_388_607, limit: 5_000_000 };
        assert_eq!(open(&forged, PASSWORD).err(), Some(expected), "byte {place}");
    }
    let (limit, not_a_pfx) = (2_097_152, Some(OpenPfxError::NotAPfx(NotAPfx::Unknown)));
    assert_eq!(open(&vec![0; limit], PASSWORD).err(), not_a_pfx);
    let bytes = limit + 1;
    assert_eq!(open(&vec![0; bytes], PASSWORD).err(), Some(OpenPfxError::TooLarge { bytes, limit }));
}

#[test]
fn more_parts_than_any_truststore_has_are_refused() {
    let bag = b"\x30\x11\x06\x0B\x2A\x86\x48\x86\xF7\x0D\x01\x0C\x0A\x01\x05\xA0\x02\x05\x00";
    let sequence = |bags: usize| {
        let bags = bag.repeat(bags);
        let length = u16::try_from(bags.len()).unwrap().to_be_bytes();
        [b"\x30\x82".as_slice(), &length, &bags].concat()
    };
    let refused = structure::bags(&sequence(1001)).err();
    assert_eq!(refused, Some(OpenPfxError::TooManyParts { limit: 1000 }));
    assert_ne!(structure::bags(&sequence(1000)).err(), refused);
}

#[test]
fn a_file_with_more_iterations_than_windows_does_is_said_to_be_refused_there() {
    let entry = Entry::new(KeyAlgorithm::EcP256);
    for (iterations, in_windows) in [(600_000, true), (600_001, false)] {
        let random = &mut UnwrapErr(SysRng);
        let mut structure = structure::Structure::from_bytes(&entry.write_quickly(Preset::Modern)).unwrap();
        structure.mac = Some(Ok(Mac::generate(Preset::Modern, iterations, random)));
        let refused = structure.describe().refused_by.iter().any(|refusal| refusal.program == "Windows");
        assert_eq!(refused, !in_windows, "{iterations}");
    }
}

#[test]
fn a_mac_with_unknown_parameters_makes_no_sense() {
    let sha_256 = Prf::HmacSha256.digest_oid();
    let algorithm = |parameters| AlgorithmIdentifierOwned { oid: sha_256, parameters };
    let read = |parameters, salt: &[u8]| Mac::from_parts(&algorithm(parameters), salt, 1).err();
    assert_eq!(read(Some(Any::null()), b"salt"), None);
    assert_eq!(read(None, b"salt"), None);
    assert_eq!(read(Some(Any::null()), b""), None);
    let one = Any::encode_from(&1_u8).unwrap();
    assert_eq!(read(Some(one), b"salt"), Some(EncryptionError::Malformed));
}

#[test]
fn a_file_with_anything_else_inside_than_was_put_in_is_noticed() {
    let (entry, other) = (Entry::new(KeyAlgorithm::EcP256), Entry::new(KeyAlgorithm::EcP256));
    let opened = open(&entry.write_quickly(Preset::Modern), PASSWORD).unwrap();
    let content = || entry.content();
    assert!(opened.holds(&content()));
    for changed in [
        PfxContent { key: &other.key, ..content() },
        PfxContent { leaf_der: &other.chain.leaf_der, ..content() },
        PfxContent { chain_der: &[], ..content() },
        PfxContent { friendly_name: "another@example.com", ..content() },
    ] {
        assert!(!opened.holds(&changed), "{changed:?}");
    }
}

#[test]
fn a_file_whose_lengths_take_more_bytes_than_they_need_is_read_too() {
    let pfx = Entry::new(KeyAlgorithm::EcP256).write_quickly(Preset::Modern);
    let [0x30, 0x82, high, low, inside @ ..] = pfx.as_slice() else { unreachable!("a sequence") };
    for length in [&[0x83, 0, *high, *low][..], &[0x84, 0, 0, *high, *low]] {
        let longer = [&[0x30], length, inside].concat();
        assert_eq!(open(&longer, PASSWORD).map(|opened| opened.friendly_name), Ok(MAILBOX.to_owned()));
    }
}

/// Random numbers that begin with the given bytes.
struct After(std::vec::IntoIter<u8>, UnwrapErr<SysRng>);

impl TryRng for After {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        self.1.try_next_u32()
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        self.1.try_next_u64()
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        self.1.try_fill_bytes(bytes)?;
        bytes.iter_mut().zip(self.0.by_ref()).for_each(|(byte, given)| *byte = given);
        Ok(())
    }
}

impl TryCryptoRng for After {}

#[test]
fn a_salt_with_which_gpgsm_finds_another_key_is_not_taken() {
    let (password, iterations) = (Password::new("Größe äöü, Übermaß"), 100_000);
    // Of files that gpgsm 2.2 did not open, as if the password were wrong, and of one that it did.
    let [bad, other_bad, good, other_good] = [
        *b"\x4A\x86\x5B\xD4\xA6\x34\xEE\xA0",
        *b"\x66\xA7\x8F\x94\x8D\x04\x56\x3B",
        *b"\x4D\x9E\x21\xA9\x87\x64\x28\xAA",
        *b"\xEE\x65\x53\x39\x58\x85\xC2\x44",
    ];
    for (salt, loses_a_zero) in [(bad, true), (other_bad, true), (good, false), (other_good, false)] {
        let encryption = Encryption::Pkcs12 { cipher: Cipher::TripleDes, salt: salt.to_vec(), iterations };
        let key = pollster::block_on(derive_cipher_key(&encryption, &password, &Portable)).unwrap();
        assert_eq!(encryption.loses_a_zero(&key, &password), loses_a_zero, "{salt:?}");
    }

    let entry = Entry::new(KeyAlgorithm::EcP256);
    for (salt, is_taken) in [(bad, false), (good, true)] {
        let random = &mut After([salt, other_good].concat().into_iter(), UnwrapErr(SysRng));
        let (content, preset) = (entry.content(), Preset::Compatible);
        let written = write_with_iterations(&content, &password, preset, iterations, random, &Portable);
        let pfx = pollster::block_on(written).unwrap();
        assert_eq!(pfx.windows(salt.len()).any(|bytes| bytes == salt), is_taken, "{salt:?}");
    }
}

//! PFX files that were once answered badly, one test for each kind: `tests/vectors/pfx`.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by it; clippy knows only #[test]")]

use base64::{Engine, engine::general_purpose::STANDARD};
use getrandom::{SysRng, rand_core::UnwrapErr};
use pki::{certificate::Certificate, key_policy::KeyAlgorithm};
use pollster::block_on;
use std::{
    fs,
    path::Path,
    time::{Duration, Instant},
};
use wasm_crypto::{
    pbkdf2::Portable,
    pfx::{
        self, CertificatePath, Effort, Entry, Examined, Finding, OpenPfxError, Opening, Passwords, Preset,
        Protected, Unread, UnreadPart,
    },
};

/// Of all files, but for those of [`password_of`].
const PASSWORD: &str = "correct horse 1";
const MAC_PASSWORD: &str = "mac password 1";
const KEY_PASSWORD: &str = "key password 1";

/// 2026-12-01.
const NOW: u64 = 1_796_083_200;

/// What a person waits for without a question.
const SOON: Duration = Duration::from_secs(2);

fn file(name: &str) -> Vec<u8> {
    fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/vectors/pfx").join(name)).unwrap()
}

fn password_of(name: &str) -> &'static str {
    match name {
        "key-with-its-own-password-java-rsa.p12"
        | "java-pbes1-md5-des.p12"
        | "java-rc4-128.p12"
        | "gnutls-rc4-128.p12" => "correcthorse1",
        "published-key.p12" => "password",
        _ => PASSWORD,
    }
}

fn opening<'a>(passwords: &[&'a str]) -> Opening<'a> {
    let passwords: Passwords<'a> = passwords.iter().copied().collect();
    Opening { now: Some(NOW), effort: Effort::Brief, ..Opening::new(passwords) }
}

fn examine(bytes: &[u8], passwords: &[&str]) -> Examined {
    block_on(pfx::examine(bytes, opening(passwords), &Portable)).unwrap()
}

fn examine_file(name: &str) -> Examined {
    examine(&file(name), &[password_of(name)])
}

fn open(name: &str, passwords: &[&str]) -> Result<pfx::OpenedPfx, OpenPfxError> {
    block_on(pfx::open(&file(name), opening(passwords), &Portable))
}

fn only_entry(name: &str, examined: Examined) -> Entry {
    let [entry] = <[Entry; 1]>::try_from(examined.contents.entries)
        .unwrap_or_else(|all| panic!("{name}: {} entries, unread {:?}", all.len(), examined.contents.unread));
    entry
}

fn subject(der: &[u8]) -> String {
    let certificate = Certificate::from_der(der).unwrap();
    let named = |(label, value): (String, String)| (label == "Common name").then_some(value);
    certificate.subject_attributes().into_iter().find_map(named).unwrap()
}

/// No signature says that another key than the one above made it.
fn assert_is_signed_up(leaf_der: &[u8], chain_der: &[Vec<u8>], name: &str) {
    use pki::certificate::{IssuerSignature, verify_issuer_signature};
    let mut below = leaf_der;
    for above in chain_der {
        let spki = Certificate::from_der(above).unwrap().public_key().spki_der().to_vec();
        assert_ne!(verify_issuer_signature(below, &spki), IssuerSignature::Invalid, "{name}");
        below = above;
    }
}

fn serial_numbers(certificates: &[Vec<u8>]) -> Vec<String> {
    certificates.iter().map(|der| Certificate::from_der(der).unwrap().serial_number_hex()).collect()
}

#[test]
fn f01_a_chain_holds_the_ca_that_signed() {
    for name in [
        "rekeyed-ca.p12",
        "rekeyed-ca-no-identifiers-openssl.p12",
        "rekeyed-ca-rsa-pss-openssl.p12",
        "rekeyed-ca-issuer-and-serial.p12",
        "rekeyed-root-new-with-old.p12",
    ] {
        let entry = only_entry(name, examine_file(name));
        assert_eq!(entry.chain_der.len(), 2, "{name}");
        assert_is_signed_up(&entry.leaf_der, &entry.chain_der, name);
        // Where the signature is not verified: the CA that did not sign ends before the certificate.
        let ends = |der: &[u8]| Certificate::from_der(der).unwrap().not_after();
        let is_later = ends(&entry.chain_der[0]) >= ends(&entry.leaf_der);
        assert!(is_later || name == "rekeyed-root-new-with-old.p12", "{name}");
    }
    let entry = only_entry("rekeyed-ca.p12", examine_file("rekeyed-ca.p12"));
    assert_eq!(serial_numbers(&entry.chain_der), ["03", "01"]);
}

#[test]
fn f01_a_file_that_is_written_holds_the_ca_that_signed() {
    for name in ["rekeyed-ca.p12", "rekeyed-ca-no-identifiers-openssl.p12"] {
        let Examined { contents, .. } = examine_file(name);
        let others: Vec<Vec<u8>> = contents.certificates_der.clone();
        let [entry] = contents.entries.as_slice() else { panic!("{name}") };
        let all: Vec<Vec<u8>> = others.iter().chain([&entry.leaf_der]).cloned().collect();
        let path = CertificatePath::find(entry.key.spki_der(), &all, Some(NOW)).unwrap();
        assert_eq!((&path.leaf_der, &path.chain_der), (&entry.leaf_der, &entry.chain_der), "{name}");

        // A chain that is added to a file without one.
        let random = &mut UnwrapErr(SysRng);
        let bytes = file(name);
        let opened = open(name, &[PASSWORD]).unwrap();
        let content = pfx::PfxContent {
            key: &opened.key,
            leaf_der: &opened.leaf_der,
            chain_der: &[],
            friendly_name: "anna",
        };
        let bare = block_on(pfx::write(&content, PASSWORD, Preset::Compatible, random, &Portable)).unwrap();
        for (from, added) in [(&bare, others.as_slice()), (&bytes, &[])] {
            let password = opening(&[PASSWORD]);
            let converted =
                pfx::convert(from, password, PASSWORD, Preset::Compatible, added, random, &Portable);
            let converted = block_on(converted).unwrap();
            let after = block_on(pfx::open(&converted, PASSWORD, &Portable)).unwrap();
            assert_eq!(after.chain_der, entry.chain_der, "{name}");
        }

        // The CA of the same name that did not sign is no chain.
        let wrong = others.iter().find(|der| !entry.chain_der.contains(der)).unwrap().clone();
        let content = pfx::PfxContent { chain_der: &[wrong], ..content };
        let refused = block_on(pfx::write(&content, PASSWORD, Preset::Modern, random, &Portable));
        assert!(matches!(refused, Err(pfx::PfxError::BrokenChain)), "{name}: {refused:?}");
    }
}

#[test]
fn f02_of_several_certificates_the_marked_or_the_valid_one_counts() {
    for (name, leaf, others) in [
        ("renewed-openssl.p12", "Anna 2026", 1),
        ("renewed-no-local-key-id.p12", "Anna 2026", 2),
        ("renewed-names-the-old-one.p12", "Anna 2024", 1),
        ("renewed-same-certificate-twice.p12", "Anna 2026", 0),
    ] {
        let examined = examine_file(name);
        let is_told = examined.findings.contains(&Finding::SeveralCertificates);
        let entry = only_entry(name, examined);
        assert_eq!(subject(&entry.leaf_der), leaf, "{name}");
        assert_eq!((entry.other_leaves_der.len(), is_told), (others, others > 0), "{name}");
    }
    let examined = examine_file("renewed.p12");
    assert!(examined.findings.contains(&Finding::SeveralCertificates));
    assert!(!examined.findings.contains(&Finding::NoLocalKeyId));
    let entry = only_entry("renewed.p12", examined);
    assert_eq!(serial_numbers(&[entry.leaf_der]), ["0a"]);
    assert_eq!(serial_numbers(&entry.chain_der), ["03", "01"]);
}

#[test]
fn f02_without_a_clock_the_certificate_that_is_valid_longest_counts() {
    let name = "renewed-no-local-key-id.p12";
    let opened = block_on(pfx::open(&file(name), PASSWORD, &Portable)).unwrap();
    assert_eq!(subject(&opened.leaf_der), "Anna 2028");
    let entry = only_entry(name, examine_file(name));
    let all: Vec<Vec<u8>> = entry.other_leaves_der.iter().chain([&entry.leaf_der]).cloned().collect();
    let found = |now| subject(&CertificatePath::find(entry.key.spki_der(), &all, now).unwrap().leaf_der);
    assert_eq!([found(Some(NOW)), found(None)], ["Anna 2026", "Anna 2028"]);
    // None is valid in 2033: the last one counts.
    assert_eq!(found(Some(2_000_000_000)), "Anna 2028");
}

fn second(protects: Protected) -> OpenPfxError {
    OpenPfxError::SecondPassword { protects }
}

#[test]
fn f03_a_second_password_is_asked_for_by_name() {
    for (name, first, missing) in [
        ("two-passwords-mac-and-contents.p12", MAC_PASSWORD, Protected::Contents),
        ("two-passwords-mac-and-contents.p12", PASSWORD, Protected::IntegrityCheck),
        ("two-passwords-openssl-twopass.p12", MAC_PASSWORD, Protected::Contents),
        ("two-passwords-openssl-twopass.p12", PASSWORD, Protected::IntegrityCheck),
        ("two-passwords-without-mac.p12", PASSWORD, Protected::Contents),
        ("three-passwords.p12", PASSWORD, Protected::Contents),
        ("key-with-its-own-password.p12", PASSWORD, Protected::Key),
        ("key-with-its-own-password-java.p12", PASSWORD, Protected::Key),
        ("key-with-its-own-password-java-rsa.p12", "correcthorse1", Protected::Key),
    ] {
        assert_eq!(open(name, &[first]).err(), Some(second(missing)), "{name}");
        let unread = examine(&file(name), &[first]).contents.unread;
        assert!(unread.iter().all(|unread| unread.reason == second(missing)), "{name}: {unread:?}");
        let words = second(missing).to_string();
        assert!(words.contains("second password") && !words.contains("damaged"), "{words}");
        assert_eq!(open(name, &["another"]).err(), Some(OpenPfxError::WrongPassword), "{name}");
    }
}

#[test]
fn f03_all_passwords_together_open_the_file_in_any_order() {
    for (name, passwords) in [
        ("two-passwords-mac-and-contents.p12", &[PASSWORD, MAC_PASSWORD][..]),
        ("two-passwords-openssl-twopass.p12", &[PASSWORD, MAC_PASSWORD]),
        ("two-passwords-without-mac.p12", &[PASSWORD, MAC_PASSWORD]),
        ("three-passwords.p12", &[PASSWORD, MAC_PASSWORD, KEY_PASSWORD]),
        ("key-with-its-own-password-java.p12", &[PASSWORD, KEY_PASSWORD]),
    ] {
        let backwards: Vec<&str> = passwords.iter().rev().copied().collect();
        for passwords in [passwords, &backwards] {
            let opened = open(name, passwords);
            assert!(opened.is_ok(), "{name}: {:?}", opened.err());
            assert!(examine(&file(name), passwords).contents.unread.is_empty(), "{name}");
        }
    }
}

#[test]
fn f03_what_opens_is_shown_beside_what_does_not() {
    let contents = examine_file("two-keys-two-passwords.p12").contents;
    assert_eq!(contents.entries.len(), 1);
    let reason = second(Protected::Key);
    let closed = Unread { part: UnreadPart::Key, friendly_name: "second".to_owned(), reason };
    assert_eq!(contents.unread, [closed]);
    let contents = examine_file("key-with-its-own-password-java.p12").contents;
    assert_eq!(contents.certificates_der.len(), 1);
}

#[test]
fn f07_what_is_not_read_is_named_with_who_reads_it() {
    for (name, scheme, reader) in [
        ("java-pbes1-md5-des.p12", "PBES1 with MD5 and DES", Some("Java")),
        ("java-rc4-128.p12", "RC4 with 128 bits", Some("GnuTLS")),
        ("gnutls-rc4-128.p12", "RC4 with 128 bits", Some("GnuTLS")),
        ("openssl-aria.p12", "ARIA-256", Some("OpenSSL 3")),
        ("openssl-pbes1-sha-1-des.p12", "PBES1 with SHA-1 and DES", Some("`-legacy`")),
        ("openssl-mac-ripemd-160.p12", "RIPEMD-160", Some("pyca")),
        ("key-length-of-2-gib.p12", "parameters that make no sense", None),
        ("key-length-of-two-bytes.p12", "parameters that make no sense", None),
        ("pbmac1-key-length-of-2-gib.p12", "parameters that make no sense", None),
    ] {
        let description = pfx::describe(&file(name)).unwrap();
        let not_read = description.not_read.first().unwrap_or_else(|| panic!("{name} is read"));
        assert_eq!(not_read.scheme, scheme, "{name}");
        let is_read_by = |word: &str| not_read.read_by.is_some_and(|programs| programs.contains(word));
        assert!(reader.map_or_else(|| not_read.read_by.is_none(), is_read_by), "{name}: {not_read:?}");
        let began = now();
        let refused = open(name, &[password_of(name)]).err().unwrap();
        assert!(began.elapsed() < SOON, "{name}");
        let is_named = matches!(refused, OpenPfxError::Unsupported(_));
        assert_eq!(is_named, reader.is_some(), "{name}: {refused}");
        if is_named {
            assert!(refused.to_string().contains(scheme), "{name}: {refused}");
        }
    }
}

#[test]
fn f09_a_refused_key_is_listed_with_its_kind_and_the_reason() {
    for (name, words, entries) in [
        ("published-key.p12", "was published", 0),
        ("dsa-key.p12", "DSA", 0),
        ("rsa-1024-key.p12", "1024 bits", 0),
        ("openssl-rsa-1024.p12", "1024 bits", 0),
        ("openssl-secp256k1.p12", "secp256k1", 0),
        ("secp256k1-beside-p-256.p12", "secp256k1", 1),
        ("brainpool-beside-p-256.p12", "brainpoolP256r1", 1),
    ] {
        let password = match name {
            "openssl-secp256k1.p12" => "correct horse battery staple",
            _ => password_of(name),
        };
        let contents = examine(&file(name), &[password]).contents;
        let [unread] = contents.unread.as_slice() else { panic!("{name}: {:?}", contents.unread) };
        assert_eq!(unread.part, UnreadPart::Key, "{name}");
        assert!(unread.reason.to_string().contains(words), "{name}: {}", unread.reason);
        assert_eq!(contents.entries.len(), entries, "{name}");
        match open(name, &[password]) {
            Ok(opened) => assert_eq!(opened.key.algorithm(), KeyAlgorithm::EcP256, "{name}"),
            Err(error) => assert_eq!((error, entries), (unread.reason, 0), "{name}"),
        }
    }
}

#[test]
fn f21_an_identifier_of_more_than_32_bits_damages_nothing_else() {
    for (name, unread) in [
        ("uuid-bag.p12", 0),
        ("uuid-attribute.p12", 0),
        ("uuid-certificate-type.p12", 0),
        ("uuid-safe.p12", 1),
    ] {
        let examined = examine_file(name);
        assert_eq!(examined.contents.unread.len(), unread, "{name}");
        only_entry(name, examined);
        assert!(open(name, &[PASSWORD]).is_ok(), "{name}");
    }
}

#[test]
fn f30_safe_contents_inside_safe_contents_are_read() {
    for name in ["nested.p12", "nested-twice.p12", "nested-in-encrypted-safe.p12", "nested-ber.p12"] {
        only_entry(name, examine_file(name));
        assert!(open(name, &[PASSWORD]).is_ok(), "{name}");
    }
}

#[test]
fn f31_a_name_in_another_string_is_read_or_left_away() {
    for (file_name, name) in [
        ("name-utf-8-string.p12", "anna@example.com"),
        ("name-printable-string.p12", "anna example"),
        ("name-ia5-string.p12", "anna@example.com"),
        ("name-teletex-string.p12", "Größe"),
        ("name-octet-string.p12", ""),
        ("name-ends-with-zero.p12", "anna"),
    ] {
        assert_eq!(only_entry(file_name, examine_file(file_name)).friendly_name, name, "{file_name}");
    }
}

#[test]
fn f32_what_takes_long_is_asked_about_before_it_begins() {
    let bytes = file("four-times-5000000-iterations.p12");
    assert_eq!(pfx::describe(&bytes).unwrap().estimated_seconds, 41);
    let began = now();
    let refused = block_on(pfx::examine(&bytes, opening(&[PASSWORD]), &Portable)).err();
    assert_eq!(refused, Some(OpenPfxError::TakesLong { seconds: 40 }));
    assert!(began.elapsed() < SOON);
}

#[test]
fn f32_what_nobody_waits_for_is_refused_also_after_a_yes() {
    let slow = encrypted_key_bag();
    let bytes = pfx_of(&slow.repeat(13));
    let patient = Opening { effort: Effort::Extended, ..opening(&[PASSWORD]) };
    let refused = block_on(pfx::examine(&bytes, patient, &Portable)).err();
    assert_eq!(refused, Some(OpenPfxError::TooMuchWork { seconds: 130, limit: 120 }));
}

#[test]
fn f32_a_crowd_of_keys_is_listed_soon_and_tested_when_it_is_used() {
    let rsa_4096 = key_bag(&rsa_pkcs8(include_bytes!("../../pki/tests/keys/rsa-4096.der")));
    let rsa_2048 = key_bag(&rsa_pkcs8(include_bytes!("../../pki/tests/keys/rsa-2048.der")));
    let p_256 = key_bag(&pem_der("rekeyed-ca-key.pem"));
    for (name, bag, count) in
        [("RSA 4096", &rsa_4096, 800), ("RSA 2048", &rsa_2048, 990), ("P-256", &p_256, 990)]
    {
        let bytes = pfx_of(&bag.repeat(count));
        let began = now();
        let contents = examine(&bytes, &[""]).contents;
        assert!(began.elapsed() < SOON, "{name}: {:?}", began.elapsed());
        let keys = contents.keys_without_certificate;
        assert_eq!(keys.len(), count, "{name}: {:?}", contents.unread);
        let (tested, untested): (Vec<_>, Vec<_>) = keys.into_iter().partition(pfx::ListedKey::is_tested);
        assert!(!tested.is_empty() && !untested.is_empty(), "{name}");
        assert_eq!(tested[0].spki_der(), untested[0].spki_der(), "{name}");
        let spki = tested[0].spki_der().to_vec();
        let key = untested.into_iter().next().unwrap().into_key_pair().unwrap();
        assert_eq!((key.algorithm().to_string().as_str(), key.spki_der()), (name, &*spki));
    }
}

#[test]
fn f32_a_damaged_key_in_a_crowd_does_not_pass_when_it_is_used() {
    let mut damaged = rsa_pkcs8(include_bytes!("../../pki/tests/keys/rsa-4096.der"));
    let whole = key_bag(&damaged);
    // In the private exponent.
    damaged[800] ^= 1;
    let bytes = pfx_of(&[whole.repeat(60), key_bag(&damaged)].concat());
    let keys = examine(&bytes, &[""]).contents.keys_without_certificate;
    let last = keys.into_iter().next_back().unwrap();
    assert!(!last.is_tested());
    assert!(matches!(last.into_key_pair(), Err(OpenPfxError::Damaged { .. })));
}

#[expect(clippy::disallowed_methods, reason = "how long it takes is what the test is about")]
fn now() -> Instant {
    Instant::now()
}

/// The DER of a file with one block of PEM.
fn pem_der(name: &str) -> Vec<u8> {
    let text = String::from_utf8(file(name)).unwrap();
    STANDARD.decode(text.lines().filter(|line| !line.starts_with('-')).collect::<String>()).unwrap()
}

fn tlv(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = u32::try_from(content.len()).unwrap().to_be_bytes();
    // A length of four bytes, whatever it is: BER, which a reader of PFX takes.
    [&[tag, 0x84], length.as_slice(), content].concat()
}

fn rsa_pkcs8(pkcs1: &[u8]) -> Vec<u8> {
    const RSA: &[u8] = b"\x30\x0D\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x01\x01\x05\x00";
    tlv(0x30, &[b"\x02\x01\x00", RSA, &tlv(0x04, pkcs1)].concat())
}

fn key_bag(pkcs8: &[u8]) -> Vec<u8> {
    const KEY_BAG: &[u8] = b"\x06\x0B\x2A\x86\x48\x86\xF7\x0D\x01\x0C\x0A\x01\x01";
    tlv(0x30, &[KEY_BAG, &tlv(0xA0, pkcs8)].concat())
}

/// PBKDF2 with HMAC-SHA512, 5,000,000 iterations, and AES-256.
fn encrypted_key_bag() -> Vec<u8> {
    const BAG: &[u8] = b"\x06\x0B\x2A\x86\x48\x86\xF7\x0D\x01\x0C\x0A\x01\x02";
    const PBES2: &[u8] = b"\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x05\x0D";
    const PBKDF2: &[u8] = b"\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x05\x0C";
    const HMAC_SHA_512: &[u8] = b"\x30\x0C\x06\x08\x2A\x86\x48\x86\xF7\x0D\x02\x0B\x05\x00";
    const AES_256: &[u8] = b"\x06\x09\x60\x86\x48\x01\x65\x03\x04\x01\x2A";
    let iterations = b"\x02\x03\x4C\x4B\x40".to_vec();
    let kdf = tlv(0x30, &[tlv(0x04, b"12345678"), iterations, HMAC_SHA_512.to_vec()].concat());
    let kdf = tlv(0x30, &[PBKDF2, &kdf].concat());
    let cipher = tlv(0x30, &[AES_256, &tlv(0x04, &[0; 16])].concat());
    let algorithm = tlv(0x30, &[PBES2, &tlv(0x30, &[kdf, cipher].concat())].concat());
    let info = tlv(0x30, &[algorithm, tlv(0x04, &[0; 128])].concat());
    tlv(0x30, &[BAG, &tlv(0xA0, &info)].concat())
}

/// Without a MAC.
fn pfx_of(bags: &[u8]) -> Vec<u8> {
    const DATA: &[u8] = b"\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x07\x01";
    let data = |content: &[u8]| tlv(0x30, &[DATA, &tlv(0xA0, &tlv(0x04, content))].concat());
    let safe = data(&tlv(0x30, bags));
    tlv(0x30, &[b"\x02\x01\x03", data(&tlv(0x30, &safe)).as_slice()].concat())
}

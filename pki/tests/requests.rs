//! The verdict on each file of `tests/vectors/requests` is the one that its manifest says.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot read its case has failed")]

use pki::key_policy::KeyAlgorithm;
use pki::mailbox::Mailbox;
use pki::pasted::{Kind, TextDefect};
use pki::request::{
    Defect, Difference, Expected, Place, RequestedExtension, Warning, examine, examine_der, mend,
};
use pki::subject::SubjectField;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

/// A line of the manifest: file, verdict, and what else is known of a defect.
struct Vector {
    file: String,
    verdict: String,
    /// The place, the form of a private key, and `mend` where there is one.
    details: String,
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../tests/vectors/requests")
}

fn read(file: &str) -> Vec<u8> {
    fs::read(folder().join(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
}

fn manifest() -> Vec<Vector> {
    let text = String::from_utf8(read("MANIFEST.txt")).unwrap();
    let lines = text.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty());
    lines.map(read_line).collect()
}

fn read_line(line: &str) -> Vector {
    let (line, source) = line.split_once(';').expect(line);
    assert!(!source.trim().is_empty(), "{line}: where it is from");
    let mut words = line.split_whitespace().map(str::to_owned);
    let (file, verdict) = (words.next().unwrap(), words.next().expect(line));
    Vector { file, verdict, details: words.collect::<Vec<_>>().join(" ") }
}

/// What the manifest should say about an input.
fn judge(file: &str) -> Vector {
    let input = read(file);
    let (verdict, details) = match examine(&input) {
        Ok(request) => (request.key_algorithm().id(), Vec::new()),
        Err(defect) => (defect.code(), details(&input, &defect)),
    };
    Vector { file: file.to_owned(), verdict: verdict.to_owned(), details: details.join(" ") }
}

fn details(input: &[u8], defect: &Defect) -> Vec<String> {
    let place = defect.place().map(|place| match place {
        Place::Text { line, column } => format!("{line}:{column}"),
        Place::Asn1 { path } => path,
        _ => panic!("a place that the manifest cannot name"),
    });
    let form = match defect {
        Defect::Text(TextDefect::Other(Kind::PrivateKey(form))) => Some(form.id().to_owned()),
        _ => None,
    };
    let mend = mend(input, defect).map(|_| "mend".to_owned());
    [place, form, mend].into_iter().flatten().collect()
}

#[test]
fn each_file_has_its_verdict() {
    let mut wrong = Vec::new();
    for expected in manifest() {
        let actual = judge(&expected.file);
        if (&actual.verdict, &actual.details) != (&expected.verdict, &expected.details) {
            wrong.push(format!("{:42}{:26}{}", actual.file, actual.verdict, actual.details));
        }
    }
    assert!(wrong.is_empty(), "these have another verdict:\n{}", wrong.join("\n"));
}

#[test]
fn a_mend_gives_a_correct_request_and_never_a_key() {
    for vector in manifest() {
        let input = read(&vector.file);
        let Err(defect) = examine(&input) else { continue };
        let Some(mended) = mend(&input, &defect) else { continue };
        assert!(!defect.is_private(), "{}", vector.file);
        assert!(examine(mended.text.as_bytes()).is_ok(), "{}", vector.file);
        assert!(!mended.text.contains("PRIVATE"), "{}", vector.file);
    }
}

#[test]
fn a_file_is_named_by_its_verdict() {
    for vector in manifest() {
        let is_algorithm = KeyAlgorithm::from_id(&vector.verdict).is_some();
        let prefix = if is_algorithm { "ok-" } else { &vector.verdict };
        assert!(vector.file.starts_with(prefix), "{}: {}", vector.file, vector.verdict);
    }
}

#[test]
fn no_two_files_are_the_same() {
    let mut known: BTreeMap<Vec<u8>, String> = BTreeMap::new();
    for vector in manifest() {
        if let Some(other) = known.insert(read(&vector.file), vector.file.clone()) {
            panic!("{} and {other} are the same", vector.file);
        }
    }
}

#[test]
fn the_manifest_names_every_file_once() {
    let named: Vec<String> = manifest().into_iter().map(|vector| vector.file).collect();
    let unique: BTreeSet<String> = named.iter().cloned().collect();
    assert_eq!(named.len(), unique.len());
    let present: BTreeSet<String> = fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name != "MANIFEST.txt" && name != "README.md")
        .collect();
    assert_eq!(unique, present);
}

#[test]
fn a_private_key_is_told_from_every_other_defect() {
    for vector in manifest() {
        let is_private_key = examine(&read(&vector.file)).is_err_and(|defect| defect.is_private());
        assert_eq!(is_private_key, vector.file.starts_with("private-key"), "{}", vector.file);
    }
}

#[test]
fn every_defect_is_said_in_sentences_and_keeps_the_input_to_itself() {
    for vector in manifest() {
        let Err(defect) = examine(&read(&vector.file)) else { continue };
        assert_eq!(defect.to_string(), defect.message());
        for sentence in [defect.message(), defect.remedy()] {
            let first = sentence.chars().next().unwrap();
            assert!(first.is_uppercase() || first.is_ascii_digit(), "{}: {sentence}", vector.file);
            assert!(sentence.ends_with('.'), "{}: {sentence}", vector.file);
            assert!(!sentence.contains("Anna"), "{}: {sentence}", vector.file);
        }
    }
}

#[test]
fn dress_does_not_change_the_request() {
    let plain = examine(&read("ok-p256.pem")).unwrap();
    for file in [
        "ok-all-on-one-line.pem",
        "ok-bom.pem",
        "ok-cr.pem",
        "ok-crlf.pem",
        "ok-der.der",
        "ok-indented.pem",
        "ok-no-break-spaces.pem",
        "ok-one-long-line.pem",
        "ok-quoted.pem",
        "ok-text-around.pem",
        "ok-utf16be-no-mark.pem",
        "ok-utf16le.pem",
        "ok-with-certificate.pem",
    ] {
        let request = examine(&read(file)).unwrap();
        assert_eq!(request.public_key(), plain.public_key(), "{file}");
        assert_eq!(request.subject_text(), plain.subject_text(), "{file}");
        assert_eq!(examine(request.to_pem().as_bytes()).unwrap().to_der(), request.to_der(), "{file}");
    }
}

#[test]
fn a_correct_request_tells_what_is_in_it() {
    let request = examine(&read("ok-challenge-password.pem")).unwrap();
    assert_eq!(request.subject_text(), "C=PL, O=Przykładowa Spółka, CN=Łucja Żółw");
    assert_eq!(request.signature_algorithm_name(), "ECDSA with SHA-256");
    assert_eq!(
        request.warnings(),
        [Warning::ChallengePassword, Warning::ExtensionsIgnored, Warning::SubjectIgnored]
    );
    let empty = examine(&read("ok-empty-subject.pem")).unwrap();
    assert_eq!(empty.subject_text(), "");
    assert_eq!(empty.warnings(), []);
    let of_empty_parts = examine(SUBJECT_OF_EMPTY_PARTS.as_bytes()).unwrap();
    assert_eq!(of_empty_parts.subject_text(), "");
    assert_eq!(of_empty_parts.warnings(), [Warning::SubjectIgnored]);
}

#[test]
fn a_correct_request_tells_what_is_asked_for_and_what_of_it_counts_for_nothing() {
    let request = examine(&read("ok-openssl-rsa-2048-extensions.pem")).unwrap();
    let subject = request.subject_attributes().iter().map(|(label, value)| format!("{label}: {value}"));
    assert_eq!(
        subject.collect::<Vec<_>>(),
        [
            "Country: PL",
            "Organization: Example",
            "Common name: Anna Nowak",
            "E-mail address: anna@example.com"
        ]
    );
    let extensions = request.requested_extensions().iter();
    let extensions = extensions.map(|RequestedExtension { name, value, critical }| {
        format!("{name}{}: {value}", if *critical { " (critical)" } else { "" })
    });
    assert_eq!(
        extensions.collect::<Vec<_>>(),
        [
            "Subject alternative name: anna@example.com (e-mail address), a.nowak@example.com (e-mail address)",
            "Key usage (critical): digital signature, key encipherment",
            "Extended key usage: e-mail protection"
        ]
    );
    let ignored = ["Subject", "Subject alternative name", "Key usage", "Extended key usage"];
    assert_eq!(request.ignored_parts(), ignored);
    let with_password = examine(&read("ok-challenge-password.pem")).unwrap();
    let ignored = ["Subject", "Subject alternative name", "Key usage", "Challenge password"];
    assert_eq!(with_password.ignored_parts(), ignored);
    let of_windows = examine(&read("ok-attributes-certreq.pem")).unwrap();
    let ignored = ["Windows version", "Windows computer and user", "Windows key store"];
    assert!(of_windows.ignored_parts().ends_with(&ignored.map(str::to_owned)));
    let unknown = examine(&read("ok-attributes-unknown.pem")).unwrap();
    assert_eq!(unknown.ignored_parts().last().map(String::as_str), Some("1.2.3.4"));
    assert!(examine(&read("ok-empty-subject.pem")).unwrap().ignored_parts().is_empty());
}

#[test]
fn a_signature_can_be_verified_by_somebody_else() {
    let request = pki::request::read(&read("ok-p256.pem")).unwrap();
    let signature = request.signature().unwrap();
    assert_eq!((signature.public_key.algorithm(), signature.value.len()), (KeyAlgorithm::EcP256, 64));
    assert!(request.trust_signature().is_ok());
}

#[test]
fn what_a_request_says_otherwise_is_told_and_what_it_leaves_out_is_no_difference() {
    let request = examine(&read("ok-openssl-rsa-2048-extensions.pem")).unwrap();
    let subject = [(SubjectField::Country, "PL"), (SubjectField::Organization, "Other")];
    let expected = Expected {
        subject: subject.map(|(field, value)| (field, value.to_owned())).to_vec(),
        mailbox: Mailbox::parse("anna@example.com").unwrap(),
    };
    let messages: Vec<String> = request.differences(&expected).iter().map(Difference::message).collect();
    assert_eq!(
        messages,
        [
            "Organization: the request says “Example”, the certificate will say “Other”.",
            "Common name: the request says “Anna Nowak”, the certificate will not say it.",
            "E-mail address: the request says “a.nowak@example.com”, the certificate will say “anna@example.com”."
        ]
    );
    let nobody = examine(&read("ok-empty-subject.pem")).unwrap();
    assert_eq!(nobody.differences(&expected), []);
}

/// The subject is a sequence of two sets, which are empty.
const SUBJECT_OF_EMPTY_PARTS: &str = "
    MIHQMHcCAQAwBDEAMQAwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAQeGFMv1HVMAvMEHZx1zrM7
    g//YGsfOT+iCzLHJi8WJbqRsMRxOL/QN2Wo2U+bkVEXTLf5Ibs7XXHqQxqGIgcCjoBEwDwYJKoZI
    hvcNAQkOMQIwADAKBggqhkjOPQQDAgNJADBGAiEAhsafJRzEvCfUeuTfbLyyJ4pGa6SEdQyiOu31
    U9BFaSQCIQCwQxRwFwjSeHqN9Jzg45CwVAyu4jUBSyBzXNMLlD7/kA==";

#[test]
fn the_der_of_each_file_has_the_same_verdict() {
    for vector in manifest() {
        let input = read(&vector.file);
        let (der, verdict) = match examine(&input) {
            Ok(request) => (request.to_der().to_vec(), Ok(request.warnings().to_vec())),
            Err(defect)
                if matches!(defect.place(), Some(Place::Asn1 { .. })) && input.starts_with(&[0x30]) =>
            {
                (input, Err(defect))
            }
            Err(_) => continue,
        };
        assert_eq!(examine_der(&der).map(|request| request.warnings().to_vec()), verdict, "{}", vector.file);
    }
    for (der, code) in [
        (vec![0x30; 65_537], "too-long"),
        (vec![0x30; 65_536], "trailing-bytes"),
        (vec![0x30, 0, 0], "trailing-bytes"),
    ] {
        assert_eq!(examine_der(&der).unwrap_err().code(), code);
    }
}

#[test]
fn too_much_text_is_refused_before_it_is_read() {
    let defect = examine(&vec![b'A'; 65_537]).unwrap_err();
    assert_eq!(defect.code(), "too-long");
    assert_eq!(examine(&vec![b' '; 65_536]).unwrap_err().code(), "empty");
}

#[test]
fn every_byte_of_a_request_matters() {
    let der = read("ok-der.der");
    for index in 0..der.len() {
        for bit in [0x01, 0x80] {
            let mut changed = der.clone();
            changed[index] ^= bit;
            let verdict = examine(&changed);
            assert!(verdict.is_err(), "byte {index}, bit {bit:#x} was changed, and nobody noticed");
        }
    }
}

#[test]
fn a_request_that_was_cut_off_anywhere_is_refused() {
    for file in ["ok-der.der", "ok-p256.pem"] {
        let input = read(file);
        for length in 0..input.len().saturating_sub(1) {
            assert!(examine(&input[..length]).is_err(), "{file}, {length} bytes");
        }
    }
}

proptest! {
    #[test]
    fn no_bytes_make_the_verdict_panic(
        start in prop::sample::select(vec![vec![], vec![0x30, 0x82], vec![0x30, 0x80], vec![0xff, 0xfe], vec![0, b'-']]),
        rest in prop::collection::vec(any::<u8>(), 0..300),
    ) {
        prop_assert!(examine(&[start, rest].concat()).is_err());
    }

    #[test]
    fn no_changed_bytes_make_the_verdict_panic(
        file in prop::sample::select(vec!["ok-der.der", "ok-rsa-2048-openssl.pem", "private-key-pfx.p12", "certificate.der"]),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
    ) {
        let mut input = read(file);
        for (position, byte) in changes {
            let index = position.index(input.len());
            input[index] = byte;
        }
        if let Err(defect) = examine(&input) {
            prop_assert!(!defect.code().is_empty() && defect.message().ends_with('.'));
        }
    }
}

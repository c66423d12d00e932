//! What is found in each input of `tests/vectors/pasted`; `wasm-crypto/tests/pasted.rs` says what each field answers.

#![expect(clippy::unwrap_used, reason = "a test that cannot read its case has failed")]

use pki::certificate::description::find_certificates;
use pki::pasted::{Content, Kind, contents};
use pki::request::{examine, mend};
use std::fs;
use std::path::PathBuf;

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../tests/vectors/pasted")
}

/// Field, file and answer of each line of the manifest.
fn manifest() -> Vec<(String, String, String)> {
    let text = fs::read_to_string(folder().join("MANIFEST.txt")).unwrap();
    let lines = text.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    lines
        .map(|line| {
            let (input, rest) = line.split_once(" | ").unwrap();
            let (answer, _) = rest.rsplit_once(" | ").unwrap();
            let (_, input) = input.split_once(' ').unwrap();
            let (field, file) = input.split_once(' ').unwrap();
            (field.to_owned(), file.to_owned(), answer.to_owned())
        })
        .collect()
}

/// Whether the answer is the algorithm of a key that was read.
fn is_algorithm(answer: &str) -> bool {
    answer.starts_with("rsa-") || answer.starts_with("p-")
}

fn verdict(input: &[u8]) -> String {
    match examine(input) {
        Ok(request) => request.key_algorithm().id().to_owned(),
        Err(defect) => match mend(input, &defect) {
            Some(mend) => format!("{} ({})", defect.code(), mend.label),
            None => defect.code().to_owned(),
        },
    }
}

#[test]
fn each_request_has_its_verdict() {
    for (_, file, answer) in manifest().into_iter().filter(|(field, ..)| field == "request") {
        let verdict = verdict(&fs::read(folder().join(&file)).unwrap());
        // Behind the code of a private key stands its form.
        let expected = if verdict == "private-key" { "private-key" } else { &answer };
        assert!(answer.starts_with(&verdict) && verdict == expected, "{file}: {verdict}");
    }
}

#[test]
fn as_many_certificates_are_found_as_there_are() {
    for (_, file, answer) in manifest().into_iter().filter(|(field, ..)| field == "certificates") {
        match find_certificates(&fs::read(folder().join(&file)).unwrap()) {
            Ok(bundle) => {
                assert!(answer.starts_with(&format!("{} of ", bundle.certificates.len())), "{file}");
                assert_eq!(bundle.has_private_key, answer.ends_with("private key"), "{file}");
            }
            Err(error) => assert_eq!(error.to_string(), answer, "{file}"),
        }
    }
}

#[test]
fn a_private_key_is_found_whole_or_what_is_there_is_named() {
    let keys = ["key", "pfx", "recovery"];
    for (_, file, answer) in manifest().into_iter().filter(|(field, ..)| keys.contains(&field.as_str())) {
        let found = contents(&fs::read(folder().join(&file)).unwrap());
        let is_whole =
            |content: &Content| content.kind.is_private() && !content.is_damaged && !content.bytes.is_empty();
        if is_algorithm(&answer) {
            assert!(found.iter().any(is_whole), "{file}: {found:?}");
        } else {
            let is_named = |content: &Content| answer.contains(content.kind.name());
            let has_parts = found.len() > 1;
            assert!(
                has_parts || found.iter().any(is_named) || answer.contains("OpenSSH"),
                "{file}: {found:?}"
            );
        }
    }
}

#[test]
fn a_begin_line_without_its_dashes_takes_no_body_for_its_label() {
    let request = fs::read_to_string(folder().join("../requests/ok-bom.pem")).unwrap();
    let damaged = request.replacen("REQUEST-----", "REQUEST---", 1);
    assert_ne!(damaged, request);
    let found = contents(damaged.as_bytes());
    let is_request = |content: &Content| content.kind == Kind::Request && !content.is_damaged;
    assert!(found.iter().any(is_request), "{found:?}");
}

#[test]
fn what_is_cut_off_is_damaged() {
    let der = fs::read(folder().join("request-full-cmc.der")).unwrap();
    assert!(contents(&der).iter().all(|content| !content.is_damaged));
    assert!(contents(&der[..der.len() / 2]).iter().all(|content| content.is_damaged));
}

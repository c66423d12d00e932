//! What people paste and choose, in any field: `tests/vectors/pasted`. The answer to each stands in the manifest there.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by it; clippy knows only #[test]")]

use pki::{
    certificate::description::{Description, find_certificates},
    pasted::{Kind, TextDefect},
    request::{self, Defect},
};
use pollster::block_on;
use std::{collections::BTreeSet, env, fs, path::PathBuf};
use wasm_crypto::{pbkdf2::Portable, pfx, private_key, recovery_file};

/// Set to any value, this variable has the answers written anew.
const WRITE: &str = "SIGNET_WRITE_PASTED";
const PASSWORDS: [&str; 2] = ["correct horse battery staple", "correct horse 1"];
const RECOVERY_PASSPHRASE: &str = "h7kqn-2xw9d-mf4tz-8vbep";

/// A line of the manifest.
struct Input {
    kind: String,
    field: String,
    file: String,
    answer: String,
    source: String,
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../tests/vectors/pasted")
}

fn manifest() -> Vec<Input> {
    let text = fs::read_to_string(folder().join("MANIFEST.txt")).unwrap();
    let lines = text.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    lines
        .map(|line| {
            let [input, answer, source] = line.splitn(3, " | ").collect::<Vec<_>>().try_into().unwrap();
            let [kind, field, file] = input.split(' ').collect::<Vec<_>>().try_into().unwrap();
            let [kind, field, file, answer, source] = [kind, field, file, answer, source].map(str::to_owned);
            Input { kind, field, file, answer, source }
        })
        .collect()
}

fn answer(field: &str, input: &[u8]) -> String {
    match field {
        "request" => verdict(input),
        "certificates" => match find_certificates(input) {
            Ok(bundle) => {
                let title = |der: &Vec<u8>| Description::from_der(der).unwrap().title();
                let titles: Vec<String> = bundle.certificates.iter().map(title).collect();
                let beside = if bundle.has_private_key { ", beside a private key" } else { "" };
                format!("{} of {}{beside}", titles.len(), titles.join(" and "))
            }
            Err(error) => error.to_string(),
        },
        "key" => with_passwords(|password| block_on(private_key::read(input, password, &Portable)))
            .map_or_else(|error| error.to_string(), |key| key.algorithm().id().to_owned()),
        "pfx" => with_passwords(|password| block_on(pfx::open(input, password, &Portable)))
            .map_or_else(|error| error.to_string(), |opened| opened.key.algorithm().id().to_owned()),
        "recovery" => {
            let key = block_on(private_key::read(input, RECOVERY_PASSPHRASE, &Portable));
            let hash = key.map(|key| key.spki_sha256_hex()).unwrap_or_default();
            block_on(recovery_file::read_key(input, RECOVERY_PASSPHRASE, &hash, &Portable))
                .map_or_else(|error| error.to_string(), |key| key.algorithm().id().to_owned())
        }
        field => panic!("no such field: {field}"),
    }
}

/// The last answer, or the first that is not an error.
fn with_passwords<T, E>(mut open: impl FnMut(&str) -> Result<T, E>) -> Result<T, E> {
    let [first, second] = PASSWORDS;
    open(first).or_else(|_| open(second))
}

fn verdict(input: &[u8]) -> String {
    match request::examine(input) {
        Ok(request) => request.key_algorithm().id().to_owned(),
        Err(defect) => {
            let form = match &defect {
                Defect::Text(TextDefect::Other(Kind::PrivateKey(form))) => format!(" {}", form.id()),
                _ => String::new(),
            };
            let click = request::mend(input, &defect).map(|mend| format!(" ({})", mend.label));
            format!("{}{form}{}", defect.code(), click.unwrap_or_default())
        }
    }
}

/// Compares the answers of one kind; there are more inputs of it than those that it was found with.
fn check(kind: &str, more_than: usize) {
    let inputs: Vec<Input> = manifest().into_iter().filter(|input| input.kind == kind).collect();
    let own = inputs.iter().filter(|input| input.source == "generate_pasted.py").count();
    assert!(own >= 2 && inputs.len() > more_than, "{kind}: {} inputs, {own} generated", inputs.len());
    let wrong: Vec<String> = inputs
        .iter()
        .filter_map(|input| {
            let found = answer(&input.field, &fs::read(folder().join(&input.file)).unwrap());
            (found != input.answer).then(|| format!("{}: {found}", input.file))
        })
        .collect();
    assert!(wrong.is_empty(), "these have another answer:\n{}", wrong.join("\n"));
}

#[test]
fn the_manifest_names_every_file_and_its_answers_are_written_where_that_is_asked() {
    let inputs = manifest();
    let named: BTreeSet<String> = inputs.iter().map(|input| input.file.clone()).collect();
    let present =
        fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let present: BTreeSet<String> = present.filter(|name| name != "MANIFEST.txt").collect();
    assert_eq!(named, present);
    if env::var_os(WRITE).is_some() {
        let path = folder().join("MANIFEST.txt");
        let old = fs::read_to_string(&path).unwrap();
        let head: String = old
            .split_inclusive('\n')
            .take_while(|line| line.starts_with('#') || line.trim().is_empty())
            .collect();
        let lines = inputs.iter().map(|Input { kind, field, file, source, .. }| {
            let answer = answer(field, &fs::read(folder().join(file)).unwrap());
            format!("{kind} {field} {file} | {answer} | {source}\n")
        });
        fs::write(&path, head + &lines.collect::<String>()).unwrap();
    }
}

#[test]
fn f12_what_is_chosen_in_place_of_a_private_key_is_named_with_a_way_out() {
    check("f12", 10);
}

#[test]
fn f13_the_text_around_a_private_key_is_forgiven() {
    check("f13", 7);
}

#[test]
fn f14_a_private_key_is_recognized_in_the_field_of_a_request() {
    check("f14", 3);
    let inputs = manifest();
    let all = inputs.iter().filter(|input| input.kind == "f14");
    assert!(all.into_iter().all(|input| input.answer.starts_with("private-key ")), "a mend, or no warning");
}

#[test]
fn f16_base64_of_a_pem_text_is_read() {
    check("f16", 6);
}

#[test]
fn f17_percent_encoding_and_the_base64_of_addresses_are_read() {
    check("f17", 5);
}

#[test]
fn f18_escapes_of_unicode_are_read() {
    check("f18", 2);
}

#[test]
fn f19_a_request_in_another_format_is_named() {
    check("f19", 3);
}

#[test]
fn f25_several_certificates_in_structured_text_are_found() {
    check("f25", 3);
}

#[test]
fn f26_what_the_reader_of_requests_forgives_is_forgiven_for_certificates() {
    check("f26", 3);
}

#[test]
fn f33_what_is_no_pfx_is_named() {
    check("f33", 1);
}

#[test]
fn f34_a_pfx_is_found_in_text_or_what_it_is_in_is_named() {
    check("f34", 7);
}

#[test]
fn f35_certificates_are_read_as_any_program_writes_them() {
    check("f35", 8);
}

#[test]
fn f36_what_was_pasted_in_place_of_a_request_is_named() {
    check("f36", 6);
}

#[test]
fn f37_what_stands_before_each_line_is_offered_to_be_taken_away() {
    check("f37", 4);
}

#[test]
fn f38_a_recovery_file_is_read_with_anything_around_it() {
    check("f38", 7);
}

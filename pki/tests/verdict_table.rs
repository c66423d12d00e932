//! `docs/verdicts.md` says what the code says: it is written by this test, and compared with each run.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::string_slice,
    reason = "a test that cannot read its case has failed"
)]

use pki::pasted::{Kind, PrivateKeyForm, TextDefect};
use pki::request::{Defect, Warning, examine, mend};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::PathBuf;
use std::{env, fs};

/// Set to any value, this variable has the table written anew.
const WRITE: &str = "SIGNET_WRITE_VERDICTS";
const HEAD: &str = "# Verdicts on certification requests

What `pki::request::examine` says, in the browser and on the server alike: a stable code, what is wrong, what to do next. Numbers and
names in the sentences are those of one example. Where the last column says so, one click mends the request; its signature then
proves that it is the request that was made. A place (line and column, or the path in the structure) comes with every verdict that
has one.

`tests/vectors/requests/` and `tests/vectors/pasted/` have at least one file for each code. This page is written by `pki/tests/verdict_table.rs`.

| code | what is wrong | what to do | one click |
|---|---|---|---|
";

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The codes in the order of the source: of texts, of other things, of structures and signatures, of keys.
fn codes() -> Vec<&'static str> {
    let source = include_str!("../src/request/defect.rs");
    let arms = |function: &str| {
        let body = &source[source.find(function).unwrap()..];
        // A method ends with its indentation, a function without.
        let ends = ["\n    }\n}\n", "\n}\n", "\n    }\n\n"].map(|end| body.find(end));
        let body = &body[..ends.into_iter().flatten().min().unwrap()];
        let codes = body.lines().filter_map(|line| line.split_once("=> \"")?.1.split_once('"'));
        codes.map(|(code, _)| code).collect::<Vec<_>>()
    };
    let kinds = Kind::PUBLIC.into_iter().map(Kind::code).chain(["private-key"]);
    let of_structure = arms("pub fn code(");
    arms("fn text_code(").into_iter().chain(kinds).chain(of_structure).chain(arms("fn key_code(")).collect()
}

/// The verdicts on all vectors, one for each code: that of the vector with the shortest name.
fn examples() -> BTreeMap<&'static str, (Defect, Vec<u8>)> {
    let folders = ["tests/vectors/requests", "tests/vectors/pasted"].map(|folder| root().join(folder));
    let entries = folders.iter().flat_map(|folder| fs::read_dir(folder).unwrap());
    let mut files: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort_by_key(|path| (path.as_os_str().len(), path.clone()));
    let mut inputs: Vec<Vec<u8>> = files.iter().map(|path| fs::read(path).unwrap()).collect();
    inputs.push(vec![b'A'; 65_537]);
    let mut examples = BTreeMap::new();
    for input in inputs {
        if let Err(defect) = examine(&input) {
            examples.entry(defect.code()).or_insert((defect, input));
        }
    }
    examples
}

fn table() -> String {
    let examples = examples();
    let mut text = HEAD.to_owned();
    for code in codes() {
        let (defect, input) = examples.get(code).unwrap_or_else(|| panic!("no vector for {code}"));
        let click = mend(input, defect).map(|mend| mend.label).unwrap_or_default();
        writeln!(text, "| `{code}` | {} | {} | {click} |", defect.message(), defect.remedy()).unwrap();
    }
    text += "\n## Private keys\n\nWhat is private is wiped from the page and never sent. The forms that are told apart:\n\n| form | what is said |\n|---|---|\n";
    for form in PrivateKeyForm::ALL {
        let message = Defect::from(TextDefect::Other(Kind::PrivateKey(form))).message();
        writeln!(text, "| `{}` | {message} |", form.id()).unwrap();
    }
    text +=
        "\n## Warnings\n\nA correct request may come with these:\n\n| code | what it means |\n|---|---|\n";
    for warning in Warning::ALL {
        writeln!(text, "| `{}` | {} |", warning.code(), warning.message()).unwrap();
    }
    text
}

#[test]
fn the_page_of_verdicts_says_what_the_code_says() {
    let path = root().join("docs/verdicts.md");
    let table = table();
    if env::var_os(WRITE).is_some() {
        fs::write(&path, &table).unwrap();
    }
    let page = fs::read_to_string(&path).unwrap_or_default();
    assert!(page == table, "docs/verdicts.md is stale: run this test once with {WRITE}=1");
}

#[test]
fn codes_are_kebab_case_and_each_is_there_once() {
    let mut codes = codes();
    assert!(codes.len() > 40, "the source is read wrongly: {codes:?}");
    assert!(codes.iter().all(|code| {
        code.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
    }));
    let count = codes.len();
    codes.sort_unstable();
    codes.dedup();
    assert_eq!(codes.len(), count);
}

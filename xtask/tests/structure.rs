//! The shape of the workspace: who may see what, how files are named, and how long they may be.

use std::{
    collections::BTreeSet,
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

/// A crate, the target it is built for, and the packages that must not be among what it is linked with.
struct Rule {
    package: &'static str,
    target: &'static str,
    forbidden: &'static [&'static str],
}

const NATIVE: &str = "x86_64-unknown-linux-gnu";
const BROWSER: &str = "wasm32-unknown-unknown";

/// Runtimes, databases, and the ways into a browser and the network.
const OUTSIDE_WORLD: &[&str] = &[
    "axum",
    "gloo-net",
    "hyper",
    "idb",
    "lettre",
    "reqwest",
    "sqlx",
    "tokio",
    "web-sys",
    "wasm-bindgen",
    "yew",
    "aws-lc-rs",
    "wasm-crypto",
    "frontend",
    "server",
    "tests",
    "xtask",
];

const RULES: &[Rule] = &[
    Rule { package: "pki", target: NATIVE, forbidden: OUTSIDE_WORLD },
    Rule { package: "pki", target: BROWSER, forbidden: OUTSIDE_WORLD },
    // It gets bytes and a random source, and gives bytes; getrandom needs wasm-bindgen to be that source.
    Rule {
        package: "wasm-crypto",
        target: BROWSER,
        forbidden: &[
            "axum",
            "gloo-net",
            "hyper",
            "idb",
            "lettre",
            "reqwest",
            "sqlx",
            "tokio",
            "web-sys",
            "yew",
            "aws-lc-rs",
            "protocol",
            "frontend",
            "server",
            "tests",
            "xtask",
        ],
    },
    Rule { package: "protocol", target: NATIVE, forbidden: OUTSIDE_WORLD },
    Rule { package: "protocol", target: BROWSER, forbidden: OUTSIDE_WORLD },
    // The server cannot even link code that holds a subscriber's private key.
    Rule {
        package: "server",
        target: NATIVE,
        forbidden: &["wasm-crypto", "frontend", "tests", "xtask", "pkcs12"],
    },
    Rule {
        package: "frontend",
        target: BROWSER,
        forbidden: &["axum", "tokio", "sqlx", "aws-lc-rs", "server", "tests", "xtask"],
    },
];

/// What must not stand in the sources of a crate: doors that no dependency list shows.
const FORBIDDEN_WORDS: &[(&str, &[&str])] = &[
    (
        "pki",
        &["std::fs", "std::net", "std::env", "std::process", "std::time::SystemTime", "std::time::Instant"],
    ),
    ("wasm-crypto", &["std::fs", "std::net", "std::env", "std::process", "web_sys"]),
    ("protocol", &["PrivateKey", "SecretKey", "SigningKey", "KeyPair"]),
    ("server", &["wasm_crypto"]),
];

/// No crate, folder or file is called what says nothing.
const EMPTY_NAMES: &[&str] =
    &["common", "utils", "util", "core", "shared", "helpers", "helper", "types", "misc"];

/// Our choice: what one can read in one go.
const PRODUCTION_LINES: usize = 500;

const CRATES: &[&str] = &["pki", "protocol", "wasm-crypto", "frontend", "server", "tests", "xtask"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask stands in the checkout").to_owned()
}

/// The names of all packages that this one is linked with on this target, itself included.
fn linked_with(package: &str, target: &str) -> BTreeSet<String> {
    let output = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(["tree", "--locked", "--edges", "normal", "--prefix", "none", "--format", "{p}"])
        .args(["--package", package, "--target", target])
        .current_dir(root())
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).expect("names are text");
    text.lines().filter_map(|line| line.split_whitespace().next()).map(str::to_owned).collect()
}

/// All Rust files under the folder.
fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut files = Vec::new();
    for entry in entries {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files
}

/// The sources of all crates, tests in folders of their own apart.
fn production_files() -> Vec<PathBuf> {
    let files: Vec<_> = CRATES.iter().flat_map(|name| rust_files(&root().join(name).join("src"))).collect();
    assert!(files.len() > CRATES.len(), "the sources are not where this test looks");
    files
}

/// The part of a file before its tests.
fn production_part(text: &str) -> &str {
    text.split_once("#[cfg(test)]\nmod tests {").map_or(text, |(production, _)| production)
}

#[test]
fn no_crate_is_linked_with_what_it_must_never_see() {
    for rule in RULES {
        let linked = linked_with(rule.package, rule.target);
        assert!(linked.contains(rule.package), "cargo tree lists {} itself", rule.package);
        let seen: Vec<_> = rule.forbidden.iter().filter(|name| linked.contains(**name)).collect();
        assert!(seen.is_empty(), "{} on {} sees {seen:?}", rule.package, rule.target);
    }
}

#[test]
fn no_crate_opens_a_door_that_its_dependencies_do_not_show() {
    for (package, words) in FORBIDDEN_WORDS {
        for file in rust_files(&root().join(package).join("src")) {
            let text = fs::read_to_string(&file).expect("a source");
            for word in *words {
                assert!(!production_part(&text).contains(word), "{} says {word}", file.display());
            }
        }
    }
}

#[test]
fn no_file_is_longer_than_one_can_read() {
    let too_long: Vec<_> = production_files()
        .into_iter()
        .filter(|file| file.file_stem().is_none_or(|name| name != "tests"))
        .map(|file| {
            let text = fs::read_to_string(&file).expect("a source");
            (production_part(&text).lines().count(), file)
        })
        .filter(|(lines, _)| *lines >= PRODUCTION_LINES)
        .collect();
    assert!(too_long.is_empty(), "{too_long:#?}");
}

#[test]
fn every_file_and_folder_is_named_after_what_is_in_it() {
    let badly_named: Vec<_> = production_files()
        .into_iter()
        .filter(|file| {
            let inside = file.strip_prefix(root()).expect("a file of the checkout").with_extension("");
            inside.iter().any(|part| part == "mod" || EMPTY_NAMES.iter().any(|name| part == *name))
        })
        .collect();
    assert!(badly_named.is_empty(), "{badly_named:#?}");
}

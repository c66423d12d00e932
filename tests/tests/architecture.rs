//! What ARCHITECTURE.md promises about the code itself: who imports whom, and how long a file may be.

use anyhow::{Context, ensure};
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// Our crates, and which of ours each may import. Tests may import more.
const MAY_IMPORT: [(&str, &[&str]); 7] = [
    ("pki", &[]),
    ("protocol", &["pki"]),
    ("wasm-crypto", &["pki"]),
    ("frontend", &["pki", "protocol", "wasm-crypto"]),
    ("server", &["pki", "protocol"]),
    ("tests", &[]),
    ("xtask", &[]),
];

/// What would bring the network, a clock, the browser or storage into a crate that must not know them.
const MUST_NEVER_SEE: [(&str, &[&str]); 3] = [
    (
        "pki",
        &[
            "tokio",
            "axum",
            "sqlx",
            "reqwest",
            "lettre",
            "web-sys",
            "js-sys",
            "wasm-bindgen",
            "getrandom",
            "jiff",
        ],
    ),
    (
        "wasm-crypto",
        &["tokio", "gloo-net", "reqwest", "web-sys", "js-sys", "wasm-bindgen", "getrandom", "idb"],
    ),
    ("protocol", &["rsa", "p256", "p384", "pkcs8", "wasm-crypto"]),
];

/// Above this many lines a file holds more than one idea. Our choice.
const LONGEST_FILE_LINES: usize = 500;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The direct dependencies of each of our crates, without those of its tests.
fn dependencies() -> anyhow::Result<BTreeMap<String, BTreeSet<String>>> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version=1", "--no-deps", "--locked"])
        .current_dir(root())
        .output()?;
    ensure!(output.status.success(), "cargo metadata: {}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout)?;
    let packages = metadata["packages"].as_array().context("no packages")?;
    packages
        .iter()
        .map(|package| {
            let imported = package["dependencies"].as_array().context("no dependencies")?;
            let imported = imported.iter().filter(|dependency| dependency["kind"] != "dev");
            let names = imported.filter_map(|dependency| dependency["name"].as_str()).map(str::to_owned);
            Ok((package["name"].as_str().context("no name")?.to_owned(), names.collect()))
        })
        .collect()
}

#[test]
fn crates_import_only_what_the_map_allows() -> anyhow::Result<()> {
    let dependencies = dependencies()?;
    let ours: BTreeSet<&str> = dependencies.keys().map(String::as_str).collect();
    assert_eq!(ours, MAY_IMPORT.iter().map(|(name, _)| *name).collect(), "the map names other crates");
    for (name, allowed) in MAY_IMPORT {
        for imported in dependencies[name].iter().filter(|imported| ours.contains(imported.as_str())) {
            assert!(allowed.contains(&imported.as_str()), "{name} imports {imported}");
        }
    }
    for (name, forbidden) in MUST_NEVER_SEE {
        for imported in forbidden {
            assert!(!dependencies[name].contains(*imported), "{name} imports {imported}");
        }
    }
    Ok(())
}

#[test]
fn no_file_is_too_long_to_read() -> anyhow::Result<()> {
    let mut files = 0_usize;
    for (name, _) in MAY_IMPORT {
        let mut folders = vec![root().join(name)];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(&folder)? {
                let path = entry?.path();
                if path.is_dir() {
                    folders.push(path);
                } else if path.extension().is_some_and(|extension| extension == "rs") {
                    let lines = fs::read_to_string(&path)?.lines().count();
                    assert!(lines <= LONGEST_FILE_LINES, "{} has {lines} lines", path.display());
                    files += 1;
                }
            }
        }
    }
    assert!(files > 100, "only {files} files were looked at");
    Ok(())
}

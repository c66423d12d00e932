//! What ARCHITECTURE.md promises about the code itself: who imports whom, what a file is called, and how
//! long it may be.

use anyhow::{Context, bail, ensure};
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// The folders of our crates, and which of ours each may import. Tests may import more. A crate is called as its folder.
const MAY_IMPORT: [(&str, &[&str]); 10] = [
    ("pki", &[]),
    ("protocol", &[]),
    ("wasm-crypto", &["pki"]),
    // WebAssembly modules of their own, which wasm-crypto embeds and does not import.
    ("wasm-crypto/prime-kernel", &[]),
    ("wasm-crypto/pbkdf2-kernel", &[]),
    ("frontend", &["pki", "protocol", "wasm-crypto"]),
    ("server", &["pki", "protocol"]),
    ("card-bridge", &["pki", "protocol"]),
    // It compares the verdicts with those of other programs.
    ("tests", &["pki"]),
    ("xtask", &[]),
];

/// A crate, the target it is built for, and the packages that must not be among what it is linked with.
struct Rule {
    package: &'static str,
    target: &'static str,
    forbidden: &'static [&'static str],
}

const NATIVE: &str = "x86_64-unknown-linux-gnu";
const BROWSER: &str = "wasm32-unknown-unknown";

/// Runtimes, databases, signing keys, and the ways into a browser and the network.
const OUTSIDE_WORLD: &[&str] = &[
    "aws-lc-rs",
    "axum",
    "gloo-net",
    "hyper",
    "idb",
    "js-sys",
    "lettre",
    "reqwest",
    "sqlx",
    "tokio",
    "wasm-bindgen",
    "wasm-crypto",
    "web-sys",
    "yew",
];

/// "Must never see" of ARCHITECTURE.md, all the way down.
const RULES: &[Rule] = &[
    Rule { package: "pki", target: NATIVE, forbidden: OUTSIDE_WORLD },
    Rule { package: "pki", target: BROWSER, forbidden: OUTSIDE_WORLD },
    Rule { package: "protocol", target: NATIVE, forbidden: OUTSIDE_WORLD },
    Rule { package: "protocol", target: BROWSER, forbidden: OUTSIDE_WORLD },
    // It gets bytes and a random source, and gives bytes; it chooses no random source either. What of it talks to
    // JavaScript is in JAVASCRIPT_ADAPTERS.
    Rule { package: "wasm-crypto", target: NATIVE, forbidden: &["tokio", "reqwest", "sqlx", "aws-lc-rs"] },
    Rule {
        package: "wasm-crypto",
        target: BROWSER,
        forbidden: &["getrandom", "gloo-net", "idb", "tokio", "web-sys", "yew"],
    },
    // The server cannot even link code that holds a subscriber's private key.
    Rule { package: "server", target: NATIVE, forbidden: &["wasm-crypto", "pkcs12"] },
    // The bridge has no subscriber's private key either, only the card has; nor does it need what holds the server's data.
    Rule {
        package: "card-bridge",
        target: NATIVE,
        forbidden: &["lettre", "pkcs12", "server", "sqlx", "wasm-crypto", "yew"],
    },
    Rule { package: "frontend", target: BROWSER, forbidden: &["aws-lc-rs", "axum", "sqlx", "tokio"] },
];

/// What must not stand in the sources of a crate: doors that no list of dependencies shows.
const FORBIDDEN_WORDS: &[(&str, &[&str])] = &[
    ("pki", &["std::fs", "std::net", "std::env", "std::process", "SystemTime::now", "Instant::now"]),
    ("wasm-crypto", &["std::fs", "std::net", "std::env", "std::process", "SystemTime::now", "Instant::now"]),
    // Of a key pair it names what a card does with one, and declares none.
    ("protocol", &["PrivateKey", "SecretKey", "SigningKey", "KeyPair {", "KeyPair("]),
];

/// Crates that are embedded as modules without imports, so that they can be linked with nothing.
const KERNELS: [&str; 2] = ["prime-kernel", "pbkdf2-kernel"];

/// The modules of wasm-crypto that know JavaScript, with what is below each: the npm package, what starts an embedded
/// module, and what derives keys and verifies signatures by means of the browser.
const JAVASCRIPT_ADAPTERS: [&str; 7] = [
    "bindings",
    "embedded_module",
    "examination/web",
    "pbkdf2/simd",
    "pbkdf2/web",
    "prime_search/simd",
    "web_crypto",
];

/// How a file says that it talks to JavaScript.
const JAVASCRIPT_WORDS: [&str; 3] = ["js_sys", "wasm_bindgen", "web_sys"];

/// No crate, folder or file is called what says nothing.
const EMPTY_NAMES: &[&str] =
    &["mod", "common", "utils", "util", "core", "shared", "helpers", "helper", "types", "misc"];

/// Above this many lines a file holds more than one idea. Our choice.
const LONGEST_FILE_LINES: usize = 500;

/// What the crate in this folder is called.
fn name_of(folder: &str) -> &str {
    folder.rsplit('/').next().unwrap_or(folder)
}

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
    assert_eq!(
        ours,
        MAY_IMPORT.iter().map(|(folder, _)| name_of(folder)).collect(),
        "the map names other crates"
    );
    for (folder, allowed) in MAY_IMPORT {
        let name = name_of(folder);
        for imported in dependencies[name].iter().filter(|imported| ours.contains(imported.as_str())) {
            assert!(allowed.contains(&imported.as_str()), "{name} imports {imported}");
        }
    }
    Ok(())
}

/// The names of all packages that this one is linked with on this target, itself included.
fn linked_with(package: &str, target: &str) -> anyhow::Result<BTreeSet<String>> {
    let output = Command::new(env!("CARGO"))
        .args(["tree", "--locked", "--edges=normal", "--prefix=none", "--format={p}"])
        .args(["--package", package, "--target", target])
        .current_dir(root())
        .output()?;
    ensure!(output.status.success(), "cargo tree: {}", String::from_utf8_lossy(&output.stderr));
    let names = String::from_utf8(output.stdout)?;
    Ok(names.lines().filter_map(|line| line.split_whitespace().next()).map(str::to_owned).collect())
}

#[test]
fn no_crate_is_linked_with_what_it_must_never_see() -> anyhow::Result<()> {
    for Rule { package, target, forbidden } in RULES {
        let linked = linked_with(package, target)?;
        assert!(linked.contains(*package), "cargo tree does not even list {package}");
        let seen: Vec<_> = forbidden.iter().filter(|name| linked.contains(**name)).collect();
        assert!(seen.is_empty(), "{package} on {target} sees {seen:?}");
    }
    Ok(())
}

#[test]
fn a_kernel_is_linked_with_nothing() -> anyhow::Result<()> {
    for kernel in KERNELS {
        assert_eq!(linked_with(kernel, BROWSER)?, BTreeSet::from([kernel.to_owned()]));
    }
    Ok(())
}

#[test]
fn the_crypto_talks_to_javascript_in_its_adapters_only() -> anyhow::Result<()> {
    let sources = root().join("wasm-crypto/src");
    let mut talking = BTreeSet::new();
    for file in rust_files(&sources)? {
        let text = fs::read_to_string(&file)?;
        let Some(word) = JAVASCRIPT_WORDS.iter().find(|word| text.contains(**word)) else { continue };
        let module = file.strip_prefix(&sources)?.with_extension("");
        let adapter = JAVASCRIPT_ADAPTERS.into_iter().find(|adapter| module.starts_with(adapter));
        talking.insert(adapter.with_context(|| format!("{} says {word}", module.display()))?);
    }
    assert_eq!(talking, JAVASCRIPT_ADAPTERS.into_iter().collect(), "an adapter knows no JavaScript");
    Ok(())
}

#[test]
fn no_crate_opens_a_door_that_its_dependencies_do_not_show() -> anyhow::Result<()> {
    for (package, words) in FORBIDDEN_WORDS {
        let sources = root().join(package).join("src");
        for file in rust_files(&sources)? {
            if is_test(file.strip_prefix(&sources)?) {
                continue;
            }
            let text = fs::read_to_string(&file)?;
            let production =
                text.split_once("#[cfg(test)]").map_or(text.as_str(), |(production, _)| production);
            for word in *words {
                assert!(!production.contains(word), "{} says {word}", file.display());
            }
        }
    }
    Ok(())
}

/// Whether the file is compiled for tests only, as its name says: `tests.rs`, `golden_tests.rs`, all in `tests/`.
fn is_test(path_in_sources: &Path) -> bool {
    path_in_sources
        .with_extension("")
        .iter()
        .any(|part| part.to_str().is_some_and(|name| name == "tests" || name.ends_with("_tests")))
}

/// All Rust files under the folder.
fn rust_files(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            files.extend(rust_files(&path)?);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    Ok(files)
}

/// All Rust files of our crates.
fn all_files() -> anyhow::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for (folder, _) in MAY_IMPORT.iter().filter(|(folder, _)| !folder.contains('/')) {
        files.extend(rust_files(&root().join(folder))?);
    }
    ensure!(files.len() > 100, "only {} files were found", files.len());
    Ok(files)
}

#[test]
fn no_file_is_too_long_to_read() -> anyhow::Result<()> {
    for file in all_files()? {
        let lines = fs::read_to_string(&file)?.lines().count();
        assert!(lines <= LONGEST_FILE_LINES, "{} has {lines} lines", file.display());
    }
    Ok(())
}

#[test]
fn every_file_and_folder_is_named_after_what_is_in_it() -> anyhow::Result<()> {
    for file in all_files()? {
        let inside = file.strip_prefix(root())?.with_extension("");
        let empty = inside.iter().find(|part| EMPTY_NAMES.iter().any(|name| part == name));
        assert!(empty.is_none(), "{} has a name that says nothing", inside.display());
    }
    Ok(())
}

/// A room of the server, and the rooms that it imports, as ARCHITECTURE.md lists them: from the top to the bottom.
fn listed_rooms() -> anyhow::Result<Vec<(String, BTreeSet<String>)>> {
    let text = fs::read_to_string(root().join("ARCHITECTURE.md"))?;
    let (_, section) = text.split_once("### Rooms of the server").context("no section of the rooms")?;
    let rows = section.lines().skip_while(|line| !line.starts_with("|---")).skip(1);
    let names =
        |cell: &str| -> BTreeSet<String> { cell.split('`').skip(1).step_by(2).map(str::to_owned).collect() };
    let mut rooms = Vec::new();
    for row in rows.take_while(|line| line.starts_with('|')) {
        let cells: Vec<_> = row.split('|').collect();
        let [_, room, _, imports, _] = cells.as_slice() else { bail!("not three columns: {row}") };
        rooms.extend(names(room).into_iter().map(|room| (room, names(imports))));
    }
    Ok(rooms)
}

/// The rooms that a file of the server names after `crate::`.
fn imported_rooms(production: &str) -> BTreeSet<String> {
    let code: String =
        production.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
    let mut rooms = BTreeSet::new();
    for (_, after) in code.match_indices("crate::").map(|(at, found)| code.split_at(at + found.len())) {
        match after.strip_prefix('{') {
            Some(group) => rooms.extend(names_of_group(group)),
            None => rooms.extend(first_name(after)),
        }
    }
    rooms
}

/// The first name of each path in the group that begins here, up to its closing brace.
fn names_of_group(group: &str) -> Vec<String> {
    let mut depth = 0_usize;
    let mut outer = String::new();
    for character in group.chars() {
        match character {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            _ if depth == 0 => outer.push(character),
            _ => {}
        }
    }
    outer.split(',').filter_map(first_name).collect()
}

fn first_name(path: &str) -> Option<String> {
    let is_of_name = |character: char| character.is_alphanumeric() || character == '_';
    let name: String = path.trim_start().chars().take_while(|character| is_of_name(*character)).collect();
    (!name.is_empty()).then_some(name)
}

/// Every file of a room with what its tests have left out, and the room's name.
fn files_of_rooms() -> anyhow::Result<Vec<(String, PathBuf, String)>> {
    let sources = root().join("server/src");
    let mut files = Vec::new();
    for file in rust_files(&sources)? {
        let inside = file.strip_prefix(&sources)?.with_extension("");
        let room = inside.iter().next().and_then(|room| room.to_str()).context("no name")?.to_owned();
        // The command line sees the server as a library.
        if is_test(&inside) || ["command", "lib", "main"].contains(&room.as_str()) {
            continue;
        }
        let text = fs::read_to_string(&file)?;
        let production = text.split_once("#[cfg(test)]").map_or(text.as_str(), |(before, _)| before);
        files.push((room, inside, production.to_owned()));
    }
    Ok(files)
}

#[test]
fn rooms_of_the_server_import_downwards() -> anyhow::Result<()> {
    let listed = listed_rooms()?;
    for (at, (room, imports)) in listed.iter().enumerate() {
        let (_, below) = listed.split_at(at + 1);
        let upwards: Vec<_> =
            imports.iter().filter(|name| !below.iter().any(|(room, _)| room == *name)).collect();
        assert!(upwards.is_empty(), "{room} is listed above what it imports, but for {upwards:?}");
    }
    let mut imported: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (room, _, production) in files_of_rooms()? {
        let rooms = imported_rooms(&production).into_iter().filter(|other| *other != room);
        imported.entry(room.clone()).or_default().extend(rooms);
    }
    // Rooms of one row have one list, so each may import less than its row says.
    for (room, imports) in &imported {
        let (_, allowed) =
            listed.iter().find(|(name, _)| name == room).with_context(|| format!("{room} is not listed"))?;
        let unlisted: Vec<_> = imports.difference(allowed).collect();
        assert!(unlisted.is_empty(), "{room} imports {unlisted:?}");
    }
    let gone: Vec<_> = listed.iter().filter(|(room, _)| !imported.contains_key(room)).collect();
    assert!(gone.is_empty(), "there is no room {gone:?}");
    Ok(())
}

/// A word, and the rooms that alone may say it.
const WORDS_OF_ROOMS: [(&str, &[&str]); 2] =
    [("sqlx", &["storage"]), ("AppState", &["http", "jobs", "serve", "state"])];

#[test]
fn only_their_rooms_know_the_database_and_the_state_of_the_server() -> anyhow::Result<()> {
    let files = files_of_rooms()?;
    for (word, rooms) in WORDS_OF_ROOMS {
        let saying: Vec<_> = files.iter().filter(|(_, _, production)| production.contains(word)).collect();
        ensure!(!saying.is_empty(), "no room says {word}");
        for (room, file, _) in saying {
            assert!(rooms.contains(&room.as_str()), "server/src/{} says {word}", file.display());
        }
    }
    Ok(())
}

/// The pages that say which test holds a promise.
const PROMISES: [&str; 2] = ["ARCHITECTURE.md", "docs/threat-model.md"];

/// So many words make the name of a test, and of nothing else that these pages name.
const WORDS_OF_A_TEST: usize = 4;

#[test]
fn every_test_that_holds_a_promise_exists() -> anyhow::Result<()> {
    let sources: Vec<String> = all_files()?.iter().map(fs::read_to_string).collect::<Result<_, _>>()?;
    for page in PROMISES {
        let text = fs::read_to_string(root().join(page))?;
        let quoted = text.split('`').skip(1).step_by(2);
        let names: Vec<&str> = quoted.filter(|name| is_name_of_a_test(name)).collect();
        ensure!(names.len() > 10, "{page} names only {} tests", names.len());
        for name in names {
            let function = format!("fn {name}(");
            assert!(sources.iter().any(|source| source.contains(&function)), "{page}: there is no {name}");
        }
    }
    Ok(())
}

fn is_name_of_a_test(text: &str) -> bool {
    let is_name = text.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_'));
    is_name && text.split('_').count() >= WORDS_OF_A_TEST
}

//! PFX files as other programs write them, and files that are none: `tests/vectors/pfx`. What each is found to be, and
//! what is in it, stands in `expected.txt` there.
#![expect(clippy::unwrap_used, reason = "a test fails by it; clippy knows only #[test]")]

use getrandom::{SysRng, rand_core::UnwrapErr};
use pollster::block_on;
use std::{
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};
use wasm_crypto::{
    pbkdf2::Portable,
    pfx::{self, Description, Effort, Examined, OpenPfxError, Opening, Preset, Unread},
};

const PASSWORD: &str = "correct horse battery staple";

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/vectors/pfx")
}

fn file(name: &str) -> Vec<u8> {
    fs::read(folder().join(name)).unwrap()
}

fn password_of(name: &str) -> &'static str {
    match name {
        "openssl-unicode-password.p12" | "openssl-3des-unicode-password.p12" => "Zażółć-Ωпароль",
        "openssl-emoji-password.p12" | "nss-emoji-password.p12" => "lantern 🦊 river 🔑",
        "openssl-empty-password.p12" => "",
        "key-with-its-own-password-java-rsa.p12"
        | "java-pbes1-md5-des.p12"
        | "java-rc4-128.p12"
        | "gnutls-rc4-128.p12" => "correcthorse1",
        "published-key.p12" => "password",
        _ if is_of_a_kind(name) => "correct horse 1",
        _ => PASSWORD,
    }
}

/// Those of `kinds_pfx.rs`, most of which `generate_pfx.py` made.
fn is_of_a_kind(name: &str) -> bool {
    const BEGINNINGS: [&str; 17] = [
        "rekeyed-",
        "renewed",
        "two-",
        "three-",
        "key-with-",
        "key-length-",
        "openssl-aria",
        "openssl-pbes1-",
        "openssl-mac-",
        "pbmac1-",
        "dsa-",
        "rsa-1024-",
        "openssl-rsa-1024",
        "brainpool-",
        "secp256k1-",
        "uuid-",
        "nested",
    ];
    BEGINNINGS.iter().chain(&["name-", "four-times-"]).any(|beginning| name.starts_with(beginning))
}

/// All but what is written about them.
fn names() -> Vec<String> {
    let entries = fs::read_dir(folder()).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<_> = names.filter(|name| name != "README.md" && name != "expected.txt").collect();
    names.sort();
    names
}

fn outside(description: &Description) -> String {
    let mut text = String::new();
    let preset = description.preset.map_or("none", Preset::id);
    let encoding = if description.is_ber { "BER" } else { "DER" };
    writeln!(text, "  {encoding}, preset {preset}").unwrap();
    let mut part = |what: &str, protection: &Option<pfx::Protection>| match protection {
        Some(protection) => writeln!(text, "  {what}: {protection}").unwrap(),
        None => writeln!(text, "  {what}: none").unwrap(),
    };
    description.safes.iter().for_each(|safe| part("encryption of a safe", safe));
    description.keys.iter().for_each(|key| part("encryption of a key", key));
    part("integrity check", &description.mac);
    for not_read in &description.not_read {
        let read_by = not_read.read_by.unwrap_or("no program that we know of");
        writeln!(text, "  not read: {} with {}, read by {read_by}", not_read.part, not_read.scheme).unwrap();
    }
    if description.estimated_seconds > 2 {
        writeln!(text, "  takes {} seconds", description.estimated_seconds).unwrap();
    }
    for refusal in &description.refused_by {
        writeln!(text, "  refused by {}: {}", refusal.program, refusal.reason).unwrap();
    }
    text
}

fn inside(bytes: &[u8], password: &str) -> Result<String, OpenPfxError> {
    let Examined { contents, findings, .. } = block_on(pfx::examine(bytes, brief(password), &Portable))?;
    let mut text = String::new();
    for entry in &contents.entries {
        let (algorithm, chain, name) = (entry.key.algorithm(), entry.chain_der.len(), &entry.friendly_name);
        writeln!(text, "  {algorithm} with its certificate, {chain} above it, named {name:?}").unwrap();
    }
    let (keys, certificates) = (contents.keys_without_certificate.len(), contents.certificates_der.len());
    writeln!(text, "  {keys} keys without certificate, {certificates} other certificates").unwrap();
    for Unread { part, friendly_name, reason } in &contents.unread {
        writeln!(text, "  unread {part:?} {friendly_name:?}: {reason}").unwrap();
    }
    for finding in findings {
        writeln!(text, "  finding: {}", finding.code()).unwrap();
    }
    if let Err(error) = block_on(pfx::open(bytes, brief(password), &Portable)) {
        writeln!(text, "  error: {error}").unwrap();
    }
    Ok(text)
}

/// What takes long is only described.
fn brief(password: &str) -> Opening<'_> {
    Opening { effort: Effort::Brief, ..Opening::new(password) }
}

#[test]
fn each_file_is_found_to_be_what_it_is() {
    let mut found = String::new();
    for name in names() {
        writeln!(found, "{name}").unwrap();
        let bytes = file(&name);
        if let Ok(description) = pfx::describe(&bytes) {
            found += &outside(&description);
        }
        match inside(&bytes, password_of(&name)) {
            Ok(text) => found += &text,
            Err(error) => writeln!(found, "  error: {error}").unwrap(),
        }
    }
    // Beside the expectation, so that `diff` shows what changed.
    let expected = folder().join("expected.txt");
    let seen = Path::new(env!("CARGO_TARGET_TMPDIR")).join("pfx-found.txt");
    fs::write(&seen, &found).unwrap();
    assert!(fs::read_to_string(expected).unwrap() == found, "see {}", seen.display());
}

#[test]
fn another_password_is_called_wrong_whoever_wrote_the_file() {
    for name in names() {
        let bytes = file(&name);
        let opened = inside(&bytes, password_of(&name)).is_ok();
        // Of some nothing is read that a password is needed for.
        let is_closed = !matches!(name.as_str(), "openssl-plain-key.p12" | "pbmac1-key-length-of-2-gib.p12");
        if opened && is_closed {
            let refused = block_on(pfx::open(&bytes, "another password", &Portable)).err();
            assert_eq!(refused, Some(OpenPfxError::WrongPassword), "{name}");
        }
    }
}

#[test]
fn what_others_wrote_is_written_anew_with_the_chain_completed() {
    let opened = block_on(pfx::open(&file("openssl-ec.p12"), PASSWORD, &Portable)).unwrap();
    let chain: Vec<_> = opened.chain_der.iter().rev().cloned().collect();
    for (name, added, whole) in [
        ("thunderbird.p12", &[][..], 2),
        ("openssl-plain-key.p12", &[], 2),
        ("openssl-no-chain.p12", &chain, 2),
        ("macos-shape.p12", &[], 0),
    ] {
        for preset in Preset::ALL {
            let random = &mut UnwrapErr(SysRng);
            let original = file(name);
            let new_password = "a new long password";
            let converted = pfx::convert(&original, PASSWORD, new_password, preset, added, random, &Portable);
            let converted = block_on(converted).unwrap();
            assert_eq!(pfx::describe(&converted).unwrap().preset, Some(preset), "{name}");
            let Examined { contents, findings, .. } =
                block_on(pfx::examine(&converted, new_password, &Portable)).unwrap();
            let before = block_on(pfx::open(&original, PASSWORD, &Portable)).unwrap();
            let [after] = contents.entries.as_slice() else { unreachable!("one key") };
            assert_eq!(after.key.spki_der(), before.key.spki_der(), "{name}");
            assert_eq!(after.leaf_der, before.leaf_der, "{name}");
            assert_eq!(after.friendly_name, before.friendly_name, "{name}");
            assert_eq!(after.chain_der.len(), whole, "{name}");
            let left: Vec<_> = findings.into_iter().map(pfx::Finding::code).collect();
            let expected: &[&str] = if whole == 0 { &["incomplete-chain"] } else { &[] };
            assert_eq!(left, expected, "{name}");
        }
    }
}

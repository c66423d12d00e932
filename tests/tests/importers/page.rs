//! `docs/importers.md`: the tables for people, made from the tables that the tests hold.

use std::{collections::BTreeMap, env, fmt::Write, fs, path::Path};

use anyhow::{Context, Result};

use crate::{
    files::{KEYS, PRESETS, WORDS, passwords},
    foreign,
    importer::Importer,
    refusals::{Refusal, refusals, unseen_changes},
};

const INTRODUCTION: &str = "\
# Which program opens which PFX

`cargo xtask test` has Signet write PFX files (each kind of key, each preset, several kinds of password, friendly names
in Polish and Greek and with an emoji, chains of three, two and one certificates) and asks these programs to open them. \"yes\" means that
the private key and every certificate came out, and that the key is the certificate's. Every program is also given a wrong
password and files with one changed bit. What each refuses is known, with its reason, in
[`refusals.tsv`](../tests/tests/importers/refusals.tsv); a test fails when a program refuses more, or less.

Modern is AES-256 and SHA-256, compatible is triple DES and SHA-1, pbmac1 is modern with the MAC of RFC 9879.

This page is made from the same tables by `cargo xtask campaign importers`, and a test compares it with them.

";

/// The versions by which the page was made, from the page itself.
fn versions_of(page: &str) -> BTreeMap<Importer, String> {
    let version = |importer: Importer| {
        let row = page.lines().find_map(|line| line.strip_prefix(&format!("| {} | ", importer.name())))?;
        Some((importer, row.split(" | ").next()?.to_owned()))
    };
    Importer::ALL.into_iter().filter_map(version).collect()
}

fn page(versions: &BTreeMap<Importer, String>) -> Result<String> {
    let known = refusals()?;
    let of = |importer: &Importer| -> Vec<Refusal> {
        let version = versions.get(importer).map(String::as_str).unwrap_or_default();
        known.iter().filter(|row| row.applies_to(*importer, version)).copied().collect()
    };
    let mut page = INTRODUCTION.to_owned();
    write_presets(&mut page, versions, &of)?;
    write_passwords(&mut page, &of)?;
    page.push_str("\n## Why\n\n");
    for importer in Importer::ALL {
        for row in of(&importer) {
            let sayings: Vec<String> = row.sayings().map(|saying| format!("`{saying}`")).collect();
            writeln!(
                page,
                "- {}: {} ({}). It says {}.",
                importer.name(),
                row.because,
                row.scope(),
                sayings.join(" or ")
            )?;
        }
    }
    page.push_str("\n## Changes that pass unseen\n\n");
    for row in unseen_changes()? {
        let importer = Importer::ALL.into_iter().find(|importer| importer.id() == row.importer);
        let name = importer.context("an importer that is not asked")?.name();
        writeln!(page, "- {name}: {} ({}).", row.because, row.change.replace(',', ", "))?;
    }
    page.push_str("\nEvery other change, and every wrong password, is refused.\n");
    write_other_direction(&mut page)?;
    Ok(page)
}

fn write_presets(
    page: &mut String,
    versions: &BTreeMap<Importer, String>,
    of: &dyn Fn(&Importer) -> Vec<Refusal>,
) -> Result<()> {
    page.push_str("## Presets\n\n");
    writeln!(page, "| program | version | {} |", PRESETS.join(" | "))?;
    writeln!(page, "|---|---|{}", "---|".repeat(PRESETS.len()))?;
    for importer in Importer::ALL {
        let version = versions.get(&importer).map(String::as_str).unwrap_or_default();
        write!(page, "| {} | {version} |", importer.name())?;
        let refusals = of(&importer);
        for preset in PRESETS {
            let opens = |key: &&&str| !refusals.iter().any(|row| row.covers(preset, key, WORDS.id));
            let opened: Vec<&str> = KEYS.iter().filter(opens).copied().collect();
            let cell = if opened.len() == KEYS.len() {
                "yes".to_owned()
            } else if opened.is_empty() {
                "no".to_owned()
            } else {
                format!("only {}", opened.join(", "))
            };
            write!(page, " {cell} |")?;
        }
        page.push('\n');
    }
    Ok(())
}

fn write_passwords(page: &mut String, of: &dyn Fn(&Importer) -> Vec<Refusal>) -> Result<()> {
    const RSA: &str = "rsa-2048";
    page.push_str("\n## Passwords\n\nIn the presets that the program opens, with an RSA key.\n\n");
    let ids: Vec<&str> = passwords().map(|password| password.id).collect();
    writeln!(page, "| program | {} |", ids.join(" | "))?;
    writeln!(page, "|---|{}", "---|".repeat(ids.len()))?;
    for importer in Importer::ALL {
        let refusals = of(&importer);
        let opens =
            |preset: &str, password: &str| !refusals.iter().any(|row| row.covers(preset, RSA, password));
        let presets: Vec<&str> = PRESETS.into_iter().filter(|preset| opens(preset, WORDS.id)).collect();
        write!(page, "| {} |", importer.name())?;
        for password in &ids {
            let opened: Vec<&str> =
                presets.iter().filter(|preset| opens(preset, password)).copied().collect();
            let cell = if opened.len() == presets.len() {
                "yes".to_owned()
            } else if opened.is_empty() {
                "no".to_owned()
            } else {
                format!("only {}", opened.join(", "))
            };
            write!(page, " {cell} |")?;
        }
        page.push('\n');
    }
    page.push('\n');
    for password in passwords() {
        writeln!(page, "- {}: ``{}``", password.id, password.text)?;
    }
    page.push_str("\nThe form of a password that is not ASCII is Unicode's composed one, NFC: Signet composes what is typed.\n");
    Ok(())
}

fn write_other_direction(page: &mut String) -> Result<()> {
    page.push_str("\n## The other direction\n\nSignet opens what these write, key and certificates:\n\n");
    let (opened, refused) = foreign::kinds();
    for importer in Importer::ALL.into_iter().filter(|importer| KEYS.iter().any(|key| importer.writes(key))) {
        let rsa_only = if importer.writes("p-256") { "" } else { ", RSA keys" };
        writeln!(page, "- {}{rsa_only}", importer.name())?;
    }
    page.push_str("- Java, with its algorithms of before release 16\n");
    for kind in opened {
        writeln!(page, "- {kind}")?;
    }
    page.push_str("\nAlso under passwords that are not ASCII, where the program takes them.\n");
    writeln!(page, "\nIt refuses, and says why: {}.", refused.join("; "))?;
    Ok(())
}

/// With `SIGNET_RECORD` in the environment the page is written anew instead.
#[test]
fn the_page_for_people_says_what_the_tables_say() -> Result<()> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/importers.md");
    if env::var_os("SIGNET_RECORD").is_some() {
        let versions = Importer::ALL.into_iter().map(|importer| Ok((importer, importer.version()?)));
        fs::write(&path, page(&versions.collect::<Result<_>>()?)?)?;
    }
    let written = fs::read_to_string(&path).context("cannot read docs/importers.md")?;
    let versions = versions_of(&written);
    assert_eq!(versions.len(), Importer::ALL.len(), "a program is missing in docs/importers.md");
    assert_eq!(written, page(&versions)?, "docs/importers.md is old: run `cargo xtask campaign importers`");
    Ok(())
}

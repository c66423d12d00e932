//! The types: what the samples use compiles, what must not be possible does not, and the judges of packages agree.

use std::fs;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use crate::{
    project::{Project, beside},
    readme::samples,
};

const STRICT: [&str; 13] = [
    "--noEmit",
    "--strict",
    "--exactOptionalPropertyTypes",
    "--allowJs",
    "--checkJs",
    "--target",
    "es2022",
    "--module",
    "nodenext",
    "--lib",
    "es2022,dom,esnext.disposable",
    "--types",
    "node",
];

/// What can be imported and has types, in the order of the alphabet.
const ENTRIES: [&str; 4] = [".", "./inline", "./worker", "./worker-entry"];
/// How an ES module is looked up, by Node and by bundlers. The package is no other: what `require` would find is no question.
const WAYS_OF_ES_MODULES: [&str; 2] = ["node16-esm", "bundler"];

#[test]
fn every_sample_and_every_option_compiles_and_what_is_wrong_does_not() -> Result<()> {
    let project = Project::new()?;
    let mut files = vec!["usage.ts".to_owned()];
    fs::copy(beside("fixtures/usage.ts"), project.file("usage.ts"))?;
    for (index, sample) in samples()?.iter().enumerate().filter(|(_, sample)| sample.kind.starts_with("js")) {
        let name = format!("sample-{index}.mts");
        fs::write(project.file(&name), &sample.code)?;
        files.push(name);
    }
    let arguments: Vec<&str> = STRICT.into_iter().chain(files.iter().map(String::as_str)).collect();
    project.tool("tsc", &arguments)?;
    Ok(())
}

#[test]
fn publint_finds_nothing() -> Result<()> {
    let project = Project::new()?;
    let said = project.tool("publint", &["--strict", "--pack", "npm", "node_modules/signet-crypto"])?;
    ensure!(said.contains("All good!"), "{said}");
    Ok(())
}

#[test]
fn arethetypeswrong_finds_nothing() -> Result<()> {
    let project = Project::new()?;
    // Without a format it draws what suits the terminal that it finds.
    let said = project.tool(
        "attw",
        &[
            "--pack",
            "node_modules/signet-crypto",
            "--profile",
            "esm-only",
            "--exclude-entrypoints",
            "./signet_crypto_bg.wasm",
            "--format",
            "json",
        ],
    )?;
    let said: Value = serde_json::from_str(&said).context("attw gives no JSON")?;
    let entries = said["analysis"]["entrypoints"].as_object().context("no entries")?;
    let names: Vec<&str> =
        entries.keys().map(String::as_str).filter(|name| *name != "./package.json").collect();
    ensure!(names == ENTRIES, "the entries are {names:?}");
    for entry in ENTRIES {
        for way in WAYS_OF_ES_MODULES {
            is_found_without_a_problem(&entries[entry]["resolutions"][way], &said["problems"])
                .with_context(|| format!("{entry}, by {way}"))?;
        }
    }
    Ok(())
}

fn is_found_without_a_problem(found: &Value, problems: &Value) -> Result<()> {
    ensure!(found["resolution"]["isTypeScript"] == true, "no types");
    ensure!(found["implementationResolution"]["fileName"].is_string(), "no code");
    ensure!(found["visibleProblems"] == json!([]), "problems {} of {problems}", found["visibleProblems"]);
    Ok(())
}

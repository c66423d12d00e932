//! The types: what the samples use compiles, what must not be possible does not, and the judges of packages agree.

use std::fs;

use anyhow::{Result, ensure};

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
    // An ES module only: what `require` would find is no question.
    let said = project.tool(
        "attw",
        &[
            "--pack",
            "node_modules/signet-crypto",
            "--profile",
            "esm-only",
            "--exclude-entrypoints",
            "./signet_crypto_bg.wasm",
        ],
    )?;
    let entries = said.matches("node16 (from ESM): 🟢 (ESM)").count();
    ensure!(entries == 4 && !said.contains('❌'), "{entries} entries are as they should be:\n{said}");
    Ok(())
}

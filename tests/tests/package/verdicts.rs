//! The verdict in WebAssembly, where WebCrypto verifies the signatures, is the native one: for the whole corpus and for ten
//! thousand inputs made from it.

use std::{fs, process::Command};

use anyhow::{Context, Result, ensure};

use crate::project::{Project, checkout, given};

/// Inputs that are made from the corpus; always the same ones.
const MUTATIONS: usize = 10_000;

#[test]
fn the_verdict_in_webassembly_is_the_native_one() -> Result<()> {
    let project = Project::new()?;
    project.add("fixtures")?;
    let corpus = checkout().join("tests/vectors/requests").canonicalize()?;
    fs::write(project.file("corpus.txt"), corpus.to_str().context("a path that is no text")?)?;
    // Writes `inputs.bin` too.
    let portable = project.node("verdicts.mjs")?;
    let native = native_verdicts(&project)?;

    let lines = native.lines().count();
    ensure!(lines > MUTATIONS + 80, "only {lines} inputs were judged");
    ensure!(portable.lines().count() == lines, "WebAssembly judged {} of {lines}", portable.lines().count());
    for (index, (native, portable)) in native.lines().zip(portable.lines()).enumerate() {
        ensure!(native == portable, "input {index}: natively {native}, in WebAssembly {portable}");
    }
    // Mutations that all end in one verdict would compare nothing.
    let mut codes: Vec<&str> = native.lines().filter_map(|line| line.split(' ').next()).collect();
    codes.sort_unstable();
    codes.dedup();
    ensure!(codes.len() > 30, "only these verdicts occurred: {codes:?}");
    Ok(())
}

fn native_verdicts(project: &Project) -> Result<String> {
    let mut program = Command::new(given("SIGNET_EXAMPLES")?.join("verdicts"));
    let output = program.stdin(fs::File::open(project.file("inputs.bin"))?).output();
    let output = output.with_context(|| format!("cannot start {program:?}"))?;
    ensure!(output.status.success(), "the native verdicts ended with {}", output.status);
    Ok(String::from_utf8(output.stdout)?)
}

//! Every code sample of the README runs.

use std::fs;

use anyhow::{Context, Result, ensure};

use crate::project::{Project, checkout};

/// A code sample: what its fence says after the three backticks, and the code.
#[derive(Debug)]
pub(crate) struct Sample {
    pub(crate) kind: String,
    pub(crate) code: String,
}

/// The samples of the README in their order.
pub(crate) fn samples() -> Result<Vec<Sample>> {
    let readme = fs::read_to_string(checkout().join("wasm-crypto/README.md"))?;
    let mut parts = readme.split("```");
    parts.next();
    let mut samples = Vec::new();
    while let Some(block) = parts.next() {
        let (kind, code) = block.split_once('\n').context("a fence without a line")?;
        samples.push(Sample { kind: kind.trim().to_owned(), code: code.to_owned() });
        ensure!(parts.next().is_some(), "a fence is not closed");
    }
    Ok(samples)
}

#[test]
fn every_sample_of_the_readme_runs_in_node() -> Result<()> {
    let project = Project::new()?;
    project.add("fixtures")?;
    // A key, and certificates for it, as the second sample reads them.
    project.node("authority.mjs")?;
    let mut run = 0;
    for (index, sample) in samples()?.iter().enumerate().filter(|(_, sample)| sample.kind == "js") {
        let script = format!("sample-{index}.mjs");
        fs::write(project.file(&script), &sample.code)?;
        let said = project.node(&script).with_context(|| format!("sample {index}:\n{}", sample.code))?;
        fs::write(project.file(&format!("said-{index}.txt")), said)?;
        run += 1;
    }
    ensure!(run >= 6, "only {run} samples were found");
    ensure!(project.file("anna.p12").is_file(), "the second sample wrote no file");
    project.node("samples-said.mjs")?;
    Ok(())
}

#[test]
fn every_sample_of_the_readme_is_run_somewhere() -> Result<()> {
    for sample in samples()? {
        // `js` runs in Node, `js page` in Chromium after esbuild; the rest is for a shell.
        ensure!(["js", "js page", "sh"].contains(&sample.kind.as_str()), "nothing runs {sample:?}");
    }
    let pages = samples()?.into_iter().filter(|sample| sample.kind == "js page").count();
    ensure!(pages == 1, "the test of esbuild runs one sample, not {pages}");
    Ok(())
}

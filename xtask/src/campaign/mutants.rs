//! Mutation tests: a change that no test notices is a hole in the tests.

use std::fs;

use anyhow::{Context, ensure};
use clap::Args;

use super::{today, write_results};
use crate::{
    command::{announce, shown},
    tools::{self, Tools},
    workspace::Workspace,
};

/// A part of the code, its package, and the files that are changed.
const PARTS: [(&str, &str, &[&str]); 3] = [
    ("key policy", "pki", &["pki/src/key_policy.rs", "pki/src/key_policy/*.rs"]),
    ("request", "pki", &["pki/src/request.rs", "pki/src/request/*.rs", "pki/src/pem.rs", "pki/src/pem/*.rs"]),
    ("PFX", "wasm-crypto", &["wasm-crypto/src/pfx.rs", "wasm-crypto/src/pfx/*.rs"]),
];

/// The least share of mutants that the tests must notice.
const AIM_PERCENT: usize = 95;

/// What to run.
#[derive(Args, Debug)]
pub(crate) struct Arguments {
    /// One part instead of all: `key policy`, `request` or `PFX`
    #[arg(long)]
    part: Option<String>,
    /// One share of the mutants of each part, such as `0/8`
    #[arg(long)]
    shard: Option<String>,
}

/// How the mutants of a part ended.
struct Outcome {
    part: &'static str,
    caught: usize,
    /// Changed the code so that it did not end: noticed as well.
    timed_out: usize,
    missed: Vec<String>,
}

impl Outcome {
    fn percent(&self) -> usize {
        let noticed = self.caught + self.timed_out;
        (noticed * 100).checked_div(noticed + self.missed.len()).unwrap_or(0)
    }
}

pub(super) fn execute(workspace: &Workspace, arguments: &Arguments) -> anyhow::Result<()> {
    let tools = Tools::with(&[tools::CARGO_MUTANTS])?;
    let mut outcomes = Vec::new();
    for (part, package, files) in PARTS {
        if arguments.part.as_deref().is_none_or(|one| one == part) {
            outcomes.push(test(workspace, &tools, arguments, part, package, files)?);
        }
    }
    ensure!(!outcomes.is_empty(), "there is no such part");
    if arguments.part.is_none() && arguments.shard.is_none() {
        write_results(workspace, "mutants", &page(&outcomes)?)?;
    }
    for outcome in &outcomes {
        println!("    {}: {} % noticed", outcome.part, outcome.percent());
        outcome.missed.iter().for_each(|missed| println!("      missed: {missed}"));
    }
    ensure!(
        outcomes.iter().all(|outcome| outcome.percent() >= AIM_PERCENT),
        "fewer than {AIM_PERCENT} % were noticed"
    );
    Ok(())
}

fn test(
    workspace: &Workspace,
    tools: &Tools,
    arguments: &Arguments,
    part: &'static str,
    package: &str,
    files: &[&str],
) -> anyhow::Result<Outcome> {
    announce(&format!("Mutants of the {part}"));
    let output = workspace.target().join("mutants").join(part.replace(' ', "-"));
    fs::create_dir_all(&output)?;
    let mut mutants = workspace.cargo();
    mutants.args([
        "mutants",
        "--package",
        package,
        "--test-package",
        package,
        "--no-shuffle",
        "--colors",
        "never",
    ]);
    mutants.args(["--minimum-test-timeout", "60", "--output"]).arg(&output);
    for file in files {
        mutants.args(["--file", file]);
    }
    if let Some(shard) = &arguments.shard {
        mutants.args(["--shard", shard]);
    }
    // It copies the checkout and builds there.
    mutants.env_remove("CARGO_TARGET_DIR").env("PATH", tools.path());
    println!("    {}", shown(&mutants));
    // It ends with an error when it missed one; what counts is the share.
    mutants.status().context("cargo-mutants does not start")?;
    let list = |name: &str| -> anyhow::Result<Vec<String>> {
        let path = output.join("mutants.out").join(name);
        let text = fs::read_to_string(&path).with_context(|| format!("no {}", path.display()))?;
        Ok(text.lines().map(str::to_owned).collect())
    };
    let outcome = Outcome {
        part,
        caught: list("caught.txt")?.len(),
        timed_out: list("timeout.txt")?.len(),
        missed: list("missed.txt")?,
    };
    ensure!(outcome.caught > 0, "no mutant was tested");
    Ok(outcome)
}

fn page(outcomes: &[Outcome]) -> anyhow::Result<String> {
    let mut page = format!(
        "# Mutants\n\nLast run on {}, by `cargo xtask campaign mutants`: cargo-mutants changes the code in one place at a time; a change that no \
         test of the package notices is missed.\n\n\
         | part | noticed | of them by not ending | missed | share |\n|---|---:|---:|---:|---:|\n",
        today()?
    );
    page.extend(outcomes.iter().map(|outcome| {
        let noticed = outcome.caught + outcome.timed_out;
        let (part, percent) = (outcome.part, outcome.percent());
        format!("| {part} | {noticed} | {} | {} | {percent} % |\n", outcome.timed_out, outcome.missed.len())
    }));
    page.push_str("\nMissed:\n\n");
    page.extend(outcomes.iter().flat_map(|outcome| &outcome.missed).map(|missed| format!("- `{missed}`\n")));
    Ok(page)
}

//! Mutation tests: a change that no test notices is a hole in the tests.

use std::{collections::BTreeSet, fs, path::Path, process::Command};

use anyhow::{Context, ensure};
use clap::Args;

use super::{results, today, write_results};
use crate::{
    command::{self, announce, shown},
    tools::{self, Tools},
    workspace::Workspace,
};

/// Where the mutants stand that were noticed, for the next run.
const NOTICED: &str = "noticed.txt";
/// The page of `docs/campaigns/`.
const RESULTS: &str = "mutants";

/// A part of the code.
struct Part {
    name: &'static str,
    package: &'static str,
    /// The files that are changed.
    files: &'static [&'static str],
    /// The tests of the package that have to do with it, as arguments for `cargo test`. The others would take most of the time.
    tests: &'static [&'static str],
}

/// The tests of requests, of the corpus as well.
const REQUEST_TESTS: &[&str] =
    &["--lib", "--test", "requests", "--test", "hostile_requests", "--test", "verdict_table"];

const PARTS: [Part; 4] = [
    Part {
        name: "key policy",
        package: "pki",
        files: &["pki/src/key_policy.rs", "pki/src/key_policy/*.rs"],
        tests: REQUEST_TESTS,
    },
    Part {
        name: "request",
        package: "pki",
        files: &["pki/src/request.rs", "pki/src/request/*.rs", "pki/src/pem.rs"],
        tests: REQUEST_TESTS,
    },
    Part {
        name: "pasted text",
        package: "pki",
        files: &["pki/src/pasted.rs", "pki/src/pasted/*.rs", "pki/src/pasted/markup/*.rs"],
        tests: &["--lib", "--test", "requests", "--test", "hostile_requests", "--test", "pasted"],
    },
    Part {
        name: "PFX",
        package: "wasm-crypto",
        files: &[
            "wasm-crypto/src/password_based_encryption.rs",
            "wasm-crypto/src/password_based_encryption/*.rs",
            "wasm-crypto/src/pfx.rs",
            "wasm-crypto/src/pfx/*.rs",
        ],
        tests: &[
            "--lib",
            "--test",
            "pfx_of_others",
            "--",
            "--skip=key_pair",
            "--skip=prime",
            "--skip=recovery_file",
            "--skip=passphrase",
            // Takes most of the time: it writes and opens thousands of files.
            "--skip=any_bit_flipped",
        ],
    },
];

/// The least share of mutants that the tests must notice.
const AIM_PERCENT: usize = 95;

/// What to run.
#[derive(Args, Debug)]
pub(crate) struct Arguments {
    /// One part instead of all: `key policy`, `request`, `pasted text` or `PFX`
    #[arg(long)]
    part: Option<String>,
    /// One share of the mutants of each part, such as `0/8`
    #[arg(long)]
    shard: Option<String>,
    /// Only those that the run before did not notice; those that it did are counted with them
    #[arg(long)]
    iterate: bool,
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
    for part in &PARTS {
        if arguments.part.as_deref().is_none_or(|one| one == part.name) {
            outcomes.push(test(workspace, &tools, arguments, part)?);
        }
    }
    ensure!(!outcomes.is_empty(), "there is no such part");
    let before = fs::read_to_string(results(workspace, RESULTS)).unwrap_or_default();
    let share = arguments.shard.as_deref().unwrap_or("all");
    write_results(workspace, RESULTS, &page(&before, &outcomes, share, &today()?))?;
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

fn test(workspace: &Workspace, tools: &Tools, arguments: &Arguments, part: &Part) -> anyhow::Result<Outcome> {
    announce(&format!("Mutants of the {}", part.name));
    let output = workspace.target().join("mutants").join(part.name.replace(' ', "-"));
    fs::create_dir_all(&output)?;
    let listed = command::output(mutants_of(workspace, tools, part).arg("--list"));
    let listed = listed.context("cargo-mutants lists nothing")?;
    let before = output.join(NOTICED);
    let mut noticed: BTreeSet<String> = if arguments.iterate { lines(&before)? } else { BTreeSet::new() };
    // Of code that has changed since then there are others.
    noticed.retain(|mutant| listed.lines().any(|line| line == mutant));

    let mut mutants = mutants_of(workspace, tools, part);
    mutants.args(["--profile", "mutants", "--minimum-test-timeout", "30", "--output"]).arg(&output);
    if let Some(shard) = &arguments.shard {
        // From everywhere, not from a few files.
        mutants.args(["--shard", shard, "--sharding", "round-robin"]);
    }
    mutants.args(arguments.iterate.then_some("--iterate")).arg("--").args(part.tests);
    println!("    {}", shown(&mutants));
    // It ends with an error when it missed one; what counts is the share.
    mutants.status().context("cargo-mutants does not start")?;
    let results = output.join("mutants.out");
    noticed.extend(lines(&results.join("caught.txt"))?);
    ensure!(!noticed.is_empty(), "no mutant was tested");
    let all: Vec<&str> = noticed.iter().map(String::as_str).collect();
    fs::write(before, all.join("\n"))?;
    Ok(Outcome {
        part: part.name,
        caught: noticed.len(),
        timed_out: lines(&results.join("timeout.txt"))?.len(),
        missed: lines(&results.join("missed.txt"))?.into_iter().collect(),
    })
}

/// cargo-mutants for this part. It copies the checkout and builds there.
fn mutants_of(workspace: &Workspace, tools: &Tools, part: &Part) -> Command {
    let mut mutants = workspace.cargo();
    let Part { package, .. } = part;
    mutants.args(["mutants", "--package", package, "--test-package", package, "--no-shuffle"]);
    mutants.args(["--colors", "never"]).args(part.files.iter().flat_map(|file| ["--file", file]));
    mutants.env_remove("CARGO_TARGET_DIR").env("PATH", tools.path());
    mutants
}

fn lines(file: &Path) -> anyhow::Result<BTreeSet<String>> {
    let text = fs::read_to_string(file).with_context(|| format!("no {}", file.display()))?;
    Ok(text.lines().map(str::to_owned).collect())
}

/// The page with what came out, and with what stood there of parts that were not tested this time.
fn page(before: &str, outcomes: &[Outcome], share: &str, date: &str) -> String {
    let mut rows = Vec::new();
    let mut lists = Vec::new();
    for Part { name: part, .. } in &PARTS {
        if let Some(outcome) = outcomes.iter().find(|outcome| outcome.part == *part) {
            let (noticed, endless) = (outcome.caught + outcome.timed_out, outcome.timed_out);
            let (missed, percent) = (outcome.missed.len(), outcome.percent());
            rows.push(format!(
                "| {part} | {date} | {share} | {noticed} | {endless} | {missed} | {percent} % |\n"
            ));
            let list: Vec<_> = outcome.missed.iter().map(|missed| format!("- `{missed}`\n")).collect();
            lists.push(format!("\n{}\n\n{}", heading(part), list.concat()));
        } else if let Some(row) = before.lines().find(|line| line.starts_with(&format!("| {part} |"))) {
            rows.push(format!("{row}\n"));
            let list = before.split_once(&heading(part)).map_or("\n", |(_, rest)| rest);
            let list = list.split_once("\n## ").map_or(list, |(list, _)| list);
            lists.push(format!("\n{}\n\n{}", heading(part), list.trim_start()));
        }
    }
    let (rows, lists) = (rows.concat(), lists.concat());
    format!(
        "# Mutants\n\nBy `cargo xtask campaign mutants`: cargo-mutants changes the code in one place at a time; a change that no test of its part \
         notices is missed. With `--shard` a share of the mutants is tested, with `--iterate` those again that were missed before tests were added.\n\n\
         | part | date | share | noticed | of them by not ending | missed | percent |\n|---|---|---|---:|---:|---:|---:|\n{rows}{lists}"
    )
}

fn heading(part: &str) -> String {
    format!("## Missed in the {part}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_that_was_not_tested_keeps_its_row_and_its_list() {
        let outcome = |part, missed: &[&str]| Outcome {
            part,
            caught: 97,
            timed_out: 1,
            missed: missed.iter().map(|&missed| missed.to_owned()).collect(),
        };
        let first =
            page("", &[outcome("key policy", &["a", "b"]), outcome("PFX", &["c"])], "all", "2026-11-01");
        let second = page(&first, &[outcome("PFX", &["d"])], "0/8", "2026-11-02");
        let rows = "| key policy | 2026-11-01 | all | 98 | 1 | 2 | 98 % |\n| PFX | 2026-11-02 | 0/8 | 98 | 1 | 1 | 98 % |\n";
        let lists = "\n## Missed in the key policy\n\n- `a`\n- `b`\n\n## Missed in the PFX\n\n- `d`\n";
        assert!(second.ends_with(&format!("{rows}{lists}")), "{second}");
    }
}

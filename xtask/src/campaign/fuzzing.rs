//! The fuzz targets of `fuzz/`, with libFuzzer.

use std::{
    fs,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Instant,
};

use anyhow::{Context, ensure};
use clap::Args;

use super::{results, today, write_results};
use crate::{
    command::{self, announce, shown},
    tools::{self, Tools},
    workspace::Workspace,
};

/// A fuzz target and the folder of vectors that it starts from.
const TARGETS: [(&str, &str); 5] = [
    ("pasted", "tests/vectors/pasted"),
    ("request", "tests/vectors/requests"),
    ("certificate", "tests/vectors/certificates"),
    ("pfx", "tests/vectors/pfx"),
    ("recovery_file", "tests/vectors/private-keys"),
];

/// The page of `docs/campaigns/`.
const RESULTS: &str = "fuzzing";

/// What to run, and how long.
#[derive(Args, Debug)]
pub(crate) struct Arguments {
    /// One target instead of all
    #[arg(long)]
    target: Option<String>,
    /// Runs of each target
    #[arg(long, default_value_t = 10_000_000)]
    runs: u64,
    /// Seconds after which a target ends, whatever the runs
    #[arg(long, default_value_t = 0)]
    seconds: u64,
}

/// What a target came to.
struct Outcome {
    target: &'static str,
    runs: u64,
    seconds: u64,
    corpus_files: usize,
    /// Edges of the program that were reached.
    coverage: u64,
}

pub(super) fn execute(workspace: &Workspace, arguments: &Arguments) -> anyhow::Result<()> {
    let tools = Tools::with(&[tools::CARGO_FUZZ])?;
    let mut outcomes = Vec::new();
    for (target, seeds) in TARGETS {
        if arguments.target.as_deref().is_none_or(|one| one == target) {
            outcomes.push(fuzz(workspace, &tools, arguments, target, &workspace.root().join(seeds))?);
        }
    }
    ensure!(!outcomes.is_empty(), "there is no such target");
    let before = fs::read_to_string(results(workspace, RESULTS)).unwrap_or_default();
    write_results(workspace, RESULTS, &page(&before, &outcomes, &today()?))
}

fn fuzz(
    workspace: &Workspace,
    tools: &Tools,
    arguments: &Arguments,
    target: &'static str,
    seeds: &Path,
) -> anyhow::Result<Outcome> {
    announce(&format!("Fuzzing {target}"));
    let started = Instant::now();
    let corpus = Corpus::unpack(workspace, target)?;
    let mut fuzzer = workspace.cargo();
    // Without a sanitizer: the code is safe Rust, and runs three times as often.
    fuzzer.args(["fuzz", "run", "--sanitizer", "none", target]).arg(&corpus.folder);
    if seeds.is_dir() {
        fuzzer.arg(seeds);
    }
    fuzzer
        .arg("--")
        .arg(format!("-runs={}", arguments.runs))
        .arg(format!("-max_total_time={}", arguments.seconds))
        .args([
            // The targets themselves measure one second on a CPU; this ends what never ends.
            "-timeout=30",
            "-max_len=4096",
            "-rss_limit_mb=1024",
            "-print_final_stats=1",
            "-reduce_inputs=1",
        ])
        .env("PATH", tools.path())
        .stderr(Stdio::piped());
    println!("    {}", shown(&fuzzer));
    let mut child = fuzzer.spawn().context("cargo-fuzz does not start")?;
    let lines = BufReader::new(child.stderr.take().context("libFuzzer's output")?).lines();
    let (mut runs, mut coverage) = (0, 0);
    for line in lines {
        let line = line?;
        runs = number_after(&line, "stat::number_of_executed_units:").unwrap_or(runs);
        coverage = number_after(&line, " cov:").unwrap_or(coverage);
        println!("    {line}");
    }
    let status = child.wait()?;
    ensure!(status.success(), "{target} found something: see fuzz/artifacts/{target}");
    let corpus_files = corpus.pack(workspace, tools)?;
    Ok(Outcome { target, runs, seconds: started.elapsed().as_secs(), corpus_files, coverage })
}

/// The inputs that reached new code, kept from one campaign to the next in one file a target.
struct Corpus {
    target: &'static str,
    folder: PathBuf,
    archive: PathBuf,
}

impl Corpus {
    fn unpack(workspace: &Workspace, target: &'static str) -> anyhow::Result<Self> {
        let corpora = workspace.root().join("fuzz/corpus");
        let (folder, archive) = (corpora.join(target), corpora.join(format!("{target}.tar.gz")));
        fs::create_dir_all(&folder)?;
        if archive.is_file() {
            command::run(Command::new("tar").arg("-xzf").arg(&archive).arg("-C").arg(&folder))?;
        }
        Ok(Self { target, folder, archive })
    }

    /// Leaves out what reaches nothing that the rest does not reach. Gives how many are kept.
    fn pack(&self, workspace: &Workspace, tools: &Tools) -> anyhow::Result<usize> {
        let mut fuzzer = workspace.cargo();
        fuzzer.args(["fuzz", "cmin", "--sanitizer", "none", self.target]).arg(&self.folder);
        command::run(fuzzer.env("PATH", tools.path()))?;
        // The same inputs make the same archive.
        let sameness = ["--sort=name", "--owner=0", "--group=0", "--numeric-owner", "--mtime=@0"];
        command::run(
            Command::new("tar")
                .args(sameness)
                .arg("-czf")
                .arg(&self.archive)
                .arg("-C")
                .arg(&self.folder)
                .arg("."),
        )?;
        Ok(fs::read_dir(&self.folder)?.count())
    }
}

/// The number behind a mark in a line.
fn number_after(line: &str, mark: &str) -> Option<u64> {
    line.split_once(mark)?.1.split_whitespace().next()?.parse().ok()
}

/// The page with what came out, and with what stood there of targets that were not run this time.
fn page(before: &str, outcomes: &[Outcome], date: &str) -> String {
    let mut page = "# Fuzzing\n\nBy `cargo xtask campaign fuzz`: libFuzzer without a sanitizer, overflow checks on in our own code. No run ended in \
         a crash, took longer than one second of CPU time or held more than 64 MB.\n\n\
         | target | date | runs | seconds | edges reached | corpus, files |\n|---|---|---:|---:|---:|---:|\n"
        .to_owned();
    for (target, _) in TARGETS {
        if let Some(outcome) = outcomes.iter().find(|outcome| outcome.target == target) {
            let Outcome { runs, seconds, corpus_files, coverage, .. } = outcome;
            let row = format!("| {target} | {date} | {runs} | {seconds} | {coverage} | {corpus_files} |\n");
            page.push_str(&row);
        } else if let Some(row) = before.lines().find(|line| line.starts_with(&format!("| {target} |"))) {
            page.push_str(row);
            page.push('\n');
        }
    }
    page
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_that_was_not_run_keeps_its_row() {
        let outcome = |target, runs| Outcome { target, runs, seconds: 9, corpus_files: 8, coverage: 7 };
        let first = page("", &[outcome("pasted", 1), outcome("pfx", 2)], "2026-11-01");
        let second = page(&first, &[outcome("pfx", 3), outcome("request", 4)], "2026-11-02");
        let rows: Vec<&str> = second.lines().skip_while(|line| !line.starts_with("|---")).skip(1).collect();
        assert_eq!(
            rows,
            [
                "| pasted | 2026-11-01 | 1 | 9 | 7 | 8 |",
                "| request | 2026-11-02 | 4 | 9 | 7 | 8 |",
                "| pfx | 2026-11-02 | 3 | 9 | 7 | 8 |",
            ]
        );
    }

    #[test]
    fn the_figures_of_the_fuzzer_are_read() {
        let line = "#4096\tpulse  cov: 812 ft: 2012 corp: 90/12Kb lim: 4096 exec/s: 2048 rss: 60Mb";
        assert_eq!(number_after(line, " cov:"), Some(812));
        assert_eq!(
            number_after("stat::number_of_executed_units: 10000000", "stat::number_of_executed_units:"),
            Some(10_000_000)
        );
        assert_eq!(number_after("INFO: Seed: 12", " cov:"), None);
    }
}

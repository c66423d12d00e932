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

use super::{today, write_results};
use crate::{
    command::{self, announce, shown},
    tools::{self, Tools},
    workspace::Workspace,
};

/// A fuzz target and the folder of vectors that it starts from.
const TARGETS: [(&str, &str); 5] = [
    ("pem", "tests/vectors/requests"),
    ("request", "tests/vectors/requests"),
    ("certificate", "tests/vectors/certificates"),
    ("pfx", "tests/vectors/pfx"),
    ("recovery_file", "tests/vectors/private-keys"),
];

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
    if arguments.target.is_none() {
        write_results(workspace, "fuzzing", &page(&outcomes)?)?;
    }
    Ok(())
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
            "-timeout=1",
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

fn page(outcomes: &[Outcome]) -> anyhow::Result<String> {
    let mut page = format!(
        "# Fuzzing\n\nLast run on {}, by `cargo xtask campaign fuzz`: libFuzzer without a sanitizer, overflow checks on. No run ended in a crash, \
         took longer than one second or held more than 64 MB.\n\n\
         | target | runs | seconds | edges reached | corpus, files |\n|---|---:|---:|---:|---:|\n",
        today()?
    );
    page.extend(outcomes.iter().map(|outcome| {
        let Outcome { target, runs, seconds, corpus_files, coverage } = outcome;
        format!("| {target} | {runs} | {seconds} | {coverage} | {corpus_files} |\n")
    }));
    Ok(page)
}

#[cfg(test)]
mod tests {
    use super::*;

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

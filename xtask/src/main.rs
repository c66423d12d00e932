//! `cargo xtask`: build, run, test and measure Signet.
//!
//! One tool for everything that a person does in a checkout. It says what it does before it does it,
//! and needs rustup and a C compiler; only `test` and `screenshots` ask for more.
#![expect(clippy::print_stdout, reason = "a build tool talks to the person who called it")]
#![expect(clippy::disallowed_methods, reason = "a build tool measures how long its steps take")]

mod bench;
mod build;
mod campaign;
mod card_tools;
mod check;
mod command;
mod executables;
mod fingerprint;
mod frontend;
mod node_modules;
mod npm;
mod package;
mod postgres;
mod precompress;
mod prerequisites;
mod run;
mod screenshots;
mod sizes;
mod source_checks;
mod summary;
mod test;
mod tools;
mod workspace;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use workspace::Workspace;

#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", about = "Build, run, test and measure Signet")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// Build everything and start the demonstration in the foreground (Ctrl-C ends it)
    Run(run::RunArguments),
    /// Build one release binary, `signet`, with the page inside
    Build,
    /// Build the crypto as a package for npm, in `target/npm`
    Npm,
    /// Build the card bridge as a package for Debian, in `target/debian`
    Package,
    /// Print what a browser has to load, and fail past the limits
    Sizes,
    /// Look at the changes of a branch in minutes: form, spelling, lints, unit tests
    Check,
    /// Install what the tests need, and run all of them
    Test(test::TestArguments),
    /// Measure, beside the programs and packages of others
    #[command(subcommand)]
    Bench(bench::Bench),
    /// Search for hours where the tests search for minutes
    #[command(subcommand)]
    Campaign(campaign::Campaign),
    /// Take pictures of every page, wide and narrow, light and dark
    Screenshots,
}

fn main() -> anyhow::Result<ExitCode> {
    let arguments = Arguments::parse();
    let workspace = Workspace::locate()?;
    match arguments.task {
        Task::Run(run) => run.execute(&workspace)?,
        Task::Build => build::execute(&workspace)?,
        Task::Npm => drop(npm::execute(&workspace)?),
        Task::Package => package::execute(&workspace)?,
        Task::Sizes => sizes::execute(&workspace)?,
        Task::Check => return check::execute(&workspace),
        Task::Test(test) => return Ok(test::execute(&workspace, &test)),
        Task::Bench(bench) => bench.execute(&workspace)?,
        Task::Campaign(campaign) => campaign.execute(&workspace)?,
        Task::Screenshots => screenshots::execute(&workspace)?,
    }
    Ok(ExitCode::SUCCESS)
}

//! What each command does.

mod card;
pub(crate) mod pair;
pub(crate) mod pin;

use crate::Command;
use anyhow::{Context, anyhow};
use card_bridge::{
    configuration::Configuration,
    install::{self, Autostart},
    link::Link,
    pairing::Pairings,
    relay, serve, worker,
};
use protocol::CardProblem;
use std::{future::Future, process::Stdio};

pub(crate) fn execute(command: Command) -> anyhow::Result<()> {
    let configuration = Configuration::load()?;
    match command {
        Command::Serve => run(serve::serve(configuration))?.map_err(Into::into),
        Command::Open { address } => open(&configuration, &address),
        Command::Status => card::status(&configuration),
        Command::Init { card, name } => card::initialise(&configuration, card, &name),
        Command::Pin(action) => pin::execute(&configuration, &action),
        Command::Pair(action) => pair::execute(&pairings(&configuration)?, action),
        Command::Install { autostart } => {
            Ok(install::install(if autostart { Autostart::AtLogin } else { Autostart::OnDemand })?)
        }
        Command::Uninstall => {
            pairings(&configuration)?.remove_all()?;
            Ok(install::uninstall()?)
        }
        Command::Worker => Ok(worker::run(&configuration)?),
    }
}

fn pairings(configuration: &Configuration) -> anyhow::Result<Pairings> {
    Ok(Pairings::in_folder(&configuration.state_folder()?))
}

fn run<F: Future>(future: F) -> anyhow::Result<F::Output> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    Ok(runtime.context("the runtime cannot be started")?.block_on(future))
}

fn open(configuration: &Configuration, address: &str) -> anyhow::Result<()> {
    match Link::parse(address)? {
        Link::Start => start(),
        Link::Job { server, token } => {
            run(relay::perform(configuration, &server, token))?.map_err(Into::into)
        }
    }
}

/// Starts the bridge in a process of its own, which outlives the browser. One that runs already is enough: the second ends.
fn start() -> anyhow::Result<()> {
    let mut bridge = std::process::Command::new(std::env::current_exe()?);
    bridge.arg("serve").stdin(Stdio::null()).stdout(Stdio::null());
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut bridge, 0);
    bridge.spawn().context("the card bridge cannot be started")?;
    Ok(())
}

/// What a person reads of a problem on the command line.
fn settle(outcome: Result<(), CardProblem>) -> anyhow::Result<()> {
    outcome.map_err(|problem| anyhow!("{} {}", problem.title, problem.advice))
}

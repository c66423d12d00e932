//! `signet-card-bridge`: the command line.

mod command;

use clap::{Parser, Subcommand};
use std::{io::IsTerminal, process::ExitCode};
use tracing::level_filters::LevelFilter;

/// How much goes to the log, such as `debug`. No level shows a PIN.
const LOG_VARIABLE: &str = "SIGNET_CARD_BRIDGE_LOG";

/// Makes keys on smart cards for web pages, and puts certificates on them
#[derive(Parser, Debug)]
#[command(name = "signet-card-bridge", version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    /// Serve pages on this computer, until nobody needs it
    Serve,
    /// Follow an address of the scheme `signet-card:`, as a browser hands it over
    Open {
        /// The address
        address: String,
    },
    /// Show readers, cards, and what each can do
    Status,
    /// Make the profile of a card that has none, with its PIN and PUK
    Init {
        /// The id of the card, as `status` shows it; needed when there are several
        #[arg(long)]
        card: Option<String>,
        /// What the card will be called
        #[arg(long, default_value = "S/MIME")]
        name: String,
    },
    /// Change the PIN of a card, or unblock it
    #[command(subcommand)]
    Pin(command::pin::Action),
    /// The sites that may use the bridge
    #[command(subcommand)]
    Pair(command::pair::Action),
    /// Register the scheme for this person, so that pages can start the bridge
    Install {
        /// Also start it at each login
        #[arg(long)]
        autostart: bool,
    },
    /// Take back all that `install` did, and end all pairings
    Uninstall,
    /// Do one job: started by the bridge itself
    #[command(hide = true)]
    Worker,
}

fn main() -> ExitCode {
    let level =
        std::env::var(LOG_VARIABLE).ok().and_then(|level| level.parse().ok()).unwrap_or(LevelFilter::INFO);
    tracing_subscriber::fmt()
        .with_max_level(level)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .init();
    match command::execute(Arguments::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

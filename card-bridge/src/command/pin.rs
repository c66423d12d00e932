//! `pin change`, `pin unblock`.

use super::settle;
use card_bridge::{configuration::Configuration, driver::Drivers, profile, prompt::Native, worker};
use clap::Subcommand;
use std::io::{self, Write};

#[derive(Subcommand, Debug)]
pub(crate) enum Action {
    /// Set another PIN, with the one that the card has
    Change {
        /// The id of the card, as `status` shows it; needed when there are several
        #[arg(long)]
        card: Option<String>,
    },
    /// Set a new PIN with the PUK (admin PIN), also when the old one is blocked
    Unblock {
        /// The id of the card, as `status` shows it; needed when there are several
        #[arg(long)]
        card: Option<String>,
    },
}

pub(crate) fn execute(configuration: &Configuration, action: &Action) -> anyhow::Result<()> {
    worker::protect()?;
    let drivers = Drivers::new(&configuration.modules);
    let mut prompt = Native::new(configuration);
    settle(match action {
        Action::Change { card } => profile::change_pin(card.as_deref(), &drivers, &mut prompt),
        Action::Unblock { card } => profile::unblock_pin(card.as_deref(), &drivers, &mut prompt),
    })?;
    writeln!(io::stdout(), "The card has its new PIN.")?;
    Ok(())
}

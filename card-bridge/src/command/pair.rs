//! `pair list`, `pair remove`.

use card_bridge::{origin::Origin, pairing::Pairings};
use clap::Subcommand;
use std::io::{self, Write};

#[derive(Subcommand, Debug)]
pub(crate) enum Action {
    /// Show the sites that may use the bridge
    List,
    /// End the pairings of a site
    Remove {
        /// Such as `https://signet.example`
        origin: String,
    },
}

pub(crate) fn execute(pairings: &Pairings, action: Action) -> anyhow::Result<()> {
    let mut output = io::stdout();
    match action {
        Action::List => {
            let all = pairings.list()?;
            if all.is_empty() {
                writeln!(output, "No site is paired.")?;
            }
            for pairing in all {
                writeln!(output, "{}", pairing.origin)?;
            }
        }
        Action::Remove { origin } => {
            let origin = Origin::parse(&origin)?;
            match pairings.remove(&origin)? {
                0 => writeln!(output, "{origin} was not paired.")?,
                _ => writeln!(output, "{origin} may not use the bridge any more.")?,
            }
        }
    }
    Ok(())
}

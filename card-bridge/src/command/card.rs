//! `status`: what the page's checklist shows, on the command line; `init`.

use super::settle;
use anyhow::bail;
use card_bridge::{card, configuration::Configuration, driver::Drivers, profile, prompt::Native, worker};
use protocol::{Card, CardPin, CardProfile, ReaderState};
use std::io::{self, Write};

pub(crate) fn status(configuration: &Configuration) -> anyhow::Result<()> {
    let report = card::report(&Drivers::new(&configuration.modules));
    let mut output = io::stdout();
    writeln!(output, "{}", readers_in_words(report.readers))?;
    if report.cards.is_empty() {
        writeln!(output, "No card is inserted.")?;
    }
    for card in &report.cards {
        write_card(&mut output, card)?;
    }
    Ok(())
}

/// Makes the profile of the card that was named, or of the only one that has none.
pub(crate) fn initialise(
    configuration: &Configuration,
    card: Option<String>,
    name: &str,
) -> anyhow::Result<()> {
    worker::protect()?;
    let drivers = Drivers::new(&configuration.modules);
    let card = match card {
        Some(card) => card,
        None => only_uninitialised(&drivers)?,
    };
    settle(profile::initialise(&card, name, &drivers, &mut Native::new(configuration)))?;
    writeln!(io::stdout(), "The card is ready.")?;
    Ok(())
}

fn only_uninitialised(drivers: &Drivers) -> anyhow::Result<String> {
    match profile::uninitialised(drivers).as_slice() {
        [card] => Ok(card.id.clone()),
        [] => bail!("no card without a profile is inserted"),
        several => {
            let ids: Vec<_> =
                several.iter().map(|card| format!("  --card {}  {}", card.id, card.reader)).collect();
            bail!("several cards have no profile; name one:\n{}", ids.join("\n"))
        }
    }
}

fn write_card(output: &mut impl Write, card: &Card) -> io::Result<()> {
    writeln!(output, "\n{} ({}), in {}", card.name, card.serial_number, card.reader)?;
    writeln!(output, "  id          {}", card.id)?;
    writeln!(output, "  profile     {}", profile_in_words(card.profile))?;
    writeln!(output, "  PIN         {}", pin_in_words(card.pin))?;
    writeln!(output, "  algorithms  {}", card.algorithms.join(", "))?;
    for key in &card.keys {
        let certificate = if key.has_certificate { "with its certificate" } else { "without a certificate" };
        writeln!(output, "  key         {} {certificate}, SHA-256 {}", key.algorithm, key.public_key_sha256)?;
    }
    Ok(())
}

fn readers_in_words(readers: ReaderState) -> &'static str {
    match readers {
        ReaderState::ServiceStopped => "The smart-card service does not run.",
        ReaderState::Missing => "No reader is connected.",
        ReaderState::Connected => "A reader is connected.",
    }
}

fn profile_in_words(profile: CardProfile) -> &'static str {
    match profile {
        CardProfile::Ready => "ready",
        CardProfile::NotInitialised => "must be initialised: signet-card-bridge init",
        CardProfile::ModuleMissing => "its program is not installed on this computer",
        CardProfile::Unknown => "unknown to the bridge",
    }
}

fn pin_in_words(pin: CardPin) -> &'static str {
    match pin {
        CardPin::Ready => "set",
        CardPin::NotSet => "never set: signet-card-bridge init",
        CardPin::MustBeChanged => "must be changed: signet-card-bridge pin change",
        CardPin::FewTriesLeft => "set; a wrong one was entered",
        CardPin::LastTry => "set; one more wrong one blocks it",
        CardPin::Blocked => {
            "blocked: unblock it with the card's own program, or with signet-card-bridge pin unblock"
        }
        CardPin::Unknown => "unknown",
    }
}

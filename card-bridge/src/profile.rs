//! Setting a card up from the command line: its profile, its PIN, its admin PIN (PUK). Everything is typed in windows.

use crate::card::Cards;
use crate::card::inventory::{InsertedCard, Inventory};
use crate::card::token::Token;
use crate::driver::{Drivers, Who};
use crate::problem::Failure;
use crate::prompt::{Confirmation, PinQuestion, Prompt};
use crate::task::login::{Purpose, check_length, impossible, log_in, log_in_and_keep_pin, pin_length};
use crate::task::person::{Person, card_line};
use cryptoki::session::UserType;
use protocol::{Card, CardPin, CardProblem, CardProblemCode as Code, CardProfile};
use secrecy::{ExposeSecret, SecretString};
use subtle::ConstantTimeEq;

/// Who asks, in the windows.
const ASKER: &str = "The command signet-card-bridge";
/// How often a new PIN may be entered until it fits and both times are the same. Our choice.
const ANSWERS: usize = 5;

/// The cards whose profile can be made, also room for further tokens that no report shows.
pub fn uninitialised(drivers: &Drivers) -> Vec<Card> {
    let inventory = Cards::new(drivers.clone()).scan();
    inventory.uninitialised().map(|inserted| inserted.card.clone()).collect()
}

/// Makes the profile of a card that has none: names it, sets its admin PIN and its PIN. The person confirms it first.
///
/// A card that is set up already is refused: PKCS #11 would delete all that is on it.
///
/// # Errors
/// Why it was not done, in words for the person.
pub fn initialise(
    id: &str,
    name: &str,
    drivers: &Drivers,
    prompt: &mut dyn Prompt,
) -> Result<(), CardProblem> {
    let mut person_sees = |_| {};
    let mut person = Person::new(ASKER, prompt, &mut person_sees);
    Ok(initialise_card(id, name, drivers, &mut person)?)
}

/// Changes the PIN of a card; without an id of the only one.
///
/// # Errors
/// Why it was not done, in words for the person.
pub fn change_pin(id: Option<&str>, drivers: &Drivers, prompt: &mut dyn Prompt) -> Result<(), CardProblem> {
    let mut person_sees = |_| {};
    let mut person = Person::new(ASKER, prompt, &mut person_sees);
    Ok(change_pin_of_card(id, drivers, &mut person)?)
}

/// Sets a new PIN with the admin PIN (PUK), also when the old one is blocked, or there is none; without an id on the only
/// card.
///
/// # Errors
/// Why it was not done, in words for the person.
pub fn unblock_pin(id: Option<&str>, drivers: &Drivers, prompt: &mut dyn Prompt) -> Result<(), CardProblem> {
    let mut person_sees = |_| {};
    let mut person = Person::new(ASKER, prompt, &mut person_sees);
    Ok(unblock_pin_of_card(id, drivers, &mut person)?)
}

fn initialise_card(id: &str, name: &str, drivers: &Drivers, person: &mut Person<'_>) -> Result<(), Failure> {
    let mut cards = Cards::new(drivers.clone());
    let inventory = cards.scan();
    let inserted = inventory.card(id).ok_or(Code::CardMissing)?;
    let token = inserted.token.as_ref().ok_or(Code::ModuleMissing)?;
    // What the card says now counts, not what was listed.
    let info = token.newest_info()?;
    if info.token_initialized() || !token.driver().initialises {
        return Err(impossible(token, Code::CardReadOnly));
    }
    if !person.agrees(&set_up(inserted, name))? {
        return Err(Code::Cancelled.into());
    }
    let length = pin_length(&info);
    let admin_pin = new_pin(person, inserted, "admin PIN (PUK), which unblocks the PIN", length.clone())?;
    let pin = new_pin(person, inserted, "PIN, which is asked for each time the card is used", length)?;
    token.pkcs11().init_token(token.slot(), &admin_pin, name)?;
    // Some modules move the token to another slot now.
    let serial_number = token.newest_info().map(|info| info.serial_number().to_owned()).unwrap_or_default();
    let inventory = cards.scan();
    let is_new = |inserted: &&InsertedCard| {
        inserted.card.serial_number == serial_number && inserted.card.pin == CardPin::NotSet
    };
    let inserted = inventory.cards().iter().find(is_new).ok_or(Code::CardFault)?;
    let token = inserted.token.as_ref().ok_or(Code::CardFault)?;
    let session = token.open()?;
    session.login(UserType::So, Some(&admin_pin))?;
    let result = session.init_pin(&pin);
    session.logout()?;
    Ok(result?)
}

fn change_pin_of_card(id: Option<&str>, drivers: &Drivers, person: &mut Person<'_>) -> Result<(), Failure> {
    let mut cards = Cards::new(drivers.clone());
    let inventory = cards.scan();
    let (inserted, token) = the_card(&inventory, id)?;
    let session = token.open()?;
    let purpose = Purpose { who: Who::User, request: &person.request("change the PIN of your card") };
    let (_login, old) = log_in_and_keep_pin(person, &session, inserted, token, purpose)?;
    // Where it is entered on the reader, the maker's program changes it there.
    let old = old.ok_or_else(|| impossible(token, Code::CardReadOnly))?;
    let new = new_pin(person, inserted, "PIN", pin_length(token.info()))?;
    Ok(session.set_pin(&old, &new)?)
}

fn unblock_pin_of_card(id: Option<&str>, drivers: &Drivers, person: &mut Person<'_>) -> Result<(), Failure> {
    let mut cards = Cards::new(drivers.clone());
    let inventory = cards.scan();
    let (inserted, token) = the_card(&inventory, id)?;
    if !token.driver().unblocks {
        return Err(impossible(token, Code::CardReadOnly));
    }
    let session = token.open()?;
    let request = person.request("set a new PIN on your card");
    let _login = log_in(person, &session, inserted, token, Purpose { who: Who::So, request: &request })?;
    let new = new_pin(person, inserted, "PIN", pin_length(token.info()))?;
    Ok(session.init_pin(&new)?)
}

/// The card with this id, or the only one that has a profile.
fn the_card<'a>(
    inventory: &'a Inventory,
    id: Option<&str>,
) -> Result<(&'a InsertedCard, &'a Token), Failure> {
    let is_meant = |inserted: &&InsertedCard| id.is_none_or(|id| id == inserted.card.id);
    let has_profile = |inserted: &&InsertedCard| inserted.card.profile == CardProfile::Ready;
    let mut meant = inventory.cards().iter().filter(is_meant).filter(has_profile);
    let inserted = meant.next().ok_or(Code::CardMissing)?;
    if meant.next().is_some() {
        return Err(Code::SeveralCards.into());
    }
    let token = inserted.token.as_ref().ok_or(Code::ModuleMissing)?;
    Ok((inserted, token))
}

/// A new PIN, entered twice.
fn new_pin(
    person: &mut Person<'_>,
    inserted: &InsertedCard,
    name: &str,
    length: std::ops::RangeInclusive<usize>,
) -> Result<SecretString, Failure> {
    let question = |action, notice| PinQuestion {
        action,
        card: card_line(&inserted.card),
        notice,
        length: length.clone(),
    };
    let mut notice = None;
    let mut last = Code::PinLength;
    for _ in 0..ANSWERS {
        let first = format!(
            "Choose the {name}. It has {} to {} characters: do not use one that you have elsewhere.",
            length.start(),
            length.end()
        );
        let pin = person.enters_pin(&question(first, notice.take()))?;
        if let Err(failure) = check_length(&pin, &length) {
            last = failure.code();
            notice = Some(failure.to_string());
            continue;
        }
        let again = person.enters_pin(&question(format!("Enter the new {name} once more."), None))?;
        if bool::from(pin.expose_secret().as_bytes().ct_eq(again.expose_secret().as_bytes())) {
            return Ok(pin);
        }
        last = Code::PinWrong;
        notice = Some("The two were not the same.".to_owned());
    }
    Err(last.into())
}

fn set_up(inserted: &InsertedCard, name: &str) -> Confirmation {
    Confirmation {
        text: format!(
            "The card {} will be set up with the name “{name}”, an admin PIN (PUK) and a PIN.\n\nWrite the admin PIN down and keep it in a safe place: without it a blocked PIN stays blocked.",
            card_line(&inserted.card)
        ),
        agree: "Set it up",
        refuse: "Cancel",
    }
}

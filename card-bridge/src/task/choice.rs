//! Which card a piece of work is for, and whether it can begin.

use super::work::Work;
use crate::card::inventory::{InsertedCard, Inventory};
use crate::problem::Failure;
use pki::key_policy::{KeyAlgorithm, spki_sha256_hex};
use protocol::{Card, CardPin, CardProblemCode as Code, CardProfile, ReaderState};

/// What comes of looking at what is there.
#[derive(Debug)]
pub(super) enum Choice<'a> {
    /// This card, now.
    Ready(&'a InsertedCard),
    /// A person can mend it: look again.
    NotYet(Code),
    /// Waiting would not help.
    Refused(Failure),
}

pub(super) fn choose<'a>(work: &Work, inventory: &'a Inventory) -> Choice<'a> {
    let choice = match work {
        Work::Generate { card, algorithm, .. } => for_new_key(inventory, card.as_deref(), *algorithm),
        Work::Reuse { card, public_key_sha256, .. } | Work::Remove { card, public_key_sha256 } => {
            for_key(inventory, card.as_deref(), public_key_sha256)
        }
        Work::Install(certificate) => for_key(inventory, None, &spki_sha256_hex(&certificate.spki)),
    };
    choice.unwrap_or_else(|no_choice| no_choice)
}

/// `Err` is another choice than a card.
type CardOr<'a> = Result<Choice<'a>, Choice<'a>>;

fn for_new_key<'a>(inventory: &'a Inventory, id: Option<&str>, algorithm: KeyAlgorithm) -> CardOr<'a> {
    let card = match id {
        Some(id) => with_id(inventory, id).ok_or_else(|| absent(inventory))?,
        None => the_only_one(inventory)?,
    };
    begin(card)?;
    if card.card.algorithms.iter().any(|id| id == algorithm.id()) {
        return Ok(Choice::Ready(card));
    }
    let note = card.token.as_ref().and_then(|token| token.driver().note.clone());
    Err(Choice::Refused(match note {
        Some(note) if card.card.algorithms.is_empty() => {
            Failure::with_advice(Code::AlgorithmUnsupported, note)
        }
        _ => Failure::new(Code::AlgorithmUnsupported),
    }))
}

/// The one that can be used, also when a second one is inserted that cannot; never a guess between two.
fn the_only_one(inventory: &Inventory) -> Result<&InsertedCard, Choice<'_>> {
    let mut usable = inventory.cards().iter().filter(|inserted| obstacle(&inserted.card).is_none());
    match (usable.next(), usable.next(), inventory.cards().first()) {
        (Some(card), None, _) | (None, _, Some(card)) => Ok(card),
        (Some(_), Some(_), _) => Err(Choice::Refused(Failure::new(Code::SeveralCards))),
        (None, _, None) => Err(absent(inventory)),
    }
}

fn for_key<'a>(inventory: &'a Inventory, id: Option<&str>, public_key_sha256: &str) -> CardOr<'a> {
    let holder = inventory.cards().iter().find(|inserted| inserted.key(public_key_sha256).is_some());
    match (holder, id.and_then(|id| with_id(inventory, id))) {
        (Some(holder), _) if id.is_none_or(|id| id == holder.card.id) => {
            begin(holder)?;
            Ok(Choice::Ready(holder))
        }
        (Some(holder), _) => Err(on_another_card(&holder.card)),
        // What is on a card that cannot be read is not known.
        (None, Some(chosen)) => {
            begin(chosen)?;
            Err(Choice::Refused(Failure::new(Code::KeyNotOnCard)))
        }
        (None, None) if id.is_some() => Err(absent(inventory)),
        (None, None) => Err(nowhere(inventory)),
    }
}

fn on_another_card<'a>(card: &Card) -> Choice<'a> {
    let advice = format!("The key is on the card {}: choose that one.", description(card));
    Choice::Refused(Failure::with_advice(Code::KeyNotOnCard, advice))
}

/// No card has the key; one that cannot be read yet may.
fn nowhere(inventory: &Inventory) -> Choice<'_> {
    let cards = inventory.cards();
    if let Some(code) = cards.iter().find_map(|inserted| obstacle(&inserted.card)) {
        return Choice::NotYet(code);
    }
    if cards.is_empty() {
        return absent(inventory);
    }
    let names: Vec<String> = cards.iter().map(|inserted| description(&inserted.card)).collect();
    let advice = format!(
        "Insert the card on which the key was made, and start again. It is not on {}.",
        names.join(" or ")
    );
    Choice::Refused(Failure::with_advice(Code::KeyNotOnCard, advice))
}

fn with_id<'a>(inventory: &'a Inventory, id: &str) -> Option<&'a InsertedCard> {
    inventory.cards().iter().find(|inserted| inserted.card.id == id)
}

/// The card that is wanted is not there.
fn absent<'a>(inventory: &Inventory) -> Choice<'a> {
    Choice::NotYet(match inventory.readers() {
        ReaderState::ServiceStopped => Code::ReaderServiceStopped,
        ReaderState::Missing => Code::ReaderMissing,
        ReaderState::Connected if inventory.cards().is_empty() => Code::CardMissing,
        ReaderState::Connected => Code::OtherCard,
    })
}

fn begin<'a>(inserted: &InsertedCard) -> Result<(), Choice<'a>> {
    obstacle(&inserted.card).map_or(Ok(()), |code| Err(Choice::NotYet(code)))
}

/// What a person must do before the card can be used.
fn obstacle(card: &Card) -> Option<Code> {
    match (card.profile, card.pin) {
        (CardProfile::NotInitialised, _) => Some(Code::ProfileNotInitialised),
        (CardProfile::ModuleMissing, _) => Some(Code::ModuleMissing),
        (CardProfile::Unknown, _) => Some(Code::CardUnknown),
        (_, CardPin::NotSet) => Some(Code::PinNotSet),
        (_, CardPin::MustBeChanged) => Some(Code::PinMustBeChanged),
        (_, CardPin::Blocked) => Some(Code::PinBlocked),
        (CardProfile::Ready, _) => None,
    }
}

/// A card in a sentence.
fn description(card: &Card) -> String {
    match card.serial_number.as_str() {
        "" => format!("“{}”", card.name),
        serial_number => format!("“{}” with the serial number {serial_number}", card.name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::readers::{Reader, Readers};
    use pki::mailbox::Mailbox;

    const CERTUM: [u8; 20] = [
        0x3b, 0x7f, 0x96, 0x00, 0x00, 0x80, 0x31, 0x80, 0x58, 0x43, 0x65, 0x72, 0x74, 0x75, 0x6d, 0x30, 0x31,
        0x82, 0x90, 0x00,
    ];

    fn reader(atr: Option<&[u8]>) -> Reader {
        Reader { name: "Reader".to_owned(), atr: atr.map(<[u8]>::to_vec), exclusive: false }
    }

    /// What new keys on this card, or on the only one, wait for.
    fn waits_for(readers: &Readers, card: Option<&str>) -> Option<Code> {
        let mailbox = Mailbox::parse("anna@example.org").expect("an address");
        let card = card.map(str::to_owned);
        let work = Work::Generate { card, algorithm: KeyAlgorithm::EcP256, mailbox };
        match choose(&work, &Inventory::new(Vec::new(), readers)) {
            Choice::NotYet(code) => Some(code),
            Choice::Ready(_) | Choice::Refused(_) => None,
        }
    }

    #[test]
    fn each_thing_that_a_person_can_mend_is_waited_for() {
        let with = |readers: &[Reader]| waits_for(&Readers::Connected(readers.to_vec()), None);
        assert_eq!(waits_for(&Readers::ServiceStopped, None), Some(Code::ReaderServiceStopped));
        assert_eq!(with(&[]), Some(Code::ReaderMissing));
        assert_eq!(with(&[reader(None)]), Some(Code::CardMissing));
        assert_eq!(with(&[reader(Some(&[0x3b, 0x68]))]), Some(Code::CardUnknown));
        assert_eq!(with(&[reader(Some(&CERTUM))]), Some(Code::ModuleMissing));
    }

    #[test]
    fn the_chosen_card_is_waited_for_while_another_is_inserted() {
        let readers = Readers::Connected(vec![reader(Some(&CERTUM))]);
        assert_eq!(waits_for(&readers, Some("chosen")), Some(Code::OtherCard));
        assert_eq!(
            waits_for(&Readers::Connected(vec![reader(None)]), Some("chosen")),
            Some(Code::CardMissing)
        );
    }

    #[test]
    fn a_key_is_not_refused_while_a_card_cannot_be_read() {
        let work = Work::Remove { card: None, public_key_sha256: "0".repeat(64) };
        let readers = Readers::Connected(vec![reader(Some(&CERTUM))]);
        let inventory = Inventory::new(Vec::new(), &readers);
        let choice = choose(&work, &inventory);
        assert!(matches!(choice, Choice::NotYet(Code::ModuleMissing)), "{choice:?}");
    }
}

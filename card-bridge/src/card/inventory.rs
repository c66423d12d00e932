//! What one look found, put together from what modules and the smart-card service say.

use super::key::{CardCertificate, PublicKeyOnCard};
use super::token::{self, Token};
use crate::driver::{self, Driver, Drivers};
use crate::readers::{Reader, Readers};
use protocol::{Card, CardKey, CardPin, CardProfile, CardReport, ReaderState};
use sha2::{Digest, Sha256};

/// How many bytes of a digest name a card. Our choice: 128 bits.
const ID_BYTES: usize = 16;

/// Everything that is there.
#[derive(Debug)]
pub(crate) struct Inventory {
    service_runs: bool,
    readers: ReaderState,
    cards: Vec<InsertedCard>,
    /// Room for further tokens. Nobody inserted them: only who sets one up wants to see them.
    free: Vec<InsertedCard>,
}

/// A card, and how to reach it.
#[derive(Clone, Debug)]
pub(crate) struct InsertedCard {
    pub(crate) card: Card,
    /// Without one there is no module that speaks with it.
    pub(crate) token: Option<Token>,
    pub(crate) keys: Vec<PublicKeyOnCard>,
    pub(crate) certificates: Vec<CardCertificate>,
}

impl Inventory {
    /// Groups tokens into cards, and adds the cards that no module shows.
    pub(crate) fn new(tokens: Vec<Token>, readers: &Readers) -> Self {
        let (free, tokens): (Vec<Token>, Vec<Token>) = tokens.into_iter().partition(is_free_slot);
        let mut cards: Vec<InsertedCard> = of_one_card(tokens.clone()).map(InsertedCard::on_token).collect();
        cards.extend(without_token(readers, &tokens));
        let free = free.into_iter().map(InsertedCard::on_token).collect();
        cards.sort_by(|one, other| {
            (&one.card.reader, &one.card.id).cmp(&(&other.card.reader, &other.card.id))
        });
        let service_runs = *readers != Readers::ServiceStopped;
        Self { service_runs, readers: reader_state(readers, &cards), cards, free }
    }

    /// For a person. The revision is 0.
    pub(crate) fn report(&self) -> CardReport {
        let cards = self.cards.iter().map(|inserted| inserted.card.clone()).collect();
        CardReport { revision: 0, readers: self.readers, cards }
    }

    /// Whether the smart-card service runs; cards that are no hardware do not need it.
    pub(crate) fn service_runs(&self) -> bool {
        self.service_runs
    }

    pub(crate) fn readers(&self) -> ReaderState {
        self.readers
    }

    pub(crate) fn cards(&self) -> &[InsertedCard] {
        &self.cards
    }

    /// The cards whose profile can be made.
    pub(crate) fn uninitialised(&self) -> impl Iterator<Item = &InsertedCard> {
        let all = self.cards.iter().chain(&self.free);
        all.filter(|inserted| {
            inserted.card.profile == CardProfile::NotInitialised && inserted.token.is_some()
        })
    }

    /// The card with this id.
    pub(crate) fn card(&self, id: &str) -> Option<&InsertedCard> {
        self.cards.iter().chain(&self.free).find(|inserted| inserted.card.id == id)
    }
}

impl InsertedCard {
    fn on_token(token: Token) -> Self {
        let info = token.info();
        let is_ready = info.token_initialized();
        let (keys, certificates) = if is_ready { read_objects(&token) } else { Default::default() };
        let algorithms = if is_ready { token.algorithms() } else { Vec::new() };
        let certified: Vec<Vec<u8>> = certificates.iter().filter_map(CardCertificate::spki).collect();
        let card_key = |key: &PublicKeyOnCard| CardKey {
            algorithm: key.algorithm.id().to_owned(),
            public_key_sha256: key.sha256(),
            has_certificate: certified.contains(&key.spki),
        };
        let card = Card {
            id: token_id(&token),
            name: printable(token.name()),
            serial_number: printable(info.serial_number()),
            reader: printable(token.reader()),
            profile: if is_ready { CardProfile::Ready } else { CardProfile::NotInitialised },
            pin: if is_ready { token::pin(info) } else { CardPin::Unknown },
            algorithms: algorithms.iter().map(|algorithm| algorithm.id().to_owned()).collect(),
            keys: keys.iter().map(card_key).collect(),
        };
        Self { card, token: Some(token), keys, certificates }
    }

    fn in_reader(reader: &Reader, atr: &[u8], driver: Option<&Driver>) -> Self {
        let profile = match driver {
            None => CardProfile::Unknown,
            Some(driver) if driver::installed(driver).is_none() => CardProfile::ModuleMissing,
            Some(_) if reader.exclusive => CardProfile::Unknown,
            // Its program is there, and shows nothing on it that keys could be kept in.
            Some(_) => CardProfile::NotInitialised,
        };
        let name = driver.map_or("Unknown card", |driver| &driver.name);
        let name =
            if reader.exclusive { format!("{name} (in use by another program)") } else { name.to_owned() };
        let card = Card {
            id: id(&["reader", &reader.name, &format!("{atr:02x?}")]),
            name,
            serial_number: String::new(),
            reader: printable(&reader.name),
            profile,
            pin: CardPin::Unknown,
            algorithms: Vec::new(),
            keys: Vec::new(),
        };
        Self { card, token: None, keys: Vec::new(), certificates: Vec::new() }
    }

    /// The key pair with this name.
    pub(crate) fn key(&self, public_key_sha256: &str) -> Option<&PublicKeyOnCard> {
        self.keys.iter().find(|key| key.sha256() == public_key_sha256)
    }

    /// The certificates that are for this key.
    pub(crate) fn certificates_for<'a>(
        &'a self,
        key: &'a PublicKeyOnCard,
    ) -> impl Iterator<Item = &'a CardCertificate> {
        self.certificates.iter().filter(|certificate| certificate.spki().as_ref() == Some(&key.spki))
    }
}

/// A card that goes while it is read has nothing on it any more.
fn read_objects(token: &Token) -> (Vec<PublicKeyOnCard>, Vec<CardCertificate>) {
    token.public_objects().unwrap_or_else(|error| {
        tracing::debug!(%error, "a card cannot be read");
        Default::default()
    })
}

fn is_free_slot(token: &Token) -> bool {
    token.driver().free_slot && !token.info().token_initialized()
}

/// Of the slots of one card the one that counts, else the first.
fn of_one_card(tokens: Vec<Token>) -> impl Iterator<Item = Token> {
    let mut cards: Vec<Token> = Vec::new();
    for token in tokens {
        match cards.iter_mut().find(|card| card.is_same_card(&token)) {
            Some(card) if token.counts() && !card.counts() => *card = token,
            Some(_) => {}
            None => cards.push(token),
        }
    }
    cards.into_iter()
}

/// The cards in readers that no module shows.
fn without_token<'a>(readers: &'a Readers, tokens: &'a [Token]) -> impl Iterator<Item = InsertedCard> + 'a {
    let readers: &[Reader] = match readers {
        Readers::Connected(readers) => readers,
        Readers::ServiceStopped => &[],
    };
    // A description of a slot is cut off after 64 bytes.
    let is_in = |token: &Token, reader: &Reader| {
        !token.reader().is_empty() && reader.name.starts_with(token.reader())
    };
    let elsewhere = move |token: &&Token| !readers.iter().any(|reader| is_in(token, reader));
    readers.iter().filter_map(move |reader| {
        let atr = reader.atr.as_ref()?;
        let driver = Drivers::of_atr(atr);
        let names_reader = tokens.iter().any(|token| is_in(token, reader));
        // Some modules do not name their reader: then their token is this card.
        let is_kind = |token: &Token| driver.is_some_and(|driver| driver.id == token.driver().id);
        let is_shown = names_reader || tokens.iter().filter(elsewhere).any(is_kind);
        (!is_shown).then(|| InsertedCard::in_reader(reader, atr, driver))
    })
}

fn reader_state(readers: &Readers, cards: &[InsertedCard]) -> ReaderState {
    match readers {
        // A token without hardware needs no reader.
        _ if !cards.is_empty() => ReaderState::Connected,
        Readers::ServiceStopped => ReaderState::ServiceStopped,
        Readers::Connected(readers) if readers.is_empty() => ReaderState::Missing,
        Readers::Connected(_) => ReaderState::Connected,
    }
}

/// The same as long as the card is the same, wherever it is inserted, and also after it was set up again where its serial
/// number stays.
fn token_id(token: &Token) -> String {
    let info = token.info();
    match info.serial_number() {
        "" => id(&["label", info.manufacturer_id(), info.model(), info.label()]),
        serial_number => id(&["serial", info.manufacturer_id(), info.model(), serial_number]),
    }
}

fn id(parts: &[&str]) -> String {
    let mut digest = Sha256::new();
    for part in parts {
        digest.update(part.as_bytes());
        digest.update([0]);
    }
    let digit = |nibble: u8| char::from_digit(u32::from(nibble), 16).unwrap_or_default();
    digest.finalize().iter().take(ID_BYTES).flat_map(|byte| [digit(byte >> 4), digit(byte & 0xf)]).collect()
}

/// What a card says of itself is shown in windows and pages: nothing that moves other text about.
fn printable(text: &str) -> String {
    text.chars().filter(|character| !character.is_control()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reader(atr: Option<&[u8]>) -> Reader {
        Reader { name: "Reader 00 00".to_owned(), atr: atr.map(<[u8]>::to_vec), exclusive: false }
    }

    fn reader_with(atr: &[u8]) -> Readers {
        Readers::Connected(vec![reader(Some(atr))])
    }

    #[test]
    fn a_reader_without_a_card_is_connected_and_no_card_is_there() {
        let readers = Readers::Connected(vec![reader(None)]);
        let report = Inventory::new(Vec::new(), &readers).report();
        assert_eq!(report, CardReport { revision: 0, readers: ReaderState::Connected, cards: Vec::new() });
    }

    #[test]
    fn without_a_service_and_without_a_reader_are_two_things() {
        let state = |readers| Inventory::new(Vec::new(), &readers).readers();
        assert_eq!(state(Readers::ServiceStopped), ReaderState::ServiceStopped);
        assert_eq!(state(Readers::Connected(Vec::new())), ReaderState::Missing);
    }

    #[test]
    fn a_card_that_nobody_knows_is_shown_with_its_reader() {
        let report = Inventory::new(Vec::new(), &reader_with(&[0x3b, 0x68])).report();
        let [card] = report.cards.as_slice() else { panic!("{report:?}") };
        assert_eq!((card.profile, card.pin), (CardProfile::Unknown, CardPin::Unknown));
        assert_eq!((card.name.as_str(), card.reader.as_str()), ("Unknown card", "Reader 00 00"));
    }

    #[test]
    fn a_card_whose_program_is_not_installed_has_its_name() {
        let atr = [
            0x3b, 0x7f, 0x96, 0x00, 0x00, 0x80, 0x31, 0x80, 0x58, 0x43, 0x65, 0x72, 0x74, 0x75, 0x6d, 0x30,
            0x31, 0x82, 0x90, 0x00,
        ];
        let report = Inventory::new(Vec::new(), &reader_with(&atr)).report();
        let [card] = report.cards.as_slice() else { panic!("{report:?}") };
        assert_eq!((card.name.as_str(), card.profile), ("Certum cryptoCertum", CardProfile::ModuleMissing));
    }

    #[test]
    fn a_card_that_another_program_keeps_to_itself_says_so() {
        let busy = Reader { exclusive: true, ..reader(Some(&[0x3b, 0x68])) };
        let report = Inventory::new(Vec::new(), &Readers::Connected(vec![busy])).report();
        let [card] = report.cards.as_slice() else { panic!("{report:?}") };
        assert_eq!(card.name, "Unknown card (in use by another program)");
    }

    #[test]
    fn what_a_card_says_of_itself_moves_no_other_text() {
        assert_eq!(printable("a\nb\u{1b}[2Jc"), "ab[2Jc");
    }

    #[test]
    fn an_id_depends_on_where_its_parts_end() {
        assert_ne!(id(&["ab", "c"]), id(&["a", "bc"]));
        assert_eq!(id(&["ab", "c"]).len(), 2 * ID_BYTES);
    }
}

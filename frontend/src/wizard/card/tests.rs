use super::{BridgeLink, CardAction, CardState, Line, Mark, Permission, Transport, Work};
use protocol::{
    Card, CardKey, CardOutcome, CardPin, CardProblem, CardProblemCode, CardProfile, CardReport, CardWork,
    OperationState, ReaderState,
};

fn key(public_key_sha256: &str, has_certificate: bool) -> CardKey {
    CardKey {
        algorithm: "rsa-2048".to_owned(),
        public_key_sha256: public_key_sha256.to_owned(),
        has_certificate,
    }
}

fn card(id: &str) -> Card {
    Card {
        id: id.to_owned(),
        name: "Common profile".to_owned(),
        serial_number: "1234".to_owned(),
        reader: "Reader 0".to_owned(),
        profile: CardProfile::Ready,
        pin: CardPin::Ready,
        algorithms: vec!["rsa-2048".to_owned(), "p-256".to_owned()],
        keys: Vec::new(),
    }
}

fn report(cards: Vec<Card>) -> CardAction {
    CardAction::Report(CardReport { revision: 1, readers: ReaderState::Connected, cards })
}

fn after(actions: impl IntoIterator<Item = CardAction>) -> CardState {
    actions.into_iter().fold(CardState::default(), CardState::reduce)
}

fn marks(state: &CardState) -> [Mark; 5] {
    state.checklist().map(|line| line.mark)
}

fn failed(code: CardProblemCode) -> OperationState {
    OperationState::Failed {
        problem: CardProblem { code, title: "It failed.".to_owned(), advice: "Try again.".to_owned() },
    }
}

fn working(work: CardWork) -> CardAction {
    CardAction::Progress(OperationState::Working { work })
}

#[test]
fn with_everything_in_place_every_line_is_done_and_the_card_is_ready() {
    let state = after([report(vec![card("a")])]);
    assert_eq!(marks(&state), [Mark::Done; 5]);
    assert!(state.is_ready());
}

#[test]
fn before_the_person_connects_only_the_first_line_is_to_be_done() {
    let state = CardState::default();
    assert_eq!(marks(&state), [Mark::ToDo, Mark::Unknown, Mark::Unknown, Mark::Unknown, Mark::Unknown]);
    assert!(!state.is_ready());
}

#[test]
fn every_line_that_is_to_be_done_says_what_to_do() {
    let links = [
        BridgeLink::Idle,
        BridgeLink::Looking(Permission::Prompt),
        BridgeLink::Looking(Permission::Granted),
        BridgeLink::NotFound(Permission::Denied),
        BridgeLink::NotFound(Permission::Prompt),
        BridgeLink::NotFound(Permission::Granted),
        BridgeLink::NotFound(Permission::Unknown),
        BridgeLink::TooOld,
        BridgeLink::TooNew,
        BridgeLink::Pairing("123456".to_owned()),
        BridgeLink::Refused("No.".to_owned(), "Ask again.".to_owned()),
    ];
    let mut states: Vec<CardState> = links.map(|link| after([CardAction::Link(link)])).into();
    for profile in [CardProfile::NotInitialised, CardProfile::ModuleMissing, CardProfile::Unknown] {
        states.push(after([report(vec![Card { profile, ..card("a") }])]));
    }
    for pin in [CardPin::NotSet, CardPin::MustBeChanged, CardPin::Blocked] {
        states.push(after([report(vec![Card { pin, ..card("a") }])]));
    }
    for readers in [ReaderState::Missing, ReaderState::ServiceStopped] {
        let empty = CardReport { revision: 1, readers, cards: Vec::new() };
        states.push(after([CardAction::Report(empty)]));
    }
    for state in states {
        let lines = state.checklist();
        let to_do: Vec<&Line> = lines.iter().filter(|line| line.mark == Mark::ToDo).collect();
        assert!(!to_do.is_empty() && !state.is_ready(), "{state:?}");
        assert!(to_do.iter().all(|line| !line.advice.is_empty()), "{lines:?}");
    }
}

#[test]
fn a_token_that_needs_no_reader_is_not_sent_to_buy_one() {
    let soft = CardReport { revision: 1, readers: ReaderState::Missing, cards: vec![card("a")] };
    assert_eq!(marks(&after([CardAction::Report(soft)])), [Mark::Done; 5]);
}

#[test]
fn a_last_try_is_told_and_does_not_hold_up() {
    let state = after([report(vec![Card { pin: CardPin::LastTry, ..card("a") }])]);
    let [.., line] = state.checklist();
    assert_eq!((line.mark, &*line.advice), (Mark::Done, "One more wrong PIN blocks the card."));
    assert!(state.is_ready());
}

#[test]
fn of_several_cards_the_person_chooses_and_a_single_one_needs_no_choice() {
    let state = after([report(vec![card("a"), card("b")])]);
    assert!(state.card().is_none() && !state.is_ready());
    assert_eq!(state.checklist()[2].mark, Mark::ToDo);
    let state = state.reduce(CardAction::ChooseCard("b".to_owned()));
    assert_eq!(state.card_id().as_deref(), Some("b"));
    assert!(state.is_ready());
    // The other one is all that is left.
    let state = state.reduce(report(vec![card("a")]));
    assert_eq!(state.card_id().as_deref(), Some("a"));
}

#[test]
fn nothing_stays_green_when_the_bridge_is_gone_and_all_of_it_comes_back() {
    let state = after([
        report(vec![card("a"), card("b")]),
        CardAction::ChooseCard("b".to_owned()),
        CardAction::Link(BridgeLink::Looking(Permission::Granted)),
    ]);
    assert!(marks(&state).iter().all(|mark| *mark != Mark::Done));
    let state = state.reduce(report(vec![card("a"), card("b")]));
    assert_eq!(marks(&state), [Mark::Done; 5]);
    assert_eq!(state.card_id().as_deref(), Some("b"));
}

#[test]
fn a_task_outlives_a_connection_that_breaks() {
    let state = after([
        report(vec![card("a")]),
        CardAction::Begin(None),
        working(CardWork::GeneratingKeyPair),
        CardAction::Link(BridgeLink::Looking(Permission::Granted)),
    ]);
    assert!(state.is_busy());
    let outcome = CardOutcome::Installed { card_name: "Common profile".to_owned() };
    let done = state.reduce(CardAction::Progress(OperationState::Done { outcome: outcome.clone() }));
    assert_eq!(done.work, Work::Done(outcome));
}

#[test]
fn an_answer_after_the_task_was_given_up_changes_nothing() {
    let state = after([CardAction::Begin(None), CardAction::Forget, working(CardWork::SigningRequest)]);
    assert_eq!(state.work, Work::Idle);
}

#[test]
fn what_the_person_cancelled_is_no_failure_and_everything_else_is_told_in_the_words_of_the_bridge() {
    let ended = |code| after([CardAction::Begin(None), CardAction::Progress(failed(code))]).work;
    assert_eq!(ended(CardProblemCode::Cancelled), Work::Idle);
    assert_eq!(ended(CardProblemCode::PinCancelled), Work::Idle);
    let told = Work::Failed("It failed.".to_owned(), "Try again.".to_owned());
    assert_eq!(ended(CardProblemCode::PinWrong), told);
    assert_eq!(ended(CardProblemCode::BridgeEnded), told);
}

#[test]
fn only_one_task_at_a_time_is_offered() {
    let state = after([report(vec![card("a")]), CardAction::Begin(None)]);
    assert!(!state.is_ready());
}

#[test]
fn through_the_relay_the_list_comes_with_the_task() {
    let state = after([
        CardAction::Link(BridgeLink::NotFound(Permission::Denied)),
        CardAction::Use(Transport::Relay),
    ]);
    assert_eq!(marks(&state), [Mark::Unknown; 5]);
    assert!(state.is_ready());
    let empty = CardReport { revision: 1, readers: ReaderState::Connected, cards: Vec::new() };
    let state = state
        .reduce(CardAction::Begin(Some("signet-card:job".to_owned())))
        .reduce(CardAction::Progress(OperationState::WaitingForCard { report: empty }));
    assert_eq!(marks(&state), [Mark::Done, Mark::Done, Mark::ToDo, Mark::Unknown, Mark::Unknown]);
}

#[test]
fn the_address_that_starts_the_bridge_is_offered_until_it_has_come() {
    let begun = after([CardAction::Begin(Some("signet-card:job".to_owned())), working(CardWork::Starting)]);
    assert!(matches!(&begun.work, Work::GoingOn { starter: Some(_), .. }));
    let come = begun.reduce(CardAction::Progress(OperationState::WaitingForPerson));
    assert!(matches!(&come.work, Work::GoingOn { starter: None, .. }));
}

#[test]
fn through_the_relay_a_bridge_that_works_is_there() {
    let begun = after([
        CardAction::Use(Transport::Relay),
        CardAction::Begin(Some("signet-card:job".to_owned())),
        working(CardWork::Starting),
    ]);
    assert_eq!(marks(&begun)[0], Mark::Unknown);
    let come = begun.reduce(CardAction::Progress(OperationState::WaitingForPerson));
    assert_eq!(marks(&come)[0], Mark::Done);
}

#[test]
fn what_a_card_can_do_is_known_only_with_a_card_that_can_be_used() {
    assert!(CardState::default().supports("p-384"));
    let state = after([report(vec![card("a")])]);
    assert!(state.supports("p-256") && !state.supports("p-384"));
    let raw = Card { profile: CardProfile::NotInitialised, algorithms: Vec::new(), ..card("a") };
    assert!(after([report(vec![raw])]).supports("p-384"));
}

#[test]
fn keys_without_a_certificate_are_offered_and_others_are_not() {
    let keys = vec![key("aa", true), key("bb", false)];
    let state = after([report(vec![Card { keys, ..card("a") }])]);
    let offered: Vec<&str> =
        state.keys_without_certificate().map(|key| key.public_key_sha256.as_str()).collect();
    assert_eq!(offered, ["bb"]);
}

#[test]
fn the_card_that_has_a_key_is_found_among_several() {
    let cards = vec![card("a"), Card { keys: vec![key("bb", true)], ..card("b") }];
    let state = after([report(cards)]);
    assert_eq!(state.holder("bb").map(|card| card.id.as_str()), Some("b"));
    assert!(state.holder("cc").is_none());
}

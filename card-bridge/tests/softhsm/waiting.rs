//! Cards that come, and cards that go.

use crate::stage::{PIN, Stage, generate};
use protocol::{CardOutcome, CardProblemCode as Code, CardWork, OperationState, ReaderState};

#[test]
fn room_for_a_token_is_no_card() {
    let report = Stage::empty().report();
    assert_eq!(report.cards, []);
    assert_eq!(report.readers, ReaderState::ServiceStopped);
}

#[test]
fn a_card_keeps_its_id_and_has_no_other_cards_id() {
    let stage = Stage::new();
    let first = stage.card().id;
    stage.add_token("second card");
    let cards = stage.report().cards;
    assert_eq!(cards.len(), 2);
    assert_eq!(cards.iter().filter(|card| card.id == first).count(), 1);
}

#[test]
fn work_begins_by_itself_when_the_card_comes() {
    let stage = Stage::empty();
    let mut worker = stage.begin(&generate("p-256"), &[PIN]);
    let seen = worker.until(|state| matches!(state, OperationState::WaitingForCard { .. }));
    let OperationState::WaitingForCard { report } = seen else { panic!("{seen:?}") };
    assert_eq!(report.cards, []);
    stage.add_token("common profile");
    let done = worker.until(OperationState::is_final);
    assert!(matches!(done, OperationState::Done { outcome: CardOutcome::Request { .. } }), "{done:?}");
}

#[test]
fn a_card_that_goes_while_the_pin_is_entered_was_removed() {
    let stage = Stage::new();
    let performance = stage.perform(&generate("p-256"), &[&format!("@eject {PIN}")]);
    assert_eq!(performance.code(), Code::CardRemoved, "{:?}", performance.states);
}

#[test]
fn a_worker_that_is_killed_while_the_card_works_leaves_a_card_that_works() {
    let stage = Stage::new();
    let mut worker = stage.begin(&generate("rsa-3072"), &[PIN]);
    worker.until(|state| matches!(state, OperationState::Working { work: CardWork::GeneratingKeyPair }));
    drop(worker);
    // Whatever there is is a key that can be seen, or nothing.
    assert!(stage.card().keys.len() <= 1);
    stage.perform(&generate("p-256"), &[PIN]).outcome();
}

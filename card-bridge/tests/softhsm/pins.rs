//! The PIN: each answer that is no right one has its own sentence, and none is tried that a person did not enter.

use crate::stage::{PIN, Stage, generate};
use protocol::CardProblemCode as Code;

const WRONG: &str = "0000-0000";

#[test]
fn what_was_wrong_with_an_answer_is_said_in_the_next_window() {
    let stage = Stage::new();
    let long = "9".repeat(256);
    let performance = stage.perform(&generate("p-256"), &[WRONG, "@empty", "123", &long, PIN]);
    performance.outcome();
    assert_eq!(performance.questions(), 5);
    let length = "The card takes no PIN of this length, or with these characters. A wrong PIN was entered since the last right one.";
    assert_eq!(
        performance.notices(),
        [
            "The PIN was wrong. The card blocks it after a few more.",
            "No PIN was entered. A wrong PIN was entered since the last right one.",
            length,
            length,
        ]
    );
}

#[test]
fn an_answer_that_is_no_pin_has_its_own_code_and_makes_no_key() {
    let stage = Stage::new();
    for (answers, code) in [
        (&["@cancel"][..], Code::PinCancelled),
        (&[WRONG, "@cancel"], Code::PinCancelled),
        (&["@timeout"], Code::PinTimedOut),
        (&["@crash"], Code::PromptUnavailable),
        (&[WRONG; 5], Code::PinWrong),
        (&["@empty"; 5], Code::PinEmpty),
        (&["123"; 5], Code::PinLength),
    ] {
        let performance = stage.perform(&generate("p-256"), answers);
        assert_eq!(performance.code(), code, "{answers:?}");
        assert_eq!(performance.questions(), answers.len(), "{answers:?}");
    }
    assert_eq!(stage.tool(&["--login", "--pin", PIN, "--list-objects"]), "");
}

#[test]
fn the_card_says_that_a_wrong_pin_was_entered_until_a_right_one_is() {
    let stage = Stage::new();
    stage.perform(&generate("p-256"), &[WRONG, "@cancel"]);
    assert_eq!(stage.card().pin, protocol::CardPin::FewTriesLeft);
    stage.perform(&generate("p-256"), &[PIN]);
    assert_eq!(stage.card().pin, protocol::CardPin::Ready);
}

#[test]
fn no_pin_is_in_what_the_worker_says() {
    let stage = Stage::new();
    let performance = stage.perform(&generate("p-256"), &["wrong-marked", PIN]);
    let said = serde_json::to_string(&performance.states).expect("JSON");
    assert!(!said.contains("wrong-marked") && !said.contains(PIN), "{said}");
    assert!(!performance.heard.contains("wrong-marked") && !performance.heard.contains(PIN));
}

//! Setting a token up, changing its PIN and setting a new one, from the command line.

use crate::stage::{ADMIN_PIN, PIN, Stage, generate};
use protocol::CardPin;
use std::fs;
use std::process::Output;

const NEW_PIN: &str = "1470-2580";

/// What a command comes to when a person answers its windows so, and what these said.
fn answered(stage: &Stage, arguments: &[&str], answers: &[&str]) -> (Output, String) {
    let answers: String = answers.iter().flat_map(|answer| [answer, "\n"]).collect();
    stage.write("answers", &answers);
    stage.write("heard", "");
    let mut command = stage.command(env!("CARGO_BIN_EXE_signet-card-bridge"));
    let output = command.args(arguments).output().expect("the bridge starts");
    (output, fs::read_to_string(stage.path("heard")).expect("a file"))
}

fn succeeds(stage: &Stage, arguments: &[&str], answers: &[&str]) -> String {
    let (output, heard) = answered(stage, arguments, answers);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    heard
}

#[test]
fn a_token_is_set_up_after_a_confirmation_and_makes_keys_then() {
    let stage = Stage::empty();
    let answers = ["@yes", ADMIN_PIN, ADMIN_PIN, "12", PIN, "other-one", PIN, PIN];
    let heard = succeeds(&stage, &["init", "--name", "my card"], &answers);
    assert!(heard.contains("“my card”") && heard.contains("The two were not the same."), "{heard}");
    let card = stage.card();
    assert_eq!((card.name.as_str(), card.pin), ("my card", CardPin::Ready));
    stage.perform(&generate("p-256"), &[PIN]).outcome();
    // The admin PIN is the one that was chosen.
    succeeds(&stage, &["pin", "unblock"], &[ADMIN_PIN, NEW_PIN, NEW_PIN]);
}

#[test]
fn who_does_not_confirm_sets_nothing_up() {
    let stage = Stage::empty();
    let (output, _) = answered(&stage, &["init", "--name", "my card"], &["@no"]);
    assert!(!output.status.success());
    assert_eq!(stage.report().cards, []);
}

#[test]
fn a_card_that_is_set_up_is_not_set_up_again() {
    let stage = Stage::new();
    stage.perform(&generate("p-256"), &[PIN]);
    let (output, heard) = answered(&stage, &["init", "--name", "new", "--card", &stage.card().id], &["@yes"]);
    assert!(!output.status.success());
    assert_eq!(heard, "");
    stage.key();
}

#[test]
fn a_pin_is_changed_with_the_old_one_only() {
    let stage = Stage::new();
    let (output, _) = answered(&stage, &["pin", "change"], &["0000-0000", "@cancel"]);
    assert!(!output.status.success());
    stage.perform(&generate("p-256"), &[PIN]).outcome();

    let heard = succeeds(&stage, &["pin", "change"], &["0000-0000", PIN, NEW_PIN, NEW_PIN]);
    assert!(heard.contains("SETERROR The PIN was wrong."), "{heard}");
    stage.perform(&generate("p-256"), &[PIN, NEW_PIN]).outcome();
}

#[test]
fn the_admin_pin_sets_a_new_pin() {
    let stage = Stage::new();
    let heard = succeeds(&stage, &["pin", "unblock"], &["00000000", ADMIN_PIN, NEW_PIN, NEW_PIN]);
    assert!(heard.contains("Enter the admin PIN of the card"), "{heard}");
    assert!(heard.contains("SETERROR The PIN was wrong."), "{heard}");
    stage.perform(&generate("p-256"), &[PIN, NEW_PIN]).outcome();
}

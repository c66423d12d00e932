//! Keys: made, found again, removed.

use crate::stage::{MAILBOX, PIN, Stage, generate, remove, reuse};
use protocol::{CardOutcome, CardProblemCode as Code, CardTask, CardWork, OperationState};
use std::process::Command;

/// What OpenSSL says of a request whose signature it verified.
fn verified(stage: &Stage, request: &str) -> String {
    stage.write("request.pem", request);
    let mut openssl = Command::new("openssl");
    openssl.args(["req", "-verify", "-noout", "-text", "-in"]).arg(stage.path("request.pem"));
    stage.said(&mut openssl)
}

#[test]
fn each_algorithm_makes_a_request_that_openssl_verifies() {
    let stage = Stage::new();
    assert_eq!(stage.card().algorithms, ["rsa-2048", "rsa-3072", "rsa-4096", "p-256", "p-384"]);
    for (algorithm, words) in [
        ("p-256", "ASN1 OID: prime256v1"),
        ("p-384", "ASN1 OID: secp384r1"),
        ("rsa-2048", "Public-Key: (2048 bit)"),
        ("rsa-3072", "Public-Key: (3072 bit)"),
        ("rsa-4096", "Public-Key: (4096 bit)"),
    ] {
        let performance = stage.perform(&generate(algorithm), &[PIN]);
        let text = verified(&stage, performance.request());
        assert!(text.contains(words) && text.contains(&format!("email:{MAILBOX}")), "{algorithm}: {text}");
        let CardOutcome::Request { algorithm: made, card_name, .. } = performance.outcome() else {
            panic!("no request")
        };
        assert_eq!((made.as_str(), card_name.as_str()), (algorithm, "common profile"));
    }
    let keys = stage.card().keys;
    assert_eq!(keys.len(), 5);
    assert!(keys.iter().all(|key| !key.has_certificate));
}

#[test]
fn each_step_is_told_and_the_window_names_who_asks_for_what_on_which_card() {
    let stage = Stage::new();
    let performance = stage.perform(&generate("p-256"), &[PIN]);
    let works: Vec<&OperationState> = performance.states.iter().filter(|state| !state.is_final()).collect();
    let working = |work| OperationState::Working { work };
    assert_eq!(
        works,
        [
            &working(CardWork::Starting),
            &OperationState::WaitingForPerson,
            &working(CardWork::CheckingPin),
            &working(CardWork::GeneratingKeyPair),
            &working(CardWork::SigningRequest)
        ]
    );
    let serial_number = stage.card().serial_number;
    for words in ["https://signet.example wants to make a key pair (P-256)", MAILBOX, "common profile"] {
        assert!(performance.heard.contains(words), "{words}: {}", performance.heard);
    }
    assert!(performance.heard.contains(&serial_number), "{serial_number}: {}", performance.heard);
}

#[test]
fn a_private_key_stays_on_its_card_and_does_what_mail_needs() {
    let stage = Stage::new();
    for (algorithm, usages) in
        [("rsa-2048", &["decrypt", "sign", "unwrap"][..]), ("p-256", &["sign", "derive"])]
    {
        stage.perform(&generate(algorithm), &[PIN]);
        let kind = if algorithm == "p-256" { "EC" } else { "RSA" };
        let list = stage.tool(&["--login", "--pin", PIN, "--list-objects", "--type", "privkey"]);
        let key = list.split("Private Key Object").find(|object| object.contains(kind)).expect("the key");
        assert!(key.contains(&format!("label:      Signet {MAILBOX}")), "{key}");
        let usage = key.lines().find(|line| line.contains("Usage:")).expect("what it is for");
        assert!(usages.iter().all(|word| usage.contains(word)), "{algorithm}: {usage}");
        assert!(key.contains("Access:     sensitive, always sensitive, never extractable, local"), "{key}");
        let without_pin = stage.tool(&["--list-objects", "--type", "privkey"]);
        assert!(!without_pin.contains("Private Key"), "{without_pin}");
    }
}

#[test]
fn a_key_whose_request_got_lost_is_found_and_asked_for_again() {
    let stage = Stage::new();
    let mut worker = stage.begin(&generate("p-256"), &[PIN]);
    worker.until(|state| matches!(state, OperationState::Working { work: CardWork::SigningRequest }));
    drop(worker);
    let left = stage.key();
    assert!(!left.has_certificate);
    let again = stage.perform(&reuse(&left.public_key_sha256), &[PIN]);
    verified(&stage, again.request());
    let CardOutcome::Request { public_key_sha256, .. } = again.outcome() else { panic!("no request") };
    assert_eq!(*public_key_sha256, left.public_key_sha256);
    assert_eq!(stage.key(), left);
}

#[test]
fn a_key_without_a_certificate_is_removed_whole() {
    let stage = Stage::new();
    stage.perform(&generate("p-256"), &[PIN]);
    let removed = stage.perform(&remove(&stage.key().public_key_sha256), &[PIN]);
    assert_eq!(removed.outcome(), &CardOutcome::Removed { card_name: "common profile".to_owned() });
    assert_eq!(stage.card().keys, []);
    assert_eq!(stage.tool(&["--login", "--pin", PIN, "--list-objects"]), "");
}

#[test]
fn a_key_that_no_card_has_is_neither_used_nor_removed() {
    let stage = Stage::new();
    let nobody = "0".repeat(64);
    for task in [reuse(&nobody), remove(&nobody)] {
        let performance = stage.perform(&task, &[]);
        let (code, advice) = performance.problem();
        assert_eq!(code, Code::KeyNotOnCard);
        assert!(advice.contains("“common profile”"), "{advice}");
    }
}

#[test]
fn between_two_cards_nothing_is_guessed_and_the_chosen_one_is_used() {
    let stage = Stage::new();
    stage.add_token("second card");
    assert_eq!(stage.perform(&generate("p-256"), &[]).code(), Code::SeveralCards);
    let cards = stage.report().cards;
    let id = |name: &str| cards.iter().find(|card| card.name == name).expect("the card").id.clone();
    let chosen = CardTask::Generate {
        card: Some(id("second card")),
        algorithm: "p-256".to_owned(),
        mailbox: MAILBOX.to_owned(),
    };
    let performance = stage.perform(&chosen, &[PIN]);
    let CardOutcome::Request { card_name, public_key_sha256, .. } = performance.outcome() else {
        panic!("no request")
    };
    assert_eq!(card_name, "second card");

    // On the other card it is not, and the sentence says where it is.
    let on_the_other =
        CardTask::Remove { card: Some(id("common profile")), public_key_sha256: public_key_sha256.clone() };
    let refused = stage.perform(&on_the_other, &[]);
    let (code, advice) = refused.problem();
    assert_eq!(code, Code::KeyNotOnCard);
    assert!(advice.contains("“second card”"), "{advice}");
    // Without a choice it is found.
    stage.perform(&remove(public_key_sha256), &[PIN]).outcome();
}

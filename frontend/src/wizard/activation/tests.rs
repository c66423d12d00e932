use super::{
    ActivationAction, ActivationDraft, BrowserKey, CSR, CardRequest, CheckedRequest, OptionalField,
    Safekeeping, TERMS, has_private_key_label,
};
use crate::route::ActivationStep;
use protocol::{CommonNameChoice, KeyOrigin, OrganizationData};

fn key(safekeeping: Safekeeping) -> BrowserKey {
    BrowserKey {
        algorithm_id: "rsa-2048".to_owned(),
        csr_pem: "browser request".to_owned(),
        public_key_sha256: "aa".to_owned(),
        safekeeping,
    }
}

fn request() -> CheckedRequest {
    CheckedRequest {
        csr_pem: "pasted request".to_owned(),
        subject: "CN=Somebody else".to_owned(),
        key_algorithm: "P-256".to_owned(),
        signature: "ECDSA with SHA-256".to_owned(),
        public_key_sha256: "bb".to_owned(),
        warnings: Vec::new(),
        subject_attributes: vec![("Common name".to_owned(), "Somebody else".to_owned())],
        requested_extensions: Vec::new(),
        ignored_parts: vec!["Subject".to_owned()],
        differences: Vec::new(),
    }
}

fn on_card() -> CardRequest {
    CardRequest {
        algorithm_id: "p-256".to_owned(),
        csr_pem: "request of the card".to_owned(),
        public_key_sha256: "cc".to_owned(),
        card_name: "Common profile".to_owned(),
    }
}

fn after(actions: impl IntoIterator<Item = ActivationAction>) -> ActivationDraft {
    actions.into_iter().fold(ActivationDraft::default(), ActivationDraft::reduce)
}

fn organization() -> OrganizationData {
    OrganizationData {
        organization: "Example Ltd".to_owned(),
        country: "PL".to_owned(),
        state_or_province: "mazowieckie".to_owned(),
        locality: "Warszawa".to_owned(),
        organization_identifier: Some("NTRPL-0000123456".to_owned()),
    }
}

#[test]
fn marking_a_place_marks_its_country() {
    let draft = after([
        ActivationAction::Unmark(OptionalField::Country),
        ActivationAction::Mark(OptionalField::Locality),
    ]);
    assert!(draft.subject.country && draft.subject.locality);
    assert!(!draft.subject.state_or_province);
}

#[test]
fn unmarking_the_country_unmarks_every_place() {
    let draft = after([ActivationAction::Unmark(OptionalField::Country)]);
    assert!(!draft.subject.country && !draft.subject.locality && !draft.subject.state_or_province);
}

#[test]
fn a_key_in_memory_only_does_not_let_the_wizard_go_on() {
    let draft = after([ActivationAction::KeyReady(key(Safekeeping::InMemoryOnly))]);
    assert_eq!(draft.reachable(ActivationStep::Summary), ActivationStep::KeyPair);
    assert_eq!(draft.request().unwrap_err()[0].field, CSR);
}

#[test]
fn a_key_kept_in_this_browser_lets_the_wizard_go_on() {
    let draft = after([ActivationAction::KeyReady(key(Safekeeping::KeptInBrowser))]);
    assert_eq!(draft.reachable(ActivationStep::Summary), ActivationStep::Summary);
}

#[test]
fn a_confirmed_recovery_file_lets_the_wizard_go_on() {
    let draft = after([
        ActivationAction::KeyReady(key(Safekeeping::InMemoryOnly)),
        ActivationAction::ConfirmRecoveryFile,
    ]);
    assert_eq!(draft.csr_pem(), Some("browser request"));
}

#[test]
fn a_key_removed_from_this_browser_is_gone_and_one_in_a_recovery_file_is_not() {
    let kept =
        after([ActivationAction::KeyReady(key(Safekeeping::KeptInBrowser)), ActivationAction::KeyRemoved]);
    assert_eq!(kept.browser_key, None);
    let in_a_file = after([
        ActivationAction::KeyReady(key(Safekeeping::RecoveryFileConfirmed)),
        ActivationAction::KeyRemoved,
    ]);
    assert!(in_a_file.browser_key.is_some());
}

#[test]
fn earlier_steps_are_always_reachable() {
    for step in [ActivationStep::CertificateData, ActivationStep::GenerationMethod, ActivationStep::KeyPair] {
        assert_eq!(ActivationDraft::default().reachable(step), step);
    }
}

#[test]
fn another_algorithm_discards_the_key_and_the_same_one_keeps_it() {
    let made = || after([ActivationAction::KeyReady(key(Safekeeping::KeptInBrowser))]);
    assert!(made().reduce(ActivationAction::ChooseAlgorithm("rsa-2048".to_owned())).browser_key.is_some());
    assert!(made().reduce(ActivationAction::ChooseAlgorithm("p-256".to_owned())).browser_key.is_none());
}

#[test]
fn the_method_decides_which_key_is_certified() {
    let both = after([
        ActivationAction::KeyReady(key(Safekeeping::KeptInBrowser)),
        ActivationAction::RequestCorrect(request()),
    ]);
    assert_eq!(both.public_key_sha256(), Some("aa"));
    let csr = both.reduce(ActivationAction::ChooseMethod(KeyOrigin::Csr));
    assert_eq!((csr.csr_pem(), csr.public_key_sha256()), (Some("pasted request"), Some("bb")));
}

#[test]
fn a_request_of_a_card_is_submitted_as_such_and_survives_a_reload() {
    let draft = after([
        ActivationAction::ChooseMethod(KeyOrigin::Card),
        ActivationAction::CardReady(on_card()),
        ActivationAction::AcceptTerms,
    ]);
    let request = draft.request().unwrap();
    assert_eq!((request.csr.as_str(), request.key_origin), ("request of the card", KeyOrigin::Card));
    let stored = serde_json::to_string(&draft.for_storage()).unwrap();
    let read: ActivationDraft = serde_json::from_str(&stored).unwrap();
    assert_eq!(
        (read.reachable(ActivationStep::Summary), read.public_key_sha256()),
        (ActivationStep::Summary, Some("cc"))
    );
}

#[test]
fn trying_a_card_and_going_back_loses_nothing_of_another_method() {
    let draft = after([
        ActivationAction::ChooseAlgorithm("rsa-4096".to_owned()),
        ActivationAction::KeyReady(BrowserKey {
            algorithm_id: "rsa-4096".to_owned(),
            ..key(Safekeeping::KeptInBrowser)
        }),
        ActivationAction::RequestCorrect(request()),
        ActivationAction::ChooseMethod(KeyOrigin::Card),
        ActivationAction::ChooseAlgorithm("p-256".to_owned()),
        ActivationAction::CardKnown(vec!["p-256".to_owned()]),
    ]);
    assert_eq!(draft.reachable(ActivationStep::Summary), ActivationStep::CardKeyPair);
    assert_eq!(draft.reachable(ActivationStep::KeyPair), ActivationStep::CardKeyPair);
    let back = draft.clone().reduce(ActivationAction::ChooseMethod(KeyOrigin::Browser));
    assert_eq!((back.csr_pem(), back.algorithm_id.as_str()), (Some("browser request"), "rsa-4096"));
    let csr = draft.reduce(ActivationAction::ChooseMethod(KeyOrigin::Csr));
    assert_eq!(csr.csr_pem(), Some("pasted request"));
}

#[test]
fn another_algorithm_takes_another_key_on_the_card() {
    let made =
        || after([ActivationAction::ChooseMethod(KeyOrigin::Card), ActivationAction::CardReady(on_card())]);
    assert!(made().reduce(ActivationAction::ChooseAlgorithm("p-256".to_owned())).card.is_some());
    assert!(made().reduce(ActivationAction::ChooseAlgorithm("rsa-2048".to_owned())).card.is_none());
    assert!(made().reduce(ActivationAction::DiscardCard).card.is_none());
}

#[test]
fn a_request_that_is_not_correct_any_more_is_not_submitted() {
    let draft = after([
        ActivationAction::ChooseMethod(KeyOrigin::Csr),
        ActivationAction::RequestCorrect(request()),
        ActivationAction::AcceptTerms,
    ]);
    assert_eq!(draft.request().unwrap().csr, "pasted request");
    assert_eq!(draft.reduce(ActivationAction::RequestGone).request().unwrap_err()[0].field, CSR);
}

#[test]
fn nothing_is_submitted_without_the_terms() {
    let draft = after([
        ActivationAction::KeyReady(key(Safekeeping::KeptInBrowser)),
        ActivationAction::AcceptTerms,
        ActivationAction::WithdrawTerms,
    ]);
    assert_eq!(draft.request().unwrap_err()[0].field, TERMS);
}

#[test]
fn a_reload_keeps_choices_but_no_key_that_is_gone_and_no_acceptance() {
    let draft = after([
        ActivationAction::ChooseCommonName(CommonNameChoice::Mailbox),
        ActivationAction::KeyReady(key(Safekeeping::InMemoryOnly)),
        ActivationAction::AcceptTerms,
    ]);
    let stored = serde_json::to_string(&draft.for_storage()).unwrap();
    let read: ActivationDraft = serde_json::from_str(&stored).unwrap();
    assert_eq!(read.subject.common_name, CommonNameChoice::Mailbox);
    assert_eq!((read.browser_key, read.terms_accepted), (None, false));
}

#[test]
fn the_preview_shows_what_is_marked_and_nothing_else() {
    let draft = after([
        ActivationAction::ChooseCommonName(CommonNameChoice::Mailbox),
        ActivationAction::Unmark(OptionalField::StateOrProvince),
    ]);
    let rows = draft.subject_preview("ada@example.com", &organization());
    assert_eq!(
        rows,
        [
            ("E-mail address", "ada@example.com".to_owned()),
            ("Common name", "ada@example.com".to_owned()),
            ("Organization", "Example Ltd".to_owned()),
            ("Organization identifier", "NTRPL-0000123456".to_owned()),
            ("Locality", "Warszawa".to_owned()),
            ("Country", "PL".to_owned()),
        ]
    );
}

#[test]
fn every_armoured_private_key_is_recognised_and_a_request_is_not() {
    for label in
        ["PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY", "ENCRYPTED PRIVATE KEY", "OPENSSH PRIVATE KEY"]
    {
        assert!(has_private_key_label(&format!("some text\r\n -----BEGIN {label}-----\r\nMII")), "{label}");
    }
    assert!(has_private_key_label("PuTTY-User-Key-File-3: ssh-rsa"));
    assert!(!has_private_key_label("-----BEGIN CERTIFICATE REQUEST-----\nMII"));
    assert!(!has_private_key_label("my PRIVATE KEY is at home"));
}

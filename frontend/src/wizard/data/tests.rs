use super::{DOCUMENTS, DataAction, DataDraft, DataField, Method, NUMBER_TYPES, number_type_code};
use protocol::{
    Document, OrganizationClaim, OrganizationData, RegisterEntry, RegistrationNumberType, Timestamp,
    VerificationMethod,
};

fn after(actions: impl IntoIterator<Item = DataAction>) -> DataDraft {
    actions.into_iter().fold(DataDraft::default(), DataDraft::reduce)
}

fn enter(field: DataField, text: &str) -> DataAction {
    DataAction::Enter(field, text.to_owned())
}

fn entry() -> RegisterEntry {
    RegisterEntry {
        register: "Demonstration register".to_owned(),
        data: OrganizationData {
            organization: "Żółć Sp. z o.o.".to_owned(),
            country: "PL".to_owned(),
            state_or_province: "mazowieckie".to_owned(),
            locality: "Warszawa".to_owned(),
            organization_identifier: Some("NTRPL-0000123456".to_owned()),
        },
        active: true,
    }
}

fn document(id: &str) -> Document {
    Document {
        id: id.to_owned(),
        name: "extract.pdf".to_owned(),
        media_type: "application/pdf".to_owned(),
        size_bytes: 12,
        sha256: "00".to_owned(),
    }
}

fn fields(draft: &DataDraft) -> Vec<String> {
    draft.evidence().unwrap_err().into_iter().map(|error| error.field).collect()
}

#[test]
fn an_empty_form_names_every_required_field_in_the_order_of_the_page() {
    assert_eq!(
        fields(&DataDraft::default()),
        ["country", "registration_number", "organization", "state_or_province", "locality"]
    );
}

#[test]
fn an_empty_form_with_a_document_asks_for_the_document_instead_of_the_number() {
    let draft = after([DataAction::ChooseMethod(Method::Document)]);
    assert_eq!(fields(&draft), ["country", DOCUMENTS, "organization", "state_or_province", "locality"]);
}

#[test]
fn an_lei_is_searched_without_a_country_and_other_numbers_are_not() {
    let lei = after([enter(DataField::RegistrationNumber, "5493001KJTIIGC8Y1R12")]);
    assert_eq!(lei.query().unwrap().country, "");
    let ntr = lei.reduce(DataAction::ChooseNumberType(RegistrationNumberType::Ntr));
    assert_eq!(ntr.query().unwrap_err()[0].field, "country");
}

#[test]
fn what_the_register_found_fills_every_field_and_is_sent_with_its_identifier() {
    let draft = after([enter(DataField::RegistrationNumber, "0000123456"), DataAction::Adopt(entry())]);
    let evidence = draft.evidence().unwrap();
    assert_eq!(evidence.data, entry().data);
}

#[test]
fn another_number_or_country_or_type_forgets_the_identifier_that_was_found() {
    let found = || after([enter(DataField::RegistrationNumber, "0000123456"), DataAction::Adopt(entry())]);
    for action in [
        enter(DataField::RegistrationNumber, "1"),
        enter(DataField::Country, "DE"),
        DataAction::ChooseNumberType(RegistrationNumberType::Vat),
    ] {
        assert_eq!(found().reduce(action.clone()).organization_identifier, None, "{action:?}");
    }
    assert!(found().reduce(enter(DataField::Locality, "Łódź")).organization_identifier.is_some());
}

#[test]
fn a_number_copied_with_spaces_and_invisible_characters_is_cleaned() {
    let pasted = "\u{feff}5493\u{a0}001K-JTII\u{200b} GC8Y 1R12\n";
    let draft = after([enter(DataField::RegistrationNumber, pasted)]);
    assert_eq!(draft.query().unwrap().registration_number, "5493001KJTIIGC8Y1R12");
}

#[test]
fn a_dash_stays_in_the_number_of_a_national_register() {
    let draft = after([
        DataAction::ChooseNumberType(RegistrationNumberType::Ntr),
        enter(DataField::RegistrationNumber, "HRB 12-345"),
    ]);
    assert_eq!(draft.clean_registration_number(), "HRB12-345");
}

#[test]
fn a_document_is_listed_once_and_can_be_taken_back() {
    let draft = after([
        DataAction::AddDocument(document("a")),
        DataAction::AddDocument(document("b")),
        DataAction::AddDocument(document("a")),
        DataAction::RemoveDocument("b".to_owned()),
    ]);
    assert_eq!(draft.documents, [document("a")]);
}

#[test]
fn a_document_claim_never_carries_an_identifier_from_an_earlier_search() {
    let draft = after([
        DataAction::Adopt(entry()),
        DataAction::ChooseMethod(Method::Document),
        DataAction::AddDocument(document("a")),
    ]);
    let evidence = draft.evidence().unwrap();
    assert_eq!(evidence.data.organization_identifier, None);
    assert_eq!(evidence.verification, VerificationMethod::Document { document_ids: vec!["a".to_owned()] });
}

#[test]
fn a_refused_claim_comes_back_as_it_was_entered() {
    let verification = VerificationMethod::Register {
        registration_number_type: RegistrationNumberType::Ntr,
        registration_number: "0000123456".to_owned(),
    };
    let claim = OrganizationClaim {
        data: entry().data,
        verification: verification.clone(),
        documents: Vec::new(),
        submitted_at: Timestamp::from_unix_seconds(0).unwrap(),
        refusal: Some("The name differs.".to_owned()),
    };
    let evidence = DataDraft::from_claim(&claim).evidence().unwrap();
    assert_eq!((evidence.data, evidence.verification), (claim.data, verification));
}

#[test]
fn a_draft_survives_a_reload() {
    let draft = after([enter(DataField::Organization, "Żółć"), DataAction::AddDocument(document("a"))]);
    let stored = serde_json::to_string(&draft).unwrap();
    assert_eq!(serde_json::from_str::<DataDraft>(&stored).unwrap(), draft);
}

#[test]
fn the_code_of_a_number_type_is_its_name_in_json() {
    for kind in NUMBER_TYPES {
        assert_eq!(serde_json::to_value(kind).unwrap(), number_type_code(kind));
    }
}

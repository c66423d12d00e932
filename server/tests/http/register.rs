//! Registers: the search of the API, and the LEI records against a server that answers as GLEIF does.

use crate::{
    request::{answer, bare},
    stage::{CUSTOMER, Stage},
};
use axum::{Router, extract::RawQuery, http::StatusCode, response::IntoResponse, routing::get};
use protocol::{Problem, RegisterEntry, RegistrationNumberType};
use serde_json::{Value, json};
use server::register::{Gleif, Register, RegisterError, RegistrationNumber};
use std::{
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::net::TcpListener;

const LEI: &str = "999900BURSZTYNPL0195";

/// A record in the shape of the API's own answers, with members that nobody reads here.
fn record(lei: &str, changes: &[(&str, Value)]) -> Value {
    let mut record = json!({
        "type": "lei-records",
        "id": lei,
        "attributes": {
            "lei": lei,
            "entity": {
                "legalName": {"name": "BURSZTYN LOGISTYKA SPÓŁKA Z O.O.", "language": "pl"},
                "otherNames": [],
                "legalAddress": {
                    "language": "pl", "addressLines": ["ul. Długa 1"], "city": "Gdańsk", "region": "PL-22",
                    "country": "PL", "postalCode": "80-831",
                },
                "registeredAt": {"id": "RA000484", "other": null},
                "registeredAs": "0000712345",
                "jurisdiction": "PL",
                "category": "GENERAL",
                "status": "ACTIVE",
                "expiration": {"date": null, "reason": null},
            },
            "registration": {
                "initialRegistrationDate": "2018-02-12T08:00:00Z",
                "status": "ISSUED",
                "nextRenewalDate": "2027-02-12T08:00:00Z",
                "corroborationLevel": "FULLY_CORROBORATED",
                "validatedAt": {"id": "RA000484", "other": null},
            },
            "bic": null,
            "conformityFlag": "CONFORMING",
        },
        "links": {"self": format!("https://api.gleif.org/api/v1/lei-records/{lei}")},
    });
    for (pointer, value) in changes {
        *record.pointer_mut(pointer).unwrap() = value.clone();
    }
    record
}

fn page(records: &[Value]) -> String {
    json!({
        "meta": {"goldenCopy": {"publishDate": "2026-11-22T00:00:00Z"}, "pagination": {"total": records.len()}},
        "links": {},
        "data": records,
    })
    .to_string()
}

/// A server that answers every request the same, and remembers the queries.
struct Registrar {
    gleif: Gleif,
    queries: Arc<Mutex<Vec<String>>>,
}

impl Registrar {
    async fn answering(status: u16, body: String) -> Self {
        let queries = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&queries);
        let answered = move |RawQuery(query): RawQuery| {
            seen.lock().unwrap().push(query.unwrap_or_default());
            let body = body.clone();
            async move { (StatusCode::from_u16(status).unwrap(), body).into_response() }
        };
        let router = Router::new()
            .route("/api/v1/lei-records", get(answered.clone()))
            .route("/api/v1/lei-records/{lei}", get(answered));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base_url = format!("http://{}/api/v1", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { gleif: Gleif::new(&base_url).unwrap(), queries }
    }

    async fn lookup(
        &self,
        scheme: RegistrationNumberType,
        number: &str,
        country: &str,
    ) -> Result<Vec<RegisterEntry>, RegisterError> {
        self.gleif.lookup(&RegistrationNumber::parse(scheme, number, country).unwrap()).await
    }
}

#[tokio::test]
async fn an_lei_record_is_read_with_its_name_place_and_identifier() {
    let registrar = Registrar::answering(200, json!({"data": record(LEI, &[])}).to_string()).await;
    let entries = registrar.lookup(RegistrationNumberType::Lei, LEI, "PL").await.unwrap();
    assert_eq!(entries.len(), 1);
    let entry = &entries[0];
    assert_eq!(entry.data.organization, "BURSZTYN LOGISTYKA SPÓŁKA Z O.O.");
    assert_eq!(entry.data.country, "PL");
    assert_eq!(entry.data.state_or_province, "Pomorskie");
    assert_eq!(entry.data.locality, "Gdańsk");
    assert_eq!(entry.data.organization_identifier.as_deref(), Some(&*format!("LEIXG-{LEI}")));
    assert!(entry.active);
}

#[tokio::test]
async fn only_an_issued_active_and_fully_corroborated_record_proves_anything() {
    for (pointer, value) in [
        ("/attributes/registration/status", json!("LAPSED")),
        ("/attributes/entity/status", json!("INACTIVE")),
        ("/attributes/entity/status", Value::Null),
        ("/attributes/registration/corroborationLevel", json!("ENTITY_SUPPLIED_ONLY")),
    ] {
        let record = record(LEI, &[(pointer, value)]);
        let registrar = Registrar::answering(200, json!({"data": record}).to_string()).await;
        let entries = registrar.lookup(RegistrationNumberType::Lei, LEI, "PL").await.unwrap();
        assert!(!entries[0].active, "{pointer}");
    }
}

#[tokio::test]
async fn a_national_number_is_searched_with_its_country_and_becomes_the_identifier() {
    let registrar = Registrar::answering(200, page(&[record(LEI, &[])])).await;
    let entries = registrar.lookup(RegistrationNumberType::Ntr, "0000712345", "PL").await.unwrap();
    assert_eq!(entries[0].data.organization_identifier.as_deref(), Some("NTRPL-0000712345"));
    let query = registrar.queries.lock().unwrap()[0].clone();
    assert!(query.contains("registeredAs%5D=0000712345"), "{query}");
    assert!(query.contains("country%5D=PL"), "{query}");
}

#[tokio::test]
async fn a_register_of_a_state_is_named_with_it_and_a_german_number_gives_way_to_the_lei() {
    let american = record(
        LEI,
        &[
            ("/attributes/entity/legalAddress/country", json!("US")),
            ("/attributes/entity/legalAddress/region", json!("US-CA")),
            ("/attributes/entity/jurisdiction", json!("US-CA")),
            ("/attributes/entity/registeredAs", json!("806592")),
        ],
    );
    let german = record(
        LEI,
        &[
            ("/attributes/entity/legalAddress/country", json!("DE")),
            ("/attributes/entity/jurisdiction", json!("DE")),
            ("/attributes/entity/registeredAs", json!("HRB 164232")),
        ],
    );
    for (record, number, country, expected) in [
        (american, "806592", "US", "NTRUS+CA-806592".to_owned()),
        (german, "HRB 164232", "DE", format!("LEIXG-{LEI}")),
    ] {
        let registrar = Registrar::answering(200, page(&[record])).await;
        let entries = registrar.lookup(RegistrationNumberType::Ntr, number, country).await.unwrap();
        assert_eq!(entries[0].data.organization_identifier, Some(expected));
    }
}

#[tokio::test]
async fn what_the_register_does_not_have_is_no_error() {
    let none = Registrar::answering(404, "{\"errors\":[{\"status\":\"404\"}]}".to_owned()).await;
    assert!(none.lookup(RegistrationNumberType::Lei, LEI, "PL").await.unwrap().is_empty());
    let empty = Registrar::answering(200, page(&[])).await;
    assert!(empty.lookup(RegistrationNumberType::Ntr, "1", "PL").await.unwrap().is_empty());
}

#[tokio::test]
async fn each_way_to_fail_is_told_apart() {
    let lookup = async |status: u16, body: &str| {
        let registrar = Registrar::answering(status, body.to_owned()).await;
        registrar.lookup(RegistrationNumberType::Lei, LEI, "PL").await.unwrap_err()
    };
    assert!(matches!(lookup(429, "").await, RegisterError::TooManyRequests));
    assert!(matches!(lookup(500, "").await, RegisterError::Status { status: 500 }));
    assert!(matches!(lookup(302, "").await, RegisterError::Status { status: 302 }));
    assert!(matches!(lookup(200, "{\"data\": ").await, RegisterError::Unreadable));
    assert!(matches!(lookup(200, "{\"data\": {}}").await, RegisterError::Unreadable));
    let nobody = Gleif::new("http://127.0.0.1:9").unwrap();
    let number = RegistrationNumber::parse(RegistrationNumberType::Lei, LEI, "PL").unwrap();
    assert!(matches!(nobody.lookup(&number).await, Err(RegisterError::Unreachable)));
    let number = RegistrationNumber::parse(RegistrationNumberType::Vat, "5842791634", "PL").unwrap();
    assert!(matches!(nobody.lookup(&number).await, Err(RegisterError::NotSearchable)));
}

#[tokio::test]
async fn a_register_that_keeps_silent_is_given_up() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base_url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let mut held = Vec::new();
        while let Ok((stream, _)) = listener.accept().await {
            held.push(stream);
        }
    });
    let gleif = Gleif::with_timeout(&base_url, Duration::from_millis(200)).unwrap();
    let number = RegistrationNumber::parse(RegistrationNumberType::Lei, LEI, "PL").unwrap();
    assert!(matches!(gleif.lookup(&number).await, Err(RegisterError::Timeout)));
}

#[tokio::test]
async fn the_search_answers_what_the_register_has_and_says_what_is_wrong_with_a_number() {
    let stage = Stage::new().await;
    let customer = stage.sign_in(CUSTOMER).await;
    let search = async |query: &str| {
        let sent = bare("GET", &format!("/api/register?{query}")).header("cookie", &customer.cookie);
        answer(&stage, sent, "").await
    };
    let found: Vec<RegisterEntry> =
        search("registration_number_type=VAT&registration_number=PL%20584-279-16-34&country=PL")
            .await
            .expect(200);
    assert_eq!(found[0].data.organization, "Bursztyn Logistyka Sp. z o.o.");
    let by_lei: Vec<RegisterEntry> =
        search(&format!("registration_number_type=LEI&registration_number={LEI}")).await.expect(200);
    assert_eq!(by_lei[0].data.country, "PL");
    let none: Vec<RegisterEntry> =
        search("registration_number_type=NTR&registration_number=1&country=PL").await.expect(200);
    assert!(none.is_empty());
    for (query, field) in [
        ("registration_number_type=NTR&registration_number=&country=PL", "registration_number"),
        ("registration_number_type=NTR&registration_number=1&country=XX1", "country"),
        ("registration_number_type=NTR&registration_number=1", "country"),
    ] {
        let problem: Problem = search(query).await.expect(422);
        assert_eq!(problem.fields[0].field, field);
    }
    assert_eq!(search("registration_number=1&country=PL").await.slug(400), "invalid-query");
}

#[tokio::test]
async fn a_silent_register_is_a_problem_that_says_what_else_to_do() {
    let stage = Stage::with_register(|| Box::new(Gleif::new("http://127.0.0.1:9").unwrap())).await;
    let customer = stage.sign_in(CUSTOMER).await;
    let order = customer.place_order("key").await.id;
    let evidence = json!({
        "data": crate::client::organization(),
        "verification": {
            "method": "register", "registration_number_type": "NTR", "registration_number": "0000712345",
        },
    });
    let answered = customer.send("PUT", &format!("/api/orders/{order}/organization"), Some(&evidence)).await;
    assert_eq!(answered.slug(503), "register-unavailable");
    assert_eq!(answered.header("retry-after"), "60");
    assert!(answered.json::<Problem>().detail.unwrap().contains("document"));
    assert_eq!(stage.count("SELECT COUNT(*) FROM claim").await, 0);
}

//! What clients rely on, word for word: the description of the API, and the body of each kind of problem. A change is seen in the
//! files in `snapshots/`; `INSTA_UPDATE=always cargo test -p server --test http contract` writes them anew.

use crate::{
    client::{Answer, Person, activation},
    request::{answer, bare, request},
    stage::{CUSTOMER, OTHER_CUSTOMER, SPECIALIST, Stage, beginning},
};
use serde_json::{Map, Value, json};

#[tokio::test]
async fn the_description_of_the_api_is_as_published() {
    let stage = Stage::new().await;
    let document: Value = answer(&stage, bare("GET", "/api/openapi.json"), "").await.expect(200);
    insta::assert_json_snapshot!("openapi", document);
}

#[tokio::test]
async fn the_bodies_of_problems_are_as_published() {
    let stage = Stage::new().await;
    let customer = stage.sign_in(CUSTOMER).await;
    let specialist = stage.sign_in(SPECIALIST).await;
    let order = format!("/api/orders/{}", customer.place_order("key").await.id);
    let mut problems = Problems::default();
    for (name, request, body) in [
        ("signed out", bare("GET", "/api/orders"), ""),
        ("no such route", bare("GET", "/api/nothing"), ""),
        ("no such method", request("PATCH", "/api/session"), ""),
        ("another site", bare("POST", "/api/sign-in-links"), "{}"),
        ("no JSON", bare("POST", "/api/sign-in-links").header("x-signet", "1"), "{}"),
        ("half of a JSON", request("POST", "/api/sign-in-links"), "{"),
        ("a JSON without its fields", request("POST", "/api/sign-in-links"), "{}"),
        ("no address", request("POST", "/api/sign-in-links"), r#"{"email":"nobody"}"#),
    ] {
        problems.add(name, &answer(&stage, request, body).await);
    }
    let order_of_other =
        format!("/api/orders/{}", stage.sign_in(OTHER_CUSTOMER).await.place_order("key").await.id);
    for (name, person, method, path, body) in [
        ("somebody else's order", &customer, "GET", order_of_other, Value::Null),
        (
            "an unknown product",
            &customer,
            "POST",
            "/api/orders".to_owned(),
            json!({"product_id": "gold", "idempotency_key": "k"}),
        ),
        ("a limit that is none", &customer, "GET", "/api/orders?limit=many".to_owned(), Value::Null),
        ("a place that no list gave", &customer, "GET", "/api/orders?after=nowhere".to_owned(), Value::Null),
        ("an address that is none", &customer, "PUT", format!("{order}/mailbox"), json!({"email": "anna@"})),
        ("a request that is none", &customer, "POST", format!("{order}/activation"), activation("nonsense")),
        (
            "an unverified organization",
            &customer,
            "PUT",
            format!("{order}/verified-organization"),
            json!({"organization_id": "0"}),
        ),
        (
            "an empty refusal",
            &specialist,
            "POST",
            format!("/api/verifications/{}/refusal", order_id(&order)),
            json!({"reason": "", "submitted_at": beginning()}),
        ),
    ] {
        problems.send(name, person, method, &path, &body).await;
    }
    insta::assert_json_snapshot!("problems", problems.0);
}

fn order_id(path: &str) -> &str {
    path.rsplit('/').next().unwrap()
}

/// What the server answered, by what was asked.
#[derive(Default)]
struct Problems(Map<String, Value>);

impl Problems {
    async fn send(&mut self, name: &str, person: &Person, method: &str, path: &str, body: &Value) {
        let body = (!body.is_null()).then_some(body);
        self.add(name, &person.send(method, path, body).await);
    }

    fn add(&mut self, name: &str, answered: &Answer) {
        assert_eq!(answered.header("content-type"), "application/problem+json", "{name}");
        self.0.insert(name.to_owned(), answered.json());
    }
}

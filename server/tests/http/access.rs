//! Who may use which route: each one asked by everybody.

use crate::{
    client::Person,
    csr::CustomerKey,
    request::{answer, request},
    stage::{CUSTOMER, OTHER_CUSTOMER, SPECIALIST, Stage},
};
use serde_json::{Value, json};

/// One route, and the status that each kind of person gets.
pub(crate) struct Route {
    pub(crate) method: &'static str,
    /// As in the description of the API.
    pub(crate) template: &'static str,
    anonymous: u16,
    other_customer: u16,
    owner: u16,
    specialist: u16,
}

const fn route(
    method: &'static str,
    template: &'static str,
    [anonymous, other_customer, owner, specialist]: [u16; 4],
) -> Route {
    Route { method, template, anonymous, other_customer, owner, specialist }
}

/// Every route. `owner` is who placed the order; an order in these requests is fresh, so that some are refused for its
/// state even to the owner.
pub(crate) const ROUTES: &[Route] = &[
    route("GET", "/api/health", [204; 4]),
    route("GET", "/api/openapi.json", [200; 4]),
    route("GET", "/api/session", [200; 4]),
    route("POST", "/api/session", [404; 4]),
    route("DELETE", "/api/session", [401, 204, 204, 204]),
    route("POST", "/api/sign-in-links", [202; 4]),
    route("GET", "/api/products", [200; 4]),
    route("GET", "/api/inbox", [200; 4]),
    route("POST", "/api/orders", [401, 201, 201, 404]),
    route("GET", "/api/orders", [401, 200, 200, 404]),
    route("GET", "/api/orders/{id}", [401, 404, 200, 404]),
    route("GET", "/api/register", [401, 200, 200, 200]),
    route("PUT", "/api/orders/{id}/organization", [401, 404, 200, 404]),
    route("POST", "/api/orders/{id}/documents", [401, 404, 201, 404]),
    route("GET", "/api/orders/{id}/documents/{document_id}", [401, 404, 200, 200]),
    route("PUT", "/api/orders/{id}/mailbox", [401, 404, 200, 404]),
    route("POST", "/api/orders/{id}/mailbox/challenge", [401, 404, 200, 404]),
    route("POST", "/api/orders/{id}/activation", [401, 404, 409, 404]),
    route("POST", "/api/mailbox-challenges/inspect", [404; 4]),
    route("POST", "/api/mailbox-challenges/confirm", [404; 4]),
    route("GET", "/api/verifications", [401, 404, 404, 200]),
    route("GET", "/api/verifications/{order_id}", [401, 404, 404, 200]),
    route("POST", "/api/verifications/{order_id}/approval", [401, 404, 404, 409]),
    route("POST", "/api/verifications/{order_id}/refusal", [401, 404, 404, 409]),
    route("GET", "/api/certificates", [401, 200, 200, 404]),
    route("GET", "/api/certificates/{id}", [401, 404, 404, 404]),
    route("GET", "/api/certificates/{id}/certificate.pem", [401, 404, 404, 404]),
    route("GET", "/api/certificates/{id}/certificate.der", [401, 404, 404, 404]),
    route("GET", "/api/certificates/{id}/chain.pem", [401, 404, 404, 404]),
    route("POST", "/api/card-jobs", [401, 404, 409, 404]),
    route("GET", "/api/card-jobs/{id}", [401, 404, 404, 404]),
    route("DELETE", "/api/card-jobs/{id}", [401, 404, 404, 404]),
    route("POST", "/api/card-jobs/claim", [404; 4]),
    route("POST", "/api/card-jobs/report", [401; 4]),
    route("GET", "/pki/root.cer", [200; 4]),
    route("GET", "/pki/root.crl", [200; 4]),
    route("GET", "/pki/issuing.cer", [200; 4]),
    route("GET", "/pki/issuing.crl", [200; 4]),
];

/// A body that the route accepts from who may use it.
fn body(route: &Route, order_id: &str) -> Value {
    let later = "2030-01-01T00:00:00Z";
    match (route.method, route.template) {
        ("POST", "/api/session")
        | (
            _,
            "/api/mailbox-challenges/inspect" | "/api/mailbox-challenges/confirm" | "/api/card-jobs/claim",
        ) => {
            json!({"token": "A".repeat(43)})
        }
        ("POST", "/api/card-jobs/report") => json!({"state": "waiting-for-person"}),
        ("POST", "/api/sign-in-links") => json!({"email": "visitor@example.com"}),
        ("POST", "/api/orders") => {
            json!({"product_id": "smime-organization-365", "idempotency_key": "another"})
        }
        ("PUT", "/api/orders/{id}/organization") => json!({
            "data": crate::client::organization(),
            "verification": {
                "method": "register", "registration_number_type": "NTR", "registration_number": "0000712345",
            },
        }),
        ("PUT", "/api/orders/{id}/mailbox") => json!({"email": "mailbox@example.com"}),
        (_, "/api/orders/{id}/activation") => crate::client::activation(&CustomerKey::generate().csr()),
        (_, "/api/verifications/{order_id}/approval") => {
            json!({"data": crate::client::organization(), "submitted_at": later})
        }
        ("POST", "/api/card-jobs") => json!({
            "order_id": order_id,
            "task": {"kind": "generate", "algorithm": "rsa-2048", "mailbox": "mailbox@example.com"},
        }),
        (_, "/api/verifications/{order_id}/refusal") => json!({"reason": "Why not", "submitted_at": later}),
        _ => Value::Null,
    }
}

/// A customer's order with a document, submitted data and a mailbox.
struct Scene {
    stage: Stage,
    order_id: String,
    document_id: String,
    people: [(&'static str, Option<Person>); 4],
}

impl Scene {
    async fn new() -> Self {
        let stage = Stage::new().await;
        let owner = stage.sign_in(CUSTOMER).await;
        let other = stage.sign_in(OTHER_CUSTOMER).await;
        let specialist = stage.sign_in(SPECIALIST).await;
        let order_id = owner.place_order("key").await.id;
        owner.submit_organization(&order_id).await;
        let mailbox = json!({"email": "mailbox@example.com"});
        owner.send("PUT", &format!("/api/orders/{order_id}/mailbox"), Some(&mailbox)).await;
        let path = format!("/api/orders/{order_id}/documents?name=extract.pdf");
        let upload = request("POST", &path).header("cookie", &owner.cookie);
        let document: protocol::Document = answer(&stage, upload, "%PDF-1.7 first").await.expect(201);
        let people = [
            ("anonymous", None),
            ("other customer", Some(other)),
            ("owner", Some(owner)),
            ("specialist", Some(specialist)),
        ];
        Self { stage, order_id, document_id: document.id, people }
    }

    fn path(&self, route: &Route) -> String {
        let path = route
            .template
            .replace("{order_id}", &self.order_id)
            .replace("{document_id}", &self.document_id)
            .replace("{id}", &self.order_id);
        match (route.method, route.template) {
            (_, "/api/register") => {
                format!("{path}?registration_number_type=NTR&registration_number=0000712345&country=PL")
            }
            ("POST", "/api/orders/{id}/documents") => format!("{path}?name=second.pdf"),
            _ => path,
        }
    }

    async fn status(&self, route: &Route, person: Option<&Person>) -> u16 {
        let cookie = person.map_or("", |person| person.cookie.as_str());
        let sent = request(route.method, &self.path(route)).header("cookie", cookie);
        let content = match (route.method, route.template) {
            ("POST", "/api/orders/{id}/documents") => "%PDF-1.7 second".to_owned(),
            _ => body(route, &self.order_id).to_string(),
        };
        answer(&self.stage, sent, content).await.status
    }
}

#[tokio::test]
async fn everybody_gets_from_every_route_what_they_may_and_no_more() {
    for route in ROUTES {
        let scene = Scene::new().await;
        let expected = [route.anonymous, route.other_customer, route.owner, route.specialist];
        let mut statuses = Vec::new();
        for (_, person) in &scene.people {
            statuses.push(scene.status(route, person.as_ref()).await);
        }
        let names = scene.people.each_ref().map(|(name, _)| *name);
        assert_eq!(statuses, expected, "{} {} for {names:?}", route.method, route.template);
    }
}

#[tokio::test]
async fn an_id_that_does_not_exist_and_one_of_somebody_else_are_answered_alike() {
    let scene = Scene::new().await;
    let other = scene.people[1].1.as_ref().unwrap();
    let foreign = other.get(&format!("/api/orders/{}", scene.order_id)).await;
    let invented = other.get(&format!("/api/orders/{}", "0".repeat(32))).await;
    assert_eq!((foreign.status, foreign.body), (invented.status, invented.body));
}

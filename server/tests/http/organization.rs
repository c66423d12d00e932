//! Step 1: what a customer submits and what a specialist decides.

use crate::{
    client::{Answer, Person, organization},
    stage::{CUSTOMER, SPECIALIST, Stage},
};
use protocol::{Order, Page, Problem, StepStatus, Verification};
use serde_json::{Value, json};
use server::audit;

struct Scene {
    stage: Stage,
    customer: Person,
    specialist: Person,
    order: String,
}

impl Scene {
    async fn new() -> Self {
        let stage = Stage::new().await;
        let customer = stage.sign_in(CUSTOMER).await;
        let specialist = stage.sign_in(SPECIALIST).await;
        let order = customer.place_order("key").await.id;
        Self { stage, customer, specialist, order }
    }

    async fn submit(&self, evidence: &Value) -> Answer {
        self.customer.send("PUT", &format!("/api/orders/{}/organization", self.order), Some(evidence)).await
    }

    async fn decide(&self, decision: &str, body: &Value) -> Answer {
        let path = format!("/api/verifications/{}/{decision}", self.order);
        self.specialist.send("POST", &path, Some(body)).await
    }

    async fn mails(&self, subject: &str) -> usize {
        let mails = self.stage.server().mail_to(CUSTOMER).await;
        mails.iter().filter(|mail| mail.subject == subject).count()
    }
}

fn by_register(scheme: &str, number: &str, data: &Value) -> Value {
    json!({
        "data": data,
        "verification": {"method": "register", "registration_number_type": scheme, "registration_number": number},
    })
}

fn without_identifier() -> Value {
    let mut data = organization();
    data["organization_identifier"] = Value::Null;
    data
}

fn problem_fields(problem: &Problem) -> Vec<(&str, &str)> {
    problem.fields.iter().map(|field| (field.field.as_str(), field.code.as_str())).collect()
}

#[tokio::test]
async fn the_server_asks_the_register_itself_and_keeps_the_answer() {
    let scene = Scene::new().await;
    let evidence = by_register("NTR", " 0000\u{a0}712345 ", &without_identifier());
    let order: Order = scene.submit(&evidence).await.expect(200);
    let claim = order.claim.unwrap();
    assert_eq!(claim.data.organization_identifier.as_deref(), Some("NTRPL-0000712345"));

    let path = format!("/api/verifications/{}", scene.order);
    let verification: Verification = scene.specialist.get(&path).await.expect(200);
    let found = verification.register_evidence.unwrap();
    assert_eq!(found.entries.len(), 1);
    assert_eq!(found.asked_at.to_string(), "2026-11-22T15:41:12Z");
    assert_eq!(verification.applicant.email, CUSTOMER);
    assert_eq!(verification.status, StepStatus::InVerification);
    audit::verify(&scene.stage.store).await.unwrap();
}

#[tokio::test]
async fn a_number_that_no_register_has_is_refused_beside_its_field() {
    let scene = Scene::new().await;
    let mut invented = organization();
    invented["organization_identifier"] = json!("NTRPL-0000000001");
    for (evidence, code) in [
        (by_register("NTR", "0000000001", &without_identifier()), "not-found"),
        (by_register("NTR", "0000712345", &invented), "not-found"),
        (by_register("NTR", "0000111222", &without_identifier()), "not-active"),
        (by_register("LEI", "999900BURSZTYNPL0196", &without_identifier()), "not-accepted"),
        (by_register("NTR", "", &without_identifier()), "empty"),
    ] {
        let problem: Problem = scene.submit(&evidence).await.expect(422);
        assert_eq!(problem_fields(&problem), [("registration_number", code)]);
    }
    assert_eq!(scene.stage.count("SELECT COUNT(*) FROM claim").await, 0);
}

#[tokio::test]
async fn every_field_that_cannot_stand_in_a_certificate_is_named_in_the_order_of_the_form() {
    let scene = Scene::new().await;
    let data = json!({
        "organization": "x".repeat(65), "country": "Poland", "state_or_province": "-", "locality": " ",
    });
    let problem: Problem = scene.submit(&by_register("NTR", "0000712345", &data)).await.expect(422);
    assert_eq!(
        problem_fields(&problem),
        [
            ("organization", "not-accepted"),
            ("country", "not-accepted"),
            ("state_or_province", "not-accepted"),
            ("locality", "empty"),
        ]
    );
}

#[tokio::test]
async fn hostile_names_are_refused_or_kept_as_plain_text_and_never_reach_a_mail() {
    let scene = Scene::new().await;
    for name in ["Ship &amp; Co", "a\u{0}b", "line\nbreak", &"x".repeat(5000)] {
        let mut data = without_identifier();
        data["organization"] = json!(name);
        let problem: Problem = scene.submit(&by_register("NTR", "0000712345", &data)).await.expect(422);
        assert_eq!(problem.fields[0].field, "organization", "{name:?}");
    }
    let name = "\"><img src=//x? <a href=//evil> =HYPERLINK(1)";
    let mut data = without_identifier();
    data["organization"] = json!(name);
    let order: Order = scene.submit(&by_register("NTR", "0000712345", &data)).await.expect(200);
    let submitted_at = order.claim.unwrap().submitted_at;
    let refusal = json!({"reason": "See http://evil.example", "submitted_at": submitted_at});
    scene.decide("refusal", &refusal).await.expect::<Verification>(200);
    for mail in scene.stage.server().mail_to(CUSTOMER).await {
        assert!(!mail.text.contains("evil") && !mail.text.contains("img"), "{}", mail.text);
        assert_eq!(mail.text.matches("://").count(), 1, "{}", mail.text);
        assert!(mail.text.contains("http://localhost:8080/"));
    }
}

#[tokio::test]
async fn an_approval_verifies_the_step_and_tells_the_customer() {
    let scene = Scene::new().await;
    let order = scene.customer.submit_organization(&scene.order).await;
    scene.specialist.approve_organization(&order).await;
    let order = scene.customer.order(&scene.order).await;
    assert_eq!(order.steps.data_verification, StepStatus::Verified);
    assert_eq!(scene.mails("Organization data approved").await, 1);
    let again = scene.submit(&by_register("NTR", "0000712345", &organization())).await;
    assert_eq!(again.slug(409), "already-verified");
}

#[tokio::test]
async fn a_refusal_needs_a_reason_and_gives_the_step_back_with_it() {
    let scene = Scene::new().await;
    let order = scene.customer.submit_organization(&scene.order).await;
    let submitted_at = order.claim.unwrap().submitted_at;
    for reason in ["", "  \n ", &"x".repeat(2001)] {
        let refusal = json!({"reason": reason, "submitted_at": submitted_at});
        let problem: Problem = scene.decide("refusal", &refusal).await.expect(422);
        assert_eq!(problem.fields[0].field, "reason");
    }
    let refusal = json!({"reason": "The extract is from 2019.", "submitted_at": submitted_at});
    scene.decide("refusal", &refusal).await.expect::<Verification>(200);
    let order = scene.customer.order(&scene.order).await;
    assert_eq!(order.steps.data_verification, StepStatus::AwaitingData);
    assert_eq!(order.claim.unwrap().refusal.as_deref(), Some("The extract is from 2019."));
    assert_eq!(scene.mails("Organization data needs your attention").await, 1);

    let order = scene.customer.submit_organization(&scene.order).await;
    assert_eq!(order.claim.as_ref().unwrap().refusal, None);
    scene.specialist.approve_organization(&order).await;
}

#[tokio::test]
async fn a_claim_that_changed_after_it_was_looked_at_is_not_decided_unseen() {
    let scene = Scene::new().await;
    let seen = scene.customer.submit_organization(&scene.order).await.claim.unwrap().submitted_at;
    let newer = scene.customer.submit_organization(&scene.order).await.claim.unwrap().submitted_at;
    assert!(newer > seen, "two claims within a second have the same time");
    let approval = json!({"data": organization(), "submitted_at": seen});
    assert_eq!(scene.decide("approval", &approval).await.slug(409), "claim-changed");
    let refusal = json!({"reason": "No", "submitted_at": seen});
    assert_eq!(scene.decide("refusal", &refusal).await.slug(409), "claim-changed");
    let approval = json!({"data": organization(), "submitted_at": newer});
    scene.decide("approval", &approval).await.expect::<Verification>(200);
    assert_eq!(scene.decide("approval", &approval).await.slug(409), "claim-changed");
    assert_eq!(scene.mails("Organization data approved").await, 1);
}

#[tokio::test]
async fn data_that_cannot_stand_in_a_certificate_cannot_be_approved() {
    let scene = Scene::new().await;
    let order = scene.customer.submit_organization(&scene.order).await;
    let submitted_at = order.claim.unwrap().submitted_at;
    for (field, value) in [
        ("organization_identifier", Value::Null),
        ("organization_identifier", json!("DUNSPL-123456789")),
        ("organization_identifier", json!("NTRDE-DER3306.HRB12345")),
        ("organization", json!("n/a")),
        ("country", json!("XG")),
        ("locality", json!("x".repeat(129))),
    ] {
        let mut data = organization();
        data[field] = value.clone();
        let approval = json!({"data": data, "submitted_at": submitted_at});
        let problem: Problem = scene.decide("approval", &approval).await.expect(422);
        assert!(!problem.fields.is_empty(), "{field} = {value} is not named");
    }
    let order = scene.customer.order(&scene.order).await;
    assert_eq!(order.steps.data_verification, StepStatus::InVerification);
}

#[tokio::test]
async fn the_queue_has_who_waits_longest_first_and_the_decided_ones_last() {
    let scene = Scene::new().await;
    let second = scene.customer.place_order("second").await.id;
    let decided = scene.customer.place_order("third").await.id;
    let order = scene.customer.submit_organization(&decided).await;
    scene.specialist.approve_organization(&order).await;
    scene.customer.submit_organization(&scene.order).await;
    scene.stage.clock.advance(std::time::Duration::from_mins(1));
    scene.customer.submit_organization(&second).await;
    let queue: Page<Verification> = scene.specialist.get("/api/verifications").await.expect(200);
    let queue = queue.items;
    let ids: Vec<_> = queue.iter().map(|verification| verification.order_id.as_str()).collect();
    assert_eq!(ids, [scene.order.as_str(), &second, &decided]);
}

#[tokio::test]
async fn documents_of_another_order_prove_nothing() {
    let scene = Scene::new().await;
    for ids in [json!([]), json!(["0".repeat(32)])] {
        let evidence = json!({
            "data": organization(), "verification": {"method": "document", "document_ids": ids},
        });
        let problem: Problem = scene.submit(&evidence).await.expect(422);
        assert_eq!(problem_fields(&problem), [("document_ids", "empty")]);
    }
}

//! What is verified for a customer serves every order of that customer, until its time is over.

use crate::{
    client::{Person, organization},
    csr::CustomerKey,
    stage::{CUSTOMER, OTHER_CUSTOMER, SPECIALIST, Stage},
};
use pki::mailbox::Mailbox;
use protocol::{
    Certificate, Order, Page, Problem, StepStatus, Verification, VerifiedMailbox, VerifiedOrganization,
};
use serde_json::{Value, json};
use server::{account::Position, audit, storage::MemberRole};
use std::time::Duration;

const MAILBOX: &str = "anna.nowak@example.com";
const DAY: Duration = Duration::from_hours(24);

/// A customer with one order that went through steps 1 and 2.
struct Scene {
    stage: Stage,
    customer: Person,
    first: Order,
}

impl Scene {
    async fn new() -> Self {
        let stage = Stage::new().await;
        let customer = stage.sign_in(CUSTOMER).await;
        let specialist = stage.sign_in(SPECIALIST).await;
        let first = customer.prepare_order(&specialist, MAILBOX).await;
        Self { stage, customer, first }
    }

    /// So much later; sessions have ended meanwhile.
    async fn wait(self, time: Duration) -> Self {
        self.stage.clock.advance(time);
        let customer = self.stage.sign_in(CUSTOMER).await;
        Self { customer, ..self }
    }
}

async fn organizations(person: &Person) -> Vec<VerifiedOrganization> {
    person.get("/api/organizations").await.expect::<Page<VerifiedOrganization>>(200).items
}

async fn mailboxes(person: &Person) -> Vec<VerifiedMailbox> {
    person.get("/api/mailboxes").await.expect::<Page<VerifiedMailbox>>(200).items
}

async fn use_organization(person: &Person, order: &str, id: &str) -> crate::client::Answer {
    let path = format!("/api/orders/{order}/verified-organization");
    person.send("PUT", &path, Some(&json!({"organization_id": id}))).await
}

async fn use_mailbox(person: &Person, order: &str, id: &str) -> crate::client::Answer {
    let path = format!("/api/orders/{order}/verified-mailbox");
    person.send("PUT", &path, Some(&json!({"mailbox_id": id}))).await
}

#[tokio::test]
async fn a_second_order_reaches_its_certificate_without_a_specialist_and_a_message() {
    let scene = Scene::new().await;
    let (stage, customer) = (&scene.stage, &scene.customer);
    let [verified] = organizations(customer).await.try_into().unwrap();
    assert_eq!(serde_json::to_value(&verified.data).unwrap(), organization());
    assert_eq!(verified.verified_until, crate::stage::beginning().plus(825 * DAY));
    let [mailbox] = mailboxes(customer).await.try_into().unwrap();
    assert_eq!(
        (mailbox.email.as_str(), mailbox.verified_until),
        (MAILBOX, crate::stage::beginning().plus(30 * DAY))
    );

    let mails = stage.server().mail_to(MAILBOX).await.len();
    let order = customer.place_order("second").await;
    let used: Order = use_organization(customer, &order.id, &verified.id).await.expect(200);
    assert_eq!(used.steps.data_verification, StepStatus::Verified);
    assert_eq!(used.organization_verified_until, Some(verified.verified_until));
    let used: Order = use_mailbox(customer, &order.id, &mailbox.id).await.expect(200);
    assert_eq!(used.steps.email_verification, StepStatus::Verified);
    assert_eq!(used.mailbox_verified_until, Some(mailbox.verified_until));
    assert_eq!(used.steps.certificate_activation, StepStatus::AwaitingData);
    let _: Certificate = customer.activate(&order.id, &CustomerKey::generate().csr()).await.expect(201);
    let _: Certificate = customer.activate(&scene.first.id, &CustomerKey::generate().csr()).await.expect(201);
    assert_eq!(stage.server().mail_to(MAILBOX).await.len(), mails);
    let specialist = stage.sign_in(SPECIALIST).await;
    let queue: Page<Verification> = specialist.get("/api/verifications").await.expect(200);
    assert_eq!(queue.items.len(), 1);
    audit::verify(&stage.store).await.unwrap();
}

#[tokio::test]
async fn an_organization_counts_for_825_days_at_the_moment_of_signing() {
    let scene = Scene::new().await;
    let organization = organizations(&scene.customer).await.remove(0);
    let order = scene.customer.place_order("second").await.id;
    use_organization(&scene.customer, &order, &organization.id).await.expect::<Order>(200);

    let scene = scene.wait(Duration::from_secs(825 * 24 * 3600 - 1)).await;
    assert_eq!(organizations(&scene.customer).await.len(), 1);
    scene.customer.verify_mailbox(&order, MAILBOX).await;
    scene.stage.clock.advance(Duration::from_secs(1));
    assert_eq!(organizations(&scene.customer).await, []);
    let csr = CustomerKey::generate().csr();
    assert_eq!(scene.customer.activate(&order, &csr).await.slug(409), "steps-missing");
    let third = scene.customer.place_order("third").await.id;
    let refused = use_organization(&scene.customer, &third, &organization.id).await;
    assert_eq!(refused.slug(409), "organization-not-verified");

    let specialist = scene.stage.sign_in(SPECIALIST).await;
    let submitted = scene.customer.submit_organization(&order).await;
    specialist.approve_organization(&submitted).await;
    let _: Certificate = scene.customer.activate(&order, &csr).await.expect(201);
}

#[tokio::test]
async fn a_mailbox_counts_for_30_days_at_the_moment_of_signing() {
    let scene = Scene::new().await;
    let mailbox = mailboxes(&scene.customer).await.remove(0);
    let order = scene.customer.place_order("second").await.id;
    let organization = organizations(&scene.customer).await.remove(0);
    use_organization(&scene.customer, &order, &organization.id).await.expect::<Order>(200);
    use_mailbox(&scene.customer, &order, &mailbox.id).await.expect::<Order>(200);

    let scene = scene.wait(30 * DAY).await;
    assert_eq!(mailboxes(&scene.customer).await, []);
    let csr = CustomerKey::generate().csr();
    assert_eq!(scene.customer.activate(&order, &csr).await.slug(409), "steps-missing");
    assert_eq!(use_mailbox(&scene.customer, &order, &mailbox.id).await.slug(409), "mailbox-not-verified");
    // One message serves both orders, which name the same address.
    scene.customer.verify_mailbox(&order, MAILBOX).await;
    for order in [&order, &scene.first.id] {
        let order = scene.customer.order(order).await;
        assert_eq!(order.steps.email_verification, StepStatus::Verified);
    }
    let _: Certificate = scene.customer.activate(&order, &csr).await.expect(201);
}

#[tokio::test]
async fn what_is_verified_for_one_customer_does_not_exist_for_another() {
    let scene = Scene::new().await;
    let (organization, mailbox) =
        (organizations(&scene.customer).await.remove(0), mailboxes(&scene.customer).await.remove(0));
    let other = scene.stage.sign_in(OTHER_CUSTOMER).await;
    assert_eq!((organizations(&other).await, mailboxes(&other).await), (Vec::new(), Vec::new()));
    let order = other.place_order("key").await.id;
    for invented in [organization.id.as_str(), &"0".repeat(32), ""] {
        assert_eq!(use_organization(&other, &order, invented).await.slug(409), "organization-not-verified");
    }
    for invented in [mailbox.id.as_str(), &"0".repeat(32), ""] {
        assert_eq!(use_mailbox(&other, &order, invented).await.slug(409), "mailbox-not-verified");
    }
    let first = &scene.first.id;
    assert_eq!(use_organization(&other, first, &organization.id).await.slug(404), "not-found");
    assert_eq!(use_mailbox(&other, first, &mailbox.id).await.slug(404), "not-found");
}

#[tokio::test]
async fn an_order_that_is_verified_is_not_given_another_organization_or_mailbox() {
    let scene = Scene::new().await;
    let (organization, mailbox) =
        (organizations(&scene.customer).await.remove(0), mailboxes(&scene.customer).await.remove(0));
    let first = &scene.first.id;
    let refused = use_organization(&scene.customer, first, &organization.id).await;
    assert_eq!(refused.slug(409), "already-verified");
    assert_eq!(use_mailbox(&scene.customer, first, &mailbox.id).await.slug(409), "already-verified");
}

#[tokio::test]
async fn data_that_waited_leave_the_queue_when_a_verified_organization_is_used() {
    let scene = Scene::new().await;
    let organization = organizations(&scene.customer).await.remove(0);
    let order = scene.customer.place_order("second").await.id;
    scene.customer.submit_organization(&order).await;
    use_organization(&scene.customer, &order, &organization.id).await.expect::<Order>(200);
    let specialist = scene.stage.sign_in(SPECIALIST).await;
    let queue: Page<Verification> = specialist.get("/api/verifications").await.expect(200);
    let listed: Vec<_> = queue.items.iter().map(|verification| verification.order_id.as_str()).collect();
    assert_eq!(listed, [scene.first.id.as_str()]);
}

#[tokio::test]
async fn new_data_of_one_order_leave_the_others_what_they_rely_on() {
    let scene = Scene::new().await;
    let organization = organizations(&scene.customer).await.remove(0);
    let second = scene.customer.place_order("second").await.id;
    use_organization(&scene.customer, &second, &organization.id).await.expect::<Order>(200);
    let scene = scene.wait(826 * DAY).await;
    // Both orders share an organization whose time is over. What one of them provides is an organization of its own.
    let specialist = scene.stage.sign_in(SPECIALIST).await;
    let submitted = scene.customer.submit_organization(&second).await;
    assert_eq!(submitted.steps.data_verification, StepStatus::InVerification);
    let first = scene.customer.order(&scene.first.id).await;
    assert_eq!(first.steps.data_verification, StepStatus::AwaitingData);
    specialist.approve_organization(&submitted).await;
    let verified = organizations(&scene.customer).await;
    assert_eq!(verified.len(), 1);
    let used: Order = use_organization(&scene.customer, &scene.first.id, &verified[0].id).await.expect(200);
    assert_eq!(used.steps.data_verification, StepStatus::Verified);
}

#[tokio::test]
async fn each_field_of_an_approval_has_its_evidence() {
    let scene = Scene::new().await;
    let rows = scene
        .stage
        .texts("SELECT field || '=' || source || '=' || said || '=' || decided FROM evidence ORDER BY field")
        .await;
    let register = "Demonstration register";
    let data: Value = organization();
    let text = |member: &str| data[member].as_str().unwrap().to_owned();
    for (field, value) in [
        ("organization", text("organization")),
        ("country", text("country")),
        ("state-or-province", text("state_or_province")),
        ("locality", text("locality")),
        ("organization-identifier", text("organization_identifier")),
    ] {
        let row = rows.iter().find(|row| row.starts_with(&format!("{field}="))).unwrap();
        assert!(row.contains(&format!("={value}={value}")), "{row}");
        assert!(!row.contains("=document="), "{row} rests on {register}");
    }
    assert_eq!(rows.len(), 5);
}

#[tokio::test]
async fn the_proof_of_one_holder_serves_no_certificate_of_another() {
    let scene = Scene::new().await;
    let mailbox = mailboxes(&scene.customer).await.remove(0);
    let own =
        Position::Customer { of: Some(Mailbox::parse(CUSTOMER).unwrap()), role: MemberRole::Administrator };
    let holder = Position::Customer { of: Some(Mailbox::parse(CUSTOMER).unwrap()), role: MemberRole::Holder };
    scene.stage.add("colleague@example.com", own).await;
    scene.stage.add("colleague@example.com", holder).await;
    let colleague = scene.stage.sign_in("colleague@example.com").await;
    assert_eq!(mailboxes(&colleague).await, []);
    let order = colleague.place_order("key").await.id;
    assert_eq!(use_mailbox(&colleague, &order, &mailbox.id).await.slug(409), "mailbox-not-verified");
    let path = format!("/api/orders/{order}/mailbox");
    let named: Order = colleague.send("PUT", &path, Some(&json!({"email": MAILBOX}))).await.expect(200);
    assert_eq!(named.steps.email_verification, StepStatus::InVerification);
}

#[tokio::test]
async fn who_orders_without_holding_names_who_will() {
    let scene = Scene::new().await;
    let at = |role| Position::Customer { of: Some(Mailbox::parse(CUSTOMER).unwrap()), role };
    scene.stage.add("office@example.com", at(MemberRole::Administrator)).await;
    scene.stage.add("holder@example.com", at(MemberRole::Holder)).await;
    let office = scene.stage.sign_in("office@example.com").await;
    let request = |holder: Option<&str>| json!({"product_id": "smime-organization-365", "idempotency_key": "key", "holder": holder});
    for nobody in
        [None, Some("office@example.com"), Some(OTHER_CUSTOMER), Some("nobody@example.com"), Some("")]
    {
        let problem: Problem = office.send("POST", "/api/orders", Some(&request(nobody))).await.expect(422);
        assert_eq!(problem.fields[0].field, "holder", "{nobody:?}");
    }
    let body = request(Some("Holder@example.com"));
    let order: Order = office.send("POST", "/api/orders", Some(&body)).await.expect(201);
    let holder = scene.stage.sign_in("holder@example.com").await;
    assert!(holder.order(&order.id).await.may_activate);
    assert!(!scene.customer.order(&order.id).await.may_activate, "an administrator does not hold everything");
    assert_eq!(holder.get(&format!("/api/orders/{}", scene.first.id)).await.slug(404), "not-found");
}

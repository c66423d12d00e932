//! What a server does with an issuance that another one left half done.

use crate::{
    client::{Person, Server},
    csr::CustomerKey,
    stage::{CUSTOMER, SPECIALIST, Stage},
};
use protocol::{Certificate, CertificateSummary};
use server::{audit, issuance};
use std::{
    future::poll_fn,
    pin::pin,
    task::{Context, Poll},
    time::Duration,
};

const MAILBOX: &str = "anna.nowak@example.com";

/// The database refuses every certificate, as a full disk would.
const REFUSE_CERTIFICATES: &str = "CREATE TRIGGER no_certificates BEFORE UPDATE ON issuance
     BEGIN SELECT RAISE (ABORT, 'no space'); END";

async fn prepared_order(stage: &Stage) -> (Person, String) {
    let customer = stage.sign_in(CUSTOMER).await;
    let specialist = stage.sign_in(SPECIALIST).await;
    let order = customer.prepare_order(&specialist, MAILBOX).await;
    (customer, order.id)
}

/// An order whose bytes are reserved, because its certificate could not be stored.
async fn reserved_order(stage: &Stage, key: &CustomerKey) -> (Person, String) {
    let (customer, order) = prepared_order(stage).await;
    stage.execute(REFUSE_CERTIFICATES).await;
    assert_eq!(customer.activate(&order, &key.csr()).await.slug(500), "not-finished");
    assert_eq!(stage.count("SELECT COUNT(*) FROM issuance WHERE certificate IS NULL").await, 1);
    stage.execute("DROP TRIGGER no_certificates").await;
    (customer, order)
}

async fn ready_mails(server: &Server) -> usize {
    let messages = server.mail_to(CUSTOMER).await;
    messages.iter().filter(|message| message.subject == "Your certificate is ready").count()
}

/// The customer with the same session at the server that runs now.
fn moved(customer: &Person, stage: &Stage) -> Person {
    Person { server: stage.server(), ..customer.clone() }
}

async fn certificates(customer: &Person) -> Vec<CertificateSummary> {
    customer.get("/api/certificates").await.expect(200)
}

#[tokio::test]
async fn a_restart_finishes_what_is_reserved_and_tells_the_customer_once() {
    let stage = Stage::new().await;
    let key = CustomerKey::generate();
    let (customer, order) = reserved_order(&stage, &key).await;
    assert_eq!(certificates(&customer).await, []);

    let stage = stage.restart().await;
    let customer = moved(&customer, &stage);
    let list = certificates(&customer).await;
    assert_eq!(list.len(), 1);
    assert_eq!(ready_mails(&stage.server()).await, 1);
    let again: Certificate = customer.activate(&order, &key.csr()).await.expect(200);
    assert_eq!(again.summary, list[0]);

    let stage = stage.restart().await;
    assert_eq!(certificates(&moved(&customer, &stage)).await, list);
    assert_eq!(ready_mails(&stage.server()).await, 1);
    audit::verify(&stage.store).await.unwrap();
}

#[tokio::test]
async fn the_next_request_finishes_what_is_reserved_without_a_restart() {
    let stage = Stage::new().await;
    let key = CustomerKey::generate();
    let (customer, order) = reserved_order(&stage, &key).await;
    let certificate: Certificate = customer.activate(&order, &key.csr()).await.expect(200);
    assert_eq!(certificates(&customer).await, [certificate.summary]);
    assert_eq!(ready_mails(&stage.server()).await, 1);
}

#[tokio::test]
async fn another_key_is_refused_while_the_earlier_one_is_reserved_and_finishes_that() {
    let stage = Stage::new().await;
    let key = CustomerKey::generate();
    let (customer, order) = reserved_order(&stage, &key).await;
    let refused = customer.activate(&order, &CustomerKey::generate().csr()).await;
    assert_eq!(refused.slug(409), "other-key");
    let list = certificates(&customer).await;
    let certificate: Certificate = customer.activate(&order, &key.csr()).await.expect(200);
    assert_eq!(list, [certificate.summary]);
}

#[tokio::test]
async fn the_reserved_bytes_signed_twice_are_the_same_certificate() {
    let stage = Stage::new().await;
    let (customer, _) = reserved_order(&stage, &CustomerKey::generate()).await;
    let other = stage.fork().await;
    let mut found = Vec::new();
    for stage in [&stage, &other] {
        issuance::recover(&stage.state).await.unwrap();
        let customer = moved(&customer, stage);
        let list = certificates(&customer).await;
        found.push(customer.certificate(&list[0].id).await);
    }
    assert_eq!(found[0], found[1]);
}

#[tokio::test]
async fn stored_bytes_that_were_changed_are_not_signed() {
    let stage = Stage::new().await;
    let key = CustomerKey::generate();
    let (customer, order) = reserved_order(&stage, &key).await;
    // The validity grows to the year 9999; the length of the encoding stays.
    stage.execute("DROP TRIGGER issuance_changes_only_by_its_certificate").await;
    stage
        .execute(
            "UPDATE issuance SET tbs = unhex(replace(hex(tbs), hex('271122154111Z'), hex('491122154111Z')))",
        )
        .await;
    let stage = stage.restart().await;
    let customer = moved(&customer, &stage);
    assert_eq!(certificates(&customer).await, []);
    assert_eq!(customer.activate(&order, &key.csr()).await.slug(500), "not-finished");
    assert_eq!(certificates(&customer).await, []);
}

#[tokio::test]
async fn the_database_itself_refuses_to_change_what_was_reserved_or_issued() {
    let stage = Stage::new().await;
    let (customer, order) = prepared_order(&stage).await;
    let _: Certificate = customer.activate(&order, &CustomerKey::generate().csr()).await.expect(201);
    for statement in [
        "UPDATE issuance SET certificate = x'00'",
        "UPDATE issuance SET certificate = NULL",
        "UPDATE issuance SET tbs = x'00'",
        "DELETE FROM issuance",
        "INSERT INTO issuance SELECT * FROM issuance",
        "UPDATE audit SET at = at + 1",
        "DELETE FROM audit",
    ] {
        let result = sqlx::query(statement).execute(&mut stage.database().await).await;
        assert!(result.is_err(), "{statement}");
    }
}

#[tokio::test]
async fn a_log_that_was_cut_off_is_a_valid_chain_that_lacks_the_head_that_was_noted() {
    let stage = Stage::new().await;
    let (_customer, _order) = prepared_order(&stage).await;
    let whole = audit::verify(&stage.store).await.unwrap();
    assert_eq!(audit::verify_contains(&stage.store, whole.head).await.unwrap(), whole);

    stage.execute("DROP TRIGGER audit_is_append_only_delete").await;
    stage.execute("DELETE FROM audit WHERE sequence = (SELECT MAX(sequence) FROM audit)").await;
    let shorter = audit::verify(&stage.store).await.unwrap();
    assert_eq!(shorter.records + 1, whole.records);
    assert!(audit::verify_contains(&stage.store, whole.head).await.is_err());
    assert!(audit::verify_contains(&stage.store, shorter.head).await.is_ok());
}

#[tokio::test]
async fn the_log_holds_no_address_and_no_name() {
    let stage = Stage::new().await;
    let (customer, order) = prepared_order(&stage).await;
    let _: Certificate = customer.activate(&order, &CustomerKey::generate().csr()).await.expect(201);
    let events: Vec<String> =
        sqlx::query_scalar("SELECT event FROM audit").fetch_all(&mut stage.database().await).await.unwrap();
    assert!(events.len() > 10);
    for event in events {
        for personal in ["@", "anna", "nowak", "Bursztyn", "0000712345"] {
            assert!(!event.contains(personal), "{event}");
        }
    }
}

/// More steps than any activation takes.
const MOST_POLLS: u32 = 200;
/// How long a certificate may take whose customer has gone.
const PATIENCE: Duration = Duration::from_secs(10);

#[tokio::test]
async fn a_customer_who_goes_away_at_any_moment_leaves_nothing_half_done() {
    let stage = Stage::new().await;
    let customer = stage.sign_in(CUSTOMER).await;
    let specialist = stage.sign_in(SPECIALIST).await;
    for polls in 1..MOST_POLLS {
        let order = customer.prepare_order(&specialist, &format!("anna{polls}@example.com")).await;
        let was_answered = goes_away_after(polls, &customer, &order.id).await;
        finishes_everything(&stage, polls).await;
        if was_answered {
            return;
        }
    }
    panic!("no activation was answered within {MOST_POLLS} steps");
}

/// Sends an activation and drops it, as the server does when the connection is lost, after so many steps of it; gives
/// whether it was answered before.
async fn goes_away_after(polls: u32, customer: &Person, order: &str) -> bool {
    let csr = CustomerKey::generate().csr();
    let mut request = pin!(customer.activate(order, &csr));
    let mut made = 0;
    poll_fn(|context: &mut Context<'_>| {
        made += 1;
        match request.as_mut().poll(context) {
            Poll::Ready(answer) => {
                assert_eq!(answer.status, 201);
                Poll::Ready(true)
            }
            Poll::Pending if made < polls => Poll::Pending,
            Poll::Pending => Poll::Ready(false),
        }
    })
    .await
}

async fn finishes_everything(stage: &Stage, polls: u32) {
    let finished = tokio::time::timeout(PATIENCE, async {
        while stage.count("SELECT COUNT(*) FROM issuance WHERE certificate IS NULL").await > 0 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });
    assert!(finished.await.is_ok(), "what was dropped after {polls} steps stays reserved");
}

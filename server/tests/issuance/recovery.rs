//! What a server does with an issuance that another one left half done.

use crate::{
    client::{Person, Server},
    csr::CustomerKey,
    stage::{CUSTOMER, SPECIALIST, Stage},
};
use protocol::{Certificate, CertificateSummary};
use server::{audit, jobs};
use std::{
    future::poll_fn,
    pin::pin,
    task::{Context, Poll},
    time::Duration,
};

const MAILBOX: &str = "anna.nowak@example.com";

/// The database refuses every certificate, as a full disk would.
async fn refuse_certificates(stage: &Stage) {
    stage
        .execute(if stage.database.is_sqlite() {
            "CREATE TRIGGER no_certificates BEFORE UPDATE ON certificate BEGIN SELECT RAISE (ABORT, 'no space'); END"
        } else {
            "CREATE TRIGGER no_certificates BEFORE UPDATE ON certificate FOR EACH ROW EXECUTE FUNCTION refuse('no space')"
        })
        .await;
}

/// The database takes certificates again.
async fn take_certificates(stage: &Stage) {
    drop_trigger(stage, "DROP TRIGGER no_certificates", "DROP TRIGGER no_certificates ON certificate").await;
}

async fn drop_trigger(stage: &Stage, sqlite: &'static str, postgres: &'static str) {
    stage.execute(if stage.database.is_sqlite() { sqlite } else { postgres }).await;
}

async fn prepared_order(stage: &Stage) -> (Person, String) {
    let customer = stage.sign_in(CUSTOMER).await;
    let specialist = stage.sign_in(SPECIALIST).await;
    let order = customer.prepare_order(&specialist, MAILBOX).await;
    (customer, order.id)
}

/// An order whose bytes are reserved, because its certificate could not be stored.
async fn reserved_order(stage: &Stage, key: &CustomerKey) -> (Person, String) {
    let (customer, order) = prepared_order(stage).await;
    refuse_certificates(stage).await;
    assert_eq!(customer.activate(&order, &key.csr()).await.slug(500), "not-finished");
    assert_eq!(stage.count("SELECT COUNT(*) FROM certificate WHERE certificate IS NULL").await, 1);
    take_certificates(stage).await;
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
    customer.certificates().await
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
async fn what_was_reserved_a_day_ago_is_not_signed_and_the_order_gets_another_serial_number() {
    let stage = Stage::new().await;
    let key = CustomerKey::generate();
    let (_, order) = reserved_order(&stage, &key).await;
    stage.clock.advance(Duration::from_hours(24));
    let stage = stage.restart().await;
    let customer = stage.sign_in(CUSTOMER).await;
    assert_eq!(certificates(&customer).await, []);
    let certificate: Certificate =
        customer.activate(&order, &CustomerKey::generate().csr()).await.expect(201);
    assert!(certificate.summary.replaces.is_some());
    assert_eq!(certificates(&customer).await, [certificate.summary]);
    assert_eq!(stage.count("SELECT COUNT(DISTINCT serial_number) FROM certificate").await, 2);
    jobs::recover(&stage.state).await.unwrap();
    assert_eq!(stage.count("SELECT COUNT(*) FROM certificate WHERE certificate IS NULL").await, 1);
    audit::verify(&stage.store).await.unwrap();
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
    // What is compared needs no database: where this one cannot be copied, the run on SQLite has shown it.
    let Some(other) = stage.fork().await else { return };
    let mut found = Vec::new();
    for stage in [&stage, &other] {
        jobs::recover(&stage.state).await.unwrap();
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
    drop_trigger(
        &stage,
        "DROP TRIGGER certificate_changes_only_once",
        "DROP TRIGGER certificate_changes_only_once ON certificate",
    )
    .await;
    stage
        .execute(if stage.database.is_sqlite() {
            "UPDATE certificate SET tbs = unhex(replace(hex(tbs), hex('271122154111Z'), hex('491122154111Z')))"
        } else {
            "UPDATE certificate SET tbs = decode(replace(encode(tbs, 'hex'), encode('271122154111Z', 'hex'),
                                                         encode('491122154111Z', 'hex')), 'hex')"
        })
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
        "UPDATE certificate SET certificate = tbs",
        "UPDATE certificate SET certificate = NULL",
        "UPDATE certificate SET tbs = certificate",
        "DELETE FROM certificate",
        "INSERT INTO certificate SELECT * FROM certificate",
        "UPDATE audit SET at = at + 1",
        "DELETE FROM audit",
    ] {
        assert!(stage.database.execute(statement).await.is_err(), "{statement}");
    }
}

#[tokio::test]
async fn a_log_that_was_cut_off_is_a_valid_chain_that_lacks_the_head_that_was_noted() {
    let stage = Stage::new().await;
    let (_customer, _order) = prepared_order(&stage).await;
    let whole = audit::verify(&stage.store).await.unwrap();
    assert_eq!(audit::verify_contains(&stage.store, whole.head).await.unwrap(), whole);

    drop_trigger(
        &stage,
        "DROP TRIGGER audit_is_append_only_delete",
        "DROP TRIGGER audit_is_append_only ON audit",
    )
    .await;
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
    let events = stage.texts("SELECT event FROM audit").await;
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
        while stage.count("SELECT COUNT(*) FROM certificate WHERE certificate IS NULL").await > 0 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });
    assert!(finished.await.is_ok(), "what was dropped after {polls} steps stays reserved");
}

//! Mail that goes to a real SMTP server, and comes through its bad days.

use crate::{
    client::Server,
    request::{answer, bare},
    smtp_sink::SmtpSink,
    stage::{CUSTOMER, OTHER_CUSTOMER, Stage},
};
use protocol::Session;
use serde_json::json;
use server::{jobs, settings::MailDelivery, storage::Purpose};
use std::time::Duration;
use tokio::{sync::watch, task::JoinSet};

async fn stage_with(sink: &SmtpSink) -> Stage {
    let url = sink.url.clone();
    Stage::configured(move |settings| settings.mail = MailDelivery::Smtp { url: url.clone() }).await
}

async fn ask_for_link(stage: &Stage) {
    ask_for_link_to(stage, CUSTOMER).await;
}

async fn ask_for_link_to(stage: &Stage, email: &str) {
    let body = json!({"email": email});
    let asked = stage.server().send("POST", "/api/sign-in-links", "", Some(&body)).await.unwrap();
    assert_eq!(asked.status, 202);
}

/// What the server does when it wakes.
pub(crate) async fn send_due(stage: &Stage) {
    stage.run_jobs().await;
}

fn token_in(data: &str) -> String {
    let (_, rest) = data.split_once("/sign-in/").unwrap();
    rest.split_whitespace().next().unwrap().to_owned()
}

async fn sign_in(server: &Server, token: &str) -> u16 {
    server.send("POST", "/api/session", "", Some(&json!({"token": token}))).await.unwrap().status
}

#[tokio::test]
async fn a_mail_is_sent_once_to_one_recipient_and_its_text_is_wiped() {
    let sink = SmtpSink::start().await;
    let stage = stage_with(&sink).await;
    ask_for_link(&stage).await;
    send_due(&stage).await;
    send_due(&stage).await;
    let received = sink.received();
    assert_eq!(received.len(), 1);
    assert_eq!(received[0].recipients, [format!("RCPT TO:<{CUSTOMER}>")]);
    for header in [
        "From: Signet <signet@example.com>",
        "To: customer@example.com",
        "Subject: Your sign-in link",
        "Date: Sun, 22 Nov 2026 15:41:12 +0000",
        "Auto-Submitted: auto-generated",
    ] {
        assert!(
            received[0].data.lines().any(|line| line == header),
            "{header} is missing in {}",
            received[0].data
        );
    }
    assert_eq!(stage.count("SELECT COUNT(*) FROM outbox WHERE sent_at IS NOT NULL AND body = ''").await, 1);
    assert_eq!(sign_in(&stage.server(), &token_in(&received[0].data)).await, 200);
}

#[tokio::test]
async fn a_mail_outlives_an_outage_and_its_link_lives_from_the_day_it_is_sent() {
    let sink = SmtpSink::start().await;
    let stage = stage_with(&sink).await;
    sink.answer(451);
    ask_for_link(&stage).await;
    for minutes in [1, 5, 15, 60, 60] {
        send_due(&stage).await;
        stage.clock.advance(Duration::from_secs(minutes * 60 - 1));
        send_due(&stage).await;
        stage.clock.advance(Duration::from_secs(1));
    }
    assert_eq!(stage.count("SELECT attempts FROM job WHERE kind = 'mail'").await, 5);
    assert_eq!(
        stage.count("SELECT COUNT(*) FROM job WHERE kind = 'mail' AND last_error LIKE '%451%'").await,
        1
    );
    assert_eq!(
        stage.count("SELECT COUNT(*) FROM job WHERE kind = 'mail' AND last_error LIKE '%@%'").await,
        0
    );
    sink.answer(250);
    send_due(&stage).await;
    let received = sink.received();
    assert_eq!(received.len(), 1);
    stage.clock.advance(Duration::from_mins(14));
    assert_eq!(sign_in(&stage.server(), &token_in(&received[0].data)).await, 200);
}

#[tokio::test]
async fn a_mail_to_a_server_that_is_not_there_waits() {
    let stage = Stage::configured(|settings| {
        settings.mail = MailDelivery::Smtp { url: "smtp://127.0.0.1:9".to_owned() };
    })
    .await;
    ask_for_link(&stage).await;
    send_due(&stage).await;
    assert_eq!(
        stage
            .count("SELECT COUNT(*) FROM job WHERE kind = 'mail' AND done_at IS NULL AND attempts = 1")
            .await,
        1
    );
}

#[tokio::test]
async fn a_server_that_says_nothing_holds_up_no_other_mail() {
    let sink = SmtpSink::start().await;
    let stage = stage_with(&sink).await;
    sink.be_silent(3);
    for email in ["one@example.com", "two@example.com", "three@example.com"] {
        ask_for_link_to(&stage, email).await;
    }
    let (_keep, stop) = watch::channel(false);
    let mut sending = JoinSet::new();
    sending.spawn(jobs::run_until(stage.state.clone(), stop));
    sink.all_silent_connections_are_made().await;
    for (number, email) in [CUSTOMER, OTHER_CUSTOMER].into_iter().enumerate() {
        ask_for_link_to(&stage, email).await;
        sink.has_received(number + 1).await;
    }
}

#[tokio::test]
async fn a_mail_to_a_server_that_says_nothing_is_given_up_and_tried_again() {
    let sink = SmtpSink::start().await;
    let url = sink.url.clone();
    let stage = Stage::configured(move |settings| {
        settings.mail = MailDelivery::Smtp { url: url.clone() };
        settings.mail_time_limit = Duration::from_millis(100);
    })
    .await;
    sink.be_silent(1);
    ask_for_link(&stage).await;
    send_due(&stage).await;
    sink.all_silent_connections_are_made().await;
    let timed_out =
        "SELECT COUNT(*) FROM job WHERE attempts = 1 AND last_error LIKE '%did not answer in time%'";
    assert_eq!(stage.count(timed_out).await, 1);
    assert_eq!(sink.received().len(), 0);
    stage.clock.advance(Duration::from_mins(1));
    send_due(&stage).await;
    assert_eq!(sink.received().len(), 1);
}

#[tokio::test]
async fn a_mail_that_is_sent_again_after_a_crash_has_the_same_message_id() {
    let sink = SmtpSink::start().await;
    let stage = stage_with(&sink).await;
    ask_for_link(&stage).await;
    let Some(crashed) = stage.fork().await else { return };
    send_due(&stage).await;
    send_due(&crashed).await;
    let ids: Vec<String> = sink
        .received()
        .iter()
        .map(|mail| mail.data.lines().find(|line| line.starts_with("Message-ID: <")).unwrap().to_owned())
        .collect();
    assert_eq!(ids.len(), 2);
    assert_eq!(ids[0], ids[1]);
}

#[tokio::test]
async fn a_message_that_a_newer_one_ended_is_not_sent_any_more() {
    let sink = SmtpSink::start().await;
    let stage = stage_with(&sink).await;
    ask_for_link(&stage).await;
    send_due(&stage).await;
    let token = token_in(&sink.received()[0].data);
    let opened =
        stage.server().send("POST", "/api/session", "", Some(&json!({"token": token}))).await.unwrap();
    let cookie = opened.header("set-cookie").split(';').next().unwrap().to_owned();
    let customer = crate::client::Person { server: stage.server(), cookie };
    let order = customer.place_order("key").await.id;
    for mailbox in ["first@example.com", "second@example.com"] {
        let path = format!("/api/orders/{order}/mailbox");
        assert_eq!(customer.send("PUT", &path, Some(&json!({"email": mailbox}))).await.status, 200);
    }
    send_due(&stage).await;
    let recipients: Vec<_> = sink.received().into_iter().flat_map(|mail| mail.recipients).collect();
    assert_eq!(recipients[1..], ["RCPT TO:<second@example.com>"]);
}

#[tokio::test]
async fn where_mail_is_really_sent_there_is_no_inbox() {
    let sink = SmtpSink::start().await;
    for (stage, demonstration) in [
        (stage_with(&sink).await, true),
        (Stage::configured(|settings| settings.purpose = Purpose::RealUse).await, false),
    ] {
        assert_eq!(answer(&stage, bare("GET", "/api/inbox"), "").await.slug(404), "not-found");
        let session: Session = answer(&stage, bare("GET", "/api/session"), "").await.expect(200);
        assert_eq!(session.instance.demonstration, demonstration);
        assert!(!session.instance.inbox || !demonstration);
    }
}

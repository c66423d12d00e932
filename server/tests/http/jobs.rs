//! What the server does later: leases, several servers, what failed, and what ended.

use crate::{
    smtp_sink::SmtpSink,
    stage::{CUSTOMER, Stage},
};
use protocol::{Job, JobKind, JobState, Page};
use serde_json::json;
use server::{account::Position, jobs, settings::MailDelivery, storage::StaffRole};
use std::time::Duration;
use tokio::{sync::watch, task::JoinSet};

async fn stage_with(sink: &SmtpSink) -> Stage {
    let url = sink.url.clone();
    Stage::configured(move |settings| settings.mail = MailDelivery::Smtp { url: url.clone() }).await
}

async fn ask_for_link(stage: &Stage, email: &str) {
    let body = json!({"email": email});
    let asked = stage.server().send("POST", "/api/sign-in-links", "", Some(&body)).await.unwrap();
    assert_eq!(asked.status, 202);
}

const MAILS: usize = 30;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_several_servers_each_mail_is_sent_once() {
    let sink = SmtpSink::start().await;
    let stage = stage_with(&sink).await;
    let second = stage.second_server().await;
    let (stop, stopped) = watch::channel(false);
    let mut running = JoinSet::new();
    let states = [Some(stage.state.clone()), second.as_ref().map(|second| second.state.clone())];
    for state in states.into_iter().flatten() {
        running.spawn(jobs::run_until(state, stopped.clone()));
    }
    for number in 0..MAILS {
        let server = second.as_ref().filter(|_| number % 2 == 1).unwrap_or(&stage);
        ask_for_link(server, &format!("person{number}@example.com")).await;
    }
    sink.has_received(MAILS).await;
    stop.send_replace(true);
    while running.join_next().await.is_some() {}
    let mut recipients: Vec<_> = sink.received().into_iter().flat_map(|mail| mail.recipients).collect();
    recipients.sort();
    recipients.dedup();
    assert_eq!((recipients.len(), sink.received().len()), (MAILS, MAILS));
}

#[tokio::test]
async fn the_job_of_a_killed_server_is_taken_over_within_a_minute_and_not_before() {
    let sink = SmtpSink::start().await;
    let stage = stage_with(&sink).await;
    ask_for_link(&stage, CUSTOMER).await;
    sink.be_silent(1);
    let (_stop, stopped) = watch::channel(false);
    let killed = tokio::spawn(jobs::run_until(stage.state.clone(), stopped));
    sink.all_silent_connections_are_made().await;
    killed.abort();
    assert!(killed.await.unwrap_err().is_cancelled());
    stage.clock.advance(Duration::from_secs(49));
    stage.run_jobs().await;
    assert_eq!(sink.received().len(), 0);
    stage.clock.advance(Duration::from_secs(10));
    stage.run_jobs().await;
    assert_eq!(sink.received().len(), 1);
}

#[tokio::test]
async fn the_operator_sees_what_failed_and_has_it_tried_again() {
    let sink = SmtpSink::start().await;
    let stage = stage_with(&sink).await;
    stage.add("operator@example.com", Position::Staff(StaffRole::Operator)).await;
    ask_for_link(&stage, "operator@example.com").await;
    stage.run_jobs().await;
    let received = sink.received();
    let token = received[0].data.split_once("/sign-in/").unwrap().1.split_whitespace().next().unwrap();
    let body = json!({"token": token});
    let opened = stage.server().send("POST", "/api/session", "", Some(&body)).await.unwrap();
    let cookie = opened.header("set-cookie").split(';').next().unwrap().to_owned();
    let operator = crate::client::Person { server: stage.server(), cookie };

    sink.answer(451);
    ask_for_link(&stage, CUSTOMER).await;
    stage.run_jobs().await;
    let mail = |page: Page<Job>| page.items.into_iter().find(|job| job.kind == JobKind::Mail);
    let failing = mail(operator.get("/api/jobs").await.expect(200)).unwrap();
    assert_eq!((failing.state, failing.attempts), (JobState::Failing, 1));
    assert!(failing.last_error.unwrap().contains("451"));

    sink.answer(250);
    stage.run_jobs().await;
    assert_eq!(sink.received().len(), 1, "its time has not come");
    let path = format!("/api/jobs/{}/run", failing.id);
    assert_eq!(operator.send("POST", &path, None).await.status, 204);
    stage.run_jobs().await;
    assert_eq!(sink.received().len(), 2);
    assert_eq!(operator.send("POST", &path, None).await.slug(404), "not-found");
    assert!(mail(operator.get("/api/jobs").await.expect(200)).is_none());
}

#[tokio::test]
async fn a_mail_that_nobody_takes_for_five_days_is_given_up_and_stays_to_be_seen() {
    let sink = SmtpSink::start().await;
    let stage = stage_with(&sink).await;
    sink.answer(451);
    ask_for_link(&stage, CUSTOMER).await;
    stage.run_jobs().await;
    stage.clock.advance(Duration::from_hours(5 * 24));
    stage.run_jobs().await;
    assert_eq!(stage.count("SELECT COUNT(*) FROM job WHERE given_up_at IS NOT NULL").await, 1);
    sink.answer(250);
    stage.clock.advance(Duration::from_hours(24));
    stage.run_jobs().await;
    assert_eq!(sink.received().len(), 0);
}

#[tokio::test]
async fn what_ended_is_removed_and_what_did_not_stays() {
    let stage = Stage::new().await;
    stage.sign_in(CUSTOMER).await;
    stage.run_jobs().await;
    assert_eq!(stage.count("SELECT COUNT(*) FROM session").await, 1);
    stage.clock.advance(Duration::from_hours(31 * 24));
    ask_for_link(&stage, CUSTOMER).await;
    stage.run_jobs().await;
    for (table, left) in [
        ("SELECT COUNT(*) FROM session", 0),
        ("SELECT COUNT(*) FROM sign_in_link", 1),
        ("SELECT COUNT(*) FROM outbox", 1),
    ] {
        assert_eq!(stage.count(table).await, left, "{table}");
    }
    assert_eq!(stage.count("SELECT COUNT(*) FROM job WHERE kind = 'removal' AND done_at IS NULL").await, 1);
    assert_eq!(stage.count("SELECT COUNT(*) FROM job WHERE kind = 'crl' AND done_at IS NULL").await, 1);
}

//! Step 2: the mailbox challenge and what attacks it.

use crate::{
    client::{Answer, Person},
    request::{answer, bare, request},
    stage::{CUSTOMER, OTHER_CUSTOMER, Stage},
};
use protocol::{ChallengeState, MailboxChallenge, Order, Problem, StepStatus};
use serde_json::json;
use server::audit;
use std::time::Duration;

const MAILBOX: &str = "Anna.Nowak@example.com";
const DAY: u64 = 24 * 3600;

struct Scene {
    stage: Stage,
    customer: Person,
    order: String,
}

impl Scene {
    async fn new() -> Self {
        let stage = Stage::new().await;
        let customer = stage.sign_in(CUSTOMER).await;
        let order = customer.place_order("key").await.id;
        Self { stage, customer, order }
    }

    async fn name(&self, mailbox: &str) -> Answer {
        let path = format!("/api/orders/{}/mailbox", self.order);
        self.customer.send("PUT", &path, Some(&json!({"email": mailbox}))).await
    }

    async fn send_again(&self) -> Answer {
        self.customer.send("POST", &format!("/api/orders/{}/mailbox/challenge", self.order), None).await
    }

    async fn newest_token(&self, mailbox: &str) -> String {
        let mails = self.stage.server().mail_to(mailbox).await;
        let (_, rest) = mails[0].text.split_once("/confirm/").unwrap();
        rest.split_whitespace().next().unwrap().to_owned()
    }

    async fn post(&self, action: &str, token: &str) -> Answer {
        let path = format!("/api/mailbox-challenges/{action}");
        answer(&self.stage, request("POST", &path), json!({"token": token}).to_string()).await
    }

    async fn state(&self, token: &str) -> ChallengeState {
        self.post("inspect", token).await.expect::<MailboxChallenge>(200).state
    }

    async fn status(&self) -> StepStatus {
        self.stage.sign_in(CUSTOMER).await.order(&self.order).await.steps.email_verification
    }
}

#[tokio::test]
async fn the_button_confirms_exactly_the_address_that_was_named() {
    let scene = Scene::new().await;
    let order: Order = scene.name(MAILBOX).await.expect(200);
    assert_eq!(order.mailbox.as_deref(), Some(MAILBOX));
    assert_eq!(order.steps.email_verification, StepStatus::InVerification);
    assert!(order.challenge_sent_at.is_some());
    let token = scene.newest_token(MAILBOX).await;
    assert_eq!(token.len(), 43, "256 bits");
    let inspected: MailboxChallenge = scene.post("inspect", &token).await.expect(200);
    assert_eq!((inspected.mailbox.as_str(), inspected.state), (MAILBOX, ChallengeState::Open));
    assert_eq!(inspected.product_name, "S/MIME Organization");
    let confirmed: MailboxChallenge = scene.post("confirm", &token).await.expect(200);
    assert_eq!(confirmed.state, ChallengeState::Confirmed);
    assert_eq!(scene.status().await, StepStatus::Verified);
    audit::verify(&scene.stage.store).await.unwrap();
}

#[tokio::test]
async fn the_domain_is_lowered_and_the_local_part_kept() {
    let scene = Scene::new().await;
    let order: Order = scene.name("  Jan@Example.COM ").await.expect(200);
    assert_eq!(order.mailbox.as_deref(), Some("Jan@example.com"));
}

#[tokio::test]
async fn what_is_no_plain_address_is_refused_and_no_mail_is_written() {
    let scene = Scene::new().await;
    let before = scene.stage.count("SELECT COUNT(*) FROM outbox").await;
    for mailbox in [
        "a@example.com\r\nBcc: x@example.com",
        "a@example.com\nBcc: x@example.com",
        "a\0@example.com",
        "a\t@example.com",
        "a@b@example.com",
        "\"a@b\"@example.com",
        "a@example.com,x@example.com",
        "<a@example.com>",
        "A <a@example.com>",
        "a(comment)@example.com",
        "\"a\"@example.com",
        "a@[127.0.0.1]",
        "@relay.example,a@example.com",
        "host!a@com",
        "a@com",
        "a@localhost",
        "=?utf-8?q?a=40evil.com=3e?=@example.com",
        "m\u{131}ke@example.org",
        "a@\u{212a}.example.com",
        "a\u{ff20}example.com",
        "a\u{200b}@example.com",
        "a\u{202e}@example.com",
        "józef@example.com",
        "a@ex\u{430}mple.com",
        ".a@example.com",
        "a..b@example.com",
        "a@example.com.",
        "",
    ] {
        let problem: Problem = scene.name(mailbox).await.expect(422);
        assert_eq!(problem.fields[0].field, "email", "{mailbox:?}");
    }
    assert_eq!(scene.stage.count("SELECT COUNT(*) FROM outbox").await, before);
    assert_eq!(scene.customer.order(&scene.order).await.mailbox, None);
}

#[tokio::test]
async fn looking_at_a_link_confirms_nothing() {
    let scene = Scene::new().await;
    scene.name(MAILBOX).await;
    let token = scene.newest_token(MAILBOX).await;
    for _ in 0..20 {
        for method in ["GET", "HEAD"] {
            answer(&scene.stage, bare(method, &format!("/confirm/{token}")), "").await;
            answer(&scene.stage, bare(method, "/api/mailbox-challenges/confirm"), "").await;
        }
        assert_eq!(scene.state(&token).await, ChallengeState::Open);
    }
    let from_elsewhere =
        bare("POST", "/api/mailbox-challenges/confirm").header("content-type", "application/json");
    let refused = answer(&scene.stage, from_elsewhere, json!({"token": token}).to_string()).await;
    assert_eq!(refused.slug(403), "cross-site");
    assert_eq!(scene.state(&token).await, ChallengeState::Open);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_fifty_confirmations_at_once_exactly_one_succeeds() {
    let scene = Scene::new().await;
    scene.name(MAILBOX).await;
    let token = scene.newest_token(MAILBOX).await;
    let server = scene.stage.server();
    let tasks: Vec<_> = (0..50)
        .map(|_| {
            let (server, body) = (server.clone(), json!({"token": token}));
            tokio::spawn(async move {
                server.send("POST", "/api/mailbox-challenges/confirm", "", Some(&body)).await.unwrap().status
            })
        })
        .collect();
    let mut statuses = Vec::new();
    for task in tasks {
        statuses.push(task.await.unwrap());
    }
    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
    assert_eq!(statuses.iter().filter(|status| **status == 409).count(), 49, "{statuses:?}");
}

#[tokio::test]
async fn a_link_works_for_24_hours_and_not_a_second_longer() {
    let scene = Scene::new().await;
    scene.name(MAILBOX).await;
    let token = scene.newest_token(MAILBOX).await;
    scene.stage.clock.advance(Duration::from_secs(DAY - 1));
    assert_eq!(scene.state(&token).await, ChallengeState::Open);
    scene.stage.clock.advance(Duration::from_secs(1));
    assert_eq!(scene.state(&token).await, ChallengeState::Expired);
    assert_eq!(scene.post("confirm", &token).await.slug(410), "link-expired");
    assert_ne!(scene.status().await, StepStatus::Verified);
}

#[tokio::test]
async fn a_link_confirms_in_the_last_second_of_its_24_hours() {
    let scene = Scene::new().await;
    scene.name(MAILBOX).await;
    let token = scene.newest_token(MAILBOX).await;
    scene.stage.clock.advance(Duration::from_secs(DAY - 1));
    assert_eq!(scene.post("confirm", &token).await.status, 200);
}

#[tokio::test]
async fn each_dead_link_says_what_ended_it() {
    let scene = Scene::new().await;
    scene.name(MAILBOX).await;
    let first = scene.newest_token(MAILBOX).await;
    scene.send_again().await.expect::<Order>(200);
    let second = scene.newest_token(MAILBOX).await;
    assert_ne!(first, second);
    assert_eq!(scene.post("confirm", &first).await.slug(410), "link-superseded");
    scene.name("other@example.com").await.expect::<Order>(200);
    assert_eq!(scene.post("confirm", &second).await.slug(410), "link-superseded");
    assert_eq!(scene.state(&second).await, ChallengeState::Superseded);
    let third = scene.newest_token("other@example.com").await;
    assert_eq!(scene.post("confirm", &third).await.status, 200);
    assert_eq!(scene.post("confirm", &third).await.slug(409), "link-used");
    assert_eq!(scene.state(&third).await, ChallengeState::Confirmed);
    for invented in ["", "x", &"B".repeat(43)] {
        assert_eq!(scene.post("confirm", invented).await.slug(404), "link-unknown");
        assert_eq!(scene.post("inspect", invented).await.slug(404), "link-unknown");
    }
    let order = scene.customer.order(&scene.order).await;
    assert_eq!(order.mailbox.as_deref(), Some("other@example.com"));
}

#[tokio::test]
async fn a_link_verifies_its_own_order_and_no_other() {
    let scene = Scene::new().await;
    scene.name(MAILBOX).await;
    let token = scene.newest_token(MAILBOX).await;
    let own_second = scene.customer.place_order("second").await.id;
    let path = format!("/api/orders/{own_second}/mailbox");
    let body = json!({"email": "bob@example.com"});
    scene.customer.send("PUT", &path, Some(&body)).await.expect::<Order>(200);
    let other = scene.stage.sign_in(OTHER_CUSTOMER).await;
    let others = other.place_order("key").await.id;
    other.send("PUT", &format!("/api/orders/{others}/mailbox"), Some(&json!({"email": MAILBOX}))).await;

    assert_eq!(scene.post("confirm", &token).await.status, 200);

    assert_eq!(scene.customer.order(&scene.order).await.steps.email_verification, StepStatus::Verified);
    let second = scene.customer.order(&own_second).await;
    assert_eq!(second.steps.email_verification, StepStatus::InVerification);
    assert_eq!(other.order(&others).await.steps.email_verification, StepStatus::InVerification);
}

#[tokio::test]
async fn a_verified_mailbox_cannot_be_changed() {
    let scene = Scene::new().await;
    scene.name(MAILBOX).await;
    let token = scene.newest_token(MAILBOX).await;
    scene.post("confirm", &token).await.expect::<MailboxChallenge>(200);
    assert_eq!(scene.name("other@example.com").await.slug(409), "already-verified");
    assert_eq!(scene.send_again().await.slug(409), "already-verified");
    assert_eq!(scene.customer.order(&scene.order).await.mailbox.as_deref(), Some(MAILBOX));
}

#[tokio::test]
async fn nothing_is_sent_again_before_an_address_is_named() {
    let scene = Scene::new().await;
    assert_eq!(scene.send_again().await.slug(409), "mailbox-missing");
}

#[tokio::test]
async fn the_sixth_message_to_an_address_within_an_hour_waits_whoever_asks() {
    let scene = Scene::new().await;
    scene.name(MAILBOX).await.expect::<Order>(200);
    crate::outbox::send_due(&scene.stage).await;
    for _ in 0..3 {
        scene.send_again().await.expect::<Order>(200);
        crate::outbox::send_due(&scene.stage).await;
    }
    let other = scene.stage.sign_in(OTHER_CUSTOMER).await;
    let others = other.place_order("key").await.id;
    let path = format!("/api/orders/{others}/mailbox");
    let body = json!({"email": MAILBOX});
    other.send("PUT", &path, Some(&body)).await.expect::<Order>(200);
    let token = scene.newest_token(MAILBOX).await;
    let refused = scene.send_again().await;
    assert_eq!(refused.slug(429), "too-many-mails");
    assert_eq!(refused.header("retry-after"), "3600");
    assert_eq!(scene.state(&token).await, ChallengeState::Open, "a refused message ended the last link");
    scene.stage.clock.advance(Duration::from_hours(1));
    scene.send_again().await.expect::<Order>(200);
}

#[tokio::test]
async fn an_account_has_a_hundred_messages_a_day_sent_to_whatever_addresses() {
    let scene = Scene::new().await;
    for number in 0..100 {
        scene.name(&format!("person{number}@example.com")).await.expect::<Order>(200);
    }
    let refused = scene.name("person100@example.com").await;
    assert_eq!(refused.slug(429), "too-many-mails");
    assert_eq!(refused.header("retry-after"), "86400");
    assert!(refused.json::<Problem>().detail.unwrap().ends_with("in 24 hours."));
    let mailbox = scene.customer.order(&scene.order).await.mailbox;
    assert_eq!(mailbox.as_deref(), Some("person99@example.com"), "a refused request changed the address");
    let other = scene.stage.sign_in(OTHER_CUSTOMER).await;
    let others = other.place_order("key").await.id;
    let body = json!({"email": "person100@example.com"});
    other.send("PUT", &format!("/api/orders/{others}/mailbox"), Some(&body)).await.expect::<Order>(200);
}

#[tokio::test]
async fn the_message_has_one_link_which_comes_from_the_configuration() {
    let scene = Scene::new().await;
    let path = format!("/api/orders/{}/mailbox", scene.order);
    let sent = request("PUT", &path)
        .header("cookie", &scene.customer.cookie)
        .header("host", "evil.example")
        .header("x-forwarded-host", "evil.example");
    answer(&scene.stage, sent, json!({"email": MAILBOX}).to_string()).await.expect::<Order>(200);
    let mail = &scene.stage.server().mail_to(MAILBOX).await[0];
    assert_eq!(mail.subject, "Confirm your e-mail address");
    assert_eq!(mail.text.matches("://").count(), 1, "{}", mail.text);
    assert!(mail.text.contains("http://localhost:8080/confirm/"));
}

//! Sign-in links and sessions.

use crate::{
    client::Person,
    request::{answer, bare, request},
    stage::{CUSTOMER, Stage},
};
use protocol::{Problem, Role, Session};
use serde_json::json;
use server::audit;
use std::time::Duration;

async fn ask_for_link(stage: &Stage, email: &str) -> u16 {
    let body = json!({"email": email}).to_string();
    answer(stage, request("POST", "/api/sign-in-links"), body).await.status
}

async fn newest_token(stage: &Stage, email: &str) -> String {
    let mails = stage.server().mail_to(email).await;
    let (_, rest) = mails[0].text.split_once("/sign-in/").unwrap();
    rest.split_whitespace().next().unwrap().to_owned()
}

async fn open(stage: &Stage, token: &str) -> crate::client::Answer {
    answer(stage, request("POST", "/api/session"), json!({"token": token}).to_string()).await
}

async fn session(stage: &Stage, cookie: &str) -> Session {
    answer(stage, bare("GET", "/api/session").header("cookie", cookie), "").await.expect(200)
}

#[tokio::test]
async fn a_link_signs_in_once_and_the_cookie_is_kept_from_scripts_and_other_sites() {
    let stage = Stage::new().await;
    assert_eq!(ask_for_link(&stage, CUSTOMER).await, 202);
    let token = newest_token(&stage, CUSTOMER).await;
    let opened = open(&stage, &token).await;
    let account = opened.expect::<Session>(200).account.unwrap();
    assert_eq!(account.email, CUSTOMER);
    let cookie = opened.header("set-cookie");
    assert!(cookie.starts_with("__Host-signet="), "{cookie}");
    for attribute in ["; Path=/", "; Secure", "; HttpOnly", "; SameSite=Strict"] {
        assert!(cookie.contains(attribute), "{attribute} is missing in {cookie}");
    }
    assert_eq!(open(&stage, &token).await.slug(410), "link-used");
}

#[tokio::test]
async fn who_signs_in_for_the_first_time_becomes_a_customer() {
    let stage = Stage::new().await;
    let person = Person::sign_in(&stage.server(), "newcomer@example.com").await;
    let account = session(&stage, &person.cookie).await.account.unwrap();
    assert_eq!(account.roles, [Role::CustomerAdministrator, Role::CustomerHolder]);
    assert_eq!(account.acts_for.unwrap().name, "newcomer@example.com");
    assert_eq!(stage.count("SELECT COUNT(*) FROM account WHERE email = 'newcomer@example.com'").await, 1);
    audit::verify(&stage.store).await.unwrap();
}

#[tokio::test]
async fn the_answer_for_a_known_and_an_unknown_address_is_the_same() {
    let stage = Stage::new().await;
    let mut answers = Vec::new();
    for email in [CUSTOMER, "nobody@example.com"] {
        let body = json!({"email": email}).to_string();
        let answer = answer(&stage, request("POST", "/api/sign-in-links"), body).await;
        answers.push((answer.status, answer.body, answer.headers));
    }
    assert_eq!(answers[0], answers[1]);
}

#[tokio::test]
async fn an_address_is_one_account_however_its_letters_are_written() {
    let stage = Stage::new().await;
    ask_for_link(&stage, "Customer@Example.COM").await;
    let token = newest_token(&stage, CUSTOMER).await;
    assert_eq!(open(&stage, &token).await.expect::<Session>(200).account.unwrap().email, CUSTOMER);
    assert_eq!(stage.count("SELECT COUNT(*) FROM account").await, 3);
}

#[tokio::test]
async fn a_link_ends_after_fifteen_minutes_and_an_invented_one_never_worked() {
    let stage = Stage::new().await;
    ask_for_link(&stage, CUSTOMER).await;
    let token = newest_token(&stage, CUSTOMER).await;
    stage.clock.advance(Duration::from_mins(15));
    assert_eq!(open(&stage, &token).await.slug(410), "link-expired");
    for invented in ["", "x", &"A".repeat(43), &"ż".repeat(50)] {
        assert_eq!(open(&stage, invented).await.slug(404), "link-unknown");
    }
}

#[tokio::test]
async fn opening_the_links_address_changes_nothing() {
    let stage = Stage::new().await;
    ask_for_link(&stage, CUSTOMER).await;
    let token = newest_token(&stage, CUSTOMER).await;
    for method in ["GET", "HEAD"] {
        answer(&stage, bare(method, &format!("/sign-in/{token}")), "").await;
    }
    assert_eq!(open(&stage, &token).await.status, 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_twenty_uses_of_a_link_at_once_one_signs_in() {
    let stage = Stage::new().await;
    ask_for_link(&stage, CUSTOMER).await;
    let token = newest_token(&stage, CUSTOMER).await;
    let server = stage.server();
    let tasks: Vec<_> = (0..20)
        .map(|_| {
            let (server, body) = (server.clone(), json!({"token": token}));
            tokio::spawn(
                async move { server.send("POST", "/api/session", "", Some(&body)).await.unwrap().status },
            )
        })
        .collect();
    let mut statuses = Vec::new();
    for task in tasks {
        statuses.push(task.await.unwrap());
    }
    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
    assert!(statuses.iter().all(|status| matches!(status, 200 | 410)), "{statuses:?}");
}

#[tokio::test]
async fn the_sixth_message_within_an_hour_is_refused_with_the_time_to_wait() {
    let stage = Stage::new().await;
    for _ in 0..5 {
        assert_eq!(ask_for_link(&stage, CUSTOMER).await, 202);
        stage.clock.advance(Duration::from_mins(1));
    }
    let body = json!({"email": "CUSTOMER@example.com"}).to_string();
    let refused = answer(&stage, request("POST", "/api/sign-in-links"), body).await;
    assert_eq!(refused.slug(429), "too-many-mails");
    assert_eq!(refused.header("retry-after"), "3300");
    assert_eq!(stage.server().mail_to(CUSTOMER).await.len(), 5);
    assert_eq!(ask_for_link(&stage, "somebody.else@example.com").await, 202);
    stage.clock.advance(Duration::from_mins(55));
    assert_eq!(ask_for_link(&stage, CUSTOMER).await, 202);
}

#[tokio::test]
async fn a_session_ends_by_signing_out_by_idleness_and_by_age() {
    let stage = Stage::new().await;
    let person = stage.sign_in(CUSTOMER).await;
    let signed_out = person.send("DELETE", "/api/session", None).await;
    assert_eq!(signed_out.status, 204);
    assert!(signed_out.header("set-cookie").contains("Max-Age=0"));
    assert_eq!(session(&stage, &person.cookie).await.account, None);
    assert_eq!(person.get("/api/orders").await.slug(401), "not-signed-in");

    let person = stage.sign_in(CUSTOMER).await;
    stage.clock.advance(Duration::from_hours(8));
    assert_eq!(session(&stage, &person.cookie).await.account, None);

    let person = stage.sign_in(CUSTOMER).await;
    for _ in 0..3 {
        stage.clock.advance(Duration::from_hours(7));
        assert!(session(&stage, &person.cookie).await.account.is_some());
    }
    stage.clock.advance(Duration::from_hours(3));
    assert_eq!(session(&stage, &person.cookie).await.account, None);
}

#[tokio::test]
async fn signing_in_again_ends_the_browsers_earlier_session() {
    let stage = Stage::new().await;
    let person = stage.sign_in(CUSTOMER).await;
    ask_for_link(&stage, CUSTOMER).await;
    let token = newest_token(&stage, CUSTOMER).await;
    let again = request("POST", "/api/session").header("cookie", &person.cookie);
    let again = answer(&stage, again, json!({"token": token}).to_string()).await;
    let new_cookie = again.header("set-cookie").split(';').next().unwrap();
    assert_ne!(new_cookie, person.cookie);
    assert_eq!(session(&stage, &person.cookie).await.account, None);
    assert!(session(&stage, new_cookie).await.account.is_some());
}

#[tokio::test]
async fn no_secret_is_stored_as_it_is_given_out() {
    let stage = Stage::new().await;
    let person = stage.sign_in(CUSTOMER).await;
    let secret = person.cookie.split_once('=').unwrap().1.to_owned();
    assert_eq!(stage.count("SELECT LENGTH(token_hash) FROM session").await, 32);
    let hashes = stage
        .texts(if stage.database.is_sqlite() {
            "SELECT lower(hex(token_hash)) FROM session"
        } else {
            "SELECT encode(token_hash, 'hex') FROM session"
        })
        .await;
    let spelled = server::id::hex(secret.as_bytes());
    for hash in hashes {
        assert!(!spelled.as_bytes().windows(16).any(|part| hash.as_bytes().windows(16).any(|h| h == part)));
    }
}

#[tokio::test]
async fn the_link_is_built_from_the_configuration_whatever_the_request_says() {
    let stage = Stage::new().await;
    let request = request("POST", "/api/sign-in-links")
        .header("host", "evil.example")
        .header("x-forwarded-host", "evil.example")
        .header("forwarded", "host=evil.example;proto=https");
    answer(&stage, request, json!({"email": CUSTOMER}).to_string()).await;
    let mail = &stage.server().mail_to(CUSTOMER).await[0];
    assert!(mail.text.contains("http://localhost:8080/sign-in/"));
    assert!(!mail.text.contains("evil"));
    assert_eq!(mail.text.matches("://").count(), 1, "{}", mail.text);
}

#[tokio::test]
async fn an_address_that_is_none_is_refused_with_its_field() {
    let stage = Stage::new().await;
    for email in ["", "anna", "anna@example.com\r\nBcc: x@example.com", "a@example.com,b@example.com"] {
        let body = json!({"email": email}).to_string();
        let problem: Problem = answer(&stage, request("POST", "/api/sign-in-links"), body).await.expect(422);
        assert_eq!(problem.slug(), "invalid-fields");
        assert_eq!(problem.fields[0].field, "email");
    }
    assert_eq!(stage.count("SELECT COUNT(*) FROM outbox").await, 0);
}

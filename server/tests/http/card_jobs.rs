//! The server between a page and the card bridge of the same person.

use crate::{
    client::{Answer, Person},
    csr::CustomerKey,
    request::{answer, request},
    stage::{CUSTOMER, OTHER_CUSTOMER, SPECIALIST, Stage},
};
use protocol::{
    CardJob, CardJobReceipt, CardJobTicket, CardOutcome, CardProblem, CardProblemCode, CardTask, CardWork,
    Certificate, Operation, OperationState, Problem,
};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

const MAILBOX: &str = "anna.nowak@example.com";
const GENERATING: OperationState = OperationState::Working { work: CardWork::GeneratingKeyPair };

/// A customer whose order waits for a key.
struct Scene {
    stage: Stage,
    customer: Person,
    order: String,
}

impl Scene {
    async fn new() -> Self {
        let stage = Stage::new().await;
        let customer = stage.sign_in(CUSTOMER).await;
        let specialist = stage.sign_in(SPECIALIST).await;
        let order = customer.prepare_order(&specialist, MAILBOX).await.id;
        Self { stage, customer, order }
    }

    async fn try_open(&self, task: &CardTask) -> Answer {
        let body = json!({"order_id": self.order, "task": task});
        self.customer.send("POST", "/api/card-jobs", Some(&body)).await
    }

    async fn open(&self) -> CardJobTicket {
        self.try_open(&generate()).await.expect(201)
    }

    async fn follow(&self, id: &str) -> Operation {
        self.customer.get(&format!("/api/card-jobs/{id}")).await.expect(200)
    }

    async fn failure(&self, id: &str) -> CardProblem {
        match self.follow(id).await.state {
            OperationState::Failed { problem } => problem,
            state => panic!("{state:?}"),
        }
    }

    /// As the bridge does it.
    async fn claim(&self, token: &str) -> Answer {
        let body = json!({"token": token}).to_string();
        answer(&self.stage, request("POST", "/api/card-jobs/claim"), body).await
    }

    async fn report_text(&self, token: &str, body: String) -> Answer {
        let report =
            request("POST", "/api/card-jobs/report").header("authorization", format!("Bearer {token}"));
        answer(&self.stage, report, body).await
    }

    async fn report(&self, token: &str, state: &OperationState) -> Answer {
        self.report_text(token, serde_json::to_string(state).unwrap()).await
    }

    async fn claimed(&self) -> (CardJobTicket, CardJob) {
        let ticket = self.open().await;
        let job = self.claim(&token(&ticket)).await.expect(200);
        (ticket, job)
    }

    fn wait(&self, seconds: u64) {
        self.stage.clock.advance(Duration::from_secs(seconds));
    }

    async fn restart(self) -> Self {
        let stage = self.stage.restart().await;
        let customer = Person { server: stage.server(), cookie: self.customer.cookie };
        Self { stage, customer, order: self.order }
    }
}

fn generate() -> CardTask {
    CardTask::Generate { card: None, algorithm: "rsa-2048".to_owned(), mailbox: MAILBOX.to_owned() }
}

fn done() -> OperationState {
    let csr_pem = "-----BEGIN CERTIFICATE REQUEST-----".to_owned();
    let (algorithm, card_name) = ("rsa-2048".to_owned(), "common profile".to_owned());
    let public_key_sha256 = "0".repeat(64);
    OperationState::Done {
        outcome: CardOutcome::Request { csr_pem, public_key_sha256, algorithm, card_name },
    }
}

/// The token in the address that starts the bridge.
fn token(ticket: &CardJobTicket) -> String {
    ticket.url.rsplit_once("&token=").unwrap().1.to_owned()
}

#[tokio::test]
async fn a_job_goes_from_the_page_to_the_bridge_and_its_outcome_back() {
    let scene = Scene::new().await;
    let ticket = scene.open().await;
    let start = "signet-card:job?server=http%3A%2F%2Flocalhost%3A8080&token=";
    assert!(ticket.url.starts_with(start), "{}", ticket.url);
    assert_eq!(token(&ticket).len(), 43, "256 bits");
    let fresh = scene.follow(&ticket.id).await;
    assert_eq!(fresh.state, OperationState::Working { work: CardWork::Starting });

    let job: CardJob = scene.claim(&token(&ticket)).await.expect(200);
    assert_eq!((job.account.as_str(), job.task), (CUSTOMER, generate()));
    assert_eq!(scene.follow(&ticket.id).await, fresh);

    let receipt: CardJobReceipt = scene.report(&job.report_token, &GENERATING).await.expect(200);
    assert!(!receipt.cancelled);
    let working = scene.follow(&ticket.id).await;
    assert_eq!(working.state, GENERATING);
    assert!(working.revision > fresh.revision);
    scene.report(&job.report_token, &GENERATING).await.expect::<CardJobReceipt>(200);
    assert_eq!(scene.follow(&ticket.id).await, working, "the same report twice is no change");

    scene.report(&job.report_token, &done()).await.expect::<CardJobReceipt>(200);
    let over = scene.follow(&ticket.id).await;
    assert_eq!(over.state, done());
    assert!(over.revision > working.revision);
}

#[tokio::test]
async fn a_token_takes_its_job_once_and_every_dead_token_is_answered_alike() {
    let scene = Scene::new().await;
    let used = scene.open().await;
    scene.claim(&token(&used)).await.expect::<CardJob>(200);
    let cancelled = scene.open().await;
    let path = format!("/api/card-jobs/{}", cancelled.id);
    assert_eq!(scene.customer.send("DELETE", &path, None).await.status, 204);
    let replaced = scene.open().await;
    let expired = scene.open().await;
    scene.wait(5 * 60);
    let mut answers = Vec::new();
    for ticket in [&used, &cancelled, &replaced, &expired] {
        answers.push(scene.claim(&token(ticket)).await);
    }
    for invented in ["A".repeat(43), "A".repeat(44), String::new(), used.id.clone()] {
        answers.push(scene.claim(&invented).await);
    }
    for answer in &answers {
        assert_eq!(answer.slug(404), "job-gone");
        assert_eq!(answer.body, answers[0].body);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_twenty_bridges_at_once_exactly_one_gets_the_job() {
    let scene = Scene::new().await;
    let ticket = scene.open().await;
    let tasks: Vec<_> = (0..20)
        .map(|_| {
            let (server, body) = (scene.stage.server(), json!({"token": token(&ticket)}));
            tokio::spawn(async move {
                server.send("POST", "/api/card-jobs/claim", "", Some(&body)).await.unwrap().status
            })
        })
        .collect();
    let mut statuses = Vec::new();
    for task in tasks {
        statuses.push(task.await.unwrap());
    }
    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
    assert_eq!(statuses.iter().filter(|status| **status == 404).count(), 19, "{statuses:?}");
}

#[tokio::test]
async fn a_job_waits_five_minutes_for_its_bridge_and_not_a_second_longer() {
    let scene = Scene::new().await;
    let ticket = scene.open().await;
    let fresh = scene.follow(&ticket.id).await;
    scene.wait(5 * 60 - 1);
    assert_eq!(scene.follow(&ticket.id).await, fresh);
    scene.wait(1);
    let problem = scene.failure(&ticket.id).await;
    assert_eq!(problem.code, CardProblemCode::BridgeEnded);
    assert_eq!(problem.title, "The card bridge did not take the job.");
    assert!(scene.follow(&ticket.id).await.revision > fresh.revision);
    assert_eq!(scene.claim(&token(&ticket)).await.slug(404), "job-gone");
}

#[tokio::test]
async fn a_bridge_that_says_nothing_for_half_a_minute_has_ended() {
    let scene = Scene::new().await;
    let (ticket, job) = scene.claimed().await;
    for _ in 0..10 {
        scene.wait(29);
        scene.report(&job.report_token, &GENERATING).await.expect::<CardJobReceipt>(200);
    }
    scene.wait(29);
    assert_eq!(scene.follow(&ticket.id).await.state, GENERATING);
    scene.wait(1);
    let problem = scene.failure(&ticket.id).await;
    assert_eq!(problem.code, CardProblemCode::BridgeEnded);
    assert_eq!(problem.title, "The card bridge ended before the work was done.");
    assert_eq!(scene.report(&job.report_token, &done()).await.slug(401), "job-over");
    assert_eq!(scene.failure(&ticket.id).await, problem, "an end stays as it is");
}

#[tokio::test]
async fn a_bridge_that_takes_a_job_and_ends_at_once_is_noticed() {
    let scene = Scene::new().await;
    let (ticket, _job) = scene.claimed().await;
    scene.wait(30);
    assert_eq!(scene.failure(&ticket.id).await.code, CardProblemCode::BridgeEnded);
}

#[tokio::test]
async fn after_the_end_nothing_is_reported_any_more() {
    let scene = Scene::new().await;
    let (ticket, job) = scene.claimed().await;
    scene.report(&job.report_token, &done()).await.expect::<CardJobReceipt>(200);
    for state in [GENERATING, done()] {
        assert_eq!(scene.report(&job.report_token, &state).await.slug(401), "job-over");
    }
    let path = format!("/api/card-jobs/{}", ticket.id);
    assert_eq!(scene.customer.send("DELETE", &path, None).await.status, 204);
    scene.wait(3600);
    assert_eq!(scene.follow(&ticket.id).await.state, done());
}

#[tokio::test]
async fn the_bridge_hears_that_the_page_gave_up() {
    let scene = Scene::new().await;
    let (ticket, job) = scene.claimed().await;
    scene.report(&job.report_token, &GENERATING).await.expect::<CardJobReceipt>(200);
    let path = format!("/api/card-jobs/{}", ticket.id);
    assert_eq!(scene.customer.send("DELETE", &path, None).await.status, 204);
    assert_eq!(scene.failure(&ticket.id).await.code, CardProblemCode::Cancelled);
    for state in [GENERATING, done()] {
        let receipt: CardJobReceipt = scene.report(&job.report_token, &state).await.expect(200);
        assert!(receipt.cancelled);
    }
    scene.wait(3600);
    assert_eq!(scene.failure(&ticket.id).await.code, CardProblemCode::Cancelled);
}

#[tokio::test]
async fn a_new_job_of_an_order_ends_the_one_before() {
    let scene = Scene::new().await;
    let (first, job) = scene.claimed().await;
    let second = scene.open().await;
    assert_eq!(scene.failure(&first.id).await.code, CardProblemCode::Cancelled);
    assert!(scene.report(&job.report_token, &GENERATING).await.expect::<CardJobReceipt>(200).cancelled);
    assert_eq!(scene.claim(&token(&second)).await.status, 200);
}

#[tokio::test]
async fn a_job_that_fell_silent_before_another_was_made_did_not_become_cancelled() {
    let scene = Scene::new().await;
    let (first, _job) = scene.claimed().await;
    scene.wait(30);
    scene.open().await;
    assert_eq!(scene.failure(&first.id).await.code, CardProblemCode::BridgeEnded);
}

#[tokio::test]
async fn a_job_is_there_for_its_owner_alone() {
    let scene = Scene::new().await;
    let (ticket, job) = scene.claimed().await;
    let other = scene.stage.sign_in(OTHER_CUSTOMER).await;
    let body = json!({"order_id": scene.order, "task": generate()});
    assert_eq!(other.send("POST", "/api/card-jobs", Some(&body)).await.slug(404), "not-found");
    for method in ["GET", "DELETE"] {
        let path = format!("/api/card-jobs/{}", ticket.id);
        let foreign = other.send(method, &path, None).await;
        let invented = other.send(method, &format!("/api/card-jobs/{}", "0".repeat(32)), None).await;
        assert_eq!((foreign.status, &foreign.body), (404, &invented.body), "{method}");
    }
    assert!(!scene.report(&job.report_token, &GENERATING).await.expect::<CardJobReceipt>(200).cancelled);
}

#[tokio::test]
async fn the_claim_token_does_not_report_and_the_report_token_does_not_claim() {
    let scene = Scene::new().await;
    let (ticket, job) = scene.claimed().await;
    for token in [token(&ticket), "A".repeat(43), String::new(), "garbage".to_owned()] {
        assert_eq!(scene.report(&token, &done()).await.slug(401), "job-over");
    }
    let bare = request("POST", "/api/card-jobs/report");
    let body = serde_json::to_string(&done()).unwrap();
    assert_eq!(answer(&scene.stage, bare, body).await.slug(401), "job-over");
    assert_eq!(scene.claim(&job.report_token).await.slug(404), "job-gone");
    assert_ne!(scene.follow(&ticket.id).await.state, done());
}

#[tokio::test]
async fn a_report_that_is_garbage_changes_nothing() {
    let scene = Scene::new().await;
    let (ticket, job) = scene.claimed().await;
    let before = scene.follow(&ticket.id).await;
    let too_large =
        json!({"state": "done", "outcome": {"kind": "request", "csr_pem": "x".repeat(65 * 1024)}});
    for (body, status, slug) in [
        (String::new(), 400, "malformed-json"),
        ("{".to_owned(), 400, "malformed-json"),
        ("[]".to_owned(), 422, "invalid-body"),
        (json!({"state": "finished"}).to_string(), 422, "invalid-body"),
        (json!({"state": "working", "work": "mining"}).to_string(), 422, "invalid-body"),
        (json!({"state": "done", "outcome": {"kind": "request"}}).to_string(), 422, "invalid-body"),
        (too_large.to_string(), 413, "too-large"),
        (outcome("removed"), 422, "other-outcome"),
        (outcome("installed"), 422, "other-outcome"),
    ] {
        assert_eq!(scene.report_text(&job.report_token, body).await.slug(status), slug);
        assert_eq!(scene.follow(&ticket.id).await, before);
    }
    scene.report(&job.report_token, &done()).await.expect::<CardJobReceipt>(200);
}

fn outcome(kind: &str) -> String {
    json!({"state": "done", "outcome": {"kind": kind, "card_name": "common profile"}}).to_string()
}

#[tokio::test]
async fn a_task_must_be_for_the_order() {
    let scene = Scene::new().await;
    let mailbox = || MAILBOX.to_owned();
    let key = || "0123456789abcdef".repeat(4);
    let generate = |card: Option<&str>, algorithm: &str, mailbox| CardTask::Generate {
        card: card.map(str::to_owned),
        algorithm: algorithm.to_owned(),
        mailbox,
    };
    let reuse = |public_key_sha256, mailbox| CardTask::Reuse { card: None, public_key_sha256, mailbox };
    for task in [generate(Some("0123"), "p-384", mailbox()), reuse(key(), mailbox())] {
        scene.try_open(&task).await.expect::<CardJobTicket>(201);
    }
    let long = "x".repeat(257);
    for (task, field) in [
        (generate(None, "rsa-1024", mailbox()), "task.algorithm"),
        (generate(None, "ed25519", mailbox()), "task.algorithm"),
        (generate(None, "rsa-2048", "other@example.com".to_owned()), "task.mailbox"),
        (generate(Some(""), "rsa-2048", mailbox()), "task.card"),
        (generate(Some(&long), "rsa-2048", mailbox()), "task.card"),
        (reuse(key(), String::new()), "task.mailbox"),
        (reuse(key().to_uppercase(), mailbox()), "task.public_key_sha256"),
        (
            CardTask::Remove { card: None, public_key_sha256: "../../key".to_owned() },
            "task.public_key_sha256",
        ),
    ] {
        let problem: Problem = scene.try_open(&task).await.expect(422);
        assert_eq!(problem.fields[0].field, field);
    }
    let path =
        json!({"kind": "generate", "algorithm": "rsa-2048", "mailbox": MAILBOX, "module": "/tmp/evil.so"});
    let body = json!({"order_id": scene.order, "task": path});
    assert_eq!(scene.customer.send("POST", "/api/card-jobs", Some(&body)).await.slug(422), "invalid-body");
}

#[tokio::test]
async fn each_task_has_its_time_in_the_life_of_an_order() {
    let scene = Scene::new().await;
    let install = |certificate_pem: &str| CardTask::Install { certificate_pem: certificate_pem.to_owned() };
    assert_eq!(scene.try_open(&install("")).await.slug(409), "certificate-missing");
    let fresh = scene.customer.place_order("fresh").await;
    let body = json!({"order_id": fresh.id, "task": generate()});
    assert_eq!(scene.customer.send("POST", "/api/card-jobs", Some(&body)).await.slug(409), "steps-missing");

    let issued: Certificate =
        scene.customer.activate(&scene.order, &CustomerKey::generate().csr()).await.expect(201);
    assert_eq!(scene.try_open(&generate()).await.slug(409), "already-issued");
    for other in [issued.chain_pem[0].as_str(), "garbage", ""] {
        let problem: Problem = scene.try_open(&install(other)).await.expect(422);
        assert_eq!(problem.fields[0].field, "task.certificate_pem");
    }
    let ticket: CardJobTicket = scene.try_open(&install(&issued.pem)).await.expect(201);
    let job: CardJob = scene.claim(&token(&ticket)).await.expect(200);
    assert_eq!(scene.report(&job.report_token, &done()).await.slug(422), "other-outcome");
    scene.report_text(&job.report_token, outcome("installed")).await.expect::<CardJobReceipt>(200);
}

#[tokio::test]
async fn nobody_makes_jobs_without_end() {
    let scene = Scene::new().await;
    for _ in 0..60 {
        scene.open().await;
    }
    let refused = scene.try_open(&generate()).await;
    assert_eq!(refused.header("retry-after"), "3600");
    assert_eq!(refused.slug(429), "too-many-jobs");
    scene.wait(3600);
    scene.open().await;
}

#[tokio::test]
async fn a_restart_in_the_middle_of_the_work_loses_nothing() {
    let scene = Scene::new().await;
    let ticket = scene.open().await;
    let scene = scene.restart().await;
    let job: CardJob = scene.claim(&token(&ticket)).await.expect(200);
    scene.report(&job.report_token, &GENERATING).await.expect::<CardJobReceipt>(200);
    let before = scene.follow(&ticket.id).await;
    let scene = scene.restart().await;
    assert_eq!(scene.follow(&ticket.id).await, before);
    assert_eq!(scene.claim(&token(&ticket)).await.slug(404), "job-gone");
    scene.report(&job.report_token, &done()).await.expect::<CardJobReceipt>(200);
    let scene = scene.restart().await;
    assert_eq!(scene.follow(&ticket.id).await.state, done());
    assert_eq!(scene.report(&job.report_token, &done()).await.slug(401), "job-over");
}

#[tokio::test]
async fn who_follows_a_job_hears_of_a_report_at_once() {
    let scene = Scene::new().await;
    let (ticket, job) = scene.claimed().await;
    let seen = scene.follow(&ticket.id).await.revision;
    let path = format!("/api/card-jobs/{}?seen={seen}&wait=25", ticket.id);
    let follower = scene.customer.clone();
    let following = tokio::spawn(async move { (follower.get(&path).await, now()) });
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert!(!following.is_finished(), "it was answered without a change");
    scene.report(&job.report_token, &GENERATING).await.expect::<CardJobReceipt>(200);
    let reported = now();
    let (answer, answered) = following.await.unwrap();
    assert_eq!(answer.expect::<Operation>(200).state, GENERATING);
    let waited = answered.saturating_duration_since(reported);
    assert!(waited < Duration::from_millis(500), "{waited:?}");
}

#[expect(clippy::disallowed_methods, reason = "measures how long a person waits")]
fn now() -> Instant {
    Instant::now()
}

#[tokio::test]
async fn who_follows_a_job_hears_of_what_another_server_wrote() {
    let scene = Scene::new().await;
    let (ticket, _job) = scene.claimed().await;
    let seen = scene.follow(&ticket.id).await.revision;
    let path = format!("/api/card-jobs/{}?seen={seen}&wait=25", ticket.id);
    let follower = scene.customer.clone();
    let following = tokio::spawn(async move { follower.get(&path).await.expect::<Operation>(200) });
    tokio::time::sleep(Duration::from_millis(300)).await;
    scene.stage.execute("UPDATE card_job SET revision = revision + 1").await;
    let operation = tokio::time::timeout(Duration::from_secs(5), following).await.unwrap().unwrap();
    assert_eq!(operation.revision, seen + 1);
}

#[tokio::test]
async fn without_a_change_the_answer_comes_when_the_time_is_over() {
    let scene = Scene::new().await;
    let ticket = scene.open().await;
    let fresh = scene.follow(&ticket.id).await;
    let path = format!("/api/card-jobs/{}?seen={}&wait=1", ticket.id, fresh.revision);
    let begun = now();
    let operation: Operation = scene.customer.get(&path).await.expect(200);
    assert_eq!(operation, fresh);
    assert!(now() - begun >= Duration::from_secs(1));
    let nonsense = format!("/api/card-jobs/{}?seen=newest", ticket.id);
    assert_eq!(scene.customer.get(&nonsense).await.slug(400), "invalid-query");
}

#[tokio::test]
async fn tokens_are_stored_as_hashes_and_a_job_is_forgotten_after_a_day() {
    let scene = Scene::new().await;
    let (ticket, job) = scene.claimed().await;
    let lengths = "SELECT LENGTH(claim_hash) + LENGTH(report_hash) FROM card_job";
    assert_eq!(scene.stage.count(lengths).await, 64);
    let texts = scene.stage.texts("SELECT task || state FROM card_job").await;
    assert!(!texts[0].contains(&token(&ticket)) && !texts[0].contains(&job.report_token));
    let events = scene.stage.texts("SELECT event FROM audit").await;
    assert!(events.iter().all(|event| !event.contains(MAILBOX) && !event.contains(&token(&ticket))));

    scene.wait(24 * 3600);
    let scene = Scene { customer: scene.stage.sign_in(CUSTOMER).await, ..scene };
    scene.wait(1);
    scene.stage.run_jobs().await;
    let old: Value = scene.customer.get(&format!("/api/card-jobs/{}", ticket.id)).await.expect(404);
    assert_eq!(old["status"], 404);
    assert_eq!(scene.stage.count("SELECT COUNT(*) FROM card_job").await, 0);
}

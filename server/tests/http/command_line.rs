//! The binary itself: what it refuses, what it prints, how it ends.

use crate::client::{Person, Server};
use protocol::CardJobTicket;
use serde_json::json;
use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Output, Stdio},
    time::Duration,
};
use tempfile::TempDir;

fn signet(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_signet"));
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("SIGNET_")) {
        command.env_remove(name);
    }
    command.args(arguments).stdin(Stdio::null());
    command
}

fn run(arguments: &[&str], data: &Path) -> Output {
    signet(arguments).arg("--data").arg(data).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// A demonstration on a free port.
struct Demonstration {
    child: Child,
    printed: Vec<String>,
}

impl Demonstration {
    fn start(data: &Path) -> Self {
        let mut child = signet(&["serve", "--demonstration", "--listen=127.0.0.1:0"])
            .arg("--data")
            .arg(data)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut printed = Vec::new();
        for line in BufReader::new(child.stdout.take().unwrap()).lines() {
            printed.push(line.unwrap());
            if printed.last().unwrap().starts_with("listening on http://") {
                break;
            }
        }
        Self { child, printed }
    }

    fn origin(&self) -> String {
        self.printed.last().unwrap().strip_prefix("listening on ").unwrap().to_owned()
    }

    fn links(&self) -> Vec<&str> {
        self.printed.iter().map(|line| line.trim()).filter(|line| line.contains("/sign-in/")).collect()
    }

    /// As a system ends a service.
    fn terminate(mut self) -> std::process::ExitStatus {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
        self.child.wait().unwrap()
    }
}

impl Drop for Demonstration {
    fn drop(&mut self) {
        // Fails where the test has ended it.
        let _ = self.child.kill();
    }
}

#[test]
fn without_demonstration_it_refuses_to_start_and_names_everything_that_is_missing() {
    let data = TempDir::new().unwrap();
    let output = run(&["serve"], data.path());
    assert!(!output.status.success());
    let said = text(&output.stderr);
    for option in ["--public-url", "--pki-url", "--smtp-url", "--mail-from", "--ca-passphrase-file"] {
        assert!(said.contains(option), "{option} is not named in: {said}");
    }
    assert_eq!(std::fs::read_dir(data.path()).unwrap().count(), 0, "it wrote something all the same");
}

#[test]
fn with_a_list_of_known_keys_that_is_not_right_it_does_not_start_and_names_the_line() {
    let parent = TempDir::new().unwrap();
    let (data, list) = (parent.path().join("data"), parent.path().join("known-keys.txt"));
    std::fs::write(&list, format!("{}\nnot a hash\n", "0".repeat(64))).unwrap();
    let option = format!("--known-keys={}", list.display());
    let output = run(&["serve", "--demonstration", "--listen=127.0.0.1:0", &option], &data);
    assert!(!output.status.success());
    let said = text(&output.stderr);
    assert!(said.contains("known-keys.txt") && said.contains("line 2"), "{said}");
}

#[test]
fn in_real_use_nobody_guesses_the_name_of_the_authority() {
    let parent = TempDir::new().unwrap();
    let (data, passphrase) = (parent.path().join("data"), parent.path().join("passphrase"));
    std::fs::write(&passphrase, "four brave otters in the rain\n").unwrap();
    let passphrase = format!("--ca-passphrase-file={}", passphrase.display());
    let output = run(
        &[
            "serve",
            "--public-url=https://signet.example.com",
            "--pki-url=http://pki.example.com",
            "--smtp-url=smtp://127.0.0.1:1",
            "--mail-from=signet@example.com",
            &passphrase,
        ],
        &data,
    );
    assert!(!output.status.success());
    assert!(text(&output.stderr).contains("signet init --ca-organization"), "{}", text(&output.stderr));
    assert!(!data.join("ca").exists());
}

#[tokio::test]
async fn a_demonstration_starts_twice_on_its_data_answers_and_ends_cleanly() {
    let parent = TempDir::new().unwrap();
    let data = parent.path().join("data");
    let first = Demonstration::start(&data);
    assert_eq!(first.links().len(), 2, "{:?}", first.printed);
    let health = reqwest::get(format!("{}/api/health", first.origin())).await.unwrap();
    assert_eq!(health.status(), 204);
    let port = first.origin().rsplit(':').next().unwrap().to_owned();
    assert!(first.links().iter().all(|link| link.starts_with(&format!("http://localhost:{port}/sign-in/"))));
    let old_links: Vec<String> = first.links().into_iter().map(str::to_owned).collect();

    let second_at_once = run(&["serve", "--demonstration", "--listen=127.0.0.1:0"], &data);
    assert!(!second_at_once.status.success());
    assert!(text(&second_at_once.stderr).contains("another Signet server uses"));

    let root = std::fs::read(data.join("ca/root.cer")).unwrap();
    assert!(first.terminate().success());
    let second = Demonstration::start(&data);
    assert_eq!(std::fs::read(data.join("ca/root.cer")).unwrap(), root);
    assert!(second.links().iter().all(|link| !old_links.iter().any(|old| old == link)));
    let token = old_links[0].rsplit('/').next().unwrap().to_owned();
    assert_eq!(post_session(&second.origin(), &token).await, 404, "a link of the last start still signs in");
    let token = second.links()[0].rsplit('/').next().unwrap().to_owned();
    assert_eq!(post_session(&second.origin(), &token).await, 200);
    assert!(second.terminate().success());

    let for_real = run(
        &[
            "serve",
            "--public-url=https://signet.example.com",
            "--pki-url=http://pki.example.com",
            "--smtp-url=smtp://127.0.0.1:9",
            "--mail-from=signet@example.com",
            &format!("--ca-passphrase-file={}", data.join("secrets/ca-passphrase").display()),
        ],
        &data,
    );
    assert!(!for_real.status.success());
    assert!(text(&for_real.stderr).contains("is the folder of a demonstration, for ever"));

    let verified = run(&["audit", "verify"], &data);
    assert!(text(&verified.stdout).starts_with("intact: "), "{}", text(&verified.stderr));
}

async fn post_session(origin: &str, token: &str) -> u16 {
    let client = reqwest::Client::new();
    let request = client.post(format!("{origin}/api/session")).header("x-signet", "1");
    request.json(&json!({"token": token})).send().await.unwrap().status().as_u16()
}

/// Less than the time that a follower would wait, and than the server gives to requests that are under way.
const QUICK_END: Duration = Duration::from_secs(5);

#[tokio::test]
async fn a_server_that_ends_answers_who_waits_for_a_card() {
    let parent = TempDir::new().unwrap();
    let demonstration = Demonstration::start(&parent.path().join("data"));
    let client = reqwest::Client::new();
    let server = Server::Process { client, origin: demonstration.origin() };
    let customer = Person::sign_in(&server, "anna.kowalska@example.com").await;
    let specialist = Person::sign_in(&server, "marek.zielinski@example.com").await;
    let order = customer.prepare_order(&specialist, "anna@signet.example.com").await;
    let task = json!({"kind": "generate", "algorithm": "p-256", "mailbox": "anna@signet.example.com"});
    let body = json!({"order_id": order.id, "task": task});
    let ticket: CardJobTicket = customer.send("POST", "/api/card-jobs", Some(&body)).await.expect(201);
    let path = format!("/api/card-jobs/{}?seen=1&wait=25", ticket.id);
    let following = tokio::spawn(async move { customer.get(&path).await.status });
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert!(!following.is_finished());
    let ended = tokio::task::spawn_blocking(|| demonstration.terminate());
    assert!(tokio::time::timeout(QUICK_END, ended).await.unwrap().unwrap().success());
    assert_eq!(following.await.unwrap(), 200);
}

#[test]
fn an_account_has_one_role_at_the_ca_and_may_be_a_customer_too() {
    let parent = TempDir::new().unwrap();
    let data = parent.path().join("data");
    let add = |role: &str| run(&["account", "add", "Jan@example.com", "--role", role], &data);
    assert!(add("validation-specialist").status.success());
    assert!(add("validation-specialist").status.success());
    assert!(add("customer-administrator").status.success());
    let refused = add("operator");
    assert!(!refused.status.success());
    assert!(text(&refused.stderr).contains("jan@example.com has another role at the CA"));
    let refused = add("partner-member");
    assert!(text(&refused.stderr).contains("--partner NAME"), "{}", text(&refused.stderr));
    let suspend = |email: &str| run(&["account", "suspend", email], &data);
    assert!(suspend("jan@example.com").status.success());
    assert!(text(&suspend("nobody@example.com").stderr).contains("nobody@example.com has no account"));
}

#[test]
fn a_demonstration_does_not_start_over_a_real_folder() {
    let parent = TempDir::new().unwrap();
    let (data, passphrase) = (parent.path().join("data"), parent.path().join("passphrase"));
    std::fs::write(&passphrase, "four brave otters in the rain\n").unwrap();
    let passphrase = format!("--ca-passphrase-file={}", passphrase.display());
    let made = run(
        &[
            "init",
            "--pki-url=http://pki.example.com",
            "--ca-organization=Real CA Ltd",
            "--ca-country=PL",
            &passphrase,
        ],
        &data,
    );
    assert!(made.status.success(), "{}", text(&made.stderr));
    for purpose in ["real-use\n", ""] {
        // What an earlier version made says nothing of its purpose.
        match purpose {
            "" => std::fs::remove_file(data.join("purpose")).unwrap(),
            written => assert_eq!(std::fs::read_to_string(data.join("purpose")).unwrap(), written),
        }
        let refused = run(&["serve", "--demonstration", "--listen=127.0.0.1:0", &passphrase], &data);
        assert!(!refused.status.success());
        let said = text(&refused.stderr);
        assert!(said.contains("is the folder of a real installation, for ever"), "{said}");
        assert!(!data.join("signet.sqlite").exists());
    }
}

#[test]
fn an_audit_log_that_does_not_exist_is_not_intact() {
    let data = TempDir::new().unwrap();
    let output = run(&["audit", "verify"], data.path());
    assert!(!output.status.success());
    assert!(text(&output.stderr).contains("there is no database"));
}

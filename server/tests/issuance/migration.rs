//! An installation that version 0.1.0 wrote, in the middle of many orders, brought to this version: its people see what they saw.

use crate::{
    client::{Answer, Person, Server},
    database::TestDatabase,
    stage::copy_folder,
};
use protocol::Timestamp;
use serde_json::{Value, json};
use server::{
    audit,
    authority::{Authority, Passphrase},
    clock::ManualClock,
    http, jobs, known_keys,
    random::PredictableRandom,
    register::DemonstrationRegister,
    state::{AppState, Parts},
    storage::{DatabaseAddress, Purpose, Store},
};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};
use tempfile::TempDir;

/// A copy of the installation, migrated.
struct Installation {
    folder: TempDir,
    database: TestDatabase,
    expected: Value,
}

impl Installation {
    async fn migrated() -> Self {
        let vectors = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/vectors/installations/0.1.0");
        let folder = tempfile::tempdir().unwrap();
        for name in ["ca", "documents", "secrets"] {
            copy_folder(&vectors.join(name), &folder.path().join(name));
        }
        let sqlite = TestDatabase::sqlite(folder.path());
        make_database(&sqlite, &vectors.join("signet.sql")).await;
        Store::open(&sqlite.address()).await.unwrap().close().await;
        let database = TestDatabase::fresh(folder.path()).await;
        if let Some(url) = database.url() {
            copy(folder.path().join("signet.sqlite"), url);
        }
        let expected = fs::read_to_string(vectors.join("expected.json")).unwrap();
        Self { folder, database, expected: serde_json::from_str(&expected).unwrap() }
    }

    /// A server at the moment at which the answers were taken; what is reserved stays so.
    async fn start(&self) -> (AppState, Store) {
        let store = Store::open(&self.database.address()).await.unwrap();
        let taken_at = Timestamp::from_unix_seconds(self.expected["taken_at"].as_u64().unwrap()).unwrap();
        let passphrase = Passphrase::read(&self.folder.path().join("secrets/ca-passphrase")).unwrap();
        let authority = Authority::open(&self.folder.path().join("ca"), &passphrase).unwrap();
        authority.bind(&store, Purpose::Demonstration, taken_at).await.unwrap();
        let state = AppState::new(Parts {
            settings: crate::stage::settings(self.folder.path(), &self.database),
            store: store.clone(),
            clock: Box::new(ManualClock::new(taken_at)),
            random: Box::new(PredictableRandom::new(3)),
            authority,
            register: Box::new(DemonstrationRegister::new()),
            known_keys: known_keys::read(None).unwrap(),
        });
        (state.unwrap(), store)
    }
}

async fn make_database(database: &TestDatabase, dump: &Path) {
    let DatabaseAddress::Sqlite(file) = database.address() else { panic!("a SQLite file") };
    assert!(!file.exists());
    let statements: &'static str = fs::read_to_string(dump).unwrap().leak();
    database.create(statements).await;
}

/// `signet database copy`, as an operator moves an installation.
fn copy(from: PathBuf, to: &str) {
    let mut copy = Command::new(env!("CARGO_BIN_EXE_signet"));
    copy.args(["database", "copy", "--from"]).arg(from).args(["--to", to]);
    let copied = copy.output().unwrap();
    assert!(copied.status.success(), "{}", String::from_utf8_lossy(&copied.stderr));
}

/// What differs: everything that was said must be said still; what is new may stand beside it.
fn differences(path: &str, expected: &Value, actual: &Value, found: &mut Vec<String>) {
    match (expected, actual) {
        (Value::Object(expected), Value::Object(actual)) => {
            for (name, value) in expected {
                let now = actual.get(name).unwrap_or(&Value::Null);
                differences(&format!("{path}/{name}"), value, now, found);
            }
        }
        (Value::Array(expected), Value::Array(actual)) if expected.len() == actual.len() => {
            for (position, (expected, actual)) in expected.iter().zip(actual).enumerate() {
                differences(&format!("{path}/{position}"), expected, actual, found);
            }
        }
        _ if expected == actual => {}
        // Orders that name the same address share its messages: each shows the newest.
        (Value::String(expected), Value::String(actual))
            if path.ends_with("/challenge_sent_at") && expected < actual => {}
        _ => found.push(format!("{path}: {expected} became {actual}")),
    }
}

fn of_person(server: &Server, account: &Value) -> Option<Person> {
    let session = account["session"].as_str()?;
    Some(Person { server: server.clone(), cookie: format!("__Host-signet={session}") })
}

async fn items(person: &Person, path: &str) -> Value {
    person.get(&format!("{path}?limit=200")).await.expect::<Value>(200)["items"].take()
}

async fn post(server: &Server, path: &str, token: &Value) -> Answer {
    server.send("POST", path, "", Some(&json!({"token": token}))).await.unwrap()
}

#[tokio::test]
async fn everybody_sees_what_they_saw_and_nothing_is_lost() {
    let installation = Installation::migrated().await;
    let (state, store) = installation.start().await;
    let server = Server::InProcess(http::router(state.clone()));
    let expected = &installation.expected;
    let mut found = Vec::new();
    for (email, account) in expected["accounts"].as_object().unwrap() {
        let Some(person) = of_person(&server, account) else { continue };
        for list in ["/api/orders", "/api/certificates", "/api/verifications"] {
            let Some(before) = account.get(format!("GET {list}")) else { continue };
            let now = items(&person, list).await;
            differences(
                &format!("{email}{list}"),
                &with_email_of_applicants_only(before),
                &with_email_of_applicants_only(&now),
                &mut found,
            );
        }
        for (id, before) in
            account.get("GET /api/certificates/{id}").and_then(Value::as_object).into_iter().flatten()
        {
            let now: Value = person.get(&format!("/api/certificates/{id}")).await.expect(200);
            differences(&format!("{email}/certificates/{id}"), before, &now, &mut found);
        }
    }
    for challenge in expected["mailbox_challenges"].as_array().unwrap() {
        let now: Value =
            post(&server, "/api/mailbox-challenges/inspect", &challenge["token"]).await.expect(200);
        let before = &challenge["POST /api/mailbox-challenges/inspect"];
        for member in ["mailbox", "product_name", "state"] {
            differences(&format!("challenge/{member}"), &before[member], &now[member], &mut found);
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
    let records =
        audit::verify_contains(&store, expected["audit"]["head"].as_str().unwrap().parse().unwrap());
    assert!(records.await.unwrap().records >= expected["audit"]["records"].as_u64().unwrap());
}

/// Applicants are named with their customer now; the rest of a verification stays.
fn with_email_of_applicants_only(list: &Value) -> Value {
    let mut list = list.clone();
    for item in list.as_array_mut().into_iter().flatten() {
        if let Some(applicant) = item.get_mut("applicant").and_then(Value::as_object_mut) {
            applicant.retain(|name, _| name == "email");
        }
    }
    list
}

#[tokio::test]
async fn what_was_reserved_becomes_the_certificate_that_it_would_have_become() {
    let installation = Installation::migrated().await;
    let (state, _store) = installation.start().await;
    jobs::recover(&state).await.unwrap();
    let server = Server::InProcess(http::router(state));
    let after = &installation.expected["after_recovery"];
    let greta = of_person(&server, &installation.expected["accounts"]["greta.stone@example.org"]).unwrap();
    let mut found = Vec::new();
    for (path, member) in [
        (
            format!("/api/orders/{}", after["GET /api/orders/{id}"]["id"].as_str().unwrap()),
            "GET /api/orders/{id}",
        ),
        (
            format!("/api/certificates/{}", after["GET /api/certificates/{id}"]["id"].as_str().unwrap()),
            "GET /api/certificates/{id}",
        ),
    ] {
        let now: Value = greta.get(&path).await.expect(200);
        differences(&path, &after[member], &now, &mut found);
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[tokio::test]
async fn each_document_is_there_and_what_waited_to_be_sent_still_waits() {
    let installation = Installation::migrated().await;
    let (state, _store) = installation.start().await;
    let server = Server::InProcess(http::router(state));
    let marek =
        of_person(&server, &installation.expected["accounts"]["marek.zielinski@example.com"]).unwrap();
    for document in installation.expected["documents"].as_array().unwrap() {
        let order = &installation.expected["orders"][document["order"].as_str().unwrap()];
        let path =
            format!("/api/orders/{}/documents/{}", order.as_str().unwrap(), document["id"].as_str().unwrap());
        let file = marek.get(&path).await;
        assert_eq!(file.status, 200, "{path}");
        let sha256 = document["sha256"].as_str().unwrap();
        assert_eq!(file.body, fs::read(installation.folder.path().join("documents").join(sha256)).unwrap());
    }
    let waiting =
        "SELECT COUNT(*) FROM job JOIN outbox ON outbox.id = job.subject WHERE outbox.sent_at IS NULL";
    assert_eq!(installation.database.count(waiting).await, 3);
}

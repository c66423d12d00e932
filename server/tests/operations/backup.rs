use crate::{
    filled::{self, data_folder},
    postgres::{self, Database},
    program::{Demonstration, refuse, succeed, text},
};
use reqwest::{Client, StatusCode};
use serde_json::{Value, json};
use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicI64, Ordering},
    },
};

fn backup(data: &Path, folder: &Path) -> String {
    succeed(&["backup", text(folder), "--data", text(data)])
}

fn restore(folder: &Path, data: &Path) -> String {
    succeed(&["restore", text(folder), "--data", text(data)])
}

fn refuse_restore(folder: &Path, data: &Path) -> String {
    refuse(&["restore", text(folder), "--data", text(data)])
}

/// All files in a folder, by their paths within it.
fn files(folder: &Path) -> BTreeSet<PathBuf> {
    let mut found = BTreeSet::new();
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        if entry.path().is_dir() {
            let within = files(&entry.path());
            found.extend(within.into_iter().map(|file| Path::new(&entry.file_name()).join(file)));
        } else {
            found.insert(entry.file_name().into());
        }
    }
    found
}

/// A customer of a demonstration who orders, with a document for each order, until told to stop.
struct Customer {
    client: Client,
    origin: String,
    cookie: String,
    orders: AtomicI64,
    is_done: AtomicBool,
}

impl Customer {
    async fn sign_in(server: &Demonstration) -> Arc<Self> {
        let mut customer = Self {
            client: Client::new(),
            origin: server.origin(),
            cookie: String::new(),
            orders: AtomicI64::new(0),
            is_done: AtomicBool::new(false),
        };
        let token = json!({"token": server.customer_token()}).to_string();
        let opened = customer.post("session", "application/json", token).await;
        assert_eq!(opened.status(), StatusCode::OK);
        let cookie = opened.headers().get("set-cookie").unwrap().to_str().unwrap();
        cookie.split(';').next().unwrap().clone_into(&mut customer.cookie);
        Arc::new(customer)
    }

    async fn post(&self, path: &str, kind: &str, body: String) -> reqwest::Response {
        self.client
            .post(format!("{}/api/{path}", self.origin))
            .header("x-signet", "1")
            .header("content-type", kind)
            .header("cookie", &self.cookie)
            .body(body)
            .send()
            .await
            .unwrap()
    }

    async fn order_until_done(&self) {
        while !self.is_done.load(Ordering::SeqCst) {
            let number = self.orders.load(Ordering::SeqCst);
            let request =
                json!({"product_id": "smime-organization-365", "idempotency_key": format!("key-{number}")});
            let placed = self.post("orders", "application/json", request.to_string()).await;
            assert_eq!(placed.status(), StatusCode::CREATED);
            let order: Value = serde_json::from_slice(&placed.bytes().await.unwrap()).unwrap();
            let order = order["id"].as_str().unwrap();
            let documents = format!("orders/{order}/documents?name=odpis.pdf");
            let added = self.post(&documents, "application/pdf", format!("%PDF-1.7 {number}")).await;
            assert_eq!(added.status(), StatusCode::CREATED);
            self.orders.fetch_add(1, Ordering::SeqCst);
        }
    }

    async fn wait_for_orders(&self, orders: i64) {
        while self.orders.load(Ordering::SeqCst) < orders {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
    }
}

/// Orders, documents, and audit records of either, in this order.
const COUNTS: [&str; 4] = [
    "SELECT COUNT(*) FROM orders",
    "SELECT COUNT(*) FROM document",
    "SELECT COUNT(*) FROM audit WHERE event LIKE '%\"order-placed\"%'",
    "SELECT COUNT(*) FROM audit WHERE event LIKE '%\"document-added\"%'",
];

async fn counts(data: &Path, database: Option<&str>) -> [i64; 4] {
    let mut counts = [0; 4];
    for (count, sql) in counts.iter_mut().zip(COUNTS) {
        *count = match database {
            Some(url) => postgres::number(url, sql).await,
            None => filled::number(&data.join("signet.sqlite"), sql).await,
        };
    }
    counts
}

/// Backs up while a customer orders, restores elsewhere, and starts a server there.
async fn back_up_a_busy_server(database: Option<&str>, restored_into: Option<&str>) {
    let parent = tempfile::tempdir().unwrap();
    let folder = |name: &str| parent.path().join(name);
    let (data, saved, again) = (folder("data"), folder("saved"), folder("again"));
    let server = Demonstration::start(&data, database);
    let customer = Customer::sign_in(&server).await;
    let ordering = tokio::spawn({
        let customer = Arc::clone(&customer);
        async move { customer.order_until_done().await }
    });
    customer.wait_for_orders(5).await;
    let before = customer.orders.load(Ordering::SeqCst);
    let mut line = vec!["backup", text(&saved), "--data", text(&data)];
    line.extend(database.iter().flat_map(|url| ["--database", *url]));
    let said = run_aside(&line).await;
    assert!(said.contains("passphrase of the CA's keys is not in it"), "{said}");
    customer.wait_for_orders(customer.orders.load(Ordering::SeqCst) + 1).await;
    customer.is_done.store(true, Ordering::SeqCst);
    ordering.await.unwrap();
    let after = customer.orders.load(Ordering::SeqCst);
    server.stop();

    let passphrase = fs::read(data.join("secrets/ca-passphrase")).unwrap();
    for file in files(&saved) {
        let content = fs::read(saved.join(&file)).unwrap();
        let holds_it = content.windows(passphrase.len() - 1).any(|part| part == passphrase.trim_ascii());
        assert!(!holds_it, "the passphrase is in {}", file.display());
    }
    let mut line = vec!["restore", text(&saved), "--data", text(&again)];
    line.extend(restored_into.iter().flat_map(|url| ["--database", *url]));
    succeed(&line);

    let [orders, documents, placed, added] = counts(&again, restored_into).await;
    assert!((before..=after).contains(&orders), "{before} {orders} {after}");
    assert!(orders < after, "nothing was ordered after the moment of the backup: {orders}");
    assert_eq!((orders, documents), (placed, added));
    assert_eq!(fs::read_dir(again.join("documents")).unwrap().count(), usize::try_from(documents).unwrap());
    // With the passphrase, which is kept elsewhere, it is a server.
    fs::create_dir(again.join("secrets")).unwrap();
    fs::write(again.join("secrets/ca-passphrase"), passphrase).unwrap();
    Demonstration::start(&again, restored_into).stop();
}

/// Runs the program while the test goes on.
async fn run_aside(line: &[&str]) -> String {
    let line: Vec<String> = line.iter().map(|word| (*word).to_owned()).collect();
    tokio::task::spawn_blocking(move || succeed(&line.iter().map(String::as_str).collect::<Vec<_>>()))
        .await
        .unwrap()
}

#[tokio::test]
async fn a_backup_while_somebody_orders_is_one_moment_of_sqlite() {
    back_up_a_busy_server(None, None).await;
}

#[tokio::test]
async fn a_backup_while_somebody_orders_is_one_moment_of_postgresql() {
    let (Some(database), Some(other)) = (Database::create().await, Database::create().await) else { return };
    back_up_a_busy_server(Some(&database.url), Some(&other.url)).await;
}

#[tokio::test]
async fn a_backup_holds_the_database_what_it_names_and_a_manifest() {
    let parent = tempfile::tempdir().unwrap();
    let (data, saved) = (parent.path().join("data"), parent.path().join("saved"));
    let file = data_folder(&data, 100).await;
    fs::write(data.join("documents/1234.unfinished"), "an upload").unwrap();
    // An empty folder is as good as none.
    fs::create_dir(&saved).unwrap();
    backup(&data, &saved);
    let mut expected: BTreeSet<PathBuf> =
        ["ca/root.cer", "ca/root.key.pem", "manifest.json", "purpose", "signet.sqlite"]
            .map(Into::into)
            .into();
    expected.extend(files(&data).into_iter().filter(|file| file.starts_with("documents")));
    expected.remove(Path::new("documents/1234.unfinished"));
    assert_eq!(files(&saved), expected);
    let manifest: Value = serde_json::from_slice(&fs::read(saved.join("manifest.json")).unwrap()).unwrap();
    assert_eq!((&manifest["database"], &manifest["audit_records"]), (&json!("sqlite"), &json!(100)));
    assert_eq!(manifest["files"].as_array().unwrap().len(), expected.len() - 1);
    assert!(!parent.path().join("saved.partial").exists());

    let again = parent.path().join("again");
    let said = restore(&saved, &again);
    assert!(said.contains("100 records"), "{said}");
    expected.remove(Path::new("manifest.json"));
    expected.insert("lock".into());
    assert_eq!(files(&again), expected);
    filled::assert_same_rows(&file, &again.join("signet.sqlite")).await;
}

#[tokio::test]
async fn each_changed_or_missing_file_of_a_backup_is_noticed() {
    let parent = tempfile::tempdir().unwrap();
    let (data, saved) = (parent.path().join("data"), parent.path().join("saved"));
    data_folder(&data, 40).await;
    backup(&data, &saved);
    let again = parent.path().join("again");
    for file in files(&saved).into_iter().filter(|file| file != Path::new("manifest.json")) {
        let path = saved.join(&file);
        let content = fs::read(&path).unwrap();
        let mut changed = content.clone();
        let middle = changed.len() / 2;
        changed[middle] ^= 1;
        fs::write(&path, changed).unwrap();
        let said = refuse_restore(&saved, &again);
        assert!(said.contains("was changed") && said.contains(text(&file)), "{said}");
        fs::remove_file(&path).unwrap();
        let said = refuse_restore(&saved, &again);
        assert!(said.contains("is missing") && said.contains(text(&file)), "{said}");
        fs::write(&path, content).unwrap();
        assert!(!again.exists(), "{}", file.display());
    }
    restore(&saved, &again);
}

#[tokio::test]
async fn another_audit_log_than_the_manifest_names_is_noticed() {
    let parent = tempfile::tempdir().unwrap();
    let (data, saved) = (parent.path().join("data"), parent.path().join("saved"));
    data_folder(&data, 40).await;
    backup(&data, &saved);
    let manifest = saved.join("manifest.json");
    let text = fs::read_to_string(&manifest).unwrap();
    assert!(text.contains("\"audit_records\": 40"), "{text}");
    fs::write(&manifest, text.replace("\"audit_records\": 40", "\"audit_records\": 41")).unwrap();
    let again = parent.path().join("again");
    let said = refuse_restore(&saved, &again);
    assert!(said.contains("not the one of the backup"), "{said}");
    assert_eq!(files(&again), BTreeSet::from(["lock".into()]));
}

#[tokio::test]
async fn nothing_that_is_there_is_overwritten() {
    let parent = tempfile::tempdir().unwrap();
    let (data, saved) = (parent.path().join("data"), parent.path().join("saved"));
    data_folder(&data, 40).await;
    backup(&data, &saved);
    let before = files(&saved);
    let said = refuse(&["backup", text(&saved), "--data", text(&data)]);
    assert!(said.contains("is not empty"), "{said}");
    assert_eq!(files(&saved), before);
    let before = files(&data);
    let said = refuse_restore(&saved, &data);
    assert!(said.contains("is there already"), "{said}");
    assert_eq!(files(&data), before);
    if let Some(database) = Database::create().await {
        let again = parent.path().join("again");
        let line = ["restore", text(&saved), "--data", text(&again), "--database", &database.url];
        let said = refuse(&line);
        assert!(said.contains("signet database copy"), "{said}");
    }
}

#[tokio::test]
async fn a_postgresql_backup_is_restored_into_an_empty_database_only() {
    let Some(database) = Database::create().await else { return };
    let parent = tempfile::tempdir().unwrap();
    let (data, saved) = (parent.path().join("data"), parent.path().join("saved"));
    let file = data_folder(&data, 40).await;
    succeed(&["database", "copy", "--from", text(&file), "--to", &database.url]);
    let said = succeed(&["backup", text(&saved), "--data", text(&data), "--database", &database.url]);
    assert!(said.contains("pg_dump"), "{said}");
    let again = parent.path().join("again");
    let said = refuse_restore(&saved, &again);
    assert!(said.contains("give the address of an empty one"), "{said}");
    let line = ["restore", text(&saved), "--data", text(&again), "--database", &database.url];
    let said = refuse(&line);
    assert!(said.contains("has tables already"), "{said}");
    assert_eq!(files(&again), BTreeSet::from(["lock".into()]));
}

#[tokio::test]
async fn a_document_that_is_missing_or_changed_ends_the_backup_and_nothing_is_left() {
    let parent = tempfile::tempdir().unwrap();
    let (data, saved) = (parent.path().join("data"), parent.path().join("saved"));
    data_folder(&data, 40).await;
    let document = files(&data).into_iter().find(|file| file.starts_with("documents")).unwrap();
    fs::write(data.join(&document), "another").unwrap();
    for _ in ["changed", "missing"] {
        let said = refuse(&["backup", text(&saved), "--data", text(&data)]);
        assert!(said.contains("is missing or was changed") && said.contains(text(&document)), "{said}");
        assert!(!saved.exists() && !parent.path().join("saved.partial").exists());
        let _ = fs::remove_file(data.join(&document));
    }
}

use crate::{
    filled::{self, assert_same_rows, data_folder},
    postgres::{self, Database},
    program::{Demonstration, refuse, succeed, text},
};
use server::storage::{DatabaseAddress, Store};
use std::{fs, path::Path};

const ORDERS: u32 = 10_000;

fn copy(from: &str, to: &str) -> String {
    succeed(&["database", "copy", "--from", from, "--to", to])
}

fn refuse_copy(from: &str, to: &str) -> String {
    refuse(&["database", "copy", "--from", from, "--to", to])
}

/// Copies ten thousand orders there and back, and compares what came back with what was there.
async fn there_and_back(middle: &str, folder: &Path) {
    let file = data_folder(&folder.join("data"), ORDERS).await;
    let original = folder.join("original.sqlite");
    fs::copy(&file, &original).unwrap();
    let said = copy(text(&file), middle);
    assert!(said.contains("10000 records"), "{said}");
    assert!(filled::number(&file, "SELECT moved_at FROM installation").await > 1_700_000_000);
    let back = folder.join("back.sqlite");
    copy(middle, text(&back));
    assert_same_rows(&original, &back).await;
}

#[tokio::test]
async fn ten_thousand_orders_are_the_same_after_sqlite_and_back() {
    let folder = tempfile::tempdir().unwrap();
    there_and_back(text(&folder.path().join("middle.sqlite")), folder.path()).await;
}

#[tokio::test]
async fn ten_thousand_orders_are_the_same_after_postgresql_and_back() {
    let Some(database) = Database::create().await else { return };
    let folder = tempfile::tempdir().unwrap();
    there_and_back(&database.url, folder.path()).await;
    // The texts and bytes really were there, and not only a form of them.
    let special =
        r"SELECT COUNT(*) FROM customer WHERE name LIKE E'Zażółć 🐝 \\\\ \\\\. %\b\t\n\x0b\f\r\x7f'";
    assert_eq!(postgres::number(&database.url, special).await, 98);
    let bytes = "SELECT COUNT(*) FROM crl WHERE der = decode(repeat('00', 500), 'hex')";
    assert_eq!(postgres::number(&database.url, bytes).await, 3);
    // The next account gets the next number, not one that is taken.
    let add = ["account", "add", "new@example.com", "--role", "operator", "--database", &database.url];
    succeed(&add);
    let newest = "SELECT sequence FROM account WHERE email = 'new@example.com'";
    assert_eq!(postgres::number(&database.url, newest).await, 201);
}

#[tokio::test]
async fn a_database_that_was_moved_is_copied_no_more_and_starts_no_server() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let file = data_folder(&data, 100).await;
    let target = |name: &str| folder.path().join(name);
    // The other CA's files are of no use to a server, which makes its own.
    fs::remove_dir_all(data.join("ca")).unwrap();
    succeed(&["database", "copy", "--keep", "--from", text(&file), "--to", text(&target("kept"))]);
    copy(text(&file), text(&target("moved")));
    let said = refuse_copy(text(&file), text(&target("again")));
    assert!(said.contains("was moved into another one on 20"), "{said}");
    let said = refuse(&["serve", "--demonstration", "--listen=127.0.0.1:0", "--data", text(&data)]);
    assert!(said.contains("was moved into another one on 20"), "{said}");
    // What it was copied into may be copied on.
    copy(text(&target("moved")), text(&target("further")));
}

#[tokio::test]
async fn a_target_that_holds_anything_is_refused_and_stays_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let file = data_folder(&folder.path().join("data"), 100).await;
    let target = folder.path().join("target.sqlite");
    filled::execute(&target, "CREATE TABLE notes (text TEXT); INSERT INTO notes VALUES ('mine')").await;
    let before = fs::read(&target).unwrap();
    let said = refuse_copy(text(&file), text(&target));
    assert!(said.contains("its table notes has rows"), "{said}");
    assert_eq!(fs::read(&target).unwrap(), before);
    if let Some(database) = Database::create().await {
        postgres::execute(&database.url, "CREATE TABLE \"a \"\" b\" AS SELECT 1".to_owned()).await;
        let said = refuse_copy(text(&file), &database.url);
        assert!(said.contains("its table a \" b has rows"), "{said}");
        let tables = "SELECT COUNT(*) FROM pg_tables WHERE schemaname = 'public'";
        assert_eq!(postgres::number(&database.url, tables).await, 1);
    }
    assert_eq!(filled::number(&file, "SELECT moved_at IS NULL FROM installation").await, 1);
}

#[tokio::test]
async fn a_text_with_a_nul_is_refused_and_the_target_stays_empty() {
    let folder = tempfile::tempdir().unwrap();
    let file = data_folder(&folder.path().join("data"), 100).await;
    let target = folder.path().join("target.sqlite");
    filled::execute(&file, "UPDATE outbox SET subject = 'a' || char(0) WHERE sequence = 100").await;
    let said = refuse_copy(text(&file), text(&target));
    assert!(said.contains("outbox.subject holds the character NUL"), "{said}");
    assert_eq!(filled::number(&target, "SELECT COUNT(*) FROM account").await, 0);
    filled::execute(&file, "UPDATE outbox SET subject = 'a' WHERE sequence = 100").await;
    copy(text(&file), text(&target));
}

#[tokio::test]
async fn a_broken_audit_log_is_not_copied() {
    let folder = tempfile::tempdir().unwrap();
    let file = data_folder(&folder.path().join("data"), 100).await;
    let target = folder.path().join("target.sqlite");
    filled::execute(
        &file,
        "DROP TRIGGER audit_is_append_only_update; UPDATE audit SET at = 1 WHERE sequence = 50",
    )
    .await;
    let said = refuse_copy(text(&file), text(&target));
    assert!(said.contains("record 50 was changed"), "{said}");
    assert_eq!(filled::number(&target, "SELECT COUNT(*) FROM audit").await, 0);
}

#[tokio::test]
async fn what_is_no_installation_is_not_copied() {
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join("target.sqlite");
    let said = refuse_copy(text(&folder.path().join("missing.sqlite")), text(&target));
    assert!(said.contains("there is no database"), "{said}");
    let other = folder.path().join("other.sqlite");
    filled::execute(&other, "CREATE TABLE notes (text TEXT)").await;
    let said = refuse_copy(text(&other), text(&target));
    assert!(said.contains("not of this version"), "{said}");
    let unused = folder.path().join("unused.sqlite");
    Store::open(&DatabaseAddress::Sqlite(unused.clone())).await.unwrap().close().await;
    let said = refuse_copy(text(&unused), text(&target));
    assert!(said.contains("no installation yet"), "{said}");
    assert!(!target.exists());
}

#[tokio::test]
async fn a_database_that_a_server_uses_is_not_copied() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let target = folder.path().join("target.sqlite");
    let server = Demonstration::start(&data, None);
    let said = refuse_copy(text(&data.join("signet.sqlite")), text(&target));
    assert!(said.contains("another Signet server uses the folder"), "{said}");
    server.stop();
    if let Some(database) = Database::create().await {
        copy(text(&data.join("signet.sqlite")), &database.url);
        let server = Demonstration::start(&data, Some(&database.url));
        let said = refuse_copy(&database.url, text(&target));
        assert!(said.contains("another program is connected"), "{said}");
        server.stop();
        copy(&database.url, text(&target));
        let moved = "SELECT COUNT(*) FROM installation WHERE moved_at IS NOT NULL";
        assert_eq!(postgres::number(&database.url, moved).await, 1);
    }
}

//! A SQLite database with rows in each table, as many orders as wanted, and what lies beside it in a data folder.

use server::storage::{DatabaseAddress, Store};
use sha2::{Digest, Sha256};
use sqlx::{AssertSqlSafe, Connection, SqliteConnection, sqlite::SqliteConnectOptions};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// The rows of all tables but documents and the audit log. `n` counts to 200, `o` to the number of orders. Texts hold what the text form
/// of PostgreSQL writes with a backslash, numbers both ends of what a column takes.
const ROWS: &str = r#"
INSERT INTO account SELECT i, 'a' || i, 'person.' || i || '@example.com', CASE i WHEN 1 THEN 'validation-specialist' END, i, NULLIF(i % 7, 0)
    FROM n WHERE i <= 200;
INSERT INTO session SELECT randomblob(32), 'a' || i, i, i FROM n WHERE i <= 20;
INSERT INTO sign_in_link SELECT randomblob(32), 'person.' || i || '@example.com', CASE WHEN i > 5 THEN 'm' || i END, i, NULL, NULL
    FROM n WHERE i <= 20;
INSERT INTO customer SELECT i, 'c' || i, CASE i WHEN 1 THEN '' WHEN 2 THEN '\N' ELSE 'Zażółć 🐝 \ \. ' || char(i, 8, 9, 10, 11, 12, 13, 127) END, i
    FROM n WHERE i <= 100;
INSERT INTO member SELECT 'c' || (1 + i % 100), 'a' || i, CASE i % 2 WHEN 0 THEN 'administrator' ELSE 'holder' END, i FROM n WHERE i <= 200;
INSERT INTO partner SELECT i, 'p' || i, 'Partner ' || i, i FROM n WHERE i <= 2;
INSERT INTO partner_member SELECT 'p1', 'a' || i, 'member', i FROM n WHERE i BETWEEN 3 AND 5;
INSERT INTO partner_customer SELECT 'p2', 'c' || i, i FROM n WHERE i <= 9;
INSERT INTO organization SELECT i, 'g' || i, 'c' || (1 + i % 100), i FROM o WHERE i % 20 = 0;
INSERT INTO mailbox SELECT i, 'x' || i, 'c' || (1 + i % 100), 'a' || (1 + i % 200), 'Mixed.Case.' || i || '@example.com', i, NULLIF(i % 30, 0) FROM o WHERE i % 10 = 0;
INSERT INTO domain SELECT i, 'd' || i, 'c' || i, 'example.com', 0, 9223372036854775807 FROM n WHERE i <= 9;
INSERT INTO orders SELECT i, 'o' || i, 'c' || (1 + i % 100), 'a' || (1 + i % 200), 'a' || (1 + i % 200), 'smime-organization-365', 'k' || i, i,
    CASE i % 20 WHEN 0 THEN 'g' || i END, CASE i % 10 WHEN 0 THEN 'x' || i END FROM o;
INSERT INTO claim SELECT i, 'l' || i, 'c' || (1 + i % 100), 'g' || i, 'o' || i, 'approved', 'Bursztyn Sp. z o.o.', 'PL', 'Pomorskie', 'Gdańsk',
    'NTRPL-' || i, 'NTR', '' || i, '{"version":1,"value":{"entries":[]}}', 'a2', i, i, 'a1', 'Bursztyn', 'PL', 'Pomorskie', 'Gdańsk', 'NTRPL-' || i, NULL
    FROM o WHERE i % 20 = 0;
INSERT INTO evidence SELECT 'l' || i, 'organization', 'document', NULL, i, 'Bursztyn', 'a1', i FROM o WHERE i % 20 = 0;
INSERT INTO mailbox_challenge SELECT randomblob(32), 'x' || i, 'o' || i, 'a2', 'm' || i, i, NULL, NULL FROM o WHERE i % 10 = 0;
INSERT INTO certificate SELECT i, 't' || i, 'o' || (i - i % 5), 'c1', 'a2', CASE i % 5 WHEN 1 THEN 't' || (i - 1) END, printf('%032x', i), 'p', 's', 'csr',
    'm', 'o', i, i, randomblob(400), CASE WHEN i % 100 THEN randomblob(900) ELSE NULL END, i, NULLIF(i % 100, 0) FROM o WHERE i > 4 AND i % 5 < 2;
INSERT INTO card_job SELECT 'j' || i, 'o' || i, 'a2', '{}', randomblob(32), NULL, '{}', 0, i, NULL, i, NULL FROM o WHERE i <= 50;
INSERT INTO outbox SELECT i, 'm' || i, 'notice', 'Person@example.com', 'person@example.com', 'Subject', 'Line' || char(10) || '.', i, i FROM o WHERE i % 10 = 0;
INSERT INTO job SELECT i, 'b' || i, 'mail', 'm' || i, 1, i, -i, 0, 0, NULL, i, NULL FROM o WHERE i % 100 = 0;
INSERT INTO installation VALUES (1, 'demonstration', 'ab', 1, NULL);
INSERT INTO crl SELECT i, i, i, zeroblob(500) FROM n WHERE i <= 3;
"#;

/// A data folder with this many orders; the CA's files are only what a backup copies.
pub(crate) async fn data_folder(folder: &Path, orders: u32) -> PathBuf {
    fs::create_dir_all(folder.join("ca")).unwrap();
    fs::write(folder.join("ca/root.key.pem"), "an encrypted key").unwrap();
    fs::write(folder.join("ca/root.cer"), "a certificate").unwrap();
    fs::write(folder.join("purpose"), "demonstration\n").unwrap();
    fs::write(folder.join("lock"), "").unwrap();
    let file = folder.join("signet.sqlite");
    fill(&file, orders, &folder.join("documents")).await;
    file
}

async fn fill(file: &Path, orders: u32, documents: &Path) {
    Store::open(&DatabaseAddress::Sqlite(file.to_owned())).await.unwrap().close().await;
    let mut connection = open(file).await;
    let count = |table: &str, last: u32| {
        format!(
            "CREATE TEMP TABLE {table} AS WITH RECURSIVE c (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM c WHERE i < {last})
             SELECT i FROM c"
        )
    };
    let mut transaction = connection.begin().await.unwrap();
    for sql in [count("n", 200), count("o", orders), ROWS.to_owned()] {
        sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut *transaction).await.unwrap();
    }
    fs::create_dir_all(documents).unwrap();
    for number in (20..=orders).step_by(20) {
        add_document(&mut transaction, documents, number).await;
    }
    let mut previous = [0; 32];
    for sequence in 1..=orders {
        previous = add_record(&mut transaction, sequence, previous).await;
    }
    transaction.commit().await.unwrap();
    connection.close().await.unwrap();
}

/// A document of the organization and of the claim that have this number.
async fn add_document(connection: &mut SqliteConnection, folder: &Path, number: u32) {
    let content = format!("%PDF- {number}");
    let sha256 = server::id::hex(&Sha256::digest(&content));
    fs::write(folder.join(&sha256), content).unwrap();
    sqlx::query("INSERT INTO document VALUES ($1, 'f' || $1, 'g' || $1, 'Odpis ' || $1, 'application/pdf', 9, $2, 'a2', 1)")
        .bind(number)
        .bind(sha256)
        .execute(&mut *connection)
        .await
        .unwrap();
    sqlx::query("INSERT INTO claim_document VALUES ('l' || $1, 0, 'f' || $1)")
        .bind(number)
        .execute(connection)
        .await
        .unwrap();
}

/// A record of the audit log that follows the one with the hash `previous`; its own hash.
async fn add_record(connection: &mut SqliteConnection, sequence: u32, previous: [u8; 32]) -> [u8; 32] {
    let event = format!(r#"{{"action":"order-placed","order_id":"o{sequence}"}}"#);
    let text = format!(r#"{{"at":{sequence},"event":{event},"sequence":{sequence}}}"#);
    let hash: [u8; 32] = Sha256::new().chain_update(previous).chain_update(text).finalize().into();
    sqlx::query("INSERT INTO audit VALUES ($1, $1, $2, $3, $4)")
        .bind(sequence)
        .bind(event)
        .bind(previous.as_slice())
        .bind(hash.as_slice())
        .execute(connection)
        .await
        .unwrap();
    hash
}

async fn open(file: &Path) -> SqliteConnection {
    let options = SqliteConnectOptions::new().filename(file).create_if_missing(true).foreign_keys(true);
    SqliteConnection::connect_with(&options).await.unwrap()
}

/// Runs statements on the file.
pub(crate) async fn execute(file: &Path, sql: &'static str) {
    let mut connection = open(file).await;
    sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}

/// The number that the query gives.
pub(crate) async fn number(file: &Path, sql: &'static str) -> i64 {
    let mut connection = open(file).await;
    let number = sqlx::query_scalar(sql).fetch_one(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    number
}

/// Fails where a table of one file has a row that the other has not. SQLite itself compares.
pub(crate) async fn assert_same_rows(left: &Path, right: &Path) {
    let mut connection = open(left).await;
    sqlx::query("ATTACH $1 AS other").bind(right.to_str().unwrap()).execute(&mut connection).await.unwrap();
    let tables: Vec<String> = sqlx::query_scalar(
        "SELECT name FROM main.sqlite_schema WHERE type = 'table' AND name NOT LIKE '%sql%'",
    )
    .fetch_all(&mut connection)
    .await
    .unwrap();
    assert!(tables.len() > 20, "{tables:?}");
    for table in tables {
        let sql = format!(
            "SELECT (SELECT COUNT(*) FROM main.{table}), (SELECT COUNT(*) FROM other.{table}),
                    (SELECT COUNT(*) FROM (SELECT * FROM main.{table} EXCEPT SELECT * FROM other.{table}))"
        );
        let (here, there, differing): (i64, i64, i64) =
            sqlx::query_as(AssertSqlSafe(sql)).fetch_one(&mut connection).await.unwrap();
        assert!(here > 0, "{table} is empty, so nothing about it is tested");
        assert_eq!((here, differing), (there, 0), "{table}");
    }
    connection.close().await.unwrap();
}

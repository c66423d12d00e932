//! Databases of one test each.

use sqlx::{AssertSqlSafe, Connection, PgConnection};
use std::sync::atomic::{AtomicU32, Ordering};

static NUMBER: AtomicU32 = AtomicU32::new(1);

/// A new database, which ends with this.
#[derive(Debug)]
pub(crate) struct Database {
    administrator: String,
    name: String,
    pub(crate) url: String,
}

impl Database {
    /// `None` where no PostgreSQL is there for tests.
    pub(crate) async fn create() -> Option<Self> {
        let administrator = std::env::var("SIGNET_TEST_POSTGRES").ok()?;
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("signet_operations_{}_{number}", std::process::id());
        execute(&administrator, format!("CREATE DATABASE {name}")).await;
        let (server, _) = administrator.rsplit_once('/').expect("the address names a database");
        let url = format!("{server}/{name}");
        Some(Self { administrator, name, url })
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let sql = format!("DROP DATABASE {} WITH (FORCE)", self.name);
        let administrator = self.administrator.clone();
        // A thread of its own, because this one may run the test's futures.
        let dropping = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(execute(&administrator, sql));
        });
        // A database that is left does no harm to the other tests.
        let _ = dropping.join();
    }
}

/// Runs a statement.
pub(crate) async fn execute(url: &str, sql: String) {
    let mut connection = PgConnection::connect(url).await.unwrap();
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}

/// The number that the query gives.
pub(crate) async fn number(url: &str, sql: &'static str) -> i64 {
    let mut connection = PgConnection::connect(url).await.unwrap();
    let number = sqlx::query_scalar(sql).fetch_one(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    number
}

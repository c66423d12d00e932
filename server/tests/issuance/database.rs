//! The database of one test: a SQLite file, or, where `SIGNET_TEST_POSTGRES` names a PostgreSQL server, a database of its own there.

use server::storage::{DatabaseAddress, Store};
use sqlx::{AssertSqlSafe, Connection, PgConnection, Row, SqliteConnection};
use std::{
    env,
    hash::{BuildHasher, Hasher, RandomState},
    path::{Path, PathBuf},
    sync::{
        LazyLock,
        atomic::{AtomicU64, Ordering},
    },
};
use tokio::sync::OnceCell;

/// Names a PostgreSQL server on which the tests may make databases.
const POSTGRES: &str = "SIGNET_TEST_POSTGRES";

/// Where a test keeps what lasts.
#[derive(Clone, Debug)]
pub(crate) enum TestDatabase {
    Sqlite(PathBuf),
    /// The address of the database.
    Postgres(String),
}

impl TestDatabase {
    /// A database without tables, or with all of them and nothing in them.
    pub(crate) async fn fresh(folder: &Path) -> Self {
        match env::var(POSTGRES) {
            Err(_) => Self::sqlite(folder),
            Ok(server) => Self::Postgres(copy_of_template(&server).await),
        }
    }

    pub(crate) fn sqlite(folder: &Path) -> Self {
        Self::Sqlite(folder.join("signet.sqlite"))
    }

    pub(crate) fn address(&self) -> DatabaseAddress {
        match self {
            Self::Sqlite(file) => DatabaseAddress::Sqlite(file.clone()),
            Self::Postgres(url) => DatabaseAddress::Postgres(url.clone()),
        }
    }

    /// As the command line names it; nothing for the file in the data folder.
    pub(crate) fn url(&self) -> Option<&str> {
        match self {
            Self::Sqlite(_) => None,
            Self::Postgres(url) => Some(url),
        }
    }

    /// The same in a copied folder; PostgreSQL copies no database that is in use.
    pub(crate) fn copy_in(&self, folder: &Path) -> Option<Self> {
        match self {
            Self::Sqlite(_) => Some(Self::sqlite(folder)),
            Self::Postgres(_) => None,
        }
    }

    /// The same for another server; a SQLite file has one.
    pub(crate) fn shared(&self) -> Option<Self> {
        match self {
            Self::Sqlite(_) => None,
            Self::Postgres(_) => Some(self.clone()),
        }
    }

    pub(crate) fn is_sqlite(&self) -> bool {
        matches!(self, Self::Sqlite(_))
    }

    pub(crate) async fn execute(&self, statement: &'static str) -> Result<(), sqlx::Error> {
        match self {
            Self::Sqlite(file) => {
                sqlx::raw_sql(statement).execute(&mut sqlite(file).await).await?;
            }
            Self::Postgres(url) => {
                sqlx::raw_sql(statement).execute(&mut PgConnection::connect(url).await?).await?;
            }
        }
        Ok(())
    }

    /// Makes a SQLite file by these statements.
    pub(crate) async fn create(&self, statements: &'static str) {
        let Self::Sqlite(file) = self else { panic!("for SQLite") };
        let options = sqlx::sqlite::SqliteConnectOptions::new().filename(file).create_if_missing(true);
        let mut connection = SqliteConnection::connect_with(&options).await.unwrap();
        sqlx::raw_sql(statements).execute(&mut connection).await.unwrap();
    }

    pub(crate) async fn count(&self, query: &'static str) -> i64 {
        match self {
            Self::Sqlite(file) => sqlx::query_scalar(query).fetch_one(&mut sqlite(file).await).await.unwrap(),
            Self::Postgres(url) => {
                let mut connection = PgConnection::connect(url).await.unwrap();
                let query = format!("SELECT CAST(counted.* AS TEXT) FROM ({query}) AS counted");
                let text: String =
                    sqlx::query_scalar(AssertSqlSafe(query)).fetch_one(&mut connection).await.unwrap();
                text.trim_matches(['(', ')']).parse().unwrap()
            }
        }
    }

    /// One column of what a statement gives; for SQLite.
    pub(crate) async fn rows_of(&self, statement: &str, column: &str) -> Vec<String> {
        let Self::Sqlite(file) = self else { panic!("for SQLite") };
        let statement = AssertSqlSafe(statement.to_owned());
        let rows = sqlx::query(statement).fetch_all(&mut sqlite(file).await).await.unwrap();
        rows.iter().map(|row| row.get(column)).collect()
    }

    /// The lines that the last of these statements gives; for PostgreSQL.
    pub(crate) async fn plan_of(&self, statements: &[String]) -> Vec<String> {
        let Self::Postgres(url) = self else { panic!("for PostgreSQL") };
        let mut connection = PgConnection::connect(url).await.unwrap();
        let mut lines = Vec::new();
        for statement in statements {
            let sent = sqlx::raw_sql(AssertSqlSafe(statement.clone())).fetch_all(&mut connection).await;
            let rows = sent.unwrap_or_else(|error| panic!("{error}: {statement}"));
            lines = rows.iter().map(|row| row.get(0)).collect();
        }
        lines
    }

    pub(crate) async fn texts(&self, query: &'static str) -> Vec<String> {
        match self {
            Self::Sqlite(file) => sqlx::query_scalar(query).fetch_all(&mut sqlite(file).await).await.unwrap(),
            Self::Postgres(url) => {
                let mut connection = PgConnection::connect(url).await.unwrap();
                sqlx::query_scalar(query).fetch_all(&mut connection).await.unwrap()
            }
        }
    }
}

async fn sqlite(file: &Path) -> SqliteConnection {
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(file);
    SqliteConnection::connect_with(&options).await.unwrap()
}

/// Names this run of the tests, as no other: a number of a process comes again.
fn run() -> &'static str {
    static RUN: LazyLock<String> =
        LazyLock::new(|| format!("{:016x}", RandomState::new().build_hasher().finish()));
    &RUN
}

/// A database with all tables: one that has them is made once, and copied.
async fn copy_of_template(server: &str) -> String {
    static TEMPLATE: OnceCell<String> = OnceCell::const_new();
    static NUMBER: AtomicU64 = AtomicU64::new(0);
    let template = TEMPLATE
        .get_or_init(|| async {
            let name = format!("template_{}", run());
            create(server, &name, "template0").await;
            let store = Store::open(&DatabaseAddress::Postgres(with_name(server, &name))).await.unwrap();
            store.close().await;
            name
        })
        .await;
    let name = format!("test_{}_{}", run(), NUMBER.fetch_add(1, Ordering::SeqCst));
    create(server, &name, template).await;
    with_name(server, &name)
}

async fn create(server: &str, name: &str, template: &str) {
    let mut connection = PgConnection::connect(server).await.unwrap();
    let statement = format!("CREATE DATABASE {name} TEMPLATE {template}");
    sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut connection).await.unwrap();
}

/// The address of another database of the same server.
fn with_name(server: &str, name: &str) -> String {
    let (host, _database) = server.rsplit_once('/').unwrap();
    format!("{host}/{name}")
}

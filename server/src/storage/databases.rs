//! What differs between the two databases, side by side: how each is opened, begun, committed and read.

use super::{Connection, DatabaseAddress, StorageError, Transaction};
use sqlx::{
    Connection as _, Executor, PgPool, SqlitePool,
    migrate::{Migrate, Migrator},
    postgres::{PgConnectOptions, PgPoolOptions},
    sqlite::{
        SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous,
    },
};
use std::{
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

static SQLITE_MIGRATIONS: Migrator = sqlx::migrate!("./migrations/sqlite");
static POSTGRES_MIGRATIONS: Migrator = sqlx::migrate!("./migrations/postgres");

/// Connections of one server that read. Our choice.
const READERS: u32 = 8;

/// How long a reader waits for a connection. Our choice: a page that takes longer is given up by its person.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(10);

/// How long a write waits for another program on the same SQLite file. Our choice: longer than a backup's copy.
pub(super) const BUSY_TIMEOUT: Duration = Duration::from_secs(10);

/// Instructions of SQLite's machine between two looks whether somebody still waits for the answer: some microseconds.
const INSTRUCTIONS_BETWEEN_LOOKS: i32 = 10_000;

/// PostgreSQL ends a statement after so long: it hears of no person who went away. Our choice: less than a group of acts has.
const STATEMENT_TIMEOUT: &str = "20s";

/// The advisory lock that makes one writer of all servers on one PostgreSQL database. Taken at the beginning of each group,
/// let go of with its transaction. Chosen at random, so that no other program takes the same.
pub(super) const WRITER_LOCK: i64 = 0x51_67_6e_65_74_00_00_01;

/// Connections that read.
#[derive(Clone, Debug)]
pub(super) enum Reading {
    Sqlite(SqlitePool),
    Postgres(PgPool),
}

/// The connection that writes: a pool of one, which makes a new one when it was discarded.
#[derive(Clone, Debug)]
pub(super) enum Writing {
    Sqlite(SqlitePool),
    Postgres(PgPool),
}

/// What is done about tables of another version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tables {
    /// They are brought to this version.
    Migrate,
    /// They must be of this version: a server of another one may be using them.
    Demand,
}

/// Opens the database.
pub(super) async fn open(
    address: &DatabaseAddress,
    tables: Tables,
) -> Result<(Reading, Writing), StorageError> {
    match address {
        DatabaseAddress::Sqlite(file) => {
            prepare_sqlite(file, tables).await?;
            let pool = |connections| {
                SqlitePoolOptions::new()
                    .max_connections(connections)
                    .acquire_timeout(ACQUIRE_TIMEOUT)
                    .connect_lazy_with(sqlite_options(file))
            };
            Ok((Reading::Sqlite(pool(READERS)), Writing::Sqlite(pool(1))))
        }
        DatabaseAddress::Postgres(url) => {
            let options: PgConnectOptions = url.parse()?;
            let options = options.options([("statement_timeout", STATEMENT_TIMEOUT)]);
            let pool = |connections| {
                PgPoolOptions::new().max_connections(connections).acquire_timeout(ACQUIRE_TIMEOUT)
            };
            let writing = pool(1).connect_with(options.clone()).await?;
            if has_pending(&POSTGRES_MIGRATIONS, &mut *writing.acquire().await?).await? {
                if tables == Tables::Demand {
                    return Err(StorageError::OtherVersion);
                }
                // Under a lock of its own: of two servers that start at once one makes the tables.
                POSTGRES_MIGRATIONS.run(&writing).await?;
            }
            let reading = pool(READERS).connect_lazy_with(options);
            Ok((Reading::Postgres(reading), Writing::Postgres(writing)))
        }
    }
}

fn sqlite_options(file: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(file)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(BUSY_TIMEOUT)
}

/// With foreign keys off, because a table that others refer to cannot be rebuilt else; they are checked afterwards. Before tables
/// with data are changed, the whole database is copied beside itself.
async fn prepare_sqlite(file: &Path, tables: Tables) -> Result<(), StorageError> {
    let is_new = !file.exists();
    let mut connection = SqliteConnection::connect_with(&sqlite_options(file).foreign_keys(false)).await?;
    if has_pending(&SQLITE_MIGRATIONS, &mut connection).await? {
        if tables == Tables::Demand {
            return Err(StorageError::OtherVersion);
        }
        if !is_new {
            copy_before_migration(file, &mut connection).await?;
        }
        SQLITE_MIGRATIONS.run(&mut connection).await?;
        if !connection.fetch_all("PRAGMA foreign_key_check").await?.is_empty() {
            return Err(StorageError::Unreadable { column: "a reference" });
        }
    }
    Ok(connection.close().await?)
}

/// Whether tables are older than this version. Newer ones are an error of the migrator.
async fn has_pending<C: Migrate>(migrator: &Migrator, connection: &mut C) -> Result<bool, StorageError> {
    connection.ensure_migrations_table("_sqlx_migrations").await?;
    let applied = connection.list_applied_migrations("_sqlx_migrations").await?;
    let is_applied = |version| applied.iter().any(|applied| applied.version == version);
    let is_known = |version| migrator.iter().any(|migration| migration.version == version);
    Ok(migrator.iter().any(|migration| !is_applied(migration.version))
        || applied.iter().any(|applied| !is_known(applied.version)))
}

/// A copy of the moment before, `signet.sqlite.before-5`, unless there is one.
async fn copy_before_migration(file: &Path, connection: &mut SqliteConnection) -> Result<(), StorageError> {
    let newest = SQLITE_MIGRATIONS.iter().map(|migration| migration.version).max().unwrap_or_default();
    let mut copy = file.as_os_str().to_owned();
    copy.push(format!(".before-{newest}"));
    let copy = PathBuf::from(copy);
    if !copy.exists() {
        let statement = sqlx::query("VACUUM INTO $1").bind(copy.to_string_lossy().into_owned());
        statement.execute(connection).await?;
    }
    Ok(())
}

/// Tells a query whether somebody still waits for it.
#[derive(Debug)]
pub(super) struct Wanted(Arc<AtomicBool>);

impl Drop for Wanted {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Relaxed);
    }
}

impl Reading {
    /// A connection, and what ends its query when it is dropped: a person who has gone keeps no connection.
    pub(super) async fn acquire(&self) -> Result<(Wanted, Connection), StorageError> {
        let wanted = Arc::new(AtomicBool::new(true));
        let connection = match self {
            Self::Sqlite(pool) => {
                let mut connection = pool.acquire().await?;
                let seen = Arc::clone(&wanted);
                // The handler stays with the connection: each reader sets its own.
                connection
                    .lock_handle()
                    .await?
                    .set_progress_handler(INSTRUCTIONS_BETWEEN_LOOKS, move || seen.load(Ordering::Relaxed));
                Connection::Sqlite(connection)
            }
            Self::Postgres(pool) => Connection::Postgres(pool.acquire().await?),
        };
        Ok((Wanted(wanted), connection))
    }

    pub(super) async fn close(&self) {
        match self {
            Self::Sqlite(pool) => pool.close().await,
            Self::Postgres(pool) => pool.close().await,
        }
    }
}

impl Writing {
    /// The connection outside any transaction.
    pub(super) async fn connection(&self) -> Result<Connection, StorageError> {
        Ok(match self {
            Self::Sqlite(pool) => Connection::Sqlite(pool.acquire().await?),
            Self::Postgres(pool) => Connection::Postgres(pool.acquire().await?),
        })
    }

    /// Begins a transaction that holds the write lock from its first moment.
    pub(super) async fn begin(&self, transaction: &mut Transaction) -> Result<(), StorageError> {
        match self {
            Self::Sqlite(_) => transaction.query("BEGIN IMMEDIATE").execute().await.map(drop),
            Self::Postgres(_) => begin_exclusively(transaction).await.map(drop),
        }
    }

    pub(super) async fn savepoint(&self, transaction: &mut Transaction) -> Result<(), StorageError> {
        transaction.query("SAVEPOINT act").execute().await.map(drop)
    }

    pub(super) async fn release(&self, transaction: &mut Transaction) -> Result<(), StorageError> {
        transaction.query("RELEASE SAVEPOINT act").execute().await.map(drop)
    }

    pub(super) async fn roll_back_to_savepoint(
        &self,
        transaction: &mut Transaction,
    ) -> Result<(), StorageError> {
        transaction.query("ROLLBACK TO SAVEPOINT act").execute().await?;
        self.release(transaction).await
    }

    pub(super) async fn commit(&self, transaction: &mut Transaction) -> Result<(), StorageError> {
        transaction.query("COMMIT").execute().await.map(drop)
    }

    pub(super) async fn close(&self) {
        match self {
            Self::Sqlite(pool) => pool.close().await,
            Self::Postgres(pool) => pool.close().await,
        }
    }
}

/// READ COMMITTED, so that the statements after the lock see what the writer before committed.
async fn begin_exclusively(transaction: &mut Transaction) -> Result<u64, StorageError> {
    transaction.query("BEGIN ISOLATION LEVEL READ COMMITTED").execute().await?;
    transaction.query("SELECT pg_advisory_xact_lock($1)").bind(WRITER_LOCK).execute().await
}

//! What lasts: one SQLite file. Each file in `storage/` holds the statements of one table or two.
//!
//! Writes go through `Store::begin`, so that each sees what the one before it wrote.

pub mod account;
pub(crate) mod audit;
pub(crate) mod authority;
pub(crate) mod card_job;
pub(crate) mod document;
pub(crate) mod issuance;
pub(crate) mod mailbox_challenge;
pub(crate) mod organization_claim;
pub(crate) mod outbox;
pub(crate) mod purchase;
pub(crate) mod session;
pub(crate) mod sign_in_link;

use sqlx::{
    Connection, Sqlite, SqliteConnection, SqlitePool, Transaction,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use std::{path::Path, time::Duration};
use thiserror::Error;

/// Connections of one server; more would only queue behind the one writer. Our choice.
const CONNECTIONS: u32 = 8;

/// How long a write waits for the one before it. Our choice: longer than any transaction here.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);

/// The database.
#[derive(Clone, Debug)]
pub struct Store {
    pool: SqlitePool,
}

/// Why a stored thing could not be read or written.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum StorageError {
    /// The database refused or could not be reached.
    #[error("the database does not answer")]
    Database(#[from] sqlx::Error),
    /// The tables could not be brought to this version.
    #[error("the database could not be brought to this version")]
    Migration(#[from] sqlx::migrate::MigrateError),
    /// A row holds what this version never writes there.
    #[error("the column {column} holds what this version never writes")]
    Unreadable {
        /// `table.column`.
        column: &'static str,
    },
}

impl Store {
    /// Opens the database file, makes it where it is missing, and brings its tables to this version.
    ///
    /// # Errors
    /// The file cannot be opened, or is of a newer version.
    pub async fn open(file: &Path) -> Result<Self, StorageError> {
        let options = SqliteConnectOptions::new()
            .filename(file)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(BUSY_TIMEOUT);
        let pool = SqlitePoolOptions::new()
            .max_connections(CONNECTIONS)
            .after_release(|connection, _| Box::pin(is_usable(connection)))
            .connect_with(options)
            .await?;
        sqlx::migrate!("./migrations/sqlite").run(&pool).await?;
        Ok(Self { pool })
    }

    /// For reading outside a transaction.
    pub(crate) fn pool(&self) -> &SqlitePool {
        &self.pool
    }

    /// Begins a transaction that may write. It holds the write lock from its first moment, so that what it
    /// reads cannot change before it writes.
    pub(crate) async fn begin(&self) -> Result<Transaction<'static, Sqlite>, StorageError> {
        Ok(self.pool.begin_with("BEGIN IMMEDIATE").await?)
    }

    /// Whether the database answers.
    pub(crate) async fn check(&self) -> Result<(), StorageError> {
        sqlx::query("SELECT 1").execute(&self.pool).await?;
        Ok(())
    }

    /// Finishes what is under way and lets go of the file.
    pub async fn close(&self) {
        self.pool.close().await;
    }
}

/// Whether the pool may hand out this connection again. SQLite ends a transaction by itself when the disk is full; the
/// rollback that follows then fails, sqlx believes for ever that a transaction is open, and no other can begin.
async fn is_usable(connection: &mut SqliteConnection) -> Result<bool, sqlx::Error> {
    // The rollback of a dropped transaction is only queued: this waits until it was tried.
    connection.ping().await?;
    Ok(!connection.is_in_transaction())
}

/// Seconds since 1970 as SQLite stores them.
pub(crate) fn to_column(at: protocol::Timestamp) -> i64 {
    i64::try_from(at.unix_seconds()).expect("the year is before 10000")
}

/// The moment stored in `column`.
pub(crate) fn from_column(seconds: i64, column: &'static str) -> Result<protocol::Timestamp, StorageError> {
    let seconds = u64::try_from(seconds).map_err(|_negative| StorageError::Unreadable { column })?;
    protocol::Timestamp::from_unix_seconds(seconds).map_err(|_too_late| StorageError::Unreadable { column })
}

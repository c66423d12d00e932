//! What lasts: one database, SQLite or PostgreSQL. No other room names a database driver.
//!
//! Each file in `storage/` holds the statements of one table or two, as functions: those that read take a `Connection`,
//! those that write a `Transaction`, which only `Store::write` gives.
//!
//! How to add a table: write it into a new migration of both folders in `migrations/`, with a `sequence` where it is listed
//! and an index for each way it is read (`tests/issuance/plans.rs` finds a scan); give its id a type in `id.rs`, known to
//! `storage/column.rs`; put its statements into a file of its own here, with the record types of the domain that owns them;
//! name it in `storage/tables.rs`, in an order that references allow.

pub(crate) mod account;
pub(crate) mod audit;
pub(crate) mod card_job;
pub(crate) mod certificate;
pub(crate) mod claim;
mod column;
mod connection;
pub(crate) mod copy;
pub(crate) mod crl;
pub(crate) mod customer;
mod databases;
pub(crate) mod document;
pub(crate) mod evidence;
pub(crate) mod installation;
pub(crate) mod job;
pub(crate) mod mailbox;
pub(crate) mod mailbox_challenge;
pub(crate) mod order;
pub(crate) mod organization;
pub(crate) mod outbox;
mod page;
pub(crate) mod partner;
pub(crate) mod session;
pub(crate) mod sign_in_link;
pub(crate) mod snapshot;
mod tables;
mod transaction;
mod writer;

pub use account::{Account, StaffRole};
pub(crate) use connection::Connection;
pub use customer::{Customer, MemberRole};
pub use installation::Purpose;
pub(crate) use page::{Cursor, CursorError, Limit, Page};
pub use partner::{Partner, PartnerRole};
pub(crate) use transaction::Transaction;

use databases::{Reading, Tables, Wanted};
use std::{
    fmt,
    ops::{Deref, DerefMut},
    path::PathBuf,
    sync::Arc,
    time::Duration,
};
use thiserror::Error;
use writer::Writer;

/// How long the end of the database is waited for. Our choice.
const CLOSING: Duration = Duration::from_secs(5);

/// Where the database is.
#[derive(Clone, PartialEq, Eq)]
pub enum DatabaseAddress {
    /// A SQLite file, made where it is missing.
    Sqlite(PathBuf),
    /// `postgres://user:password@host/database?sslmode=…`, version 15 or newer.
    Postgres(String),
}

/// Without the password that an address may hold.
impl fmt::Debug for DatabaseAddress {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(file) => formatter.debug_tuple("Sqlite").field(file).finish(),
            Self::Postgres(_) => formatter.debug_struct("Postgres").finish_non_exhaustive(),
        }
    }
}

/// The database. A clone is the same.
#[derive(Clone, Debug)]
pub struct Store {
    readers: Reading,
    writer: Writer,
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
    /// The tables are of another version, and a server of that version may be using them.
    #[error(
        "the database is of another version: start the server of this version once, which brings it to this one, or use the command of the version that runs"
    )]
    OtherVersion,
    /// A row holds what this version never writes there.
    #[error("{column} holds what this version never writes")]
    Unreadable {
        /// `table.column`.
        column: &'static str,
    },
    /// A change met another number of rows than one: the state that it was for is not there.
    #[error("{what} was to change one row and changed {rows}")]
    Changed {
        /// Such as `orders.mailbox_id`.
        what: &'static str,
        /// How many rows it changed; it is taken back.
        rows: u64,
    },
    /// More writes wait than the server can do soon.
    #[error("too many writes wait")]
    Busy,
    /// The server stops.
    #[error("the database is closed")]
    Closed,
    /// The group of writes took too long, and nothing of it is stored.
    #[error("a group of writes took too long")]
    TooSlow,
    /// A fault of this program; nothing of the group of writes is stored.
    #[error("a write panicked")]
    Panicked,
    /// The group of writes that this one was in could not be committed, and nothing of it is stored.
    #[error("the database did not commit: {0}")]
    NotCommitted(Arc<Self>),
    /// The thread that writes could not be started.
    #[error("the writer cannot be started")]
    Thread(#[from] std::io::Error),
}

/// A connection that reads. Dropped in the middle of a query it ends the query.
#[derive(Debug)]
pub(crate) struct Reader {
    // Dropped first: the query ends before its connection goes back.
    _wanted: Wanted,
    connection: Connection,
}

impl Deref for Reader {
    type Target = Connection;

    fn deref(&self) -> &Self::Target {
        &self.connection
    }
}

impl DerefMut for Reader {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.connection
    }
}

impl Store {
    /// Opens the database, and brings its tables to this version.
    ///
    /// # Errors
    /// It cannot be opened, or is of a newer version.
    pub async fn open(address: &DatabaseAddress) -> Result<Self, StorageError> {
        Self::open_with(address, Tables::Migrate).await
    }

    /// Opens a database whose tables are of this version, for a command beside a running server.
    ///
    /// # Errors
    /// It cannot be opened, or its tables are of another version.
    pub async fn open_as_it_is(address: &DatabaseAddress) -> Result<Self, StorageError> {
        Self::open_with(address, Tables::Demand).await
    }

    async fn open_with(address: &DatabaseAddress, tables: Tables) -> Result<Self, StorageError> {
        let (readers, writing) = databases::open(address, tables).await?;
        Ok(Self { readers, writer: Writer::start(writing)? })
    }

    /// A connection for reading, outside any act.
    pub(crate) async fn read(&self) -> Result<Reader, StorageError> {
        let (wanted, connection) = self.readers.acquire().await?;
        Ok(Reader { _wanted: wanted, connection })
    }

    /// Does the act: reads, decides and writes while nobody else does, and answers when all of it is durable. An error takes
    /// back what the act wrote. See `storage/writer.rs` for what an act must not do.
    pub(crate) async fn write<T, E>(
        &self,
        act: impl AsyncFnOnce(&mut Transaction) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StorageError> + Send + 'static,
    {
        self.writer.write(act).await
    }

    /// Whether the database answers.
    pub(crate) async fn check(&self) -> Result<(), StorageError> {
        self.read().await?.query("SELECT COUNT(*) FROM installation").fetch_optional::<(i64,)>().await?;
        Ok(())
    }

    /// Finishes the writes that wait, and lets go of the database.
    pub async fn close(&self) {
        let closing = async {
            self.writer.close().await;
            self.readers.close().await;
        };
        if tokio::time::timeout(CLOSING, closing).await.is_err() {
            tracing::warn!("the database was still busy after {} seconds", CLOSING.as_secs());
        }
    }
}

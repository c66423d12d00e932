//! One moment of a database, read while a server may write. Opening it changes nothing: the tables stay as their version made
//! them.

use super::{
    Connection, DatabaseAddress, StorageError,
    databases::{BUSY_TIMEOUT, WRITER_LOCK},
    tables,
};
use sqlx::{
    Connection as _, SqliteConnection,
    postgres::{PgConnectOptions, PgPoolOptions},
    sqlite::{SqliteConnectOptions, SqlitePoolOptions},
};
use std::{
    ops::{Deref, DerefMut},
    path::Path,
    time::Duration,
};

/// A connection that sees what the database was when it was opened.
#[derive(Debug)]
pub(crate) struct Snapshot {
    connection: Connection,
}

/// What a database of this kind answers to somebody who wants it alone.
#[derive(Debug)]
pub(crate) enum Alone {
    /// No other program is connected, and no server can write while this lives. Of SQLite only the lock of the data folder
    /// says that.
    Yes(Snapshot),
    /// Another program is connected.
    No,
}

impl Snapshot {
    /// The database as it is now.
    pub(crate) async fn open(address: &DatabaseAddress) -> Result<Self, StorageError> {
        let mut connection = connect(address).await?;
        begin(&mut connection).await?;
        Ok(Self { connection })
    }

    /// The same, where no other program uses a PostgreSQL database.
    pub(crate) async fn open_alone(address: &DatabaseAddress) -> Result<Alone, StorageError> {
        let mut connection = connect(address).await?;
        // Before the snapshot, so that this sees what the last writer did.
        if !is_alone(&mut connection).await? {
            return Ok(Alone::No);
        }
        begin(&mut connection).await?;
        Ok(Alone::Yes(Self { connection }))
    }

    /// The name under which other connections to PostgreSQL can see the same; `None` on SQLite.
    pub(crate) async fn export(&mut self) -> Result<Option<String>, StorageError> {
        let Connection::Postgres(_) = &self.connection else { return Ok(None) };
        let name: Option<(String,)> =
            self.connection.query("SELECT pg_export_snapshot()").fetch_optional().await?;
        Ok(name.map(|(name,)| name))
    }

    /// SHA-256 of each document's content, lower-case hex, each once.
    pub(crate) async fn documents(&mut self) -> Result<Vec<String>, StorageError> {
        let rows: Vec<(String,)> =
            self.connection.query("SELECT DISTINCT sha256 FROM document ORDER BY sha256").fetch_all().await?;
        Ok(rows.into_iter().map(|(sha256,)| sha256).collect())
    }

    /// Ends the look at the past, and gives the connection, which on PostgreSQL still keeps other writers out.
    pub(super) async fn into_connection(mut self) -> Result<Connection, StorageError> {
        self.connection.query("COMMIT").execute().await?;
        Ok(self.connection)
    }

    /// Ends it, and waits until the database knows.
    pub(crate) async fn close(self) -> Result<(), StorageError> {
        close(self.connection).await
    }
}

impl Deref for Snapshot {
    type Target = Connection;

    fn deref(&self) -> &Self::Target {
        &self.connection
    }
}

impl DerefMut for Snapshot {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.connection
    }
}

/// Whether there is no table yet, or no SQLite file.
pub(crate) async fn has_no_table(address: &DatabaseAddress) -> Result<bool, StorageError> {
    if let DatabaseAddress::Sqlite(file) = address
        && !file.exists()
    {
        return Ok(true);
    }
    let mut connection = connect(address).await?;
    let tables = tables::present(&mut connection).await?;
    close(connection).await?;
    Ok(tables.is_empty())
}

/// Writes a copy of one moment of the SQLite file into a new file, while others may write; it is not yet on the disk for sure.
pub(crate) async fn copy_sqlite_file(from: &Path, to: &Path) -> Result<(), StorageError> {
    let mut connection = SqliteConnection::connect_with(&reading(from)).await?;
    // A name is bound, so it needs no quoting.
    let to = to.to_str().ok_or(StorageError::Unreadable { column: "a path that is not UTF-8" })?;
    sqlx::query("VACUUM INTO $1").bind(to.to_owned()).execute(&mut connection).await?;
    Ok(connection.close().await?)
}

/// A connection of its own that makes no file and no table.
pub(super) async fn connect(address: &DatabaseAddress) -> Result<Connection, StorageError> {
    Ok(match address {
        DatabaseAddress::Sqlite(file) => {
            let pool = SqlitePoolOptions::new().max_connections(1).connect_with(reading(file)).await?;
            Connection::Sqlite(pool.acquire().await?)
        }
        DatabaseAddress::Postgres(url) => {
            let options: PgConnectOptions = url.parse()?;
            let pool = PgPoolOptions::new().max_connections(1).connect_with(options).await?;
            Connection::Postgres(pool.acquire().await?)
        }
    })
}

/// Lets go of what [`connect`] gave.
pub(super) async fn close(connection: Connection) -> Result<(), StorageError> {
    match connection {
        Connection::Sqlite(connection) => connection.close().await?,
        Connection::Postgres(connection) => connection.close().await?,
    }
    Ok(())
}

fn reading(file: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new().filename(file).read_only(true).busy_timeout(BUSY_TIMEOUT)
}

/// Begins a transaction that sees one moment: this one, as its first statement reads.
async fn begin(connection: &mut Connection) -> Result<(), StorageError> {
    match connection {
        Connection::Sqlite(_) => connection.query("BEGIN").execute().await?,
        Connection::Postgres(_) => {
            connection.query("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY").execute().await?
        }
    };
    tables::present(connection).await?;
    Ok(())
}

/// How often other connections are looked for, and how long is waited in between. Our choice: three seconds in all; of a program
/// that has ended PostgreSQL hears at once, and forgets its connection a moment later, or more on a busy machine.
const LOOKS: u32 = 30;
const BETWEEN_LOOKS: Duration = Duration::from_millis(100);

/// Takes the writers' lock for as long as the connection lives, and looks for other connections: a server without work holds no
/// lock. Only who is connected is asked, which every user may see.
async fn is_alone(connection: &mut Connection) -> Result<bool, StorageError> {
    for look in 0..LOOKS {
        if look > 0 {
            tokio::time::sleep(BETWEEN_LOOKS).await;
        }
        if no_other_is_connected(connection).await? {
            return Ok(true);
        }
    }
    Ok(false)
}

async fn no_other_is_connected(connection: &mut Connection) -> Result<bool, StorageError> {
    let Connection::Postgres(_) = connection else { return Ok(true) };
    let alone: Option<(bool,)> = connection
        .query(
            "SELECT pg_try_advisory_lock($1) AND NOT EXISTS (SELECT * FROM pg_stat_activity
             WHERE datname = current_database() AND usesysid IS NOT NULL AND pid <> pg_backend_pid())",
        )
        .bind(WRITER_LOCK)
        .fetch_optional()
        .await?;
    Ok(alone.is_some_and(|(alone,)| alone))
}

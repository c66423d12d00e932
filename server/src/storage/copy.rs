//! All of a database, copied into an empty one: from SQLite to PostgreSQL, and back. The server is stopped meanwhile.
//!
//! Both ends speak one text form, that of PostgreSQL's COPY. What is read from the source is hashed in that form, and so is what
//! is read back from the target: they are equal, or nothing is committed.

mod form;
mod rows;

use super::{
    Connection, DatabaseAddress, StorageError, Transaction,
    column::Moment,
    databases::{self, Tables},
    installation,
    snapshot::{self, Alone, Snapshot},
    tables::{self, TABLES, Table},
};
use form::Form;
use protocol::Timestamp;
use rows::Content;
use std::error::Error;

/// What becomes of the database that was copied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// It is marked as moved, and no server starts with it any more: two servers of one CA would issue apart from each other.
    MarkMoved,
    /// It stays as it is.
    Keep,
}

/// Why a database was not copied. The target is as empty as before, but for [`CopyError::Unmarked`].
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CopyError {
    /// Some program uses the source.
    #[error(
        "another program is connected to the database that is to be copied: stop the server, and whatever else uses it"
    )]
    InUse,
    /// The source is of another version.
    #[error(
        "the database that is to be copied is not of this version of Signet: start this version's server with it once, stop it, and copy then"
    )]
    OtherVersion,
    /// No server ever used the source.
    #[error("the database that is to be copied is of no installation yet: there is nothing to move")]
    NoInstallation,
    /// The source was moved before.
    #[error("the database that is to be copied was moved into another one on {at}: copy that one")]
    Moved {
        /// When that copy was complete, by the clock of the computer that made it.
        at: Timestamp,
    },
    /// The target holds something.
    #[error("the database that is to be filled is not empty, its table {table} has rows: give an empty one")]
    NotEmpty {
        /// The first such table.
        table: String,
    },
    /// A text holds the one character that PostgreSQL cannot store.
    #[error(
        "a text in {table}.{column} holds the character NUL, which PostgreSQL cannot store: nothing was copied"
    )]
    Nul {
        /// Where the row stands in the source.
        table: &'static str,
        /// Which of the row's texts has it.
        column: String,
    },
    /// What was written is not what was read.
    #[error("the table {table} reads back differently from what was written into it: nothing was copied")]
    Differs {
        /// The first table that differs; those before it are equal.
        table: &'static str,
    },
    /// What was copied failed the examination.
    #[error("nothing was copied: {0}")]
    Failed(Box<dyn Error + Send + Sync>),
    /// The copy is complete, but the source does not know.
    #[error(
        "all was copied, but the database that it came from could not be marked as moved: see that no server starts with that one"
    )]
    Unmarked(#[source] StorageError),
    /// A database cannot be read or written.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl From<sqlx::Error> for CopyError {
    fn from(error: sqlx::Error) -> Self {
        Self::Storage(error.into())
    }
}

/// Copies all of it, in one transaction at each end, which `examine` must find right before it is committed. The result is how
/// many rows all tables have, and what `examine` says.
pub(crate) async fn copy<T, E: Into<Box<dyn Error + Send + Sync>>>(
    from: &DatabaseAddress,
    to: &DatabaseAddress,
    afterwards: Source,
    now: Timestamp,
    examine: impl AsyncFnOnce(&mut Connection) -> Result<T, E>,
) -> Result<(u64, T), CopyError> {
    // Before the target is brought to this version: one that is in use stays as it is.
    refuse_rows_at(to).await?;
    let Alone::Yes(mut source) = Snapshot::open_alone(from).await? else { return Err(CopyError::InUse) };
    check_source(&mut source).await?;
    let (_, writing) = databases::open(to, Tables::Migrate).await?;
    let mut target = Transaction::new(writing.connection().await?);
    let copied = async {
        writing.begin(&mut target).await?;
        let rows = fill(&mut source, &mut target).await?;
        let examined = examine(&mut target).await.map_err(|error| CopyError::Failed(error.into()))?;
        writing.commit(&mut target).await?;
        Ok::<_, CopyError>((rows, examined))
    }
    .await;
    // Closed, not given back: where it failed, its transaction is open.
    let closed = snapshot::close(target.into_connection()).await;
    let copied = copied?;
    closed?;
    writing.close().await;
    match afterwards {
        Source::MarkMoved => mark_moved(source, from, now).await.map_err(CopyError::Unmarked)?,
        Source::Keep => source.close().await?,
    }
    Ok(copied)
}

/// Whether the source is an installation of this version that nobody moved away.
async fn check_source(source: &mut Snapshot) -> Result<(), CopyError> {
    let mut listed = TABLES.map(|table| table.name);
    listed.sort_unstable();
    if tables::present(source).await? != listed {
        return Err(CopyError::OtherVersion);
    }
    match installation::lookup(source).await? {
        None => Err(CopyError::NoInstallation),
        Some(installation) => installation.moved_at.map_or(Ok(()), |at| Err(CopyError::Moved { at })),
    }
}

/// Refuses a database that holds anything.
async fn refuse_rows_at(address: &DatabaseAddress) -> Result<(), CopyError> {
    if snapshot::has_no_table(address).await? {
        return Ok(());
    }
    let mut connection = snapshot::connect(address).await?;
    let refused = refuse_rows(&mut connection).await;
    snapshot::close(connection).await?;
    refused
}

async fn refuse_rows(connection: &mut Connection) -> Result<(), CopyError> {
    for table in tables::present(connection).await? {
        if rows::has_rows(connection, &table).await? {
            return Err(CopyError::NotEmpty { table });
        }
    }
    Ok(())
}

/// Copies table after table into the target. The result is how many rows they have.
async fn fill(source: &mut Snapshot, target: &mut Transaction) -> Result<u64, CopyError> {
    if let Connection::Postgres(_) = &**target {
        // A table may take longer than any statement of a server.
        target.query("SET LOCAL statement_timeout = 0").execute().await?;
    }
    refuse_rows(target).await?;
    if tables::version(source).await? != tables::version(target).await? {
        return Err(CopyError::OtherVersion);
    }
    let mut rows = 0_u64;
    for table in &TABLES {
        rows = rows.saturating_add(copy_table(source, target, table).await?);
    }
    Ok(rows)
}

/// Copies a table, reads it back, and compares. The result is how many rows it has.
async fn copy_table(
    source: &mut Connection,
    target: &mut Connection,
    table: &'static Table,
) -> Result<u64, CopyError> {
    let columns = tables::columns(source, table.name).await?;
    if columns != tables::columns(target, table.name).await? {
        return Err(CopyError::OtherVersion);
    }
    let form = Form::new(table, columns);
    let read = rows::write(target, &form, rows::read(source, &form).await?).await?;
    let written = Content::of(rows::read(target, &form).await?).await?;
    if read != written {
        return Err(CopyError::Differs { table: table.name });
    }
    if form.counts_itself() {
        rows::count_on(target, table.name).await?;
    }
    Ok(written.rows())
}

/// Notes in the source that it counts no more. On PostgreSQL no writer came between, as the connection has their lock.
async fn mark_moved(source: Snapshot, address: &DatabaseAddress, now: Timestamp) -> Result<(), StorageError> {
    let mut connection = match source.into_connection().await? {
        Connection::Postgres(connection) => Connection::Postgres(connection),
        reading @ Connection::Sqlite(_) => {
            snapshot::close(reading).await?;
            let (_, writing) = databases::open(address, Tables::Demand).await?;
            writing.connection().await?
        }
    };
    connection
        .query("UPDATE installation SET moved_at = $1")
        .bind(Moment(now))
        .change_one("installation.moved_at")
        .await?;
    snapshot::close(connection).await
}

//! A connection to either database, and the one way to send it a statement. A statement is written once wherever both
//! databases understand it.
//!
//! What both understand, and what bites, for whoever adds a statement:
//! - placeholders `$1`, `RETURNING`, `ON CONFLICT … DO NOTHING`, partial unique indexes, `IS [NOT] DISTINCT FROM`, row values;
//! - an error aborts a whole PostgreSQL transaction: write `ON CONFLICT DO NOTHING` and look at the count of rows;
//! - numbers are `i64` on both sides: `CAST(COALESCE(SUM(n), 0) AS BIGINT)`, no literal `1` in a column list;
//! - what may be NULL is bound with its type, `None::<i64>`; `NULLS FIRST` or `LAST` is always said;
//! - text is compared byte for byte: what people may spell in several ways has a folded column.

use super::StorageError;
use sqlx::{
    Arguments as _, Encode, FromRow, Postgres, Sqlite, Type,
    pool::PoolConnection,
    postgres::{PgArguments, PgRow},
    sqlite::{SqliteArguments, SqliteRow},
};

/// A connection of one of the pools.
#[derive(Debug)]
pub(crate) enum Connection {
    Sqlite(PoolConnection<Sqlite>),
    Postgres(PoolConnection<Postgres>),
}

/// What may be bound to a statement: each database knows how to store it.
pub(super) trait Bind<'q>:
    Encode<'q, Sqlite> + Type<Sqlite> + Encode<'q, Postgres> + Type<Postgres>
{
}
impl<'q, T: Encode<'q, Sqlite> + Type<Sqlite> + Encode<'q, Postgres> + Type<Postgres>> Bind<'q> for T {}

/// What a row may become: tuples, and `#[derive(FromRow)]`.
pub(super) trait Row:
    for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin
{
}
impl<T: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin> Row for T {}

/// A statement with what is bound to it.
#[must_use]
pub(super) struct Statement<'c> {
    target: Target<'c>,
    sql: &'static str,
    unbound: Option<sqlx::Error>,
}

enum Target<'c> {
    Sqlite(&'c mut PoolConnection<Sqlite>, SqliteArguments),
    Postgres(&'c mut PoolConnection<Postgres>, PgArguments),
}

impl Connection {
    /// A statement that both databases understand.
    pub(super) fn query(&mut self, sql: &'static str) -> Statement<'_> {
        let target = match self {
            Self::Sqlite(connection) => Target::Sqlite(connection, SqliteArguments::default()),
            Self::Postgres(connection) => Target::Postgres(connection, PgArguments::default()),
        };
        Statement { target, sql, unbound: None }
    }

    /// Has the database closed this connection instead of giving it to somebody else.
    pub(super) fn discard(mut self) {
        match &mut self {
            Self::Sqlite(connection) => connection.close_on_drop(),
            Self::Postgres(connection) => connection.close_on_drop(),
        }
    }
}

impl Statement<'_> {
    /// Binds the next placeholder.
    pub(super) fn bind<'q, T: Bind<'q>>(mut self, value: T) -> Self {
        let bound = match &mut self.target {
            Target::Sqlite(_, arguments) => sqlx::Arguments::add(arguments, value),
            Target::Postgres(_, arguments) => arguments.add(value),
        };
        if let Err(error) = bound {
            self.unbound.get_or_insert(sqlx::Error::Encode(error));
        }
        self
    }

    /// How many rows it changed.
    pub(super) async fn execute(self) -> Result<u64, StorageError> {
        self.unbound.map_or(Ok(()), Err)?;
        Ok(match self.target {
            Target::Sqlite(connection, arguments) => {
                sqlx::query_with(self.sql, arguments).execute(&mut **connection).await?.rows_affected()
            }
            Target::Postgres(connection, arguments) => {
                sqlx::query_with(self.sql, arguments).execute(&mut **connection).await?.rows_affected()
            }
        })
    }

    /// Changes exactly one row.
    ///
    /// # Errors
    /// [`StorageError::Changed`] where it changed none or several: the caller acted on a state that is not there.
    pub(super) async fn change_one(self, what: &'static str) -> Result<(), StorageError> {
        match self.execute().await? {
            1 => Ok(()),
            rows => Err(StorageError::Changed { what, rows }),
        }
    }

    pub(super) async fn fetch_all<T: Row>(self) -> Result<Vec<T>, StorageError> {
        self.unbound.map_or(Ok(()), Err)?;
        Ok(match self.target {
            Target::Sqlite(connection, arguments) => {
                sqlx::query_as_with(self.sql, arguments).fetch_all(&mut **connection).await?
            }
            Target::Postgres(connection, arguments) => {
                sqlx::query_as_with(self.sql, arguments).fetch_all(&mut **connection).await?
            }
        })
    }

    pub(super) async fn fetch_optional<T: Row>(self) -> Result<Option<T>, StorageError> {
        self.unbound.map_or(Ok(()), Err)?;
        Ok(match self.target {
            Target::Sqlite(connection, arguments) => {
                sqlx::query_as_with(self.sql, arguments).fetch_optional(&mut **connection).await?
            }
            Target::Postgres(connection, arguments) => {
                sqlx::query_as_with(self.sql, arguments).fetch_optional(&mut **connection).await?
            }
        })
    }
}

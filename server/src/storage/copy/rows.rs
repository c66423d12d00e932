//! The rows of a table as a stream of lines, out of either database and into it.

use super::{
    CopyError,
    form::{Form, Value},
};
use crate::storage::{Connection, StorageError, tables::Kind};
use futures_util::{StreamExt, TryStreamExt, stream::BoxStream};
use sha2::{Digest, Sha256};
use sqlx::{
    AssertSqlSafe, Postgres, QueryBuilder, Row, Sqlite, ValueRef,
    pool::PoolConnection,
    sqlite::{SqliteConnection, SqliteRow},
};

/// Bytes of lines that are sent at once. Our choice.
const BLOCK_BYTES: usize = 1 << 16;

/// Rows of one INSERT. Our choice: with the most columns far fewer values than the 32,766 that SQLite allows.
const INSERTED_ROWS: usize = 100;

/// Whole lines, one or several at a time.
pub(super) type Lines<'c> = BoxStream<'c, Result<Vec<u8>, CopyError>>;

/// How many lines there are, and what they say.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Content {
    rows: u64,
    sha256: [u8; 32],
}

impl Content {
    pub(super) fn rows(&self) -> u64 {
        self.rows
    }

    pub(super) async fn of(mut lines: Lines<'_>) -> Result<Self, CopyError> {
        let mut hashing = Hashing::default();
        while let Some(block) = lines.try_next().await? {
            hashing.update(&block);
        }
        Ok(hashing.finish())
    }
}

#[derive(Default)]
struct Hashing {
    rows: u64,
    sha256: Sha256,
}

impl Hashing {
    fn update(&mut self, block: &[u8]) {
        // A line end stands nowhere else: within a text it is escaped.
        let rows = block.split(|byte| *byte == b'\n').count().saturating_sub(1);
        self.rows = self.rows.saturating_add(u64::try_from(rows).unwrap_or(u64::MAX));
        self.sha256.update(block);
    }

    fn finish(self) -> Content {
        Content { rows: self.rows, sha256: self.sha256.finalize().into() }
    }
}

/// Whether the table has any.
pub(super) async fn has_rows(connection: &mut Connection, table: &str) -> Result<bool, StorageError> {
    // The name comes from the database itself, and a quotation mark in it is doubled.
    let sql = AssertSqlSafe(format!("SELECT 1 FROM \"{}\" LIMIT 1", table.replace('"', "\"\"")));
    Ok(match connection {
        Connection::Sqlite(connection) => sqlx::query(sql).fetch_optional(&mut **connection).await?.is_some(),
        Connection::Postgres(connection) => {
            sqlx::query(sql).fetch_optional(&mut **connection).await?.is_some()
        }
    })
}

/// All rows of the table, in the order of its key.
pub(super) async fn read<'c>(connection: &'c mut Connection, form: &'c Form) -> Result<Lines<'c>, CopyError> {
    Ok(match connection {
        Connection::Sqlite(connection) => sqlx::query(AssertSqlSafe(form.select("BINARY")))
            .fetch(&mut **connection)
            .map(|row| form.line(&values(&row?, form)?))
            .boxed(),
        Connection::Postgres(connection) => {
            sqlx::query("SET bytea_output = 'hex'").execute(&mut **connection).await?;
            let statement = format!("COPY ({}) TO STDOUT", form.select("\"C\""));
            connection.copy_out_raw(&statement).await?.map(|block| Ok(block?.into())).boxed()
        }
    })
}

fn values(row: &SqliteRow, form: &Form) -> Result<Vec<Value>, sqlx::Error> {
    let value = |(index, kind): (usize, Kind)| {
        if row.try_get_raw(index)?.is_null() {
            return Ok(Value::Null);
        }
        Ok(match kind {
            Kind::Integer => Value::Integer(row.try_get(index)?),
            Kind::Text => Value::Text(row.try_get(index)?),
            Kind::Bytes => Value::Bytes(row.try_get(index)?),
        })
    };
    form.columns().iter().map(|column| column.kind).enumerate().map(value).collect()
}

/// Writes all lines into the empty table.
pub(super) async fn write(
    connection: &mut Connection,
    form: &Form,
    lines: Lines<'_>,
) -> Result<Content, CopyError> {
    match connection {
        Connection::Sqlite(connection) => insert(connection, form, lines).await,
        Connection::Postgres(connection) => copy_in(connection, form, lines).await,
    }
}

async fn copy_in(
    connection: &mut PoolConnection<Postgres>,
    form: &Form,
    mut lines: Lines<'_>,
) -> Result<Content, CopyError> {
    let statement = format!("COPY \"{}\" ({}) FROM STDIN", form.table(), form.names());
    let mut copying = connection.copy_in_raw(&statement).await?;
    let mut hashing = Hashing::default();
    let mut waiting = Vec::with_capacity(BLOCK_BYTES);
    while let Some(block) = lines.try_next().await? {
        hashing.update(&block);
        waiting.extend(block);
        if waiting.len() >= BLOCK_BYTES {
            copying.send(std::mem::take(&mut waiting)).await?;
        }
    }
    copying.send(waiting).await?;
    copying.finish().await?;
    Ok(hashing.finish())
}

async fn insert(
    connection: &mut SqliteConnection,
    form: &Form,
    mut lines: Lines<'_>,
) -> Result<Content, CopyError> {
    let mut hashing = Hashing::default();
    let mut waiting = Vec::with_capacity(INSERTED_ROWS);
    while let Some(block) = lines.try_next().await? {
        hashing.update(&block);
        for line in block.split_inclusive(|byte| *byte == b'\n') {
            let row = line.strip_suffix(b"\n").and_then(|line| form.row(line));
            waiting.push(row.ok_or(StorageError::Unreadable { column: "a line of COPY" })?);
        }
        if waiting.len() >= INSERTED_ROWS {
            insert_rows(connection, form, std::mem::take(&mut waiting)).await?;
        }
    }
    insert_rows(connection, form, waiting).await?;
    Ok(hashing.finish())
}

async fn insert_rows(
    connection: &mut SqliteConnection,
    form: &Form,
    rows: Vec<Vec<Value>>,
) -> Result<(), CopyError> {
    if rows.is_empty() {
        return Ok(());
    }
    let mut statement: QueryBuilder<Sqlite> =
        QueryBuilder::new(format!("INSERT INTO \"{}\" ({}) ", form.table(), form.names()));
    statement.push_values(rows, |mut statement, row| {
        for value in row {
            match value {
                Value::Null => statement.push_bind(None::<i64>),
                Value::Integer(number) => statement.push_bind(number),
                Value::Text(text) => statement.push_bind(text),
                Value::Bytes(bytes) => statement.push_bind(bytes),
            };
        }
    });
    statement.build().execute(connection).await?;
    Ok(())
}

/// Has the database give the next row of the table the number after the greatest. SQLite does so by itself.
pub(super) async fn count_on(connection: &mut Connection, table: &str) -> Result<(), CopyError> {
    if let Connection::Postgres(connection) = connection {
        let sql = format!(
            "SELECT setval(pg_get_serial_sequence('{table}', 'sequence'), COALESCE(MAX(sequence), 1), COUNT(*) > 0) FROM \"{table}\""
        );
        sqlx::query(AssertSqlSafe(sql)).execute(&mut **connection).await?;
    }
    Ok(())
}

//! All tables, parents first, and what each database says of its own.

use super::{Connection, StorageError};

/// Where the migrations note what they did: the only table that is not ours.
const MIGRATIONS: &str = "_sqlx_migrations";

/// A table of this version.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) name: &'static str,
    /// The columns of its primary key.
    pub(super) key: &'static [&'static str],
}

const fn table(name: &'static str, key: &'static [&'static str]) -> Table {
    Table { name, key }
}

/// Each table comes after those that it refers to.
pub(super) const TABLES: [Table; 24] = [
    table("account", &["sequence"]),
    table("session", &["token_hash"]),
    table("sign_in_link", &["token_hash"]),
    table("customer", &["sequence"]),
    table("member", &["account_id", "customer_id", "role"]),
    table("partner", &["sequence"]),
    table("partner_member", &["account_id", "partner_id"]),
    table("partner_customer", &["partner_id", "customer_id"]),
    table("organization", &["sequence"]),
    table("mailbox", &["sequence"]),
    table("domain", &["sequence"]),
    table("orders", &["sequence"]),
    table("claim", &["sequence"]),
    table("document", &["sequence"]),
    table("claim_document", &["claim_id", "position"]),
    table("evidence", &["claim_id", "field"]),
    table("mailbox_challenge", &["token_hash"]),
    table("certificate", &["sequence"]),
    table("card_job", &["id"]),
    table("outbox", &["sequence"]),
    table("job", &["sequence"]),
    table("installation", &["only_row"]),
    table("crl", &["number"]),
    table("audit", &["sequence"]),
];

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Integer,
    Text,
    Bytes,
}

/// A column of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Column {
    pub(super) name: String,
    pub(super) kind: Kind,
}

/// The tables that the database has, by name, without that of the migrations.
pub(super) async fn present(connection: &mut Connection) -> Result<Vec<String>, StorageError> {
    let sql = match connection {
        Connection::Sqlite(_) => {
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name"
        }
        Connection::Postgres(_) => {
            "SELECT CAST(tablename AS TEXT) AS name FROM pg_tables WHERE schemaname = current_schema()
             ORDER BY tablename COLLATE \"C\""
        }
    };
    let names: Vec<(String,)> = connection.query(sql).fetch_all().await?;
    Ok(names.into_iter().map(|(name,)| name).filter(|name| name != MIGRATIONS).collect())
}

/// The columns of the table, by name.
pub(super) async fn columns(connection: &mut Connection, table: &str) -> Result<Vec<Column>, StorageError> {
    let sql = match connection {
        Connection::Sqlite(_) => "SELECT name, type FROM pragma_table_info($1) ORDER BY name",
        Connection::Postgres(_) => {
            "SELECT CAST(column_name AS TEXT), CAST(data_type AS TEXT) FROM information_schema.columns
             WHERE table_schema = current_schema() AND table_name = $1 ORDER BY CAST(column_name AS TEXT) COLLATE \"C\""
        }
    };
    let columns: Vec<(String, String)> = connection.query(sql).bind(table).fetch_all().await?;
    columns
        .into_iter()
        .map(|(name, kind)| {
            let kind = match kind.as_str() {
                "INTEGER" | "bigint" => Kind::Integer,
                "TEXT" | "text" => Kind::Text,
                "BLOB" | "bytea" => Kind::Bytes,
                _ => return Err(StorageError::Unreadable { column: "a column of an unknown type" }),
            };
            Ok(Column { name, kind })
        })
        .collect()
}

/// The version of the database: the number of the last migration.
pub(super) async fn version(connection: &mut Connection) -> Result<Option<i64>, StorageError> {
    let row: Option<(Option<i64>,)> =
        connection.query("SELECT MAX(version) FROM _sqlx_migrations").fetch_optional().await?;
    Ok(row.and_then(|(version,)| version))
}

#[cfg(test)]
mod tests {
    use super::{TABLES, columns, present};
    use crate::storage::{Connection, DatabaseAddress, Store};
    use std::collections::BTreeSet;

    /// A fresh SQLite file.
    async fn sqlite() -> (tempfile::TempDir, Store) {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&DatabaseAddress::Sqlite(folder.path().join("signet.sqlite"))).await.unwrap();
        (folder, store)
    }

    async fn check_names(connection: &mut Connection) {
        let listed: BTreeSet<_> = TABLES.iter().map(|table| table.name.to_owned()).collect();
        assert_eq!(listed.len(), TABLES.len(), "a table is listed twice");
        let present: BTreeSet<_> = present(connection).await.unwrap().into_iter().collect();
        assert_eq!(listed, present);
        for table in &TABLES {
            let columns = columns(connection, table.name).await.unwrap();
            for key in table.key {
                assert!(columns.iter().any(|column| column.name == *key), "{}.{key}", table.name);
            }
        }
    }

    #[tokio::test]
    async fn the_list_names_each_table_that_sqlite_has() {
        let (_folder, store) = sqlite().await;
        check_names(&mut store.read().await.unwrap()).await;
    }

    #[tokio::test]
    async fn both_databases_have_the_listed_tables_with_the_same_columns() {
        let Ok(server) = std::env::var("SIGNET_TEST_POSTGRES") else { return };
        let admin = sqlx::PgPool::connect(&server).await.unwrap();
        let name = format!("signet_tables_{}", std::process::id());
        sqlx::query(sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}"))).execute(&admin).await.unwrap();
        let (before, _) = server.rsplit_once('/').unwrap();
        let postgres = Store::open(&DatabaseAddress::Postgres(format!("{before}/{name}"))).await.unwrap();
        let (_folder, sqlite) = sqlite().await;
        {
            let (mut left, mut right) = (postgres.read().await.unwrap(), sqlite.read().await.unwrap());
            check_names(&mut left).await;
            for table in &TABLES {
                assert_eq!(
                    columns(&mut left, table.name).await.unwrap(),
                    columns(&mut right, table.name).await.unwrap(),
                    "{}",
                    table.name
                );
            }
        }
        postgres.close().await;
        sqlx::query(sqlx::AssertSqlSafe(format!("DROP DATABASE {name} WITH (FORCE)")))
            .execute(&admin)
            .await
            .unwrap();
    }

    #[tokio::test]
    async fn each_table_comes_after_those_that_it_refers_to() {
        let (_folder, store) = sqlite().await;
        let mut connection = store.read().await.unwrap();
        for (position, table) in TABLES.iter().enumerate() {
            let parents: Vec<(String,)> = connection
                .query("SELECT \"table\" FROM pragma_foreign_key_list($1)")
                .bind(table.name)
                .fetch_all()
                .await
                .unwrap();
            for (parent,) in parents {
                let known = TABLES.iter().take(position + 1).any(|table| table.name == parent);
                assert!(known, "{} refers to {parent}, which comes later", table.name);
            }
        }
    }
}

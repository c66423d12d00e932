//! Open sessions.

use super::{StorageError, account, from_column, to_column};
use crate::{id::AccountId, secret::SecretHash, storage::account::Account};
use protocol::Timestamp;
use sqlx::SqliteConnection;

/// An open session.
#[derive(Debug)]
pub(crate) struct StoredSession {
    pub(crate) account: Account,
    pub(crate) created_at: Timestamp,
    pub(crate) last_used_at: Timestamp,
}

/// The session of this token, however old.
pub(crate) async fn lookup(
    connection: &mut SqliteConnection,
    token: &SecretHash,
) -> Result<Option<StoredSession>, StorageError> {
    let row: Option<(AccountId, String, String, i64, i64)> = sqlx::query_as(
        "SELECT account.id, account.email, account.role, session.created_at, session.last_used_at
         FROM session JOIN account ON account.id = session.account_id WHERE session.token_hash = ?",
    )
    .bind(token.as_bytes())
    .fetch_optional(connection)
    .await?;
    row.map(|(id, email, role, created_at, last_used_at)| {
        Ok(StoredSession {
            account: Account { id, email, role: account::role_from_column(&role)? },
            created_at: from_column(created_at, "session.created_at")?,
            last_used_at: from_column(last_used_at, "session.last_used_at")?,
        })
    })
    .transpose()
}

/// Opens a session.
pub(crate) async fn insert(
    connection: &mut SqliteConnection,
    token: &SecretHash,
    account: &AccountId,
    at: Timestamp,
) -> Result<(), StorageError> {
    sqlx::query("INSERT INTO session (token_hash, account_id, created_at, last_used_at) VALUES (?, ?, ?, ?)")
        .bind(token.as_bytes())
        .bind(account)
        .bind(to_column(at))
        .bind(to_column(at))
        .execute(connection)
        .await?;
    Ok(())
}

/// Notes that the session was used.
pub(crate) async fn touch(
    connection: &mut SqliteConnection,
    token: &SecretHash,
    at: Timestamp,
) -> Result<(), StorageError> {
    sqlx::query("UPDATE session SET last_used_at = ? WHERE token_hash = ?")
        .bind(to_column(at))
        .bind(token.as_bytes())
        .execute(connection)
        .await?;
    Ok(())
}

/// Ends the session.
pub(crate) async fn remove(
    connection: &mut SqliteConnection,
    token: &SecretHash,
) -> Result<(), StorageError> {
    sqlx::query("DELETE FROM session WHERE token_hash = ?")
        .bind(token.as_bytes())
        .execute(connection)
        .await?;
    Ok(())
}

/// Removes the sessions that were last used before `idle_since` or opened before `opened_since`.
pub(crate) async fn remove_ended(
    connection: &mut SqliteConnection,
    idle_since: Timestamp,
    opened_since: Timestamp,
) -> Result<(), StorageError> {
    sqlx::query("DELETE FROM session WHERE last_used_at < ? OR created_at < ?")
        .bind(to_column(idle_since))
        .bind(to_column(opened_since))
        .execute(connection)
        .await?;
    Ok(())
}

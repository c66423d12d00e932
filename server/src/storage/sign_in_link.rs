//! Links that sign in once.

use super::{StorageError, from_column, to_column};
use crate::{id::MessageId, secret::SecretHash};
use protocol::Timestamp;
use sqlx::SqliteConnection;

/// A link that was given out.
#[derive(Debug)]
pub(crate) struct StoredLink {
    pub(crate) email: String,
    pub(crate) expires_at: Timestamp,
    pub(crate) used: bool,
}

/// Adds a link. `message` is the mail that carries it; a printed link has none.
pub(crate) async fn insert(
    connection: &mut SqliteConnection,
    token: &SecretHash,
    email: &str,
    message: Option<&MessageId>,
    created_at: Timestamp,
    expires_at: Timestamp,
) -> Result<(), StorageError> {
    sqlx::query(
        "INSERT INTO sign_in_link (token_hash, email, message_id, created_at, expires_at) VALUES (?, ?, ?, ?, ?)",
    )
    .bind(token.as_bytes())
    .bind(email)
    .bind(message)
    .bind(to_column(created_at))
    .bind(to_column(expires_at))
    .execute(connection)
    .await?;
    Ok(())
}

/// The link of this token, whatever its state.
pub(crate) async fn lookup(
    connection: &mut SqliteConnection,
    token: &SecretHash,
) -> Result<Option<StoredLink>, StorageError> {
    let row: Option<(String, i64, Option<i64>)> =
        sqlx::query_as("SELECT email, expires_at, used_at FROM sign_in_link WHERE token_hash = ?")
            .bind(token.as_bytes())
            .fetch_optional(connection)
            .await?;
    row.map(|(email, expires_at, used_at)| {
        Ok(StoredLink {
            email,
            expires_at: from_column(expires_at, "sign_in_link.expires_at")?,
            used: used_at.is_some(),
        })
    })
    .transpose()
}

/// Marks the link as used.
pub(crate) async fn mark_used(
    connection: &mut SqliteConnection,
    token: &SecretHash,
    at: Timestamp,
) -> Result<(), StorageError> {
    sqlx::query("UPDATE sign_in_link SET used_at = ? WHERE token_hash = ? AND used_at IS NULL")
        .bind(to_column(at))
        .bind(token.as_bytes())
        .execute(connection)
        .await?;
    Ok(())
}

/// Sets the end of the link that this message carries, now that it is on its way.
pub(crate) async fn set_expiry(
    connection: &mut SqliteConnection,
    message: &MessageId,
    expires_at: Timestamp,
) -> Result<(), StorageError> {
    sqlx::query("UPDATE sign_in_link SET expires_at = ? WHERE message_id = ? AND used_at IS NULL")
        .bind(to_column(expires_at))
        .bind(message)
        .execute(connection)
        .await?;
    Ok(())
}

/// Removes the printed links that nobody used.
pub(crate) async fn remove_unused_printed(connection: &mut SqliteConnection) -> Result<(), StorageError> {
    sqlx::query("DELETE FROM sign_in_link WHERE message_id IS NULL AND used_at IS NULL")
        .execute(connection)
        .await?;
    Ok(())
}

/// Removes the links that ended before `moment`: by then nobody asks any more why one does not work.
pub(crate) async fn remove_ended(
    connection: &mut SqliteConnection,
    moment: Timestamp,
) -> Result<(), StorageError> {
    sqlx::query("DELETE FROM sign_in_link WHERE expires_at < ?")
        .bind(to_column(moment))
        .execute(connection)
        .await?;
    Ok(())
}

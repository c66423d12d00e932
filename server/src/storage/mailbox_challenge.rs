//! Random values that were sent to mailboxes.

use super::{StorageError, from_column, to_column};
use crate::{
    id::{AccountId, MessageId, OrderId},
    secret::SecretHash,
};
use protocol::Timestamp;
use sqlx::{FromRow, SqliteConnection};

/// A challenge that was sent.
#[derive(Debug)]
pub(crate) struct StoredChallenge {
    pub(crate) order_id: OrderId,
    pub(crate) mailbox: String,
    pub(crate) message_id: MessageId,
    pub(crate) created_at: Timestamp,
    pub(crate) expires_at: Timestamp,
    pub(crate) superseded: bool,
    pub(crate) confirmed_at: Option<Timestamp>,
}

/// What a new challenge is bound to.
#[derive(Debug)]
pub(crate) struct NewChallenge<'a> {
    pub(crate) order_id: &'a OrderId,
    pub(crate) account_id: &'a AccountId,
    pub(crate) mailbox: &'a str,
    pub(crate) message_id: &'a MessageId,
    pub(crate) created_at: Timestamp,
    pub(crate) expires_at: Timestamp,
}

#[derive(FromRow)]
struct Row {
    order_id: OrderId,
    mailbox: String,
    message_id: MessageId,
    created_at: i64,
    expires_at: i64,
    superseded_at: Option<i64>,
    confirmed_at: Option<i64>,
}

impl TryFrom<Row> for StoredChallenge {
    type Error = StorageError;

    fn try_from(row: Row) -> Result<Self, Self::Error> {
        Ok(Self {
            order_id: row.order_id,
            mailbox: row.mailbox,
            message_id: row.message_id,
            created_at: from_column(row.created_at, "mailbox_challenge.created_at")?,
            expires_at: from_column(row.expires_at, "mailbox_challenge.expires_at")?,
            superseded: row.superseded_at.is_some(),
            confirmed_at: row
                .confirmed_at
                .map(|at| from_column(at, "mailbox_challenge.confirmed_at"))
                .transpose()?,
        })
    }
}

/// Adds a challenge. The order has no other live one: [`supersede`] first.
pub(crate) async fn insert(
    connection: &mut SqliteConnection,
    token: &SecretHash,
    challenge: &NewChallenge<'_>,
) -> Result<(), StorageError> {
    sqlx::query(
        "INSERT INTO mailbox_challenge (token_hash, order_id, account_id, mailbox, message_id, created_at, expires_at)
         VALUES (?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(token.as_bytes())
    .bind(challenge.order_id)
    .bind(challenge.account_id)
    .bind(challenge.mailbox)
    .bind(challenge.message_id)
    .bind(to_column(challenge.created_at))
    .bind(to_column(challenge.expires_at))
    .execute(connection)
    .await?;
    Ok(())
}

/// The challenge of this token, whatever its state.
pub(crate) async fn lookup(
    connection: &mut SqliteConnection,
    token: &SecretHash,
) -> Result<Option<StoredChallenge>, StorageError> {
    let row: Option<Row> = sqlx::query_as(
        "SELECT order_id, mailbox, message_id, created_at, expires_at, superseded_at, confirmed_at
         FROM mailbox_challenge WHERE token_hash = ?",
    )
    .bind(token.as_bytes())
    .fetch_optional(connection)
    .await?;
    row.map(TryInto::try_into).transpose()
}

/// The newest challenge of the order, the only one that no other ended.
pub(crate) async fn lookup_live(
    connection: &mut SqliteConnection,
    order: &OrderId,
) -> Result<Option<StoredChallenge>, StorageError> {
    let row: Option<Row> = sqlx::query_as(
        "SELECT order_id, mailbox, message_id, created_at, expires_at, superseded_at, confirmed_at
         FROM mailbox_challenge WHERE order_id = ? AND superseded_at IS NULL",
    )
    .bind(order)
    .fetch_optional(connection)
    .await?;
    row.map(TryInto::try_into).transpose()
}

/// When challenges were sent on behalf of the account, since `since`, oldest first.
pub(crate) async fn sent_since(
    connection: &mut SqliteConnection,
    account: &AccountId,
    since: Timestamp,
) -> Result<Vec<Timestamp>, StorageError> {
    let rows: Vec<(i64,)> = sqlx::query_as(
        "SELECT created_at FROM mailbox_challenge WHERE account_id = ? AND created_at > ? ORDER BY created_at",
    )
    .bind(account)
    .bind(to_column(since))
    .fetch_all(connection)
    .await?;
    rows.into_iter().map(|(at,)| from_column(at, "mailbox_challenge.created_at")).collect()
}

/// Ends the live challenge of the order.
pub(crate) async fn supersede(
    connection: &mut SqliteConnection,
    order: &OrderId,
    at: Timestamp,
) -> Result<(), StorageError> {
    sqlx::query(
        "UPDATE mailbox_challenge SET superseded_at = ? WHERE order_id = ? AND superseded_at IS NULL",
    )
    .bind(to_column(at))
    .bind(order)
    .execute(connection)
    .await?;
    Ok(())
}

/// Notes that the random value came back.
pub(crate) async fn mark_confirmed(
    connection: &mut SqliteConnection,
    token: &SecretHash,
    at: Timestamp,
) -> Result<(), StorageError> {
    sqlx::query(
        "UPDATE mailbox_challenge SET confirmed_at = ? WHERE token_hash = ? AND confirmed_at IS NULL",
    )
    .bind(to_column(at))
    .bind(token.as_bytes())
    .execute(connection)
    .await?;
    Ok(())
}

/// Sets the end of the challenge that this message carries, now that it is on its way.
pub(crate) async fn set_expiry(
    connection: &mut SqliteConnection,
    message: &MessageId,
    expires_at: Timestamp,
) -> Result<(), StorageError> {
    sqlx::query("UPDATE mailbox_challenge SET expires_at = ? WHERE message_id = ? AND confirmed_at IS NULL")
        .bind(to_column(expires_at))
        .bind(message)
        .execute(connection)
        .await?;
    Ok(())
}

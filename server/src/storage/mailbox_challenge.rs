//! Random values that were sent to mailboxes.

use super::{Connection, StorageError, Transaction, column::Moment};
use crate::{
    id::{AccountId, MailboxId, MessageId, OrderId},
    secret::SecretHash,
};
use protocol::Timestamp;
use sqlx::FromRow;

/// A challenge that was written.
#[derive(Debug)]
pub(crate) struct StoredChallenge {
    pub(crate) mailbox_id: MailboxId,
    /// On whose page it was asked for.
    pub(crate) order_id: OrderId,
    pub(crate) created_at: Timestamp,
    pub(crate) superseded: bool,
    pub(crate) confirmed: bool,
}

/// What a new challenge is bound to.
#[derive(Debug)]
pub(crate) struct NewChallenge<'a> {
    pub(crate) mailbox_id: &'a MailboxId,
    pub(crate) order_id: &'a OrderId,
    pub(crate) account_id: &'a AccountId,
    pub(crate) message_id: &'a MessageId,
    pub(crate) created_at: Timestamp,
}

#[derive(FromRow)]
struct Row {
    mailbox_id: MailboxId,
    order_id: OrderId,
    created_at: Moment,
    superseded_at: Option<Moment>,
    confirmed_at: Option<Moment>,
}

impl From<Row> for StoredChallenge {
    fn from(row: Row) -> Self {
        Self {
            mailbox_id: row.mailbox_id,
            order_id: row.order_id,
            created_at: row.created_at.into(),
            superseded: row.superseded_at.is_some(),
            confirmed: row.confirmed_at.is_some(),
        }
    }
}

/// Adds a challenge. Those before it are to be ended: [`supersede`] first.
pub(crate) async fn insert(
    transaction: &mut Transaction,
    token: &SecretHash,
    challenge: &NewChallenge<'_>,
) -> Result<(), StorageError> {
    transaction
        .query(
            "INSERT INTO mailbox_challenge (token_hash, mailbox_id, order_id, account_id, message_id, created_at)
             VALUES ($1, $2, $3, $4, $5, $6)",
        )
        .bind(token.as_bytes())
        .bind(challenge.mailbox_id)
        .bind(challenge.order_id)
        .bind(challenge.account_id)
        .bind(challenge.message_id)
        .bind(Moment(challenge.created_at))
        .change_one("mailbox_challenge")
        .await
}

/// The challenge of this token, whatever its state.
pub(crate) async fn lookup(
    connection: &mut Connection,
    token: &SecretHash,
) -> Result<Option<StoredChallenge>, StorageError> {
    let row: Option<Row> = connection
        .query(
            "SELECT mailbox_id, order_id, created_at, superseded_at, confirmed_at
             FROM mailbox_challenge WHERE token_hash = $1",
        )
        .bind(token.as_bytes())
        .fetch_optional()
        .await?;
    Ok(row.map(Into::into))
}

/// The newest challenge of the mailbox that no other ended.
pub(crate) async fn lookup_live(
    connection: &mut Connection,
    mailbox: &MailboxId,
) -> Result<Option<StoredChallenge>, StorageError> {
    let row: Option<Row> = connection
        .query(
            "SELECT mailbox_id, order_id, created_at, superseded_at, confirmed_at
             FROM mailbox_challenge WHERE mailbox_id = $1 AND superseded_at IS NULL
             ORDER BY created_at DESC LIMIT 1",
        )
        .bind(mailbox)
        .fetch_optional()
        .await?;
    Ok(row.map(Into::into))
}

/// When challenges were sent on behalf of the account, since `since`, oldest first.
pub(crate) async fn sent_since(
    connection: &mut Connection,
    account: &AccountId,
    since: Timestamp,
) -> Result<Vec<Timestamp>, StorageError> {
    let rows: Vec<(Moment,)> = connection
        .query(
            "SELECT created_at FROM mailbox_challenge WHERE account_id = $1 AND created_at > $2 ORDER BY created_at",
        )
        .bind(account)
        .bind(Moment(since))
        .fetch_all()
        .await?;
    Ok(rows.into_iter().map(|(at,)| at.into()).collect())
}

/// Ends the challenges of the mailbox that no other ended; gives the messages that carry them.
pub(crate) async fn supersede(
    transaction: &mut Transaction,
    mailbox: &MailboxId,
    at: Timestamp,
) -> Result<Vec<MessageId>, StorageError> {
    let rows: Vec<(MessageId,)> = transaction
        .query(
            "UPDATE mailbox_challenge SET superseded_at = $1 WHERE mailbox_id = $2 AND superseded_at IS NULL
             RETURNING message_id",
        )
        .bind(Moment(at))
        .bind(mailbox)
        .fetch_all()
        .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Notes that the random value came back.
pub(crate) async fn mark_confirmed(
    transaction: &mut Transaction,
    token: &SecretHash,
    at: Timestamp,
) -> Result<(), StorageError> {
    transaction
        .query(
            "UPDATE mailbox_challenge SET confirmed_at = $1 WHERE token_hash = $2 AND confirmed_at IS NULL",
        )
        .bind(Moment(at))
        .bind(token.as_bytes())
        .change_one("mailbox_challenge.confirmed_at")
        .await
}

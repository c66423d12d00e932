//! Links that sign in once.

use super::{Connection, StorageError, Transaction, column::Moment};
use crate::{id::MessageId, secret::SecretHash};
use protocol::Timestamp;

/// A link that was given out.
#[derive(Debug)]
pub(crate) struct StoredLink {
    pub(crate) email: String,
    pub(crate) way: LinkWay,
    pub(crate) created_at: Timestamp,
    pub(crate) used: bool,
}

/// How a link reaches its person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LinkWay {
    /// By mail; `None` until the message has left.
    Mailed { sent_at: Option<Timestamp> },
    /// Printed by a demonstration.
    Printed,
}

/// Adds a link. `message` is the mail that carries it; a printed link has none.
pub(crate) async fn insert(
    transaction: &mut Transaction,
    token: &SecretHash,
    email: &str,
    message: Option<&MessageId>,
    created_at: Timestamp,
) -> Result<(), StorageError> {
    transaction
        .query("INSERT INTO sign_in_link (token_hash, email, message_id, created_at) VALUES ($1, $2, $3, $4)")
        .bind(token.as_bytes())
        .bind(email)
        .bind(message)
        .bind(Moment(created_at))
        .change_one("sign_in_link")
        .await
}

/// Address, message, and when the link was made, sent and used.
type Row = (String, Option<MessageId>, Moment, Option<Moment>, Option<Moment>);

/// The link of this token, whatever its state.
pub(crate) async fn lookup(
    connection: &mut Connection,
    token: &SecretHash,
) -> Result<Option<StoredLink>, StorageError> {
    let row: Option<Row> = connection
        .query(
            "SELECT email, message_id, created_at, sent_at, used_at FROM sign_in_link WHERE token_hash = $1",
        )
        .bind(token.as_bytes())
        .fetch_optional()
        .await?;
    Ok(row.map(|(email, message, created_at, sent_at, used_at)| StoredLink {
        email,
        way: match message {
            Some(_) => LinkWay::Mailed { sent_at: sent_at.map(Into::into) },
            None => LinkWay::Printed,
        },
        created_at: created_at.into(),
        used: used_at.is_some(),
    }))
}

/// Marks the link as used.
pub(crate) async fn mark_used(
    transaction: &mut Transaction,
    token: &SecretHash,
    at: Timestamp,
) -> Result<(), StorageError> {
    transaction
        .query("UPDATE sign_in_link SET used_at = $1 WHERE token_hash = $2 AND used_at IS NULL")
        .bind(Moment(at))
        .bind(token.as_bytes())
        .change_one("sign_in_link.used_at")
        .await
}

/// Notes when the message left that carries a link.
pub(crate) async fn mark_sent(
    transaction: &mut Transaction,
    message: &MessageId,
    at: Timestamp,
) -> Result<(), StorageError> {
    transaction
        .query("UPDATE sign_in_link SET sent_at = $1 WHERE message_id = $2")
        .bind(Moment(at))
        .bind(message)
        .execute()
        .await?;
    Ok(())
}

/// Removes the printed links that nobody used.
pub(crate) async fn remove_unused_printed(transaction: &mut Transaction) -> Result<(), StorageError> {
    transaction
        .query("DELETE FROM sign_in_link WHERE message_id IS NULL AND used_at IS NULL")
        .execute()
        .await?;
    Ok(())
}

/// Removes the links that were made before `moment`: by then nobody asks any more why one does not work.
pub(crate) async fn remove_made_before(
    transaction: &mut Transaction,
    moment: Timestamp,
) -> Result<u64, StorageError> {
    transaction.query("DELETE FROM sign_in_link WHERE created_at < $1").bind(Moment(moment)).execute().await
}

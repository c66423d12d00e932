//! Outgoing mail, written in the transaction of the act that it tells of.

use super::{StorageError, from_column, to_column};
use crate::id::MessageId;
use protocol::{InboxMessage, Timestamp};
use sqlx::SqliteConnection;

/// What a message is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MessageKind {
    /// Carries a link that signs in.
    SignInLink,
    /// Carries a mailbox challenge.
    MailboxChallenge,
    /// Tells of something; its link opens nothing by itself.
    Notice,
}

impl MessageKind {
    fn column(self) -> &'static str {
        match self {
            Self::SignInLink => "sign-in-link",
            Self::MailboxChallenge => "mailbox-challenge",
            Self::Notice => "notice",
        }
    }

    fn from_column(text: &str) -> Result<Self, StorageError> {
        [Self::SignInLink, Self::MailboxChallenge, Self::Notice]
            .into_iter()
            .find(|kind| kind.column() == text)
            .ok_or(StorageError::Unreadable { column: "outbox.kind" })
    }
}

/// A message that waits.
#[derive(Debug)]
pub(crate) struct StoredMessage {
    pub(crate) id: MessageId,
    pub(crate) kind: MessageKind,
    pub(crate) recipient: String,
    pub(crate) subject: String,
    pub(crate) body: String,
    pub(crate) written_at: Timestamp,
    /// How often it was tried in vain.
    pub(crate) attempts: u32,
}

/// Adds a message that is due at once.
pub(crate) async fn insert(
    connection: &mut SqliteConnection,
    message: &StoredMessage,
) -> Result<(), StorageError> {
    sqlx::query(
        "INSERT INTO outbox (id, kind, recipient, subject, body, written_at, next_attempt_at)
         VALUES (?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(&message.id)
    .bind(message.kind.column())
    .bind(&message.recipient)
    .bind(&message.subject)
    .bind(&message.body)
    .bind(to_column(message.written_at))
    .bind(to_column(message.written_at))
    .execute(connection)
    .await?;
    Ok(())
}

/// The messages to send next, at most `limit`: first those that a person waits for, then notices, each in the order in
/// which they became due; none that was written before `given_up`.
pub(crate) async fn first_due(
    connection: &mut SqliteConnection,
    now: Timestamp,
    given_up: Timestamp,
    limit: u32,
) -> Result<Vec<StoredMessage>, StorageError> {
    let rows: Vec<(MessageId, String, String, String, String, i64, u32)> = sqlx::query_as(
        "SELECT id, kind, recipient, subject, body, written_at, attempts FROM outbox
         WHERE sent_at IS NULL AND next_attempt_at <= ? AND written_at > ?
         ORDER BY kind = 'notice', next_attempt_at, rowid LIMIT ?",
    )
    .bind(to_column(now))
    .bind(to_column(given_up))
    .bind(limit)
    .fetch_all(connection)
    .await?;
    rows.into_iter()
        .map(|(id, kind, recipient, subject, body, written_at, attempts)| {
            Ok(StoredMessage {
                id,
                kind: MessageKind::from_column(&kind)?,
                recipient,
                subject,
                body,
                written_at: from_column(written_at, "outbox.written_at")?,
                attempts,
            })
        })
        .collect()
}

/// Whether the text of a message stays after it is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AfterSending {
    /// The inbox page shows it.
    Keep,
    /// Its link is a secret.
    Wipe,
}

/// Marks the message as sent.
pub(crate) async fn mark_sent(
    connection: &mut SqliteConnection,
    id: &MessageId,
    at: Timestamp,
    after: AfterSending,
) -> Result<(), StorageError> {
    sqlx::query(
        "UPDATE outbox SET sent_at = ?, last_error = NULL, body = CASE WHEN ? THEN '' ELSE body END
         WHERE id = ?",
    )
    .bind(to_column(at))
    .bind(after == AfterSending::Wipe)
    .bind(id)
    .execute(connection)
    .await?;
    Ok(())
}

/// Notes an attempt in vain and when the next one is due.
pub(crate) async fn mark_failed(
    connection: &mut SqliteConnection,
    id: &MessageId,
    error: &str,
    next_attempt_at: Timestamp,
) -> Result<(), StorageError> {
    sqlx::query(
        "UPDATE outbox SET attempts = attempts + 1, last_error = ?, next_attempt_at = ? WHERE id = ?",
    )
    .bind(error)
    .bind(to_column(next_attempt_at))
    .bind(id)
    .execute(connection)
    .await?;
    Ok(())
}

/// Takes a message back that was not sent yet.
pub(crate) async fn withdraw(connection: &mut SqliteConnection, id: &MessageId) -> Result<(), StorageError> {
    sqlx::query("DELETE FROM outbox WHERE id = ? AND sent_at IS NULL").bind(id).execute(connection).await?;
    Ok(())
}

/// When the messages were written that anyone could have asked for to this address, since `since`, oldest first.
pub(crate) async fn requested_since(
    connection: &mut SqliteConnection,
    recipient: &str,
    since: Timestamp,
) -> Result<Vec<Timestamp>, StorageError> {
    let rows: Vec<(i64,)> = sqlx::query_as(
        "SELECT written_at FROM outbox
         WHERE recipient = ? COLLATE NOCASE AND written_at > ? AND kind <> 'notice' ORDER BY written_at",
    )
    .bind(recipient)
    .bind(to_column(since))
    .fetch_all(connection)
    .await?;
    rows.into_iter().map(|(at,)| from_column(at, "outbox.written_at")).collect()
}

/// All messages with their texts, newest first, at most `limit`.
pub(crate) async fn newest(
    connection: &mut SqliteConnection,
    limit: u32,
) -> Result<Vec<InboxMessage>, StorageError> {
    let rows: Vec<(String, String, String, String, i64)> = sqlx::query_as(
        "SELECT id, recipient, subject, body, written_at FROM outbox ORDER BY written_at DESC, rowid DESC LIMIT ?",
    )
    .bind(limit)
    .fetch_all(connection)
    .await?;
    rows.into_iter()
        .map(|(id, to, subject, text, written_at)| {
            Ok(InboxMessage {
                id,
                to,
                subject,
                text,
                written_at: from_column(written_at, "outbox.written_at")?,
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{MessageKind, StoredMessage, first_due, insert};
    use crate::{id::MessageId, storage::Store};
    use protocol::Timestamp;
    use std::time::Duration;

    #[tokio::test]
    async fn messages_that_a_person_waits_for_go_before_older_notices() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("signet.sqlite")).await.unwrap();
        let mut connection = store.pool().acquire().await.unwrap();
        let beginning = Timestamp::from_unix_seconds(1_795_362_072).unwrap();
        let kinds = [
            MessageKind::Notice,
            MessageKind::MailboxChallenge,
            MessageKind::Notice,
            MessageKind::SignInLink,
        ];
        let mut now = beginning;
        for (number, kind) in kinds.into_iter().enumerate() {
            now = now.plus(Duration::from_secs(1));
            let message = StoredMessage {
                id: MessageId::from(number.to_string()),
                kind,
                recipient: "customer@example.com".to_owned(),
                subject: String::new(),
                body: String::new(),
                written_at: now,
                attempts: 0,
            };
            insert(&mut connection, &message).await.unwrap();
        }
        let due = first_due(&mut connection, now, beginning, 3).await.unwrap();
        let ids: Vec<_> = due.iter().map(|message| message.id.as_str()).collect();
        assert_eq!(ids, ["1", "3", "0"]);
    }
}

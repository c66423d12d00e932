//! Outgoing mail, written in the transaction of the act that it tells of. When it is sent, its job says.

use super::{
    Connection, StorageError, Transaction,
    column::{Moment, of_word},
};
use crate::id::MessageId;
use protocol::Timestamp;
use sqlx::FromRow;

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
        of_word([Self::SignInLink, Self::MailboxChallenge, Self::Notice], Self::column, text, "outbox.kind")
    }
}

/// A message.
#[derive(Clone, Debug)]
pub(crate) struct StoredMessage {
    pub(crate) id: MessageId,
    pub(crate) kind: MessageKind,
    pub(crate) recipient: String,
    pub(crate) subject: String,
    /// Empty once an SMTP server has it.
    pub(crate) body: String,
    pub(crate) written_at: Timestamp,
    pub(crate) sent_at: Option<Timestamp>,
}

#[derive(FromRow)]
struct Row {
    id: MessageId,
    kind: String,
    recipient: String,
    subject: String,
    body: String,
    written_at: Moment,
    sent_at: Option<Moment>,
}

impl TryFrom<Row> for StoredMessage {
    type Error = StorageError;

    fn try_from(row: Row) -> Result<Self, Self::Error> {
        Ok(Self {
            id: row.id,
            kind: MessageKind::from_column(&row.kind)?,
            recipient: row.recipient,
            subject: row.subject,
            body: row.body,
            written_at: row.written_at.into(),
            sent_at: row.sent_at.map(Into::into),
        })
    }
}

/// An address as messages to it are counted: mail servers do not tell `Anna@` from `anna@`.
fn folded(recipient: &str) -> String {
    recipient.to_ascii_lowercase()
}

/// Adds a message.
pub(crate) async fn insert(
    transaction: &mut Transaction,
    message: &StoredMessage,
) -> Result<(), StorageError> {
    transaction
        .query(
            "INSERT INTO outbox (id, kind, recipient, folded, subject, body, written_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(&message.id)
        .bind(message.kind.column())
        .bind(&message.recipient)
        .bind(folded(&message.recipient))
        .bind(&message.subject)
        .bind(&message.body)
        .bind(Moment(message.written_at))
        .change_one("outbox")
        .await
}

/// The message with this id; `None` where it was withdrawn.
pub(crate) async fn lookup(
    connection: &mut Connection,
    id: &MessageId,
) -> Result<Option<StoredMessage>, StorageError> {
    let row: Option<Row> = connection
        .query("SELECT id, kind, recipient, subject, body, written_at, sent_at FROM outbox WHERE id = $1")
        .bind(id)
        .fetch_optional()
        .await?;
    row.map(TryInto::try_into).transpose()
}

/// Whether the text of a message stays after it is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AfterSending {
    /// The inbox page shows it.
    Keep,
    /// Its link is a secret.
    Wipe,
}

/// Marks the message as sent, unless it is marked or was withdrawn: whether it did.
pub(crate) async fn mark_sent(
    transaction: &mut Transaction,
    id: &MessageId,
    at: Timestamp,
    after: AfterSending,
) -> Result<bool, StorageError> {
    let rows = transaction
        .query(
            "UPDATE outbox SET sent_at = $1, body = CASE WHEN $2 THEN '' ELSE body END
             WHERE id = $3 AND sent_at IS NULL",
        )
        .bind(Moment(at))
        .bind(after == AfterSending::Wipe)
        .bind(id)
        .execute()
        .await?;
    Ok(rows == 1)
}

/// Takes a message back that was not sent yet: whether it did.
pub(crate) async fn withdraw(transaction: &mut Transaction, id: &MessageId) -> Result<bool, StorageError> {
    let rows =
        transaction.query("DELETE FROM outbox WHERE id = $1 AND sent_at IS NULL").bind(id).execute().await?;
    Ok(rows == 1)
}

/// When the messages were written that anyone could have asked for to this address, since `since`, oldest first.
pub(crate) async fn requested_since(
    connection: &mut Connection,
    recipient: &str,
    since: Timestamp,
) -> Result<Vec<Timestamp>, StorageError> {
    let rows: Vec<(Moment,)> = connection
        .query(
            "SELECT written_at FROM outbox
             WHERE folded = $1 AND written_at > $2 AND kind <> 'notice' ORDER BY written_at",
        )
        .bind(folded(recipient))
        .bind(Moment(since))
        .fetch_all()
        .await?;
    Ok(rows.into_iter().map(|(at,)| at.into()).collect())
}

/// The newest messages with their texts, newest first.
pub(crate) async fn newest(
    connection: &mut Connection,
    limit: u32,
) -> Result<Vec<StoredMessage>, StorageError> {
    let rows: Vec<Row> = connection
        .query(
            "SELECT id, kind, recipient, subject, body, written_at, sent_at FROM outbox
             ORDER BY sequence DESC LIMIT $1",
        )
        .bind(i64::from(limit))
        .fetch_all()
        .await?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// Removes at most `limit` of the messages that were sent before `moment`.
pub(crate) async fn remove_sent_before(
    transaction: &mut Transaction,
    moment: Timestamp,
    limit: u32,
) -> Result<u64, StorageError> {
    transaction
        .query(
            "DELETE FROM outbox
             WHERE sequence IN (SELECT sequence FROM outbox WHERE sent_at < $1 ORDER BY sent_at LIMIT $2)",
        )
        .bind(Moment(moment))
        .bind(i64::from(limit))
        .execute()
        .await
}

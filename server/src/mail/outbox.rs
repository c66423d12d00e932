//! The outbox: a mail, and the job that sends it, are written in the transaction of the act that it tells of.

use super::message::Message;
use crate::{
    environment::Environment,
    id::{AccountId, JobId, MessageId},
    rate_limit::RateLimit,
    storage::{
        self, Connection, StorageError, Transaction,
        job::{JobKind, NewJob, Priority},
        mailbox_challenge,
        outbox::{MessageKind, StoredMessage},
    },
};
use protocol::Timestamp;
use std::time::Duration;

/// Messages that anyone can have sent to one address. Our choice.
const REQUESTED: RateLimit = RateLimit { allowed: 5, window: Duration::from_hours(1) };

/// Random values that one account can have sent, to all addresses together. Our choice: a department that gets its
/// certificates in one day.
const CHALLENGES: RateLimit = RateLimit { allowed: 100, window: Duration::from_hours(24) };

/// Puts the message into the outbox, in the transaction of the act that it tells of. It is sent after the commit.
pub(crate) async fn enqueue(
    transaction: &mut Transaction,
    environment: Environment<'_>,
    message: &Message,
) -> Result<(), StorageError> {
    let now = environment.now();
    let stored = StoredMessage {
        id: message.id.clone(),
        kind: message.kind,
        recipient: message.recipient.to_string(),
        subject: message.subject.clone(),
        body: message.body.clone(),
        written_at: now,
        sent_at: None,
    };
    storage::outbox::insert(transaction, &stored).await?;
    let job = NewJob {
        id: &JobId::generate(environment.random),
        kind: JobKind::Mail,
        subject: Some(message.id.as_str()),
        priority: match message.kind {
            MessageKind::SignInLink | MessageKind::MailboxChallenge => Priority::Urgent,
            MessageKind::Notice => Priority::Normal,
        },
        created_at: now,
        due_at: now,
    };
    storage::job::insert(transaction, &job).await
}

/// Takes a message back that was not sent yet.
pub(crate) async fn withdraw(transaction: &mut Transaction, message: &MessageId) -> Result<(), StorageError> {
    if storage::outbox::withdraw(transaction, message).await? {
        storage::job::remove_about(transaction, message.as_str()).await?;
    }
    Ok(())
}

/// How long to wait until one more requested message may go to this address; `None` when it may go now.
pub(crate) async fn wait_for_request(
    connection: &mut Connection,
    recipient: &str,
    now: Timestamp,
) -> Result<Option<Duration>, StorageError> {
    let since = now.minus(REQUESTED.window);
    let requested = storage::outbox::requested_since(connection, recipient, since).await?;
    Ok(REQUESTED.wait(&requested, now))
}

/// How long to wait until one more random value may be sent on behalf of this account, to whatever address; `None` when
/// it may go now. Else a signed-in person could have the server write to strangers without end.
pub(crate) async fn wait_for_challenge(
    connection: &mut Connection,
    account: &AccountId,
    now: Timestamp,
) -> Result<Option<Duration>, StorageError> {
    let sent = mailbox_challenge::sent_since(connection, account, now.minus(CHALLENGES.window)).await?;
    Ok(CHALLENGES.wait(&sent, now))
}

//! Sends one message.

use super::{Outcome, storage_failed};
use crate::{
    account,
    id::MessageId,
    mail::SmtpError,
    state::AppState,
    storage::{
        self, StorageError,
        job::StoredJob,
        outbox::{AfterSending, MessageKind, StoredMessage},
    },
    validation,
};
use protocol::Timestamp;
use std::time::Duration;

/// After so long without success a message is not tried any more (RFC 5321 §4.5.4.1).
const GIVE_UP: Duration = Duration::from_hours(5 * 24);

/// A message that is over, in words for the operator.
const OVER: &str = "the message is too old to be of use";

pub(super) async fn run(state: &AppState, job: &StoredJob) -> Outcome {
    match message_of(state, job).await {
        Ok(Some(message)) => deliver(state, job, &message).await,
        Ok(None) => finish(state, job, None).await,
        Err(error) => storage_failed(&error),
    }
}

/// The message that waits; `None` where it was withdrawn, or sent by a server that could not note it any more.
async fn message_of(state: &AppState, job: &StoredJob) -> Result<Option<StoredMessage>, StorageError> {
    let id = job.subject.clone().ok_or(StorageError::Unreadable { column: "job.subject" })?;
    let message = storage::outbox::lookup(&mut *state.read().await?, &MessageId::from(id)).await?;
    Ok(message.filter(|message| message.sent_at.is_none()))
}

async fn deliver(state: &AppState, job: &StoredJob, message: &StoredMessage) -> Outcome {
    if is_over(message, state.clock().now()) {
        return Outcome::GiveUp(job.last_error.clone().unwrap_or_else(|| OVER.to_owned()));
    }
    let delivered = match state.smtp() {
        // It is where it is read.
        None => Ok(AfterSending::Keep),
        Some(smtp) => smtp.send(message).await.map(|()| AfterSending::Wipe),
    };
    match delivered {
        Ok(after) => finish(state, job, Some((message.clone(), after))).await,
        Err(error @ (SmtpError::Unwritable | SmtpError::Refused { .. })) => {
            Outcome::GiveUp(error.to_string())
        }
        Err(error) => Outcome::Failed(error.to_string()),
    }
}

/// Whether nobody could use the message any more, or it was tried for long enough.
fn is_over(message: &StoredMessage, now: Timestamp) -> bool {
    let life = match message.kind {
        MessageKind::MailboxChallenge => validation::mailbox::CHALLENGE_LIFETIME,
        MessageKind::SignInLink | MessageKind::Notice => GIVE_UP,
    };
    now >= message.written_at.plus(life)
}

async fn finish(state: &AppState, job: &StoredJob, sent: Option<(StoredMessage, AfterSending)>) -> Outcome {
    let job = job.clone();
    let finished = state
        .write(async move |transaction, environment| {
            let now = environment.now();
            storage::job::finish(transaction, &job, now).await?;
            // Noted also where the lease was lost: the message has left, and is not to leave again.
            if let Some((message, after)) = sent
                && storage::outbox::mark_sent(transaction, &message.id, now, after).await?
                && message.kind == MessageKind::SignInLink
            {
                account::message_was_sent(transaction, &message.id, now).await?;
            }
            Ok(())
        })
        .await;
    finished.map_or_else(|error: StorageError| storage_failed(&error), |()| Outcome::Done)
}

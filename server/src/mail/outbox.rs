//! The outbox: a mail is written in the transaction of the act that it tells of, and sent by a task of its own, which
//! tries again until an SMTP server has taken it.

use super::{
    message::Message,
    smtp::{Smtp, SmtpError},
};
use crate::{
    id::AccountId,
    rate_limit::RateLimit,
    settings::MailDelivery,
    state::AppState,
    storage::{
        self, StorageError, mailbox_challenge,
        outbox::{AfterSending, MessageKind, StoredMessage},
        sign_in_link,
    },
};
use protocol::Timestamp;
use sqlx::SqliteConnection;
use std::time::Duration;
use tokio::sync::watch;

/// How long a sign-in link works, from its sending. Our choice: long enough for a slow mail server.
pub(crate) const SIGN_IN_LINK_LIFETIME: Duration = Duration::from_mins(15);

/// How long a mailbox challenge works, from its sending: at most 24 hours (S/MIME BR §3.2.2.2).
pub(crate) const CHALLENGE_LIFETIME: Duration = Duration::from_hours(24);

/// How long to wait after the first, second … attempt in vain; the last one is for all that follow. Our choice.
const BACK_OFF: [Duration; 4] =
    [Duration::from_mins(1), Duration::from_mins(5), Duration::from_mins(15), Duration::from_hours(1)];

/// After so long without success a message is not tried any more (RFC 5321 §4.5.4.1).
const GIVE_UP: Duration = Duration::from_hours(5 * 24);

/// How often the task looks for messages that became due, besides when it is woken.
const POLL_INTERVAL: Duration = Duration::from_secs(5);

/// Messages that anyone can have sent to one address. Our choice.
const REQUESTED: RateLimit = RateLimit { allowed: 5, window: Duration::from_hours(1) };

/// Random values that one account can have sent, to all addresses together. Our choice: a department that gets its
/// certificates in one day.
const CHALLENGES: RateLimit = RateLimit { allowed: 100, window: Duration::from_hours(24) };

/// Puts the message into the outbox, in the transaction of the act that it tells of.
/// After the commit, [`AppState::wake_mail`] has it sent at once.
pub(crate) async fn enqueue(
    connection: &mut SqliteConnection,
    at: Timestamp,
    message: &Message,
) -> Result<(), StorageError> {
    let stored = StoredMessage {
        id: message.id.clone(),
        kind: message.kind,
        recipient: message.recipient.to_string(),
        subject: message.subject.clone(),
        body: message.body.clone(),
        written_at: at,
        attempts: 0,
    };
    storage::outbox::insert(connection, &stored).await
}

/// How long to wait until one more requested message may go to this address; `None` when it may go now.
pub(crate) async fn wait_for_request(
    connection: &mut SqliteConnection,
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
    connection: &mut SqliteConnection,
    account: &AccountId,
    now: Timestamp,
) -> Result<Option<Duration>, StorageError> {
    let sent = mailbox_challenge::sent_since(connection, account, now.minus(CHALLENGES.window)).await?;
    Ok(CHALLENGES.wait(&sent, now))
}

/// Sends what is due, one message after the other, until `stop` says so. A message that is on its way is finished.
pub async fn send_until(state: AppState, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        if let Err(error) = send_due(&state, &stop).await {
            tracing::error!(?error, "the outbox could not be read");
        }
        tokio::select! {
            () = state.mail_was_written() => {}
            () = tokio::time::sleep(POLL_INTERVAL) => {}
            _ = stop.changed() => {}
        }
    }
}

/// Why no message could be sent at all.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OutboxError {
    /// The outbox cannot be read or written.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// The address of the SMTP server is not one.
    #[error("the address of the SMTP server cannot be used: {0}")]
    Smtp(#[from] SmtpError),
}

/// Tries to send every message that is due now, each once.
///
/// # Errors
/// The outbox cannot be read. A message that cannot be sent is no error: it is tried again later.
pub async fn send_due(state: &AppState, stop: &watch::Receiver<bool>) -> Result<(), OutboxError> {
    let route = match &state.settings().mail {
        MailDelivery::Inbox => Route::Inbox,
        MailDelivery::Smtp { url } => {
            Route::Smtp(Box::new(Smtp::connect_lazily(url, &state.settings().mail_from)?))
        }
    };
    while !*stop.borrow() {
        let now = state.clock().now();
        let mut connection = state.store().pool().acquire().await.map_err(StorageError::from)?;
        let due = storage::outbox::next_due(&mut connection, now, now.minus(GIVE_UP)).await?;
        drop(connection);
        let Some(message) = due else { break };
        let outcome = route.deliver(&message).await;
        let mut transaction = state.store().begin().await?;
        let at = state.clock().now();
        match outcome {
            Ok(()) => note_sent(&mut transaction, &message, at, &route).await?,
            Err(error) => {
                tracing::warn!(message = %message.id, attempts = message.attempts, %error, "mail was not sent");
                let next = at.plus(back_off(message.attempts));
                storage::outbox::mark_failed(&mut transaction, &message.id, &error.to_string(), next).await?;
            }
        }
        transaction.commit().await.map_err(StorageError::from)?;
    }
    Ok(())
}

fn back_off(attempts: u32) -> Duration {
    let position = usize::try_from(attempts).unwrap_or(usize::MAX).min(BACK_OFF.len() - 1);
    BACK_OFF[position]
}

/// A link's time runs from the moment at which its message left, however long that took.
async fn note_sent(
    connection: &mut SqliteConnection,
    message: &StoredMessage,
    at: Timestamp,
    route: &Route,
) -> Result<(), StorageError> {
    match message.kind {
        MessageKind::SignInLink => {
            sign_in_link::set_expiry(connection, &message.id, at.plus(SIGN_IN_LINK_LIFETIME)).await?;
        }
        MessageKind::MailboxChallenge => {
            mailbox_challenge::set_expiry(connection, &message.id, at.plus(CHALLENGE_LIFETIME)).await?;
        }
        MessageKind::Notice => {}
    }
    let after = match route {
        Route::Inbox => AfterSending::Keep,
        Route::Smtp(_) => AfterSending::Wipe,
    };
    storage::outbox::mark_sent(connection, &message.id, at, after).await
}

enum Route {
    /// The message is where it is read.
    Inbox,
    Smtp(Box<Smtp>),
}

impl Route {
    async fn deliver(&self, message: &StoredMessage) -> Result<(), SmtpError> {
        match self {
            Self::Inbox => Ok(()),
            Self::Smtp(smtp) => smtp.send(message).await,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::back_off;
    use std::time::Duration;

    #[test]
    fn attempts_become_rarer_until_one_an_hour() {
        let minutes: Vec<_> = (0..6).map(|attempts| back_off(attempts).as_secs() / 60).collect();
        assert_eq!(minutes, [1, 5, 15, 60, 60, 60]);
        assert_eq!(back_off(u32::MAX), Duration::from_hours(1));
    }
}

//! The outbox: a mail is written in the transaction of the act that it tells of, and sent by tasks of their own, which
//! try again until an SMTP server has taken it.

use super::{
    message::Message,
    smtp::{Smtp, SmtpError},
};
use crate::{
    id::{AccountId, MessageId},
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
use std::{collections::HashSet, fmt, sync::Arc, time::Duration};
use tokio::{
    sync::{Mutex, watch},
    task::JoinSet,
};

/// How long a sign-in link works, from its sending. Our choice: long enough for a slow mail server.
pub(crate) const SIGN_IN_LINK_LIFETIME: Duration = Duration::from_mins(15);

/// How long a mailbox challenge works, from its sending: at most 24 hours (S/MIME BR §3.2.2.2).
pub(crate) const CHALLENGE_LIFETIME: Duration = Duration::from_hours(24);

/// How long to wait after the first, second … attempt in vain; the last one is for all that follow. Our choice.
const BACK_OFF: [Duration; 4] =
    [Duration::from_mins(1), Duration::from_mins(5), Duration::from_mins(15), Duration::from_hours(1)];

/// After so long without success a message is not tried any more (RFC 5321 §4.5.4.1).
const GIVE_UP: Duration = Duration::from_hours(5 * 24);

/// How long an SMTP server may take for a whole message. Our choice: far less than RFC 5321 §4.5.3.2 allows, because people
/// wait for the messages behind it.
pub(crate) const SENDING_TIME_LIMIT: Duration = Duration::from_mins(1);

/// Messages on their way at the same time. Our choice: few enough for any SMTP server, and one that is slow holds up no other.
const LANES: u32 = 4;

/// How often each task looks for messages that became due, besides when it is woken.
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

/// Sends the messages of the outbox.
pub struct Sender {
    state: AppState,
    route: Route,
    /// No other task may send these.
    on_their_way: Mutex<HashSet<MessageId>>,
}

impl Sender {
    /// Prepares the way that the settings name. A message that is not taken within `time_limit` is tried again later.
    ///
    /// # Errors
    /// The address of the SMTP server is not one.
    pub fn new(state: AppState, time_limit: Duration) -> Result<Arc<Self>, SmtpError> {
        let settings = state.settings();
        let route = match &settings.mail {
            MailDelivery::Inbox => Route::Inbox,
            MailDelivery::Smtp { url } => {
                Route::Smtp(Box::new(Smtp::connect_lazily(url, &settings.mail_from, time_limit)?))
            }
        };
        Ok(Arc::new(Self { state, route, on_their_way: Mutex::default() }))
    }

    /// Sends what becomes due until `stop` says so. Messages that are on their way are finished.
    pub async fn send_until(self: Arc<Self>, stop: watch::Receiver<bool>) {
        let lanes = (0..LANES).map(|_| Arc::clone(&self).send_in_lane(stop.clone()));
        lanes.collect::<JoinSet<_>>().join_all().await;
    }

    async fn send_in_lane(self: Arc<Self>, mut stop: watch::Receiver<bool>) {
        while !*stop.borrow() {
            if let Err(error) = self.send_one_by_one(&stop).await {
                tracing::error!(?error, "the outbox could not be read or written");
            }
            tokio::select! {
                () = self.state.mail_was_written() => {}
                () = tokio::time::sleep(POLL_INTERVAL) => {}
                _ = stop.changed() => {}
            }
        }
    }

    /// Tries to send every message that is due now, each once.
    ///
    /// # Errors
    /// The outbox cannot be read or written. A message that cannot be sent is no error: it is tried again later.
    pub async fn send_due(self: Arc<Self>, stop: &watch::Receiver<bool>) -> Result<(), StorageError> {
        let lane = |sender: Arc<Self>, stop| async move { sender.send_one_by_one(&stop).await };
        let lanes = (0..LANES).map(|_| lane(Arc::clone(&self), stop.clone()));
        lanes.collect::<JoinSet<_>>().join_all().await.into_iter().collect()
    }

    async fn send_one_by_one(&self, stop: &watch::Receiver<bool>) -> Result<(), StorageError> {
        while !*stop.borrow() {
            let Some(message) = self.take_next().await? else { break };
            // There may be more than one: another lane looks too.
            self.state.wake_mail();
            let noted = self.send(&message).await;
            self.on_their_way.lock().await.remove(&message.id);
            noted?;
        }
        Ok(())
    }

    async fn take_next(&self) -> Result<Option<StoredMessage>, StorageError> {
        // Locked while the outbox is read: a message whose sending is noted in between would be sent twice.
        let mut on_their_way = self.on_their_way.lock().await;
        let now = self.state.clock().now();
        let mut connection = self.state.store().pool().acquire().await?;
        let due = storage::outbox::first_due(&mut connection, now, now.minus(GIVE_UP), LANES).await?;
        let next = due.into_iter().find(|message| !on_their_way.contains(&message.id));
        on_their_way.extend(next.as_ref().map(|message| message.id.clone()));
        Ok(next)
    }

    /// Tries once, and notes what came of it.
    async fn send(&self, message: &StoredMessage) -> Result<(), StorageError> {
        let outcome = self.route.deliver(message).await;
        let mut transaction = self.state.store().begin().await?;
        let at = self.state.clock().now();
        match outcome {
            Ok(()) => note_sent(&mut transaction, message, at, &self.route).await?,
            Err(error) => {
                tracing::warn!(message = %message.id, attempts = message.attempts, %error, "mail was not sent");
                let next = at.plus(back_off(message.attempts));
                storage::outbox::mark_failed(&mut transaction, &message.id, &error.to_string(), next).await?;
            }
        }
        Ok(transaction.commit().await?)
    }
}

impl fmt::Debug for Sender {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Sender").field("state", &self.state).finish_non_exhaustive()
    }
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

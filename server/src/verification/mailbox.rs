//! Control of a mailbox: a random value goes there and comes back through a button (S/MIME BR §3.2.2.2).

use crate::{
    audit::{self, Event},
    id::OrderId,
    mail::{message::Writer, outbox},
    secret::Secret,
    state::AppState,
    storage::{
        self, StorageError,
        account::Account,
        mailbox_challenge::{self, NewChallenge, StoredChallenge},
        purchase::{self, IssuanceProgress, Purchase},
    },
};
use pki::mailbox::Mailbox;
use protocol::{ChallengeState, StepStatus, Timestamp};
use sqlx::SqliteConnection;
use std::time::Duration;

/// How long a confirmation counts: 30 days (S/MIME BR §4.2.1).
const CONFIRMATION_LIFETIME: Duration = Duration::from_hours(30 * 24);

/// A mailbox whose owner proved the control of it for one order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedMailbox {
    mailbox: Mailbox,
    confirmed_at: Timestamp,
}

impl VerifiedMailbox {
    /// The address, byte for byte as the message went there.
    #[must_use]
    pub fn mailbox(&self) -> &Mailbox {
        &self.mailbox
    }

    /// When the random value came back.
    #[must_use]
    pub fn confirmed_at(&self) -> Timestamp {
        self.confirmed_at
    }
}

/// Why no message with a random value was sent.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SendError {
    /// The account has no such order.
    #[error("no such order")]
    OrderNotFound,
    /// No address was given yet.
    #[error("no address")]
    NoMailbox,
    /// The order's mailbox is verified.
    #[error("the mailbox is verified")]
    AlreadyVerified,
    /// Too many messages were asked for, to this address or by this account.
    #[error("too many messages")]
    TooMany {
        /// When the next one may be asked for.
        wait: Duration,
    },
    /// The store failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// Names the mailbox of the order and sends a random value there. One sent before ends.
///
/// # Errors
/// See [`SendError`]; nothing was sent and nothing changed.
pub async fn challenge(
    state: &AppState,
    owner: &Account,
    order: &OrderId,
    mailbox: &Mailbox,
) -> Result<(), SendError> {
    let mut transaction = state.store().begin().await?;
    open_order(&mut transaction, owner, order, state.clock().now()).await?;
    purchase::set_mailbox(&mut transaction, order, mailbox.as_str()).await?;
    send(state, &mut transaction, owner, order, mailbox).await?;
    transaction.commit().await.map_err(StorageError::from)?;
    state.wake_mail();
    Ok(())
}

/// Sends a new random value to the order's mailbox. The one sent before ends.
///
/// # Errors
/// See [`SendError`]; nothing was sent and nothing changed.
pub async fn challenge_again(state: &AppState, owner: &Account, order: &OrderId) -> Result<(), SendError> {
    let mut transaction = state.store().begin().await?;
    let purchase = open_order(&mut transaction, owner, order, state.clock().now()).await?;
    let mailbox = purchase.mailbox.as_deref().ok_or(SendError::NoMailbox)?;
    let mailbox = stored_mailbox(mailbox)?;
    send(state, &mut transaction, owner, order, &mailbox).await?;
    transaction.commit().await.map_err(StorageError::from)?;
    state.wake_mail();
    Ok(())
}

/// The owner's order, when its mailbox still waits to be verified.
async fn open_order(
    connection: &mut SqliteConnection,
    owner: &Account,
    order: &OrderId,
    now: Timestamp,
) -> Result<Purchase, SendError> {
    let purchase =
        purchase::lookup_owned(connection, order, &owner.id).await?.ok_or(SendError::OrderNotFound)?;
    let issuance = purchase::issuance_progress(connection, order).await?;
    if issuance != IssuanceProgress::None || load_verified(connection, order, now).await?.is_some() {
        return Err(SendError::AlreadyVerified);
    }
    Ok(purchase)
}

async fn send(
    state: &AppState,
    connection: &mut SqliteConnection,
    owner: &Account,
    order: &OrderId,
    mailbox: &Mailbox,
) -> Result<(), SendError> {
    let now = state.clock().now();
    let for_address = outbox::wait_for_request(connection, mailbox.as_str(), now).await?;
    let for_account = outbox::wait_for_challenge(connection, &owner.id, now).await?;
    if let Some(wait) = for_address.max(for_account) {
        return Err(SendError::TooMany { wait });
    }
    if let Some(before) = mailbox_challenge::lookup_live(connection, order).await? {
        storage::outbox::withdraw(connection, &before.message_id).await?;
        mailbox_challenge::supersede(connection, order, now).await?;
    }
    let token = Secret::generate(state.random());
    let message = Writer::new(state.settings(), state.random()).mailbox_challenge(mailbox.clone(), &token);
    outbox::enqueue(connection, now, &message).await?;
    let challenge = NewChallenge {
        order_id: order,
        account_id: &owner.id,
        mailbox: mailbox.as_str(),
        message_id: &message.id,
        created_at: now,
        expires_at: now.plus(outbox::CHALLENGE_LIFETIME),
    };
    mailbox_challenge::insert(connection, &token.hash(), &challenge).await?;
    audit::append(connection, now, &Event::MailboxChallengeSent { order_id: order.clone() }).await?;
    Ok(())
}

/// A random value that came back, and what it can still do.
#[derive(Debug)]
pub struct Inspected {
    /// The order that it belongs to.
    pub order_id: OrderId,
    /// The address that it was sent to.
    pub mailbox: String,
    /// What it can still do.
    pub state: ChallengeState,
    /// Until when.
    pub expires_at: Timestamp,
}

impl Inspected {
    fn new(challenge: StoredChallenge, now: Timestamp) -> Self {
        let state = match challenge {
            StoredChallenge { confirmed_at: Some(_), .. } => ChallengeState::Confirmed,
            StoredChallenge { superseded: true, .. } => ChallengeState::Superseded,
            StoredChallenge { expires_at, .. } if now >= expires_at => ChallengeState::Expired,
            StoredChallenge { .. } => ChallengeState::Open,
        };
        Self {
            order_id: challenge.order_id,
            mailbox: challenge.mailbox,
            state,
            expires_at: challenge.expires_at,
        }
    }
}

/// What a random value can still do; `None` when it was never sent. Changes nothing.
///
/// # Errors
/// The store failed.
pub async fn inspect(state: &AppState, token: &str) -> Result<Option<Inspected>, StorageError> {
    let Some(token) = Secret::from_text(token) else { return Ok(None) };
    let mut connection = state.store().pool().acquire().await?;
    let challenge = mailbox_challenge::lookup(&mut connection, &token.hash()).await?;
    Ok(challenge.map(|challenge| Inspected::new(challenge, state.clock().now())))
}

/// Why a random value confirmed nothing.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConfirmError {
    /// It was never sent.
    #[error("no such value")]
    Unknown,
    /// It confirmed the mailbox before.
    #[error("the value was used")]
    Used,
    /// Its 24 hours are over.
    #[error("the value is too old")]
    Expired,
    /// A newer one was sent, or the address was changed.
    #[error("a newer value was sent")]
    Superseded,
    /// The store failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// Takes a random value back: its mailbox is verified from now on. Of several at the same moment one succeeds.
///
/// # Errors
/// See [`ConfirmError`].
pub async fn confirm(state: &AppState, token: &str) -> Result<Inspected, ConfirmError> {
    let token = Secret::from_text(token).ok_or(ConfirmError::Unknown)?.hash();
    let mut transaction = state.store().begin().await?;
    let now = state.clock().now();
    let challenge =
        mailbox_challenge::lookup(&mut transaction, &token).await?.ok_or(ConfirmError::Unknown)?;
    let inspected = Inspected::new(challenge, now);
    match inspected.state {
        ChallengeState::Open => {}
        ChallengeState::Confirmed => return Err(ConfirmError::Used),
        ChallengeState::Expired => return Err(ConfirmError::Expired),
        ChallengeState::Superseded => return Err(ConfirmError::Superseded),
    }
    mailbox_challenge::mark_confirmed(&mut transaction, &token, now).await?;
    let event = Event::MailboxConfirmed { order_id: inspected.order_id.clone() };
    audit::append(&mut transaction, now, &event).await?;
    transaction.commit().await.map_err(StorageError::from)?;
    Ok(Inspected { state: ChallengeState::Confirmed, ..inspected })
}

/// The mailbox of the order, when its control was proved and that still counts.
pub(crate) async fn load_verified(
    connection: &mut SqliteConnection,
    order: &OrderId,
    now: Timestamp,
) -> Result<Option<VerifiedMailbox>, StorageError> {
    let challenge = mailbox_challenge::lookup_live(connection, order).await?;
    let Some(StoredChallenge { mailbox, confirmed_at: Some(confirmed_at), .. }) = challenge else {
        return Ok(None);
    };
    if now >= confirmed_at.plus(CONFIRMATION_LIFETIME) {
        return Ok(None);
    }
    Ok(Some(VerifiedMailbox { mailbox: stored_mailbox(&mailbox)?, confirmed_at }))
}

/// Where step 2 of the order stands, and when the last message was written.
pub(crate) async fn status(
    connection: &mut SqliteConnection,
    order: &OrderId,
    now: Timestamp,
) -> Result<(StepStatus, Option<Timestamp>), StorageError> {
    let Some(challenge) = mailbox_challenge::lookup_live(connection, order).await? else {
        return Ok((StepStatus::AwaitingData, None));
    };
    let status = match challenge.confirmed_at {
        None => StepStatus::InVerification,
        Some(confirmed_at) if now < confirmed_at.plus(CONFIRMATION_LIFETIME) => StepStatus::Verified,
        Some(_) => StepStatus::AwaitingData,
    };
    Ok((status, Some(challenge.created_at)))
}

fn stored_mailbox(text: &str) -> Result<Mailbox, StorageError> {
    Mailbox::parse(text).map_err(|_refused| StorageError::Unreadable { column: "mailbox_challenge.mailbox" })
}

//! Control of a mailbox: a random value goes there and comes back through a button (S/MIME BR §3.2.2.2).

use crate::{
    access::{self, Caller, Permission},
    audit::{self, Event},
    environment::Environment,
    id::{MailboxId, OrderId},
    mail::{message::Writer, outbox},
    secret::Secret,
    storage::{
        self, Connection, Cursor, Limit, Page, StorageError, Transaction,
        certificate::Progress,
        mailbox::StoredMailbox,
        mailbox_challenge::{self, NewChallenge, StoredChallenge},
        order::StoredOrder,
    },
};
use pki::mailbox::Mailbox;
use protocol::{ChallengeState, StepStatus, Timestamp};
use std::time::Duration;

/// How long a confirmation counts: 30 days (S/MIME BR §4.2.1).
const CONFIRMATION_LIFETIME: Duration = Duration::from_hours(30 * 24);

/// How long a random value works: at most 24 hours from its creation, whenever its message left (S/MIME BR §3.2.2.2).
pub(crate) const CHALLENGE_LIFETIME: Duration = Duration::from_hours(24);

/// A mailbox whose owner proved the control of it, for one holder at a customer: who proved it pressed a button for the
/// certificates of that person, and of nobody else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedMailbox {
    id: MailboxId,
    mailbox: Mailbox,
    confirmed_at: Timestamp,
}

impl VerifiedMailbox {
    fn new(stored: &StoredMailbox, now: Timestamp) -> Result<Option<Self>, StorageError> {
        let Some(confirmed_at) = stored.confirmed_at else { return Ok(None) };
        if now >= confirmed_at.plus(CONFIRMATION_LIFETIME) {
            return Ok(None);
        }
        let mailbox = stored_mailbox(&stored.address)?;
        Ok(Some(Self { id: stored.id.clone(), mailbox, confirmed_at }))
    }

    /// Names the mailbox in orders, for ever.
    #[must_use]
    pub fn id(&self) -> &MailboxId {
        &self.id
    }

    /// The address, byte for byte as the message went there.
    #[must_use]
    pub fn mailbox(&self) -> &Mailbox {
        &self.mailbox
    }

    /// From this moment on it must be verified again.
    #[must_use]
    pub fn verified_until(&self) -> Timestamp {
        self.confirmed_at.plus(CONFIRMATION_LIFETIME)
    }
}

/// Why no message with a random value was sent, or no verified mailbox used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SendError {
    /// The caller has no such order.
    #[error("no such order")]
    OrderNotFound,
    /// No address was given yet.
    #[error("no address")]
    NoMailbox,
    /// The order's mailbox is verified.
    #[error("the mailbox is verified")]
    AlreadyVerified,
    /// The mailbox that was chosen is not verified, or not any more.
    #[error("the mailbox is not verified")]
    NotVerified,
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

/// Names the mailbox of the order and sends a random value there. One sent there before ends, and so does one that was sent
/// to an address that only this order had named.
///
/// # Errors
/// See [`SendError`]; nothing was sent and nothing changed.
pub(crate) async fn challenge(
    transaction: &mut Transaction,
    environment: Environment<'_>,
    caller: &Caller,
    order: &OrderId,
    mailbox: &Mailbox,
) -> Result<(), SendError> {
    let order = open_order(transaction, caller, order, environment.now()).await?;
    let named = named_mailbox(transaction, environment, &order, mailbox).await?;
    send(transaction, environment, caller, &order, &named).await?;
    take_over(transaction, environment, &order, &named.id).await?;
    Ok(())
}

/// Sends a new random value to the order's mailbox. The one sent before ends.
///
/// # Errors
/// See [`SendError`]; nothing was sent and nothing changed.
pub(crate) async fn challenge_again(
    transaction: &mut Transaction,
    environment: Environment<'_>,
    caller: &Caller,
    order: &OrderId,
) -> Result<(), SendError> {
    let order = open_order(transaction, caller, order, environment.now()).await?;
    let id = order.mailbox_id.as_ref().ok_or(SendError::NoMailbox)?;
    let mailbox = storage::mailbox::lookup(transaction, id).await?.ok_or(SendError::NoMailbox)?;
    send(transaction, environment, caller, &order, &mailbox).await
}

/// Uses a mailbox for the order that was verified for the same holder, without another message.
///
/// # Errors
/// See [`SendError`]; nothing changed.
pub(crate) async fn use_verified(
    transaction: &mut Transaction,
    environment: Environment<'_>,
    caller: &Caller,
    order: &OrderId,
    mailbox: &MailboxId,
) -> Result<(), SendError> {
    let now = environment.now();
    let order = open_order(transaction, caller, order, now).await?;
    let stored = storage::mailbox::lookup(transaction, mailbox).await?;
    let stored = stored
        .filter(|stored| stored.customer_id == order.customer_id && stored.holder_id == order.holder_id);
    let stored = stored.ok_or(SendError::NotVerified)?;
    let verified = VerifiedMailbox::new(&stored, now)?.ok_or(SendError::NotVerified)?;
    take_over(transaction, environment, &order, verified.id()).await?;
    let event = Event::MailboxUsed {
        order_id: order.id,
        mailbox_id: verified.id,
        account_id: caller.account.id.clone(),
    };
    Ok(audit::append(transaction, now, &event).await?)
}

/// The order, when its mailbox still waits to be verified.
async fn open_order(
    connection: &mut Connection,
    caller: &Caller,
    order: &OrderId,
    now: Timestamp,
) -> Result<StoredOrder, SendError> {
    let order = access::permitted_order(connection, caller, Permission::NameMailbox, order)
        .await?
        .ok_or(SendError::OrderNotFound)?;
    let progress = storage::certificate::progress(connection, &order.id).await?;
    if progress != Progress::None || load_verified(connection, &order, now).await?.is_some() {
        return Err(SendError::AlreadyVerified);
    }
    Ok(order)
}

/// The holder's mailbox of this address, added where it is missing.
async fn named_mailbox(
    transaction: &mut Transaction,
    environment: Environment<'_>,
    order: &StoredOrder,
    mailbox: &Mailbox,
) -> Result<StoredMailbox, StorageError> {
    let address = mailbox.as_str();
    let StoredOrder { customer_id, holder_id, .. } = order;
    let present = storage::mailbox::lookup_by_address(transaction, customer_id, holder_id, address).await?;
    if let Some(present) = present {
        return Ok(present);
    }
    let named = StoredMailbox {
        id: MailboxId::generate(environment.random),
        customer_id: customer_id.clone(),
        holder_id: holder_id.clone(),
        address: address.to_owned(),
        confirmed_at: None,
    };
    storage::mailbox::insert(transaction, &named, environment.now()).await?;
    Ok(named)
}

/// Has the order use this mailbox. What was sent to another that no other order uses ends.
async fn take_over(
    transaction: &mut Transaction,
    environment: Environment<'_>,
    order: &StoredOrder,
    mailbox: &MailboxId,
) -> Result<(), StorageError> {
    let before = order.mailbox_id.as_ref().filter(|before| *before != mailbox);
    if let Some(before) = before
        && !storage::order::shares_mailbox(transaction, &order.id, before).await?
    {
        end_challenges(transaction, before, environment.now()).await?;
    }
    storage::order::set_mailbox(transaction, &order.id, mailbox).await
}

async fn end_challenges(
    transaction: &mut Transaction,
    mailbox: &MailboxId,
    now: Timestamp,
) -> Result<(), StorageError> {
    for message in mailbox_challenge::supersede(transaction, mailbox, now).await? {
        outbox::withdraw(transaction, &message).await?;
    }
    Ok(())
}

async fn send(
    transaction: &mut Transaction,
    environment: Environment<'_>,
    caller: &Caller,
    order: &StoredOrder,
    mailbox: &StoredMailbox,
) -> Result<(), SendError> {
    let now = environment.now();
    let for_address = outbox::wait_for_request(transaction, &mailbox.address, now).await?;
    let for_account = outbox::wait_for_challenge(transaction, &caller.account.id, now).await?;
    if let Some(wait) = for_address.max(for_account) {
        return Err(SendError::TooMany { wait });
    }
    end_challenges(transaction, &mailbox.id, now).await?;
    let token = Secret::generate(environment.random);
    let message = Writer::new(environment).mailbox_challenge(stored_mailbox(&mailbox.address)?, &token);
    outbox::enqueue(transaction, environment, &message).await?;
    let challenge = NewChallenge {
        mailbox_id: &mailbox.id,
        order_id: &order.id,
        account_id: &caller.account.id,
        message_id: &message.id,
        created_at: now,
    };
    mailbox_challenge::insert(transaction, &token.hash(), &challenge).await?;
    let event = Event::MailboxChallengeSent { order_id: order.id.clone(), mailbox_id: mailbox.id.clone() };
    Ok(audit::append(transaction, now, &event).await?)
}

/// A random value that came back, and what it can still do.
#[derive(Debug)]
pub struct Inspected {
    /// The order on whose page it was asked for.
    pub order_id: OrderId,
    /// The address that it was sent to.
    pub mailbox: String,
    /// What it can still do.
    pub state: ChallengeState,
    /// From this moment on it can do nothing: 24 hours after its creation (S/MIME BR §3.2.2.2).
    pub expires_at: Timestamp,
}

impl Inspected {
    fn new(challenge: StoredChallenge, mailbox: StoredMailbox, now: Timestamp) -> Self {
        let expires_at = challenge.created_at.plus(CHALLENGE_LIFETIME);
        let state = match challenge {
            StoredChallenge { confirmed: true, .. } => ChallengeState::Confirmed,
            StoredChallenge { superseded: true, .. } => ChallengeState::Superseded,
            StoredChallenge { .. } if now >= expires_at => ChallengeState::Expired,
            StoredChallenge { .. } => ChallengeState::Open,
        };
        Self { order_id: challenge.order_id, mailbox: mailbox.address, state, expires_at }
    }
}

async fn lookup(
    connection: &mut Connection,
    token: &Secret,
) -> Result<Option<(StoredChallenge, StoredMailbox)>, StorageError> {
    let Some(challenge) = mailbox_challenge::lookup(connection, &token.hash()).await? else {
        return Ok(None);
    };
    let mailbox = storage::mailbox::lookup(connection, &challenge.mailbox_id).await?;
    let missing = StorageError::Unreadable { column: "mailbox_challenge.mailbox_id" };
    Ok(Some((challenge, mailbox.ok_or(missing)?)))
}

/// What a random value can still do; `None` when it was never sent. Changes nothing.
///
/// # Errors
/// The store failed.
pub(crate) async fn inspect(
    connection: &mut Connection,
    token: &str,
    now: Timestamp,
) -> Result<Option<Inspected>, StorageError> {
    let Some(token) = Secret::from_text(token) else { return Ok(None) };
    let found = lookup(connection, &token).await?;
    Ok(found.map(|(challenge, mailbox)| Inspected::new(challenge, mailbox, now)))
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
pub(crate) async fn confirm(
    transaction: &mut Transaction,
    environment: Environment<'_>,
    token: &str,
) -> Result<Inspected, ConfirmError> {
    let token = Secret::from_text(token).ok_or(ConfirmError::Unknown)?;
    let now = environment.now();
    let (challenge, mailbox) = lookup(transaction, &token).await?.ok_or(ConfirmError::Unknown)?;
    let mailbox_id = mailbox.id.clone();
    let inspected = Inspected::new(challenge, mailbox, now);
    match inspected.state {
        ChallengeState::Open => {}
        ChallengeState::Confirmed => return Err(ConfirmError::Used),
        ChallengeState::Expired => return Err(ConfirmError::Expired),
        ChallengeState::Superseded => return Err(ConfirmError::Superseded),
    }
    mailbox_challenge::mark_confirmed(transaction, &token.hash(), now).await?;
    storage::mailbox::set_confirmed(transaction, &mailbox_id, now).await?;
    let event = Event::MailboxConfirmed { order_id: inspected.order_id.clone(), mailbox_id };
    audit::append(transaction, now, &event).await?;
    Ok(Inspected { state: ChallengeState::Confirmed, ..inspected })
}

/// The mailbox of the order, when its control was proved and that still counts.
pub(crate) async fn load_verified(
    connection: &mut Connection,
    order: &StoredOrder,
    now: Timestamp,
) -> Result<Option<VerifiedMailbox>, StorageError> {
    let Some(id) = &order.mailbox_id else { return Ok(None) };
    match storage::mailbox::lookup(connection, id).await? {
        Some(stored) => VerifiedMailbox::new(&stored, now),
        None => Ok(None),
    }
}

/// The mailboxes that the caller's own orders may use, verified last first.
pub(crate) async fn list_verified(
    connection: &mut Connection,
    caller: &Caller,
    now: Timestamp,
    after: Option<Cursor>,
    limit: Limit,
) -> Result<Page<VerifiedMailbox>, StorageError> {
    let Some(customer) = caller.customer() else { return Ok(Page { items: Vec::new(), next: None }) };
    let since = now.minus(CONFIRMATION_LIFETIME);
    let holder = &caller.account.id;
    let page = storage::mailbox::confirmed_page(connection, customer, holder, since, after, limit).await?;
    let verified = page.items.iter().filter_map(|stored| VerifiedMailbox::new(stored, now).transpose());
    Ok(Page { items: verified.collect::<Result<_, _>>()?, next: page.next })
}

/// Where step 2 of an order stands.
#[derive(Debug)]
pub(crate) struct Step {
    pub(crate) status: StepStatus,
    /// The address that was named.
    pub(crate) address: Option<String>,
    /// When the last message to it was written.
    pub(crate) challenge_sent_at: Option<Timestamp>,
    pub(crate) verified_until: Option<Timestamp>,
}

/// Where step 2 of the order stands.
pub(crate) async fn step(
    connection: &mut Connection,
    order: &StoredOrder,
    now: Timestamp,
) -> Result<Step, StorageError> {
    let mut step = Step {
        status: StepStatus::AwaitingData,
        address: None,
        challenge_sent_at: None,
        verified_until: None,
    };
    let Some(id) = &order.mailbox_id else { return Ok(step) };
    let Some(mailbox) = storage::mailbox::lookup(connection, id).await? else { return Ok(step) };
    let challenge = mailbox_challenge::lookup_live(connection, id).await?;
    step.challenge_sent_at = challenge.as_ref().map(|challenge| challenge.created_at);
    if let Some(verified) = VerifiedMailbox::new(&mailbox, now)? {
        step.status = StepStatus::Verified;
        step.verified_until = Some(verified.verified_until());
    } else if challenge.is_some_and(|challenge| !challenge.confirmed) {
        step.status = StepStatus::InVerification;
    }
    step.address = Some(mailbox.address);
    Ok(step)
}

fn stored_mailbox(text: &str) -> Result<Mailbox, StorageError> {
    Mailbox::parse(text).map_err(|_refused| StorageError::Unreadable { column: "mailbox.address" })
}

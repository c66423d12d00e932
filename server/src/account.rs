//! People who can sign in, and the links that let them.

mod adding;

pub(crate) use adding::add;
pub use adding::{AddError, Position, add_in, resume_in, suspend_in};

use crate::{
    audit::{self, Event},
    customer,
    environment::{Environment, Outside},
    id::{AccountId, MessageId},
    mail::{message::Writer, outbox},
    secret::{Secret, SecretHash},
    storage::{
        self, StorageError, Transaction,
        account::Account,
        customer::MemberRole,
        session,
        sign_in_link::{self, LinkWay, StoredLink},
    },
};
use pki::mailbox::Mailbox;
use protocol::Timestamp;
use std::time::Duration;

/// A session unused for so long has ended. Our choice: a working day, so that a wizard is not lost over a break.
pub(crate) const SESSION_IDLE: Duration = Duration::from_hours(8);

/// A session ends so long after the sign-in, however busy. Our choice: one sign-in a day.
pub(crate) const SESSION_LIFETIME: Duration = Duration::from_hours(24);

/// How long a sign-in link works, from its sending. Our choice: long enough for a slow mail server.
const LINK_LIFETIME: Duration = Duration::from_mins(15);

/// How long a link works that the demonstration prints.
const PRINTED_LINK_LIFETIME: Duration = Duration::from_hours(24);

/// How long a link is still known, so that its page can say why it does not work. Our choice: a week after the last day on
/// which its message can leave.
pub(crate) const LINK_MEMORY: Duration = Duration::from_hours(12 * 24);

/// The address as accounts have it. Mail servers do not tell `Anna@` from `anna@`; two accounts that differ only there
/// would be a riddle. Our choice.
fn account_address(mailbox: &Mailbox) -> Mailbox {
    Mailbox::parse(&mailbox.as_str().to_ascii_lowercase()).unwrap_or_else(|_refused| mailbox.clone())
}

/// Why no sign-in link was sent.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum SendLinkError {
    /// Too many messages were asked for to this address.
    #[error("too many messages to this address")]
    TooMany {
        /// When the next one may be asked for.
        wait: Duration,
    },
    /// The store failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// Mails a sign-in link, whether or not there is an account: nobody learns from the answer.
pub(crate) async fn send_sign_in_link(
    transaction: &mut Transaction,
    environment: Environment<'_>,
    mailbox: &Mailbox,
) -> Result<(), SendLinkError> {
    let mailbox = account_address(mailbox);
    let now = environment.now();
    if let Some(wait) = outbox::wait_for_request(transaction, mailbox.as_str(), now).await? {
        return Err(SendLinkError::TooMany { wait });
    }
    let token = Secret::generate(environment.random);
    let address = mailbox.to_string();
    let message = Writer::new(environment).sign_in_link(mailbox, &token);
    outbox::enqueue(transaction, environment, &message).await?;
    sign_in_link::insert(transaction, &token.hash(), &address, Some(&message.id), now).await?;
    Ok(())
}

/// Makes sign-in links that are printed instead of mailed; only a demonstration does so. Ends those printed before that
/// nobody used.
pub(crate) async fn print_sign_in_links(
    transaction: &mut Transaction,
    environment: Environment<'_>,
    accounts: &[Account],
) -> Result<Vec<String>, StorageError> {
    sign_in_link::remove_unused_printed(transaction).await?;
    let mut tokens = Vec::new();
    for account in accounts {
        let token = Secret::generate(environment.random);
        sign_in_link::insert(transaction, &token.hash(), &account.email, None, environment.now()).await?;
        tokens.push(token.to_text());
    }
    Ok(tokens)
}

/// Until when a link works: from the moment at which its message left, however long that took.
fn link_ends_at(link: &StoredLink) -> Timestamp {
    match link.way {
        LinkWay::Mailed { sent_at } => sent_at.unwrap_or(link.created_at).plus(LINK_LIFETIME),
        LinkWay::Printed => link.created_at.plus(PRINTED_LINK_LIFETIME),
    }
}

/// Why nobody was signed in.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum SignInError {
    /// The link was never given out.
    #[error("no such link")]
    Unknown,
    /// The link was used.
    #[error("the link was used")]
    Used,
    /// The link is too old.
    #[error("the link is too old")]
    Expired,
    /// The account is suspended.
    #[error("the account is suspended")]
    Suspended,
    /// The store failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// Opens a session with the value of a link; `previous` is the session of the same browser, which ends. Who signs in for
/// the first time becomes a customer: its administrator, and the holder of its certificates.
pub(crate) async fn sign_in(
    transaction: &mut Transaction,
    environment: Environment<'_>,
    token: &str,
    previous: Option<&SecretHash>,
) -> Result<(Account, Secret), SignInError> {
    let token = Secret::from_text(token).ok_or(SignInError::Unknown)?.hash();
    let now = environment.now();
    let link = sign_in_link::lookup(transaction, &token).await?.ok_or(SignInError::Unknown)?;
    if link.used {
        return Err(SignInError::Used);
    }
    if now >= link_ends_at(&link) {
        return Err(SignInError::Expired);
    }
    let account = match storage::account::lookup_by_email(transaction, &link.email).await? {
        Some(account) if account.suspended_at.is_some() => return Err(SignInError::Suspended),
        Some(account) => account,
        None => create_customer_of_one(transaction, environment.outside(), link.email).await?,
    };
    sign_in_link::mark_used(transaction, &token, now).await?;
    if let Some(previous) = previous {
        session::remove(transaction, previous).await?;
    }
    let session = Secret::generate(environment.random);
    session::insert(transaction, &session.hash(), &account.id, now).await?;
    audit::append(transaction, now, &Event::SignedIn { account_id: account.id.clone() }).await?;
    Ok((account, session))
}

/// An account, and a customer that is this person alone.
async fn create_customer_of_one(
    transaction: &mut Transaction,
    outside: Outside<'_>,
    email: String,
) -> Result<Account, StorageError> {
    let account = create(transaction, outside, email).await?;
    become_customer(transaction, outside, &account).await?;
    Ok(account)
}

async fn become_customer(
    transaction: &mut Transaction,
    outside: Outside<'_>,
    account: &Account,
) -> Result<(), StorageError> {
    let customer = customer::create(transaction, outside, &account.email).await?;
    for role in [MemberRole::Administrator, MemberRole::Holder] {
        customer::add_member(transaction, outside, &customer.id, &account.id, role).await?;
    }
    Ok(())
}

async fn create(
    transaction: &mut Transaction,
    outside: Outside<'_>,
    email: String,
) -> Result<Account, StorageError> {
    let now = outside.now();
    let id = AccountId::generate(outside.random);
    let account = Account { id, email, staff_role: None, suspended_at: None };
    storage::account::insert(transaction, &account, now).await?;
    audit::append(transaction, now, &Event::AccountCreated { account_id: account.id.clone() }).await?;
    Ok(account)
}

/// Whether a session that was opened and last used at these moments has ended.
pub(crate) fn session_has_ended(created_at: Timestamp, last_used_at: Timestamp, now: Timestamp) -> bool {
    now >= last_used_at.plus(SESSION_IDLE) || now >= created_at.plus(SESSION_LIFETIME)
}

/// Notes when the message left that carries a sign-in link: its time runs from then.
pub(crate) async fn message_was_sent(
    transaction: &mut Transaction,
    message: &MessageId,
    at: Timestamp,
) -> Result<(), StorageError> {
    sign_in_link::mark_sent(transaction, message, at).await
}

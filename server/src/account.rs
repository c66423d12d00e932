//! People who can sign in, and the links that let them.

use crate::{
    audit::{self, Event},
    id::AccountId,
    mail::{message::Writer, outbox},
    random::RandomSource,
    secret::{Secret, SecretHash},
    state::AppState,
    storage::{self, StorageError, Store, account::Account, session, sign_in_link},
};
use pki::mailbox::Mailbox;
use protocol::{Role, Timestamp};
use sqlx::SqliteConnection;
use std::time::Duration;

/// A session unused for so long has ended. Our choice: a working day, so that a wizard is not lost over a break.
pub(crate) const SESSION_IDLE: Duration = Duration::from_hours(8);

/// A session ends so long after the sign-in, however busy. Our choice: one sign-in a day.
pub(crate) const SESSION_LIFETIME: Duration = Duration::from_hours(24);

/// How long a link works that the demonstration prints.
const PRINTED_LINK_LIFETIME: Duration = Duration::from_hours(24);

/// How long a link that has ended is still known, so that its page can say why it does not work.
const ENDED_LINK_MEMORY: Duration = Duration::from_hours(7 * 24);

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
pub(crate) async fn send_sign_in_link(state: &AppState, mailbox: &Mailbox) -> Result<(), SendLinkError> {
    let mailbox = account_address(mailbox);
    let mut transaction = state.store().begin().await?;
    let now = state.clock().now();
    if let Some(wait) = outbox::wait_for_request(&mut transaction, mailbox.as_str(), now).await? {
        return Err(SendLinkError::TooMany { wait });
    }
    let token = Secret::generate(state.random());
    let address = mailbox.to_string();
    let message = Writer::new(state.settings(), state.random()).sign_in_link(mailbox, &token);
    outbox::enqueue(&mut transaction, now, &message).await?;
    let expires_at = now.plus(outbox::SIGN_IN_LINK_LIFETIME);
    sign_in_link::insert(&mut transaction, &token.hash(), &address, Some(&message.id), now, expires_at)
        .await?;
    transaction.commit().await.map_err(StorageError::from)?;
    state.wake_mail();
    Ok(())
}

/// Makes a sign-in link that is printed instead of mailed; only a demonstration does so. Ends those printed before that
/// nobody used.
pub(crate) async fn print_sign_in_links(
    store: &Store,
    random: &dyn RandomSource,
    now: Timestamp,
    accounts: &[Account],
) -> Result<Vec<String>, StorageError> {
    let mut transaction = store.begin().await?;
    sign_in_link::remove_unused_printed(&mut transaction).await?;
    let mut tokens = Vec::new();
    for account in accounts {
        let token = Secret::generate(random);
        let expires_at = now.plus(PRINTED_LINK_LIFETIME);
        sign_in_link::insert(&mut transaction, &token.hash(), &account.email, None, now, expires_at).await?;
        tokens.push(token.to_text());
    }
    transaction.commit().await?;
    Ok(tokens)
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
    /// The store failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// Opens a session with the value of a link; `previous` is the session of the same browser, which ends. Who signs in for
/// the first time gets a customer's account.
pub(crate) async fn sign_in(
    state: &AppState,
    token: &str,
    previous: Option<&SecretHash>,
) -> Result<(Account, Secret), SignInError> {
    let token = Secret::from_text(token).ok_or(SignInError::Unknown)?.hash();
    let mut transaction = state.store().begin().await?;
    let now = state.clock().now();
    let link = sign_in_link::lookup(&mut transaction, &token).await?.ok_or(SignInError::Unknown)?;
    if link.used {
        return Err(SignInError::Used);
    }
    if now >= link.expires_at {
        return Err(SignInError::Expired);
    }
    sign_in_link::mark_used(&mut transaction, &token, now).await?;
    let account = match storage::account::lookup_by_email(&mut transaction, &link.email).await? {
        Some(account) => account,
        None => create(&mut transaction, state.random(), now, link.email, Role::Customer).await?,
    };
    if let Some(previous) = previous {
        session::remove(&mut transaction, previous).await?;
    }
    session::remove_ended(&mut transaction, now.minus(SESSION_IDLE), now.minus(SESSION_LIFETIME)).await?;
    sign_in_link::remove_ended(&mut transaction, now.minus(ENDED_LINK_MEMORY)).await?;
    let session = Secret::generate(state.random());
    session::insert(&mut transaction, &session.hash(), &account.id, now).await?;
    audit::append(&mut transaction, now, &Event::SignedIn { account_id: account.id.clone() }).await?;
    transaction.commit().await.map_err(StorageError::from)?;
    Ok((account, session))
}

async fn create(
    connection: &mut SqliteConnection,
    random: &dyn RandomSource,
    now: Timestamp,
    email: String,
    role: Role,
) -> Result<Account, StorageError> {
    let account = Account { id: AccountId::generate(random), email, role };
    storage::account::insert(connection, &account, now).await?;
    let event = Event::AccountCreated { account_id: account.id.clone(), role };
    audit::append(connection, now, &event).await?;
    Ok(account)
}

/// Why an account was not added.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AddError {
    /// There is one with this address and another role.
    #[error("{email} has an account with another role")]
    OtherRole {
        /// The address.
        email: String,
    },
    /// The store failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// The account of this address and role; added where it is missing.
///
/// # Errors
/// The address has an account with another role.
pub async fn add(
    store: &Store,
    random: &dyn RandomSource,
    now: Timestamp,
    mailbox: &Mailbox,
    role: Role,
) -> Result<Account, AddError> {
    let email = account_address(mailbox).to_string();
    let mut transaction = store.begin().await?;
    let account = match storage::account::lookup_by_email(&mut transaction, &email).await? {
        Some(account) if account.role == role => account,
        Some(_) => return Err(AddError::OtherRole { email }),
        None => create(&mut transaction, random, now, email, role).await?,
    };
    transaction.commit().await.map_err(StorageError::from)?;
    Ok(account)
}

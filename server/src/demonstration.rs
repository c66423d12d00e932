//! What a demonstration has that real use never has: persons who exist from the start, and sign-in links that are
//! printed.

use crate::{
    account::{self, AddError},
    clock::Clock,
    random::RandomSource,
    settings::Settings,
    storage::{StorageError, Store},
};
use pki::mailbox::{Mailbox, MailboxError};
use protocol::Role;

const PERSONS: [(&str, Role); 2] = [
    ("anna.kowalska@example.com", Role::Customer),
    ("marek.zielinski@example.com", Role::ValidationSpecialist),
];

/// Why a demonstration cannot be prepared.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DemonstrationError {
    /// A person's address is none.
    #[error(transparent)]
    Mailbox(#[from] MailboxError),
    /// A person's account cannot be added.
    #[error(transparent)]
    Account(#[from] AddError),
    /// The links cannot be made.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// Someone to be in a demonstration.
#[derive(Debug)]
pub struct Person {
    /// Address of the account.
    pub email: String,
    /// What the person may do.
    pub role: Role,
    /// Signs in once, for 24 hours.
    pub sign_in_link: String,
}

/// Makes sure that the persons exist, and makes a new sign-in link for each.
///
/// # Errors
/// See [`DemonstrationError`].
pub async fn prepare(
    store: &Store,
    clock: &dyn Clock,
    random: &dyn RandomSource,
    settings: &Settings,
) -> Result<Vec<Person>, DemonstrationError> {
    let now = clock.now();
    let mut accounts = Vec::new();
    for (email, role) in PERSONS {
        accounts.push(account::add(store, random, now, &Mailbox::parse(email)?, role).await?);
    }
    let tokens = account::print_sign_in_links(store, random, now, &accounts).await?;
    let persons = accounts.into_iter().zip(tokens).map(|(account, token)| Person {
        email: account.email,
        role: account.role,
        sign_in_link: format!("{}/sign-in/{token}", settings.public_url),
    });
    Ok(persons.collect())
}

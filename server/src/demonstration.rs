//! What a demonstration has that real use never has: persons who exist from the start, and sign-in links that are
//! printed.

use crate::{
    access::Role,
    account::{self, AddError, Position},
    clock::SystemClock,
    environment::Environment,
    random::SystemRandom,
    settings::Settings,
    storage::{StorageError, Store, account::StaffRole, customer::MemberRole},
};
use pki::mailbox::{Mailbox, MailboxError};

/// One person for each role that has pages.
const PERSONS: [(&str, Position, Role); 2] = [
    (
        "anna.kowalska@example.com",
        Position::Customer { of: None, role: MemberRole::Administrator },
        Role::CustomerAdministrator,
    ),
    (
        "marek.zielinski@example.com",
        Position::Staff(StaffRole::ValidationSpecialist),
        Role::ValidationSpecialist,
    ),
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
pub async fn prepare(store: &Store, settings: &Settings) -> Result<Vec<Person>, DemonstrationError> {
    let settings = settings.clone();
    store
        .write(async move |transaction| {
            let environment = Environment { clock: &SystemClock, random: &SystemRandom, settings: &settings };
            let mut accounts = Vec::new();
            for (email, position, _) in &PERSONS {
                let mailbox = Mailbox::parse(email)?;
                accounts.push(account::add(transaction, environment.outside(), &mailbox, position).await?);
            }
            let tokens = account::print_sign_in_links(transaction, environment, &accounts).await?;
            let persons = PERSONS.iter().zip(tokens).map(|((email, _, role), token)| Person {
                email: (*email).to_owned(),
                role: *role,
                sign_in_link: format!("{}/sign-in/{token}", settings.public_url),
            });
            Ok(persons.collect())
        })
        .await
}

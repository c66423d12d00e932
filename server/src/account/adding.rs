use super::{account_address, become_customer, create};
use crate::{
    access::Role,
    audit::{self, Event},
    clock::ManualClock,
    customer,
    environment::Outside,
    random::SystemRandom,
    storage::{
        self, StorageError, Store, Transaction,
        account::{Account, StaffRole},
        customer::MemberRole,
        partner::PartnerRole,
    },
};
use pki::mailbox::Mailbox;
use protocol::Timestamp;

/// Where a person is to have a role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Position {
    /// At a customer: that person's own where no other person is named.
    Customer {
        /// The address of somebody who is at that customer already.
        of: Option<Mailbox>,
        /// What the person is there.
        role: MemberRole,
    },
    /// At the partner of this name, made where it is missing.
    Partner {
        /// No two partners have the same name.
        name: String,
        /// What the person is there.
        role: PartnerRole,
        /// The address of somebody at a customer that the partner is to act for.
        acts_for: Option<Mailbox>,
    },
    /// At the CA itself.
    Staff(StaffRole),
}

/// Why a person did not get a role, or lost none.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AddError {
    /// The person is something else at the CA itself.
    #[error(
        "{email} has another role at the CA, and one person has one there: give this one to another address"
    )]
    OtherStaffRole {
        /// In lower case, as accounts are named.
        email: String,
    },
    /// Nobody has this address.
    #[error("{email} has no account: check the address, or add the account with `signet account add`")]
    NoAccount {
        /// In lower case, as accounts are named.
        email: String,
    },
    /// The person is at no customer.
    #[error("{email} belongs to no customer: name somebody who does")]
    NoCustomer {
        /// In lower case, as accounts are named.
        email: String,
    },
    /// The store failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// The account of this address, with this role; both are added where they are missing.
///
/// # Errors
/// The address is something else at the CA itself, or a person who is named is not there.
pub(crate) async fn add(
    transaction: &mut Transaction,
    outside: Outside<'_>,
    mailbox: &Mailbox,
    position: &Position,
) -> Result<Account, AddError> {
    let email = account_address(mailbox).to_string();
    let account = match storage::account::lookup_by_email(transaction, &email).await? {
        Some(account) => account,
        None => create(transaction, outside, email).await?,
    };
    match position {
        Position::Staff(role) => add_to_staff(transaction, outside, &account, *role).await?,
        Position::Customer { of: None, role } => {
            add_to_own_customer(transaction, outside, &account, *role).await?;
        }
        Position::Customer { of: Some(other), role } => {
            let customer = customer_of(transaction, other).await?;
            customer::add_member(transaction, outside, &customer.id, &account.id, *role).await?;
        }
        Position::Partner { name, role, acts_for } => {
            let partner = customer::partner_of_name(transaction, outside, name).await?;
            customer::add_partner_member(transaction, outside, &partner.id, &account.id, *role).await?;
            if let Some(other) = acts_for {
                let customer = customer_of(transaction, other).await?;
                customer::add_partner_customer(transaction, outside, &partner.id, &customer.id).await?;
            }
        }
    }
    let added = storage::account::lookup(transaction, &account.id).await?;
    Ok(added.unwrap_or(account))
}

async fn add_to_staff(
    transaction: &mut Transaction,
    outside: Outside<'_>,
    account: &Account,
    role: StaffRole,
) -> Result<(), AddError> {
    match account.staff_role {
        Some(present) if present == role => return Ok(()),
        Some(_) => return Err(AddError::OtherStaffRole { email: account.email.clone() }),
        None => storage::account::set_staff_role(transaction, &account.id, role).await?,
    }
    let event = Event::StaffRoleGiven {
        account_id: account.id.clone(),
        role: match Role::from(role) {
            Role::ValidationSpecialist => "validation-specialist",
            Role::Operator => "operator",
            _ => "auditor",
        },
    };
    Ok(audit::append(transaction, outside.now(), &event).await?)
}

/// The first customer that the person administers; where there is none, one that is this person alone. What others administer
/// is given with [`Position::Customer::of`] only.
async fn add_to_own_customer(
    transaction: &mut Transaction,
    outside: Outside<'_>,
    account: &Account,
    role: MemberRole,
) -> Result<(), AddError> {
    let memberships = storage::customer::memberships(transaction, &account.id).await?;
    let administered = memberships.iter().find(|(_, role)| *role == MemberRole::Administrator);
    let Some((customer, _)) = administered else {
        return Ok(become_customer(transaction, outside, account).await?);
    };
    if memberships.iter().any(|(own, present)| own.id == customer.id && *present == role) {
        return Ok(());
    }
    Ok(customer::add_member(transaction, outside, &customer.id, &account.id, role).await?)
}

async fn customer_of(
    transaction: &mut Transaction,
    mailbox: &Mailbox,
) -> Result<storage::customer::Customer, AddError> {
    let account = existing(transaction, mailbox).await?;
    let memberships = storage::customer::memberships(transaction, &account.id).await?;
    let first = memberships.into_iter().next();
    first.map(|(customer, _)| customer).ok_or(AddError::NoCustomer { email: account.email })
}

async fn existing(transaction: &mut Transaction, mailbox: &Mailbox) -> Result<Account, AddError> {
    let email = account_address(mailbox).to_string();
    let account = storage::account::lookup_by_email(transaction, &email).await?;
    account.ok_or(AddError::NoAccount { email })
}

/// From now on the person may do nothing: open sessions end, and no link signs in.
///
/// # Errors
/// Nobody has this address.
pub(crate) async fn suspend(
    transaction: &mut Transaction,
    at: Timestamp,
    mailbox: &Mailbox,
) -> Result<(), AddError> {
    let account = existing(transaction, mailbox).await?;
    if account.suspended_at.is_some() {
        return Ok(());
    }
    storage::account::set_suspended(transaction, &account.id, Some(at)).await?;
    storage::session::remove_of_account(transaction, &account.id).await?;
    let event = Event::AccountSuspended { account_id: account.id };
    Ok(audit::append(transaction, at, &event).await?)
}

/// The person may again what the roles give.
///
/// # Errors
/// Nobody has this address.
pub(crate) async fn resume(
    transaction: &mut Transaction,
    at: Timestamp,
    mailbox: &Mailbox,
) -> Result<(), AddError> {
    let account = existing(transaction, mailbox).await?;
    if account.suspended_at.is_none() {
        return Ok(());
    }
    storage::account::set_suspended(transaction, &account.id, None).await?;
    let event = Event::AccountResumed { account_id: account.id };
    Ok(audit::append(transaction, at, &event).await?)
}

/// Adds the account at this moment, by the command line.
///
/// # Errors
/// See [`AddError`].
pub async fn add_in(
    store: &Store,
    at: Timestamp,
    mailbox: Mailbox,
    position: Position,
) -> Result<Account, AddError> {
    let clock = ManualClock::new(at);
    store
        .write(async move |transaction| {
            let outside = Outside { clock: &clock, random: &SystemRandom };
            add(transaction, outside, &mailbox, &position).await
        })
        .await
}

/// Suspends the account at this moment, by the command line.
///
/// # Errors
/// Nobody has this address.
pub async fn suspend_in(store: &Store, at: Timestamp, mailbox: Mailbox) -> Result<(), AddError> {
    store.write(async move |transaction| suspend(transaction, at, &mailbox).await).await
}

/// Resumes the account at this moment, by the command line.
///
/// # Errors
/// Nobody has this address.
pub async fn resume_in(store: &Store, at: Timestamp, mailbox: Mailbox) -> Result<(), AddError> {
    store.write(async move |transaction| resume(transaction, at, &mailbox).await).await
}

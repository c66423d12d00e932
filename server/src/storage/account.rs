//! People who can sign in.

use super::{
    Connection, StorageError, Transaction,
    column::{Moment, of_word},
};
use crate::id::AccountId;
use protocol::Timestamp;

/// A person who can sign in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Names the account.
    pub id: AccountId,
    /// The address that signs in, in canonical form.
    pub email: String,
    /// What the person is at the CA itself.
    pub staff_role: Option<StaffRole>,
    /// Since when the person may do nothing.
    pub suspended_at: Option<Timestamp>,
}

/// What a person is at the CA itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StaffRole {
    /// Decides on organizations.
    ValidationSpecialist,
    /// Runs the server.
    Operator,
    /// Reads everything and changes nothing.
    Auditor,
}

impl StaffRole {
    const ALL: [Self; 3] = [Self::ValidationSpecialist, Self::Operator, Self::Auditor];

    fn column(self) -> &'static str {
        match self {
            Self::ValidationSpecialist => "validation-specialist",
            Self::Operator => "operator",
            Self::Auditor => "auditor",
        }
    }

    fn from_column(text: &str) -> Result<Self, StorageError> {
        of_word(Self::ALL, Self::column, text, "account.staff_role")
    }
}

/// `id`, `email`, `staff_role`, `suspended_at`.
pub(super) type Row = (AccountId, String, Option<String>, Option<Moment>);

pub(super) fn from_row((id, email, staff_role, suspended_at): Row) -> Result<Account, StorageError> {
    let staff_role = staff_role.map(|role| StaffRole::from_column(&role)).transpose()?;
    Ok(Account { id, email, staff_role, suspended_at: suspended_at.map(Into::into) })
}

/// The account that signs in with `email`.
pub(crate) async fn lookup_by_email(
    connection: &mut Connection,
    email: &str,
) -> Result<Option<Account>, StorageError> {
    let row = connection
        .query("SELECT id, email, staff_role, suspended_at FROM account WHERE email = $1")
        .bind(email)
        .fetch_optional()
        .await?;
    row.map(from_row).transpose()
}

/// The account with this id.
pub(crate) async fn lookup(
    connection: &mut Connection,
    id: &AccountId,
) -> Result<Option<Account>, StorageError> {
    let row = connection
        .query("SELECT id, email, staff_role, suspended_at FROM account WHERE id = $1")
        .bind(id)
        .fetch_optional()
        .await?;
    row.map(from_row).transpose()
}

/// Adds an account whose address no other has.
pub(crate) async fn insert(
    transaction: &mut Transaction,
    account: &Account,
    at: Timestamp,
) -> Result<(), StorageError> {
    transaction
        .query("INSERT INTO account (id, email, staff_role, created_at) VALUES ($1, $2, $3, $4)")
        .bind(&account.id)
        .bind(&account.email)
        .bind(account.staff_role.map(StaffRole::column))
        .bind(Moment(at))
        .change_one("account")
        .await
}

/// Sets what the person is at the CA itself, who was nothing there.
pub(crate) async fn set_staff_role(
    transaction: &mut Transaction,
    id: &AccountId,
    role: StaffRole,
) -> Result<(), StorageError> {
    transaction
        .query("UPDATE account SET staff_role = $1 WHERE id = $2 AND staff_role IS NULL")
        .bind(role.column())
        .bind(id)
        .change_one("account.staff_role")
        .await
}

/// Sets since when the person may do nothing; `None` when the person may again.
pub(crate) async fn set_suspended(
    transaction: &mut Transaction,
    id: &AccountId,
    at: Option<Timestamp>,
) -> Result<(), StorageError> {
    transaction
        .query("UPDATE account SET suspended_at = $1 WHERE id = $2")
        .bind(at.map(Moment))
        .bind(id)
        .change_one("account.suspended_at")
        .await
}

//! People who can sign in.

use super::{StorageError, to_column};
use crate::id::AccountId;
use protocol::{Role, Timestamp};
use sqlx::SqliteConnection;

/// A person who can sign in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Names the account.
    pub id: AccountId,
    /// The address that signs in, in canonical form.
    pub email: String,
    /// What the person may do.
    pub role: Role,
}

impl Account {
    /// As the API says it.
    pub(crate) fn to_protocol(&self) -> protocol::Account {
        protocol::Account { id: self.id.to_string(), email: self.email.clone(), role: self.role }
    }
}

fn role_column(role: Role) -> &'static str {
    match role {
        Role::Customer => "customer",
        Role::ValidationSpecialist => "validation-specialist",
    }
}

/// The role stored as `text`.
pub(super) fn role_from_column(text: &str) -> Result<Role, StorageError> {
    match text {
        "customer" => Ok(Role::Customer),
        "validation-specialist" => Ok(Role::ValidationSpecialist),
        _ => Err(StorageError::Unreadable { column: "account.role" }),
    }
}

/// The account that signs in with `email`.
pub(crate) async fn lookup_by_email(
    connection: &mut SqliteConnection,
    email: &str,
) -> Result<Option<Account>, StorageError> {
    let row: Option<(AccountId, String, String)> =
        sqlx::query_as("SELECT id, email, role FROM account WHERE email = ?")
            .bind(email)
            .fetch_optional(connection)
            .await?;
    row.map(|(id, email, role)| Ok(Account { id, email, role: role_from_column(&role)? })).transpose()
}

/// The account with this id.
pub(crate) async fn lookup(
    connection: &mut SqliteConnection,
    id: &AccountId,
) -> Result<Option<Account>, StorageError> {
    let row: Option<(String, String)> = sqlx::query_as("SELECT email, role FROM account WHERE id = ?")
        .bind(id)
        .fetch_optional(connection)
        .await?;
    row.map(|(email, role)| Ok(Account { id: id.clone(), email, role: role_from_column(&role)? })).transpose()
}

/// Adds an account whose address no other has.
pub(crate) async fn insert(
    connection: &mut SqliteConnection,
    account: &Account,
    at: Timestamp,
) -> Result<(), StorageError> {
    sqlx::query("INSERT INTO account (id, email, role, created_at) VALUES (?, ?, ?, ?)")
        .bind(&account.id)
        .bind(&account.email)
        .bind(role_column(account.role))
        .bind(to_column(at))
        .execute(connection)
        .await?;
    Ok(())
}

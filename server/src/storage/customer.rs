//! Customers, and who belongs to them.

use super::{
    Connection, StorageError, Transaction,
    column::{Moment, of_word},
};
use crate::id::{AccountId, CustomerId};
use protocol::Timestamp;

/// The company, or the person, that certificates are for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Customer {
    /// 128 random bits in hex, and what `X-Signet-Customer` says.
    pub id: CustomerId,
    /// The name that people call it by.
    pub name: String,
}

/// What a person is at a customer. One person may be both.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MemberRole {
    /// Orders, provides data, sees everything of the customer.
    Administrator,
    /// Has certificates of the own.
    Holder,
}

impl MemberRole {
    fn column(self) -> &'static str {
        match self {
            Self::Administrator => "administrator",
            Self::Holder => "holder",
        }
    }

    fn from_column(text: &str) -> Result<Self, StorageError> {
        of_word([Self::Administrator, Self::Holder], Self::column, text, "member.role")
    }
}

/// The customer with this id.
pub(crate) async fn lookup(
    connection: &mut Connection,
    id: &CustomerId,
) -> Result<Option<Customer>, StorageError> {
    let row: Option<(CustomerId, String)> =
        connection.query("SELECT id, name FROM customer WHERE id = $1").bind(id).fetch_optional().await?;
    Ok(row.map(|(id, name)| Customer { id, name }))
}

/// Adds a customer.
pub(crate) async fn insert(
    transaction: &mut Transaction,
    customer: &Customer,
    at: Timestamp,
) -> Result<(), StorageError> {
    transaction
        .query("INSERT INTO customer (id, name, created_at) VALUES ($1, $2, $3)")
        .bind(&customer.id)
        .bind(&customer.name)
        .bind(Moment(at))
        .change_one("customer")
        .await
}

/// What this person is at which customers: the customer that the person joined first comes first.
pub(crate) async fn memberships(
    connection: &mut Connection,
    account: &AccountId,
) -> Result<Vec<(Customer, MemberRole)>, StorageError> {
    let rows: Vec<(CustomerId, String, String)> = connection
        .query(
            "SELECT customer.id, customer.name, member.role
             FROM member JOIN customer ON customer.id = member.customer_id
             WHERE member.account_id = $1 ORDER BY member.joined_at, customer.sequence, member.role",
        )
        .bind(account)
        .fetch_all()
        .await?;
    rows.into_iter()
        .map(|(id, name, role)| Ok((Customer { id, name }, MemberRole::from_column(&role)?)))
        .collect()
}

/// Adds a person to a customer in this role; nothing where the person has it: whether it did.
pub(crate) async fn add_member(
    transaction: &mut Transaction,
    customer: &CustomerId,
    account: &AccountId,
    role: MemberRole,
    at: Timestamp,
) -> Result<bool, StorageError> {
    let rows = transaction
        .query(
            "INSERT INTO member (customer_id, account_id, role, joined_at) VALUES ($1, $2, $3, $4)
             ON CONFLICT (account_id, customer_id, role) DO NOTHING",
        )
        .bind(customer)
        .bind(account)
        .bind(role.column())
        .bind(Moment(at))
        .execute()
        .await?;
    Ok(rows == 1)
}

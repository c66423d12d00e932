//! Partners, who belongs to them, and for which customers they act.

use super::{
    Connection, StorageError, Transaction,
    column::{Moment, of_word},
    customer::Customer,
};
use crate::id::{AccountId, CustomerId, PartnerId};
use protocol::Timestamp;

/// A company whose members act for the customers in its list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Partner {
    /// 128 random bits in hex, for references only.
    pub id: PartnerId,
    /// No two partners have the same name.
    pub name: String,
}

/// What a person is at a partner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PartnerRole {
    /// Manages the partner.
    Administrator,
    /// Orders for its customers.
    Member,
}

impl PartnerRole {
    fn column(self) -> &'static str {
        match self {
            Self::Administrator => "administrator",
            Self::Member => "member",
        }
    }

    fn from_column(text: &str) -> Result<Self, StorageError> {
        of_word([Self::Administrator, Self::Member], Self::column, text, "partner_member.role")
    }
}

/// The partner of this name.
pub(crate) async fn lookup_by_name(
    connection: &mut Connection,
    name: &str,
) -> Result<Option<Partner>, StorageError> {
    let row: Option<(PartnerId, String)> =
        connection.query("SELECT id, name FROM partner WHERE name = $1").bind(name).fetch_optional().await?;
    Ok(row.map(|(id, name)| Partner { id, name }))
}

/// Adds a partner.
pub(crate) async fn insert(
    transaction: &mut Transaction,
    partner: &Partner,
    at: Timestamp,
) -> Result<(), StorageError> {
    transaction
        .query("INSERT INTO partner (id, name, created_at) VALUES ($1, $2, $3)")
        .bind(&partner.id)
        .bind(&partner.name)
        .bind(Moment(at))
        .change_one("partner")
        .await
}

/// What this person is at a partner that acts for this customer; of several roles the first that was given.
pub(crate) async fn role_for(
    connection: &mut Connection,
    account: &AccountId,
    customer: &CustomerId,
) -> Result<Option<PartnerRole>, StorageError> {
    let row: Option<(String,)> = connection
        .query(
            "SELECT partner_member.role
             FROM partner_member JOIN partner_customer ON partner_customer.partner_id = partner_member.partner_id
             WHERE partner_member.account_id = $1 AND partner_customer.customer_id = $2
             ORDER BY partner_member.joined_at LIMIT 1",
        )
        .bind(account)
        .bind(customer)
        .fetch_optional()
        .await?;
    row.map(|(role,)| PartnerRole::from_column(&role)).transpose()
}

/// The customer that this person's partner has had longest, of all partners that the person belongs to.
pub(crate) async fn first_customer(
    connection: &mut Connection,
    account: &AccountId,
) -> Result<Option<Customer>, StorageError> {
    let row: Option<(CustomerId, String)> = connection
        .query(
            "SELECT customer.id, customer.name
             FROM partner_member JOIN partner_customer ON partner_customer.partner_id = partner_member.partner_id
             JOIN customer ON customer.id = partner_customer.customer_id
             WHERE partner_member.account_id = $1 ORDER BY partner_customer.since, customer.sequence LIMIT 1",
        )
        .bind(account)
        .fetch_optional()
        .await?;
    Ok(row.map(|(id, name)| Customer { id, name }))
}

/// Gives a person this role at the partner, in the place of another one: whether the person did not have it.
pub(crate) async fn add_member(
    transaction: &mut Transaction,
    partner: &PartnerId,
    account: &AccountId,
    role: PartnerRole,
    at: Timestamp,
) -> Result<bool, StorageError> {
    let rows = transaction
        .query(
            "INSERT INTO partner_member (partner_id, account_id, role, joined_at) VALUES ($1, $2, $3, $4)
             ON CONFLICT (account_id, partner_id) DO UPDATE SET role = excluded.role
             WHERE partner_member.role <> excluded.role",
        )
        .bind(partner)
        .bind(account)
        .bind(role.column())
        .bind(Moment(at))
        .execute()
        .await?;
    Ok(rows == 1)
}

/// Adds a customer to the partner's list; nothing where it is there: whether it did.
pub(crate) async fn add_customer(
    transaction: &mut Transaction,
    partner: &PartnerId,
    customer: &CustomerId,
    at: Timestamp,
) -> Result<bool, StorageError> {
    let rows = transaction
        .query(
            "INSERT INTO partner_customer (partner_id, customer_id, since) VALUES ($1, $2, $3)
             ON CONFLICT (partner_id, customer_id) DO NOTHING",
        )
        .bind(partner)
        .bind(customer)
        .bind(Moment(at))
        .execute()
        .await?;
    Ok(rows == 1)
}

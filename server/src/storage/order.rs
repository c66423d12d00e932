//! Orders. The table is called `orders`, because `order` is a word of SQL.

use super::{Connection, Cursor, Limit, Page, StorageError, Transaction, column::Moment};
use crate::id::{AccountId, CustomerId, MailboxId, OrderId, OrganizationId};
use protocol::Timestamp;
use sqlx::FromRow;

/// An order as it stands in its own row.
#[derive(Clone, Debug)]
pub(crate) struct StoredOrder {
    pub(crate) id: OrderId,
    pub(crate) customer_id: CustomerId,
    pub(crate) ordered_by: AccountId,
    /// Whose certificate it is to be.
    pub(crate) holder_id: AccountId,
    pub(crate) product_id: String,
    pub(crate) ordered_at: Timestamp,
    /// The organization of step 1.
    pub(crate) organization_id: Option<OrganizationId>,
    /// The mailbox of step 2.
    pub(crate) mailbox_id: Option<MailboxId>,
}

#[derive(FromRow)]
struct Row {
    sequence: i64,
    id: OrderId,
    customer_id: CustomerId,
    ordered_by: AccountId,
    holder_id: AccountId,
    product_id: String,
    ordered_at: Moment,
    organization_id: Option<OrganizationId>,
    mailbox_id: Option<MailboxId>,
}

impl From<Row> for StoredOrder {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            customer_id: row.customer_id,
            ordered_by: row.ordered_by,
            holder_id: row.holder_id,
            product_id: row.product_id,
            ordered_at: row.ordered_at.into(),
            organization_id: row.organization_id,
            mailbox_id: row.mailbox_id,
        }
    }
}

/// Adds an order.
pub(crate) async fn insert(
    transaction: &mut Transaction,
    order: &StoredOrder,
    idempotency_key: &str,
) -> Result<(), StorageError> {
    transaction
        .query(
            "INSERT INTO orders (id, customer_id, ordered_by, holder_id, product_id, idempotency_key, ordered_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(&order.id)
        .bind(&order.customer_id)
        .bind(&order.ordered_by)
        .bind(&order.holder_id)
        .bind(&order.product_id)
        .bind(idempotency_key)
        .bind(Moment(order.ordered_at))
        .change_one("orders")
        .await
}

/// The order that this person placed with this idempotency key.
pub(crate) async fn lookup_by_key(
    connection: &mut Connection,
    ordered_by: &AccountId,
    idempotency_key: &str,
) -> Result<Option<StoredOrder>, StorageError> {
    let row: Option<Row> = connection
        .query("SELECT * FROM orders WHERE ordered_by = $1 AND idempotency_key = $2")
        .bind(ordered_by)
        .bind(idempotency_key)
        .fetch_optional()
        .await?;
    Ok(row.map(Into::into))
}

/// The order, whoever owns it.
pub(crate) async fn lookup(
    connection: &mut Connection,
    id: &OrderId,
) -> Result<Option<StoredOrder>, StorageError> {
    let row: Option<Row> =
        connection.query("SELECT * FROM orders WHERE id = $1").bind(id).fetch_optional().await?;
    Ok(row.map(Into::into))
}

/// The customer's orders, newest first.
pub(crate) async fn page_of_customer(
    connection: &mut Connection,
    customer: &CustomerId,
    after: Option<Cursor>,
    limit: Limit,
) -> Result<Page<StoredOrder>, StorageError> {
    let rows: Vec<Row> = connection
        .query(
            "SELECT * FROM orders WHERE customer_id = $1 AND sequence < $2 ORDER BY sequence DESC LIMIT $3",
        )
        .bind(customer)
        .bind(after.map_or(i64::MAX, |after| after.sequence))
        .bind(limit.with_the_next())
        .fetch_all()
        .await?;
    Ok(Page::of(rows, limit, |row| Cursor::of_sequence(row.sequence)).map(Into::into))
}

/// The orders of this customer whose certificates this person holds, newest first.
pub(crate) async fn page_of_holder(
    connection: &mut Connection,
    customer: &CustomerId,
    holder: &AccountId,
    after: Option<Cursor>,
    limit: Limit,
) -> Result<Page<StoredOrder>, StorageError> {
    let rows: Vec<Row> = connection
        .query(
            "SELECT * FROM orders WHERE holder_id = $1 AND customer_id = $2 AND sequence < $3
             ORDER BY sequence DESC LIMIT $4",
        )
        .bind(holder)
        .bind(customer)
        .bind(after.map_or(i64::MAX, |after| after.sequence))
        .bind(limit.with_the_next())
        .fetch_all()
        .await?;
    Ok(Page::of(rows, limit, |row| Cursor::of_sequence(row.sequence)).map(Into::into))
}

/// Sets the organization of step 1.
pub(crate) async fn set_organization(
    transaction: &mut Transaction,
    id: &OrderId,
    organization: &OrganizationId,
) -> Result<(), StorageError> {
    transaction
        .query("UPDATE orders SET organization_id = $1 WHERE id = $2")
        .bind(organization)
        .bind(id)
        .change_one("orders.organization_id")
        .await
}

/// Sets the mailbox of step 2.
pub(crate) async fn set_mailbox(
    transaction: &mut Transaction,
    id: &OrderId,
    mailbox: &MailboxId,
) -> Result<(), StorageError> {
    transaction
        .query("UPDATE orders SET mailbox_id = $1 WHERE id = $2")
        .bind(mailbox)
        .bind(id)
        .change_one("orders.mailbox_id")
        .await
}

/// Whether another order than this one uses the organization.
pub(crate) async fn shares_organization(
    connection: &mut Connection,
    id: &OrderId,
    organization: &OrganizationId,
) -> Result<bool, StorageError> {
    let row: Option<(OrderId,)> = connection
        .query("SELECT id FROM orders WHERE organization_id = $1 AND id <> $2 LIMIT 1")
        .bind(organization)
        .bind(id)
        .fetch_optional()
        .await?;
    Ok(row.is_some())
}

/// Whether another order than this one uses the mailbox.
pub(crate) async fn shares_mailbox(
    connection: &mut Connection,
    id: &OrderId,
    mailbox: &MailboxId,
) -> Result<bool, StorageError> {
    let row: Option<(OrderId,)> = connection
        .query("SELECT id FROM orders WHERE mailbox_id = $1 AND id <> $2 LIMIT 1")
        .bind(mailbox)
        .bind(id)
        .fetch_optional()
        .await?;
    Ok(row.is_some())
}

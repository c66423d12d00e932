//! Mailboxes of customers.

use super::{Connection, Cursor, Limit, Page, StorageError, Transaction, column::Moment};
use crate::id::{AccountId, CustomerId, MailboxId};
use protocol::Timestamp;
use sqlx::FromRow;

/// A mailbox of a customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct StoredMailbox {
    pub(crate) id: MailboxId,
    pub(crate) customer_id: CustomerId,
    /// For whose certificates it is proved.
    pub(crate) holder_id: AccountId,
    /// Byte for byte as in the certificate.
    pub(crate) address: String,
    /// When its control was last proved.
    pub(crate) confirmed_at: Option<Timestamp>,
}

#[derive(FromRow)]
struct Row {
    sequence: i64,
    id: MailboxId,
    customer_id: CustomerId,
    holder_id: AccountId,
    address: String,
    confirmed_at: Option<Moment>,
}

impl From<Row> for StoredMailbox {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            customer_id: row.customer_id,
            holder_id: row.holder_id,
            address: row.address,
            confirmed_at: row.confirmed_at.map(Into::into),
        }
    }
}

/// Adds a mailbox whose address the customer has not named before.
pub(crate) async fn insert(
    transaction: &mut Transaction,
    mailbox: &StoredMailbox,
    at: Timestamp,
) -> Result<(), StorageError> {
    transaction
        .query("INSERT INTO mailbox (id, customer_id, holder_id, address, created_at) VALUES ($1, $2, $3, $4, $5)")
        .bind(&mailbox.id)
        .bind(&mailbox.customer_id)
        .bind(&mailbox.holder_id)
        .bind(&mailbox.address)
        .bind(Moment(at))
        .change_one("mailbox")
        .await
}

/// The mailbox with this id.
pub(crate) async fn lookup(
    connection: &mut Connection,
    id: &MailboxId,
) -> Result<Option<StoredMailbox>, StorageError> {
    let row: Option<Row> = connection
        .query(
            "SELECT sequence, id, customer_id, holder_id, address, confirmed_at FROM mailbox WHERE id = $1",
        )
        .bind(id)
        .fetch_optional()
        .await?;
    Ok(row.map(Into::into))
}

/// The mailbox of this address, of this holder at the customer.
pub(crate) async fn lookup_by_address(
    connection: &mut Connection,
    customer: &CustomerId,
    holder: &AccountId,
    address: &str,
) -> Result<Option<StoredMailbox>, StorageError> {
    let row: Option<Row> = connection
        .query(
            "SELECT sequence, id, customer_id, holder_id, address, confirmed_at FROM mailbox
             WHERE customer_id = $1 AND holder_id = $2 AND address = $3",
        )
        .bind(customer)
        .bind(holder)
        .bind(address)
        .fetch_optional()
        .await?;
    Ok(row.map(Into::into))
}

/// The mailboxes of this holder at the customer that were proved after `since`, newest first.
pub(crate) async fn confirmed_page(
    connection: &mut Connection,
    customer: &CustomerId,
    holder: &AccountId,
    since: Timestamp,
    after: Option<Cursor>,
    limit: Limit,
) -> Result<Page<StoredMailbox>, StorageError> {
    let after = after.unwrap_or(Cursor { part: 0, at: i64::MAX, sequence: i64::MAX });
    let rows: Vec<Row> = connection
        .query(
            "SELECT sequence, id, customer_id, holder_id, address, confirmed_at FROM mailbox
             WHERE customer_id = $1 AND holder_id = $2 AND confirmed_at > $3 AND (confirmed_at, sequence) < ($4, $5)
             ORDER BY confirmed_at DESC, sequence DESC LIMIT $6",
        )
        .bind(customer)
        .bind(holder)
        .bind(Moment(since))
        .bind(after.at)
        .bind(after.sequence)
        .bind(limit.with_the_next())
        .fetch_all()
        .await?;
    let page = Page::of(rows, limit, |row| {
        Cursor::of_moment(row.confirmed_at.map_or(since, Into::into), row.sequence)
    });
    Ok(page.map(Into::into))
}

/// Notes that the control of the mailbox was proved.
pub(crate) async fn set_confirmed(
    transaction: &mut Transaction,
    id: &MailboxId,
    at: Timestamp,
) -> Result<(), StorageError> {
    transaction
        .query("UPDATE mailbox SET confirmed_at = $1 WHERE id = $2")
        .bind(Moment(at))
        .bind(id)
        .change_one("mailbox.confirmed_at")
        .await
}

//! Orders. The table is called `purchase`, because `order` is a word of SQL.

use super::{StorageError, from_column, to_column};
use crate::id::{AccountId, CertificateId, OrderId};
use protocol::Timestamp;
use sqlx::{FromRow, SqliteConnection};

/// An order as it stands in its own row.
#[derive(Debug)]
pub(crate) struct Purchase {
    pub(crate) id: OrderId,
    pub(crate) account_id: AccountId,
    pub(crate) product_id: String,
    pub(crate) ordered_at: Timestamp,
    /// The address of step 2.
    pub(crate) mailbox: Option<String>,
}

#[derive(FromRow)]
struct Row {
    id: OrderId,
    account_id: AccountId,
    product_id: String,
    ordered_at: i64,
    mailbox: Option<String>,
}

impl TryFrom<Row> for Purchase {
    type Error = StorageError;

    fn try_from(row: Row) -> Result<Self, Self::Error> {
        Ok(Self {
            id: row.id,
            account_id: row.account_id,
            product_id: row.product_id,
            ordered_at: from_column(row.ordered_at, "purchase.ordered_at")?,
            mailbox: row.mailbox,
        })
    }
}

/// Adds an order.
pub(crate) async fn insert(
    connection: &mut SqliteConnection,
    purchase: &Purchase,
    idempotency_key: &str,
) -> Result<(), StorageError> {
    sqlx::query(
        "INSERT INTO purchase (id, account_id, product_id, idempotency_key, ordered_at) VALUES (?, ?, ?, ?, ?)",
    )
    .bind(&purchase.id)
    .bind(&purchase.account_id)
    .bind(&purchase.product_id)
    .bind(idempotency_key)
    .bind(to_column(purchase.ordered_at))
    .execute(connection)
    .await?;
    Ok(())
}

/// The order that this account placed with this idempotency key.
pub(crate) async fn lookup_by_key(
    connection: &mut SqliteConnection,
    account: &AccountId,
    idempotency_key: &str,
) -> Result<Option<Purchase>, StorageError> {
    let row: Option<Row> = sqlx::query_as(
        "SELECT id, account_id, product_id, ordered_at, mailbox FROM purchase
         WHERE account_id = ? AND idempotency_key = ?",
    )
    .bind(account)
    .bind(idempotency_key)
    .fetch_optional(connection)
    .await?;
    row.map(TryInto::try_into).transpose()
}

/// The order, whoever owns it.
pub(crate) async fn lookup(
    connection: &mut SqliteConnection,
    id: &OrderId,
) -> Result<Option<Purchase>, StorageError> {
    let row: Option<Row> =
        sqlx::query_as("SELECT id, account_id, product_id, ordered_at, mailbox FROM purchase WHERE id = ?")
            .bind(id)
            .fetch_optional(connection)
            .await?;
    row.map(TryInto::try_into).transpose()
}

/// The order, when this account owns it.
pub(crate) async fn lookup_owned(
    connection: &mut SqliteConnection,
    id: &OrderId,
    owner: &AccountId,
) -> Result<Option<Purchase>, StorageError> {
    Ok(lookup(connection, id).await?.filter(|purchase| purchase.account_id == *owner))
}

/// The account's orders, newest first.
pub(crate) async fn list(
    connection: &mut SqliteConnection,
    account: &AccountId,
) -> Result<Vec<Purchase>, StorageError> {
    let rows: Vec<Row> = sqlx::query_as(
        "SELECT id, account_id, product_id, ordered_at, mailbox FROM purchase
         WHERE account_id = ? ORDER BY ordered_at DESC, rowid DESC",
    )
    .bind(account)
    .fetch_all(connection)
    .await?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// Sets the address of step 2.
pub(crate) async fn set_mailbox(
    connection: &mut SqliteConnection,
    id: &OrderId,
    mailbox: &str,
) -> Result<(), StorageError> {
    sqlx::query("UPDATE purchase SET mailbox = ? WHERE id = ?")
        .bind(mailbox)
        .bind(id)
        .execute(connection)
        .await?;
    Ok(())
}

/// How far the issuance of an order is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum IssuanceProgress {
    /// Not begun.
    None,
    /// The to-be-signed bytes are stored.
    Reserved,
    /// The certificate is there.
    Issued(CertificateId),
}

/// How far the issuance of this order is.
pub(crate) async fn issuance_progress(
    connection: &mut SqliteConnection,
    id: &OrderId,
) -> Result<IssuanceProgress, StorageError> {
    let row: Option<(CertificateId, bool)> =
        sqlx::query_as("SELECT certificate_id, certificate IS NOT NULL FROM issuance WHERE order_id = ?")
            .bind(id)
            .fetch_optional(connection)
            .await?;
    Ok(match row {
        None => IssuanceProgress::None,
        Some((_, false)) => IssuanceProgress::Reserved,
        Some((certificate_id, true)) => IssuanceProgress::Issued(certificate_id),
    })
}

//! Organizations of customers; their names are in their claims.

use super::{StorageError, Transaction, column::Moment};
use crate::id::{CustomerId, OrganizationId};
use protocol::Timestamp;

/// Adds an organization of a customer.
pub(crate) async fn insert(
    transaction: &mut Transaction,
    id: &OrganizationId,
    customer: &CustomerId,
    at: Timestamp,
) -> Result<(), StorageError> {
    transaction
        .query("INSERT INTO organization (id, customer_id, created_at) VALUES ($1, $2, $3)")
        .bind(id)
        .bind(customer)
        .bind(Moment(at))
        .change_one("organization")
        .await
}

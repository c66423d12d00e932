//! Submissions of organization data and what became of them.

use super::{StorageError, from_column, to_column};
use crate::id::{AccountId, ClaimId, OrderId};
use protocol::{OrganizationData, RegisterEvidence, Timestamp, VerificationMethod};
use serde::de::DeserializeOwned;
use sqlx::{FromRow, SqliteConnection};

/// One submission.
#[derive(Clone, Debug)]
pub(crate) struct StoredClaim {
    pub(crate) id: ClaimId,
    pub(crate) order_id: OrderId,
    pub(crate) data: OrganizationData,
    pub(crate) verification: VerificationMethod,
    pub(crate) evidence: Option<RegisterEvidence>,
    pub(crate) submitted_at: Timestamp,
    pub(crate) state: ClaimState,
}

/// What became of a submission.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ClaimState {
    /// Waits for a specialist.
    Submitted,
    /// A specialist approved these data.
    Approved { at: Timestamp, data: OrganizationData },
    /// A specialist refused.
    Refused { reason: String },
}

#[derive(FromRow)]
struct Row {
    id: ClaimId,
    order_id: OrderId,
    state: String,
    data: String,
    verification: String,
    evidence: Option<String>,
    submitted_at: i64,
    decided_at: Option<i64>,
    verified_data: Option<String>,
    refusal: Option<String>,
}

impl TryFrom<Row> for StoredClaim {
    type Error = StorageError;

    fn try_from(row: Row) -> Result<Self, Self::Error> {
        let state = match (row.state.as_str(), row.decided_at, &row.verified_data, row.refusal) {
            ("submitted", ..) => ClaimState::Submitted,
            ("approved", Some(at), Some(data), _) => ClaimState::Approved {
                at: from_column(at, "organization_claim.decided_at")?,
                data: from_json(data, "organization_claim.verified_data")?,
            },
            ("refused", _, _, Some(reason)) => ClaimState::Refused { reason },
            _ => return Err(StorageError::Unreadable { column: "organization_claim.state" }),
        };
        Ok(Self {
            id: row.id,
            order_id: row.order_id,
            data: from_json(&row.data, "organization_claim.data")?,
            verification: from_json(&row.verification, "organization_claim.verification")?,
            evidence: row
                .evidence
                .map(|evidence| from_json(&evidence, "organization_claim.evidence"))
                .transpose()?,
            submitted_at: from_column(row.submitted_at, "organization_claim.submitted_at")?,
            state,
        })
    }
}

fn from_json<T: DeserializeOwned>(json: &str, column: &'static str) -> Result<T, StorageError> {
    serde_json::from_str(json).map_err(|_not_ours| StorageError::Unreadable { column })
}

fn to_json<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_string(value).expect("strings, numbers and lists are always JSON")
}

/// Adds a submission. The order has no other open one: [`replace_open`] first.
pub(crate) async fn insert(
    connection: &mut SqliteConnection,
    claim: &StoredClaim,
) -> Result<(), StorageError> {
    sqlx::query(
        "INSERT INTO organization_claim (id, order_id, state, data, verification, evidence, submitted_at)
         VALUES (?, ?, 'submitted', ?, ?, ?, ?)",
    )
    .bind(&claim.id)
    .bind(&claim.order_id)
    .bind(to_json(&claim.data))
    .bind(to_json(&claim.verification))
    .bind(claim.evidence.as_ref().map(to_json))
    .bind(to_column(claim.submitted_at))
    .execute(connection)
    .await?;
    Ok(())
}

/// The newest submission of the order.
pub(crate) async fn lookup_newest(
    connection: &mut SqliteConnection,
    order: &OrderId,
) -> Result<Option<StoredClaim>, StorageError> {
    let row: Option<Row> = sqlx::query_as(
        "SELECT id, order_id, state, data, verification, evidence, submitted_at, decided_at, verified_data, refusal
         FROM organization_claim WHERE order_id = ? AND state <> 'replaced' ORDER BY rowid DESC LIMIT 1",
    )
    .bind(order)
    .fetch_optional(connection)
    .await?;
    row.map(TryInto::try_into).transpose()
}

/// The newest submission of every order that has one: those that wait first, oldest first; then the decided ones,
/// newest first.
pub(crate) async fn list_newest(connection: &mut SqliteConnection) -> Result<Vec<StoredClaim>, StorageError> {
    let rows: Vec<Row> = sqlx::query_as(
        "SELECT id, order_id, state, data, verification, evidence, submitted_at, decided_at, verified_data, refusal
         FROM organization_claim AS claim
         WHERE rowid = (SELECT MAX(rowid) FROM organization_claim AS newer
                        WHERE newer.order_id = claim.order_id AND newer.state <> 'replaced')
         ORDER BY state <> 'submitted', CASE state WHEN 'submitted' THEN submitted_at ELSE -decided_at END, rowid",
    )
    .fetch_all(connection)
    .await?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// Marks the open submission of the order as replaced by a newer one.
pub(crate) async fn replace_open(
    connection: &mut SqliteConnection,
    order: &OrderId,
) -> Result<(), StorageError> {
    sqlx::query(
        "UPDATE organization_claim SET state = 'replaced' WHERE order_id = ? AND state IN ('submitted', 'approved')",
    )
    .bind(order)
    .execute(connection)
    .await?;
    Ok(())
}

/// Writes down an approval.
pub(crate) async fn approve(
    connection: &mut SqliteConnection,
    claim: &ClaimId,
    data: &OrganizationData,
    specialist: &AccountId,
    at: Timestamp,
) -> Result<(), StorageError> {
    sqlx::query(
        "UPDATE organization_claim SET state = 'approved', verified_data = ?, decided_by = ?, decided_at = ?
         WHERE id = ? AND state = 'submitted'",
    )
    .bind(to_json(data))
    .bind(specialist)
    .bind(to_column(at))
    .bind(claim)
    .execute(connection)
    .await?;
    Ok(())
}

/// Writes down a refusal.
pub(crate) async fn refuse(
    connection: &mut SqliteConnection,
    claim: &ClaimId,
    reason: &str,
    specialist: &AccountId,
    at: Timestamp,
) -> Result<(), StorageError> {
    sqlx::query(
        "UPDATE organization_claim SET state = 'refused', refusal = ?, decided_by = ?, decided_at = ?
         WHERE id = ? AND state = 'submitted'",
    )
    .bind(reason)
    .bind(specialist)
    .bind(to_column(at))
    .bind(claim)
    .execute(connection)
    .await?;
    Ok(())
}

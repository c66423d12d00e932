//! Jobs for card bridges. The store keeps what happened; what follows from that and the time, `card_job` says.

use super::{
    Connection, StorageError, Transaction,
    column::{Json, Moment},
};
use crate::{
    id::{AccountId, CardJobId, OrderId},
    secret::SecretHash,
};
use protocol::{CardTask, OperationState, Timestamp};
use sqlx::FromRow;

/// A job and what became of it. Task and state are the types of the bridge's API: a row lives a day, and both ends read them.
#[derive(Debug)]
pub(crate) struct StoredJob {
    pub(crate) id: CardJobId,
    pub(crate) account_id: AccountId,
    pub(crate) task: CardTask,
    /// What the bridge last reported.
    pub(crate) state: OperationState,
    pub(crate) revision: u64,
    pub(crate) created_at: Timestamp,
    /// When the bridge took the job, or last reported.
    pub(crate) heard_at: Option<Timestamp>,
    pub(crate) cancelled_at: Option<Timestamp>,
}

/// A job that nobody has taken yet.
#[derive(Debug)]
pub(crate) struct NewJob<'a> {
    pub(crate) id: &'a CardJobId,
    pub(crate) order_id: &'a OrderId,
    pub(crate) account_id: &'a AccountId,
    pub(crate) task: &'a CardTask,
    pub(crate) state: &'a OperationState,
    pub(crate) claim: &'a SecretHash,
    pub(crate) created_at: Timestamp,
}

#[derive(FromRow)]
struct Row {
    id: CardJobId,
    account_id: AccountId,
    task: Json<CardTask>,
    state: Json<OperationState>,
    revision: i64,
    created_at: Moment,
    heard_at: Option<Moment>,
    cancelled_at: Option<Moment>,
}

impl TryFrom<Row> for StoredJob {
    type Error = StorageError;

    fn try_from(row: Row) -> Result<Self, Self::Error> {
        Ok(Self {
            id: row.id,
            account_id: row.account_id,
            task: row.task.0,
            state: row.state.0,
            revision: u64::try_from(row.revision)
                .map_err(|_negative| StorageError::Unreadable { column: "card_job.revision" })?,
            created_at: row.created_at.into(),
            heard_at: row.heard_at.map(Into::into),
            cancelled_at: row.cancelled_at.map(Into::into),
        })
    }
}

/// Adds a job. The order has no other open one: [`cancel_open`] first.
pub(crate) async fn insert(transaction: &mut Transaction, job: &NewJob<'_>) -> Result<(), StorageError> {
    transaction
        .query(
            "INSERT INTO card_job (id, order_id, account_id, task, claim_hash, state, revision, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, 1, $7)",
        )
        .bind(job.id)
        .bind(job.order_id)
        .bind(job.account_id)
        .bind(Json(job.task))
        .bind(job.claim.as_bytes())
        .bind(Json(job.state))
        .bind(Moment(job.created_at))
        .change_one("card_job")
        .await
}

/// The job, when this account made it.
pub(crate) async fn lookup_owned(
    connection: &mut Connection,
    id: &CardJobId,
    owner: &AccountId,
) -> Result<Option<StoredJob>, StorageError> {
    let row: Option<Row> = connection
        .query(
            "SELECT id, account_id, task, state, revision, created_at, heard_at, cancelled_at
         FROM card_job WHERE id = $1 AND account_id = $2",
        )
        .bind(id)
        .bind(owner)
        .fetch_optional()
        .await?;
    row.map(TryInto::try_into).transpose()
}

/// The job that this token takes, unless it was taken.
pub(crate) async fn lookup_unclaimed(
    connection: &mut Connection,
    claim: &SecretHash,
) -> Result<Option<StoredJob>, StorageError> {
    let row: Option<Row> = connection
        .query(
            "SELECT id, account_id, task, state, revision, created_at, heard_at, cancelled_at
         FROM card_job WHERE claim_hash = $1 AND report_hash IS NULL",
        )
        .bind(claim.as_bytes())
        .fetch_optional()
        .await?;
    row.map(TryInto::try_into).transpose()
}

/// The job that this token reports of.
pub(crate) async fn lookup_reported(
    connection: &mut Connection,
    report: &SecretHash,
) -> Result<Option<StoredJob>, StorageError> {
    let row: Option<Row> = connection
        .query(
            "SELECT id, account_id, task, state, revision, created_at, heard_at, cancelled_at
         FROM card_job WHERE report_hash = $1",
        )
        .bind(report.as_bytes())
        .fetch_optional()
        .await?;
    row.map(TryInto::try_into).transpose()
}

/// When this account made jobs since `since`, oldest first.
pub(crate) async fn made_since(
    connection: &mut Connection,
    account: &AccountId,
    since: Timestamp,
) -> Result<Vec<Timestamp>, StorageError> {
    let rows: Vec<(Moment,)> = connection
        .query(
            "SELECT created_at FROM card_job WHERE account_id = $1 AND created_at > $2 ORDER BY created_at",
        )
        .bind(account)
        .bind(Moment(since))
        .fetch_all()
        .await?;
    Ok(rows.into_iter().map(|(at,)| at.into()).collect())
}

/// Notes that a bridge has taken the job.
pub(crate) async fn mark_claimed(
    transaction: &mut Transaction,
    id: &CardJobId,
    report: &SecretHash,
    at: Timestamp,
) -> Result<(), StorageError> {
    transaction
        .query("UPDATE card_job SET report_hash = $1, heard_at = $2 WHERE id = $3 AND report_hash IS NULL")
        .bind(report.as_bytes())
        .bind(Moment(at))
        .bind(id)
        .change_one("card_job.report_hash")
        .await
}

/// Notes what the bridge reported; a final state ends the job.
pub(crate) async fn set_state(
    transaction: &mut Transaction,
    id: &CardJobId,
    state: &OperationState,
    at: Timestamp,
) -> Result<(), StorageError> {
    transaction.query(
        "UPDATE card_job SET revision = CASE WHEN state = $1 THEN revision ELSE revision + 1 END, state = $1, heard_at = $2,
                ended_at = CASE WHEN $3 THEN CAST($2 AS BIGINT) END
         WHERE id = $4 AND ended_at IS NULL",
    )
    .bind(Json(state))
    .bind(Moment(at))
    .bind(state.is_final())
    .bind(id)
    .change_one("card_job.state")
    .await
}

/// Notes that the page gave the job up, unless it was over.
pub(crate) async fn cancel(
    transaction: &mut Transaction,
    id: &CardJobId,
    at: Timestamp,
) -> Result<(), StorageError> {
    transaction.query(
        "UPDATE card_job SET cancelled_at = $1 WHERE id = $2 AND cancelled_at IS NULL AND ended_at IS NULL",
    )
    .bind(Moment(at))
    .bind(id)
    .execute()
    .await?;
    Ok(())
}

/// Gives up the order's open job.
pub(crate) async fn cancel_open(
    transaction: &mut Transaction,
    order: &OrderId,
    at: Timestamp,
) -> Result<(), StorageError> {
    transaction.query(
        "UPDATE card_job SET cancelled_at = $1 WHERE order_id = $2 AND cancelled_at IS NULL AND ended_at IS NULL",
    )
    .bind(Moment(at))
    .bind(order)
    .execute()
    .await?;
    Ok(())
}

/// Removes the jobs that were made before `moment`, with the names that they hold.
pub(crate) async fn remove_made_before(
    transaction: &mut Transaction,
    moment: Timestamp,
) -> Result<(), StorageError> {
    transaction.query("DELETE FROM card_job WHERE created_at < $1").bind(Moment(moment)).execute().await?;
    Ok(())
}

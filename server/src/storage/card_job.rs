//! Jobs for card bridges. The store keeps what happened; what follows from that and the time, `card_job` says.

use super::{StorageError, from_column, to_column};
use crate::{
    id::{AccountId, CardJobId, OrderId},
    secret::SecretHash,
};
use protocol::{CardTask, OperationState, Timestamp};
use serde::{Serialize, de::DeserializeOwned};
use sqlx::{FromRow, SqliteConnection};

/// A job and what became of it.
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
    task: String,
    state: String,
    revision: i64,
    created_at: i64,
    heard_at: Option<i64>,
    cancelled_at: Option<i64>,
}

impl TryFrom<Row> for StoredJob {
    type Error = StorageError;

    fn try_from(row: Row) -> Result<Self, Self::Error> {
        let moment = |at: Option<i64>, column| at.map(|at| from_column(at, column)).transpose();
        Ok(Self {
            id: row.id,
            account_id: row.account_id,
            task: from_json(&row.task, "card_job.task")?,
            state: from_json(&row.state, "card_job.state")?,
            revision: u64::try_from(row.revision)
                .map_err(|_negative| StorageError::Unreadable { column: "card_job.revision" })?,
            created_at: from_column(row.created_at, "card_job.created_at")?,
            heard_at: moment(row.heard_at, "card_job.heard_at")?,
            cancelled_at: moment(row.cancelled_at, "card_job.cancelled_at")?,
        })
    }
}

fn to_json(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("a task and a state are JSON")
}

fn from_json<T: DeserializeOwned>(text: &str, column: &'static str) -> Result<T, StorageError> {
    serde_json::from_str(text).map_err(|_other_version| StorageError::Unreadable { column })
}

/// Adds a job. The order has no other open one: [`cancel_open`] first.
pub(crate) async fn insert(connection: &mut SqliteConnection, job: &NewJob<'_>) -> Result<(), StorageError> {
    sqlx::query(
        "INSERT INTO card_job (id, order_id, account_id, task, claim_hash, state, revision, created_at)
         VALUES (?, ?, ?, ?, ?, ?, 1, ?)",
    )
    .bind(job.id)
    .bind(job.order_id)
    .bind(job.account_id)
    .bind(to_json(job.task))
    .bind(job.claim.as_bytes())
    .bind(to_json(job.state))
    .bind(to_column(job.created_at))
    .execute(connection)
    .await?;
    Ok(())
}

/// The job, when this account made it.
pub(crate) async fn lookup_owned(
    connection: &mut SqliteConnection,
    id: &CardJobId,
    owner: &AccountId,
) -> Result<Option<StoredJob>, StorageError> {
    let row: Option<Row> = sqlx::query_as(
        "SELECT id, account_id, task, state, revision, created_at, heard_at, cancelled_at
         FROM card_job WHERE id = ? AND account_id = ?",
    )
    .bind(id)
    .bind(owner)
    .fetch_optional(connection)
    .await?;
    row.map(TryInto::try_into).transpose()
}

/// The job that this token takes, unless it was taken.
pub(crate) async fn lookup_unclaimed(
    connection: &mut SqliteConnection,
    claim: &SecretHash,
) -> Result<Option<StoredJob>, StorageError> {
    let row: Option<Row> = sqlx::query_as(
        "SELECT id, account_id, task, state, revision, created_at, heard_at, cancelled_at
         FROM card_job WHERE claim_hash = ? AND report_hash IS NULL",
    )
    .bind(claim.as_bytes())
    .fetch_optional(connection)
    .await?;
    row.map(TryInto::try_into).transpose()
}

/// The job that this token reports of.
pub(crate) async fn lookup_reported(
    connection: &mut SqliteConnection,
    report: &SecretHash,
) -> Result<Option<StoredJob>, StorageError> {
    let row: Option<Row> = sqlx::query_as(
        "SELECT id, account_id, task, state, revision, created_at, heard_at, cancelled_at
         FROM card_job WHERE report_hash = ?",
    )
    .bind(report.as_bytes())
    .fetch_optional(connection)
    .await?;
    row.map(TryInto::try_into).transpose()
}

/// When this account made jobs since `since`, oldest first.
pub(crate) async fn made_since(
    connection: &mut SqliteConnection,
    account: &AccountId,
    since: Timestamp,
) -> Result<Vec<Timestamp>, StorageError> {
    let rows: Vec<(i64,)> = sqlx::query_as(
        "SELECT created_at FROM card_job WHERE account_id = ? AND created_at > ? ORDER BY created_at",
    )
    .bind(account)
    .bind(to_column(since))
    .fetch_all(connection)
    .await?;
    rows.into_iter().map(|(at,)| from_column(at, "card_job.created_at")).collect()
}

/// Notes that a bridge has taken the job.
pub(crate) async fn mark_claimed(
    connection: &mut SqliteConnection,
    id: &CardJobId,
    report: &SecretHash,
    at: Timestamp,
) -> Result<(), StorageError> {
    sqlx::query("UPDATE card_job SET report_hash = ?, heard_at = ? WHERE id = ? AND report_hash IS NULL")
        .bind(report.as_bytes())
        .bind(to_column(at))
        .bind(id)
        .execute(connection)
        .await?;
    Ok(())
}

/// Notes what the bridge reported; a final state ends the job.
pub(crate) async fn set_state(
    connection: &mut SqliteConnection,
    id: &CardJobId,
    state: &OperationState,
    at: Timestamp,
) -> Result<(), StorageError> {
    sqlx::query(
        "UPDATE card_job SET revision = revision + (state <> ?1), state = ?1, heard_at = ?2,
                ended_at = CASE WHEN ?3 THEN ?2 END
         WHERE id = ?4 AND ended_at IS NULL",
    )
    .bind(to_json(state))
    .bind(to_column(at))
    .bind(state.is_final())
    .bind(id)
    .execute(connection)
    .await?;
    Ok(())
}

/// Notes that the page gave the job up, unless it was over.
pub(crate) async fn cancel(
    connection: &mut SqliteConnection,
    id: &CardJobId,
    at: Timestamp,
) -> Result<(), StorageError> {
    sqlx::query(
        "UPDATE card_job SET cancelled_at = ? WHERE id = ? AND cancelled_at IS NULL AND ended_at IS NULL",
    )
    .bind(to_column(at))
    .bind(id)
    .execute(connection)
    .await?;
    Ok(())
}

/// Gives up the order's open job.
pub(crate) async fn cancel_open(
    connection: &mut SqliteConnection,
    order: &OrderId,
    at: Timestamp,
) -> Result<(), StorageError> {
    sqlx::query(
        "UPDATE card_job SET cancelled_at = ? WHERE order_id = ? AND cancelled_at IS NULL AND ended_at IS NULL",
    )
    .bind(to_column(at))
    .bind(order)
    .execute(connection)
    .await?;
    Ok(())
}

/// Removes the jobs that were made before `moment`, with the names that they hold.
pub(crate) async fn remove_made_before(
    connection: &mut SqliteConnection,
    moment: Timestamp,
) -> Result<(), StorageError> {
    sqlx::query("DELETE FROM card_job WHERE created_at < ?")
        .bind(to_column(moment))
        .execute(connection)
        .await?;
    Ok(())
}

//! Jobs for card bridges: a page that cannot reach the bridge on its own computer has the server hold a task for it, and
//! follows here what the bridge reports. Where a job stands is derived from what happened and from the time.

mod ending;
mod task;

pub(crate) use task::TaskFault;

use crate::{
    id::{AccountId, CardJobId, CertificateId, OrderId},
    order,
    rate_limit::RateLimit,
    secret::Secret,
    state::AppState,
    storage::{
        self, StorageError,
        account::Account,
        card_job::{NewJob, StoredJob},
    },
};
use ending::Ending;
use pki::certificate::{Certificate, CertificateError};
use protocol::{
    CARD_BRIDGE_SCHEME, CardJob, CardJobReceipt, CardJobRequest, CardJobTicket, CardTask, CardWork,
    Operation, OperationState, StepStatus, Timestamp,
};
use std::time::Duration;

/// The longest that a request waits for a change. Our choice: proxies cut what is idle for longer.
const LONGEST_WAIT: Duration = Duration::from_secs(25);
/// How often a waiting request looks for what another server on the same database wrote, and for the end of a silence.
const LOOK_INTERVAL: Duration = Duration::from_secs(1);
/// How long a job is remembered.
const MEMORY: Duration = Duration::from_hours(24);
/// Jobs of one account. Our choice: far more tries than a person makes.
const JOBS: RateLimit = RateLimit { allowed: 60, window: Duration::from_hours(1) };

/// Why there is no job.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum OpenError {
    /// The customer has no such order.
    #[error("the customer has no such order")]
    UnknownOrder,
    /// Organization or mailbox is not verified.
    #[error("a step before the activation is missing")]
    StepsMissing,
    /// The order needs no key any more.
    #[error("the order has its certificate")]
    AlreadyIssued,
    /// There is nothing to install yet.
    #[error("the order has no certificate")]
    NoCertificate,
    /// The task is not for this order.
    #[error("the task does not fit the order")]
    Task(#[from] TaskFault),
    /// Too many jobs were made.
    #[error("too many jobs of this account")]
    TooMany {
        /// When the next one may be made.
        wait: Duration,
    },
    /// The stored certificate cannot be read.
    #[error(transparent)]
    Certificate(#[from] CertificateError),
    /// The store failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// Makes a job for an order, in the place of the one that the order had.
pub(crate) async fn open(
    state: &AppState,
    customer: &Account,
    request: CardJobRequest,
) -> Result<CardJobTicket, OpenError> {
    let order_id = OrderId::from(request.order_id);
    check(state, customer, &order_id, &request.task).await?;
    let mut transaction = state.store().begin().await?;
    let now = state.clock().now();
    let made = storage::card_job::made_since(&mut transaction, &customer.id, now.minus(JOBS.window)).await?;
    if let Some(wait) = JOBS.wait(&made, now) {
        return Err(OpenError::TooMany { wait });
    }
    storage::card_job::remove_made_before(&mut transaction, now.minus(MEMORY)).await?;
    storage::card_job::cancel_open(&mut transaction, &order_id, now).await?;
    let (id, claim) = (CardJobId::generate(state.random()), Secret::generate(state.random()));
    let job = NewJob {
        id: &id,
        order_id: &order_id,
        account_id: &customer.id,
        task: &request.task,
        state: &OperationState::Working { work: CardWork::Starting },
        claim: &claim.hash(),
        created_at: now,
    };
    storage::card_job::insert(&mut transaction, &job).await?;
    transaction.commit().await.map_err(StorageError::from)?;
    state.wake_followers();
    Ok(CardJobTicket { id: id.to_string(), url: address(&state.settings().public_url, &claim) })
}

/// Whether the order is where this task belongs, and the task is for this order.
async fn check(
    state: &AppState,
    customer: &Account,
    order: &OrderId,
    task: &CardTask,
) -> Result<(), OpenError> {
    let order = order::lookup(state, customer, order).await?.ok_or(OpenError::UnknownOrder)?;
    let CardTask::Install { certificate_pem } = task else {
        return match order.steps.certificate_activation {
            StepStatus::AwaitingData => Ok(task::check(task, &order)?),
            StepStatus::NotAvailable => Err(OpenError::StepsMissing),
            StepStatus::InVerification | StepStatus::Verified => Err(OpenError::AlreadyIssued),
        };
    };
    let certificate = CertificateId::from(order.certificate_id.ok_or(OpenError::NoCertificate)?);
    let mut connection = state.store().pool().acquire().await.map_err(StorageError::from)?;
    let issued = storage::issuance::lookup_owned(&mut connection, &certificate, &customer.id)
        .await?
        .ok_or(OpenError::NoCertificate)?;
    let ours = Certificate::from_der(&issued.certificate)?.to_pem();
    if ours.lines().eq(certificate_pem.lines()) { Ok(()) } else { Err(TaskFault::Certificate.into()) }
}

/// What the browser opens: it starts the bridge, and tells it where its job is.
fn address(public_url: &str, claim: &Secret) -> String {
    let mut url = reqwest::Url::parse(&format!("{CARD_BRIDGE_SCHEME}:job")).expect("the scheme is one");
    url.query_pairs_mut().append_pair("server", public_url).append_pair("token", &claim.to_text());
    url.into()
}

/// The job as it stands; `None` when this customer has none of this id. Where it still is as `seen` tells, waits for a
/// change, but not longer than `wait`.
pub(crate) async fn follow(
    state: &AppState,
    customer: &AccountId,
    id: &CardJobId,
    seen: Option<u64>,
    wait: Duration,
) -> Result<Option<Operation>, StorageError> {
    let change = async {
        loop {
            // Before the look, so that no change falls between the two.
            let changed = state.card_job_changed();
            match look(state, customer, id).await? {
                Some(operation) if Some(operation.revision) == seen && !operation.state.is_final() => {}
                answer => return Ok(answer),
            }
            tokio::select! {
                () = changed => {}
                () = tokio::time::sleep(LOOK_INTERVAL) => {}
            }
        }
    };
    tokio::select! {
        answer = change => answer,
        () = tokio::time::sleep(wait.min(LONGEST_WAIT)) => look(state, customer, id).await,
        () = state.stopped_waiting() => look(state, customer, id).await,
    }
}

async fn look(
    state: &AppState,
    customer: &AccountId,
    id: &CardJobId,
) -> Result<Option<Operation>, StorageError> {
    let mut connection = state.store().pool().acquire().await?;
    let job = storage::card_job::lookup_owned(&mut connection, id, customer).await?;
    Ok(job.map(|job| operation(job, state.clock().now())))
}

fn operation(job: StoredJob, now: Timestamp) -> Operation {
    let id = job.id.to_string();
    match Ending::of(&job, now) {
        None => Operation { id, revision: job.revision, state: job.state },
        Some(ending) => Operation {
            id,
            revision: job.revision.saturating_add(1),
            state: OperationState::Failed { problem: ending.into() },
        },
    }
}

/// Gives a job up: the bridge hears of it with its next report. `None` when this customer has none of this id.
pub(crate) async fn cancel(
    state: &AppState,
    customer: &AccountId,
    id: &CardJobId,
) -> Result<Option<()>, StorageError> {
    let mut transaction = state.store().begin().await?;
    if storage::card_job::lookup_owned(&mut transaction, id, customer).await?.is_none() {
        return Ok(None);
    }
    storage::card_job::cancel(&mut transaction, id, state.clock().now()).await?;
    transaction.commit().await?;
    state.wake_followers();
    Ok(Some(()))
}

/// Why a bridge gets no job. One answer for all reasons: who guesses learns nothing.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum ClaimError {
    /// There is none for this token, or not any more.
    #[error("no job for this token")]
    Gone,
    /// The store failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// Gives the job of this token to a bridge. It works once.
pub(crate) async fn claim(state: &AppState, token: &str) -> Result<CardJob, ClaimError> {
    let claim = Secret::from_text(token).ok_or(ClaimError::Gone)?.hash();
    let mut transaction = state.store().begin().await?;
    let now = state.clock().now();
    let job = storage::card_job::lookup_unclaimed(&mut transaction, &claim)
        .await?
        .filter(|job| Ending::of(job, now).is_none())
        .ok_or(ClaimError::Gone)?;
    let account = storage::account::lookup(&mut transaction, &job.account_id)
        .await?
        .ok_or(StorageError::Unreadable { column: "card_job.account_id" })?;
    let report = Secret::generate(state.random());
    storage::card_job::mark_claimed(&mut transaction, &job.id, &report.hash(), now).await?;
    transaction.commit().await.map_err(StorageError::from)?;
    Ok(CardJob { account: account.email, task: job.task, report_token: report.to_text() })
}

/// Why a report was not taken.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum ReportError {
    /// No job has this token, or the job has ended.
    #[error("the job is over")]
    Over,
    /// The outcome is none of this task.
    #[error("the outcome belongs to another task")]
    OtherOutcome,
    /// The store failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// Takes a report of the bridge. A request in it is kept as text: the activation judges it.
pub(crate) async fn report(
    state: &AppState,
    token: &str,
    reported: &OperationState,
) -> Result<CardJobReceipt, ReportError> {
    let token = Secret::from_text(token).ok_or(ReportError::Over)?.hash();
    let mut transaction = state.store().begin().await?;
    let now = state.clock().now();
    let job = storage::card_job::lookup_reported(&mut transaction, &token).await?.ok_or(ReportError::Over)?;
    if job.state.is_final() {
        return Err(ReportError::Over);
    }
    match Ending::of(&job, now) {
        Some(Ending::Cancelled) => return Ok(CardJobReceipt { cancelled: true }),
        Some(Ending::NeverTaken | Ending::Silence) => return Err(ReportError::Over),
        None => {}
    }
    if !task::fits(&job.task, reported) {
        return Err(ReportError::OtherOutcome);
    }
    storage::card_job::set_state(&mut transaction, &job.id, reported, now).await?;
    transaction.commit().await.map_err(StorageError::from)?;
    state.wake_followers();
    Ok(CardJobReceipt { cancelled: false })
}

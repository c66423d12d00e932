//! Jobs for card bridges: a page that cannot reach the bridge on its own computer has the server hold a task for it, and
//! follows here what the bridge reports. Where a job stands is derived from what happened and from the time.

mod ending;
mod task;

pub(crate) use task::TaskFault;

use crate::{
    access::{self, Caller, Permission},
    environment::Environment,
    id::{AccountId, CardJobId, CertificateId, OrderId},
    order,
    rate_limit::RateLimit,
    secret::Secret,
    storage::{
        self, Connection, StorageError, Transaction,
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

/// How long a job is remembered.
pub(crate) const MEMORY: Duration = Duration::from_hours(24);
/// Jobs of one account. Our choice: far more tries than a person makes.
const JOBS: RateLimit = RateLimit { allowed: 60, window: Duration::from_hours(1) };

/// Why there is no job.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum OpenError {
    /// The caller has no such order, or does not hold its certificate.
    #[error("the caller has no such order")]
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
    transaction: &mut Transaction,
    environment: Environment<'_>,
    caller: &Caller,
    request: CardJobRequest,
) -> Result<CardJobTicket, OpenError> {
    let order_id = OrderId::from(request.order_id);
    let now = environment.now();
    check(transaction, caller, &order_id, &request.task, now).await?;
    let account = &caller.account.id;
    let made = storage::card_job::made_since(transaction, account, now.minus(JOBS.window)).await?;
    if let Some(wait) = JOBS.wait(&made, now) {
        return Err(OpenError::TooMany { wait });
    }
    storage::card_job::cancel_open(transaction, &order_id, now).await?;
    let (id, claim) = (CardJobId::generate(environment.random), Secret::generate(environment.random));
    let job = NewJob {
        id: &id,
        order_id: &order_id,
        account_id: account,
        task: &request.task,
        state: &OperationState::Working { work: CardWork::Starting },
        claim: &claim.hash(),
        created_at: now,
    };
    storage::card_job::insert(transaction, &job).await?;
    Ok(CardJobTicket { id: id.to_string(), url: address(&environment.settings.public_url, &claim) })
}

/// Whether the order is where this task belongs, and the task is for this order.
async fn check(
    connection: &mut Connection,
    caller: &Caller,
    id: &OrderId,
    task: &CardTask,
    now: Timestamp,
) -> Result<(), OpenError> {
    let held = access::permitted_order(connection, caller, Permission::Activate, id).await?;
    held.ok_or(OpenError::UnknownOrder)?;
    let order = order::lookup(connection, caller, id, now).await?.ok_or(OpenError::UnknownOrder)?;
    let CardTask::Install { certificate_pem } = task else {
        return match order.steps.certificate_activation {
            StepStatus::AwaitingData => Ok(task::check(task, &order)?),
            StepStatus::NotAvailable => Err(OpenError::StepsMissing),
            StepStatus::InVerification | StepStatus::Verified => Err(OpenError::AlreadyIssued),
        };
    };
    let certificate = CertificateId::from(order.certificate_id.ok_or(OpenError::NoCertificate)?);
    let issued = storage::certificate::lookup_issued(connection, &certificate)
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

/// The job as it stands; `None` when this person has none of this id.
pub(crate) async fn look(
    connection: &mut Connection,
    owner: &AccountId,
    id: &CardJobId,
    now: Timestamp,
) -> Result<Option<Operation>, StorageError> {
    let job = storage::card_job::lookup_owned(connection, id, owner).await?;
    Ok(job.map(|job| operation(job, now)))
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

/// Gives a job up: the bridge hears of it with its next report. `None` when this person has none of this id.
pub(crate) async fn cancel(
    transaction: &mut Transaction,
    environment: Environment<'_>,
    owner: &AccountId,
    id: &CardJobId,
) -> Result<Option<()>, StorageError> {
    if storage::card_job::lookup_owned(transaction, id, owner).await?.is_none() {
        return Ok(None);
    }
    storage::card_job::cancel(transaction, id, environment.now()).await?;
    Ok(Some(()))
}

/// Why a bridge gets no job. One answer for all reasons: an attacker who guesses learns nothing.
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
pub(crate) async fn claim(
    transaction: &mut Transaction,
    environment: Environment<'_>,
    token: &str,
) -> Result<CardJob, ClaimError> {
    let claim = Secret::from_text(token).ok_or(ClaimError::Gone)?.hash();
    let now = environment.now();
    let job = storage::card_job::lookup_unclaimed(transaction, &claim)
        .await?
        .filter(|job| Ending::of(job, now).is_none())
        .ok_or(ClaimError::Gone)?;
    let account = storage::account::lookup(transaction, &job.account_id)
        .await?
        .ok_or(StorageError::Unreadable { column: "card_job.account_id" })?;
    if account.suspended_at.is_some() {
        return Err(ClaimError::Gone);
    }
    let report = Secret::generate(environment.random);
    storage::card_job::mark_claimed(transaction, &job.id, &report.hash(), now).await?;
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
    transaction: &mut Transaction,
    environment: Environment<'_>,
    token: &str,
    reported: &OperationState,
) -> Result<CardJobReceipt, ReportError> {
    let token = Secret::from_text(token).ok_or(ReportError::Over)?.hash();
    let now = environment.now();
    let job = storage::card_job::lookup_reported(transaction, &token).await?.ok_or(ReportError::Over)?;
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
    storage::card_job::set_state(transaction, &job.id, reported, now).await?;
    Ok(CardJobReceipt { cancelled: false })
}

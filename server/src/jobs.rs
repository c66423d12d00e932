//! What the server does later, and by itself: one table of jobs, one loop on each server. Who has the lease of a job works on
//! it; a server that dies loses its leases within a minute, and another one goes on.
//!
//! How to add a kind: a variant of `JobKind` in `storage/job.rs` and its word in the CHECK of both migrations; a file here whose
//! `run` does the work outside any act and gives an `Outcome`; an arm in `attempt`. A job is written in the transaction of the
//! act that causes it; one that recurs is written anew when it is done, and by [`begin`].

mod crl;
mod mail;
mod recovery;
mod removal;

pub(crate) use recovery::finish;
pub use recovery::recover;

use crate::{
    id::JobId,
    state::AppState,
    storage::{
        self, Limit, StorageError, Store, Transaction,
        job::{JobKind, NewJob, Priority, Retry, StoredJob},
    },
};
use protocol::{JobState, Timestamp};
use std::time::Duration;
use tokio::{sync::watch, task::JoinSet};

/// How long a job may be worked on before another server takes it. Our choice: longer than any attempt, and short enough that
/// a killed server's jobs go on within a minute.
const LEASE: Duration = Duration::from_secs(50);

/// Jobs that one server works on at the same time. Our choice: a mail server that is silent keeps some of them waiting, not all.
const AT_ONCE: usize = 8;

/// How often a server looks for jobs that became due, besides when it is woken.
const POLL_INTERVAL: Duration = Duration::from_secs(5);

/// How long to wait after the first, second … attempt in vain; the last one is for all that follow. Our choice.
const BACK_OFF: [Duration; 4] =
    [Duration::from_mins(1), Duration::from_mins(5), Duration::from_mins(15), Duration::from_hours(1)];

/// No job is written to be due later than this. Our choice: longer than the life of a list of revoked certificates until it is
/// signed anew.
const LONGEST_DELAY: Duration = Duration::from_hours(48);

/// How often a server looks for what is reserved and was not finished. Our choice.
const RECOVERY_INTERVAL: Duration = Duration::from_mins(1);

/// What came out of an attempt.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// It is done, and noted so in a transaction of its own.
    Done,
    /// It was in vain: why, in words that hold no address.
    Failed(String),
    /// It will never succeed.
    GiveUp(String),
}

/// Writes the jobs that recur, where none waits.
///
/// # Errors
/// The database fails.
pub async fn begin(state: &AppState) -> Result<(), StorageError> {
    state
        .write(async |transaction, environment| {
            let now = environment.now();
            storage::job::bring_forward(transaction, now, now.plus(LONGEST_DELAY)).await?;
            let crl = storage::crl::newest(transaction).await?;
            let crl_due = crate::authority::revocation_list::renewal_at(crl.as_ref(), now);
            for (kind, due_at) in [(JobKind::Crl, crl_due), (JobKind::Removal, now)] {
                let id = JobId::generate(environment.random);
                write_recurring(transaction, &id, kind, now, due_at).await?;
            }
            Ok(())
        })
        .await
}

async fn write_recurring(
    transaction: &mut Transaction,
    id: &JobId,
    kind: JobKind,
    created_at: Timestamp,
    due_at: Timestamp,
) -> Result<(), StorageError> {
    let priority = Priority::Duty;
    storage::job::insert(transaction, &NewJob { id, kind, subject: None, priority, created_at, due_at }).await
}

/// Signs the list of revoked certificates where it is due, before the server listens: nobody is to ask for one that is not there.
/// A list that cannot be signed is logged, and tried again by its job.
///
/// # Errors
/// The database fails.
pub async fn sign_due_list(state: &AppState) -> Result<(), StorageError> {
    crl::sign_if_due(state).await
}

/// Works on jobs until `stop` says so. What is under way is finished.
pub async fn run_until(state: AppState, mut stop: watch::Receiver<bool>) {
    let mut running = JoinSet::new();
    let mut looked_at = state.clock().now();
    while !*stop.borrow() {
        let now = state.clock().now();
        if now < looked_at || now >= looked_at.plus(RECOVERY_INTERVAL) {
            looked_at = now;
            look_after(&state).await;
        }
        while running.len() < AT_ONCE && !*stop.borrow() {
            match take(&state).await {
                Ok(Some(job)) => {
                    let state = state.clone();
                    running.spawn(async move { work(&state, &job).await });
                }
                Ok(None) => break,
                Err(error) => {
                    tracing::error!(?error, "no job could be taken");
                    break;
                }
            }
        }
        tokio::select! {
            _ = running.join_next(), if !running.is_empty() => {}
            () = state.job_was_written(), if running.len() < AT_ONCE => {}
            () = tokio::time::sleep(POLL_INTERVAL) => {}
            _ = stop.changed() => {}
        }
    }
    while running.join_next().await.is_some() {}
}

/// What no job does: writes the recurring jobs anew where a clock was set back, and finishes what is reserved.
async fn look_after(state: &AppState) {
    if let Err(error) = begin(state).await {
        tracing::error!(?error, "the recurring jobs could not be written");
    }
    if let Err(error) = recovery::recover_left_behind(state, RECOVERY_INTERVAL).await {
        tracing::error!(?error, "what is reserved could not be read");
    }
}

/// Works on every job that is due now, each once, one after the other. For tests, and for a server that is about to listen.
///
/// # Errors
/// The database fails. A job that fails is no error: it is tried again later.
pub async fn run_due(state: &AppState) -> Result<(), StorageError> {
    while let Some(job) = take(state).await? {
        work(state, &job).await;
    }
    Ok(())
}

/// The jobs that are not done, oldest first, for the command line.
///
/// # Errors
/// The database fails.
pub async fn list_in(store: &Store, now: Timestamp) -> Result<Vec<protocol::Job>, StorageError> {
    let mut reader = store.read().await?;
    let (mut jobs, mut after) = (Vec::new(), None);
    loop {
        let page = storage::job::page(&mut reader, after, Limit::new(None)).await?;
        jobs.extend(page.items.into_iter().map(|job| view(job, now)));
        after = page.next;
        if after.is_none() {
            return Ok(jobs);
        }
    }
}

/// Has the job with this id tried at once, by the command line: whether there is one that is not done.
///
/// # Errors
/// The database fails.
pub async fn run_again_in(store: &Store, now: Timestamp, id: String) -> Result<bool, StorageError> {
    store
        .write(async move |transaction| storage::job::run_again(transaction, &JobId::from(id), now).await)
        .await
}

/// A job as the API says it.
pub(crate) fn view(job: StoredJob, now: Timestamp) -> protocol::Job {
    let state = if job.given_up {
        JobState::GivenUp
    } else if job.lease_until > now {
        JobState::Running
    } else if job.attempts > 0 {
        JobState::Failing
    } else {
        JobState::Waiting
    };
    protocol::Job {
        id: job.id.to_string(),
        kind: match job.kind {
            JobKind::Mail => protocol::JobKind::Mail,
            JobKind::Crl => protocol::JobKind::Crl,
            JobKind::Removal => protocol::JobKind::Removal,
        },
        state,
        created_at: job.created_at,
        due_at: job.due_at,
        attempts: job.attempts,
        last_error: job.last_error,
    }
}

async fn take(state: &AppState) -> Result<Option<StoredJob>, StorageError> {
    state
        .write(async |transaction, environment| {
            let now = environment.now();
            storage::job::take(transaction, now, now.plus(LEASE)).await
        })
        .await
}

async fn work(state: &AppState, job: &StoredJob) {
    let outcome = attempt(state, job).await;
    let (error, gives_up) = match outcome {
        Outcome::Done => return,
        Outcome::Failed(error) => (error, false),
        Outcome::GiveUp(error) => (error, true),
    };
    tracing::warn!(job = %job.id, kind = ?job.kind, attempts = job.attempts, error, "a job was tried in vain");
    let failed = job.clone();
    let noted = state
        .write(async move |transaction, environment| {
            let now = environment.now();
            let retry =
                if gives_up { Retry::Never(now) } else { Retry::At(now.plus(back_off(failed.attempts))) };
            storage::job::fail(transaction, &failed, &error, retry).await
        })
        .await;
    if let Err(error) = noted {
        tracing::error!(job = %job.id, ?error, "it could not be noted that a job was tried in vain");
    }
}

async fn attempt(state: &AppState, job: &StoredJob) -> Outcome {
    match job.kind {
        JobKind::Mail => mail::run(state, job).await,
        JobKind::Crl => crl::run(state, job).await,
        JobKind::Removal => removal::run(state, job).await,
    }
}

/// How long to wait after so many attempts in vain.
fn back_off(attempts: u32) -> Duration {
    let position = usize::try_from(attempts).unwrap_or(usize::MAX).saturating_sub(1).min(BACK_OFF.len() - 1);
    BACK_OFF[position]
}

/// Fails with what the database said.
fn storage_failed(error: &StorageError) -> Outcome {
    Outcome::Failed(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::back_off;
    use std::time::Duration;

    #[test]
    fn attempts_become_rarer_until_one_an_hour() {
        let minutes: Vec<_> = (1..7).map(|attempts| back_off(attempts).as_secs() / 60).collect();
        assert_eq!(minutes, [1, 5, 15, 60, 60, 60]);
        assert_eq!(back_off(u32::MAX), Duration::from_hours(1));
    }
}

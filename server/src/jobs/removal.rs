//! Removes what ended, so that no table grows without end and no secret outlives its use.

use super::{Outcome, storage_failed, write_recurring};
use crate::{
    account, card_job,
    id::{JobId, MessageId},
    state::AppState,
    storage::{
        self, StorageError, Transaction,
        job::{JobKind, StoredJob},
    },
};
use protocol::Timestamp;
use std::time::Duration;

/// How often. Our choice.
const INTERVAL: Duration = Duration::from_hours(1);

/// How long a message is kept that was sent: its text is wiped, its time counts for the limits. Our choice.
const SENT_MESSAGE_MEMORY: Duration = Duration::from_hours(30 * 24);

/// How long a job is kept that was done. Our choice.
const DONE_JOB_MEMORY: Duration = Duration::from_hours(7 * 24);

/// How long the operator sees what was given up. Our choice.
const GIVEN_UP_MEMORY: Duration = Duration::from_hours(30 * 24);

/// Rows that one act removes: others wait behind it. Our choice.
const PORTION: u32 = 1000;

pub(super) async fn run(state: &AppState, job: &StoredJob) -> Outcome {
    loop {
        let portion =
            state.write(async |transaction, environment| remove(transaction, environment.now()).await).await;
        match portion {
            Ok(removed) if removed >= u64::from(PORTION) => {}
            Ok(_) => break,
            Err(error) => return storage_failed(&error),
        }
    }
    let job = job.clone();
    let finished = state
        .write(async move |transaction, environment| {
            let now = environment.now();
            if storage::job::finish(transaction, &job, now).await? {
                let id = JobId::generate(environment.random);
                write_recurring(transaction, &id, JobKind::Removal, now, now.plus(INTERVAL)).await?;
            }
            Ok(())
        })
        .await;
    finished.map_or_else(|error: StorageError| storage_failed(&error), |()| Outcome::Done)
}

/// The largest number of rows that one table lost.
async fn remove(transaction: &mut Transaction, now: Timestamp) -> Result<u64, StorageError> {
    let (idle_since, opened_since) = (now.minus(account::SESSION_IDLE), now.minus(account::SESSION_LIFETIME));
    storage::session::remove_ended(transaction, idle_since, opened_since).await?;
    storage::sign_in_link::remove_made_before(transaction, now.minus(account::LINK_MEMORY)).await?;
    storage::card_job::remove_made_before(transaction, now.minus(card_job::MEMORY)).await?;
    let given_up =
        storage::job::remove_given_up_before(transaction, now.minus(GIVEN_UP_MEMORY), PORTION).await?;
    for message in &given_up {
        storage::outbox::withdraw(transaction, &MessageId::from(message.clone())).await?;
    }
    let sent_before = now.minus(SENT_MESSAGE_MEMORY);
    let messages = storage::outbox::remove_sent_before(transaction, sent_before, PORTION).await?;
    let jobs = storage::job::remove_done_before(transaction, now.minus(DONE_JOB_MEMORY), PORTION).await?;
    let given_up = u64::try_from(given_up.len()).unwrap_or(u64::MAX);
    Ok(messages.max(jobs).max(given_up))
}

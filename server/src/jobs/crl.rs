//! Signs the list of revoked certificates in time.

use super::{Outcome, write_recurring};
use crate::{
    authority::revocation_list::{self, RevocationListError},
    id::JobId,
    state::AppState,
    storage::{
        self, StorageError,
        job::{JobKind, StoredJob},
    },
};

pub(super) async fn run(state: &AppState, job: &StoredJob) -> Outcome {
    match sign(state, job).await {
        Ok(()) => Outcome::Done,
        Err(error) => Outcome::Failed(error.to_string()),
    }
}

/// Without its job: a server that starts waits for no other that may have the lease.
pub(super) async fn sign_if_due(state: &AppState) -> Result<(), StorageError> {
    match sign_and_store(state).await {
        Ok(()) => Ok(()),
        Err(RevocationListError::Storage(error)) => Err(error),
        Err(error) => {
            tracing::error!(%error, "there is no new CRL");
            Ok(())
        }
    }
}

async fn sign_and_store(state: &AppState) -> Result<(), RevocationListError> {
    let signed = {
        let mut reader = state.read().await?;
        revocation_list::sign_next(&mut reader, state.authority(), state.clock().now()).await?
    };
    let Some(signed) = signed else { return Ok(()) };
    state.write(async move |transaction, _| revocation_list::store(transaction, signed).await).await
}

async fn sign(state: &AppState, job: &StoredJob) -> Result<(), RevocationListError> {
    sign_and_store(state).await?;
    let job = job.clone();
    state
        .write(async move |transaction, environment| {
            let now = environment.now();
            if storage::job::finish(transaction, &job, now).await? {
                let newest = storage::crl::newest(transaction).await?;
                let due_at = revocation_list::renewal_at(newest.as_ref(), now);
                let id = JobId::generate(environment.random);
                write_recurring(transaction, &id, JobKind::Crl, now, due_at).await?;
            }
            Ok(())
        })
        .await
}

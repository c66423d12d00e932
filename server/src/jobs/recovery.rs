//! Finishes what is reserved: at once for who asked, and at a start for what a crash left behind.

use crate::{
    failpoint::Failpoint,
    id::CertificateId,
    issuance::{self, FinishError},
    state::AppState,
    storage::{
        self, StorageError,
        certificate::{IssuedCertificate, Reservation, StoredCertificate},
    },
};
use std::time::Duration;

/// Signs what is reserved and stores the certificate.
pub(crate) async fn finish(
    state: &AppState,
    reservation: Reservation,
) -> Result<IssuedCertificate, FinishError> {
    if issuance::is_too_old(&reservation, state.clock().now()) {
        return Err(FinishError::TooOld);
    }
    let certificate = issuance::sign(state.authority(), &reservation)?;
    let issued = state
        .write(async move |transaction, environment| {
            issuance::store(transaction, environment, &reservation.id, certificate).await
        })
        .await?;
    Failpoint::Issued.pass();
    Ok(issued)
}

/// Finishes what a crash left reserved; the server calls it before it listens. A reservation that cannot be finished is logged
/// and stays.
///
/// # Errors
/// The database cannot be read.
pub async fn recover(state: &AppState) -> Result<(), StorageError> {
    recover_left_behind(state, Duration::ZERO).await
}

/// Finishes what was reserved so long ago and nobody finished: a server that died, or a write that failed.
pub(super) async fn recover_left_behind(state: &AppState, since: Duration) -> Result<(), StorageError> {
    let moment = state.clock().now().minus(since);
    let reserved = storage::certificate::list_reserved(&mut *state.read().await?, moment).await?;
    for certificate in reserved {
        match recover_one(state, &certificate).await {
            Ok(()) => {
                tracing::info!(%certificate, "finished a certificate that was reserved before a restart");
            }
            Err(FinishError::TooOld) => {
                tracing::info!(%certificate, "a reserved certificate is too old to be signed: its order can be activated again");
            }
            Err(error) => tracing::error!(%certificate, ?error, "a reserved certificate cannot be finished"),
        }
    }
    Ok(())
}

async fn recover_one(state: &AppState, id: &CertificateId) -> Result<(), FinishError> {
    let stored = storage::certificate::lookup(&mut *state.read().await?, id).await?;
    if let Some(StoredCertificate::Reserved(reservation)) = stored {
        finish(state, reservation).await?;
    }
    Ok(())
}

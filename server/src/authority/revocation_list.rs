//! The issuing CA's list of revoked certificates.

use crate::{
    audit::{self, Event},
    id::sha256_hex,
    issuance::failpoint::Failpoint,
    state::AppState,
    storage::{self, StorageError, authority::StoredCrl},
};
use pki::crl::{CrlError, RevocationList, Scope};
use protocol::Timestamp;
use std::time::Duration;

/// A list older than this is signed anew. Our choice; at most seven days (S/MIME BR §4.9.7).
const RENEW_AFTER: Duration = Duration::from_hours(24);

/// How long a list may be relied on: at most ten days (S/MIME BR §4.9.7). Our choice leaves a server that stood still
/// six days to come back.
const LIFETIME: Duration = Duration::from_hours(7 * 24);

/// Why there is no list to show.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum RevocationListError {
    /// The list could not be signed.
    #[error("the CRL could not be signed")]
    Sign(#[from] CrlError),
    /// The database failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// The list as of now: the stored one, or a new one where that is older than 24 hours.
pub(crate) async fn current(state: &AppState) -> Result<StoredCrl, RevocationListError> {
    let now = state.clock().now();
    let mut connection = state.store().pool().acquire().await.map_err(StorageError::from)?;
    let newest = storage::authority::newest_crl(&mut connection).await?;
    drop(connection);
    match newest {
        Some(crl) if is_fresh(&crl, now) => Ok(crl),
        _ => renew(state, now).await,
    }
}

/// A list from the future, which a clock that was set back leaves behind, is fresh: its number has been seen.
fn is_fresh(crl: &StoredCrl, now: Timestamp) -> bool {
    now < crl.this_update.plus(RENEW_AFTER)
}

async fn renew(state: &AppState, now: Timestamp) -> Result<StoredCrl, RevocationListError> {
    let mut transaction = state.store().begin().await?;
    let number = match storage::authority::newest_crl(&mut transaction).await? {
        Some(crl) if is_fresh(&crl, now) => return Ok(crl),
        Some(older) => older.number.saturating_add(1),
        None => 1,
    };
    let next_update = now.plus(LIFETIME);
    let list = RevocationList {
        scope: Scope::Subscribers,
        number,
        this_update: now.unix_seconds(),
        next_update: next_update.unix_seconds(),
    };
    let der = list.sign(state.authority().issuer(), state.authority().signer())?;
    let crl = StoredCrl { number, this_update: now, next_update, der };
    storage::authority::insert_crl(&mut transaction, &crl).await?;
    audit::append(&mut transaction, now, &Event::CrlSigned { number, crl_sha256: sha256_hex(&crl.der) })
        .await?;
    Failpoint::CrlWritten.pass();
    transaction.commit().await.map_err(StorageError::from)?;
    Ok(crl)
}

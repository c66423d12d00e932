//! The issuing CA's list of revoked certificates. A job signs it in time; whoever asks gets what is stored.

use super::Authority;
use crate::{
    audit::{self, Event},
    clock::{self, ClockError},
    failpoint::Failpoint,
    id::sha256_hex,
    storage::{self, Connection, StorageError, Transaction, crl::StoredCrl},
};
use pki::crl::{CrlError, RevocationList, Scope};
use protocol::Timestamp;
use std::time::Duration;

/// A list older than this is signed anew. Our choice; at most seven days (S/MIME BR §4.9.7).
const RENEW_AFTER: Duration = Duration::from_hours(24);

/// How long a list may be relied on: at most ten days (S/MIME BR §4.9.7). Our choice leaves a server that stood still
/// six days to come back.
const LIFETIME: Duration = Duration::from_hours(7 * 24);

/// Why there is no new list.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum RevocationListError {
    /// The list could not be signed.
    #[error("the CRL could not be signed")]
    Sign(#[from] CrlError),
    /// The clock shows a time that is over.
    #[error(transparent)]
    Clock(#[from] ClockError),
    /// The database failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// A list that is signed and not stored yet.
#[derive(Debug)]
pub(crate) struct Signed(StoredCrl);

/// When the stored list is to be signed anew; now where there is none. A list of the future, which a clock that was set right
/// leaves behind, is no list.
pub(crate) fn renewal_at(newest: Option<&StoredCrl>, now: Timestamp) -> Timestamp {
    match newest {
        Some(crl) if crl.this_update <= now => crl.this_update.plus(RENEW_AFTER),
        _ => now,
    }
}

/// Signs the list that follows the stored one, where that is old enough. Outside any act, as nothing may wait behind a signature.
pub(crate) async fn sign_next(
    connection: &mut Connection,
    authority: &Authority,
    now: Timestamp,
) -> Result<Option<Signed>, RevocationListError> {
    let newest = storage::crl::newest(connection).await?;
    if now < renewal_at(newest.as_ref(), now) {
        return Ok(None);
    }
    let number = newest.map_or(1, |older| older.number.saturating_add(1));
    let next_update = now.plus(LIFETIME);
    let list = RevocationList {
        scope: Scope::Subscribers,
        number,
        this_update: now.unix_seconds(),
        next_update: next_update.unix_seconds(),
    };
    let der = list.sign(authority.issuer(), authority.signer())?;
    Ok(Some(Signed(StoredCrl { number, this_update: now, next_update, der })))
}

/// Stores a list, unless another server stored one meanwhile: no number is given twice.
pub(crate) async fn store(transaction: &mut Transaction, signed: Signed) -> Result<(), RevocationListError> {
    let Signed(crl) = signed;
    clock::check(crl.this_update, audit::newest_moment(transaction).await?)?;
    let newest = storage::crl::newest(transaction).await?;
    if newest.is_some_and(|newest| newest.number >= crl.number) {
        return Ok(());
    }
    storage::crl::insert(transaction, &crl).await?;
    let event = Event::CrlSigned { number: crl.number, crl_sha256: sha256_hex(&crl.der) };
    audit::append(transaction, crl.this_update, &event).await?;
    Failpoint::CrlWritten.pass();
    Ok(())
}

/// The list that counts now: the newest that is not outdated.
pub(crate) async fn current(
    connection: &mut Connection,
    now: Timestamp,
) -> Result<Option<StoredCrl>, StorageError> {
    let newest = storage::crl::newest(connection).await?;
    Ok(newest.filter(|crl| now < crl.next_update))
}

//! From a verified order to one certificate, in steps that survive a crash between any two of them.
//!
//! 1. One act: check what is verified, choose the serial number, build and lint the to-be-signed bytes, store them.
//! 2. Sign exactly the stored bytes, after linting them again: outside any act, as nothing may wait behind a signature.
//! 3. One act: store the certificate and the mail that tells of it.
//! 4. Answer.
//!
//! Steps 2 and 3 always start from what is stored, so that going on after a crash is no special case. They may run
//! twice at the same time: the signature is deterministic, and step 3 keeps the first.

mod reservation;

pub(crate) use reservation::{Activation, Outcome, ReservationError, is_too_old, reserve};

use crate::{
    audit::{self, Event},
    authority::Authority,
    environment::Environment,
    failpoint::Failpoint,
    id::{CertificateId, sha256_hex},
    mail::{message::Writer, outbox},
    storage::{
        self, StorageError, Transaction,
        certificate::{IssuedCertificate, Reservation, StoredCertificate},
    },
};
use pki::{
    issuance::{IssueError, LintedCertificate, PrepareError},
    mailbox::Mailbox,
};
use tokio::task::JoinError;

/// A certificate, and whether this request was the first to ask for it.
#[derive(Debug)]
pub(crate) enum Activated {
    /// The certificate did not exist before.
    Now(IssuedCertificate),
    /// The order had it already, for the same key.
    Before(IssuedCertificate),
}

/// Why an order was not activated.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum ActivationError {
    /// Nothing was reserved.
    #[error(transparent)]
    Reservation(#[from] ReservationError),
    /// The order has a certificate, or bytes reserved for one, with another key.
    #[error("the order already has another key")]
    OtherKey,
    /// What is reserved could not be signed and stored; it stays reserved.
    #[error(transparent)]
    Finish(#[from] FinishError),
    /// The database failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// The task ended before it had an answer: it panicked, or the server stops.
    #[error("the issuance ended without an answer")]
    Ended(#[from] JoinError),
}

/// Why reserved bytes did not become a certificate.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum FinishError {
    /// The stored bytes do not pass the lint any more.
    #[error("the stored to-be-signed bytes do not pass the lint")]
    Lint(#[from] PrepareError),
    /// What was verified when the bytes were reserved may not count any more.
    #[error("the bytes were reserved too long ago to be signed")]
    TooOld,
    /// The issuing key does not sign.
    #[error("the stored to-be-signed bytes could not be signed")]
    Sign(#[from] IssueError),
    /// The database failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// Step 2: signs exactly the reserved bytes, DER.
///
/// # Errors
/// They do not pass the lint any more, or the key does not sign.
pub(crate) fn sign(authority: &Authority, reservation: &Reservation) -> Result<Vec<u8>, FinishError> {
    let issuer = authority.issuer();
    let linted =
        LintedCertificate::from_stored(&reservation.tbs, issuer, reservation.reserved_at.unix_seconds())?;
    let certificate = pki::issuance::issue(linted, issuer, authority.signer())?;
    Failpoint::Signed.pass();
    Ok(certificate.der().to_vec())
}

/// Step 3: stores the certificate over the reserved bytes, with its audit record and the mail that tells of it; what is stored
/// already stays.
///
/// # Errors
/// The store fails.
pub(crate) async fn store(
    transaction: &mut Transaction,
    environment: Environment<'_>,
    id: &CertificateId,
    certificate: Vec<u8>,
) -> Result<IssuedCertificate, FinishError> {
    let missing = StorageError::Unreadable { column: "certificate.id" };
    let reservation = match storage::certificate::lookup(transaction, id).await? {
        Some(StoredCertificate::Issued(issued)) => return Ok(issued),
        Some(StoredCertificate::Reserved(reservation)) => reservation,
        None => return Err(missing.into()),
    };
    let issued = store_new(transaction, environment, reservation, certificate).await?;
    Failpoint::CertificateWritten.pass();
    Ok(issued)
}

async fn store_new(
    transaction: &mut Transaction,
    environment: Environment<'_>,
    reservation: Reservation,
    certificate: Vec<u8>,
) -> Result<IssuedCertificate, StorageError> {
    let now = environment.now();
    storage::certificate::set_certificate(transaction, &reservation.id, &certificate, now).await?;
    let event = Event::CertificateIssued {
        order_id: reservation.order_id.clone(),
        certificate_id: reservation.id.clone(),
        serial_number: reservation.serial_number.clone(),
        certificate_sha256: sha256_hex(&certificate),
    };
    audit::append(transaction, now, &event).await?;
    let order = storage::order::lookup(transaction, &reservation.order_id)
        .await?
        .ok_or(StorageError::Unreadable { column: "certificate.order_id" })?;
    let holder = storage::account::lookup(transaction, &order.holder_id)
        .await?
        .ok_or(StorageError::Unreadable { column: "orders.holder_id" })?;
    let recipient = Mailbox::parse(&holder.email)
        .map_err(|_never_stored| StorageError::Unreadable { column: "account.email" })?;
    let message = Writer::new(environment).certificate_ready(recipient, &reservation.id);
    outbox::enqueue(transaction, environment, &message).await?;
    Ok(IssuedCertificate { reservation, certificate, product_id: order.product_id })
}

//! From a verified order to one certificate, in steps that survive a crash between any two of them.
//!
//! 1. One transaction: check what is verified, choose the serial number, build and lint the to-be-signed bytes, store
//!    them.
//! 2. Sign exactly the stored bytes, after linting them again.
//! 3. One transaction: store the certificate and the mail that tells of it.
//! 4. Answer.
//!
//! Steps 2 and 3 always start from what is stored, so that going on after a crash is no special case. They may run
//! twice at the same time: the signature is deterministic, and step 3 keeps the first.

pub(crate) mod failpoint;
mod reservation;

pub(crate) use reservation::{Activation, ReservationError};

use crate::{
    audit::{self, Event},
    id::{OrderId, sha256_hex},
    mail,
    state::AppState,
    storage::{
        self, StorageError,
        issuance::{IssuedCertificate, Reservation, StoredIssuance},
    },
};
use failpoint::Failpoint;
use pki::{
    issuance::{IssueError, LintedCertificate, PrepareError},
    mailbox::Mailbox,
};
use reservation::Outcome;
use sqlx::SqliteConnection;
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
pub enum FinishError {
    /// The stored bytes do not pass the lint any more.
    #[error("the stored to-be-signed bytes do not pass the lint")]
    Lint(#[from] PrepareError),
    /// The issuing key does not sign.
    #[error("the stored to-be-signed bytes could not be signed")]
    Sign(#[from] IssueError),
    /// The database failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// Issues the certificate of an order, or finds the one that it has.
///
/// In a task of its own: a customer who goes away drops the request and all that it waits for, and what is reserved must
/// have its certificate nevertheless.
pub(crate) async fn activate(state: &AppState, activation: Activation) -> Result<Activated, ActivationError> {
    let state = state.clone();
    tokio::spawn(async move { take_steps(&state, &activation).await }).await?
}

async fn take_steps(state: &AppState, activation: &Activation) -> Result<Activated, ActivationError> {
    let outcome = reservation::reserve(state, activation).await?;
    let is_new = matches!(outcome, Outcome::New(_));
    // Another key is refused only after the earlier one has its certificate: no crash leaves a reservation that
    // nobody finishes.
    let issued = match outcome {
        Outcome::New(reservation) | Outcome::Found(StoredIssuance::Reserved(reservation)) => {
            finish(state, reservation).await?
        }
        Outcome::Found(StoredIssuance::Issued(issued)) => issued,
    };
    if issued.reservation.spki_sha256 != activation.public_key.sha256_hex() {
        return Err(ActivationError::OtherKey);
    }
    Ok(if is_new { Activated::Now(issued) } else { Activated::Before(issued) })
}

/// Finishes what a crash left reserved; the server calls it before it listens. A reservation that cannot be finished
/// is logged and stays.
///
/// # Errors
/// The database cannot be read.
pub async fn recover(state: &AppState) -> Result<(), StorageError> {
    let mut connection = state.store().pool().acquire().await?;
    let orders = storage::issuance::list_reserved(&mut connection).await?;
    drop(connection);
    for order in orders {
        match recover_one(state, &order).await {
            Ok(()) => tracing::info!(%order, "finished a certificate that was reserved before a restart"),
            Err(error) => tracing::error!(%order, ?error, "a reserved certificate cannot be finished"),
        }
    }
    Ok(())
}

async fn recover_one(state: &AppState, order: &OrderId) -> Result<(), FinishError> {
    let mut connection = state.store().pool().acquire().await.map_err(StorageError::from)?;
    let stored = storage::issuance::lookup(&mut connection, order).await?;
    drop(connection);
    if let Some(StoredIssuance::Reserved(reservation)) = stored {
        finish(state, reservation).await?;
    }
    Ok(())
}

/// Steps 2 and 3.
async fn finish(state: &AppState, reservation: Reservation) -> Result<IssuedCertificate, FinishError> {
    let issuer = state.authority().issuer();
    let linted =
        LintedCertificate::from_stored(&reservation.tbs, issuer, reservation.reserved_at.unix_seconds())?;
    let certificate = pki::issuance::issue(linted, issuer, state.authority().signer())?;
    Failpoint::Signed.pass();

    let mut transaction = state.store().begin().await?;
    match storage::issuance::lookup(&mut transaction, &reservation.order_id).await? {
        Some(StoredIssuance::Issued(issued)) => return Ok(issued),
        Some(StoredIssuance::Reserved(_)) => {}
        None => return Err(StorageError::Unreadable { column: "issuance.order_id" }.into()),
    }
    let issued = store_certificate(state, &mut transaction, reservation, certificate.der()).await?;
    Failpoint::CertificateWritten.pass();
    transaction.commit().await.map_err(StorageError::from)?;
    Failpoint::Issued.pass();
    state.wake_mail();
    Ok(issued)
}

/// Certificate, audit record and mail, in the caller's transaction.
async fn store_certificate(
    state: &AppState,
    connection: &mut SqliteConnection,
    reservation: Reservation,
    certificate: &[u8],
) -> Result<IssuedCertificate, StorageError> {
    let now = state.clock().now();
    storage::issuance::set_certificate(connection, &reservation.order_id, certificate, now).await?;
    let event = Event::CertificateIssued {
        order_id: reservation.order_id.clone(),
        certificate_id: reservation.certificate_id.clone(),
        serial_number: reservation.serial_number.clone(),
        certificate_sha256: sha256_hex(certificate),
    };
    audit::append(connection, now, &event).await?;

    let purchase = storage::purchase::lookup(connection, &reservation.order_id)
        .await?
        .ok_or(StorageError::Unreadable { column: "issuance.order_id" })?;
    let owner = storage::account::lookup(connection, &purchase.account_id)
        .await?
        .ok_or(StorageError::Unreadable { column: "purchase.account_id" })?;
    let recipient = Mailbox::parse(&owner.email)
        .map_err(|_never_stored| StorageError::Unreadable { column: "account.email" })?;
    let message = mail::message::Writer::new(state.settings(), state.random())
        .certificate_ready(recipient, &reservation.certificate_id);
    mail::outbox::enqueue(connection, now, &message).await?;
    Ok(IssuedCertificate { reservation, certificate: certificate.to_vec(), product_id: purchase.product_id })
}

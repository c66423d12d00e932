//! Certificates, from the reservation on.

use super::{StorageError, from_column, to_column};
use crate::id::{AccountId, CertificateId, OrderId};
use protocol::{KeyOrigin, Timestamp};
use sqlx::{FromRow, SqliteConnection};

/// The only profile so far.
const ORGANIZATION_STRICT: &str = "organization-strict";

/// What is stored before anything is signed.
#[derive(Clone, Debug)]
pub(crate) struct Reservation {
    pub(crate) order_id: OrderId,
    pub(crate) certificate_id: CertificateId,
    /// Lower-case hex.
    pub(crate) serial_number: String,
    /// SHA-256 of the subjectPublicKeyInfo, lower-case hex.
    pub(crate) spki_sha256: String,
    pub(crate) key_origin: KeyOrigin,
    pub(crate) mailbox: String,
    /// The organization's name.
    pub(crate) organization: String,
    pub(crate) not_before: Timestamp,
    pub(crate) not_after: Timestamp,
    /// The to-be-signed bytes, linted at `reserved_at`.
    pub(crate) tbs: Vec<u8>,
    pub(crate) reserved_at: Timestamp,
}

/// A certificate of a customer.
#[derive(Clone, Debug)]
pub(crate) struct IssuedCertificate {
    pub(crate) reservation: Reservation,
    pub(crate) certificate: Vec<u8>,
    pub(crate) product_id: String,
}

/// How far the issuance for an order is.
#[derive(Clone, Debug)]
pub(crate) enum StoredIssuance {
    /// The to-be-signed bytes are stored; whether they were signed is unknown.
    Reserved(Reservation),
    /// The certificate is stored.
    Issued(IssuedCertificate),
}

#[derive(FromRow)]
struct Row {
    order_id: OrderId,
    certificate_id: CertificateId,
    serial_number: String,
    spki_sha256: String,
    key_origin: String,
    mailbox: String,
    organization: String,
    not_before: i64,
    not_after: i64,
    tbs: Vec<u8>,
    reserved_at: i64,
    certificate: Option<Vec<u8>>,
    product_id: String,
}

impl TryFrom<Row> for StoredIssuance {
    type Error = StorageError;

    fn try_from(row: Row) -> Result<Self, Self::Error> {
        let reservation = Reservation {
            order_id: row.order_id,
            certificate_id: row.certificate_id,
            serial_number: row.serial_number,
            spki_sha256: row.spki_sha256,
            key_origin: key_origin_from_column(&row.key_origin)?,
            mailbox: row.mailbox,
            organization: row.organization,
            not_before: from_column(row.not_before, "issuance.not_before")?,
            not_after: from_column(row.not_after, "issuance.not_after")?,
            tbs: row.tbs,
            reserved_at: from_column(row.reserved_at, "issuance.reserved_at")?,
        };
        Ok(match row.certificate {
            None => Self::Reserved(reservation),
            Some(certificate) => {
                Self::Issued(IssuedCertificate { reservation, certificate, product_id: row.product_id })
            }
        })
    }
}

impl StoredIssuance {
    fn issued(self) -> Option<IssuedCertificate> {
        match self {
            Self::Reserved(_) => None,
            Self::Issued(issued) => Some(issued),
        }
    }
}

fn key_origin_column(origin: KeyOrigin) -> &'static str {
    match origin {
        KeyOrigin::Browser => "browser",
        KeyOrigin::Csr => "csr",
        KeyOrigin::Card => "card",
    }
}

fn key_origin_from_column(text: &str) -> Result<KeyOrigin, StorageError> {
    [KeyOrigin::Browser, KeyOrigin::Csr, KeyOrigin::Card]
        .into_iter()
        .find(|origin| key_origin_column(*origin) == text)
        .ok_or(StorageError::Unreadable { column: "issuance.key_origin" })
}

/// Reserves. The table refuses a second row for the order and a serial number that was used before.
pub(crate) async fn insert(
    connection: &mut SqliteConnection,
    reservation: &Reservation,
) -> Result<(), StorageError> {
    sqlx::query(
        "INSERT INTO issuance (order_id, certificate_id, serial_number, profile, spki_sha256, key_origin, mailbox,
                               organization, not_before, not_after, tbs, reserved_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(&reservation.order_id)
    .bind(&reservation.certificate_id)
    .bind(&reservation.serial_number)
    .bind(ORGANIZATION_STRICT)
    .bind(&reservation.spki_sha256)
    .bind(key_origin_column(reservation.key_origin))
    .bind(&reservation.mailbox)
    .bind(&reservation.organization)
    .bind(to_column(reservation.not_before))
    .bind(to_column(reservation.not_after))
    .bind(&reservation.tbs)
    .bind(to_column(reservation.reserved_at))
    .execute(connection)
    .await?;
    Ok(())
}

/// How far the issuance for this order is; `None` before it began.
pub(crate) async fn lookup(
    connection: &mut SqliteConnection,
    order: &OrderId,
) -> Result<Option<StoredIssuance>, StorageError> {
    let row: Option<Row> = sqlx::query_as(
        "SELECT issuance.*, purchase.product_id FROM issuance JOIN purchase ON purchase.id = issuance.order_id
         WHERE issuance.order_id = ?",
    )
    .bind(order)
    .fetch_optional(connection)
    .await?;
    row.map(TryInto::try_into).transpose()
}

/// The orders whose to-be-signed bytes are stored without a certificate, oldest first.
pub(crate) async fn list_reserved(connection: &mut SqliteConnection) -> Result<Vec<OrderId>, StorageError> {
    let rows: Vec<(OrderId,)> =
        sqlx::query_as("SELECT order_id FROM issuance WHERE certificate IS NULL ORDER BY reserved_at, rowid")
            .fetch_all(connection)
            .await?;
    Ok(rows.into_iter().map(|(order,)| order).collect())
}

/// Stores the certificate over the reserved bytes, once.
pub(crate) async fn set_certificate(
    connection: &mut SqliteConnection,
    order: &OrderId,
    certificate: &[u8],
    at: Timestamp,
) -> Result<(), StorageError> {
    sqlx::query("UPDATE issuance SET certificate = ?, issued_at = ? WHERE order_id = ?")
        .bind(certificate)
        .bind(to_column(at))
        .bind(order)
        .execute(connection)
        .await?;
    Ok(())
}

/// The certificate with this id, when this account owns it.
pub(crate) async fn lookup_owned(
    connection: &mut SqliteConnection,
    certificate: &CertificateId,
    owner: &AccountId,
) -> Result<Option<IssuedCertificate>, StorageError> {
    let row: Option<Row> = sqlx::query_as(
        "SELECT issuance.*, purchase.product_id FROM issuance JOIN purchase ON purchase.id = issuance.order_id
         WHERE issuance.certificate_id = ? AND purchase.account_id = ?",
    )
    .bind(certificate)
    .bind(owner)
    .fetch_optional(connection)
    .await?;
    Ok(row.map(StoredIssuance::try_from).transpose()?.and_then(StoredIssuance::issued))
}

/// The account's certificates, newest first.
pub(crate) async fn list_owned(
    connection: &mut SqliteConnection,
    owner: &AccountId,
) -> Result<Vec<IssuedCertificate>, StorageError> {
    let rows: Vec<Row> = sqlx::query_as(
        "SELECT issuance.*, purchase.product_id FROM issuance JOIN purchase ON purchase.id = issuance.order_id
         WHERE purchase.account_id = ? AND issuance.certificate IS NOT NULL
         ORDER BY issuance.issued_at DESC, issuance.rowid DESC",
    )
    .bind(owner)
    .fetch_all(connection)
    .await?;
    rows.into_iter()
        .filter_map(|row| StoredIssuance::try_from(row).map(StoredIssuance::issued).transpose())
        .collect()
}

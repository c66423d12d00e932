//! Certificates, from the reservation on.

use super::{Connection, Cursor, Limit, Page, StorageError, Transaction, column::Moment};
use crate::id::{AccountId, CertificateId, CustomerId, OrderId};
use protocol::{KeyOrigin, Timestamp};
use sqlx::FromRow;

/// The only profile so far.
const ORGANIZATION_STRICT: &str = "organization-strict";

/// What is stored before anything is signed.
#[derive(Clone, Debug)]
pub(crate) struct Reservation {
    pub(crate) id: CertificateId,
    pub(crate) order_id: OrderId,
    pub(crate) customer_id: CustomerId,
    pub(crate) holder_id: AccountId,
    /// The certificate of the same order that this one takes the place of.
    pub(crate) replaces: Option<CertificateId>,
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

/// A certificate.
#[derive(Clone, Debug)]
pub(crate) struct IssuedCertificate {
    pub(crate) reservation: Reservation,
    pub(crate) certificate: Vec<u8>,
    pub(crate) product_id: String,
}

/// How far a certificate is.
#[derive(Clone, Debug)]
pub(crate) enum StoredCertificate {
    /// The to-be-signed bytes are stored; whether they were signed is unknown.
    Reserved(Reservation),
    /// The certificate is stored.
    Issued(IssuedCertificate),
}

/// How far the certificate of an order is, without its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Progress {
    /// Not begun.
    None,
    /// The to-be-signed bytes are stored.
    Reserved,
    /// The certificate is there.
    Issued(CertificateId),
}

#[derive(FromRow)]
struct Row {
    sequence: i64,
    id: CertificateId,
    order_id: OrderId,
    customer_id: CustomerId,
    holder_id: AccountId,
    replaces: Option<CertificateId>,
    serial_number: String,
    spki_sha256: String,
    key_origin: String,
    mailbox: String,
    organization: String,
    not_before: Moment,
    not_after: Moment,
    tbs: Vec<u8>,
    reserved_at: Moment,
    certificate: Option<Vec<u8>>,
    product_id: String,
}

impl TryFrom<Row> for StoredCertificate {
    type Error = StorageError;

    fn try_from(row: Row) -> Result<Self, Self::Error> {
        let reservation = Reservation {
            id: row.id,
            order_id: row.order_id,
            customer_id: row.customer_id,
            holder_id: row.holder_id,
            replaces: row.replaces,
            serial_number: row.serial_number,
            spki_sha256: row.spki_sha256,
            key_origin: key_origin_from_column(&row.key_origin)?,
            mailbox: row.mailbox,
            organization: row.organization,
            not_before: row.not_before.into(),
            not_after: row.not_after.into(),
            tbs: row.tbs,
            reserved_at: row.reserved_at.into(),
        };
        Ok(match row.certificate {
            None => Self::Reserved(reservation),
            Some(certificate) => {
                Self::Issued(IssuedCertificate { reservation, certificate, product_id: row.product_id })
            }
        })
    }
}

impl StoredCertificate {
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
        .ok_or(StorageError::Unreadable { column: "certificate.key_origin" })
}

/// Reserves. The table refuses a second first certificate of an order, a second one in the place of another, and a serial number
/// that was used before.
pub(crate) async fn insert(
    transaction: &mut Transaction,
    reservation: &Reservation,
) -> Result<(), StorageError> {
    transaction
        .query(
            "INSERT INTO certificate (id, order_id, customer_id, holder_id, serial_number, profile, spki_sha256, key_origin,
                                      mailbox, organization, not_before, not_after, tbs, reserved_at, replaces)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
        )
        .bind(&reservation.id)
        .bind(&reservation.order_id)
        .bind(&reservation.customer_id)
        .bind(&reservation.holder_id)
        .bind(&reservation.serial_number)
        .bind(ORGANIZATION_STRICT)
        .bind(&reservation.spki_sha256)
        .bind(key_origin_column(reservation.key_origin))
        .bind(&reservation.mailbox)
        .bind(&reservation.organization)
        .bind(Moment(reservation.not_before))
        .bind(Moment(reservation.not_after))
        .bind(&reservation.tbs)
        .bind(Moment(reservation.reserved_at))
        .bind(reservation.replaces.as_ref())
        .change_one("certificate")
        .await
}

/// The certificate of the order that no other takes the place of; `None` before one is reserved.
pub(crate) async fn lookup_of_order(
    connection: &mut Connection,
    order: &OrderId,
) -> Result<Option<StoredCertificate>, StorageError> {
    let row: Option<Row> = connection
        .query(
            "SELECT certificate.*, orders.product_id FROM certificate JOIN orders ON orders.id = certificate.order_id
             WHERE certificate.order_id = $1
                 AND NOT EXISTS (SELECT newer.id FROM certificate AS newer WHERE newer.replaces = certificate.id)",
        )
        .bind(order)
        .fetch_optional()
        .await?;
    row.map(TryInto::try_into).transpose()
}

/// How far the certificate of this order is that no other takes the place of.
pub(crate) async fn progress(connection: &mut Connection, order: &OrderId) -> Result<Progress, StorageError> {
    let row: Option<(CertificateId, bool)> = connection
        .query(
            "SELECT id, certificate IS NOT NULL FROM certificate
             WHERE order_id = $1
                 AND NOT EXISTS (SELECT newer.id FROM certificate AS newer WHERE newer.replaces = certificate.id)",
        )
        .bind(order)
        .fetch_optional()
        .await?;
    Ok(match row {
        None => Progress::None,
        Some((_, false)) => Progress::Reserved,
        Some((certificate_id, true)) => Progress::Issued(certificate_id),
    })
}

/// The certificate with this id, reserved or issued.
pub(crate) async fn lookup(
    connection: &mut Connection,
    id: &CertificateId,
) -> Result<Option<StoredCertificate>, StorageError> {
    let row: Option<Row> = connection
        .query(
            "SELECT certificate.*, orders.product_id FROM certificate JOIN orders ON orders.id = certificate.order_id
             WHERE certificate.id = $1",
        )
        .bind(id)
        .fetch_optional()
        .await?;
    row.map(TryInto::try_into).transpose()
}

/// The certificate with this id, once it is issued.
pub(crate) async fn lookup_issued(
    connection: &mut Connection,
    id: &CertificateId,
) -> Result<Option<IssuedCertificate>, StorageError> {
    Ok(lookup(connection, id).await?.and_then(StoredCertificate::issued))
}

/// The certificates whose to-be-signed bytes are stored without a signature since before `moment`, and that no other takes the
/// place of, oldest first.
pub(crate) async fn list_reserved(
    connection: &mut Connection,
    moment: Timestamp,
) -> Result<Vec<CertificateId>, StorageError> {
    let rows: Vec<(CertificateId,)> = connection
        .query(
            "SELECT id FROM certificate
             WHERE certificate IS NULL AND reserved_at <= $1
                 AND NOT EXISTS (SELECT newer.id FROM certificate AS newer WHERE newer.replaces = certificate.id)
             ORDER BY sequence",
        )
        .bind(Moment(moment))
        .fetch_all()
        .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Stores the certificate over the reserved bytes, once.
pub(crate) async fn set_certificate(
    transaction: &mut Transaction,
    id: &CertificateId,
    certificate: &[u8],
    at: Timestamp,
) -> Result<(), StorageError> {
    transaction
        .query(
            "UPDATE certificate SET certificate = $1, issued_at = $2 WHERE id = $3 AND certificate IS NULL",
        )
        .bind(certificate)
        .bind(Moment(at))
        .bind(id)
        .change_one("certificate.certificate")
        .await
}

/// The customer's certificates, newest first.
pub(crate) async fn page_of_customer(
    connection: &mut Connection,
    customer: &CustomerId,
    after: Option<Cursor>,
    limit: Limit,
) -> Result<Page<IssuedCertificate>, StorageError> {
    let rows = connection
        .query(
            "SELECT certificate.*, orders.product_id FROM certificate JOIN orders ON orders.id = certificate.order_id
             WHERE certificate.customer_id = $1 AND certificate.certificate IS NOT NULL AND certificate.sequence < $2
             ORDER BY certificate.sequence DESC LIMIT $3",
        )
        .bind(customer)
        .bind(after.map_or(i64::MAX, |after| after.sequence))
        .bind(limit.with_the_next())
        .fetch_all()
        .await?;
    issued_page(rows, limit)
}

/// The certificates of this customer that this person holds, newest first.
pub(crate) async fn page_of_holder(
    connection: &mut Connection,
    customer: &CustomerId,
    holder: &AccountId,
    after: Option<Cursor>,
    limit: Limit,
) -> Result<Page<IssuedCertificate>, StorageError> {
    let rows = connection
        .query(
            "SELECT certificate.*, orders.product_id FROM certificate JOIN orders ON orders.id = certificate.order_id
             WHERE certificate.holder_id = $1 AND certificate.customer_id = $2 AND certificate.certificate IS NOT NULL
                 AND certificate.sequence < $3
             ORDER BY certificate.sequence DESC LIMIT $4",
        )
        .bind(holder)
        .bind(customer)
        .bind(after.map_or(i64::MAX, |after| after.sequence))
        .bind(limit.with_the_next())
        .fetch_all()
        .await?;
    issued_page(rows, limit)
}

fn issued_page(rows: Vec<Row>, limit: Limit) -> Result<Page<IssuedCertificate>, StorageError> {
    let Page { items, next } = Page::of(rows, limit, |row| Cursor::of_sequence(row.sequence));
    let issued = items
        .into_iter()
        .filter_map(|row| StoredCertificate::try_from(row).map(StoredCertificate::issued).transpose());
    Ok(Page { items: issued.collect::<Result<_, _>>()?, next })
}

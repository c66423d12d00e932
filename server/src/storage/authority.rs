//! What the certification authority itself leaves in the database: whose it is, and the CRLs.

use super::{StorageError, from_column, to_column};
use protocol::Timestamp;
use sqlx::SqliteConnection;

/// A list of revoked certificates, as signed.
#[derive(Clone, Debug)]
pub(crate) struct StoredCrl {
    pub(crate) number: u64,
    pub(crate) this_update: Timestamp,
    pub(crate) next_update: Timestamp,
    pub(crate) der: Vec<u8>,
}

/// SHA-256 of the issuing certificate that this database belongs to, lower-case hex.
pub(crate) async fn lookup_bound(connection: &mut SqliteConnection) -> Result<Option<String>, StorageError> {
    let row: Option<(String,)> =
        sqlx::query_as("SELECT issuing_sha256 FROM authority").fetch_optional(connection).await?;
    Ok(row.map(|(hash,)| hash))
}

/// Binds the database to an issuing certificate, for ever.
pub(crate) async fn bind(
    connection: &mut SqliteConnection,
    issuing_sha256: &str,
    at: Timestamp,
) -> Result<(), StorageError> {
    sqlx::query("INSERT INTO authority (the_only_one, issuing_sha256, bound_at) VALUES (1, ?, ?)")
        .bind(issuing_sha256)
        .bind(to_column(at))
        .execute(connection)
        .await?;
    Ok(())
}

/// The CRL with the greatest number.
pub(crate) async fn newest_crl(connection: &mut SqliteConnection) -> Result<Option<StoredCrl>, StorageError> {
    let row: Option<(i64, i64, i64, Vec<u8>)> =
        sqlx::query_as("SELECT number, this_update, next_update, der FROM crl ORDER BY number DESC LIMIT 1")
            .fetch_optional(connection)
            .await?;
    row.map(|(number, this_update, next_update, der)| {
        Ok(StoredCrl {
            number: u64::try_from(number)
                .map_err(|_negative| StorageError::Unreadable { column: "crl.number" })?,
            this_update: from_column(this_update, "crl.this_update")?,
            next_update: from_column(next_update, "crl.next_update")?,
            der,
        })
    })
    .transpose()
}

/// Adds a CRL; its number is new.
pub(crate) async fn insert_crl(
    connection: &mut SqliteConnection,
    crl: &StoredCrl,
) -> Result<(), StorageError> {
    sqlx::query("INSERT INTO crl (number, this_update, next_update, der) VALUES (?, ?, ?, ?)")
        .bind(
            i64::try_from(crl.number)
                .map_err(|_too_large| StorageError::Unreadable { column: "crl.number" })?,
        )
        .bind(to_column(crl.this_update))
        .bind(to_column(crl.next_update))
        .bind(&crl.der)
        .execute(connection)
        .await?;
    Ok(())
}

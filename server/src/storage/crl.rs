//! The lists of revoked certificates that the issuing CA signed.

use super::{Connection, StorageError, Transaction, column::Moment};
use protocol::Timestamp;

/// A list of revoked certificates, as signed.
#[derive(Clone, Debug)]
pub(crate) struct StoredCrl {
    pub(crate) number: u64,
    pub(crate) this_update: Timestamp,
    pub(crate) next_update: Timestamp,
    pub(crate) der: Vec<u8>,
}

/// The CRL with the greatest number.
pub(crate) async fn newest(connection: &mut Connection) -> Result<Option<StoredCrl>, StorageError> {
    let row: Option<(i64, Moment, Moment, Vec<u8>)> = connection
        .query("SELECT number, this_update, next_update, der FROM crl ORDER BY number DESC LIMIT 1")
        .fetch_optional()
        .await?;
    row.map(|(number, this_update, next_update, der)| {
        Ok(StoredCrl {
            number: u64::try_from(number)
                .map_err(|_negative| StorageError::Unreadable { column: "crl.number" })?,
            this_update: this_update.into(),
            next_update: next_update.into(),
            der,
        })
    })
    .transpose()
}

/// Adds a CRL; its number is new.
pub(crate) async fn insert(transaction: &mut Transaction, crl: &StoredCrl) -> Result<(), StorageError> {
    let number =
        i64::try_from(crl.number).map_err(|_too_large| StorageError::Unreadable { column: "crl.number" })?;
    transaction
        .query("INSERT INTO crl (number, this_update, next_update, der) VALUES ($1, $2, $3, $4)")
        .bind(number)
        .bind(Moment(crl.this_update))
        .bind(Moment(crl.next_update))
        .bind(&crl.der)
        .change_one("crl")
        .await
}

use super::Authority;
use crate::{
    audit::{self, Event},
    id::sha256_hex,
    storage::{self, StorageError, Store},
};
use protocol::Timestamp;

/// Why this authority and this database cannot work together.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BindingError {
    /// The database holds the certificates of another authority.
    #[error(
        "the database belongs to another certification authority: restore the folder `ca` and the database from the same backup"
    )]
    OtherAuthority,
    /// The database cannot be read or written.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl Authority {
    /// Notes in the database, once, that it belongs to this authority, and in the audit log that the authority was
    /// founded. A restored folder next to another database would otherwise issue serial numbers that nobody finds.
    ///
    /// # Errors
    /// The database belongs to another authority.
    pub async fn bind(&self, store: &Store, at: Timestamp) -> Result<(), BindingError> {
        let root_sha256 = sha256_hex(self.root().certificate_der());
        let issuing_sha256 = sha256_hex(self.issuer().certificate_der());
        let mut transaction = store.begin().await?;
        match storage::authority::lookup_bound(&mut transaction).await? {
            Some(bound) if bound == issuing_sha256 => return Ok(()),
            Some(_) => return Err(BindingError::OtherAuthority),
            None => {}
        }
        storage::authority::bind(&mut transaction, &issuing_sha256, at).await?;
        audit::append(&mut transaction, at, &Event::AuthorityCreated { root_sha256, issuing_sha256 }).await?;
        Ok(transaction.commit().await.map_err(StorageError::from)?)
    }
}

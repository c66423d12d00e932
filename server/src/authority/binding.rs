use super::Authority;
use crate::{
    audit::{self, Event},
    id::sha256_hex,
    storage::{self, StorageError, Store, installation::Purpose},
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
    /// The database of a demonstration is started for real use.
    #[error(
        "this is the database of a demonstration, for ever: its people and certificates are invented. For real use give another --data folder, and another --database"
    )]
    Demonstration,
    /// The database of a real installation is started as a demonstration.
    #[error(
        "this is the database of a real installation, for ever: a demonstration would issue for invented organizations. For a demonstration give another --data folder, and another --database"
    )]
    RealUse,
    /// All of it was copied into another database.
    #[error("this database was moved into another one on {at}: give that one with --database")]
    Moved {
        /// When the copy was complete, by the clock of the computer that made it.
        at: Timestamp,
    },
    /// The database cannot be read or written.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl Authority {
    /// Notes in the database, once, what it is for and that it belongs to this authority, and in the audit log that the authority
    /// was founded. A restored folder next to another database would otherwise issue serial numbers that nobody finds.
    ///
    /// # Errors
    /// The database belongs to another authority, is for something else, or was moved.
    pub async fn bind(&self, store: &Store, purpose: Purpose, at: Timestamp) -> Result<(), BindingError> {
        let root_sha256 = sha256_hex(self.root().certificate_der());
        let issuing_sha256 = sha256_hex(self.issuer().certificate_der());
        store
            .write(async move |transaction| {
                if let Some(installation) = storage::installation::lookup(transaction).await? {
                    return match (installation.purpose, installation.moved_at) {
                        (_, Some(at)) => Err(BindingError::Moved { at }),
                        (Purpose::Demonstration, _) if purpose == Purpose::RealUse => {
                            Err(BindingError::Demonstration)
                        }
                        (Purpose::RealUse, _) if purpose == Purpose::Demonstration => {
                            Err(BindingError::RealUse)
                        }
                        _ if installation.issuing_sha256 != issuing_sha256 => {
                            Err(BindingError::OtherAuthority)
                        }
                        _ => Ok(()),
                    };
                }
                storage::installation::insert(transaction, purpose, &issuing_sha256, at).await?;
                let event = Event::AuthorityCreated { root_sha256, issuing_sha256 };
                Ok(audit::append(transaction, at, &event).await?)
            })
            .await
    }
}

//! Keeps a person's encrypted key in this browser (IndexedDB), from its making until the PFX is out.
//!
//! What is kept is the recovery file, which the passphrase encrypts, wrapped once more by a key that only this browser
//! can use (`wrapping`). The browser may still lose it: cleared site data, a private window, Safari after seven days
//! without a visit. That is why the recovery file is offered as well.

mod database;
mod watch;
mod wrapping;

pub use watch::Watch;

use super::messages::GeneratedKey;
use database::{Connection, Entry};
use protocol::Timestamp;
use serde::{Deserialize, Serialize};
use std::time::Duration;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use zeroize::Zeroizing;

/// How long a key stays after its PFX was confirmed. Our choice: long enough to find the file damaged, and short
/// enough that a shared computer does not keep the key.
pub const KEPT_AFTER_PFX: Duration = Duration::from_hours(24);

/// The entry that [`probe`] writes and removes again. No order has this id.
const PROBE: &str = "probe";

/// An encrypted key and what may be told about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredKey {
    /// The private key, encrypted under the person's passphrase; PEM.
    pub recovery_file: String,
    /// The certification request, PEM.
    pub csr_pem: String,
    /// SHA-256 of the subjectPublicKeyInfo, lower-case hex.
    pub public_key_sha256: String,
    /// When the key was made.
    pub created_at: Timestamp,
    /// When the person said that the PFX is safe; the key goes [`KEPT_AFTER_PFX`] later.
    #[serde(default)]
    pub pfx_confirmed_at: Option<Timestamp>,
}

impl StoredKey {
    /// What the worker made, as it is kept.
    #[must_use]
    pub fn new(key: GeneratedKey, created_at: Timestamp) -> Self {
        let GeneratedKey { recovery_file, csr_pem, public_key_sha256 } = key;
        Self { recovery_file, csr_pem, public_key_sha256, created_at, pfx_confirmed_at: None }
    }

    /// When this browser removes the key by itself; none before the PFX was confirmed.
    #[must_use]
    pub fn removed_at(&self) -> Option<Timestamp> {
        self.pfx_confirmed_at.map(|confirmed| confirmed.plus(KEPT_AFTER_PFX))
    }
}

/// Why a key is not kept, or not found. The text says what to do next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyStoreError {
    /// The browser has no storage for this site.
    #[error(
        "This browser keeps nothing for this site (a private window, or blocked site data). Download the recovery file."
    )]
    Unavailable,
    /// The storage is full, or the disk is.
    #[error("The browser's storage is full. Download the recovery file.")]
    Full,
    /// The storage refused.
    #[error("The browser could not keep the key. Download the recovery file.")]
    Refused,
    /// What was read back is not what was written.
    #[error("The browser did not keep the key whole. Download the recovery file.")]
    NotKept,
    /// The entry cannot be read.
    #[error("The key kept in this browser cannot be read. Use the recovery file.")]
    Damaged,
}

/// Keeps the key of an order, instead of the one kept before; returns once it is on disk and was read back.
///
/// # Errors
/// When it is not kept.
pub async fn save(order_id: &str, key: &StoredKey) -> Result<(), KeyStoreError> {
    write(order_id, key).await?;
    watch::announce(order_id);
    Ok(())
}

/// The key of an order; none when this browser keeps none.
///
/// # Errors
/// When the storage cannot be read.
pub async fn load(order_id: &str) -> Result<Option<StoredKey>, KeyStoreError> {
    let database = Connection::open().await?;
    read(&database, order_id).await
}

/// Forgets the key of an order; also when there is none.
///
/// # Errors
/// When it may still be there.
pub async fn remove(order_id: &str) -> Result<(), KeyStoreError> {
    Connection::open().await?.delete(order_id).await?;
    watch::announce(order_id);
    Ok(())
}

/// Whether a key would be kept: asked before it is made. Also asks the browser not to clear the site's data when
/// space is short; it may say no, and the recovery file is offered either way.
///
/// # Errors
/// Why not.
pub async fn probe() -> Result<(), KeyStoreError> {
    let sample = StoredKey {
        recovery_file: PROBE.to_owned(),
        csr_pem: String::new(),
        public_key_sha256: String::new(),
        created_at: Timestamp::from_unix_seconds(0).or(Err(KeyStoreError::NotKept))?,
        pfx_confirmed_at: None,
    };
    write(PROBE, &sample).await?;
    Connection::open().await?.delete(PROBE).await?;
    if let Some(window) = web_sys::window() {
        // The answer changes nothing.
        drop(window.navigator().storage().persist());
    }
    Ok(())
}

/// Notes that the person has the PFX of an order's key, and gives the moment when the key will be removed; none when no
/// key is kept. The first confirmation counts.
///
/// # Errors
/// When the entry cannot be read or written.
pub async fn confirm_pfx(order_id: &str, now: Timestamp) -> Result<Option<Timestamp>, KeyStoreError> {
    let Some(mut key) = load(order_id).await? else { return Ok(None) };
    if key.pfx_confirmed_at.is_none() {
        key.pfx_confirmed_at = Some(now);
        save(order_id, &key).await?;
    }
    Ok(key.removed_at())
}

/// Removes every key whose PFX was confirmed long enough ago.
///
/// # Errors
/// When the storage cannot be read. An entry that cannot be read is left alone.
pub async fn remove_outdated(now: Timestamp) -> Result<(), KeyStoreError> {
    let database = Connection::open().await?;
    for order_id in database.ids().await? {
        let kept = read(&database, &order_id).await.ok().flatten();
        if kept.and_then(|key| key.removed_at()).is_some_and(|moment| moment <= now) {
            database.delete(&order_id).await?;
            watch::announce(&order_id);
        }
    }
    Ok(())
}

async fn write(order_id: &str, key: &StoredKey) -> Result<(), KeyStoreError> {
    let json = Zeroizing::new(serde_json::to_vec(key).or(Err(KeyStoreError::NotKept))?);
    let wrapped = wrapping::wrap(&json, order_id).await.or(Err(KeyStoreError::Unavailable))?;
    let database = Connection::open().await?;
    database.put(order_id, &wrapped).await?;
    // The worker opened this very text with the passphrase. What is read back is the same, so it opens too.
    let kept = read(&database, order_id).await?;
    if kept.as_ref() == Some(key) { Ok(()) } else { Err(KeyStoreError::NotKept) }
}

async fn read(database: &Connection, order_id: &str) -> Result<Option<StoredKey>, KeyStoreError> {
    let json = match database.entry(order_id).await? {
        None => return Ok(None),
        // Before the wrapping there was the JSON itself: what was kept then is read for ever.
        Some(Entry::Json(json)) => Zeroizing::new(json.into_bytes()),
        Some(Entry::Wrapped(wrapped)) => {
            wrapping::unwrap(&wrapped, order_id).await.or(Err(KeyStoreError::Damaged))?
        }
    };
    serde_json::from_slice(&json).map(Some).or(Err(KeyStoreError::Damaged))
}

/// What a promise gives, of the type that it must have.
async fn settled<T: JsCast>(promise: js_sys::Promise) -> Result<T, JsValue> {
    JsFuture::from(promise).await?.dyn_into()
}

//! Keeps a person's encrypted key in this browser (IndexedDB), from its making until the PFX is out.
//!
//! Only what the passphrase encrypts is kept, and what is public. The browser may still lose it: cleared site data, a
//! private window, Safari after seven days without a visit. That is why the recovery file is offered as well.

use super::messages::GeneratedKey;
use js_sys::{Array, Function, Object, Promise, Reflect};
use protocol::Timestamp;
use serde::{Deserialize, Serialize};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{IdbDatabase, IdbFactory, IdbObjectStore, IdbOpenDbRequest, IdbRequest, IdbTransaction};

const DATABASE: &str = "signet";
const DATABASE_VERSION: u32 = 1;
/// One entry per order, under the order's id.
const KEYS: &str = "keys";

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
}

impl StoredKey {
    /// What the worker made, as it is kept.
    #[must_use]
    pub fn new(key: GeneratedKey, created_at: Timestamp) -> Self {
        let GeneratedKey { recovery_file, csr_pem, public_key_sha256 } = key;
        Self { recovery_file, csr_pem, public_key_sha256, created_at }
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
    let database = open().await?;
    let json = serde_json::to_string(key).or(Err(KeyStoreError::NotKept))?;
    change(&database, |keys| keys.put_with_key(&json.into(), &order_id.into())).await?;
    ask_to_persist();
    let kept = read(&database, order_id).await?;
    if kept.as_ref() == Some(key) { Ok(()) } else { Err(KeyStoreError::NotKept) }
}

/// The key of an order; none when this browser keeps none.
///
/// # Errors
/// When the storage cannot be read.
pub async fn load(order_id: &str) -> Result<Option<StoredKey>, KeyStoreError> {
    read(&open().await?, order_id).await
}

/// Forgets the key of an order; also when there is none.
///
/// # Errors
/// When it may still be there.
pub async fn remove(order_id: &str) -> Result<(), KeyStoreError> {
    change(&open().await?, |keys| keys.delete(&order_id.into())).await
}

/// A connection that closes itself: an open one would hold up a newer version of the page in another tab.
struct Connection(IdbDatabase);

impl Drop for Connection {
    fn drop(&mut self) {
        self.0.close();
    }
}

async fn open() -> Result<Connection, KeyStoreError> {
    // `window.indexedDB` itself throws where site data is blocked.
    let factory = Reflect::get(&js_sys::global(), &"indexedDB".into())
        .ok()
        .and_then(|factory| factory.dyn_into::<IdbFactory>().ok())
        .ok_or(KeyStoreError::Unavailable)?;
    let request = factory.open_with_u32(DATABASE, DATABASE_VERSION).or(Err(KeyStoreError::Unavailable))?;
    let on_upgrade = {
        let request = request.clone();
        Closure::once(move || create_store(&request))
    };
    request.set_onupgradeneeded(Some(on_upgrade.as_ref().unchecked_ref()));
    let database = outcome(&request).await.or(Err(KeyStoreError::Unavailable))?;
    database.dyn_into().map(Connection).or(Err(KeyStoreError::Unavailable))
}

/// Runs when the browser has no database yet. A failure here fails the request that opens it.
fn create_store(request: &IdbOpenDbRequest) {
    if let Ok(database) = request.result().map(IdbDatabase::unchecked_from_js) {
        drop(database.create_object_store(KEYS));
    }
}

async fn read(database: &Connection, order_id: &str) -> Result<Option<StoredKey>, KeyStoreError> {
    let request = database
        .0
        .transaction_with_str(KEYS)
        .and_then(|transaction| transaction.object_store(KEYS))
        .and_then(|keys| keys.get(&order_id.into()))
        .or(Err(KeyStoreError::Unavailable))?;
    let value = outcome(&request).await.or(Err(KeyStoreError::Damaged))?;
    if value.is_undefined() {
        return Ok(None);
    }
    let json = value.as_string().ok_or(KeyStoreError::Damaged)?;
    serde_json::from_str(&json).map(Some).or(Err(KeyStoreError::Damaged))
}

async fn change(
    database: &Connection,
    change: impl FnOnce(&IdbObjectStore) -> Result<IdbRequest, JsValue>,
) -> Result<(), KeyStoreError> {
    let transaction = durable_transaction(&database.0).or(Err(KeyStoreError::Unavailable))?;
    let keys = transaction.object_store(KEYS).or(Err(KeyStoreError::Unavailable))?;
    change(&keys).map_err(|error| KeyStoreError::from_exception(&error))?;
    let completed = Promise::new(&mut |resolve, reject| {
        transaction.set_oncomplete(Some(&resolve));
        transaction.set_onabort(Some(&reject));
    });
    match JsFuture::from(completed).await {
        Ok(_) => Ok(()),
        Err(_) => Err(transaction
            .error()
            .map_or(KeyStoreError::Refused, |error| KeyStoreError::from_exception(&error))),
    }
}

/// A transaction that is complete only when the disk has it: the default in Chromium is that the system has it.
///
/// Called by name, as web-sys calls the argument for it unstable. Indexed Database API 3.0 §4.9.
fn durable_transaction(database: &IdbDatabase) -> Result<IdbTransaction, JsValue> {
    let options = Object::new();
    Reflect::set(&options, &"durability".into(), &"strict".into())?;
    let transaction: Function = Reflect::get(database, &"transaction".into())?.dyn_into()?;
    let arguments = Array::of3(&KEYS.into(), &"readwrite".into(), &options);
    transaction.apply(database, &arguments)?.dyn_into()
}

/// What a request gives, once it has succeeded.
async fn outcome(request: &IdbRequest) -> Result<JsValue, JsValue> {
    let done = Promise::new(&mut |resolve, reject| {
        request.set_onsuccess(Some(&resolve));
        request.set_onerror(Some(&reject));
    });
    JsFuture::from(done).await?;
    request.result()
}

/// Asks the browser not to clear the site's data when space is short. It may say no, and answers when it likes.
fn ask_to_persist() {
    if let Some(window) = web_sys::window() {
        // The answer changes nothing: the recovery file is offered either way.
        drop(window.navigator().storage().persist());
    }
}

impl KeyStoreError {
    fn from_exception(exception: &JsValue) -> Self {
        let name = Reflect::get(exception, &"name".into()).ok().and_then(|name| name.as_string());
        match name.as_deref() {
            Some("QuotaExceededError") => Self::Full,
            _ => Self::Refused,
        }
    }
}

//! IndexedDB: one database with one store, whose entries are named by orders. Knows nothing of what an entry means.

use super::KeyStoreError;
use js_sys::{Array, Function, Object, Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{IdbDatabase, IdbFactory, IdbObjectStore, IdbOpenDbRequest, IdbRequest, IdbTransaction};

const DATABASE: &str = "signet";
const DATABASE_VERSION: u32 = 1;
/// One entry per order, under the order's id.
const KEYS: &str = "keys";

/// What stands under an id.
#[derive(Debug)]
pub(super) enum Entry {
    /// Text, as it was kept before entries were wrapped.
    Json(String),
    Wrapped(Object),
}

/// A connection that closes itself: an open one would hold up a newer version of the page in another tab.
pub(super) struct Connection(IdbDatabase);

impl Drop for Connection {
    fn drop(&mut self) {
        self.0.close();
    }
}

impl Connection {
    /// Opens the database, which is made when it is not there.
    pub(super) async fn open() -> Result<Self, KeyStoreError> {
        // `window.indexedDB` itself throws where site data is blocked.
        let factory = Reflect::get(&js_sys::global(), &"indexedDB".into())
            .ok()
            .and_then(|factory| factory.dyn_into::<IdbFactory>().ok())
            .ok_or(KeyStoreError::Unavailable)?;
        let request =
            factory.open_with_u32(DATABASE, DATABASE_VERSION).or(Err(KeyStoreError::Unavailable))?;
        let on_upgrade = {
            let request = request.clone();
            Closure::once(move || create_store(&request))
        };
        request.set_onupgradeneeded(Some(on_upgrade.as_ref().unchecked_ref()));
        let database = outcome(&request).await.or(Err(KeyStoreError::Unavailable))?;
        database.dyn_into().map(Self).or(Err(KeyStoreError::Unavailable))
    }

    /// What stands under this id.
    pub(super) async fn entry(&self, id: &str) -> Result<Option<Entry>, KeyStoreError> {
        let request =
            self.store().and_then(|keys| keys.get(&id.into())).or(Err(KeyStoreError::Unavailable))?;
        let value = outcome(&request).await.or(Err(KeyStoreError::Damaged))?;
        if value.is_undefined() {
            return Ok(None);
        }
        let entry = match value.as_string() {
            Some(json) => Entry::Json(json),
            None => Entry::Wrapped(value.dyn_into().or(Err(KeyStoreError::Damaged))?),
        };
        Ok(Some(entry))
    }

    /// The ids under which something stands.
    pub(super) async fn ids(&self) -> Result<Vec<String>, KeyStoreError> {
        let request =
            self.store().and_then(|keys| keys.get_all_keys()).or(Err(KeyStoreError::Unavailable))?;
        let ids = outcome(&request).await.or(Err(KeyStoreError::Damaged))?;
        Ok(Array::from(&ids).iter().filter_map(|id| id.as_string()).collect())
    }

    /// Puts the value under this id, on disk.
    pub(super) async fn put(&self, id: &str, value: &Object) -> Result<(), KeyStoreError> {
        self.change(|keys| keys.put_with_key(value, &id.into())).await
    }

    /// Takes away what stands under this id, on disk.
    pub(super) async fn delete(&self, id: &str) -> Result<(), KeyStoreError> {
        self.change(|keys| keys.delete(&id.into())).await
    }

    fn store(&self) -> Result<IdbObjectStore, JsValue> {
        self.0.transaction_with_str(KEYS).and_then(|transaction| transaction.object_store(KEYS))
    }

    async fn change(
        &self,
        change: impl FnOnce(&IdbObjectStore) -> Result<IdbRequest, JsValue>,
    ) -> Result<(), KeyStoreError> {
        let transaction = durable_transaction(&self.0).or(Err(KeyStoreError::Unavailable))?;
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
}

/// Runs when the browser has no database yet. A failure here fails the request that opens it.
fn create_store(request: &IdbOpenDbRequest) {
    if let Ok(database) = request.result().map(IdbDatabase::unchecked_from_js) {
        drop(database.create_object_store(KEYS));
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

impl KeyStoreError {
    fn from_exception(exception: &JsValue) -> Self {
        let name = Reflect::get(exception, &"name".into()).ok().and_then(|name| name.as_string());
        match name.as_deref() {
            Some("QuotaExceededError") => Self::Full,
            _ => Self::Refused,
        }
    }
}

//! Keeping a key in a real browser's IndexedDB.
#![cfg(target_arch = "wasm32")]
#![expect(clippy::unwrap_used, reason = "a test fails by them; clippy knows only #[test]")]

use frontend::crypto::key_store::{KeyStoreError, StoredKey, load, remove, save};
use js_sys::{Object, Reflect};
use protocol::Timestamp;
use wasm_bindgen::JsValue;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

fn key(name: &str) -> StoredKey {
    StoredKey {
        recovery_file: format!("-----BEGIN ENCRYPTED PRIVATE KEY-----\n{name}\n"),
        csr_pem: format!("-----BEGIN CERTIFICATE REQUEST-----\n{name}\n"),
        public_key_sha256: name.into(),
        created_at: Timestamp::from_unix_seconds(1_795_362_072).unwrap(),
    }
}

#[wasm_bindgen_test]
async fn a_saved_key_is_loaded_again_until_it_is_removed() {
    assert_eq!(load("order-1").await, Ok(None));
    save("order-1", &key("first")).await.unwrap();
    assert_eq!(load("order-1").await, Ok(Some(key("first"))));
    remove("order-1").await.unwrap();
    assert_eq!(load("order-1").await, Ok(None));
}

#[wasm_bindgen_test]
async fn each_order_has_a_key_of_its_own() {
    save("order-2", &key("second")).await.unwrap();
    save("order-3", &key("third")).await.unwrap();
    remove("order-3").await.unwrap();
    assert_eq!(load("order-2").await, Ok(Some(key("second"))));
}

#[wasm_bindgen_test]
async fn a_key_saved_later_takes_the_place_of_the_one_before() {
    save("order-4", &key("before")).await.unwrap();
    save("order-4", &key("after")).await.unwrap();
    assert_eq!(load("order-4").await, Ok(Some(key("after"))));
}

#[wasm_bindgen_test]
async fn removing_a_key_that_is_not_there_is_no_error() {
    assert_eq!(remove("order-5").await, Ok(()));
}

#[wasm_bindgen_test]
async fn a_browser_that_keeps_nothing_is_said_to() {
    let global = js_sys::global();
    let property = Object::new();
    Reflect::set(&property, &"value".into(), &JsValue::UNDEFINED).unwrap();
    Reflect::set(&property, &"configurable".into(), &JsValue::TRUE).unwrap();
    // Hides the browser's own, which lives in the prototype.
    Object::define_property(&global, &"indexedDB".into(), &property);
    let (saved, loaded) = (save("order-6", &key("sixth")).await, load("order-6").await);
    Reflect::delete_property(&global, &"indexedDB".into()).unwrap();
    assert_eq!(saved, Err(KeyStoreError::Unavailable));
    assert_eq!(loaded, Err(KeyStoreError::Unavailable));
}

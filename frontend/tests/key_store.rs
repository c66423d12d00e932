//! Keeping a key in a real browser's IndexedDB.
#![cfg(target_arch = "wasm32")]
#![expect(clippy::unwrap_used, reason = "a test fails by them; clippy knows only #[test]")]

use frontend::crypto::key_store::{
    KEPT_AFTER_PFX, KeyStoreError, StoredKey, Watch, confirm_pfx, load, probe, remove, remove_outdated, save,
};
use gloo_timers::future::sleep;
use js_sys::{Function, JSON, Object, Promise, Reflect};
use protocol::Timestamp;
use std::{cell::RefCell, rc::Rc, time::Duration};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

fn key(name: &str) -> StoredKey {
    StoredKey {
        recovery_file: format!("-----BEGIN ENCRYPTED PRIVATE KEY-----\n{name}\n"),
        csr_pem: format!("-----BEGIN CERTIFICATE REQUEST-----\n{name}\n"),
        public_key_sha256: name.into(),
        created_at: moment(0),
        pfx_confirmed_at: None,
    }
}

/// So many seconds after the keys were made.
fn moment(seconds: u64) -> Timestamp {
    Timestamp::from_unix_seconds(1_795_362_072 + seconds).unwrap()
}

/// Runs a script with `keys`, the store, and `request`, a function that awaits one of its requests; what the script
/// returns, as JSON.
async fn in_the_store(script: &str) -> String {
    let body = format!(
        "const request = (asked) => new Promise((resolve, reject) => {{
             asked.onsuccess = () => resolve(asked.result);
             asked.onerror = () => reject(asked.error);
         }});
         return (async () => {{
             const database = await request(indexedDB.open('signet', 1));
             const keys = database.transaction('keys', 'readwrite').objectStore('keys');
             try {{ {script} }} finally {{ database.close(); }}
         }})();"
    );
    let promise: Promise =
        Function::new_no_args(&body).call0(&JsValue::UNDEFINED).unwrap().dyn_into().unwrap();
    let answer = JsFuture::from(promise).await.unwrap();
    JSON::stringify(&answer).ok().and_then(|text| text.as_string()).unwrap_or_default()
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

#[wasm_bindgen_test]
async fn an_entry_of_the_time_before_the_wrapping_is_still_read() {
    save("order-7", &key("overwritten")).await.unwrap();
    let json = r#"{"recovery_file":"old file","csr_pem":"old request","public_key_sha256":"aa","created_at":"2026-11-22T10:00:00Z"}"#;
    in_the_store(&format!("await request(keys.put({json:?}, 'order-7'));")).await;
    let read = load("order-7").await.unwrap().unwrap();
    assert_eq!((read.recovery_file.as_str(), read.csr_pem.as_str()), ("old file", "old request"));
    assert_eq!(read.pfx_confirmed_at, None);
}

#[wasm_bindgen_test]
async fn what_is_kept_shows_nothing_of_the_key_and_its_wrapping_key_cannot_be_exported() {
    save("order-8", &key("eighth")).await.unwrap();
    let exported = in_the_store(
        "const entry = await request(keys.get('order-8'));
         const text = new TextDecoder('latin1').decode(entry.ciphertext);
         const readable = ['ENCRYPTED PRIVATE KEY', 'eighth', 'recovery_file'].filter((part) => text.includes(part));
         const refusal = await crypto.subtle.exportKey('raw', entry.wrapping_key).then(() => 'given', (error) => error.name);
         return [Object.keys(entry).sort(), readable, entry.wrapping_key.extractable, refusal];",
    )
    .await;
    assert_eq!(exported, r#"[["ciphertext","nonce","wrapping_key"],[],false,"InvalidAccessError"]"#);
}

#[wasm_bindgen_test]
async fn an_entry_that_is_cut_changed_or_moved_to_another_order_is_damaged_and_not_taken_for_missing() {
    save("order-9", &key("ninth")).await.unwrap();
    for damage in [
        "entry.ciphertext = entry.ciphertext.slice(1);",
        "new Uint8Array(entry.ciphertext)[0] ^= 1;",
        "entry.nonce[0] ^= 1;",
        "delete entry.wrapping_key;",
        "entry = 7;",
        "entry = 'no JSON';",
        "",
    ] {
        in_the_store(&format!(
            "let entry = await request(keys.get('order-9')); {damage} await request(keys.put(entry, 'order-10'));"
        ))
        .await;
        assert_eq!(load("order-10").await, Err(KeyStoreError::Damaged), "{damage:?}");
    }
    assert_eq!(load("order-9").await, Ok(Some(key("ninth"))));
}

#[wasm_bindgen_test]
async fn whether_a_key_would_be_kept_is_found_out_without_leaving_anything() {
    assert_eq!(probe().await, Ok(()));
    assert_eq!(in_the_store("return await request(keys.get('probe')) === undefined;").await, "true");
}

#[wasm_bindgen_test]
async fn a_key_goes_a_day_after_its_pfx_was_confirmed_and_no_other_key_does() {
    save("order-11", &key("used")).await.unwrap();
    save("order-12", &key("waiting")).await.unwrap();
    let end = moment(60).plus(KEPT_AFTER_PFX);
    assert_eq!(confirm_pfx("order-11", moment(60)).await, Ok(Some(end)));
    assert_eq!(confirm_pfx("order-11", moment(600)).await, Ok(Some(end)), "a second PFX does not prolong it");
    assert_eq!(confirm_pfx("order-13", moment(60)).await, Ok(None));

    remove_outdated(moment(59).plus(KEPT_AFTER_PFX)).await.unwrap();
    assert_eq!(load("order-11").await.unwrap().unwrap().recovery_file, key("used").recovery_file);
    remove_outdated(end).await.unwrap();
    assert_eq!(load("order-11").await, Ok(None));
    assert_eq!(load("order-12").await, Ok(Some(key("waiting"))));
}

#[wasm_bindgen_test]
async fn an_entry_that_cannot_be_read_does_not_stop_the_removal_of_others_and_stays() {
    save("order-14", &key("used")).await.unwrap();
    confirm_pfx("order-14", moment(0)).await.unwrap();
    in_the_store("await request(keys.put('no JSON', 'order-0'));").await;
    remove_outdated(moment(0).plus(KEPT_AFTER_PFX)).await.unwrap();
    assert_eq!(load("order-14").await, Ok(None));
    assert_eq!(load("order-0").await, Err(KeyStoreError::Damaged));
}

#[wasm_bindgen_test]
async fn a_tab_hears_of_its_order_and_of_no_other() {
    let heard = Rc::new(RefCell::new(0));
    let watch = {
        let heard = Rc::clone(&heard);
        Watch::start("order-15", move || *heard.borrow_mut() += 1).unwrap()
    };
    save("order-16", &key("another")).await.unwrap();
    save("order-15", &key("watched")).await.unwrap();
    remove("order-15").await.unwrap();
    sleep(Duration::from_millis(200)).await;
    assert_eq!(*heard.borrow(), 2);
    drop(watch);
    save("order-15", &key("later")).await.unwrap();
    sleep(Duration::from_millis(200)).await;
    assert_eq!(*heard.borrow(), 2);
}

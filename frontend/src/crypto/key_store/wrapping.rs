//! Wraps an entry with a key that scripts can use but not read (AES-256-GCM, `extractable` false).
//!
//! What it is good for: an entry copied out of the storage by itself opens nowhere else. Somebody who copies the whole
//! profile of the browser copies this key with it; against them, as against a script that runs in the page, what
//! protects the private key is the passphrase. Each entry has a key of its own, used for one encryption, so that
//! removing the entry removes all that could open a copy of it.
//!
//! NIST SP 800-38D; W3C Web Cryptography API §29.

use super::settled;
use js_sys::{Array, ArrayBuffer, Object, Reflect, Uint8Array};
use wasm_bindgen::prelude::*;
use web_sys::{AesGcmParams, Crypto, CryptoKey, SubtleCrypto};
use zeroize::Zeroizing;

const KEY_BITS: u32 = 256;
/// NIST SP 800-38D §5.2.1.1 recommends it.
const NONCE_BYTES: u32 = 12;

/// The parts of a wrapped entry, by name.
const WRAPPING_KEY: &str = "wrapping_key";
const NONCE: &str = "nonce";
const CIPHERTEXT: &str = "ciphertext";

/// An object for the storage: the new wrapping key, nonce and ciphertext. The order's id is authenticated along.
///
/// # Errors
/// What the browser says. It has no such functions outside of a secure context.
pub(super) async fn wrap(plain: &[u8], order_id: &str) -> Result<Object, JsValue> {
    let crypto = crypto()?;
    let nonce = Uint8Array::new_with_length(NONCE_BYTES);
    crypto.get_random_values_with_js_u8_array(&nonce)?;
    let subtle = crypto.subtle();
    let key = generate_key(&subtle).await?;
    let copy = Uint8Array::from(plain);
    let encrypted = subtle.encrypt_with_object_and_js_u8_array(&parameters(&nonce, order_id), &key, &copy)?;
    let ciphertext: Result<ArrayBuffer, JsValue> = settled(encrypted).await;
    copy.fill(0, 0, copy.length());
    let entry = Object::new();
    for (name, part) in [(WRAPPING_KEY, key.into()), (NONCE, nonce.into()), (CIPHERTEXT, ciphertext?.into())]
    {
        Reflect::set(&entry, &name.into(), &part)?;
    }
    Ok(entry)
}

/// What was wrapped for this order.
///
/// # Errors
/// The entry is another order's, damaged, or no wrapped entry.
pub(super) async fn unwrap(entry: &Object, order_id: &str) -> Result<Zeroizing<Vec<u8>>, JsValue> {
    let part = |name: &str| Reflect::get(entry, &name.into());
    let key: CryptoKey = part(WRAPPING_KEY)?.dyn_into()?;
    let nonce: Uint8Array = part(NONCE)?.dyn_into()?;
    let ciphertext = Uint8Array::new(&part(CIPHERTEXT)?);
    let decrypted = crypto()?.subtle().decrypt_with_object_and_js_u8_array(
        &parameters(&nonce, order_id),
        &key,
        &ciphertext,
    )?;
    let plain: ArrayBuffer = settled(decrypted).await?;
    let plain = Uint8Array::new(&plain.into());
    let copy = Zeroizing::new(plain.to_vec());
    plain.fill(0, 0, plain.length());
    Ok(copy)
}

async fn generate_key(subtle: &SubtleCrypto) -> Result<CryptoKey, JsValue> {
    let algorithm = Object::new();
    Reflect::set(&algorithm, &"name".into(), &"AES-GCM".into())?;
    Reflect::set(&algorithm, &"length".into(), &KEY_BITS.into())?;
    let usages = Array::of2(&"encrypt".into(), &"decrypt".into());
    let extractable = false;
    settled(subtle.generate_key_with_object(&algorithm, extractable, &usages)?).await
}

fn parameters(nonce: &Uint8Array, order_id: &str) -> AesGcmParams {
    let parameters = AesGcmParams::new_with_u8_array("AES-GCM", nonce);
    parameters.set_additional_data_u8_array(&Uint8Array::from(order_id.as_bytes()));
    parameters
}

fn crypto() -> Result<Crypto, JsValue> {
    let crypto: Crypto = Reflect::get(&js_sys::global(), &"crypto".into())?.dyn_into()?;
    // Without a secure context it is not there, whatever its type says.
    if Reflect::get(&crypto, &"subtle".into())?.is_undefined() {
        return Err(JsValue::UNDEFINED);
    }
    Ok(crypto)
}

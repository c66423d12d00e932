//! `crypto.subtle`, the engine's own WebCrypto.
//!
//! W3C Web Cryptography Level 2, `SubtleCrypto`.

use js_sys::{Array, Object, Promise, Reflect, Uint8Array};
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// `SubtleCrypto`, of a page, a worker or Node.
    pub(crate) type Subtle;

    #[wasm_bindgen(method, catch, js_name = importKey)]
    pub(crate) fn import_key(
        this: &Subtle,
        format: &str,
        key: &Uint8Array,
        algorithm: &JsValue,
        extractable: bool,
        usages: &Array,
    ) -> Result<Promise, JsValue>;

    #[wasm_bindgen(method, catch, js_name = deriveBits)]
    pub(crate) fn derive_bits(
        this: &Subtle,
        algorithm: &Object,
        key: &JsValue,
        bits: usize,
    ) -> Result<Promise, JsValue>;

    #[wasm_bindgen(method, catch)]
    pub(crate) fn verify(
        this: &Subtle,
        algorithm: &JsValue,
        key: &JsValue,
        signature: &Uint8Array,
        message: &Uint8Array,
    ) -> Result<Promise, JsValue>;
}

/// It, where there is one: a page that was not loaded over HTTPS has none.
pub(crate) fn subtle() -> Result<Subtle, JsValue> {
    let crypto = Reflect::get(&js_sys::global(), &"crypto".into())?;
    let subtle = Reflect::get(&crypto, &"subtle".into())?;
    if subtle.is_undefined() { Err(subtle) } else { Ok(subtle.unchecked_into()) }
}

//! Signatures by the engine's own WebCrypto: several times as fast as WebAssembly.
//!
//! W3C Web Cryptography Level 2, RSASSA-PKCS1-v1_5 and ECDSA.

use super::SignatureVerifier;
use crate::web_crypto::subtle;
use js_sys::{Array, Object, Reflect, Uint8Array};
use pki::{key_policy::KeyAlgorithm, request::RequestSignature};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

/// Verifies by WebCrypto where there is one. A page that was not loaded over HTTPS has none.
#[derive(Clone, Copy, Debug, Default)]
pub struct WebCrypto;

impl SignatureVerifier for WebCrypto {
    async fn is_right(&self, signature: &RequestSignature<'_>) -> bool {
        verify(signature).await.is_ok_and(|verified| verified == JsValue::TRUE)
    }
}

async fn verify(signature: &RequestSignature<'_>) -> Result<JsValue, JsValue> {
    let RequestSignature { public_key, message, value, .. } = signature;
    let subtle = subtle()?;
    let algorithm = algorithm(signature)?;
    let spki = Uint8Array::from(public_key.spki_der());
    let usages = Array::of1(&"verify".into());
    let key = JsFuture::from(subtle.import_key("spki", &spki, &algorithm, false, &usages)?).await?;
    let [value, message] = [value, *message].map(Uint8Array::from);
    JsFuture::from(subtle.verify(&algorithm, &key, &value, &message)?).await
}

/// Of the key and of the signature: each looks only at what is meant for it.
fn algorithm(signature: &RequestSignature<'_>) -> Result<JsValue, JsValue> {
    let (name, curve) = match signature.public_key.algorithm() {
        KeyAlgorithm::Rsa2048 | KeyAlgorithm::Rsa3072 | KeyAlgorithm::Rsa4096 => ("RSASSA-PKCS1-v1_5", None),
        KeyAlgorithm::EcP256 => ("ECDSA", Some("P-256")),
        KeyAlgorithm::EcP384 => ("ECDSA", Some("P-384")),
        KeyAlgorithm::EcP521 | KeyAlgorithm::Ed25519 => return Err(JsValue::UNDEFINED),
    };
    let object = Object::new();
    let set = |key: &str, value: &str| Reflect::set(&object, &key.into(), &value.into());
    set("name", name)?;
    set("hash", signature.hash.name())?;
    if let Some(curve) = curve {
        set("namedCurve", curve)?;
    }
    Ok(object.into())
}

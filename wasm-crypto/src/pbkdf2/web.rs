//! PBKDF2 by the engine's own WebCrypto: several times as fast as WebAssembly, and all keys of a file side by side.
//!
//! W3C Web Cryptography Level 2 §25 (PBKDF2).

use super::{Derivation, Pbkdf2, Prf, Secret, simd::Simd};
use crate::web_crypto::subtle;
use js_sys::{Array, Object, Reflect, Uint8Array};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use zeroize::Zeroizing;

/// Derives by WebCrypto where there is one and it knows the function, else by itself, with SIMD where it can: a page that
/// was not loaded over HTTPS has no WebCrypto, and none knows SHA-224.
#[derive(Clone, Copy, Debug, Default)]
pub struct WebCrypto;

impl Pbkdf2 for WebCrypto {
    async fn derive(&self, password: &[u8], derivations: &[Derivation<'_>]) -> Vec<Secret> {
        match derive(password, derivations).await {
            Ok(keys) => keys,
            Err(_) => Simd.derive(password, derivations).await,
        }
    }
}

async fn derive(password: &[u8], derivations: &[Derivation<'_>]) -> Result<Vec<Secret>, JsValue> {
    let subtle = subtle()?;
    let password = Wiped(Uint8Array::from(password));
    let usages = Array::of1(&"deriveBits".into());
    let key =
        JsFuture::from(subtle.import_key("raw", &password.0, &"PBKDF2".into(), false, &usages)?).await?;
    // All are started before the first is awaited.
    let started = derivations
        .iter()
        .map(|derivation| {
            let bits = derivation.key_bytes.checked_mul(8).ok_or(JsValue::UNDEFINED)?;
            subtle.derive_bits(&algorithm(derivation)?, &key, bits)
        })
        .collect::<Result<Vec<_>, _>>()?;
    let mut keys = Vec::with_capacity(started.len());
    for promise in started {
        let derived = Wiped(Uint8Array::new(&JsFuture::from(promise).await?));
        keys.push(Zeroizing::new(derived.0.to_vec()));
    }
    Ok(keys)
}

fn algorithm(derivation: &Derivation<'_>) -> Result<Object, JsValue> {
    let hash = match derivation.prf {
        Prf::HmacSha1 => "SHA-1",
        Prf::HmacSha256 => "SHA-256",
        Prf::HmacSha384 => "SHA-384",
        Prf::HmacSha512 => "SHA-512",
        Prf::HmacSha224 => return Err(JsValue::UNDEFINED),
    };
    let object = Object::new();
    Reflect::set(&object, &"name".into(), &"PBKDF2".into())?;
    Reflect::set(&object, &"hash".into(), &hash.into())?;
    Reflect::set(&object, &"salt".into(), &Uint8Array::from(derivation.salt))?;
    Reflect::set(&object, &"iterations".into(), &derivation.iterations.into())?;
    Ok(object)
}

/// A secret in JavaScript's memory, overwritten when it is dropped.
struct Wiped(Uint8Array);

impl Drop for Wiped {
    fn drop(&mut self) {
        self.0.fill(0, 0, self.0.length());
    }
}

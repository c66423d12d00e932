//! The verdict on a request as an object.

use super::record::{Record, bytes};
use crate::examination::{WebCrypto, examine};
use js_sys::Array;
use pki::request::{CertificationRequest, Defect, Place};
use wasm_bindgen::prelude::*;
use zeroize::Zeroizing;

/// Judges a certification request: what it is, or what is wrong with it. Never an error.
#[wasm_bindgen(js_name = inspectCsr)]
pub async fn inspect_csr(input: Vec<u8>) -> JsValue {
    // It may be a private key that was pasted by mistake.
    let input = Zeroizing::new(input);
    match examine(&input, &WebCrypto).await {
        Ok(request) => correct(&request),
        Err(defect) => wrong(&defect),
    }
}

fn correct(request: &CertificationRequest) -> JsValue {
    let warnings: Array = request.warnings().iter().map(|warning| JsValue::from(warning.message())).collect();
    let public_key = request.public_key();
    Record::new()
        .with("ok", true)
        .with("subject", request.subject_text())
        .with("keyAlgorithm", request.key_algorithm().id())
        .with("signatureAlgorithm", request.signature_algorithm_name())
        .with("publicKey", bytes(public_key.spki_der()))
        .with("publicKeySha256", public_key.sha256_hex())
        .with("warnings", warnings)
        .with("pem", request.to_pem())
        .with("der", bytes(request.to_der()))
        .into()
}

fn wrong(defect: &Defect) -> JsValue {
    let place = defect.place().map(|place| place_object(&place));
    Record::new()
        .with("ok", false)
        .with("code", defect.code())
        .with("message", defect.message())
        .with("remedy", defect.remedy())
        .with_some("place", place)
        .with("isPrivate", defect.is_private())
        .into()
}

fn place_object(place: &Place) -> JsValue {
    match place {
        Place::Text { line, column } => {
            Record::new().with("line", number(*line)).with("column", number(*column)).into()
        }
        Place::Asn1 { path } => Record::new().with("path", path.as_str()).into(),
        _ => JsValue::UNDEFINED,
    }
}

/// A line or a column; far beyond what a request can have, it stops counting.
fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

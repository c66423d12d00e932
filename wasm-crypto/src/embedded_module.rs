//! A small WebAssembly module that is part of this one: its functions and its memory, called through JavaScript.

use js_sys::{Function, Object, Reflect, Uint8Array, WebAssembly};
use wasm_bindgen::{JsCast, JsValue};

/// Compiles the module, which needs no imports, and gives its exports.
///
/// # Errors
/// When the engine does not take it: `WebAssembly.validate` knows which instructions it has.
pub(crate) fn instantiate(module: &[u8]) -> Result<Object, JsValue> {
    let bytes = Uint8Array::from(module);
    if !WebAssembly::validate(&bytes)? {
        return Err(JsValue::NULL);
    }
    let module = WebAssembly::Module::new(&bytes)?;
    Ok(WebAssembly::Instance::new(&module, &Object::new())?.exports())
}

/// The exported function of that name.
pub(crate) fn function(exports: &Object, name: &str) -> Result<Function, JsValue> {
    Reflect::get(exports, &name.into())?.dyn_into()
}

/// The exported memory.
pub(crate) fn memory(exports: &Object) -> Result<WebAssembly::Memory, JsValue> {
    Reflect::get(exports, &"memory".into())?.dyn_into()
}

/// What a function of the module gave: an unsigned number of 32 bits.
pub(crate) fn number(value: &JsValue) -> Result<u32, JsValue> {
    let number = value.as_f64().ok_or(JsValue::NULL)?;
    #[expect(
        clippy::as_conversions,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "addresses, counts and answers are small; all else ends at a limit"
    )]
    Ok(number as u32)
}

//! Plain objects for JavaScript, field by field.

use js_sys::{Object, Reflect, Uint8Array};
use wasm_bindgen::JsValue;

/// An object in the making.
pub(super) struct Record(Object);

impl Record {
    pub(super) fn new() -> Self {
        Self(Object::new())
    }

    pub(super) fn with(self, name: &str, value: impl Into<JsValue>) -> Self {
        // A fresh plain object takes every field.
        drop(Reflect::set(&self.0, &name.into(), &value.into()));
        self
    }

    /// A field that is left out when there is nothing to say.
    pub(super) fn with_some(self, name: &str, value: Option<impl Into<JsValue>>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }
}

impl From<Record> for JsValue {
    fn from(Record(object): Record) -> Self {
        object.into()
    }
}

/// A copy of the bytes in JavaScript's memory.
pub(super) fn bytes(bytes: &[u8]) -> Uint8Array {
    Uint8Array::from(bytes)
}

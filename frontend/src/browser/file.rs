//! Files that a person chose or dropped.

use js_sys::Uint8Array;
use wasm_bindgen_futures::JsFuture;
use web_sys::{DragEvent, File, FileList, HtmlInputElement};

/// The browser could not read the file: it was moved, or may not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Unreadable;

/// The whole content.
///
/// # Errors
/// The browser could not read it.
pub(crate) async fn read(file: &File) -> Result<Vec<u8>, Unreadable> {
    let buffer = JsFuture::from(file.array_buffer()).await.or(Err(Unreadable))?;
    Ok(Uint8Array::new(&buffer).to_vec())
}

/// The files dropped on an element.
pub(crate) fn dropped(event: &DragEvent) -> Vec<File> {
    event.data_transfer().and_then(|transfer| transfer.files()).map(|list| files(&list)).unwrap_or_default()
}

/// The files chosen with a button. The choice is cleared, so that the same file can be chosen again.
pub(crate) fn chosen(input: &HtmlInputElement) -> Vec<File> {
    let chosen = input.files().map(|list| files(&list)).unwrap_or_default();
    input.set_value("");
    chosen
}

fn files(list: &FileList) -> Vec<File> {
    (0..list.length()).filter_map(|index| list.get(index)).collect()
}

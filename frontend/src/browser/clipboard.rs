//! The clipboard.

use super::document::window;
use wasm_bindgen_futures::JsFuture;

/// The browser did not let the page write to the clipboard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct CopyRefused;

/// Copies text.
///
/// # Errors
/// The browser refuses: no permission, or a page that is not secure.
pub(crate) async fn copy(text: &str) -> Result<(), CopyRefused> {
    let clipboard = window().navigator().clipboard();
    if clipboard.is_undefined() {
        return Err(CopyRefused);
    }
    JsFuture::from(clipboard.write_text(text)).await.map(drop).or(Err(CopyRefused))
}

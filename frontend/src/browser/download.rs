//! Files that the page makes itself and hands over to the person.

use super::document::window;
use js_sys::{Array, Uint8Array};
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::{Blob, BlobPropertyBag, HtmlAnchorElement, Url};

/// Hands over a file with this name. The browser asks where, or puts it where downloads go.
///
/// # Errors
/// What the browser says when it cannot make a file.
pub(crate) fn download(name: &str, media_type: &str, content: &[u8]) -> Result<(), JsValue> {
    let options = BlobPropertyBag::new();
    options.set_type(media_type);
    let parts = Array::of1(&Uint8Array::from(content));
    let blob = Blob::new_with_u8_array_sequence_and_options(&parts, &options)?;
    let url = Url::create_object_url_with_blob(&blob)?;
    let document = window().document().ok_or(JsValue::NULL)?;
    let anchor: HtmlAnchorElement = document.create_element("a")?.unchecked_into();
    anchor.set_href(&url);
    anchor.set_download(name);
    anchor.click();
    Url::revoke_object_url(&url)
}

/// The longest file name that we make. Our choice: every file system takes it with room for `(1)`.
const FILE_NAME_LIMIT_CHARACTERS: usize = 100;

/// A file name of an address and what the file is, such as `ada@example.com_2027-11-22.p12`: ASCII only, with a `_`
/// for what could mean something to a file system or a shell.
pub(crate) fn file_name(mailbox: &str, end: &str) -> String {
    let start = mailbox.chars().map(|character| match character {
        'a'..='z' | 'A'..='Z' | '0'..='9' | '.' | '-' | '_' | '+' | '@' => character,
        _ => '_',
    });
    start.take(FILE_NAME_LIMIT_CHARACTERS.saturating_sub(end.len())).chain(end.chars()).collect()
}

#[cfg(test)]
mod tests {
    use super::{FILE_NAME_LIMIT_CHARACTERS, file_name};

    #[test]
    fn a_file_is_named_after_its_address_and_end() {
        assert_eq!(file_name("ada@example.com", "_2027-11-22.p12"), "ada@example.com_2027-11-22.p12");
    }

    #[test]
    fn what_could_be_a_path_or_a_command_is_replaced() {
        assert_eq!(file_name("a/b`c'@example.com", ".pem"), "a_b_c_@example.com.pem");
    }

    #[test]
    fn a_long_address_is_cut_and_the_end_is_not() {
        let name = file_name(&"a".repeat(300), "_2027-11-22.p12");
        assert_eq!(name.len(), FILE_NAME_LIMIT_CHARACTERS);
        assert!(name.ends_with("_2027-11-22.p12"));
    }
}

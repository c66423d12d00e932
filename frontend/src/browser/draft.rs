//! Drafts of the wizards in the tab's session storage: they survive a reload and end with the tab.
//! Only what is no secret comes here.

use super::document::window;
use serde::{Serialize, de::DeserializeOwned};
use web_sys::Storage;
use yew::prelude::*;

/// Which draft of which order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wizard {
    Data,
    /// Whether a verified organization is used.
    DataSource,
    Email,
    /// Whether a verified address is used.
    EmailSource,
    Activation,
    /// Not a draft, but an operation on a card that goes on.
    CardOperation,
}

impl Wizard {
    fn key(self, order_id: &str) -> String {
        let name = match self {
            Self::Data => "data",
            Self::DataSource => "data-source",
            Self::Email => "email",
            Self::EmailSource => "email-source",
            Self::Activation => "activation",
            Self::CardOperation => "card",
        };
        format!("signet.draft.{name}.{order_id}")
    }
}

/// The draft, when there is one that can still be read.
pub(crate) fn load<T: DeserializeOwned>(wizard: Wizard, order_id: &str) -> Option<T> {
    let text = storage()?.get_item(&wizard.key(order_id)).ok().flatten()?;
    serde_json::from_str(&text).ok()
}

/// Keeps the draft whenever it has changed. A browser that refuses storage costs the person only the draft.
#[hook]
pub(crate) fn use_saved<T: Serialize>(wizard: Wizard, order_id: &str, draft: &T) {
    // Our own types have string keys only, so they are always JSON.
    use_saved_text(wizard.key(order_id), serde_json::to_string(draft).unwrap_or_default());
}

#[hook]
fn use_saved_text(key: String, text: String) {
    use_effect_with((key, text), |(key, text)| save_text(key, text));
}

/// Keeps the draft as it is now.
pub(crate) fn save<T: Serialize>(wizard: Wizard, order_id: &str, draft: &T) {
    save_text(&wizard.key(order_id), &serde_json::to_string(draft).unwrap_or_default());
}

fn save_text(key: &str, text: &str) {
    if let Some(storage) = storage() {
        drop(storage.set_item(key, text));
    }
}

/// Forgets the draft, once it was saved on the server.
pub(crate) fn remove(wizard: Wizard, order_id: &str) {
    if let Some(storage) = storage() {
        drop(storage.remove_item(&wizard.key(order_id)));
    }
}

fn storage() -> Option<Storage> {
    window().session_storage().ok().flatten()
}

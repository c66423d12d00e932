//! The token of the pairing, in the site's local storage: it lasts, so that a person pairs once.
//!
//! A script that can read it there is one of this site, and could as well ask the page's own client: the token is good
//! for this origin only, which the bridge reads from what the browser says, and nothing is done with it on a card
//! before the person has entered the PIN in the bridge's window.

use crate::browser::document::window;
use web_sys::Storage;

const NAME: &str = "signet.card_bridge";

/// The token, when there is one.
pub(super) fn load() -> Option<String> {
    storage()?.get_item(NAME).ok().flatten()
}

/// Keeps it. A browser that refuses storage costs the person only another pairing.
pub(super) fn keep(token: &str) {
    if let Some(storage) = storage() {
        drop(storage.set_item(NAME, token));
    }
}

/// Forgets it: the bridge does.
pub(super) fn forget() {
    if let Some(storage) = storage() {
        drop(storage.remove_item(NAME));
    }
}

fn storage() -> Option<Storage> {
    window().local_storage().ok().flatten()
}

//! Whether the browser lets this page speak with programs on the same computer (Local Network Access §3.2).

use crate::{browser::document::window, wizard::card::Permission};
use js_sys::{Object, Reflect};
use wasm_bindgen_futures::JsFuture;

/// What the browser says now. Asks nobody.
pub(crate) async fn query() -> Permission {
    match (state().await.as_deref(), is_local()) {
        (Some("denied"), _) => Permission::Denied,
        (Some("granted"), _) | (_, true) => Permission::Granted,
        (Some(_), false) => Permission::Prompt,
        (None, false) => Permission::Unknown,
    }
}

/// A browser that does not know the name throws: it has no such rule, or one of its own.
async fn state() -> Option<String> {
    let descriptor = Object::new();
    Reflect::set(&descriptor, &"name".into(), &"loopback-network".into()).ok()?;
    let status = window().navigator().permissions().ok()?.query(&descriptor).ok()?;
    let status = JsFuture::from(status).await.ok()?;
    Reflect::get(&status, &"state".into()).ok()?.as_string()
}

/// A page from this computer needs no permission, whatever the browser says. It is told by plain HTTP: any other page
/// without TLS is denied.
fn is_local() -> bool {
    window().location().protocol().is_ok_and(|protocol| protocol == "http:")
}

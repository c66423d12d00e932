//! The single-page application, and the client of its crypto worker.
//!
//! `route` and `wizard` are pure; `api` talks to the server, `bridge` to the card bridge, `browser` to the browser,
//! `crypto` to the worker;
//! `component` and `page` show what they are given. Secrets go from a field to the worker and nowhere else.

pub mod crypto;

mod api;
mod app;
mod bridge;
mod browser;
mod component;
mod listing;
mod loading;
mod navigation;
mod page;
mod permissions;
mod route;
mod shell;
mod submission;
mod wizard;

/// Shows the application in the page's body. Keys that have served are removed meanwhile.
pub fn run() {
    if let Some(now) = browser::words::now() {
        wasm_bindgen_futures::spawn_local(async move {
            // A browser that keeps nothing has nothing to remove.
            crypto::key_store::remove_outdated(now).await.unwrap_or_default();
        });
    }
    show(app::AppProps { pages: app::page_of, offline: false });
}

/// Shows the Tools in the page's body: they are a module of their own, so that nobody loads them who needs none.
pub fn run_tools() {
    show(app::AppProps { pages: page::tools::page_of, offline: true });
}

/// Shows the pages for smart cards in the page's body: a module of its own, so that nobody loads them who has no card.
pub fn run_card_pages() {
    show(app::AppProps { pages: page::card::page_of, offline: false });
}

/// Shows the pages of the staff in the page's body: a module of its own, so that no customer loads them.
pub fn run_staff_pages() {
    show(app::AppProps { pages: page::staff::page_of, offline: false });
}

fn show(props: app::AppProps) {
    yew::Renderer::<app::App>::with_props(props).render();
}

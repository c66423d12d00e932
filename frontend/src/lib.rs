//! The single-page application, and the client of its crypto worker.
//!
//! `route` and `wizard` are pure; `api` talks to the server, `browser` to the browser, `crypto` to the worker;
//! `component` and `page` show what they are given. Secrets go from a field to the worker and nowhere else.

pub mod crypto;

mod api;
mod app;
mod browser;
mod component;
mod loading;
mod navigation;
mod page;
mod route;
mod shell;
mod submission;
mod wizard;

/// Shows the application in the page's body.
pub fn run() {
    yew::Renderer::<app::App>::new().render();
}

//! The gear itself: a page that the browser takes for one of the internet, and what it may reach.

use anyhow::{Result, ensure};
use axum::{Router, http::header, response::Html, routing::get};
use serde_json::json;
use tests::{
    browser::{Browser, Surroundings},
    secure_site::SecureSite,
};
use tokio::net::TcpListener;

const PAGE: &str = "<!DOCTYPE html><title>Page</title><h1>Page</h1>";

/// What the page itself is told.
const STATE: &str = "return (await navigator.permissions.query({name: 'loopback-network'})).state;";

async fn serve(router: Router) -> Result<u16> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let port = listener.local_addr()?.port();
    tokio::spawn(async move { axum::serve(listener, router).await });
    Ok(port)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_the_internet_reaches_this_computer_only_when_the_person_allows_it() -> Result<()> {
    let site = SecureSite::bind().await?;
    site.forwards_to(serve(Router::new().route("/", get(async || Html(PAGE)))).await?);
    let anyone = [(header::ACCESS_CONTROL_ALLOW_ORIGIN, "*")];
    let local = serve(Router::new().route("/", get(async move || (anyone, "reached")))).await?;
    let surroundings = Surroundings { arguments: vec![site.is_public()], ..Surroundings::default() };
    let browser = Browser::open_in(&site.origin(), None, surroundings).await?;
    browser.goto("/").await?;
    let address = format!("http://127.0.0.1:{local}/");
    for (decision, expected) in [
        ("prompt", "not reached"),
        ("denied", "not reached"),
        ("granted", "reached"),
        ("denied", "not reached"),
    ] {
        browser.permits_loopback(decision).await?;
        browser.reload().await?;
        let state = browser.asks(STATE).await?;
        ensure!(state == decision, "the page sees {state} when it is {decision}");
        let (status, said) = browser.fetch(&address).await?;
        let said = if status == 200 { said } else { "not reached".to_owned() };
        ensure!(said == expected, "{} is {said} when it is {decision}", json!(address));
    }
    browser.close().await
}

//! The browser of the journeys itself: it finds what is right, and notices what is wrong.

use std::net::Ipv4Addr;

use anyhow::{Result, ensure};
use axum::{Router, response::Html, routing::get};
use tests::browser::Browser;
use tokio::net::TcpListener;

const RIGHT: &str = r#"<!DOCTYPE html><html lang="en"><head><title>Right</title><link rel="icon" href="data:,"></head><body>
<main><h1 tabindex="-1" id="top">Right</h1>
<label for="name">Name<span aria-hidden="true">*</span></label><input id="name">
<label for="country">Country</label><select id="country"><option>Poland [PL]</option><option>Spain [ES]</option></select>
<input type="checkbox" id="terms"><label for="terms">Terms</label>
<button disabled>Send</button><button id="next">Next<svg width="9" height="9" aria-hidden="true"></svg></button><p id="said"></p></main>
<script>document.getElementById('top').focus();
document.getElementById('next').onclick = () => { document.getElementById('said').textContent =
  ['name', 'country'].map(id => document.getElementById(id).value).concat(document.getElementById('terms').checked).join('; '); }
</script></body></html>"#;

const NO_LABEL: &str = r#"<!DOCTYPE html><html lang="en"><head><title>Wrong</title><link rel="icon" href="data:,"></head><body>
<main><h1 tabindex="-1" id="top">Wrong</h1><input></main><script>document.getElementById('top').focus()</script></body></html>"#;

const ERROR: &str = r#"<!DOCTYPE html><html lang="en"><head><title>Wrong</title><link rel="icon" href="data:,"></head><body>
<main><h1 tabindex="-1" id="top">Wrong</h1></main><script>document.getElementById('top').focus(); console.error('spilled')</script></body></html>"#;

const TOO_WIDE: &str = r#"<!DOCTYPE html><html lang="en"><head><title>Wrong</title><link rel="icon" href="data:,"></head><body>
<main><h1 tabindex="-1" id="top">Wrong</h1><p style="width: 400px">Wide</p></main><script>document.getElementById('top').focus()</script></body></html>"#;

/// Serves the pages, and gives the browser that has them to a body; closes it whatever comes of that.
async fn with_pages(body: impl AsyncFnOnce(&Browser) -> Result<()>) -> Result<()> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let origin = format!("http://localhost:{}", listener.local_addr()?.port());
    let router = Router::new()
        .route("/right", get(Html(RIGHT)))
        .route("/no-label", get(Html(NO_LABEL)))
        .route("/error", get(Html(ERROR)))
        .route("/too-wide", get(Html(TOO_WIDE)));
    let server = tokio::spawn(async move { axum::serve(listener, router).await });
    let browser = Browser::open(&origin, None).await?;
    let outcome = body(&browser).await;
    browser.close().await?;
    server.abort();
    outcome
}

#[tokio::test(flavor = "multi_thread")]
async fn controls_are_found_by_their_accessible_names() -> Result<()> {
    with_pages(async |browser| {
        browser.goto("/right").await?;
        browser.at("Right").await?;
        browser.fill("Name", "Anna").await?;
        browser.select("Country", "Spain [ES]").await?;
        browser.mark("Terms").await?;
        ensure!(!browser.offers("Send").await?, "a disabled button is offered");
        browser.press("Next").await?;
        browser.see("Anna; Spain [ES]; true").await?;
        ensure!(browser.clicks() == 3, "{} clicks were counted instead of three", browser.clicks());
        browser.paste("Name", "Ewa").await?;
        browser.type_on("Name", " and Jan").await?;
        ensure!(browser.value("Name").await? == "Ewa and Jan", "pasted: {}", browser.value("Name").await?);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_with_a_field_without_a_label_is_noticed() -> Result<()> {
    with_pages(async |browser| {
        browser.goto("/no-label").await?;
        let error = browser.at("Wrong").await.err().map(|error| format!("{error:?}")).unwrap_or_default();
        ensure!(error.contains("label"), "axe-core said: {error}");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_scrolls_sideways_on_a_narrow_screen_is_noticed() -> Result<()> {
    with_pages(async |browser| {
        browser.goto("/too-wide").await?;
        let error = browser.at("Wrong").await.err().map(|error| format!("{error:?}")).unwrap_or_default();
        ensure!(error.contains("wider than 320 pixels") && error.contains("Wide</p>"), "noticed: {error}");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_error_in_the_console_is_noticed() -> Result<()> {
    with_pages(async |browser| {
        browser.goto("/error").await?;
        let error = browser.at("Wrong").await.err().map(|error| format!("{error:?}")).unwrap_or_default();
        ensure!(error.contains("spilled"), "the console said: {error}");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_requests_of_a_page_are_written_down() -> Result<()> {
    with_pages(async |browser| {
        browser.goto("/right").await?;
        browser.forget_requests().await?;
        browser.fetch("/error").await?;
        let requests = browser.requests().await?;
        ensure!(requests.len() == 1 && requests[0].contains("/error"), "{requests:?}");
        Ok(())
    })
    .await
}

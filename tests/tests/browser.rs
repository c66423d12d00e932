//! The browser of the journeys itself: it finds what is right, and notices what is wrong.

use std::{net::Ipv4Addr, time::Duration};

use anyhow::{Context, Result, ensure};
use axum::{Router, response::Html, routing::get};
use tests::{
    browser::{
        Browser,
        keyboard::{ENTER, SPACE},
    },
    marks::Marks,
};
use tokio::net::TcpListener;

const STALL: Duration = Duration::from_millis(80);

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

/// One button keeps the page busy for 80 ms, the other one a worker for 400.
const BUSY: &str = r#"<!DOCTYPE html><html lang="en"><head><title>Busy</title><link rel="icon" href="data:,"></head><body>
<main><h1>Busy</h1><button id="stall">Stall</button><button id="work">Work</button></main><script>
const spin = 'const spin = milliseconds => { const end = performance.now() + milliseconds; while (performance.now() < end); };';
const busy = new Function(spin + 'spin(80)');
document.getElementById('stall').onclick = () => { busy(); performance.mark('stalled'); };
document.getElementById('work').onclick = () => new Worker(URL.createObjectURL(new Blob([spin + 'spin(400)'])));
</script></body></html>"#;

/// Three controls; of the second one nobody sees that it has the focus. And a region that is not there yet.
const HIDDEN_FOCUS: &str = r#"<!DOCTYPE html><html lang="en"><head><title>Focus</title><link rel="icon" href="data:,"></head><body>
<main><h1 tabindex="-1" id="top">Focus</h1><button id="one">One</button><button style="outline: none">Two</button>
<label for="file">File</label><input type="file" id="file"><p id="said"></p><div role="status" style="display: none"></div></main>
<script>document.getElementById('top').focus();
document.getElementById('one').onclick = () => document.getElementById('said').textContent = 'pressed';
document.getElementById('file').onchange = async event => { document.getElementById('said').textContent = await event.target.files[0].text(); };
</script></body></html>"#;

/// Holds a text in a live object, in a module's memory and in storage, once it has its own name as a heading. The text is put
/// together only here, so that it is not in the page itself.
const SECRETIVE: &str = r#"<!DOCTYPE html><html lang="en"><head><title>Secretive</title><link rel="icon" href="data:,"></head><body>
<main><h1></h1></main><script>
window.kept = {text: ['marked', 'otter', 4711 * 1013, 'in the rain'].join('-')};
const settled = request => new Promise(yes => { request.onsuccess = () => yes(request.result); });
(async () => {
  const module = [0,97,115,109,1,0,0,0, 5,3,1,0,1, 7,10,1,6,109,101,109,111,114,121,2,0];
  const {instance} = await WebAssembly.instantiate(new Uint8Array(module));
  new TextEncoder().encodeInto(kept.text, new Uint8Array(instance.exports.memory.buffer, 4096));
  const open = indexedDB.open('cellar');
  open.onupgradeneeded = () => open.result.createObjectStore('barrels');
  const database = await settled(open);
  await settled(database.transaction('barrels', 'readwrite').objectStore('barrels').put({bytes: new TextEncoder().encode(kept.text)}, 'first'));
  document.querySelector('h1').textContent = 'Secretive';
})();
</script></body></html>"#;
const HELD: &str = "marked-otter-4772243-in the rain";
const NOT_HELD: &str = "marked-heron-4772243-in the rain";

/// Serves the pages, and gives the browser that has them to a body; closes it whatever comes of that.
async fn with_pages(body: impl AsyncFnOnce(&Browser) -> Result<()>) -> Result<()> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let origin = format!("http://localhost:{}", listener.local_addr()?.port());
    let router = Router::new()
        .route("/right", get(Html(RIGHT)))
        .route("/no-label", get(Html(NO_LABEL)))
        .route("/error", get(Html(ERROR)))
        .route("/too-wide", get(Html(TOO_WIDE)))
        .route("/busy", get(Html(BUSY)))
        .route("/focus", get(Html(HIDDEN_FOCUS)))
        .route("/secretive", get(Html(SECRETIVE)));
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
        let error = said(browser.at("Wrong").await);
        ensure!(error.contains("label"), "axe-core said: {error}");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_scrolls_sideways_on_a_narrow_screen_is_noticed() -> Result<()> {
    with_pages(async |browser| {
        browser.goto("/too-wide").await?;
        let error = said(browser.at("Wrong").await);
        ensure!(error.contains("wider than 320 pixels") && error.contains("Wide</p>"), "noticed: {error}");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_error_in_the_console_is_noticed() -> Result<()> {
    with_pages(async |browser| {
        browser.goto("/error").await?;
        let error = said(browser.at("Wrong").await);
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

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_stalls_for_80_milliseconds_is_found_in_the_trace() -> Result<()> {
    with_pages(async |browser| {
        browser.goto("/busy").await?;
        focuses(browser, "stall").await?;
        let recording = browser.starts_trace().await?;
        browser.presses_keys(ENTER).await?;
        let trace = recording.ends().await?;
        let longest = trace.longest_task()?;
        ensure!(longest >= STALL, "a task of 80 ms is measured as {longest:?}");
        let stalled =
            trace.marked("stalled")?.since(trace.last_handled("click")?).context("the mark came first")?;
        ensure!(stalled >= STALL, "from the click to the mark: {stalled:?}");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_work_of_a_worker_is_no_task_of_the_page() -> Result<()> {
    with_pages(async |browser| {
        browser.goto("/busy").await?;
        focuses(browser, "work").await?;
        let recording = browser.starts_trace().await?;
        browser.presses_keys(ENTER).await?;
        tokio::time::sleep(Duration::from_secs(1)).await;
        let trace = recording.ends().await?;
        let worked = trace.workers_ended()?.since(trace.last_handled("click")?).context("it ended first")?;
        ensure!(worked >= Duration::from_millis(400), "the worker ended after {worked:?}");
        let longest = trace.longest_task()?;
        ensure!(longest < worked, "the page is said to have been busy for {longest:?}");
        Ok(())
    })
    .await
}

async fn focuses(browser: &Browser, id: &str) -> Result<()> {
    browser.asks(&format!("document.getElementById('{id}').focus(); return '';")).await.map(drop)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_is_found_where_it_is_and_no_other_one_anywhere() -> Result<()> {
    with_pages(async |browser| {
        browser.notes_modules().await?;
        browser.goto("/secretive").await?;
        browser.heading("Secretive").await?;
        for (text, is_held) in [(HELD, true), (NOT_HELD, false)] {
            let marks = Marks::of_passphrase(text)?;
            for (place, found) in [
                ("processes", browser.processes_hold(&marks)?),
                ("modules", browser.modules_hold(&marks).await?),
                ("live objects", browser.live_objects_hold(&marks).await?),
                ("storage", browser.storage_holds(&marks).await?),
            ] {
                ensure!(found.is_empty() != is_held, "of {text:?} the {place} hold {found:?}");
            }
        }
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_part_of_a_key_is_found_in_a_page_whichever_way_round_it_is() -> Result<()> {
    with_pages(async |browser| {
        let number: Vec<u8> = (1..=64_u8).map(|byte| byte.wrapping_mul(151) ^ 0x5A).collect();
        let marks = Marks::of_private_key(&[("prime1".to_owned(), number)])?;
        browser.goto("/right").await?;
        ensure!(browser.processes_hold(&marks)?.is_empty(), "it is found before it is there");
        let hold = "window.kept = new Uint8Array(48).map((_, index) => ((64 - index) * 151 & 255) ^ 0x5A); return '';";
        browser.asks(hold).await?;
        let found = browser.processes_hold(&marks)?;
        let has = |part| found.keys().any(|name| name.ends_with(part));
        ensure!(has("prime1, reversed, beginning") && !has("prime1, reversed, end"), "found: {found:?}");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_keyboard_comes_to_controls_and_notices_where_the_focus_is_not_seen() -> Result<()> {
    with_pages(async |browser| {
        browser.goto("/focus").await?;
        browser.heading("Focus").await?;
        browser.tabs_and_presses("One", SPACE).await?;
        browser.see("pressed").await?;
        let unseen = said(browser.tabs_to("Two").await);
        ensure!(unseen.contains("cannot be seen"), "{unseen}");
        let file = tempfile::NamedTempFile::new()?;
        std::fs::write(file.path(), "read from the file")?;
        browser.tabs_and_chooses("File", file.path()).await?;
        browser.see("read from the file").await?;
        let nowhere = said(browser.tabs_to("Three").await);
        ensure!(nowhere.contains("Tab does not lead to"), "{nowhere}");
        ensure!(browser.clicks() == 0, "the keyboard counts as a pointer");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_region_that_is_not_there_before_it_says_something_is_noticed() -> Result<()> {
    with_pages(async |browser| {
        browser.goto("/focus").await?;
        let error = said(browser.at("Focus").await);
        ensure!(error.contains("not there until they have content"), "noticed: {error}");
        Ok(())
    })
    .await
}

/// What an error says.
fn said(outcome: Result<()>) -> String {
    outcome.err().map(|error| format!("{error:?}")).unwrap_or_default()
}

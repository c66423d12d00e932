//! What the browser wrote down: its console, and the requests of its pages.

use anyhow::ensure;
use serde_json::Value;
use thirtyfour::WebDriver;

/// Nothing is in the console: nothing was refused by the Content-Security-Policy, missing, or panicked.
///
/// # Errors
/// With what is in it.
pub(super) async fn is_clean(driver: &WebDriver) -> anyhow::Result<()> {
    let console = console(driver).await?;
    ensure!(console.is_empty(), "the console says: {console:#?}");
    Ok(())
}

/// The console has messages, and all of them have this text.
///
/// # Errors
/// When it is empty, or has another message.
pub(super) async fn says_only(driver: &WebDriver, text: &str) -> anyhow::Result<()> {
    let console = console(driver).await?;
    ensure!(
        !console.is_empty() && console.iter().all(|message| message.contains(text)),
        "the console says: {console:#?}"
    );
    Ok(())
}

async fn console(driver: &WebDriver) -> anyhow::Result<Vec<String>> {
    Ok(driver.get_log("browser").await?.into_iter().map(|entry| entry.message).collect())
}

/// Method, address and body of each request of a page since the last time.
///
/// # Errors
/// When the driver does not answer.
pub(super) async fn requests(driver: &WebDriver) -> anyhow::Result<Vec<String>> {
    let mut requests = Vec::new();
    for entry in driver.get_log("performance").await? {
        let event: Value = serde_json::from_str(&entry.message)?;
        if event["message"]["method"] == "Network.requestWillBeSent" {
            let request = &event["message"]["params"]["request"];
            let [method, url, body] =
                ["method", "url", "postData"].map(|key| request[key].as_str().unwrap_or_default());
            requests.push(format!("{method} {url} {body}"));
        }
    }
    Ok(requests)
}

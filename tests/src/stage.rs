//! Everything that a journey needs, and the closing of it whatever came of the journey.

use std::{env, sync::Arc};

use anyhow::Context;
use tokio::sync::Mutex;

use crate::{
    browser::{Album, Browser},
    mail::MailServer,
    register::Register,
    signet::{Mode, Signet},
};

/// What a stage is built for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Setting {
    /// Real use: mail through SMTP, organizations from a register that answers as GLEIF's does.
    RealUse,
    /// The demonstration, with its persons, its register and its inbox.
    Demonstration,
}

/// A server, its mail server, its register, and the browsers of the people.
#[derive(Debug)]
pub struct Stage {
    /// The server under test.
    pub signet: Signet,
    /// The mail server that it sends through.
    pub mail: MailServer,
    /// The register that it asks.
    pub register: Register,
    name: String,
    browsers: Mutex<Vec<(String, Arc<Browser>)>>,
}

/// Runs a journey on a fresh stage. Afterwards all browsers are closed; of a failed one a picture is kept.
///
/// # Errors
/// With what went wrong on the journey, or what the stage could not be built for.
pub async fn journey(
    setting: Setting,
    name: &str,
    body: impl AsyncFnOnce(&Stage) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let stage = Stage::build(setting, name).await?;
    let outcome = body(&stage).await;
    let failed = outcome.is_err();
    let mut saw = Vec::new();
    for (person, browser) in stage.browsers.lock().await.drain(..) {
        if failed {
            // The journey's own failure is what counts.
            let file = env::temp_dir().join(format!("signet-{name}-{person}.png"));
            if browser.keep_evidence(&file).await.is_ok() {
                saw.push(format!("what {person} saw: {}", file.display()));
            }
        }
        browser.close().await?;
    }
    outcome.with_context(|| format!("{name}; {}; the server's log:\n{}", saw.join("; "), stage.signet.log()))
}

impl Stage {
    async fn build(setting: Setting, name: &str) -> anyhow::Result<Self> {
        let mail = MailServer::start().await?;
        let register = Register::start().await?;
        let mode = match setting {
            Setting::RealUse => Mode::RealUse { smtp_url: mail.url(), register_url: register.url() },
            Setting::Demonstration => Mode::Demonstration,
        };
        let signet = Signet::start(mode).await?;
        Ok(Self { signet, mail, register, name: name.to_owned(), browsers: Mutex::default() })
    }

    /// A browser of its own for this person.
    ///
    /// # Errors
    /// When it does not start.
    pub async fn browser(&self, person: &str) -> anyhow::Result<Arc<Browser>> {
        let album = Album::from_environment(&format!("{}/{person}", self.name));
        let browser = Arc::new(Browser::open(&self.signet.origin(), album).await?);
        self.browsers.lock().await.push((person.to_owned(), Arc::clone(&browser)));
        Ok(browser)
    }

    /// Kills a person's browser and opens it again with the same profile.
    ///
    /// # Errors
    /// When it does not start again.
    pub async fn kill_and_reopen(&self, person: &str, browser: &Browser) -> anyhow::Result<Arc<Browser>> {
        let browser = Arc::new(browser.killed_and_opened_again().await?);
        self.browsers.lock().await.push((person.to_owned(), Arc::clone(&browser)));
        Ok(browser)
    }
}

//! Everything that a journey needs, and the closing of it whatever came of the journey.

use std::{env, ffi::OsString, sync::Arc};

use anyhow::Context;
use tokio::sync::Mutex;

use crate::{
    browser::{Album, Browser, Surroundings},
    mail::MailServer,
    postgres,
    register::Register,
    secure_site::SecureSite,
    signet::{Mode, Signet},
};

/// What a stage is built for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Setting {
    /// Real use: mail through SMTP, organizations from a register that answers as GLEIF's does.
    RealUse,
    /// The demonstration, with its persons, its register and its inbox.
    Demonstration,
    /// Real use, with a clock that the journey moves.
    OwnClock,
    /// Real use, with its data in PostgreSQL.
    Postgres,
    /// Real use, at an `https` address that browsers take for one of the internet.
    PublicSite,
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
    /// What makes it a public site.
    pub site: Option<SecureSite>,
    surroundings: Mutex<Surroundings>,
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
            Setting::RealUse | Setting::OwnClock | Setting::Postgres | Setting::PublicSite => {
                Mode::RealUse { smtp_url: mail.url(), register_url: register.url() }
            }
            Setting::Demonstration => Mode::Demonstration,
        };
        let site = match setting {
            Setting::PublicSite => Some(SecureSite::bind().await?),
            Setting::RealUse | Setting::OwnClock | Setting::Postgres | Setting::Demonstration => None,
        };
        let mut surroundings = Surroundings::default();
        let signet = match &site {
            Some(site) => {
                surroundings.arguments.push(site.is_public());
                // The way to the pages that matter there is that of all other journeys.
                surroundings.hurries = true;
                let signet = Signet::start_behind(mode, site.origin()).await?;
                site.forwards_to(signet.port());
                signet
            }
            None if setting == Setting::OwnClock => Signet::start_with_clock(mode).await?,
            None if setting == Setting::Postgres => {
                Signet::start_with_database(mode, postgres::new_database(name).await?).await?
            }
            None => Signet::start(mode).await?,
        };
        let surroundings = Mutex::new(surroundings);
        Ok(Self {
            signet,
            mail,
            register,
            site,
            surroundings,
            name: name.to_owned(),
            browsers: Mutex::default(),
        })
    }

    /// The browsers that are opened from now on have this in their environment.
    pub async fn surrounds_with(&self, environment: impl IntoIterator<Item = (String, OsString)>) {
        self.surroundings.lock().await.environment.extend(environment);
    }

    /// A browser of its own for this person.
    ///
    /// # Errors
    /// When it does not start.
    pub async fn browser(&self, person: &str) -> anyhow::Result<Arc<Browser>> {
        let album = Album::from_environment(&format!("{}/{person}", self.name));
        let surroundings = self.surroundings.lock().await.clone();
        let browser = Arc::new(Browser::open_in(&self.signet.origin(), album, surroundings).await?);
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

//! What a person with a card does on the pages.

use anyhow::{Context, ensure};

use super::{bridge::Bridge, pinentry::YES};
use crate::person::Person;

/// How the page reaches the bridge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// Over loopback, which the person allows.
    Loopback,
    /// Through the server: the browser keeps the page from loopback.
    Relay,
}

impl Way {
    /// What the person has decided about programs on this computer.
    pub fn permission(self) -> &'static str {
        match self {
            Self::Loopback => "granted",
            Self::Relay => "denied",
        }
    }
}

/// A person, their way to the bridge, and what they will type.
#[derive(Debug)]
pub struct Holder<'a> {
    /// The person.
    pub person: &'a Person<'a>,
    /// The bridge on their computer.
    pub bridge: &'a Bridge,
    /// How the page reaches it.
    pub way: Way,
}

impl Holder<'_> {
    /// Chooses the card and this algorithm, and is on the page that makes the key.
    ///
    /// # Errors
    /// When a page does not come.
    pub async fn chooses_card(&self, algorithm: &str) -> anyhow::Result<()> {
        self.person.begins_activation().await?;
        self.chooses_method(algorithm).await
    }

    /// As [`Holder::chooses_card`], on the page with the methods.
    ///
    /// # Errors
    /// When the next page does not come.
    pub async fn chooses_method(&self, algorithm: &str) -> anyhow::Result<()> {
        let browser = &self.person.browser;
        browser.permits_loopback(self.way.permission()).await?;
        browser.takes_its_time();
        browser.mark("Generating key pair on card").await?;
        browser.select("Key algorithm and key length", algorithm).await?;
        browser.press("Next").await?;
        browser.at("Key pair generation").await
    }

    /// Gets the page to the bridge, comparing the six digits when the page has never been there.
    ///
    /// # Errors
    /// When the two do not find each other.
    pub async fn connects(&self) -> anyhow::Result<()> {
        let browser = &self.person.browser;
        browser.press("Connect to the card bridge").await?;
        if self.way == Way::Relay {
            browser.see("Your browser blocks the card bridge").await?;
            browser.press("Open the card bridge instead").await?;
        }
        Ok(())
    }

    /// Has the card make the key pair, answering like this, and is on the next page of the wizard.
    ///
    /// # Errors
    /// When the key is not made.
    pub async fn makes_key(&self, algorithm: &str, answers: &[&str]) -> anyhow::Result<()> {
        self.chooses_card(algorithm).await?;
        self.bridge.pinentry.will_answer(&self.with_pairing(answers))?;
        self.connects().await?;
        self.person.browser.press("Generate key pair").await?;
        self.person.browser.heading("Summary").await.with_context(|| self.bridge.log())?;
        self.browser_has_started_bridge().await?;
        self.person.browser.at("Summary").await?;
        self.is_all_answered()
    }

    /// Opens the certificate that was just issued, and puts it onto the card, answering like this.
    ///
    /// # Errors
    /// When it does not get there.
    pub async fn installs(&self, answers: &[&str]) -> anyhow::Result<()> {
        let browser = &self.person.browser;
        browser.press("Open the certificate").await?;
        browser.at(&self.person.address).await?;
        browser.press("Install on card").await?;
        browser.at("Install on card").await?;
        self.bridge.pinentry.will_answer(answers)?;
        self.connects().await?;
        browser.press("Install on card").await?;
        browser.see("The certificate is on the card").await.with_context(|| self.bridge.log())?;
        self.browser_has_started_bridge().await?;
        self.is_all_answered()
    }

    /// It says so on the console, when it was asked to.
    async fn browser_has_started_bridge(&self) -> anyhow::Result<()> {
        match self.way {
            Way::Loopback => Ok(()),
            Way::Relay => {
                self.person.browser.console_says_only("Launched external handler for 'signet-card:").await
            }
        }
    }

    fn with_pairing<'b>(&self, answers: &[&'b str]) -> Vec<&'b str> {
        let pairing = (self.way == Way::Loopback).then_some(YES);
        pairing.into_iter().chain(answers.iter().copied()).collect()
    }

    fn is_all_answered(&self) -> anyhow::Result<()> {
        let left = self.bridge.pinentry.unasked()?;
        ensure!(left.is_empty(), "{left:?} was not asked for");
        Ok(())
    }
}

//! What a person does, step by step, as on the pages: each act ends where the next one can begin.

use std::{path::Path, sync::Arc};

use crate::{browser::Browser, register, stage::Stage};

/// The product that the journeys order.
const PRODUCT: &str = "S/MIME Organization, 365 days";

/// Someone with a browser and an address.
#[derive(Debug)]
pub struct Person<'a> {
    stage: &'a Stage,
    /// Their browser.
    pub browser: Arc<Browser>,
    /// Their e-mail address.
    pub address: String,
}

impl<'a> Person<'a> {
    /// A person with this name, an address made from it, and a browser of their own.
    ///
    /// # Errors
    /// When the browser does not start.
    pub async fn new(stage: &'a Stage, name: &str) -> anyhow::Result<Self> {
        Ok(Self { stage, browser: stage.browser(name).await?, address: format!("{name}@example.com") })
    }

    /// Asks for a link, waits for the mail, opens the link and presses its button.
    ///
    /// # Errors
    /// When a page or the mail does not come.
    pub async fn signs_in(&self) -> anyhow::Result<()> {
        let browser = &self.browser;
        browser.goto("/").await?;
        browser.at("Sign in").await?;
        browser.fill("E-mail address", &self.address).await?;
        browser.press("Send me a sign-in link").await?;
        browser.at("Look at your inbox").await?;
        let mail = self.stage.mail.nth_message(&self.address, "Your sign-in link", 1).await?;
        browser.goto(&mail.link("/sign-in/")?).await?;
        browser.at("Sign in").await?;
        browser.press("Sign in").await
    }

    /// Orders the product, and is on the page of the order afterwards.
    ///
    /// # Errors
    /// When a page does not come.
    pub async fn orders(&self) -> anyhow::Result<()> {
        let browser = &self.browser;
        browser.at("Dashboard").await?;
        browser.press("Shop").await?;
        browser.at("Shop").await?;
        browser.press("Order S/MIME Organization").await?;
        browser.at(PRODUCT).await
    }

    /// Provides the organization's data by its LEI: the register fills in the rest.
    ///
    /// # Errors
    /// When a page does not come.
    pub async fn provides_data_by_register(&self) -> anyhow::Result<()> {
        let browser = &self.browser;
        browser.press("Provide the data").await?;
        browser.at("Provide the data").await?;
        browser.fill("Registration number", register::LEI).await?;
        browser.press("Search the register").await?;
        browser.see("Found in: Global LEI Index").await?;
        browser.press("Next").await?;
        self.saves_data().await
    }

    /// Provides the organization's data by a document, with this name of the organization.
    ///
    /// # Errors
    /// When a page does not come.
    pub async fn provides_data_by_document(&self, organization: &str, document: &Path) -> anyhow::Result<()> {
        let browser = &self.browser;
        browser.press("Provide the data").await?;
        browser.at("Provide the data").await?;
        browser.mark("Add the document to verify organization existence").await?;
        browser.select("Country", "Poland [PL]").await?;
        browser.attach("Document", document).await?;
        let name = document.file_name().unwrap_or_default().to_string_lossy();
        browser.see(&name).await?;
        for (label, text) in
            [("Organization", organization), ("State or province", "Pomorskie"), ("Locality", "Gdańsk")]
        {
            browser.fill(label, text).await?;
        }
        browser.press("Next").await?;
        self.saves_data().await
    }

    async fn saves_data(&self) -> anyhow::Result<()> {
        self.browser.at("Summary").await?;
        self.browser.press("Save").await?;
        self.browser.at("The data is saved").await
    }

    /// Proves that the address is theirs: saves it, waits for the mail, opens its link and confirms.
    ///
    /// # Errors
    /// When a page or the mail does not come.
    pub async fn proves_mailbox(&self) -> anyhow::Result<()> {
        let browser = &self.browser;
        browser.press("E-mail verification").await?;
        browser.at("Provide an e-mail address").await?;
        browser.press("Next").await?;
        browser.at("Summary").await?;
        browser.press("Save").await?;
        browser.at("Open the link in your message").await?;
        let mail = self.stage.mail.nth_message(&self.address, "Confirm your e-mail address", 1).await?;
        browser.goto(&mail.link("/confirm/")?).await?;
        browser.at("Confirm your e-mail address").await?;
        browser.press("Confirm").await?;
        browser.at("The address is confirmed").await
    }
}

//! What a person does, step by step, as on the pages: each act ends where the next one can begin.

use std::{path::Path, sync::Arc};

use anyhow::{Context, ensure};
use serde_json::Value;

use crate::{
    browser::Browser,
    judges::Evidence,
    process::{PATIENCE, wait_for},
    register,
    stage::Stage,
};

/// How the page calls the PFX for current programs.
pub const CURRENT_PROGRAM: &str = "Modern";
/// The PFX for all others.
pub const OLDER_PROGRAM: &str = "Apple, Android 13 and older, Windows Server 2016";

/// What the mail with the link is called.
const SIGN_IN_SUBJECT: &str = "Your sign-in link";
/// What the mail is called that proves a mailbox.
pub const CHALLENGE_SUBJECT: &str = "Confirm your e-mail address";
/// The product that the journeys order, as the page of an order is called.
pub const PRODUCT: &str = "S/MIME Organization, 365 days";

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
        Self::with_address(stage, name, &format!("{name}@example.com")).await
    }

    /// A person with this name and address, and a browser of their own.
    ///
    /// # Errors
    /// When the browser does not start.
    pub async fn with_address(stage: &'a Stage, name: &str, address: &str) -> anyhow::Result<Self> {
        Ok(Self { stage, browser: stage.browser(name).await?, address: address.to_owned() })
    }

    /// Asks for a link, waits for the mail, opens the link and presses its button.
    ///
    /// # Errors
    /// When a page or the mail does not come.
    pub async fn signs_in(&self) -> anyhow::Result<()> {
        let browser = &self.browser;
        let received = self.stage.mail.messages(&self.address, SIGN_IN_SUBJECT)?.len();
        browser.goto("/").await?;
        browser.at("Sign in").await?;
        browser.fill("E-mail address", &self.address).await?;
        browser.press("Send me a sign-in link").await?;
        browser.at("Look at your inbox").await?;
        let mail = self.stage.mail.nth_message(&self.address, SIGN_IN_SUBJECT, received + 1).await?;
        browser.follows(&mail.link("/sign-in/")?).await?;
        browser.at("Sign in").await?;
        browser.press("Sign in").await
    }

    /// The browser is killed; the person opens it again, and signs in when the session is gone.
    ///
    /// # Errors
    /// When it does not start again, or a page does not come.
    pub async fn comes_back_after_a_crash(&mut self) -> anyhow::Result<()> {
        self.browser = self.stage.kill_and_reopen(&self.address, &self.browser).await?;
        self.signs_in_unless_signed_in().await
    }

    async fn signs_in_unless_signed_in(&self) -> anyhow::Result<()> {
        self.browser.goto("/").await?;
        let heading = wait_for("a page", PATIENCE, async || {
            let text = self.browser.asks("return document.querySelector('h1')?.innerText ?? ''").await?;
            Ok((!text.is_empty()).then_some(text))
        });
        if heading.await? == "Sign in" {
            self.signs_in().await?;
        }
        self.browser.heading("Dashboard").await
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
        self.provides_data_on_the_form().await
    }

    /// As [`Person::provides_data_by_register`], on the form already.
    ///
    /// # Errors
    /// When a page does not come.
    pub async fn provides_data_on_the_form(&self) -> anyhow::Result<()> {
        let browser = &self.browser;
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
        let received = self.stage.mail.messages(&self.address, CHALLENGE_SUBJECT)?.len();
        browser.press("E-mail verification").await?;
        browser.at("Provide an e-mail address").await?;
        browser.press("Next").await?;
        browser.at("Summary").await?;
        browser.press("Save").await?;
        browser.at("Open the link in your message").await?;
        let mail = self.stage.mail.nth_message(&self.address, CHALLENGE_SUBJECT, received + 1).await?;
        browser.follows(&mail.link("/confirm/")?).await?;
        browser.at("Confirm your e-mail address").await?;
        browser.press("Confirm").await?;
        browser.at("The address is confirmed").await
    }

    /// Goes through the first page of the activation as it stands, and on to the choice of the method.
    ///
    /// # Errors
    /// When a page does not come.
    pub async fn begins_activation(&self) -> anyhow::Result<()> {
        self.follows_to_activation("Certificate activation").await
    }

    /// As [`Person::begins_activation`], by the link with this name.
    ///
    /// # Errors
    /// When a page does not come.
    pub async fn follows_to_activation(&self, link: &str) -> anyhow::Result<()> {
        let browser = &self.browser;
        browser.press(link).await?;
        browser.at("Certificate data").await?;
        browser.press("Next").await?;
        browser.at("Generation method").await
    }

    /// Makes a key pair in the browser, protected by the passphrase that the page suggests, and gives the passphrase.
    ///
    /// # Errors
    /// When a page does not come, or the key is not made in time.
    pub async fn makes_key(&self, algorithm: &str) -> anyhow::Result<String> {
        let browser = &self.browser;
        // What the list shows already needs no click.
        if browser.value("Key algorithm and key length").await? != algorithm_id(algorithm) {
            browser.select("Key algorithm and key length", algorithm).await?;
        }
        browser.press("Next").await?;
        browser.at("Key pair generation").await?;
        browser.mark("I have saved the passphrase").await?;
        let passphrase = browser.value("Passphrase").await?;
        browser.press("Generate key pair").await?;
        browser.at("Your key pair is ready").await?;
        browser.see("Kept in this browser").await?;
        browser.press("Next").await?;
        Ok(passphrase)
    }

    /// Makes a PFX for a program of this kind from the key with this passphrase, which protects the file too, and takes
    /// the downloaded file to this path.
    ///
    /// # Errors
    /// When the file does not come.
    pub async fn creates_pfx(&self, passphrase: &str, program: &str, file: &Path) -> anyhow::Result<()> {
        let browser = &self.browser;
        browser.fill("Passphrase of the key", passphrase).await?;
        browser.mark(program).await?;
        browser.press("Create PFX").await?;
        browser.see("The PFX file is made and checked").await?;
        let name = browser.takes_download(".p12", file).await?;
        ensure!(name.starts_with(&self.address), "the PFX is called {name}");
        Ok(())
    }

    /// What the judges need to know about the certificate that the person sees.
    ///
    /// # Errors
    /// When the server does not hand it out.
    pub async fn evidence(&self) -> anyhow::Result<Evidence> {
        let (_, list) = self.browser.fetch("/api/certificates").await?;
        let list: Value =
            serde_json::from_str(&list).with_context(|| format!("no list of certificates: {list}"))?;
        let id = list["items"][0]["id"].as_str().with_context(|| format!("no certificate in {list}"))?;
        let [leaf, chain] =
            ["certificate.pem", "chain.pem"].map(|file| format!("/api/certificates/{id}/{file}"));
        let (_, leaf) = self.browser.fetch(&leaf).await?;
        let (_, chain) = self.browser.fetch(&chain).await?;
        Evidence::new(&leaf, &chain, &self.address)
    }

    /// Accepts the terms and submits; the certificate is there afterwards.
    ///
    /// # Errors
    /// When a page does not come.
    pub async fn submits(&self) -> anyhow::Result<()> {
        let browser = &self.browser;
        browser.at("Summary").await?;
        browser.mark("I accept the subscriber terms (opens in a new tab)").await?;
        browser.press("Submit").await?;
        browser.at("Your certificate is issued").await
    }
}

/// The value of the choice in the list of algorithms.
fn algorithm_id(name: &str) -> String {
    name.to_lowercase().replace(' ', "-")
}

//! What a validation specialist does.

use crate::{person::Person, stage::Stage};

/// A person with the role of a specialist, signed in.
#[derive(Debug)]
pub struct Specialist<'a>(Person<'a>);

impl<'a> Specialist<'a> {
    /// Gets the account from the operator, and signs in.
    ///
    /// # Errors
    /// When a page does not come.
    pub async fn arrives(stage: &'a Stage) -> anyhow::Result<Self> {
        let person = Person::new(stage, "specialist").await?;
        stage.signet.run(&["account", "add", &person.address, "--role", "validation-specialist"]).await?;
        person.signs_in().await?;
        person.browser.at("Verifications").await?;
        Ok(Self(person))
    }

    /// Opens the claim of this organization, and approves the data as the page proposes it.
    ///
    /// # Errors
    /// When a page does not come.
    pub async fn approves(&self, organization: &str) -> anyhow::Result<()> {
        self.opens(organization).await?;
        self.decides("Approve", "verified").await
    }

    /// As [`Specialist::approves`], with the identifier that the evidence shows.
    ///
    /// # Errors
    /// When a page does not come.
    pub async fn approves_with_identifier(&self, organization: &str, identifier: &str) -> anyhow::Result<()> {
        self.opens(organization).await?;
        self.0.browser.fill("Organization identifier", identifier).await?;
        self.decides("Approve", "verified").await
    }

    /// Opens the claim of this organization, and refuses it for this reason.
    ///
    /// # Errors
    /// When a page does not come.
    pub async fn refuses(&self, organization: &str, reason: &str) -> anyhow::Result<()> {
        self.opens(organization).await?;
        self.0.browser.fill("Reason", reason).await?;
        self.decides("Refuse", "Refused").await
    }

    /// Looks at the queue, in which nothing waits.
    ///
    /// # Errors
    /// When something does.
    pub async fn has_nothing_to_do(&self) -> anyhow::Result<()> {
        self.0.browser.press("Verifications").await?;
        self.0.browser.at("Verifications").await?;
        self.0.browser.see("Waiting (0)").await
    }

    async fn opens(&self, organization: &str) -> anyhow::Result<()> {
        self.0.browser.press("Verifications").await?;
        self.0.browser.heading("Verifications").await?;
        self.0.browser.press(organization).await?;
        self.0.browser.at(organization).await
    }

    /// Presses the button, and waits until the claim is decided and the button gone.
    async fn decides(&self, button: &str, status: &str) -> anyhow::Result<()> {
        self.0.browser.press(button).await?;
        self.0.browser.see(status).await?;
        self.0.browser.until_gone(button).await?;
        self.0.browser.examine("Decided").await
    }
}

//! The texts of all mails: plain text; every link is ours, and a link that does something stands alone. Nothing that an applicant typed stands in them.

use crate::{
    environment::Environment,
    id::{CertificateId, MessageId, OrderId},
    secret::Secret,
    storage::{installation::Purpose, outbox::MessageKind},
};
use pki::mailbox::Mailbox;

/// A mail that is not in the outbox yet.
#[derive(Debug)]
pub(crate) struct Message {
    pub(crate) id: MessageId,
    pub(crate) kind: MessageKind,
    pub(crate) recipient: Mailbox,
    pub(crate) subject: String,
    pub(crate) body: String,
}

/// Writes mails that come from this server.
#[derive(Clone, Copy)]
pub(crate) struct Writer<'a> {
    environment: Environment<'a>,
}

impl<'a> Writer<'a> {
    pub(crate) fn new(environment: Environment<'a>) -> Self {
        Self { environment }
    }

    /// Carries a link that signs in.
    pub(crate) fn sign_in_link(&self, recipient: Mailbox, token: &Secret) -> Message {
        self.message(
            MessageKind::SignInLink,
            recipient,
            "Your sign-in link",
            &[
                &format!(
                    "Open this link and press the button \"Sign in\" to continue with {}:",
                    self.product()
                ),
                &self.link(&["sign-in", &token.to_text()]),
                "It works once, for 15 minutes.",
                "If you did not ask for it, do nothing: nobody can sign in without this message.",
            ],
        )
    }

    /// Carries a mailbox challenge.
    pub(crate) fn mailbox_challenge(&self, recipient: Mailbox, token: &Secret) -> Message {
        self.message(
            MessageKind::MailboxChallenge,
            recipient,
            "Confirm your e-mail address",
            &[
                &format!("Someone ordered a certificate for this address with {}.", self.product()),
                "If it was you, or someone who acts for you, open this link and press the button \"Confirm\":",
                &self.link(&["confirm", &token.to_text()]),
                "It works once, for 24 hours. A newer message ends it.",
                "If you know nothing of this, do nothing: without the button no certificate is made.",
            ],
        )
    }

    /// Tells that the organization's data are approved.
    pub(crate) fn organization_approved(&self, recipient: Mailbox, order: &OrderId) -> Message {
        self.message(
            MessageKind::Notice,
            recipient,
            "Organization data approved",
            &[
                "The data of your organization were verified and approved.",
                "See what is left to do for your certificate:",
                &self.link(&["orders", order.as_str()]),
            ],
        )
    }

    /// Tells that the organization's data were refused. The reason stands on the page, not in the mail.
    pub(crate) fn organization_refused(&self, recipient: Mailbox, order: &OrderId) -> Message {
        self.message(
            MessageKind::Notice,
            recipient,
            "Organization data needs your attention",
            &[
                "We could not approve the data of your organization as they are.",
                "Read why, and correct them, here:",
                &self.link(&["orders", order.as_str()]),
            ],
        )
    }

    /// Tells that the certificate is issued; the page behind the link has all downloads.
    pub(crate) fn certificate_ready(&self, recipient: Mailbox, certificate: &CertificateId) -> Message {
        self.message(
            MessageKind::Notice,
            recipient,
            "Your certificate is ready",
            &[
                "Your certificate was issued.",
                "Download it as PEM, DER or PFX, with the certificates above it, here:",
                &self.link(&["certificates", certificate.as_str()]),
                "The certificates above it, which need no sign-in, issuing CA and root:",
                &self.link(&["pki", "issuing.cer"]),
                &self.link(&["pki", "root.cer"]),
                "If the key was made in your browser, open the link in that browser, or have your recovery file ready.",
            ],
        )
    }

    fn message(&self, kind: MessageKind, recipient: Mailbox, subject: &str, paragraphs: &[&str]) -> Message {
        let closing = match self.environment.settings.purpose {
            Purpose::RealUse => self.product().to_owned(),
            Purpose::Demonstration => {
                format!("{} (demonstration: its certificates are worthless)", self.product())
            }
        };
        Message {
            id: MessageId::generate(self.environment.random),
            kind,
            recipient,
            subject: subject.to_owned(),
            body: format!("{}\n\n-- \n{closing}\n", paragraphs.join("\n\n")),
        }
    }

    /// Built from the configuration only: no header of any request can change it.
    fn link(&self, path: &[&str]) -> String {
        format!("{}/{}", self.environment.settings.public_url, path.join("/"))
    }

    fn product(&self) -> &str {
        &self.environment.settings.product_name
    }
}

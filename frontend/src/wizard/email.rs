//! The e-mail verification wizard: one address.

use super::FieldError;
use pki::mailbox::Mailbox;
use protocol::MailboxRequest;
use serde::{Deserialize, Serialize};

/// The id of the only field.
pub(crate) const EMAIL: &str = "email";

/// What was entered so far.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct EmailDraft {
    /// The address as typed.
    pub(crate) email: String,
}

impl EmailDraft {
    /// A draft that starts with an address already known.
    pub(crate) fn starting_with(email: &str) -> Self {
        Self { email: email.to_owned() }
    }

    /// The request, or what to mend first.
    ///
    /// # Errors
    /// What is no address that a certificate can carry.
    pub(crate) fn request(&self) -> Result<MailboxRequest, Vec<FieldError>> {
        match Mailbox::parse(&self.email) {
            Ok(mailbox) => Ok(MailboxRequest { email: mailbox.to_string() }),
            Err(error) => Err(vec![FieldError::new(EMAIL, error.to_string())]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{EMAIL, EmailDraft};

    #[test]
    fn an_empty_field_asks_for_an_address() {
        let errors = EmailDraft::default().request().unwrap_err();
        assert_eq!(errors.len(), 1);
        assert_eq!(errors[0].field, EMAIL);
    }

    #[test]
    fn spaces_around_an_address_are_ignored() {
        let draft = EmailDraft::starting_with("  ada@example.com ");
        assert_eq!(draft.request().unwrap().email, "ada@example.com");
    }

    #[test]
    fn what_is_no_address_is_refused_beside_the_field() {
        for wrong in ["ada", "ada@", "@example.com", "a b@example.com", "ada@example.com,bob@example.com"] {
            let errors = EmailDraft::starting_with(wrong).request().unwrap_err();
            assert_eq!(errors[0].field, EMAIL, "{wrong}");
        }
    }
}

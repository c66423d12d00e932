//! E-mail addresses that may stand in a certificate.
use std::fmt;
/// An address.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Mailbox {
    address: String,
    at: usize,
}
/// Why not.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MailboxError {
    /// Nothing.
    #[error("enter an e-mail address")]
    Empty,
}
impl Mailbox {
    /// Parses.
    /// # Errors
    /// When it is not an address.
    pub fn parse(text: &str) -> Result<Self, MailboxError> {
        todo!("{text}")
    }
    /// The address.
    pub fn as_str(&self) -> &str {
        &self.address
    }
    /// Before the `@`.
    pub fn local_part(&self) -> &str {
        self.address.get(..self.at).unwrap_or_default()
    }
    /// After the `@`.
    pub fn domain(&self) -> &str {
        self.address.get(self.at.saturating_add(1)..).unwrap_or_default()
    }
}
impl fmt::Display for Mailbox {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.address)
    }
}

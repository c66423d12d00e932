//! What a person is asked in a window of this computer, and never in a page.

use secrecy::SecretString;

/// What the window says above the field for a PIN.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PinQuestion {
    /// Who asks and what will be done, such as `https://signet.example wants to make a key pair (RSA 2048).`
    pub action: String,
    /// The card, with its serial number, and the reader it is in.
    pub card: String,
    /// What the card says of the tries that are left, and what went wrong with the last one.
    pub notice: Option<String>,
    /// The lengths that the card takes, in bytes.
    pub length: std::ops::RangeInclusive<usize>,
}

/// A question that is answered with yes or no.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Confirmation {
    /// Whole sentences: what will happen.
    pub text: String,
    /// The word on the button that agrees.
    pub agree: &'static str,
    /// The word on the button that does not.
    pub refuse: &'static str,
}

/// Why there is no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PromptError {
    /// The person closed the window.
    #[error("the person closed the window")]
    Cancelled,
    /// Nobody answered in time.
    #[error("nobody answered in time")]
    TimedOut,
    /// The window cannot be shown, or its program ended without an answer.
    #[error("the window cannot be shown")]
    Unavailable,
}

/// Asks a person in a native window.
pub trait Prompt {
    /// Asks for a PIN. An empty one comes as it is.
    ///
    /// # Errors
    /// When there is no answer.
    fn ask_pin(&mut self, question: &PinQuestion) -> Result<SecretString, PromptError>;

    /// Asks a question; `false` when the person does not agree.
    ///
    /// # Errors
    /// When there is no answer.
    fn confirm(&mut self, question: &Confirmation) -> Result<bool, PromptError>;
}

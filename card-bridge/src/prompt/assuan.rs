//! Programs of the pinentry family, which are spoken with in the Assuan protocol.

use super::{Confirmation, PIN_SECONDS, PinQuestion, Prompt, PromptError, TITLE, plain};
use pinentry::{ConfirmationDialog, Error, PassphraseInput};
use secrecy::SecretString;
use std::path::PathBuf;

/// `GPG_ERR_NOT_CONFIRMED`: the second button.
const NOT_CONFIRMED: u16 = 114;
/// `GPG_ERR_FULLY_CANCELED`: the window was closed.
const FULLY_CANCELLED: u16 = 198;

/// One such program.
#[derive(Debug)]
pub(super) struct Pinentry {
    program: PathBuf,
}

impl Pinentry {
    /// The program at this path.
    pub(super) fn new(program: PathBuf) -> Self {
        Self { program }
    }
}

impl Prompt for Pinentry {
    fn ask_pin(&mut self, question: &PinQuestion) -> Result<SecretString, PromptError> {
        let description = plain(&format!("{}\n\n{}", question.action, question.card));
        let notice = question.notice.as_deref().map(plain);
        let mut input = PassphraseInput::with_binary(&self.program).ok_or(PromptError::Unavailable)?;
        input.with_title(TITLE).with_description(&description).with_prompt("PIN:").with_timeout(PIN_SECONDS);
        input.with_ok("OK").with_cancel("Cancel");
        if let Some(notice) = &notice {
            input.with_error(notice);
        }
        input.interact().map_err(|error| reason(&error))
    }

    fn confirm(&mut self, question: &Confirmation) -> Result<bool, PromptError> {
        let text = plain(&question.text);
        let mut dialog = ConfirmationDialog::with_binary(&self.program).ok_or(PromptError::Unavailable)?;
        dialog
            .with_title(TITLE)
            .with_ok(question.agree)
            .with_cancel(question.refuse)
            .with_timeout(PIN_SECONDS);
        match dialog.confirm(&text) {
            Ok(agreed) => Ok(agreed),
            Err(error) if code(&error) == Some(NOT_CONFIRMED) => Ok(false),
            Err(error) => Err(reason(&error)),
        }
    }
}

fn reason(error: &Error) -> PromptError {
    match (error, code(error)) {
        (Error::Cancelled, _) | (_, Some(NOT_CONFIRMED | FULLY_CANCELLED)) => PromptError::Cancelled,
        (Error::Timeout, _) => PromptError::TimedOut,
        _ => PromptError::Unavailable,
    }
}

/// The code of an error of the `GnuPG` family, without its source.
fn code(error: &Error) -> Option<u16> {
    match error {
        Error::Gpg(error) => Some(error.code()),
        _ => None,
    }
}

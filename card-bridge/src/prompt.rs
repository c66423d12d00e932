//! What a person is asked in a window of this computer, and never in a page.

use secrecy::SecretString;

#[cfg(target_os = "linux")]
mod assuan;
#[cfg(target_os = "linux")]
mod desktop;
#[cfg(target_os = "linux")]
pub use desktop::Desktop as Native;

#[cfg(target_os = "macos")]
mod macos;
#[cfg(target_os = "macos")]
pub use macos::AppleScript as Native;

#[cfg(target_os = "windows")]
mod windows;
#[cfg(target_os = "windows")]
pub use windows::PowerShell as Native;

mod dialog;

/// The title of each window.
const TITLE: &str = "Signet card bridge";
/// After so many seconds nobody seems to be there. Our choice.
const PIN_SECONDS: u16 = 120;
/// What the shortest of the programs' lines takes, with room for what must be written as three bytes.
const LONGEST_TEXT_BYTES: usize = 800;

/// Text as a window may show it: without control characters, and not too long. A page, or a card, may have written it.
fn plain(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for character in text.chars().filter(|character| *character == '\n' || !is_deceptive(*character)) {
        let written = if matches!(character, '\n' | '%') { 3 } else { character.len_utf8() };
        if shown.len().saturating_add(written) > LONGEST_TEXT_BYTES {
            shown.push('…');
            break;
        }
        shown.push(character);
    }
    shown
}

/// Control characters, and those that turn the direction of what follows (Unicode UAX #9 §2).
fn is_deceptive(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_of_others_is_shown_plainly() {
        assert_eq!(plain("a\u{202E}b\u{7}c\nd"), "abc\nd");
        let long = plain(&"ł".repeat(2000));
        assert!(long.len() <= LONGEST_TEXT_BYTES + '…'.len_utf8() && long.ends_with('…'));
    }
}

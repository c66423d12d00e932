//! The windows of macOS, by `AppleScript`. The texts are arguments of the script, never part of it; the PIN comes by its
//! output.

use super::{Confirmation, PIN_SECONDS, PinQuestion, Prompt, PromptError, TITLE, dialog, plain};
use crate::configuration::Configuration;
use secrecy::SecretString;
use std::process::Command;

const PROGRAM: &str = "/usr/bin/osascript";
/// Arguments: title, text, seconds. It ends with 1 when the person cancels, and with 2 when nobody answers.
const PIN_SCRIPT: &str = "on run argv
    tell application \"System Events\" to activate
    set answer to display dialog (item 2 of argv) with title (item 1 of argv) default answer \"\" with hidden answer ¬
        buttons {\"Cancel\", \"OK\"} default button \"OK\" cancel button \"Cancel\" giving up after (item 3 of argv as integer)
    if gave up of answer then error \"timeout\"
    return text returned of answer
end run";
/// Arguments: title, text, seconds, the word that refuses, the word that agrees.
const CONFIRMATION_SCRIPT: &str = "on run argv
    tell application \"System Events\" to activate
    set answer to display dialog (item 2 of argv) with title (item 1 of argv) buttons {item 4 of argv, item 5 of argv} ¬
        cancel button (item 4 of argv) giving up after (item 3 of argv as integer)
    if gave up of answer then error \"timeout\"
end run";

/// Asks by the dialogs of the system.
#[derive(Debug)]
pub struct AppleScript;

impl AppleScript {
    /// There is nothing to choose.
    #[must_use]
    pub fn new(_configuration: &Configuration) -> Self {
        Self
    }
}

impl Prompt for AppleScript {
    fn ask_pin(&mut self, question: &PinQuestion) -> Result<SecretString, PromptError> {
        dialog::ask_pin(script(PIN_SCRIPT, &dialog::pin_text(question)))
    }

    fn confirm(&mut self, question: &Confirmation) -> Result<bool, PromptError> {
        let mut command = script(CONFIRMATION_SCRIPT, &plain(&question.text));
        command.args([question.refuse, question.agree]);
        dialog::confirm(command)
    }
}

fn script(text: &str, shown: &str) -> Command {
    let mut command = Command::new(PROGRAM);
    command.args(["-e", text, TITLE, shown]).arg(PIN_SECONDS.to_string());
    command
}

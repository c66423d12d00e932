//! The person at this computer: what they see of the work, and what they are asked.

use crate::problem::Failure;
use crate::prompt::{Confirmation, PinQuestion, Prompt};
use protocol::{Card, CardReport, CardWork, OperationState};
use secrecy::SecretString;

/// Asks in windows, and tells the page.
pub(crate) struct Person<'a> {
    asker: &'a str,
    prompt: &'a mut dyn Prompt,
    progress: &'a mut dyn FnMut(OperationState),
}

impl<'a> Person<'a> {
    pub(crate) fn new(
        asker: &'a str,
        prompt: &'a mut dyn Prompt,
        progress: &'a mut dyn FnMut(OperationState),
    ) -> Self {
        Self { asker, prompt, progress }
    }

    pub(crate) fn sees(&mut self, work: CardWork) {
        (self.progress)(OperationState::Working { work });
    }

    pub(crate) fn waits_for_card(&mut self, report: CardReport) {
        (self.progress)(OperationState::WaitingForCard { report });
    }

    /// Who asks and for what, as a sentence: `wish` goes on after "wants to".
    pub(crate) fn request(&self, wish: &str) -> String {
        format!("{} wants to {wish}.", self.asker)
    }

    pub(crate) fn enters_pin(&mut self, question: &PinQuestion) -> Result<SecretString, Failure> {
        (self.progress)(OperationState::WaitingForPerson);
        let pin = self.prompt.ask_pin(question)?;
        // A module that hangs from here on does not wait for anybody.
        self.sees(CardWork::CheckingPin);
        Ok(pin)
    }

    pub(crate) fn agrees(&mut self, question: &Confirmation) -> Result<bool, Failure> {
        (self.progress)(OperationState::WaitingForPerson);
        Ok(self.prompt.confirm(question)?)
    }
}

/// The card in a window: what is printed on it, and where it is.
pub(crate) fn card_line(card: &Card) -> String {
    let mut line = card.name.clone();
    if !card.serial_number.is_empty() {
        line.push_str(", serial number ");
        line.push_str(&card.serial_number);
    }
    if !card.reader.is_empty() {
        line.push_str(", in ");
        line.push_str(&card.reader);
    }
    line
}

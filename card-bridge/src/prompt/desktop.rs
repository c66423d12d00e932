//! The windows of a Linux desktop: the first program that is there.

use super::{Confirmation, PinQuestion, Prompt, PromptError, TITLE, assuan::Pinentry, dialog, plain};
use crate::configuration::Configuration;
use secrecy::SecretString;
use std::{
    path::{Path, PathBuf},
    process::Command,
};

/// Where the programs of a Linux system are, whatever PATH says.
const FOLDERS: [&str; 2] = ["/usr/bin", "/usr/local/bin"];
/// In this order: those that look like the rest of the desktop come first.
const PINENTRIES: [&str; 3] = ["pinentry-qt", "pinentry-gtk-2", "pinentry-gnome3"];

/// Asks by the configured program, else by each that is there until one can show its window.
#[derive(Debug)]
pub struct Desktop {
    programs: Vec<Program>,
}

#[derive(Debug)]
enum Program {
    Pinentry(Pinentry),
    Zenity(PathBuf),
    Kdialog(PathBuf),
}

impl Desktop {
    /// Looks which programs there are.
    #[must_use]
    pub fn new(configuration: &Configuration) -> Self {
        if let Some(configured) = &configuration.pinentry {
            return Self { programs: vec![Program::Pinentry(Pinentry::new(configured.clone()))] };
        }
        let pinentries =
            PINENTRIES.iter().filter_map(|name| find(name)).map(Pinentry::new).map(Program::Pinentry);
        let others = [find("zenity").map(Program::Zenity), find("kdialog").map(Program::Kdialog)];
        Self { programs: pinentries.chain(others.into_iter().flatten()).collect() }
    }

    /// The answer of the first program that could ask.
    fn first<T>(
        &mut self,
        mut ask: impl FnMut(&mut Program) -> Result<T, PromptError>,
    ) -> Result<T, PromptError> {
        let answers = self.programs.iter_mut().map(&mut ask);
        answers
            .into_iter()
            .find(|answer| !matches!(answer, Err(PromptError::Unavailable)))
            .unwrap_or(Err(PromptError::Unavailable))
    }
}

impl Prompt for Desktop {
    fn ask_pin(&mut self, question: &PinQuestion) -> Result<SecretString, PromptError> {
        self.first(|program| match program {
            Program::Pinentry(pinentry) => pinentry.ask_pin(question),
            Program::Zenity(path) => dialog::ask_pin(zenity_pin(path, question)),
            Program::Kdialog(path) => dialog::ask_pin(kdialog_pin(path, question)),
        })
    }

    fn confirm(&mut self, question: &Confirmation) -> Result<bool, PromptError> {
        self.first(|program| match program {
            Program::Pinentry(pinentry) => pinentry.confirm(question),
            Program::Zenity(path) => dialog::confirm(zenity_confirmation(path, question)),
            Program::Kdialog(path) => dialog::confirm(kdialog_confirmation(path, question)),
        })
    }
}

fn find(name: &str) -> Option<PathBuf> {
    FOLDERS.iter().map(|folder| Path::new(folder).join(name)).find(|path| path.is_file())
}

fn zenity_pin(program: &Path, question: &PinQuestion) -> Command {
    let mut command = Command::new(program);
    command.args(["--entry", "--hide-text", "--title", TITLE, "--text"]).arg(dialog::pin_text(question));
    command
}

fn kdialog_pin(program: &Path, question: &PinQuestion) -> Command {
    let mut command = Command::new(program);
    command.args(["--title", TITLE, "--password"]).arg(dialog::pin_text(question));
    command
}

fn zenity_confirmation(program: &Path, question: &Confirmation) -> Command {
    let mut command = Command::new(program);
    command.args(["--question", "--no-markup", "--title", TITLE, "--ok-label", question.agree]);
    command.args(["--cancel-label", question.refuse, "--text"]).arg(plain(&question.text));
    command
}

fn kdialog_confirmation(program: &Path, question: &Confirmation) -> Command {
    let mut command = Command::new(program);
    command.args(["--title", TITLE, "--yes-label", question.agree, "--no-label", question.refuse, "--yesno"]);
    command.arg(plain(&question.text));
    command
}

//! What an importer is asked, and what it answers.

use std::{
    ffi::OsStr,
    fmt::Write as _,
    io::{Read, Write},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    thread,
};

use anyhow::{Context, bail, ensure};
use serde::Deserialize;

/// A PFX to open.
#[derive(Clone, Debug)]
pub(crate) struct Question {
    pub(crate) file: PathBuf,
    pub(crate) password: String,
    /// Where to write what was opened, as a PFX of the importer's own making under the same password.
    pub(crate) export: Option<PathBuf>,
}

/// What an importer made of it.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub(crate) enum Answer {
    Refused {
        /// In the importer's words.
        refused: String,
    },
    Opened(Opened),
}

/// What came out of a PFX.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Opened {
    /// Base64 of DER, in any order.
    pub(crate) certificates: Vec<String>,
    /// Whether exactly one private key came out, and is the one of the certificate.
    pub(crate) key_fits: bool,
    /// Where the importer has such a thing.
    pub(crate) friendly_name: Option<String>,
}

impl Answer {
    pub(crate) fn refused(words: impl Into<String>) -> Self {
        Self::Refused { refused: words.into() }
    }
}

/// What a program said before it ended.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) success: bool,
    pub(crate) output: String,
    pub(crate) errors: String,
}

impl Said {
    /// All of it.
    pub(crate) fn text(&self) -> String {
        [self.output.as_str(), self.errors.as_str()].concat()
    }

    /// The output, where the program ended well.
    pub(crate) fn expect_success(self, what: &str) -> anyhow::Result<String> {
        ensure!(self.success, "{what}: {}", self.text());
        Ok(self.output)
    }
}

/// Runs a program with this on its standard input.
pub(crate) fn run(command: &mut Command, input: &str) -> anyhow::Result<Said> {
    command.env("LC_ALL", "C.UTF-8").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().with_context(|| format!("cannot start {command:?}"))?;
    let mut stdin = child.stdin.take().context("no standard input")?;
    let mut stderr = child.stderr.take().context("no standard error")?;
    let (status, output, errors) = thread::scope(|scope| {
        // A program that does not want to hear more is no mistake.
        scope.spawn(move || stdin.write_all(input.as_bytes()).is_ok());
        let errors = scope.spawn(move || {
            let mut errors = Vec::new();
            stderr.read_to_end(&mut errors).map(|_| errors)
        });
        let output = child.wait_with_output()?;
        let Ok(errors) = errors.join() else { bail!("the reader of errors panicked") };
        anyhow::Ok((output.status, output.stdout, errors?))
    })?;
    let [output, errors] = [output, errors].map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    Ok(Said { success: status.success(), output, errors })
}

/// Runs a program with these arguments and nothing on its standard input.
pub(crate) fn ask<S: AsRef<OsStr>>(
    program: impl AsRef<OsStr>,
    arguments: impl IntoIterator<Item = S>,
) -> anyhow::Result<Said> {
    run(Command::new(program).args(arguments), "")
}

/// Asks one program all questions at once: a line that goes in is a file and its password with a tab between (and
/// perhaps the file to export to), a line that comes out is an answer in JSON.
pub(crate) fn ask_all(command: &mut Command, questions: &[Question]) -> anyhow::Result<Vec<Answer>> {
    let mut lines = String::new();
    for Question { file, password, export } in questions {
        write!(lines, "{}\t{password}", file.display())?;
        if let Some(export) = export {
            write!(lines, "\t{}", export.display())?;
        }
        lines.push('\n');
    }
    let said = run(command, &lines)?;
    let answers = said.output.lines().map(serde_json::from_str).collect::<Result<Vec<Answer>, _>>();
    let answers = answers.with_context(|| format!("{command:?} said {}", said.text()))?;
    ensure!(
        said.success && answers.len() == questions.len(),
        "{command:?} answered {} of {} questions: {}",
        answers.len(),
        questions.len(),
        said.errors
    );
    Ok(answers)
}

/// Without this a file that was not written would pass for one that was refused.
///
/// # Errors
/// When one of the files is not there.
pub(crate) fn ensure_files(questions: &[Question]) -> anyhow::Result<()> {
    for Question { file, .. } in questions {
        ensure!(file.is_file(), "{} was not written", file.display());
    }
    Ok(())
}

/// A file of the judges' folder.
pub(crate) fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("judges/importers").join(name)
}

//! Programs that show one dialog, and write what was entered to their standard output.

use super::{PIN_SECONDS, PinQuestion, PromptError, plain};
use secrecy::SecretString;
use std::{
    io::Read,
    process::{Child, Command, ExitStatus, Stdio},
    thread,
    time::Duration,
};
use zeroize::Zeroizing;

/// How often an open dialog is looked at. Our choice.
const TICK: Duration = Duration::from_millis(50);
/// Longer than any PIN: it is read into this much, so that no copy is left behind by growing.
const ANSWER_BYTES: usize = 1024;

/// What ended a dialog.
struct Answer {
    status: ExitStatus,
    text: Zeroizing<String>,
}

pub(super) fn pin_text(question: &PinQuestion) -> String {
    let notice = question.notice.as_ref().map(|notice| format!("\n\n{notice}")).unwrap_or_default();
    plain(&format!("{}\n\n{}{notice}", question.action, question.card))
}

/// Shows a dialog that asks for a PIN.
pub(super) fn ask_pin(command: Command) -> Result<SecretString, PromptError> {
    let answer = show(command)?;
    match answer.status.code() {
        Some(0) => Ok(SecretString::from(answer.text.trim_end_matches(['\r', '\n']))),
        Some(1) => Err(PromptError::Cancelled),
        _ => Err(PromptError::Unavailable),
    }
}

/// Shows a dialog with two buttons.
pub(super) fn confirm(command: Command) -> Result<bool, PromptError> {
    match show(command)?.status.code() {
        Some(0) => Ok(true),
        Some(1) => Ok(false),
        _ => Err(PromptError::Unavailable),
    }
}

fn show(mut command: Command) -> Result<Answer, PromptError> {
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().or(Err(PromptError::Unavailable))?;
    let complaints = child.stderr.take().map(|complaints| thread::spawn(|| is_about_no_screen(complaints)));
    let status = wait(&mut child)?;
    if complaints.is_some_and(|complaints| complaints.join().unwrap_or(false)) {
        return Err(PromptError::Unavailable);
    }
    let mut text = Zeroizing::new(String::with_capacity(ANSWER_BYTES));
    let output = child.stdout.take().ok_or(PromptError::Unavailable)?;
    let longest = u64::try_from(ANSWER_BYTES).unwrap_or(u64::MAX);
    output.take(longest).read_to_string(&mut text).or(Err(PromptError::Unavailable))?;
    Ok(Answer { status, text })
}

/// Where there is no screen, zenity ends as if the person had cancelled (GTK 3 and 4).
fn is_about_no_screen(mut complaints: impl Read) -> bool {
    let mut said = Vec::new();
    // Whatever was said before it could not be read counts.
    let _read = complaints.read_to_end(&mut said);
    let said = String::from_utf8_lossy(&said).to_lowercase();
    ["cannot open display", "failed to open display"].iter().any(|complaint| said.contains(complaint))
}

/// A PIN fits into the pipe, so nothing must be read before the dialog ends.
fn wait(child: &mut Child) -> Result<ExitStatus, PromptError> {
    let patience = Duration::from_secs(PIN_SECONDS.into());
    let mut waited = Duration::ZERO;
    while waited < patience {
        if let Some(status) = child.try_wait().or(Err(PromptError::Unavailable))? {
            return Ok(status);
        }
        thread::sleep(TICK);
        waited = waited.saturating_add(TICK);
    }
    // Whether it can be killed or not, nobody waits for it any more.
    let _killed = child.kill();
    let _status = child.wait();
    Err(PromptError::TimedOut)
}

//! The mail server of a journey: a real SMTP server, and what it has received.

use std::{fs, path::Path};

use anyhow::Context;
use serde::Deserialize;
use tempfile::TempDir;
use tokio::{process::Child, process::Command, sync::Mutex};

use crate::{
    judges,
    process::{PATIENCE, free_port, start, wait_for},
};

/// An SMTP server that can be down.
#[derive(Debug)]
pub struct MailServer {
    port: u16,
    received: TempDir,
    running: Mutex<Option<Child>>,
}

/// A message as it arrived.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
pub struct Message {
    /// The envelope's recipients.
    pub to: Vec<String>,
    /// The subject.
    pub subject: String,
    /// The plain text.
    pub text: String,
}

impl MailServer {
    /// A server that is up.
    ///
    /// # Errors
    /// When Python or aiosmtpd is missing.
    pub async fn start() -> anyhow::Result<Self> {
        let server = Self { port: free_port()?, received: tempfile::tempdir()?, running: Mutex::new(None) };
        server.up().await?;
        Ok(server)
    }

    /// Its address for the server's settings.
    pub fn url(&self) -> String {
        format!("smtp://127.0.0.1:{}", self.port)
    }

    /// Starts it again, with all that it had received before.
    ///
    /// # Errors
    /// When it does not start.
    pub async fn up(&self) -> anyhow::Result<()> {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("judges/mail_server.py");
        let mut command = Command::new(judges::program("python")?);
        command.arg(script).arg(self.port.to_string()).arg(self.received.path());
        let (child, _) = start(&mut command, "listening on ").await?;
        *self.running.lock().await = Some(child);
        Ok(())
    }

    /// Ends it: whoever connects is refused.
    ///
    /// # Errors
    /// When it cannot be ended.
    pub async fn down(&self) -> anyhow::Result<()> {
        match self.running.lock().await.take() {
            Some(mut child) => child.kill().await.context("cannot end the mail server"),
            None => Ok(()),
        }
    }

    /// All messages to this address with this text in the subject, oldest first.
    ///
    /// # Errors
    /// When what it received cannot be read.
    pub fn messages(&self, to: &str, subject: &str) -> anyhow::Result<Vec<Message>> {
        let mut files = fs::read_dir(self.received.path())?
            .map(|entry| Ok(entry?.path()))
            .filter(|path| path.as_ref().is_ok_and(|path| path.extension().is_some_and(|e| e == "json")))
            .collect::<anyhow::Result<Vec<_>>>()?;
        files.sort();
        let mut messages = Vec::new();
        for file in files {
            let message: Message = serde_json::from_slice(&fs::read(&file)?)
                .with_context(|| format!("{} is no message", file.display()))?;
            if message.to.iter().any(|address| address == to) && message.subject.contains(subject) {
                messages.push(message);
            }
        }
        Ok(messages)
    }

    /// Waits for the message number `count` (from 1) to this address with this text in the subject.
    ///
    /// # Errors
    /// When it does not arrive in time.
    pub async fn nth_message(&self, to: &str, subject: &str, count: usize) -> anyhow::Result<Message> {
        let what = format!("mail {count} to {to} with {subject:?} in its subject");
        wait_for(&what, PATIENCE, async || Ok(self.messages(to, subject)?.into_iter().nth(count - 1))).await
    }
}

impl Message {
    /// The link in the text whose path begins like this.
    ///
    /// # Errors
    /// When there is none.
    pub fn link(&self, path: &str) -> anyhow::Result<String> {
        self.text
            .split_whitespace()
            .find(|word| word.starts_with("http") && word.contains(path))
            .map(str::to_owned)
            .with_context(|| format!("no link with {path} in the mail {:?}", self.subject))
    }
}

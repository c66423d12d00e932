//! The server under test: the release binary, with a data folder of its own.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use anyhow::{Context, ensure};
use tempfile::TempDir;
use tokio::{
    net::TcpStream,
    process::{Child, Command},
    sync::Mutex,
};

use crate::{
    clock::Clock,
    process::{PATIENCE, free_port, wait_for},
};

/// The judges refuse names that are not in the public DNS.
const PKI_URL: &str = "--pki-url=http://signet.example.com";

/// A server that can be stopped, frozen and started again with all its data.
#[derive(Debug)]
pub struct Signet {
    port: u16,
    /// Where people find it, when that is not where it listens.
    public_origin: Option<String>,
    folder: TempDir,
    mode: Mode,
    own: Own,
    running: Mutex<Option<Child>>,
}

/// What a server has of its own, where others have what the computer gives.
#[derive(Debug, Default)]
struct Own {
    /// Its clock.
    clock: Option<Clock>,
    /// The address of its database, when that is no file.
    database: Option<String>,
}

/// How it is started.
#[derive(Clone, Debug)]
pub enum Mode {
    /// For real use: mail through SMTP, organizations from a register.
    RealUse {
        /// The mail server.
        smtp_url: String,
        /// The register of organizations.
        register_url: String,
    },
    /// The demonstration, with its persons, its register and its inbox.
    Demonstration,
}

impl Signet {
    /// Starts it on a free port with an empty data folder.
    ///
    /// # Errors
    /// When the binary is missing, or does not answer.
    pub async fn start(mode: Mode) -> anyhow::Result<Self> {
        Self::start_as(mode, None, tempfile::tempdir()?, Own::default()).await
    }

    /// As [`Signet::start`], with a clock of its own.
    ///
    /// # Errors
    /// As [`Signet::start`].
    pub async fn start_with_clock(mode: Mode) -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        let clock = Clock::kept_in(folder.path().join("clock"))?;
        Self::start_as(mode, None, folder, Own { clock: Some(clock), ..Own::default() }).await
    }

    /// As [`Signet::start`], with its data in the PostgreSQL database at this address, which is empty.
    ///
    /// # Errors
    /// As [`Signet::start`].
    pub async fn start_with_database(mode: Mode, address: String) -> anyhow::Result<Self> {
        let own = Own { database: Some(address), ..Own::default() };
        Self::start_as(mode, None, tempfile::tempdir()?, own).await
    }

    /// As [`Signet::start`], behind something that gives it this address.
    ///
    /// # Errors
    /// As [`Signet::start`].
    pub async fn start_behind(mode: Mode, public_origin: String) -> anyhow::Result<Self> {
        Self::start_as(mode, Some(public_origin), tempfile::tempdir()?, Own::default()).await
    }

    async fn start_as(
        mode: Mode,
        public_origin: Option<String>,
        folder: TempDir,
        own: Own,
    ) -> anyhow::Result<Self> {
        let port = free_port()?;
        let signet = Self { port, public_origin, folder, mode, own, running: Mutex::new(None) };
        // A passphrase that only this test knows.
        fs::write(signet.passphrase_file(), "four brave otters in the rain\n")?;
        if matches!(signet.mode, Mode::RealUse { .. }) {
            signet.make_authority().await?;
        }
        signet.start_again().await?;
        Ok(signet)
    }

    async fn make_authority(&self) -> anyhow::Result<()> {
        let passphrase_file = format!("--ca-passphrase-file={}", self.passphrase_file().display());
        self.run(&["init", PKI_URL, &passphrase_file, "--ca-organization=Signet Tests", "--ca-country=PL"])
            .await?;
        Ok(())
    }

    /// Starts it with the data that it left.
    ///
    /// # Errors
    /// When it does not answer.
    pub async fn start_again(&self) -> anyhow::Result<()> {
        let log = fs::File::create(self.log_file())?;
        let child = self
            .command("serve")?
            .args(self.serve_arguments())
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .kill_on_drop(true)
            .spawn()
            .context("cannot start the server")?;
        *self.running.lock().await = Some(child);
        let answers = wait_for("the server", PATIENCE, async || {
            let ended = match self.running.lock().await.as_mut() {
                Some(child) => child.try_wait()?,
                None => None,
            };
            ensure!(ended.is_none(), "the server ended");
            Ok(TcpStream::connect(("127.0.0.1", self.port)).await.ok())
        });
        answers.await.with_context(|| self.log())?;
        Ok(())
    }

    /// Stops it as an operator does, and waits until it has ended cleanly.
    ///
    /// # Errors
    /// When it does not end by itself, or not with success.
    pub async fn stop(&self) -> anyhow::Result<()> {
        let mut child = self.running.lock().await.take().context("the server is not running")?;
        self.signal(&child, "-TERM")?;
        let status =
            tokio::time::timeout(PATIENCE, child.wait()).await.context("the server does not end")??;
        ensure!(status.success(), "the server ended with {status}: {}", self.log());
        Ok(())
    }

    /// Freezes it: it neither answers nor ends until it is woken.
    ///
    /// # Errors
    /// When it is not running.
    pub async fn freeze(&self) -> anyhow::Result<()> {
        self.signal(self.running.lock().await.as_ref().context("the server is not running")?, "-STOP")
    }

    /// Lets it go on.
    ///
    /// # Errors
    /// When it is not running.
    pub async fn wake(&self) -> anyhow::Result<()> {
        self.signal(self.running.lock().await.as_ref().context("the server is not running")?, "-CONT")
    }

    /// Runs another command of the binary with the same data, and gives what it printed.
    ///
    /// # Errors
    /// When it fails.
    pub async fn run(&self, arguments: &[&str]) -> anyhow::Result<String> {
        let (first, rest) = arguments.split_first().context("no command")?;
        let output = self.command(first)?.args(rest).arg("--data").arg(self.data()).output().await?;
        let said =
            [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned()).concat();
        ensure!(output.status.success(), "signet {arguments:?} ended with {}: {said}", output.status);
        Ok(said)
    }

    /// From now on its clock is ahead of the computer's by this much.
    ///
    /// # Errors
    /// When it has no clock of its own.
    pub fn is_ahead_by(&self, advance: Duration) -> anyhow::Result<()> {
        self.own.clock.as_ref().context("the server lives by the computer's clock")?.is_ahead_by(advance)
    }

    /// Where a browser finds it.
    pub fn origin(&self) -> String {
        self.public_origin.clone().unwrap_or_else(|| format!("http://localhost:{}", self.port))
    }

    /// Where it listens.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// What it has written since it was last started.
    pub fn log(&self) -> String {
        fs::read_to_string(self.log_file()).unwrap_or_default()
    }

    fn serve_arguments(&self) -> Vec<String> {
        let mut arguments = vec![
            format!("--listen=127.0.0.1:{}", self.port),
            format!("--data={}", self.data().display()),
            format!("--public-url={}", self.origin()),
            PKI_URL.to_owned(),
        ];
        match &self.mode {
            Mode::Demonstration => arguments.push("--demonstration".to_owned()),
            Mode::RealUse { smtp_url, register_url } => arguments.extend([
                format!("--smtp-url={smtp_url}"),
                "--mail-from=Signet <signet@example.com>".to_owned(),
                format!("--ca-passphrase-file={}", self.passphrase_file().display()),
                format!("--register-url={register_url}"),
            ]),
        }
        arguments
    }

    fn signal(&self, child: &Child, signal: &str) -> anyhow::Result<()> {
        let id = child.id().context("the server has ended")?;
        let status = std::process::Command::new("kill").args([signal, &id.to_string()]).status()?;
        ensure!(status.success(), "cannot send {signal} to the server on port {}", self.port);
        Ok(())
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn passphrase_file(&self) -> PathBuf {
        self.folder.path().join("passphrase")
    }

    fn log_file(&self) -> PathBuf {
        self.folder.path().join("log")
    }

    /// The folder for other files of the journey.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// A command of the release binary.
    fn command(&self, name: &str) -> anyhow::Result<Command> {
        let binary = env::var_os("SIGNET_BINARY").map(PathBuf::from);
        let binary = binary.context("SIGNET_BINARY is not set: start these tests with `cargo xtask test`")?;
        let mut command = Command::new(binary);
        command.arg(name);
        if let Some(clock) = &self.own.clock {
            clock.governs(&mut command);
        }
        if let Some(address) = &self.own.database {
            command.env("SIGNET_DATABASE", address);
        }
        Ok(command)
    }
}

//! The bridge's own process, with a configuration and a state of its own.

use std::{
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
    process::Stdio,
};

use anyhow::{Context, ensure};
use serde_json::json;
use tempfile::TempDir;
use tokio::{
    net::TcpStream,
    process::{Child, Command},
    sync::Mutex,
};

use super::{
    alone::{Alone, alone},
    built,
    http::{Answer, Request},
    operation::Page,
    pinentry::{self, ScriptedPinentry},
    soft_hsm::SoftHsm,
    token::Token,
    virtual_card,
};
use crate::process::{PATIENCE, wait_for};

/// Where the bridge listens when nobody else does.
pub const PORT: u16 = 28_461;

/// Puts nothing in the place of each file up to `--`, seen by what comes after it only.
const HIDE: &str = "while [ \"$1\" != -- ]; do [ ! -e \"$1\" ] || mount --bind /dev/null \"$1\" || exit 1; shift; done; \
    shift; exec \"$@\"";

/// A bridge that can be killed and started again with what it keeps.
#[derive(Debug)]
pub struct Bridge {
    /// The window that it asks the person in.
    pub pinentry: ScriptedPinentry,
    environment: Vec<(&'static str, OsString)>,
    hidden: Vec<String>,
    folder: TempDir,
    running: Mutex<Option<Child>>,
    // Modules look for tokens of theirs even where a test has none.
    _no_tokens: SoftHsm,
    alone: Mutex<Option<Alone>>,
}

/// What a bridge is told before it starts.
#[derive(Debug, Default)]
pub struct Settings {
    /// The tokens that it can reach, beside cards in readers.
    pub tokens: Vec<Token>,
    /// Other PKCS #11 modules.
    pub modules: Vec<PathBuf>,
    /// The servers that it takes jobs from.
    pub servers: Vec<String>,
    /// The only origins that may use it; none for any.
    pub origins: Vec<String>,
    /// The authorities that it trusts, in place of the system's.
    pub authorities: Option<PathBuf>,
    /// Who asks the person.
    pub window: Window,
    /// Programs that it does not find on this computer.
    pub hidden: Vec<String>,
    /// Anything else that must be in its environment.
    pub environment: Vec<(&'static str, OsString)>,
}

/// What the person is asked in.
#[derive(Debug, Default)]
pub enum Window {
    /// The one that answers by itself.
    #[default]
    Scripted,
    /// This program of the pinentry family.
    Pinentry(PathBuf),
    /// The first that the bridge finds.
    Found,
}

impl Bridge {
    /// A bridge that has not started yet, as on a computer where nobody has used it since it was switched on.
    ///
    /// # Errors
    /// When its files cannot be made.
    pub fn installed(settings: Settings) -> anyhow::Result<Self> {
        let (pinentry, folder) = (ScriptedPinentry::new()?, tempfile::tempdir()?);
        let no_tokens = SoftHsm::empty()?;
        let mut environment = virtual_card::environment();
        environment.push(("SOFTHSM2_CONF", no_tokens.configuration().into()));
        environment.push(("SIGNET_CARD_BRIDGE_CONFIG", folder.path().join("config.toml").into()));
        environment.extend(settings.authorities.iter().map(|file| ("SSL_CERT_FILE", file.into())));
        // The last one counts.
        environment.extend(settings.tokens.iter().flat_map(|token| token.environment.clone()));
        environment.extend(settings.environment.iter().cloned());
        let mut modules = settings.modules.clone();
        modules.extend(settings.tokens.iter().map(|token| token.module.clone()));
        let window = match settings.window {
            Window::Scripted => Some(pinentry.program()),
            Window::Pinentry(program) => Some(program),
            Window::Found => None,
        };
        // JSON of texts and of lists of texts is TOML.
        let window = window.map(|program| format!("pinentry = {}\n", json!(program))).unwrap_or_default();
        let configuration = format!(
            "{window}modules = {}\nservers = {}\norigins = {}\nstate_folder = {}\n",
            json!(modules),
            json!(settings.servers),
            json!(settings.origins),
            json!(folder.path().join("state")),
        );
        fs::write(folder.path().join("config.toml"), configuration)?;
        let running = Mutex::default();
        let (hidden, alone) = (settings.hidden, Mutex::default());
        Ok(Self { pinentry, environment, hidden, folder, running, _no_tokens: no_tokens, alone })
    }

    /// A bridge that runs.
    ///
    /// # Errors
    /// When the binary is missing, or does not answer.
    pub async fn start(settings: Settings) -> anyhow::Result<Self> {
        let bridge = Self::installed(settings)?;
        bridge.start_again().await?;
        Ok(bridge)
    }

    /// Waits until nobody else tests cards on this machine; from then on this bridge is the only one.
    ///
    /// # Errors
    /// When that cannot be told.
    pub async fn is_alone(&self) -> anyhow::Result<()> {
        let mut held = self.alone.lock().await;
        if held.is_none() {
            *held = Some(alone().await?);
        }
        Ok(())
    }

    /// Starts it with what it left.
    ///
    /// # Errors
    /// When it does not answer.
    pub async fn start_again(&self) -> anyhow::Result<()> {
        self.is_alone().await?;
        // One that was killed a moment ago may still be about to go.
        wait_for("the bridge's port", PATIENCE, async || {
            Ok(TcpStream::connect(("127.0.0.1", PORT)).await.is_err().then_some(()))
        })
        .await
        .context("something has the bridge's port")?;
        let log = fs::OpenOptions::new().create(true).append(true).open(self.log_file())?;
        let child = self
            .command("serve")?
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .kill_on_drop(true)
            .spawn()
            .context("cannot start the bridge")?;
        *self.running.lock().await = Some(child);
        let answers = wait_for("the bridge", PATIENCE, async || {
            let ended = match self.running.lock().await.as_mut() {
                Some(child) => child.try_wait()?,
                None => None,
            };
            ensure!(ended.is_none(), "the bridge ended");
            Ok(TcpStream::connect(("127.0.0.1", PORT)).await.ok())
        });
        answers.await.with_context(|| self.log())?;
        Ok(())
    }

    /// Kills it, without a word of warning.
    ///
    /// # Errors
    /// When it is not running.
    pub async fn kill(&self) -> anyhow::Result<()> {
        let mut child = self.running.lock().await.take().context("the bridge is not running")?;
        Ok(child.kill().await?)
    }

    /// Its process.
    ///
    /// # Errors
    /// When it is not running.
    pub async fn process(&self) -> anyhow::Result<u32> {
        let running = self.running.lock().await;
        running.as_ref().and_then(Child::id).context("the bridge is not running")
    }

    /// A command of its binary, in the same surroundings.
    ///
    /// # Errors
    /// When the tests were not started by `cargo xtask test`.
    pub fn command(&self, name: &str) -> anyhow::Result<Command> {
        let binary = built("SIGNET_CARD_BRIDGE")?;
        let mut command = if self.hidden.is_empty() {
            Command::new(binary)
        } else {
            let mut command = Command::new("unshare");
            command.args(["--mount", "bash", "-c", HIDE, "bash"]).args(&self.hidden).arg("--").arg(binary);
            command
        };
        command.arg(name).envs(self.environment.iter().map(|(name, value)| (name, value)));
        Ok(command)
    }

    /// Runs such a command to its end, and gives what it said.
    ///
    /// # Errors
    /// When it fails.
    pub async fn run(&self, arguments: &[&str]) -> anyhow::Result<String> {
        let (first, rest) = arguments.split_first().context("no command")?;
        let output = self.command(first)?.args(rest).stdin(Stdio::null()).output().await?;
        let said =
            [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned()).concat();
        ensure!(output.status.success(), "{arguments:?} ended with {}: {said}", output.status);
        Ok(said)
    }

    /// A page of this origin, paired with the bridge.
    ///
    /// # Errors
    /// When the bridge refuses.
    pub async fn pairs(&self, origin: &str) -> anyhow::Result<Page> {
        self.pinentry.will_answer(&[pinentry::YES])?;
        let answer = self.asked_to_pair(origin).await?;
        ensure!(answer.status == 200, "the pairing is answered with {}: {}", answer.status, answer.body());
        let token = answer.json()?["token"].as_str().context("no token")?.to_owned();
        Ok(Page::new(origin, &token))
    }

    /// What a page of this origin is answered that wants to be paired.
    ///
    /// # Errors
    /// When it is not answered at all.
    pub async fn asked_to_pair(&self, origin: &str) -> anyhow::Result<Answer> {
        let request = Request::new("POST", "/v1/pair").header("Host", &host()).header("Origin", origin);
        request.json(&json!({"code": "314159"})).send("127.0.0.1", PORT).await
    }

    /// What it must find in its environment, for those who start it in another way.
    pub fn environment(&self) -> &[(&'static str, OsString)] {
        &self.environment
    }

    /// What it has written.
    pub fn log(&self) -> String {
        fs::read_to_string(self.log_file()).unwrap_or_default()
    }

    /// Where it keeps everything.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    fn log_file(&self) -> PathBuf {
        self.folder.path().join("log")
    }
}

/// What a browser calls the bridge.
pub fn host() -> String {
    format!("127.0.0.1:{PORT}")
}

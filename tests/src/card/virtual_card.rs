//! An OpenPGP card in software, in a reader of the real smart-card service.

use std::{
    env,
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
    process::Stdio,
};

use anyhow::{Context, ensure};
use tempfile::TempDir;
use tokio::{
    process::{Child, Command},
    sync::Mutex,
};

use super::{bridge::Bridge, built, token::Token};
use crate::process::{self, PATIENCE, wait_for};

/// What a fresh card has.
pub const PIN: &str = "123456";
/// The same for whoever makes keys.
pub const ADMIN_PIN: &str = "12345678";

/// Not on the path of every person.
const SERVICE: &str = "/usr/sbin/pcscd";
/// Where it listens, and says who it is.
const SERVICE_FOLDER: &str = "/run/pcscd";
/// Where its virtual readers wait for a card.
const READER_PORT: u16 = 35_963;
/// How `OpenSC` learns what these readers can do.
const SETTINGS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/virtual-card/opensc.conf");

/// The system's smart-card service, with two empty readers.
#[derive(Debug)]
pub struct CardService {
    running: Mutex<Option<Child>>,
}

impl CardService {
    /// Starts it, for a test that has a bridge, and with it the machine for itself.
    ///
    /// # Errors
    /// When it does not start: this person must be the administrator, and no other service may run.
    pub async fn start(bridge: &Bridge) -> anyhow::Result<Self> {
        bridge.is_alone().await?;
        let service = Self { running: Mutex::default() };
        service.start_again().await?;
        Ok(service)
    }

    /// Starts it after it was killed.
    ///
    /// # Errors
    /// When it does not start.
    pub async fn start_again(&self) -> anyhow::Result<()> {
        // One that was killed a moment ago may still be about to go.
        let gone =
            wait_for("another service to go", PATIENCE, async || Ok((!listens(READER_PORT)?).then_some(())));
        gone.await.context("another pcscd runs on this machine")?;
        tidy()?;
        let mut command = Command::new(SERVICE);
        command.arg("--foreground").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let child = command.kill_on_drop(true).spawn().context("cannot start pcscd")?;
        *self.running.lock().await = Some(child);
        wait_for("the virtual reader", PATIENCE, async || {
            if let Some(child) = self.running.lock().await.as_mut() {
                ensure!(
                    child.try_wait()?.is_none(),
                    "pcscd ended: does another run, or is this person not root?"
                );
            }
            // A card that is inserted and pulled at once would be noticed: only look whether somebody listens.
            Ok(listens(READER_PORT)?.then_some(()))
        })
        .await
    }

    /// Kills it.
    ///
    /// # Errors
    /// When it cannot be.
    pub async fn kill(&self) -> anyhow::Result<()> {
        if let Some(mut child) = self.running.lock().await.take() {
            child.kill().await?;
        }
        tidy()
    }
}

impl Drop for CardService {
    fn drop(&mut self) {
        // What it leaves keeps the next one from starting; that one will say so.
        let _ = tidy();
    }
}

/// Removes what a service that was killed leaves.
fn tidy() -> anyhow::Result<()> {
    let folder = Path::new(SERVICE_FOLDER);
    fs::create_dir_all(folder).with_context(|| format!("cannot make {SERVICE_FOLDER}"))?;
    let process = fs::read_to_string(folder.join("pcscd.pid")).unwrap_or_default();
    let lives = !process.is_empty() && Path::new("/proc").join(process.trim()).exists();
    for name in ["pcscd.comm", "pcscd.pid"] {
        let file = folder.join(name);
        if !lives && file.exists() {
            fs::remove_file(&file).with_context(|| format!("cannot remove {}", file.display()))?;
        }
    }
    Ok(())
}

/// Whether somebody listens on this port, as the kernel's table says (`proc_pid_net(5)`).
fn listens(port: u16) -> anyhow::Result<bool> {
    let table = fs::read_to_string("/proc/net/tcp")?;
    let address = format!(":{port:04X} 00000000:0000 0A");
    Ok(table.lines().any(|line| line.contains(&address)))
}

/// A card, in the reader or out of it.
#[derive(Debug)]
pub struct VirtualCard {
    store: TempDir,
    serial: &'static str,
    inserted: Mutex<Option<Child>>,
}

impl VirtualCard {
    /// A fresh card with this serial number, in the first reader.
    ///
    /// # Errors
    /// When there is no reader.
    pub async fn inserted(serial: &'static str) -> anyhow::Result<Self> {
        let card = Self::new(serial)?;
        card.insert().await?;
        Ok(card)
    }

    /// A fresh card with this serial number, in no reader.
    ///
    /// # Errors
    /// When there is no place for what it holds.
    pub fn new(serial: &'static str) -> anyhow::Result<Self> {
        Ok(Self { store: tempfile::tempdir()?, serial, inserted: Mutex::default() })
    }

    /// Puts it into the reader.
    ///
    /// # Errors
    /// When there is no reader.
    pub async fn insert(&self) -> anyhow::Result<()> {
        let mut command = Command::new(built("SIGNET_VIRTUAL_CARD")?);
        command.args(["--serial", self.serial]).arg("--store").arg(self.store.path());
        // When the reader goes, it says so and ends.
        command.stderr(Stdio::null());
        let (child, _) = process::start_with_input(&mut command, "inserted").await?;
        *self.inserted.lock().await = Some(child);
        Ok(())
    }

    /// Pulls it, whatever it does at the moment.
    ///
    /// # Errors
    /// When it is not in the reader.
    pub async fn pull(&self) -> anyhow::Result<()> {
        let mut child = self.inserted.lock().await.take().context("the card is not in the reader")?;
        Ok(child.kill().await?)
    }

    /// How others reach it.
    pub fn token(&self) -> Token {
        Token {
            module: module(),
            environment: environment(),
            label: "OpenPGP card (User PIN)".to_owned(),
            pin: PIN.to_owned(),
            maker: ("so", ADMIN_PIN.to_owned()),
            key_id: "03",
        }
    }
}

/// What `OpenSC` must find in the environment.
pub fn environment() -> Vec<(&'static str, OsString)> {
    vec![("OPENSC_CONF", SETTINGS.into())]
}

/// `OpenSC`'s module; its folder is called after the machine.
fn module() -> PathBuf {
    PathBuf::from(format!("/usr/lib/{}-linux-gnu/opensc-pkcs11.so", env::consts::ARCH))
}

//! A marked PIN is found nowhere but in the card: not in logs, files, arguments or environments of any process, not in what the
//! page sent, holds or stores, and there is no core dump of the process that had it.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use anyhow::{Context, Result, ensure};
use tests::{
    card::{
        bridge::{Bridge, Settings},
        holder::{Holder, Way},
        operation::generate,
        soft_hsm::SoftHsm,
    },
    marks::{Found, Marks},
    process::{PATIENCE, wait_for},
    stage::{Setting, journey},
};
use tokio::time::sleep;

use crate::journeys::{settings, verified};

const ORIGIN: &str = "https://signet.example";
/// Stands nowhere by chance.
const MARKED: &str = "4711-heron-82593017";

fn is_nowhere(place: &str, found: &Found) -> Result<()> {
    ensure!(found.is_empty(), "the PIN is in {place}: {found:?}");
    Ok(())
}

/// What of the marks stands in arguments and environments of all processes of this machine but those of the tests themselves.
fn in_processes(marks: &Marks) -> Result<Found> {
    let mut found = Found::new();
    for entry in fs::read_dir("/proc")? {
        let folder = entry?.path();
        for name in ["cmdline", "environ"] {
            // A process may have ended, and the kernel's own have neither.
            marks.find(&fs::read(folder.join(name)).unwrap_or_default(), &mut found);
        }
    }
    Ok(found)
}

#[tokio::test(flavor = "multi_thread")]
async fn no_process_shows_the_pin_while_it_is_used_and_no_file_has_it_afterwards() -> Result<()> {
    let (soft_hsm, token) = SoftHsm::with_token("anna", MARKED)?;
    let environment =
        vec![("SIGNET_CARD_BRIDGE_LOG", "trace".into()), ("SIGNET_TEST", "marked-environment".into())];
    let bridge = Bridge::start(Settings { tokens: vec![token], environment, ..Settings::default() }).await?;
    let page = bridge.pairs(ORIGIN).await?;
    let pin = Marks::of_passphrase(MARKED)?;
    bridge.pinentry.will_answer(&[MARKED])?;
    let making = page.begins(&generate("rsa-4096")).await?;
    making.until_at("generating-key-pair").await?;
    let control = Marks::of_passphrase("marked-environment")?;
    ensure!(!in_processes(&control)?.is_empty(), "the scan does not even find what is in an environment");
    for _ in 0..5 {
        is_nowhere("arguments or environments", &in_processes(&pin)?)?;
        sleep(Duration::from_millis(50)).await;
    }
    making.succeeds().await?;
    ensure!(bridge.log().contains("listens"), "there is no log");
    is_nowhere("the bridge's files", &pin.in_folder(bridge.folder())?)?;
    is_nowhere("the window's files", &pin.in_folder(bridge.pinentry.folder())?)?;
    is_nowhere("the token's files", &pin.in_folder(soft_hsm.path())?)?;
    let answers = making.stands(0).await?.to_string();
    ensure!(!answers.contains(MARKED), "the page is told the PIN");
    Ok(())
}

/// Where core dumps go while this value lives.
struct CoreDumps {
    before: String,
    folder: tempfile::TempDir,
}

const PATTERN: &str = "/proc/sys/kernel/core_pattern";

impl CoreDumps {
    fn collected() -> Result<Self> {
        let (before, folder) = (fs::read_to_string(PATTERN)?, tempfile::tempdir()?);
        fs::write(PATTERN, format!("{}/core.%p", folder.path().display()))
            .context("only the administrator may say where core dumps go")?;
        Ok(Self { before, folder })
    }

    fn of(&self, process: u32) -> PathBuf {
        self.folder.path().join(format!("core.{process}"))
    }

    /// Crashes the process, which may write as much as it likes.
    async fn crash(&self, process: u32) -> Result<()> {
        let status = Command::new("kill").args(["-ABRT", &process.to_string()]).status()?;
        ensure!(status.success(), "process {process} cannot be crashed");
        wait_for("the crash", PATIENCE, async || {
            let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
            Ok((status.is_empty() || status.contains("State:\tZ")).then_some(()))
        })
        .await
    }
}

impl Drop for CoreDumps {
    fn drop(&mut self) {
        let _ = fs::write(PATTERN, &self.before);
    }
}

fn unlimited(process: u32) -> Result<()> {
    let status =
        Command::new("prlimit").args(["--core=unlimited", "--pid", &process.to_string()]).status()?;
    ensure!(status.success(), "prlimit ended with {status}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crash_of_the_process_that_has_the_pin_leaves_no_core_dump_and_that_of_the_bridge_has_no_pin()
-> Result<()> {
    let (_soft_hsm, token) = SoftHsm::with_token("anna", MARKED)?;
    let bridge = Bridge::start(Settings { tokens: vec![token], ..Settings::default() }).await?;
    let page = bridge.pairs(ORIGIN).await?;
    let dumps = CoreDumps::collected()?;
    unlimited(bridge.process().await?)?;
    bridge.pinentry.will_answer(&[MARKED])?;
    let making = page.begins(&generate("rsa-4096")).await?;
    making.until_at("generating-key-pair").await?;
    let worker = crate::interruptions::worker(&bridge).await?;
    dumps.crash(worker).await?;
    ensure!(!dumps.of(worker).exists(), "there is a core dump of the worker");
    making.fails().await?;

    // The bridge itself never had it: whether it may be dumped or not, nothing is found.
    let process = bridge.process().await?;
    dumps.crash(process).await?;
    let pin = Marks::of_passphrase(MARKED)?;
    let mut found = Found::new();
    pin.find(&fs::read(dumps.of(process)).context("the control: a core dump of the bridge")?, &mut found);
    is_nowhere("a core dump of the bridge", &found)
}

#[tokio::test(flavor = "multi_thread")]
async fn neither_the_page_nor_the_browser_nor_the_server_ever_has_the_pin() -> Result<()> {
    journey(Setting::PublicSite, "card-pin", async |stage| {
        let (_soft_hsm, token) = SoftHsm::with_token("Card of Anna", MARKED)?;
        let bridge = Bridge::installed(settings(stage, vec![token])?)?;
        let anna = verified(stage).await?;
        bridge.start_again().await?;
        anna.browser.forget_requests().await?;
        let holder = Holder { person: &anna, bridge: &bridge, way: Way::Loopback };
        holder.makes_key("P-256", &[MARKED]).await?;
        let pin = Marks::of_passphrase(MARKED)?;
        let places = BTreeMap::from([
            ("the browser's memory", anna.browser.processes_hold(&pin)?),
            ("live objects", anna.browser.live_objects_hold(&pin).await?),
            ("storage", anna.browser.storage_holds(&pin).await?),
        ]);
        for (place, found) in places {
            is_nowhere(place, &found)?;
        }
        let requests = anna.browser.requests().await?.join("\n");
        ensure!(requests.contains("/v1/operations"), "no request to the bridge was seen");
        ensure!(!requests.contains(MARKED), "the PIN was sent");
        anna.browser.close().await?;
        is_nowhere("the profile", &anna.browser.profile_holds(&pin)?)?;
        is_nowhere("the server's files", &pin.in_folder(stage.signet.folder())?)
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn uninstalling_leaves_nothing_and_ends_all_pairings() -> Result<()> {
    let bridge = Bridge::start(Settings::default()).await?;
    let page = bridge.pairs(ORIGIN).await?;
    let scheme = tests::card::scheme::Scheme::registered(&bridge, ORIGIN).await?;
    let handlers =
        |files: &[PathBuf]| files.iter().filter(|file| is_of_bridge(file)).cloned().collect::<Vec<_>>();
    ensure!(!handlers(&scheme.files()?).is_empty(), "nothing was installed");
    scheme.asks(&bridge, "uninstall").await?;
    let left = handlers(&scheme.files()?);
    ensure!(left.is_empty(), "{left:?} is left");
    let answer = page.get("/v1/cards").await?;
    ensure!(answer.problem() == "not-paired", "the page is still paired: {}", answer.body());
    Ok(())
}

/// By its name or by what it says.
fn is_of_bridge(file: &Path) -> bool {
    let text = fs::read_to_string(file).unwrap_or_default();
    file.to_string_lossy().contains("signet-card") || text.contains("signet-card")
}

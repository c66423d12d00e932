//! Programs that run beside a test, and waiting for what they do.

use std::{
    net::{Ipv4Addr, TcpListener},
    path::Path,
    process::Stdio,
    time::Duration,
};

use anyhow::{Context, bail};
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
    time::{sleep, timeout},
};

/// How long anything may take that a person would wait for.
pub const PATIENCE: Duration = Duration::from_secs(30);
/// How often to look whether it is there. Our choice: quick enough not to be noticed in the sum.
const INTERVAL: Duration = Duration::from_millis(40);

/// Waits until no process has this number any more.
///
/// # Errors
/// When it stays.
pub async fn ends(process: u32) -> anyhow::Result<()> {
    let entry = Path::new("/proc").join(process.to_string());
    wait_for("a process to end", PATIENCE, async || Ok((!entry.exists()).then_some(()))).await
}

/// Starts a program that ends with the test, and waits for the line with this mark; gives the rest of that line.
///
/// # Errors
/// When the program does not start, or ends without such a line.
pub async fn start(command: &mut Command, mark: &str) -> anyhow::Result<(Child, String)> {
    start_reading(command, Stdio::null(), mark).await
}

/// As [`start`], with an input that stays open as long as the process is held, and a process that notices.
///
/// # Errors
/// As [`start`].
pub async fn start_with_input(command: &mut Command, mark: &str) -> anyhow::Result<(Child, String)> {
    start_reading(command, Stdio::piped(), mark).await
}

async fn start_reading(command: &mut Command, input: Stdio, mark: &str) -> anyhow::Result<(Child, String)> {
    let mut child = command
        .stdin(input)
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .with_context(|| format!("cannot start {command:?}"))?;
    let mut lines = BufReader::new(child.stdout.take().context("the output is not piped")?).lines();
    let found = timeout(PATIENCE, async {
        while let Some(line) = lines.next_line().await? {
            if let Some((_, rest)) = line.split_once(mark) {
                return anyhow::Ok(Some(rest.trim().to_owned()));
            }
        }
        Ok(None)
    });
    let rest = found.await.with_context(|| format!("{command:?} did not say {mark:?} in time"))??;
    let rest = rest.with_context(|| format!("{command:?} ended without saying {mark:?}"))?;
    // The pipe must not fill up.
    tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
    Ok((child, rest))
}

/// Asks again and again until there is an answer.
///
/// # Errors
/// When there is none in time, with the words of what was awaited; or the question itself fails.
pub async fn wait_for<T>(
    what: &str,
    patience: Duration,
    mut question: impl AsyncFnMut() -> anyhow::Result<Option<T>>,
) -> anyhow::Result<T> {
    let answer = timeout(patience, async {
        loop {
            if let Some(answer) = question().await? {
                return anyhow::Ok(answer);
            }
            sleep(INTERVAL).await;
        }
    });
    match answer.await {
        Ok(answer) => answer,
        Err(_) => bail!("waited {} s in vain for {what}", patience.as_secs()),
    }
}

/// A port on this machine that nobody listens on at the moment.
///
/// # Errors
/// When the system has none.
pub fn free_port() -> anyhow::Result<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("no free port")?;
    Ok(listener.local_addr()?.port())
}

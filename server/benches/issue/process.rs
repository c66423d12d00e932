//! The server as a process, and the CPU time of processes as Linux counts it: proc(5).

use crate::database::Database;
use anyhow::{Context, Result, ensure};
use std::{
    fs::{self, File},
    io::{BufRead, BufReader},
    ops::{AddAssign, Sub},
    path::Path,
    process::{Child, ChildStdout, Command, Stdio},
    time::Duration,
};

/// The unit of CPU time in `/proc`: `sysconf(_SC_CLK_TCK)` is 100 on every architecture that Rust's Linux targets have.
const TICK: Duration = Duration::from_millis(10);
/// A server that uses at most one tick in so long a time has finished its work. Our choice.
const IDLE: Duration = Duration::from_millis(300);
/// How often to look for it: 30 s in all.
const LOOKS: usize = 100;
/// The beginning of the name of each thread in which SQLite runs; Linux keeps 15 letters.
const STORAGE_THREAD: &str = "sqlx-sqlite";

/// A demonstration that runs until it is dropped.
pub(crate) struct Signet {
    child: Child,
    origin: String,
    /// Kept open: a server whose announcements nobody reads must not die of that.
    _announcements: BufReader<ChildStdout>,
}

/// The CPU time of the server.
#[derive(Clone, Copy, Default)]
pub(crate) struct Cpu {
    pub(crate) whole: Duration,
    /// Of the threads in which SQLite runs; zero with another database.
    pub(crate) storage: Duration,
}

/// The CPU time that everything used so far.
pub(crate) struct Busy {
    pub(crate) server: Cpu,
    /// Of this process.
    pub(crate) own: Duration,
    machine: Duration,
}

impl Signet {
    /// Starts it with a data folder that does not exist yet, and waits until it listens.
    pub(crate) fn start(folder: &Path, database: Option<&Database>) -> Result<Self> {
        fs::create_dir(folder)?;
        let log = folder.join("log");
        let mut command = Command::new(env!("CARGO_BIN_EXE_signet"));
        command.args(["serve", "--demonstration", "--listen=127.0.0.1:0", "--data"]).arg(folder.join("data"));
        command.env_remove("SIGNET_DATABASE");
        if let Some(database) = database {
            command.arg("--database").arg(database.url());
        }
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(File::create(&log)?)
            .spawn()
            .context("cannot start the server")?;
        let mut announcements = BufReader::new(child.stdout.take().context("the output is not piped")?);
        let origin = loop {
            let mut line = String::new();
            let bytes = announcements.read_line(&mut line)?;
            ensure!(bytes > 0, "the server ended: {}", fs::read_to_string(&log)?);
            if let Some(origin) = line.trim_end().strip_prefix("listening on ") {
                break origin.to_owned();
            }
        };
        Ok(Self { child, origin, _announcements: announcements })
    }

    pub(crate) fn origin(&self) -> &str {
        &self.origin
    }

    /// The CPU time that it used so far.
    pub(crate) fn cpu(&self) -> Result<Cpu> {
        let folder = Path::new("/proc").join(self.child.id().to_string());
        let (_, whole) = name_and_cpu(&folder)?;
        let mut storage = Duration::ZERO;
        for thread in fs::read_dir(folder.join("task"))? {
            // A thread that has just ended is none of SQLite's: they last.
            if let Ok((name, cpu)) = name_and_cpu(&thread?.path())
                && name.starts_with(STORAGE_THREAD)
            {
                storage += cpu;
            }
        }
        Ok(Cpu { whole, storage })
    }

    /// Waits until it does nothing any more.
    pub(crate) async fn settle(&self) -> Result<()> {
        for _ in 0..LOOKS {
            let before = self.cpu()?;
            tokio::time::sleep(IDLE).await;
            if (self.cpu()? - before).whole <= TICK {
                return Ok(());
            }
        }
        anyhow::bail!("the server does not come to rest")
    }
}

impl Drop for Signet {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Busy {
    pub(crate) fn now(signet: &Signet) -> Result<Self> {
        let (_, own) = name_and_cpu(Path::new("/proc/self"))?;
        Ok(Self { server: signet.cpu()?, own, machine: machine_cpu()? })
    }

    /// Of all other processes.
    pub(crate) fn others(&self) -> Duration {
        self.machine.saturating_sub(self.server.whole).saturating_sub(self.own)
    }
}

impl Sub for Cpu {
    type Output = Self;

    fn sub(self, earlier: Self) -> Self {
        Self {
            whole: self.whole.saturating_sub(earlier.whole),
            storage: self.storage.saturating_sub(earlier.storage),
        }
    }
}

impl AddAssign for Cpu {
    fn add_assign(&mut self, more: Self) {
        self.whole += more.whole;
        self.storage += more.storage;
    }
}

/// Of a process or a thread, from the file `stat` in its folder.
fn name_and_cpu(folder: &Path) -> Result<(String, Duration)> {
    let stat = fs::read_to_string(folder.join("stat"))?;
    // The name stands in parentheses and may hold anything; what follows is numbers.
    let (head, numbers) = stat.rsplit_once(')').context("no name in stat")?;
    let (_, name) = head.split_once('(').context("no name in stat")?;
    // utime and stime are the 14th and 15th field, and the name is the second.
    let ticks = numbers.split_whitespace().skip(11).take(2).map(str::parse::<u32>);
    Ok((name.to_owned(), TICK * ticks.sum::<Result<u32, _>>()?))
}

/// Of all processors together, without idle time, waiting for disks, and what a host takes away.
fn machine_cpu() -> Result<Duration> {
    let stat = fs::read_to_string("/proc/stat")?;
    let numbers: Vec<u32> = stat
        .lines()
        .next()
        .context("nothing in /proc/stat")?
        .split_whitespace()
        .skip(1)
        .map(str::parse)
        .collect::<Result<_, _>>()?;
    let [user, nice, system, _idle, _disk, interrupts, soft_interrupts, ..] = numbers[..] else {
        anyhow::bail!("/proc/stat has too few numbers")
    };
    Ok(TICK * (user + nice + system + interrupts + soft_interrupts))
}

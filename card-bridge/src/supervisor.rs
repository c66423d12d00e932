//! Runs workers: a process for each job, which ends with it, with all that it started, whoever ends first.

use crate::job::{Job, Line};
use std::{io, process::Stdio, time::Duration};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Split},
    process::{Child, ChildStdin, ChildStdout, Command},
};

/// A worker that was ended, or ended by itself, is waited for so long. Our choice.
const END_TIMEOUT: Duration = Duration::from_secs(2);

/// A running worker. Dropping it ends it, and the PIN window that it may have opened.
#[derive(Debug)]
pub struct Worker {
    child: Child,
    group: Group,
    lines: Split<BufReader<ChildStdout>>,
    /// Open as long as this process lives: the worker ends itself when it closes.
    _tether: ChildStdin,
}

impl Worker {
    /// Starts one for this job.
    ///
    /// # Errors
    /// When this program cannot be started a second time.
    pub async fn start(job: &Job) -> io::Result<Self> {
        let mut command = Command::new(std::env::current_exe()?);
        command.arg("worker").stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true);
        #[cfg(unix)]
        command.process_group(0);
        let mut child = command.spawn()?;
        let group = Group::of(&child);
        let (Some(mut tether), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(io::ErrorKind::BrokenPipe.into());
        };
        let mut line = serde_json::to_vec(job)?;
        line.push(b'\n');
        tether.write_all(&line).await?;
        Ok(Self { child, group, lines: BufReader::new(output).split(b'\n'), _tether: tether })
    }

    /// The next line of its answer; `None` when it ended, in whatever way. A module of a card's maker may write to standard
    /// output, too: what is no line of an answer is passed over.
    pub async fn next(&mut self) -> Option<Line> {
        loop {
            let line = self.lines.next_segment().await.ok().flatten()?;
            if let Ok(line) = serde_json::from_slice(&line) {
                return Some(line);
            }
        }
    }

    /// Ends it now, with all that it started.
    pub async fn end(mut self) {
        self.group.end();
        // Killed processes end soon; one that hangs in the kernel is left to it.
        let _ended = tokio::time::timeout(END_TIMEOUT, self.child.wait()).await;
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.group.end();
    }
}

/// The worker and the processes that it started.
#[cfg(unix)]
#[derive(Debug)]
struct Group(Option<nix::unistd::Pid>);

#[cfg(unix)]
impl Group {
    fn of(child: &Child) -> Self {
        Self(child.id().and_then(|id| i32::try_from(id).ok()).map(nix::unistd::Pid::from_raw))
    }

    /// Once: later the number may belong to others.
    fn end(&mut self) {
        if let Some(group) = self.0.take() {
            // It has ended already: there is nobody to end.
            let _gone = nix::sys::signal::killpg(group, nix::sys::signal::Signal::SIGKILL);
        }
    }
}

/// Elsewhere the worker itself ends its window when the tether breaks.
#[cfg(not(unix))]
#[derive(Debug)]
struct Group;

#[cfg(not(unix))]
impl Group {
    fn of(_child: &Child) -> Self {
        Self
    }

    #[expect(clippy::unused_self, reason = "as on Unix")]
    fn end(&mut self) {}
}

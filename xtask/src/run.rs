//! `cargo xtask run`: the demonstration, in the foreground.

use std::{ffi::OsString, net::SocketAddr, path::PathBuf, process::Command};

use clap::Args;

use crate::{
    build,
    command::{announce, shown},
    frontend,
    precompress::Quality,
    workspace::{Profile, Workspace},
};

/// What `cargo xtask run` can be told.
#[derive(Debug, Args)]
pub(crate) struct RunArguments {
    /// Where the server listens
    #[arg(long, value_name = "ADDR:PORT", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// The folder of the database, the keys and the documents [default: data/ in the checkout]
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Compile the server with optimisation
    #[arg(long)]
    release: bool,
    /// Further arguments for `signet serve`, after `--`
    #[arg(last = true, value_name = "SERVER ARGUMENTS")]
    server: Vec<OsString>,
}

impl RunArguments {
    /// Builds what has changed and becomes the server.
    ///
    /// # Errors
    /// When something does not build, or the server does not start.
    pub(crate) fn execute(self, workspace: &Workspace) -> anyhow::Result<()> {
        let (profile, quality) = if self.release {
            (Profile::Release, Quality::Best)
        } else {
            (Profile::Development, Quality::Quick)
        };
        frontend::build(workspace, quality)?;
        build::server(workspace, profile)?;

        let mut server = Command::new(workspace.server(profile));
        server.args(["serve", "--demonstration", "--listen"]).arg(self.listen.to_string());
        server.arg("--data").arg(self.data.unwrap_or_else(|| workspace.root().join("data")));
        server.args(&self.server);
        announce(&format!("Starting {} (Ctrl-C ends it)", shown(&server)));
        become_program(server)
    }
}

/// Replaces this process, so that Ctrl-C and every other signal reach the server and nothing else.
#[cfg(unix)]
fn become_program(mut command: Command) -> anyhow::Result<()> {
    use std::os::unix::process::CommandExt;
    let error = command.exec();
    Err(anyhow::Error::new(error).context(format!("cannot start {}", shown(&command))))
}

/// Windows cannot replace a process; it gives Ctrl-C to both, and this one waits for the other.
#[cfg(not(unix))]
fn become_program(mut command: Command) -> anyhow::Result<()> {
    crate::command::run(&mut command)
}

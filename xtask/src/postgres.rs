//! A PostgreSQL of the tests' own: beside whatever this machine runs, on loopback only, and gone when it is dropped.
//!
//! It writes to disk as a real one does (`fsync`, `synchronous_commit`): what a crash leaves behind is among the tests.

use std::{
    fs::{self, File},
    io,
    net::{Ipv4Addr, TcpListener},
    path::{Path, PathBuf},
    process::{Child, Command},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, bail, ensure};
use tempfile::TempDir;

use crate::command;

/// Where Debian puts the programs, in a folder for each version: they are not on PATH.
const DEBIAN_FOLDER: &str = "/usr/lib/postgresql";
/// The user that Debian's package makes. PostgreSQL refuses to run as the administrator.
const USER: &str = "postgres";
/// Our choice: several databases at once, each with its pool.
const MAX_CONNECTIONS: u32 = 400;
/// Our choice: it takes about a second on an idle machine.
const START_LIMIT: Duration = Duration::from_mins(1);

/// A running instance with one superuser, `signet`, who needs no password.
#[derive(Debug)]
pub(crate) struct Postgres {
    programs: PathBuf,
    /// Holds the data, the log and the socket.
    folder: TempDir,
    port: u16,
    server: Child,
}

impl Postgres {
    /// Makes an empty instance in a temporary folder, starts it and waits until it answers.
    ///
    /// # Errors
    /// When PostgreSQL is not installed or does not start; its log is in the error.
    pub(crate) fn start() -> anyhow::Result<Self> {
        let programs = programs().context("PostgreSQL is missing: `cargo xtask test` installs it")?;
        let folder = tempfile::Builder::new().prefix("signet-postgres-").tempdir()?;
        if is_administrator() {
            command::run(Command::new("chown").arg(format!("{USER}:")).arg(folder.path()))?;
        }
        let initdb = ["--username=signet", "--auth=trust", "--encoding=UTF8", "--no-locale", "--no-sync"];
        let mut initdb_command = as_user(&programs.join("initdb"), folder.path());
        let made = initdb_command.args(initdb).arg("--pgdata=data").output()?;
        ensure!(made.status.success(), "initdb failed: {}", String::from_utf8_lossy(&made.stderr));
        let port = free_port()?;
        let server = serve(&programs, folder.path(), port)?;
        let mut postgres = Self { programs, folder, port, server };
        postgres.wait()?;
        Ok(postgres)
    }

    /// The address of the maintenance database, such as `postgres://signet@127.0.0.1:40123/postgres`.
    pub(crate) fn url(&self) -> String {
        format!("postgres://signet@{}:{}/postgres", Ipv4Addr::LOCALHOST, self.port)
    }

    fn wait(&mut self) -> anyhow::Result<()> {
        let started = Instant::now();
        let mut question = Command::new(self.programs.join("pg_isready"));
        question.arg("--quiet").arg(format!("--dbname={}", self.url()));
        while !question.status()?.success() {
            if let Some(status) = self.server.try_wait()? {
                bail!("PostgreSQL ended with {status}: {}", self.log());
            }
            ensure!(started.elapsed() < START_LIMIT, "PostgreSQL does not answer: {}", self.log());
            thread::sleep(Duration::from_millis(50));
        }
        Ok(())
    }

    fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }

    /// Without a last checkpoint: the data is removed anyway.
    fn stop(&mut self) -> io::Result<()> {
        let mut pg_ctl = as_user(&self.programs.join("pg_ctl"), self.folder.path());
        let stopped =
            pg_ctl.args(["stop", "--silent", "--wait", "--mode=immediate", "--pgdata=data"]).status();
        if !stopped.is_ok_and(|status| status.success()) {
            self.server.kill()?;
        }
        self.server.wait().map(drop)
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        if let Err(error) = self.stop() {
            println!("    PostgreSQL, process {}, was not stopped: {error}", self.server.id());
        }
    }
}

/// The folder with the programs of the newest PostgreSQL on this machine.
pub(crate) fn programs() -> Option<PathBuf> {
    let versions = fs::read_dir(DEBIAN_FOLDER).into_iter().flatten().flatten();
    let of_debian = versions.filter_map(|entry| {
        let version: u32 = entry.file_name().to_str()?.parse().ok()?;
        Some((version, entry.path().join("bin"))).filter(|(_, folder)| folder.join("initdb").is_file())
    });
    let newest = of_debian.max_by_key(|(version, _)| *version).map(|(_, folder)| folder);
    newest.or_else(|| command::on_path("initdb"))
}

/// Without `--no-sync` and the like: all that makes a commit last is on.
fn serve(programs: &Path, folder: &Path, port: u16) -> anyhow::Result<Child> {
    let log = File::create(folder.join("log")).context("cannot make a log")?;
    let settings = [
        "fsync=on".to_owned(),
        "synchronous_commit=on".to_owned(),
        format!("listen_addresses={}", Ipv4Addr::LOCALHOST),
        format!("port={port}"),
        format!("max_connections={MAX_CONNECTIONS}"),
        format!("unix_socket_directories={}", folder.display()),
    ];
    as_user(&programs.join("postgres"), folder)
        .args(["-D", "data"])
        .args(settings.iter().flat_map(|setting| ["-c", setting]))
        .stdout(log.try_clone()?)
        .stderr(log)
        .spawn()
        .context("cannot start PostgreSQL")
}

/// A program in this folder that ends with the thread that starts it, even when we are killed, as a user that PostgreSQL accepts.
fn as_user(program: &Path, folder: &Path) -> Command {
    let mut command = Command::new("setpriv");
    command.args(["--pdeathsig", "INT"]);
    if is_administrator() {
        command.args(["--reuid", USER, "--regid", USER, "--init-groups"]);
    }
    command.arg(program).current_dir(folder);
    command
}

fn is_administrator() -> bool {
    command::output(Command::new("id").arg("-u")).as_deref() == Some("0")
}

/// A port that nobody listens on. PostgreSQL cannot choose one by itself.
fn free_port() -> anyhow::Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}

#[cfg(test)]
mod tests {
    use std::net::TcpStream;

    use super::*;

    #[test]
    fn an_instance_is_durable_while_it_lives_and_gone_after() {
        let postgres = Postgres::start().expect("an instance");
        let show = |setting: &str| {
            let mut psql = Command::new(postgres.programs.join("psql"));
            psql.args(["--no-psqlrc", "--tuples-only", "--no-align", "--command"]);
            command::output(psql.arg(format!("show {setting}")).arg(postgres.url())).expect("an answer")
        };
        assert_eq!(
            ["fsync", "synchronous_commit", "listen_addresses"].map(show),
            ["on", "on", "127.0.0.1"].map(str::to_owned)
        );

        let (port, folder) = (postgres.port, postgres.folder.path().to_owned());
        drop(postgres);
        assert!(TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err());
        assert!(!folder.exists());
    }
}

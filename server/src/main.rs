//! The Signet server's command line.

mod command;

use anyhow::{Context, ensure};
use clap::{Args, Parser, Subcommand};
use command::{
    account::AccountCommand,
    audit::AuditCommand,
    backup::{BackupArguments, RestoreArguments},
    database::DatabaseCommand,
    init::InitArguments,
    jobs::JobsArguments,
};
use server::{
    serve,
    settings::{self, ServeArguments},
    storage::{DatabaseAddress, Store},
};
use std::{
    io::{self, IsTerminal},
    path::PathBuf,
};

/// Verifies organizations and mailboxes, and issues S/MIME certificates
#[derive(Parser)]
#[command(name = "signet", version)]
struct CommandLine {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run the server until Ctrl-C
    Serve(Box<ServeArguments>),
    /// Make the certification authority, before the server is first started
    Init(InitArguments),
    /// The append-only log of what the server did
    #[command(subcommand)]
    Audit(AuditCommand),
    /// The people who can sign in
    #[command(subcommand)]
    Account(AccountCommand),
    /// Save everything in a new folder, while the server runs
    Backup(BackupArguments),
    /// Bring back what `signet backup` saved
    Restore(RestoreArguments),
    /// Move between databases
    #[command(subcommand)]
    Database(DatabaseCommand),
    /// What the server does later: what waits, and what failed
    Jobs(JobsArguments),
}

/// Where an installation is.
#[derive(Args)]
struct Installation {
    /// Folder for everything that lasts
    #[arg(long, env = "SIGNET_DATA", default_value = "data", value_name = "FOLDER")]
    data: PathBuf,
    /// PostgreSQL database [default: the SQLite file in the folder]
    #[arg(long, env = "SIGNET_DATABASE", hide_env_values = true, value_name = "URL")]
    database: Option<String>,
}

impl Installation {
    fn address(&self) -> anyhow::Result<DatabaseAddress> {
        settings::database_address(&self.data, self.database.as_deref())
            .context("--database cannot be used: give the address of a PostgreSQL database, or leave it out")
    }

    /// The database of an installation that is there.
    async fn open_existing(&self) -> anyhow::Result<Store> {
        let address = self.address()?;
        if let DatabaseAddress::Sqlite(file) = &address {
            let folder = self.data.display();
            ensure!(
                file.exists(),
                "there is no database in {folder}: give the server's folder with --data, or its --database"
            );
        }
        Ok(Store::open_as_it_is(&address).await?)
    }
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    tracing_subscriber::fmt()
        .with_max_level(tracing::Level::INFO)
        .with_writer(io::stderr)
        .with_ansi(io::stderr().is_terminal())
        .init();
    match CommandLine::parse().command {
        Command::Serve(arguments) => {
            serve::serve(arguments.into_settings()?, &mut io::stdout(), asked_to_stop()).await?;
            Ok(())
        }
        Command::Init(arguments) => command::init::run(&arguments),
        Command::Audit(command) => command.run().await,
        Command::Account(command) => command.run().await,
        Command::Backup(arguments) => arguments.run().await,
        Command::Restore(arguments) => arguments.run().await,
        Command::Database(command) => command.run().await,
        Command::Jobs(arguments) => arguments.run().await,
    }
}

/// Ready when a person presses Ctrl-C, or the system ends the server. It listens from now on, not when it is first awaited: a
/// server that is told to stop as soon as it has started stops cleanly too.
#[cfg(unix)]
fn asked_to_stop() -> impl Future<Output = ()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate()).expect("a process can listen to SIGTERM");
    async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = tokio::signal::ctrl_c() => {}
        }
    }
}

/// Ready when a person presses Ctrl-C.
#[cfg(not(unix))]
async fn asked_to_stop() {
    tokio::signal::ctrl_c().await.expect("a process can listen to Ctrl-C");
}

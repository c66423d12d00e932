use anyhow::{bail, ensure};
use clap::{Args, Subcommand};
use server::{
    clock::{Clock, SystemClock},
    data_folder::{self, LockedFolder},
    database_copy::{self, Source},
    storage::DatabaseAddress,
};
use std::{
    io::{self, Write},
    path::PathBuf,
};

#[derive(Subcommand)]
pub(crate) enum DatabaseCommand {
    /// Copy all of a database into an empty one, and have no server start with the first any more
    ///
    /// An address is postgres://… or the path of a SQLite file. The server must be stopped. The documents and the CA are no part
    /// of the database: they stay in the data folder.
    Copy(CopyArguments),
}

#[derive(Args)]
pub(crate) struct CopyArguments {
    /// The database that is there
    #[arg(long, value_name = "ADDRESS", value_parser = address)]
    from: DatabaseAddress,
    /// The empty one
    #[arg(long, value_name = "ADDRESS", value_parser = address)]
    to: DatabaseAddress,
    /// Leave the first as it is: see yourself that only one of them is ever used
    #[arg(long)]
    keep: bool,
}

impl DatabaseCommand {
    pub(crate) async fn run(self) -> anyhow::Result<()> {
        let Self::Copy(arguments) = self;
        arguments.run().await
    }
}

impl CopyArguments {
    async fn run(&self) -> anyhow::Result<()> {
        if let DatabaseAddress::Sqlite(file) = &self.from {
            ensure!(file.exists(), "there is no database {}: give its address with --from", file.display());
        }
        let _locked = lock([&self.from, &self.to])?;
        let afterwards = if self.keep { Source::Keep } else { Source::MarkMoved };
        let copied = database_copy::copy(&self.from, &self.to, afterwards, SystemClock.now()).await?;
        let mut out = io::stdout();
        writeln!(out, "{} rows were copied, and read back equal.", copied.rows)?;
        writeln!(
            out,
            "The audit log is intact: {} records, head {}",
            copied.audit.records, copied.audit.head
        )?;
        match afterwards {
            Source::MarkMoved => writeln!(
                out,
                "The database that they came from is marked as moved: no server starts with it."
            )?,
            Source::Keep => writeln!(
                out,
                "The database that they came from is as it was: let no server start with it as long as the other is used."
            )?,
        }
        Ok(())
    }
}

/// Locks the data folders in which the SQLite files lie, each once. A file that lies elsewhere is used by no server.
fn lock(addresses: [&DatabaseAddress; 2]) -> anyhow::Result<Vec<LockedFolder>> {
    let mut folders: Vec<PathBuf> = Vec::new();
    for address in addresses {
        if let DatabaseAddress::Sqlite(file) = address
            && let Some(folder) = data_folder::of_file(file)?
        {
            folders.push(folder);
        }
    }
    folders.dedup();
    Ok(folders.iter().map(|folder| LockedFolder::lock(folder)).collect::<Result<_, _>>()?)
}

fn address(text: &str) -> anyhow::Result<DatabaseAddress> {
    if text.starts_with("postgres://") || text.starts_with("postgresql://") {
        return Ok(DatabaseAddress::Postgres(text.to_owned()));
    }
    if text.is_empty() || text.contains("://") {
        bail!("give postgres://… or the path of a SQLite file");
    }
    Ok(DatabaseAddress::Sqlite(text.into()))
}

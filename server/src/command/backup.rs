use crate::Installation;
use clap::Args;
use server::{
    backup::{self, DatabaseKind},
    clock::{Clock, SystemClock},
    storage::DatabaseAddress,
};
use std::{
    io::{self, Write},
    path::PathBuf,
};

#[derive(Args)]
pub(crate) struct BackupArguments {
    /// Folder to make, with everything in it but the passphrase of the CA's keys
    folder: PathBuf,
    #[command(flatten)]
    installation: Installation,
}

#[derive(Args)]
pub(crate) struct RestoreArguments {
    /// Folder that `signet backup` made
    folder: PathBuf,
    #[command(flatten)]
    installation: Installation,
}

impl BackupArguments {
    pub(crate) async fn run(self) -> anyhow::Result<()> {
        let database = self.installation.address()?;
        let mut out = io::stdout();
        if let DatabaseAddress::Postgres(_) = database {
            writeln!(out, "pg_dump saves the database, as it is at this moment.")?;
            out.flush()?;
        }
        let made =
            backup::backup(&self.installation.data, &database, &self.folder, SystemClock.now()).await?;
        let size: u64 = made.files.iter().map(|file| file.size_bytes).sum();
        writeln!(out, "{} holds {} files, {size} bytes.", self.folder.display(), made.files.len())?;
        writeln!(out, "The audit log has {} records, head {}", made.audit_records, made.audit_head)?;
        writeln!(out, "The passphrase of the CA's keys is not in it: keep that at another place.")?;
        Ok(())
    }
}

impl RestoreArguments {
    pub(crate) async fn run(self) -> anyhow::Result<()> {
        let database = self.installation.address()?;
        let (restored, audit) = backup::restore(&self.folder, &self.installation.data, &database).await?;
        let mut out = io::stdout();
        let kind = match restored.database {
            DatabaseKind::Sqlite => "SQLite",
            DatabaseKind::Postgres => "PostgreSQL",
        };
        let data = self.installation.data.display();
        writeln!(out, "{data} is what was saved on {}, with its {kind} database.", restored.made_at)?;
        writeln!(out, "The audit log is that of the backup: {} records, head {}", audit.records, audit.head)?;
        writeln!(
            out,
            "Start a server with it only if this is the newest backup and no other server of this CA runs."
        )?;
        writeln!(out, "It needs the passphrase of the CA's keys, which is in no backup.")?;
        Ok(())
    }
}

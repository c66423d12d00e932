//! A fresh PostgreSQL database, made and removed with `psql`.

use anyhow::{Context, Result, ensure};
use reqwest::Url;
use std::process::{self, Command};

/// A database that is removed when the measurement is over.
pub(crate) struct Database {
    /// Of a database that is always there.
    maintenance: Url,
    name: String,
}

impl Database {
    /// Makes one on this server; a database that the address names does not matter.
    pub(crate) fn create(server: &str) -> Result<Self> {
        let mut maintenance = Url::parse(server).context("the address of the database cannot be read")?;
        maintenance.set_path("/postgres");
        let database = Self { maintenance, name: format!("signet_bench_{}", process::id()) };
        database.execute("CREATE DATABASE {}")?;
        Ok(database)
    }

    /// Where the server finds it.
    pub(crate) fn url(&self) -> String {
        let mut url = self.maintenance.clone();
        url.set_path(&self.name);
        url.into()
    }

    /// Executes a statement with this database's name in it.
    fn execute(&self, statement: &str) -> Result<()> {
        let output = Command::new("psql")
            .args(["--no-psqlrc", "--quiet", "--no-password", "--command"])
            .arg(statement.replace("{}", &self.name))
            .arg(self.maintenance.as_str())
            .output()
            .context("cannot start psql (Debian: postgresql-client)")?;
        ensure!(output.status.success(), "{statement}: {}", String::from_utf8_lossy(&output.stderr));
        Ok(())
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if let Err(error) = self.execute("DROP DATABASE {} WITH (FORCE)") {
            println!("the database {} stays: {error:#}", self.name);
        }
    }
}

//! Databases on the PostgreSQL that the tests are told of.

use std::{
    env,
    hash::{BuildHasher, Hasher, RandomState},
};

use anyhow::{Context, ensure};
use tokio::process::Command;

/// Makes an empty database for the journey of this name, and gives its address.
///
/// # Errors
/// When no PostgreSQL is named, or it makes none.
pub async fn new_database(journey: &str) -> anyhow::Result<String> {
    let server = env::var("SIGNET_TEST_POSTGRES");
    let server =
        server.context("SIGNET_TEST_POSTGRES is not set: start these tests with `cargo xtask test`")?;
    // The number of a process comes again; a random one does not.
    let random = RandomState::new().build_hasher().finish();
    let database = format!("{}_{random:016x}", journey.replace('-', "_"));
    let sql = format!("CREATE DATABASE {database}");
    let output = Command::new("psql")
        .args(["--no-psqlrc", "--quiet", "--command", &sql, &server])
        .output()
        .await
        .context("cannot start psql")?;
    ensure!(output.status.success(), "psql: {}", String::from_utf8_lossy(&output.stderr));
    let (place, _) = server.rsplit_once('/').context("SIGNET_TEST_POSTGRES names no database")?;
    Ok(format!("{place}/{database}"))
}

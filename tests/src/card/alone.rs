//! One at a time: the bridge's ports, the smart-card service and the browser's policies are one for the whole machine.

use std::{env, fs::File};

use anyhow::Context;

/// Nobody else on this machine tests cards as long as this value lives.
#[derive(Debug)]
pub struct Alone {
    _locked: File,
}

/// Waits until nobody else tests cards.
///
/// # Errors
/// When the file that is locked cannot be made.
pub async fn alone() -> anyhow::Result<Alone> {
    let path = env::temp_dir().join("signet-card-tests.lock");
    let file = File::create(&path).with_context(|| format!("cannot make {}", path.display()))?;
    let locked = tokio::task::spawn_blocking(move || file.lock().map(|()| file)).await?;
    Ok(Alone { _locked: locked.context("cannot lock")? })
}

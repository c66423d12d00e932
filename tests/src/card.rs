//! What stands in for cards, readers and hands in the tests of the card bridge: tokens in software, an OpenPGP card in a
//! reader of pcscd's, a window for the PIN that answers by itself, and the bridge's own process.

pub mod alone;
pub mod bridge;
pub mod faulty_module;
pub mod holder;
pub mod http;
pub mod kryoptic;
pub mod operation;
pub mod pinentry;
pub mod reader;
pub mod scheme;
pub mod screen;
pub mod soft_hsm;
pub mod token;
pub mod virtual_card;

use std::{env, path::PathBuf};

use anyhow::Context;

/// A file that `cargo xtask test` builds, by the variable that names it.
fn built(variable: &str) -> anyhow::Result<PathBuf> {
    let path = env::var_os(variable)
        .with_context(|| format!("{variable} is not set: start these tests with `cargo xtask test`"))?;
    Ok(PathBuf::from(path))
}

//! What the tests of the card bridge put in place of a card: built once from folders of this checkout, which are outside the
//! workspace, into the user's cache.

use std::{env, fs, path::PathBuf, process::Command, time::Instant};

use anyhow::Context;

use crate::{
    command::{self, announce},
    fingerprint, tools,
    workspace::Workspace,
};

/// A package outside the workspace, and what it becomes.
struct Package {
    folder: &'static str,
    name: &'static str,
    /// What cargo calls it.
    product: &'static str,
}

/// An OpenPGP card in a reader of pcscd's.
const VIRTUAL_CARD: Package =
    Package { folder: "tests/virtual-card", name: "virtual-card", product: "virtual-card" };
/// A token as a PKCS#11 module.
const KRYOPTIC: Package = Package { folder: "tests/kryoptic", name: "kryoptic", product: "libkryoptic.so" };

/// How long compiling one of them takes on a machine with two cores.
const COMPILE_MINUTES: u32 = 1;

/// The stand-ins for cards, ready to be used.
#[derive(Debug)]
pub(crate) struct CardTools {
    /// The program that is an OpenPGP card.
    pub(crate) virtual_card: PathBuf,
    /// The PKCS#11 module whose PIN locks.
    pub(crate) kryoptic: PathBuf,
}

impl CardTools {
    /// Finds them in the cache, and builds what is missing.
    ///
    /// # Errors
    /// When one does not compile, or there is no folder to keep it in.
    pub(crate) fn ensure(workspace: &Workspace) -> anyhow::Result<Self> {
        Ok(Self { virtual_card: VIRTUAL_CARD.ensure(workspace)?, kryoptic: KRYOPTIC.ensure(workspace)? })
    }
}

impl Package {
    /// Where it is in the cache.
    fn ensure(&self, workspace: &Workspace) -> anyhow::Result<PathBuf> {
        let sources = workspace.root().join(self.folder);
        let hash = fingerprint::of(&sources, &["Cargo.lock", "Cargo.toml", "src"])?;
        let folder = tools::cache_folder()?.join("tools").join(format!("{}-{hash:016x}", self.name));
        let product = folder.join(self.product);
        if product.is_file() {
            return Ok(product);
        }
        announce(&format!(
            "{} is not on this machine: compiling it once into {} (about {COMPILE_MINUTES} minute on two cores)",
            self.name,
            folder.display(),
        ));
        let started = Instant::now();
        let target = folder.join("target");
        let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        cargo.args(["build", "--quiet", "--locked", "--target-dir"]).arg(&target).current_dir(&sources);
        cargo.env_remove("CARGO_TARGET_DIR");
        command::run(&mut cargo)?;
        fs::rename(target.join("debug").join(self.product), &product)
            .with_context(|| format!("{} was not built", self.product))?;
        fs::remove_dir_all(&target).with_context(|| format!("cannot remove {}", target.display()))?;
        println!("    done in {} s", started.elapsed().as_secs());
        Ok(product)
    }
}

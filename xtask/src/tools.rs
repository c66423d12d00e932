//! The programs from crates.io that build the page and check the sources, in pinned versions.
//!
//! Taken from PATH when the version fits, else from the user's cache, else compiled into it once.

use std::{
    env,
    ffi::OsString,
    path::{Path, PathBuf},
    process::Command,
    time::Instant,
};

use anyhow::{Context, ensure};

use crate::{
    command::{self, announce},
    workspace::{WASM_TARGET, Workspace},
};

/// A program from crates.io, pinned to one version.
#[derive(Debug)]
pub(crate) struct Tool {
    /// The name of the program.
    program: &'static str,
    /// The name of the package on crates.io.
    package: &'static str,
    version: &'static str,
    /// How it is asked for its version.
    question: &'static [&'static str],
    /// Settings for the compilation: what is quickest in sum, as each runs for seconds only.
    environment: &'static [(&'static str, &'static str)],
}

/// 0.22 needs a newer Rust than the pinned one.
pub(crate) const TRUNK: Tool = Tool {
    program: "trunk",
    package: "trunk",
    version: "0.21.14",
    question: &["--version"],
    environment: &[("CARGO_PROFILE_DEV_DEBUG", "false")],
};

/// Must be the version of the `wasm-bindgen` crate exactly.
pub(crate) const WASM_BINDGEN: Tool = Tool {
    program: "wasm-bindgen",
    package: "wasm-bindgen-cli",
    version: "0.2.128",
    question: &["--version"],
    environment: &[("CARGO_PROFILE_DEV_DEBUG", "false"), ("CARGO_PROFILE_DEV_OPT_LEVEL", "1")],
};

/// Runs the fuzz targets.
pub(crate) const CARGO_FUZZ: Tool = Tool {
    program: "cargo-fuzz",
    package: "cargo-fuzz",
    version: "0.13.2",
    question: &["--version"],
    environment: &[],
};

/// Makes mutants of the code.
pub(crate) const CARGO_MUTANTS: Tool = Tool {
    program: "cargo-mutants",
    package: "cargo-mutants",
    version: "27.1.0",
    // It is Cargo that calls it otherwise.
    question: &["mutants", "--version"],
    environment: &[],
};

/// Makes a package for Debian.
pub(crate) const CARGO_DEB: Tool = Tool {
    program: "cargo-deb",
    package: "cargo-deb",
    version: "3.8.0",
    question: &["--version"],
    environment: &[("CARGO_PROFILE_DEV_DEBUG", "false")],
};

/// Finds dependencies that nothing uses.
pub(crate) const CARGO_MACHETE: Tool = Tool {
    program: "cargo-machete",
    package: "cargo-machete",
    version: "0.9.2",
    question: &["--version"],
    environment: &[("CARGO_PROFILE_DEV_DEBUG", "false")],
};

/// Compares dependencies with deny.toml.
pub(crate) const CARGO_DENY: Tool = Tool {
    program: "cargo-deny",
    package: "cargo-deny",
    version: "0.20.2",
    question: &["--version"],
    environment: &[("CARGO_PROFILE_DEV_DEBUG", "false")],
};

/// How long compiling one of the tools takes on a machine with two cores.
const COMPILE_MINUTES: u32 = 3;

/// The pinned programs, ready to be called.
#[derive(Debug)]
pub(crate) struct Tools {
    path: OsString,
}

impl Tools {
    /// Finds the tools that build the page, and installs what is missing.
    ///
    /// # Errors
    /// When one cannot be compiled, or there is no folder to keep it in.
    pub(crate) fn ensure() -> anyhow::Result<Self> {
        Self::with(&[TRUNK, WASM_BINDGEN])
    }

    /// Finds these tools, and installs what is missing.
    ///
    /// # Errors
    /// When one cannot be compiled, or there is no folder to keep it in.
    pub(crate) fn with(tools: &[Tool]) -> anyhow::Result<Self> {
        let mut folders = Vec::new();
        for tool in tools {
            folders.extend(tool.ensure()?);
        }
        let inherited = env::var_os("PATH").unwrap_or_default();
        folders.extend(env::split_paths(&inherited));
        Ok(Self { path: env::join_paths(folders).context("a folder of PATH has a colon in its name")? })
    }

    /// The value of PATH with which the tools are found first.
    pub(crate) fn path(&self) -> &OsString {
        &self.path
    }
}

impl Tool {
    /// The folder to put in front of PATH; none when PATH already has the right version.
    fn ensure(&self) -> anyhow::Result<Option<PathBuf>> {
        if self.fits(Path::new(self.program)) {
            return Ok(None);
        }
        let root = cache_folder()?.join("tools").join(format!("{}-{}", self.program, self.version));
        let folder = root.join("bin");
        if !self.fits(&folder.join(self.program)) {
            self.install(&root)?;
            ensure!(
                self.fits(&folder.join(self.program)),
                "{} does not run in {}",
                self.program,
                folder.display()
            );
        }
        Ok(Some(folder))
    }

    fn fits(&self, program: &Path) -> bool {
        // Most say their name before their version.
        command::output(Command::new(program).args(self.question))
            .is_some_and(|answer| answer.split_whitespace().take(2).any(|word| word == self.version))
    }

    fn install(&self, root: &Path) -> anyhow::Result<()> {
        announce(&format!(
            "{} {} is not on this machine: compiling it once into {} (about {COMPILE_MINUTES} minutes on two cores)",
            self.program,
            self.version,
            root.display(),
        ));
        let started = Instant::now();
        let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        cargo
            .args(["install", "--quiet", "--locked", "--debug", "--no-default-features"])
            .args(["--version", self.version, self.package, "--root"])
            .arg(root)
            .envs(self.environment.iter().copied())
            .env_remove("CARGO_TARGET_DIR");
        command::run(&mut cargo)?;
        println!("    done in {} s", started.elapsed().as_secs());
        Ok(())
    }
}

/// The folder for what is expensive to make and can be made again.
///
/// # Errors
/// When neither `XDG_CACHE_HOME` nor `HOME` is set.
pub(crate) fn cache_folder() -> anyhow::Result<PathBuf> {
    let cache = env::var_os("XDG_CACHE_HOME").filter(|folder| !folder.is_empty()).map(PathBuf::from);
    let cache = cache.or_else(|| Some(PathBuf::from(env::var_os("HOME")?).join(".cache")));
    Ok(cache
        .context("neither XDG_CACHE_HOME nor HOME is set: there is no folder to keep tools in")?
        .join("signet"))
}

/// Installs the toolchain's WebAssembly target when it is missing.
///
/// # Errors
/// When it is missing and rustup cannot install it.
pub(crate) fn ensure_wasm_target(workspace: &Workspace) -> anyhow::Result<()> {
    if has_target(workspace, WASM_TARGET)? {
        return Ok(());
    }
    announce(&format!("Rust's target {WASM_TARGET} is not on this machine: installing it (under a minute)"));
    // Without a name rustup reads rust-toolchain.toml; without the option it would replace itself too.
    command::run(
        rustup(workspace).args(["toolchain", "install", "--no-self-update"]).env_remove("RUSTUP_TOOLCHAIN"),
    )
}

/// Installs a target of the toolchain that only some tasks need, and rust-toolchain.toml therefore does not name.
///
/// # Errors
/// When it is missing and rustup cannot install it.
pub(crate) fn ensure_target(workspace: &Workspace, target: &str) -> anyhow::Result<()> {
    if has_target(workspace, target)? {
        return Ok(());
    }
    announce(&format!("Rust's target {target} is not on this machine: installing it (under a minute)"));
    command::run(rustup(workspace).args(["target", "add", target]))
}

fn has_target(workspace: &Workspace, target: &str) -> anyhow::Result<bool> {
    let sysroot =
        command::output(Command::new("rustc").args(["--print", "sysroot"]).current_dir(workspace.root()));
    let sysroot = sysroot.context("rustc does not run: install Rust from https://rustup.rs")?;
    Ok(Path::new(&sysroot).join("lib/rustlib").join(target).is_dir())
}

fn rustup(workspace: &Workspace) -> Command {
    let mut rustup = Command::new("rustup");
    rustup.current_dir(workspace.root());
    rustup
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn project_file(name: &str) -> String {
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(name))
            .expect("a project file")
    }

    #[test]
    fn the_wasm_bindgen_program_has_the_version_of_the_crate_and_of_trunk_toml() {
        let version = WASM_BINDGEN.version;
        assert!(project_file("Cargo.toml").contains(&format!("wasm-bindgen = \"={version}\"")));
        assert!(project_file("Trunk.toml").contains(&format!("wasm_bindgen = \"{version}\"")));
    }

    #[test]
    fn the_trunk_program_has_the_version_that_trunk_toml_asks_for() {
        assert!(project_file("Trunk.toml").contains(&format!("trunk-version = \">={}", TRUNK.version)));
    }

    #[test]
    fn a_program_that_is_not_there_does_not_fit() {
        assert!(!TRUNK.fits(Path::new("no-such-program-anywhere")));
    }
}

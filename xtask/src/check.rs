//! `cargo xtask check`: the fast lane, for every few minutes of work. `cargo xtask test` is what counts.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    process::{Command, ExitCode},
};

use anyhow::Context;
use serde::Deserialize;

use crate::{
    command, executables, prerequisites, source_checks,
    summary::{Counts, Summary},
    test,
    workspace::Workspace,
};

/// What changes start from.
const MAIN: &str = "main";

/// Files that packages read though they are not in their folders.
const SHARED: [(&str, &[&str]); 3] = [
    ("tests/vectors", &["pki", "wasm-crypto", "frontend"]),
    ("static", &["xtask"]),
    ("docs/card-bridge.md", &["server"]),
];

/// Files of the checkout itself that every package is compiled with.
const OF_ALL: [&str; 4] = ["Cargo.toml", "Cargo.lock", "rust-toolchain.toml", ".cargo/config.toml"];

/// Lib tests of all packages but the whole-system tests, and of the one package without a library. The packages are those of
/// the step of unit tests, so that both share what is compiled.
const UNIT_TESTS: [&str; 7] = ["--locked", "--workspace", "--exclude", "tests", "--lib", "--bin", "xtask"];

/// What `cargo metadata` says, as far as it is of use here.
#[derive(Debug, Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Debug, Deserialize)]
struct Package {
    name: String,
    manifest_path: PathBuf,
    dependencies: Vec<Dependency>,
}

#[derive(Debug, Deserialize)]
struct Dependency {
    name: String,
    /// Only packages of this checkout have one.
    path: Option<PathBuf>,
}

impl Package {
    fn folder(&self) -> &Path {
        self.manifest_path.parent().unwrap_or(&self.manifest_path)
    }

    fn depends_on(&self, names: &BTreeSet<&str>) -> bool {
        let mut ours = self.dependencies.iter().filter(|dependency| dependency.path.is_some());
        ours.any(|dependency| names.contains(dependency.name.as_str()))
    }
}

/// Checks form, spelling and lints of everything, and runs the unit tests of what changed. The code tells whether all passed.
///
/// # Errors
/// When Git or Cargo cannot tell what changed.
pub(crate) fn execute(workspace: &Workspace) -> anyhow::Result<ExitCode> {
    let metadata: Metadata = serde_json::from_str(
        &command::output(workspace.cargo().args(["metadata", "--locked", "--no-deps", "--format-version=1"]))
            .context("cargo metadata failed")?,
    )?;
    let changed = affected(workspace.root(), &changed_files(workspace)?, &metadata.packages);
    let programs = prerequisites::python_programs(workspace)?;

    let mut summary = Summary::new();
    source_checks::texts(workspace, &programs, &mut summary);
    // Cargo itself knows what changed.
    summary.step("Lints", || source_checks::check(&mut test::lints_of_all(workspace)));
    if !changed.is_empty() {
        summary.step("Unit tests of what changed", || unit_tests(workspace, &metadata.packages, &changed));
    }
    Ok(summary.finish())
}

fn unit_tests(
    workspace: &Workspace,
    packages: &[Package],
    changed: &BTreeSet<&str>,
) -> anyhow::Result<Counts> {
    let changed = packages.iter().filter(|package| changed.contains(package.name.as_str()));
    let folders: Vec<&Path> = changed.map(Package::folder).collect();
    let tests = executables::built(workspace, &UNIT_TESTS)?;
    let of_changed = tests.iter().filter(|test| folders.contains(&test.package()));
    of_changed.map(|test| test.run(None)).try_fold(Counts::default(), |sum, counts| Ok(sum.plus(counts?)))
}

/// Files that differ from where this branch left the main one, committed or not.
fn changed_files(workspace: &Workspace) -> anyhow::Result<Vec<PathBuf>> {
    let git = |arguments: &[&str]| {
        let mut git = Command::new("git");
        command::output(git.args(arguments).current_dir(workspace.root()))
            .with_context(|| format!("git {} failed", arguments.join(" ")))
    };
    let base = git(&["merge-base", "HEAD", MAIN]).or_else(|_| git(&["rev-parse", "HEAD"]))?;
    let tracked = git(&["diff", "--name-only", &base])?;
    let new = git(&["ls-files", "--others", "--exclude-standard"])?;
    Ok(tracked.lines().chain(new.lines()).map(PathBuf::from).collect())
}

/// The packages that these files belong to, and all that depend on them.
fn affected<'a>(root: &Path, files: &[PathBuf], packages: &'a [Package]) -> BTreeSet<&'a str> {
    let mut names: BTreeSet<&str> = BTreeSet::new();
    for file in files {
        names.extend(readers(root, file, packages).map(|package| package.name.as_str()));
    }
    loop {
        let found: Vec<&str> = packages
            .iter()
            .filter(|package| !names.contains(package.name.as_str()) && package.depends_on(&names))
            .map(|package| package.name.as_str())
            .collect();
        if found.is_empty() {
            return names;
        }
        names.extend(found);
    }
}

/// The packages that a file, given from the root of the checkout, goes into.
fn readers<'a>(root: &Path, file: &Path, packages: &'a [Package]) -> impl Iterator<Item = &'a Package> {
    let of_all = OF_ALL.iter().any(|name| file == Path::new(name));
    let shared: Vec<&str> = SHARED
        .iter()
        .filter(|(folder, _)| file.starts_with(folder))
        .flat_map(|(_, readers)| readers.iter().copied())
        .collect();
    // Packages can be inside each other.
    let absolute = root.join(file);
    let owner = packages
        .iter()
        .map(Package::folder)
        .filter(|folder| absolute.starts_with(folder))
        .max_by_key(|folder| folder.components().count())
        .map(Path::to_owned);
    packages.iter().filter(move |package| {
        of_all || owner.as_deref() == Some(package.folder()) || shared.contains(&package.name.as_str())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package(name: &str, folder: &str, dependencies: &[&str]) -> Package {
        let dependency =
            |name: &&str| Dependency { name: (*name).to_owned(), path: Some(Path::new("/here").join(name)) };
        Package {
            name: name.to_owned(),
            manifest_path: Path::new("/here").join(folder).join("Cargo.toml"),
            dependencies: dependencies.iter().map(dependency).collect(),
        }
    }

    fn affected_by(file: &str) -> Vec<String> {
        let packages = [
            package("pki", "pki", &[]),
            package("wasm-crypto", "wasm-crypto", &["pki"]),
            package("kernel", "wasm-crypto/kernel", &[]),
            package("frontend", "frontend", &["wasm-crypto"]),
            package("server", "server", &["pki"]),
        ];
        affected(Path::new("/here"), &[file.into()], &packages).into_iter().map(str::to_owned).collect()
    }

    #[test]
    fn a_changed_package_takes_along_what_depends_on_it() {
        assert_eq!(affected_by("server/src/main.rs"), ["server"]);
        assert_eq!(affected_by("wasm-crypto/src/lib.rs"), ["frontend", "wasm-crypto"]);
        assert_eq!(affected_by("pki/src/lib.rs"), ["frontend", "pki", "server", "wasm-crypto"]);
    }

    #[test]
    fn a_file_belongs_to_the_innermost_package() {
        assert_eq!(affected_by("wasm-crypto/kernel/src/lib.rs"), ["kernel"]);
    }

    #[test]
    fn files_beside_the_packages_belong_to_those_that_read_them() {
        assert_eq!(affected_by("docs/issuance.md"), [""; 0]);
        assert_eq!(affected_by("tests/vectors/requests/a.pem"), ["frontend", "pki", "server", "wasm-crypto"]);
        assert_eq!(affected_by("Cargo.lock").len(), 5);
    }
}

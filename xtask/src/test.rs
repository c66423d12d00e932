//! `cargo xtask test`: everything that must hold before a change goes in.

use std::{
    fs,
    process::{Command, ExitCode},
    thread,
};

use anyhow::{Context, anyhow, ensure};

use crate::{
    build, executables, frontend, npm, package,
    precompress::Quality,
    prerequisites::{self, Judges},
    sizes,
    source_checks::{self, check},
    summary::{Counts, Summary, counted},
    tools::{self, CARGO_DEB, CARGO_DENY, CARGO_MACHETE, TRUNK, Tools, WASM_BINDGEN},
    workspace::{Profile, WASM_TARGET, Workspace},
};

/// The other systems that the card bridge is made for. Their code is compiled and never run here.
const OTHER_SYSTEMS: [&str; 2] = ["x86_64-pc-windows-gnu", "aarch64-apple-darwin"];

/// What the step of unit tests compiles, as arguments for Cargo.
const ALL_BUT_WHOLE_SYSTEM: [&str; 4] = ["--locked", "--workspace", "--exclude", "tests"];

/// Tells the server's tests where they may make databases, instead of files of SQLite.
const POSTGRES_VARIABLE: &str = "SIGNET_TEST_POSTGRES";

/// The tests with cards, among those of the package `tests`.
const CARDS: &str = "card";

/// What else can be chosen.
#[derive(Debug, clap::Args)]
pub(crate) struct TestArguments {
    /// Let the journeys drive the binaries as they ship; without it those that the unit tests were compiled with, which
    /// spares several minutes
    #[arg(long)]
    release: bool,
}

/// Runs all tests, and goes on past a failed step so that one run shows everything; only without set-up it ends. The code
/// tells whether all passed.
pub(crate) fn execute(workspace: &Workspace, arguments: &TestArguments) -> ExitCode {
    let profile = if arguments.release { Profile::Release } else { Profile::Development };
    let mut summary = Summary::new();
    let mut ready = None;
    summary.step("Set-up", || {
        ready = Some(set_up(workspace)?);
        Ok(Counts::ONE_PASSED)
    });
    let Some((tools, judges)) = ready else { return summary.finish() };
    source_checks::texts(workspace, &judges.programs(), &mut summary);
    source_checks::dependencies(workspace, &tools, &mut summary);
    let page = summary.step("The page", || {
        frontend::build(workspace, Quality::Best)?;
        Ok(Counts::ONE_PASSED)
    });
    if page {
        summary.step("Sizes", || {
            sizes::execute(workspace)?;
            Ok(Counts::ONE_PASSED)
        });
    }
    summary.step("The npm package", || {
        npm::execute(workspace)?;
        Ok(Counts::ONE_PASSED)
    });
    lints(workspace, &mut summary);
    summary.step("Documentation", || {
        check(workspace.cargo().env("RUSTDOCFLAGS", "--deny warnings").args([
            "doc",
            "--locked",
            "--workspace",
            "--no-deps",
        ]))
    });
    summary.step("Unit, property and endpoint tests", || {
        counted(workspace.cargo().arg("test").args(ALL_BUT_WHOLE_SYSTEM).arg("--no-fail-fast"))
    });
    summary.step("Endpoint and issuance tests on PostgreSQL", || on_postgres(workspace, &judges));
    summary
        .step("Tests in a headless browser", || counted(&mut in_browser(workspace, &tools, &["frontend"])));
    summary.step("The kernels in a headless browser", || {
        counted(&mut in_browser(workspace, &tools, &["wasm-crypto", "--lib"]))
    });
    let binaries = summary.step("The binaries", || {
        binaries(workspace, profile)?;
        Ok(Counts::ONE_PASSED)
    });
    let packed = binaries
        && summary.step("The package of the card bridge", || {
            package::pack(workspace, profile)?;
            Ok(Counts::ONE_PASSED)
        });
    if page && packed {
        whole_system(workspace, &judges, profile, &mut summary);
    }
    summary.finish()
}

/// Installs what is missing: what is compiled beside what is downloaded.
fn set_up(workspace: &Workspace) -> anyhow::Result<(Tools, Judges)> {
    tools::ensure_wasm_target(workspace)?;
    thread::scope(|scope| {
        let tools = scope.spawn(|| Tools::with(&[TRUNK, WASM_BINDGEN, CARGO_DEB, CARGO_MACHETE, CARGO_DENY]));
        let judges = prerequisites::ensure(workspace);
        let tools = tools.join().unwrap_or_else(|_| Err(anyhow!("installing the tools panicked")));
        Ok((tools?, judges?))
    })
}

/// The server's tests once more, with the other database. They were compiled for the step of unit tests.
fn on_postgres(workspace: &Workspace, judges: &Judges) -> anyhow::Result<Counts> {
    let tests = executables::built(workspace, &ALL_BUT_WHOLE_SYSTEM)?;
    let server = workspace.root().join("server");
    let of_server: Vec<_> = tests.iter().filter(|test| test.package() == server).collect();
    ensure!(!of_server.is_empty(), "the server has no tests");
    let url = judges.postgres().url();
    let counts = of_server.iter().map(|test| test.run(Some((POSTGRES_VARIABLE, &url))));
    counts.into_iter().try_fold(Counts::default(), |sum, counts| Ok(sum.plus(counts?)))
}

/// The package `tests`. Its tests with cards go one after the other, and mostly wait: for readers, windows and people. The
/// others keep the processor busy meanwhile.
fn whole_system(workspace: &Workspace, judges: &Judges, profile: Profile, summary: &mut Summary) {
    let compiled = summary.step("The whole-system tests", || {
        let mut cargo = workspace.cargo();
        cargo.args(["test", "--locked", "--quiet", "--package", "tests", "--no-run"]);
        check(&mut cargo)
    });
    if !compiled {
        return;
    }
    summary.steps_side_by_side([
        ("Journeys with cards", &|| counted(&mut cards(workspace, judges, profile))),
        ("Journeys without cards", &|| {
            let others = targets_without_cards(workspace)?;
            counted(&mut of_others(workspace, judges, profile, &others))
        }),
    ]);
}

/// All that the package `tests` has to run but the tests with cards, as arguments for Cargo.
fn targets_without_cards(workspace: &Workspace) -> anyhow::Result<Vec<String>> {
    let folder = workspace.root().join("tests/tests");
    let mut targets = vec!["--lib".to_owned()];
    for entry in fs::read_dir(&folder).with_context(|| format!("cannot read {}", folder.display()))? {
        let path = entry?.path();
        let is_target =
            path.extension().is_some_and(|extension| extension == "rs") || path.join("main.rs").is_file();
        let name = path.file_stem().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        if is_target && name != CARDS {
            targets.push(format!("--test={name}"));
        }
    }
    targets.sort();
    Ok(targets)
}

/// The unit tests were compiled with the binaries that they start. Asked for by themselves they would be compiled again: what they
/// depend on has other features then.
fn binaries(workspace: &Workspace, profile: Profile) -> anyhow::Result<()> {
    if profile == Profile::Release {
        return build::server_and_bridge(workspace, profile);
    }
    for binary in [workspace.server(profile), workspace.card_bridge(profile)] {
        ensure!(binary.is_file(), "{} was not built with the unit tests", binary.display());
    }
    Ok(())
}

/// For the computer, for the browser, and for each choice of features that is shipped.
fn lints(workspace: &Workspace, summary: &mut Summary) {
    summary.step("Lints", || check(&mut lints_of_all(workspace)));
    summary.step("Lints for the browser", || {
        let packages =
            ["--package", "frontend", "--package", "wasm-crypto", "--features", "wasm-crypto/bindings"];
        check(&mut clippy(workspace, &[&packages[..], &["--all-targets", "--target", WASM_TARGET]].concat()))
    });
    summary.step("Lints of the module that makes keys", || {
        let module = ["--package", "frontend", "--bin", "crypto-worker", "--no-default-features"];
        check(&mut clippy(workspace, &[&module[..], &["--target", WASM_TARGET]].concat()))
    });
    summary.step("Lints of the kernels", || {
        let with = "target.wasm32-unknown-unknown.rustflags = ['-Ctarget-feature=+simd128,+relaxed-simd']";
        let kernels = ["--package", "prime-kernel", "--package", "pbkdf2-kernel", "--target", WASM_TARGET];
        check(&mut clippy(workspace, &[&kernels[..], &["--config", with]].concat()))
    });
    summary.step("Lints of the card bridge for other systems", || {
        let mut bridge = vec!["--package", "card-bridge"];
        for target in OTHER_SYSTEMS {
            tools::ensure_target(workspace, target)?;
            bridge.extend(["--target", target]);
        }
        check(&mut clippy(workspace, &bridge))
    });
}

/// All packages, for the computer.
pub(crate) fn lints_of_all(workspace: &Workspace) -> Command {
    clippy(workspace, &["--workspace", "--all-targets"])
}

/// The tests that go through the pages as a person does.
pub(crate) fn journeys(workspace: &Workspace, judges: &Judges) -> Command {
    of_others(workspace, judges, Profile::Release, &["--test=journeys".to_owned()])
}

/// The tests that ask other programs to open PFX files.
pub(crate) fn importers(workspace: &Workspace, judges: &Judges) -> Command {
    of_others(workspace, judges, Profile::Release, &["--test=importers".to_owned()])
}

/// The measurement of what the card bridge adds to a token's own time.
pub(crate) fn card_bench(workspace: &Workspace, judges: &Judges) -> Command {
    let mut cargo = workspace.cargo();
    cargo.args(["run", "--locked", "--package", "tests", "--example", "card_bench"]);
    surround(cargo, workspace, judges, Profile::Release)
}

/// The tests with cards.
pub(crate) fn cards(workspace: &Workspace, judges: &Judges, profile: Profile) -> Command {
    of_others(workspace, judges, profile, &[format!("--test={CARDS}")])
}

/// These targets of the package `tests`, with everything that they ask for.
fn of_others(workspace: &Workspace, judges: &Judges, profile: Profile, targets: &[String]) -> Command {
    let mut cargo = workspace.cargo();
    cargo.args(["test", "--locked", "--package", "tests", "--no-fail-fast"]).args(targets);
    cargo.args(["--", "--test-threads=2"]);
    surround(cargo, workspace, judges, profile)
}

/// Tells where everything is that the package `tests` asks for.
fn surround(mut cargo: Command, workspace: &Workspace, judges: &Judges, profile: Profile) -> Command {
    cargo.env("SIGNET_BINARY", workspace.server(profile));
    cargo.env("SIGNET_CARD_BRIDGE", workspace.card_bridge(profile));
    cargo.env("SIGNET_CARD_BRIDGE_PACKAGE", package::file(workspace));
    cargo.env("SIGNET_VIRTUAL_CARD", &judges.card_tools().virtual_card);
    cargo.env("SIGNET_KRYOPTIC", &judges.card_tools().kryoptic);
    cargo.env("SIGNET_JUDGES", judges.programs());
    cargo.env("SIGNET_NODE_MODULES", judges.node_modules());
    cargo.env(POSTGRES_VARIABLE, judges.postgres().url());
    // Built by the step of the npm package.
    cargo.env("SIGNET_PACKAGE", workspace.target().join("npm"));
    cargo.env("SIGNET_PACKAGE_TOOLS", judges.package_tools());
    // The step of unit tests builds them.
    cargo.env("SIGNET_EXAMPLES", workspace.target().join("debug/examples"));
    // An error names its cause in words; where in a test it arose is of no use to anyone.
    cargo.env("RUST_LIB_BACKTRACE", "0");
    cargo
}

pub(crate) fn in_browser(workspace: &Workspace, tools: &Tools, package: &[&str]) -> Command {
    let mut cargo = workspace.cargo();
    cargo.args(["test", "--locked", "--target", WASM_TARGET, "--no-fail-fast", "--package"]).args(package);
    cargo.env("PATH", tools.path());
    // In seconds; keys are made in these tests.
    cargo.env("WASM_BINDGEN_TEST_TIMEOUT", "300");
    cargo
}

fn clippy(workspace: &Workspace, what: &[&str]) -> Command {
    let mut cargo = workspace.cargo();
    cargo.args(["clippy", "--locked", "--quiet"]).args(what).args(["--", "--deny", "warnings"]);
    cargo
}

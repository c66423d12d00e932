//! The packages: what the one for Debian brings and takes away, and what the definitions for other systems say. It is installed
//! into a folder of its own, so that a bridge of the person who runs the tests stays as it is.

use std::{
    collections::BTreeSet,
    env,
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, ensure};
use tempfile::TempDir;

const SCHEME: &str = "x-scheme-handler/signet-card";
const HANDLER: &str = "signet-card-bridge-handler.desktop";
/// What stays after a removal, as an administrator may have changed it, and goes with a purge.
const SETTINGS: &str = "etc/xdg/autostart/signet-card-bridge.desktop";
/// Everything that the package brings, in the order of their names.
const FILES: [&str; 6] = [
    SETTINGS,
    "usr/bin/signet-card-bridge",
    "usr/share/applications/signet-card-bridge-handler.desktop",
    "usr/share/doc/signet-card-bridge/copyright",
    "usr/share/doc/signet-card-bridge/examples/config.toml",
    "usr/share/man/man1/signet-card-bridge.1.gz",
];

/// A system with nothing but a package database.
struct System {
    root: TempDir,
}

impl System {
    fn new() -> Result<Self> {
        let system = Self { root: tempfile::tempdir()? };
        let database = system.root.path().join("var/lib/dpkg");
        fs::create_dir_all(database.join("info"))?;
        fs::create_dir_all(database.join("updates"))?;
        fs::write(database.join("status"), "")?;
        fs::write(database.join("available"), "")?;
        Ok(system)
    }

    fn path(&self, file: &str) -> PathBuf {
        self.root.path().join(file)
    }

    /// What the package depends on is not in this system.
    fn dpkg(&self, arguments: &[&str]) -> Result<String> {
        let mut root = OsString::from("--root=");
        root.push(self.root.path());
        let forced = "--force-depends,not-root,script-chrootless,bad-path";
        output(Command::new("dpkg").arg(root).arg(forced).args(arguments))
    }

    /// All files, but those of the package database.
    fn files(&self) -> Result<BTreeSet<String>> {
        let listed =
            output(Command::new("find").arg(self.root.path()).args(["-type", "f", "-printf", "%P\n"]))?;
        Ok(listed.lines().filter(|file| !file.starts_with("var/")).map(str::to_owned).collect())
    }

    /// The program that a browser of this system would open an address of the scheme with.
    fn handler(&self) -> Result<String> {
        let applications = self.path("usr/share/applications");
        if applications.is_dir() {
            // As the trigger of desktop-file-utils does.
            output(Command::new("update-desktop-database").arg("-q").arg(&applications))?;
        }
        let mut query = Command::new("xdg-mime");
        query.args(["query", "default", SCHEME]);
        query.env("XDG_DATA_DIRS", self.path("usr/share")).env("XDG_DATA_HOME", self.path("home/data"));
        query.env("XDG_CONFIG_HOME", self.path("home/config")).env("HOME", self.path("home"));
        query.env_remove("XDG_CURRENT_DESKTOP").env_remove("DESKTOP_SESSION");
        output(&mut query)
    }
}

fn output(command: &mut Command) -> Result<String> {
    let output = command.output().with_context(|| format!("{command:?} does not run"))?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{command:?} ended with {}: {said}", output.status);
    Ok(String::from_utf8(output.stdout)?.trim().to_owned())
}

/// The package that `cargo xtask package` makes.
fn package() -> Result<String> {
    built("SIGNET_CARD_BRIDGE_PACKAGE")
}

fn built(variable: &str) -> Result<String> {
    env::var(variable)
        .with_context(|| format!("{variable} is not set: start these tests with `cargo xtask test`"))
}

fn definition(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../card-bridge/packaging").join(file)
}

#[test]
fn the_package_brings_the_bridge_and_its_scheme_and_leaves_nothing_behind() -> Result<()> {
    let system = System::new()?;
    ensure!(system.handler()?.is_empty(), "the scheme is known before");
    system.dpkg(&["--install", &package()?])?;
    let files: Vec<_> = system.files()?.into_iter().collect();
    ensure!(files == FILES, "it brought {files:?}");
    ensure!(system.handler()? == HANDLER, "the scheme opens {}", system.handler()?);
    let version = output(Command::new(system.path("usr/bin/signet-card-bridge")).arg("--version"))?;
    ensure!(version == concat!("signet-card-bridge ", env!("CARGO_PKG_VERSION")), "it is {version}");
    output(
        Command::new("desktop-file-validate").arg(system.path(&format!("usr/share/applications/{HANDLER}"))),
    )?;

    system.dpkg(&["--remove", "signet-card-bridge"])?;
    ensure!(system.handler()?.is_empty(), "the scheme is known after the removal");
    fs::remove_file(system.path("usr/share/applications/mimeinfo.cache")).ok();
    let left: Vec<_> = system.files()?.into_iter().collect();
    ensure!(left == [SETTINGS], "the removal left {left:?}");
    system.dpkg(&["--purge", "signet-card-bridge"])?;
    ensure!(system.files()?.is_empty(), "the purge left {:?}", system.files()?);
    Ok(())
}

#[test]
fn the_package_needs_what_the_program_is_linked_with_and_runs_nothing_as_root() -> Result<()> {
    let package = package()?;
    let depends = output(Command::new("dpkg-deb").args(["--field", &package, "Depends"]))?;
    for library in ["libc6", "libpcsclite1"] {
        ensure!(depends.contains(library), "{library} is missing in: {depends}");
    }
    let control = output(Command::new("dpkg-deb").args(["--info", &package]))?;
    for script in ["preinst", "postinst", "prerm", "postrm"] {
        ensure!(!control.contains(script), "there is a {script}");
    }
    // In place of a script of ours: the desktop's own package looks at the folder of the handler.
    let triggers = fs::read_to_string("/var/lib/dpkg/triggers/File")?;
    let trigger = "/usr/share/applications desktop-file-utils";
    ensure!(triggers.lines().any(|line| line.starts_with(trigger)), "no trigger in: {triggers}");
    Ok(())
}

#[test]
fn an_address_of_a_page_is_one_argument_of_the_bridge_and_no_shell_reads_it() -> Result<()> {
    let handler = fs::read_to_string(definition("debian/signet-card-bridge-handler.desktop"))?;
    ensure!(handler.lines().any(|line| line == "Exec=/usr/bin/signet-card-bridge open %u"));
    ensure!(handler.lines().any(|line| line == format!("MimeType={SCHEME};")));
    let autostart = fs::read_to_string(definition("debian/signet-card-bridge.desktop"))?;
    ensure!(autostart.lines().any(|line| line == "Hidden=true"), "it starts at each login");
    output(Command::new("desktop-file-validate").arg(definition("debian/signet-card-bridge.desktop")))?;
    Ok(())
}

#[test]
fn the_manual_page_names_every_command() -> Result<()> {
    let manual = fs::read_to_string(definition("debian/signet-card-bridge.1"))?;
    let help = output(Command::new(built("SIGNET_CARD_BRIDGE")?).arg("--help"))?;
    let (_, commands) = help.split_once("Commands:").context("the help lists no commands")?;
    let commands = commands.split("Options:").next().context("the help has a beginning")?;
    let names: Vec<_> = commands
        .lines()
        .filter_map(|line| line.split_whitespace().next())
        .filter(|name| *name != "help")
        .collect();
    ensure!(names.len() >= 8, "the help names {names:?}");
    for name in names {
        let is_named = manual
            .lines()
            .any(|line| line == format!(".B {name}") || line.starts_with(&format!(".BI {name} ")));
        ensure!(is_named, "{name} is missing");
    }
    Ok(())
}

/// Prints what a property list says under a key: its value as JSON.
const PROPERTY: &str = "import json, plistlib, sys
with open(sys.argv[1], 'rb') as file:
    print(json.dumps(plistlib.load(file)[sys.argv[2]]))";

#[test]
fn the_bundle_for_mac_os_names_the_scheme_and_may_use_cards() -> Result<()> {
    let property = |file: &str, key: &str| {
        output(Command::new("python3").args(["-c", PROPERTY]).arg(definition(file)).arg(key))
    };
    let types = property("macos/Info.plist", "CFBundleURLTypes")?;
    ensure!(types.contains(r#""CFBundleURLSchemes": ["signet-card"]"#), "it names {types}");
    let version = property("macos/Info.plist", "CFBundleShortVersionString")?;
    ensure!(version == format!("{:?}", env!("CARGO_PKG_VERSION")), "it is of version {version}");
    ensure!(property("macos/entitlements.plist", "com.apple.security.smartcard")? == "true");
    let script = fs::read_to_string(definition("macos/open-location.applescript"))?;
    ensure!(script.contains("quoted form of theAddress"), "a shell reads the address");
    Ok(())
}

/// Prints the values of the registry that a package for Windows sets, a line each.
const REGISTRY: &str = "import sys, xml.etree.ElementTree as tree
def walk(element, key):
    key = key + '\\\\' + element.get('Key', '') if element.tag.endswith('RegistryKey') else key
    if element.tag.endswith('RegistryValue'):
        print(key, element.get('Name', ''), element.get('Value'), sep='|')
    for child in element:
        walk(child, key)
walk(tree.parse(sys.argv[1]).getroot(), '')";

#[test]
fn the_package_for_windows_registers_the_scheme_with_the_address_as_one_argument() -> Result<()> {
    let registry = output(
        Command::new("python3").args(["-c", REGISTRY]).arg(definition("windows/signet-card-bridge.wxs")),
    )?;
    let values: Vec<_> = registry.lines().collect();
    ensure!(
        values
            == [
                r"\Software\Classes\signet-card||URL:Signet card bridge",
                r"\Software\Classes\signet-card|URL Protocol|",
                r#"\Software\Classes\signet-card\shell\open\command||"[#Binary]" open "%1""#,
            ],
        "it sets {values:?}"
    );
    Ok(())
}

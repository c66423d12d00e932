//! What the tests need beside Rust: a browser, and the programs of others that judge what we make.
//!
//! Debian packages are installed where this person may; the Python packages go into a folder of their own.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, bail};

use crate::{
    card_tools::CardTools,
    command::{self, announce, on_path},
    node_modules,
    postgres::{self, Postgres},
    tools,
    workspace::Workspace,
};

/// Programs that must be on PATH, and the Debian package of each.
const PROGRAMS: &[(&str, &str)] = &[
    ("chromium", "chromium"),
    ("chromedriver", "chromium-driver"),
    ("openssl", "openssl"),
    ("certutil", "libnss3-tools"),
    ("pk12util", "libnss3-tools"),
    ("keytool", "default-jre-headless"),
    // It also runs a program from its source.
    ("javac", "default-jdk-headless"),
    ("python3", "python3"),
    ("thunderbird", "thunderbird"),
    ("certtool", "gnutls-bin"),
    ("gpgsm", "gpgsm"),
    ("gpg-agent", "gpg-agent"),
    ("gpgconf", "gpgconf"),
    ("go", "golang-go"),
    ("node", "nodejs"),
    // Cards: tokens, windows that ask for a PIN, and a screen for them.
    ("softhsm2-util", "softhsm2"),
    ("pkcs11-tool", "opensc"),
    ("pinentry-gtk-2", "pinentry-gtk2"),
    ("pinentry-qt", "pinentry-qt"),
    ("zenity", "zenity"),
    ("kdialog", "kdialog"),
    ("Xvfb", "xvfb"),
    ("xdotool", "xdotool"),
    ("update-desktop-database", "desktop-file-utils"),
    ("xdg-mime", "xdg-utils"),
    ("ss", "iproute2"),
    ("dpkg-shlibdeps", "dpkg-dev"),
    ("pkg-config", "pkg-config"),
];

/// Libraries that must be installed, by a file or folder, and the Debian package of each.
const LIBRARIES: &[(&str, &str)] = &[
    ("/usr/share/java/bcprov.jar", "libbcprov-java"),
    ("/usr/share/gocode/src/golang.org/x/crypto/pkcs12", "golang-golang-x-crypto-dev"),
    ("/usr/share/gocode/src/software.sslmate.com/src/go-pkcs12", "golang-sslmate-src-go-pkcs12-dev"),
    // The folder with the libraries themselves is called after the machine.
    ("/usr/share/doc/opensc-pkcs11", "opensc-pkcs11"),
    ("/usr/share/doc/libengine-pkcs11-openssl", "libengine-pkcs11-openssl"),
    ("/usr/sbin/pcscd", "pcscd"),
    ("/etc/reader.conf.d/vpcd", "vsmartcard-vpcd"),
    // Servers with a clock of their own.
    ("/usr/share/doc/libfaketime", "libfaketime"),
    // The bridge is compiled with the first, the tokens of its tests with the others.
    ("/usr/share/doc/libpcsclite-dev", "libpcsclite-dev"),
    ("/usr/share/doc/libssl-dev", "libssl-dev"),
    ("/usr/share/doc/libclang-dev", "libclang-dev"),
];

/// The judges that are packages of Python and of npm, the mail server of the tests, a database server of their own, and
/// what stands in for cards.
#[derive(Debug)]
pub(crate) struct Judges {
    python: PathBuf,
    node: PathBuf,
    package_tools: PathBuf,
    card_tools: CardTools,
    postgres: Postgres,
}

impl Judges {
    /// The folder with the judges' programs.
    pub(crate) fn programs(&self) -> PathBuf {
        self.python.join("bin")
    }

    /// The folder that has `node_modules` in it.
    pub(crate) fn node_modules(&self) -> &Path {
        &self.node
    }

    /// The folder with the bundlers and the judges of packages, in its `node_modules`.
    pub(crate) fn package_tools(&self) -> &Path {
        &self.package_tools
    }

    /// What stands in for cards.
    pub(crate) fn card_tools(&self) -> &CardTools {
        &self.card_tools
    }

    /// A PostgreSQL that runs as long as this value lives.
    pub(crate) fn postgres(&self) -> &Postgres {
        &self.postgres
    }
}

/// Installs whatever is missing, and starts a database server.
///
/// # Errors
/// When something is missing and this person may not install it: a test is never skipped for that.
pub(crate) fn ensure(workspace: &Workspace) -> anyhow::Result<Judges> {
    ensure_debian_packages()?;
    let python = ensure_python_packages(workspace)?;
    let node = node_modules::ensure(workspace, "tests/judges/importers", "importers")?;
    let package_tools = node_modules::ensure(workspace, "tests/tests/package/npm", "package-tests")?;
    let card_tools = CardTools::ensure(workspace)?;
    let postgres = Postgres::start()?;
    Ok(Judges { python, node, package_tools, card_tools, postgres })
}

/// The folder with the programs that are Python packages, installed when they are not there.
///
/// # Errors
/// When they cannot be installed.
pub(crate) fn python_programs(workspace: &Workspace) -> anyhow::Result<PathBuf> {
    Ok(ensure_python_packages(workspace)?.join("bin"))
}

fn ensure_debian_packages() -> anyhow::Result<()> {
    let mut missing: Vec<&str> = PROGRAMS
        .iter()
        .filter(|(program, _)| on_path(program).is_none())
        .map(|(_, package)| *package)
        .collect();
    missing
        .extend(LIBRARIES.iter().filter(|(path, _)| !Path::new(path).exists()).map(|(_, package)| *package));
    // Debian's python3 comes without the parts that make a virtual environment.
    if command::output(Command::new("python3").args(["-c", "import ensurepip, venv"])).is_none() {
        missing.push("python3-venv");
    }
    if postgres::programs().is_none() {
        missing.push("postgresql");
    }
    missing.dedup();
    if missing.is_empty() {
        return Ok(());
    }
    announce(&format!("Installing Debian packages that the tests need: {}", missing.join(" ")));
    let by_hand = format!("install them by hand: apt-get install {}", missing.join(" "));
    let mut prefix =
        privilege().with_context(|| format!("this person may not install packages; {by_hand}"))?;
    prefix.push("apt-get");
    command::run(apt(&prefix).arg("update").arg("--quiet"))?;
    command::run(apt(&prefix).args(["install", "--yes", "--no-install-recommends"]).args(&missing))
        .with_context(|| by_hand)
}

/// What to put in front of a command that only the administrator may run; an error where nothing helps.
fn privilege() -> anyhow::Result<Vec<&'static str>> {
    if on_path("apt-get").is_none() {
        bail!("there is no apt-get on this machine");
    }
    if command::output(Command::new("id").arg("-u")).as_deref() == Some("0") {
        return Ok(Vec::new());
    }
    command::output(Command::new("sudo").args(["--non-interactive", "true"]))
        .context("sudo asks for a password")?;
    Ok(vec!["sudo", "--non-interactive", "--preserve-env=DEBIAN_FRONTEND"])
}

fn apt(words: &[&str]) -> Command {
    let mut command = Command::new(words.first().unwrap_or(&"apt-get"));
    command.args(words.iter().skip(1)).env("DEBIAN_FRONTEND", "noninteractive");
    command
}

/// The folder of the virtual environment.
fn ensure_python_packages(workspace: &Workspace) -> anyhow::Result<PathBuf> {
    let requirements = workspace.root().join("tests/judges/requirements.txt");
    let wanted = fs::read_to_string(&requirements).context("cannot read tests/judges/requirements.txt")?;
    let folder = tools::cache_folder()?.join("tools/judges");
    let stamp = folder.join("requirements.txt");
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(folder);
    }
    announce(&format!("Installing the judges' Python packages into {} (about a minute)", folder.display()));
    install_python_packages(&folder, &requirements)?;
    fs::write(&stamp, wanted).with_context(|| format!("cannot write {}", stamp.display()))?;
    Ok(folder)
}

fn install_python_packages(folder: &Path, requirements: &Path) -> anyhow::Result<()> {
    command::run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(folder))?;
    command::run(
        Command::new(folder.join("bin/python"))
            .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement"])
            .arg(requirements),
    )
}

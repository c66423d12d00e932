//! The programs that take a PFX, each asked in its own way.

use std::{fs, path::Path, process::Command};

use anyhow::{Context, ensure};
use tests::judges;

use crate::{
    command_line::{self, Nss},
    files::WHOLE_CHAIN,
    question::{Answer, Question, ask, ask_all, ensure_files, script},
};

/// Thunderbird brings an NSS of its own, newer than the system's.
const THUNDERBIRD_LIBRARIES: &str = "/usr/lib/thunderbird";
/// Where Debian puts Java's libraries.
const JAVA_LIBRARIES: &str = "/usr/share/java";
/// Where Debian puts Go's libraries.
const GO_LIBRARIES: &str = "/usr/share/gocode";

/// A program that takes a PFX.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Importer {
    OpenSsl,
    Nss,
    ThunderbirdNss,
    Thunderbird,
    GnuTls,
    Java,
    BouncyCastle,
    Cryptography,
    NodeTls,
    NodeForge,
    Gpgsm,
    GoFrozen,
    GoPkcs12,
}

impl Importer {
    pub(crate) const ALL: [Self; 13] = [
        Self::OpenSsl,
        Self::Nss,
        Self::ThunderbirdNss,
        Self::Thunderbird,
        Self::GnuTls,
        Self::Java,
        Self::BouncyCastle,
        Self::Cryptography,
        Self::NodeTls,
        Self::NodeForge,
        Self::Gpgsm,
        Self::GoFrozen,
        Self::GoPkcs12,
    ];

    /// Its name in the table of refusals.
    pub(crate) fn id(self) -> &'static str {
        match self {
            Self::OpenSsl => "openssl",
            Self::Nss => "nss",
            Self::ThunderbirdNss => "thunderbird-nss",
            Self::Thunderbird => "thunderbird",
            Self::GnuTls => "gnutls",
            Self::Java => "java",
            Self::BouncyCastle => "bouncy-castle",
            Self::Cryptography => "cryptography",
            Self::NodeTls => "node-tls",
            Self::NodeForge => "node-forge",
            Self::Gpgsm => "gpgsm",
            Self::GoFrozen => "go-x-crypto",
            Self::GoPkcs12 => "go-pkcs12",
        }
    }

    /// Its name for people.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::OpenSsl => "OpenSSL",
            Self::Nss => "NSS of the system (`pk12util`)",
            Self::ThunderbirdNss => "NSS of Thunderbird (`pk12util`)",
            Self::Thunderbird => "Thunderbird itself",
            Self::GnuTls => "GnuTLS (`certtool`)",
            Self::Java => "Java (`keytool`)",
            Self::BouncyCastle => "Bouncy Castle",
            Self::Cryptography => "Python `cryptography`",
            Self::NodeTls => "Node.js TLS",
            Self::NodeForge => "node-forge",
            Self::Gpgsm => "GnuPG, Kleopatra (`gpgsm`)",
            Self::GoFrozen => "Go `x/crypto/pkcs12`",
            Self::GoPkcs12 => "Go `go-pkcs12`",
        }
    }

    /// Has it open each file, all in one run where it is a library.
    ///
    /// # Errors
    /// When it is not there, or does not answer: a refusal is an answer.
    pub(crate) fn open(self, questions: &[Question]) -> anyhow::Result<Vec<Answer>> {
        ensure_files(questions)?;
        let one_by_one = |open: &dyn Fn(&Question) -> anyhow::Result<Answer>| -> anyhow::Result<Vec<Answer>> {
            let named = |question| open(question).with_context(|| format!("{question:?}"));
            questions.iter().map(named).collect()
        };
        match self {
            Self::OpenSsl => one_by_one(&command_line::openssl),
            Self::Nss | Self::ThunderbirdNss => {
                let nss = Nss::new(self.libraries())?;
                one_by_one(&|question| nss.open(question))
            }
            Self::GnuTls => one_by_one(&command_line::certtool),
            Self::Gpgsm => one_by_one(&command_line::gpgsm),
            Self::Thunderbird => ask_all(&mut python("thunderbird.py")?, questions),
            Self::Cryptography => ask_all(&mut python("pyca.py")?, questions),
            Self::Java => ask_all(Command::new("java").arg(script("KeyStores.java")), questions),
            Self::BouncyCastle => ask_all(&mut bouncy_castle(), questions),
            Self::NodeTls => ask_all(Command::new("node").arg(script("node_tls.mjs")), questions),
            Self::NodeForge => ask_all(Command::new("node").arg(script("node_forge.mjs")), questions),
            Self::GoFrozen => go(&[], questions),
            Self::GoPkcs12 => go(&["sslmate"], questions),
        }
    }

    /// Its version, as it says it itself: numbers with dots between.
    ///
    /// # Errors
    /// When it is not there.
    pub(crate) fn version(self) -> anyhow::Result<String> {
        let said = match self {
            Self::OpenSsl => ask("openssl", ["version"])?,
            Self::Nss | Self::ThunderbirdNss => return nss_version(self.libraries()),
            Self::Thunderbird => ask("thunderbird", ["--version"])?,
            Self::GnuTls => ask("certtool", ["--version"])?,
            Self::Java => ask("java", ["--version"])?,
            Self::BouncyCastle => {
                let library = fs::canonicalize(Path::new(JAVA_LIBRARIES).join("bcprov.jar"))?;
                return numbers(&library.with_extension("").to_string_lossy());
            }
            Self::Cryptography => ask(
                judges::program("python")?,
                ["-c", "import cryptography; print(cryptography.__version__)"].map(AsRef::<str>::as_ref),
            )?,
            Self::NodeTls => ask("node", ["--version"])?,
            Self::NodeForge => {
                let packages = fs::read_to_string(script("package.json"))?;
                let forge = packages.lines().find(|line| line.contains("node-forge"));
                return numbers(forge.context("package.json does not name node-forge")?);
            }
            Self::Gpgsm => ask("gpgsm", ["--version"])?,
            Self::GoFrozen => return debian_version("golang-golang-x-crypto-dev"),
            Self::GoPkcs12 => return debian_version("golang-sslmate-src-go-pkcs12-dev"),
        };
        numbers(&said.expect_success(self.name())?)
    }

    /// How it shows a friendly name.
    pub(crate) fn shown(self, friendly_name: &str) -> String {
        let beyond_ucs_2 = friendly_name.chars().any(|character| character > '\u{FFFF}');
        match self {
            // It keeps its aliases in lower case.
            Self::Java => friendly_name.to_lowercase(),
            // It leaves such a name away.
            Self::Cryptography if beyond_ucs_2 => String::new(),
            _ => friendly_name.to_owned(),
        }
    }

    /// Whether it can be asked to write a PFX with such a key.
    pub(crate) fn writes(self, key: &str) -> bool {
        match self {
            Self::Nss
            | Self::ThunderbirdNss
            | Self::Thunderbird
            | Self::Java
            | Self::BouncyCastle
            | Self::Cryptography
            | Self::GoPkcs12 => true,
            Self::NodeForge | Self::Gpgsm => key.starts_with("rsa"),
            // These two are asked with more care in `foreign`, or have no writer.
            Self::OpenSsl | Self::GnuTls | Self::NodeTls | Self::GoFrozen => false,
        }
    }

    /// Whether what it writes under this password can be opened by anybody else.
    pub(crate) fn writes_under(self, password: &str) -> bool {
        match self {
            // It mistakes the bytes of a password in PBES2, where it writes as where it reads.
            Self::NodeForge => password.is_ascii(),
            _ => true,
        }
    }

    /// How many certificates it writes above the key's own.
    pub(crate) fn exported_chain(self) -> usize {
        if self == Self::Gpgsm { 0 } else { WHOLE_CHAIN }
    }

    fn libraries(self) -> Option<&'static str> {
        (self == Self::ThunderbirdNss).then_some(THUNDERBIRD_LIBRARIES)
    }
}

fn python(name: &str) -> anyhow::Result<Command> {
    let mut command = Command::new(judges::program("python")?);
    command.arg(script(name));
    Ok(command)
}

fn bouncy_castle() -> Command {
    let mut command = Command::new("java");
    command
        .arg("-cp")
        .arg(Path::new(JAVA_LIBRARIES).join("bcprov.jar"))
        .arg(script("KeyStores.java"))
        .arg("BC");
    command
}

/// Debian's Go libraries are found without modules, so without a network.
fn go(arguments: &[&str], questions: &[Question]) -> anyhow::Result<Vec<Answer>> {
    let mut command = Command::new("go");
    command.arg("run").arg(script("open_pfx.go")).args(arguments);
    ask_all(command.env("GO111MODULE", "off").env("GOPATH", GO_LIBRARIES).env("GOFLAGS", ""), questions)
}

/// The version of a library that has no program to ask.
fn debian_version(package: &str) -> anyhow::Result<String> {
    let said = ask("dpkg-query", ["--show", "--showformat=${source:Upstream-Version}", package])?;
    said.expect_success("dpkg-query")
}

/// NSS has no option for it, but its library says it.
fn nss_version(libraries: Option<&str>) -> anyhow::Result<String> {
    const MARK: &[u8] = b"Version: NSS ";
    let library = command_line::library("pk12util", "libnss3.so", libraries)?;
    ensure!(
        libraries.is_none_or(|folder| library.starts_with(folder)),
        "pk12util takes {} instead of Thunderbird's",
        library.display()
    );
    let bytes = fs::read(&library)?;
    let place =
        bytes.windows(MARK.len()).position(|window| window == MARK).context("no version in libnss3")?;
    let version = bytes.iter().skip(place + MARK.len()).take_while(|byte| byte.is_ascii_graphic());
    Ok(version.map(|byte| char::from(*byte)).collect())
}

/// The first word of numbers with dots between.
fn numbers(text: &str) -> anyhow::Result<String> {
    let mut words = text.split(|character: char| !(character.is_ascii_digit() || character == '.'));
    let version =
        words.find(|word| word.contains('.') && word.starts_with(|first: char| first.is_ascii_digit()));
    Ok(version.with_context(|| format!("no version in {text:?}"))?.trim_end_matches('.').to_owned())
}

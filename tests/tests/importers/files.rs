//! The PFX files that the importers are asked about.

use std::{
    collections::BTreeMap,
    env, fs,
    path::{Path, PathBuf},
    process::Command,
    sync::OnceLock,
};

use anyhow::{Context, anyhow, ensure};
use base64::{Engine, engine::general_purpose::STANDARD};

use crate::{
    foreign::Foreign,
    forgery::{self, Forgery},
    importer::Importer,
    question::{Question, ask, run},
};

/// By the ids of `KeyAlgorithm`.
pub(crate) const KEYS: [&str; 5] = ["rsa-2048", "rsa-3072", "rsa-4096", "p-256", "p-384"];
/// By the ids of `Preset`.
pub(crate) const PRESETS: [&str; 3] = ["modern", "compatible", "pbmac1"];
/// One of each kind: for what need not be tried with every key.
pub(crate) const FEW_KEYS: [&str; 2] = ["rsa-2048", "p-256"];

pub(crate) const WORDS: Password = Password { id: "words", text: "oak river lamp moss fern cloud" };
const SPACES: Password = Password { id: "spaces", text: "amber  lantern   river" };
const LONG: Password = Password {
    id: "64-characters",
    text: "correct-Horse_battery.staple:0123456789/ABCDEFGHIJKLMNOPQRSTUVWX",
};
const QUOTES: Password = Password { id: "quotes", text: r#"it's "oak" \ $HOME `x` %s"# };
/// All letters are in ISO 8859-1, whose bytes are UTF-16 with a zero before each.
const GERMAN: Password = Password { id: "german", text: "Größe äöü, Übermaß" };
pub(crate) const POLISH: Password = Password { id: "polish", text: "Zażółć gęślą jaźń" };
const GREEK: Password = Password { id: "greek", text: "Καλημέρα κόσμε" };
/// Outside the Basic Multilingual Plane: two units of UTF-16 each.
pub(crate) const EMOJI: Password = Password { id: "emoji", text: "lantern 🦊 river 🔑" };
const ASCII_PASSWORDS: [Password; 4] = [WORDS, SPACES, LONG, QUOTES];
/// Those that Signet warns of, because of what importers make of them.
pub(crate) const OTHER_PASSWORDS: [Password; 4] = [GERMAN, POLISH, GREEK, EMOJI];

pub(crate) const MAILBOX: &str = "anna.nowak@example.com";
/// Friendly names; the last has a character outside the Basic Multilingual Plane.
const NAMES: [(&str, &str); 3] =
    [("polish", "Zażółć gęślą jaźń"), ("greek", "Καλημέρα κόσμε"), ("emoji", "Anna 🦊 Nowak")];
/// The issuing CA's and the root's certificate.
pub(crate) const WHOLE_CHAIN: usize = 2;

/// A password, by its id in the table of refusals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Password {
    pub(crate) id: &'static str,
    pub(crate) text: &'static str,
}

/// A PFX that an importer either opens or refuses for a known reason.
#[derive(Clone, Debug)]
pub(crate) struct Case {
    pub(crate) file: String,
    pub(crate) key: &'static str,
    pub(crate) preset: &'static str,
    pub(crate) password: Password,
    /// How many certificates stand above the key's own.
    pub(crate) chain: usize,
    pub(crate) friendly_name: &'static str,
}

/// All that files are written under.
pub(crate) fn passwords() -> impl Iterator<Item = Password> {
    ASCII_PASSWORDS.into_iter().chain(OTHER_PASSWORDS)
}

/// All cases: every key with every preset and every password, then names and chains.
fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    let case = |key, preset, password: Password, name: (&str, &'static str), chain| Case {
        file: format!("{key} {preset} {}{}.p12", password.id, name.0),
        key,
        preset,
        password,
        chain,
        friendly_name: name.1,
    };
    for preset in PRESETS {
        let ascii = KEYS.iter().flat_map(|key| ASCII_PASSWORDS.map(|password| (*key, password)));
        let other = FEW_KEYS.iter().flat_map(|key| OTHER_PASSWORDS.map(|password| (*key, password)));
        for (key, password) in ascii.chain(other) {
            cases.push(case(key, preset, password, ("", MAILBOX), WHOLE_CHAIN));
        }
        for key in FEW_KEYS {
            for chain in 0..WHOLE_CHAIN {
                let label = format!(" chain {chain}");
                cases.push(case(key, preset, WORDS, (&label, MAILBOX), chain));
            }
        }
        for (id, name) in NAMES {
            let label = format!(" name {id}");
            cases.push(case("rsa-2048", preset, WORDS, (&label, name), WHOLE_CHAIN));
        }
    }
    cases
}

/// The written files.
#[derive(Debug)]
pub(crate) struct Files {
    folder: PathBuf,
    pub(crate) cases: Vec<Case>,
    pub(crate) forgeries: Vec<Forgery>,
    /// The certificates of each key as Base64 of DER, its own first.
    certificates: BTreeMap<&'static str, Vec<String>>,
}

impl Files {
    /// The files, written once for all tests.
    ///
    /// # Errors
    /// When they cannot be written.
    pub(crate) fn written() -> anyhow::Result<&'static Self> {
        static FILES: OnceLock<Result<Files, String>> = OnceLock::new();
        let files = FILES.get_or_init(|| Self::write().map_err(|error| format!("{error:#}")));
        files.as_ref().map_err(|error| anyhow!("the files could not be written: {error}"))
    }

    fn write() -> anyhow::Result<Self> {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("importers");
        if folder.exists() {
            fs::remove_dir_all(&folder)?;
        }
        fs::create_dir_all(&folder)?;
        let mut files = Self { folder, cases: cases(), forgeries: Vec::new(), certificates: BTreeMap::new() };
        files.write_cases()?;
        for key in KEYS {
            let read = |number| fs::read(files.folder.join(format!("{key}.{number}.cer")));
            let certificates = (0..=WHOLE_CHAIN).map(read).collect::<Result<Vec<_>, _>>()?;
            files.certificates.insert(key, certificates.iter().map(|der| STANDARD.encode(der)).collect());
        }
        files.forgeries = forgery::forge(&files)?;
        Ok(files)
    }

    fn write_cases(&self) -> anyhow::Result<()> {
        let line = |case: &Case| {
            let Case { file, key, preset, password, chain, friendly_name } = case;
            format!("{file}\t{key}\t{preset}\t{chain}\t{friendly_name}\t{}\n", password.text)
        };
        let plan: String = self.cases.iter().map(line).collect();
        let said = run(Command::new(example("write_pfx")?).arg(&self.folder), &plan)?;
        said.expect_success("write_pfx").map(drop)
    }

    /// The private key and its certificates as a PEM file, taken out of a file of Signet's by OpenSSL.
    ///
    /// # Errors
    /// When OpenSSL does not open it.
    pub(crate) fn content(&self, key: &str) -> anyhow::Result<PathBuf> {
        let content = self.path(&format!("{key}.pem"));
        if !content.exists() {
            let file = self.path(&format!("{key} modern {}.p12", WORDS.id));
            let (file, password) = (file.to_string_lossy(), format!("pass:{}", WORDS.text));
            let said = ask("openssl", ["pkcs12", "-in", &file, "-passin", &password, "-nodes"])?;
            fs::write(&content, said.expect_success("openssl pkcs12")?)?;
        }
        Ok(content)
    }

    pub(crate) fn path(&self, file: &str) -> PathBuf {
        self.folder.join(file)
    }

    /// What an importer is asked about a case; of the files that a program can write again it is asked that too.
    pub(crate) fn question_for(&self, importer: Importer, case: &Case) -> Question {
        let again = written_again(importer).contains(&case.file);
        Question {
            file: self.path(&case.file),
            password: case.password.text.to_owned(),
            export: again.then(|| self.export_path(importer, &case.file)),
        }
    }

    fn export_path(&self, importer: Importer, file: &str) -> PathBuf {
        self.path(&format!("{} {file}", importer.id()))
    }

    /// What this program has written, for Signet's reader: of all that it can open, as `opens` says.
    pub(crate) fn exports_of(&self, importer: Importer, opens: impl Fn(&Case) -> bool) -> Vec<Foreign> {
        let again = written_again(importer);
        let cases = self.cases.iter().filter(|case| again.contains(&case.file) && opens(case));
        cases
            .map(|case| Foreign {
                file: self.export_path(importer, &case.file),
                password: case.password.text,
                certificates: self.certificates(case.key, importer.exported_chain()).to_vec(),
                refused: None,
            })
            .collect()
    }

    /// The certificates that must come out of a file with this key and so many above its own.
    pub(crate) fn certificates(&self, key: &str, chain: usize) -> &[String] {
        let all = self.certificates.get(key).map(Vec::as_slice).unwrap_or_default();
        all.get(..=chain).unwrap_or(all)
    }
}

/// The files that this program writes again in its own way.
fn written_again(importer: Importer) -> Vec<String> {
    let keys = FEW_KEYS.iter().filter(|key| importer.writes(key));
    let passwords =
        [WORDS, POLISH, EMOJI].into_iter().filter(|password| importer.writes_under(password.text));
    let passwords: Vec<_> = passwords.collect();
    // Of the presets the one that every importer opens.
    let file = |key, password: &Password| format!("{key} compatible {}.p12", password.id);
    keys.flat_map(|key| passwords.iter().map(move |password| file(key, password))).collect()
}

/// A program of `wasm-crypto/examples`, which `cargo xtask test` has built.
///
/// # Errors
/// When the tests were started in another way, or it was not built.
pub(crate) fn example(name: &str) -> anyhow::Result<PathBuf> {
    let folder = env::var_os("SIGNET_EXAMPLES")
        .context("SIGNET_EXAMPLES is not set: start these tests with `cargo xtask test`")?;
    let file = PathBuf::from(folder).join(name);
    ensure!(file.is_file(), "{} is not there: `cargo xtask test` builds it", file.display());
    Ok(file)
}

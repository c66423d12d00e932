//! The other direction: PFX files that other programs write, and Signet's reader.

use std::{collections::BTreeSet, fs, path::PathBuf, process::Command};

use anyhow::{Result, ensure};

use crate::{
    files::{Files, OTHER_PASSWORDS, Password, WHOLE_CHAIN, WORDS, example},
    pem,
    question::{Answer, Question, ask_all, run, script},
};

/// What a variant is called, its options, and why it is refused.
type Variant = (&'static str, &'static [&'static str], Option<&'static str>);

/// What OpenSSL is asked to write.
const OPENSSL_VARIANTS: [Variant; 9] = [
    ("as it comes", &[], None),
    ("legacy", &["-legacy"], None),
    ("AES-128 SHA-384", &["-keypbe", "AES-128-CBC", "-certpbe", "AES-128-CBC", "-macalg", "SHA384"], None),
    ("AES-192 SHA-512", &["-keypbe", "AES-192-CBC", "-certpbe", "AES-192-CBC", "-macalg", "SHA512"], None),
    ("3DES SHA-256", &["-keypbe", "PBE-SHA1-3DES", "-certpbe", "PBE-SHA1-3DES", "-macalg", "SHA256"], None),
    ("no MAC", &["-nomac"], None),
    ("plain certificates", &["-certpbe", "NONE"], None),
    ("plain key", &["-keypbe", "NONE"], None),
    ("RC4", &["-legacy", "-keypbe", "PBE-SHA1-RC4-128", "-certpbe", "PBE-SHA1-RC4-128"], Some("RC4")),
];

/// How many of them, the first ones, are written under passwords that are not ASCII too: the derivations of PBES2 and of
/// PKCS #12 are in them.
const OPENSSL_VARIANTS_UNDER_OTHER_PASSWORDS: usize = 2;

/// The ciphers that certtool is asked for, and why a file is refused.
const CERTTOOL_CIPHERS: [(&str, Option<&str>); 5] =
    [("aes-128", None), ("aes-256", None), ("3des-pkcs12", None), ("rc2-40", None), ("arcfour", Some("RC4"))];

/// The key of these files.
const KEY: &str = "rsa-2048";

/// A PFX that another program has written.
#[derive(Clone, Debug)]
pub(crate) struct Foreign {
    pub(crate) file: PathBuf,
    pub(crate) password: &'static str,
    /// Base64 of DER.
    pub(crate) certificates: Vec<String>,
    /// Part of the reader's reason, where it is not to open it.
    pub(crate) refused: Option<&'static str>,
}

/// What Signet's reader makes of these files that it should not.
///
/// # Errors
/// When the reader does not answer.
pub(crate) fn differences(foreign: &[Foreign]) -> Result<Vec<String>> {
    let (written, missing): (Vec<_>, Vec<_>) = foreign.iter().partition(|foreign| foreign.file.is_file());
    let mut differences: Vec<String> =
        missing.iter().map(|foreign| format!("{} was not written", foreign.file.display())).collect();
    let question = |foreign: &&Foreign| Question {
        file: foreign.file.clone(),
        password: foreign.password.to_owned(),
        export: None,
    };
    let questions: Vec<_> = written.iter().map(question).collect();
    let answers = ask_all(&mut Command::new(example("read_pfx")?), &questions)?;
    for (foreign, answer) in written.iter().zip(answers) {
        let what = difference(foreign, &answer);
        differences.extend(what.map(|what| format!("{} in Signet's reader: {what}", foreign.file.display())));
    }
    Ok(differences)
}

fn difference(foreign: &Foreign, answer: &Answer) -> Option<String> {
    let opened = match (answer, foreign.refused) {
        (Answer::Opened(opened), None) => opened,
        (Answer::Opened(_), Some(_)) => return Some("opened, and should not".to_owned()),
        (Answer::Refused { refused }, None) => return Some(format!("refused: {refused}")),
        (Answer::Refused { refused }, Some(words)) => {
            return (!refused.contains(words)).then(|| format!("refused, but not with {words:?}: {refused}"));
        }
    };
    if !opened.key_fits {
        return Some("the key is not the certificate's".to_owned());
    }
    let came_out: BTreeSet<_> = opened.certificates.iter().collect();
    let inside: BTreeSet<_> = foreign.certificates.iter().collect();
    (came_out != inside)
        .then(|| format!("{} certificates came out, {} are inside", came_out.len(), inside.len()))
}

/// A file that is to be written with the key and its whole chain.
fn planned(files: &Files, program: &str, variant: &str, password: Password) -> Foreign {
    Foreign {
        file: files.path(&format!("{program} {variant} {}.p12", password.id)),
        password: password.text,
        certificates: files.certificates(KEY, WHOLE_CHAIN).to_vec(),
        refused: None,
    }
}

/// The kinds of files that Signet's reader opens, and those that it refuses.
pub(crate) fn kinds() -> (Vec<String>, Vec<String>) {
    let openssl = OPENSSL_VARIANTS.map(|(variant, _, refused)| (format!("OpenSSL, {variant}"), refused));
    let certtool = CERTTOOL_CIPHERS.map(|(cipher, refused)| (format!("certtool, {cipher}"), refused));
    let (opened, refused): (Vec<_>, Vec<_>) =
        openssl.into_iter().chain(certtool).partition(|(_, refused)| refused.is_none());
    let [opened, refused] = [opened, refused].map(|kinds| kinds.into_iter().map(|(kind, _)| kind).collect());
    (opened, refused)
}

fn nothing(differences: &[String]) -> Result<()> {
    ensure!(differences.is_empty(), "{}", differences.join("\n"));
    Ok(())
}

#[test]
fn signet_opens_what_openssl_writes() -> Result<()> {
    let files = Files::written()?;
    let content = files.content(KEY)?;
    let mut written = Vec::new();
    let under_words = OPENSSL_VARIANTS.iter().map(|variant| (variant, WORDS));
    let under_others = OPENSSL_VARIANTS.iter().take(OPENSSL_VARIANTS_UNDER_OTHER_PASSWORDS);
    let under_others = under_others.flat_map(|variant| OTHER_PASSWORDS.map(|password| (variant, password)));
    for ((variant, options, refused), password) in under_words.chain(under_others) {
        let foreign = Foreign { refused: *refused, ..planned(files, "openssl", variant, password) };
        let mut openssl = Command::new("openssl");
        openssl.args(["pkcs12", "-export", "-passout", &format!("pass:{}", foreign.password)]).args(*options);
        openssl.arg("-in").arg(&content).arg("-out").arg(&foreign.file);
        run(&mut openssl, "")?.expect_success("openssl pkcs12 -export")?;
        written.push(foreign);
    }
    nothing(&differences(&written)?)
}

#[test]
fn signet_opens_what_certtool_writes() -> Result<()> {
    let files = Files::written()?;
    let content = fs::read_to_string(files.content(KEY)?)?;
    for label in ["PRIVATE KEY", "CERTIFICATE"] {
        let file = files.path(&format!("certtool {label}.pem"));
        fs::write(file, pem::blocks(&content, label).concat())?;
    }
    let mut written = Vec::new();
    for (cipher, refused) in CERTTOOL_CIPHERS {
        let foreign = Foreign { refused, ..planned(files, "certtool", cipher, WORDS) };
        let mut certtool = Command::new("certtool");
        certtool.args(["--to-p12", "--outder", "--p12-name", "anna", "--password", foreign.password]);
        certtool.args(["--pkcs-cipher", cipher, "--outfile"]).arg(&foreign.file);
        certtool.arg("--load-privkey").arg(files.path("certtool PRIVATE KEY.pem"));
        certtool.arg("--load-certificate").arg(files.path("certtool CERTIFICATE.pem"));
        run(&mut certtool, "")?.expect_success("certtool --to-p12")?;
        written.push(foreign);
    }
    nothing(&differences(&written)?)
}

#[test]
fn signet_opens_what_java_wrote_before_its_release_16() -> Result<()> {
    let files = Files::written()?;
    let foreign = planned(files, "java", "legacy", WORDS);
    let question = Question {
        file: files.path(&format!("{KEY} modern {}.p12", WORDS.id)),
        password: WORDS.text.to_owned(),
        export: Some(foreign.file.clone()),
    };
    ask_all(Command::new("java").arg("-Dkeystore.pkcs12.legacy").arg(script("KeyStores.java")), &[question])?;
    nothing(&differences(&[foreign])?)
}

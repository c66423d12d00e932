//! The importers that are programs of a command line, one run a file: OpenSSL, NSS, GnuTLS, gpgsm.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, ensure};
use tempfile::TempDir;

use crate::{
    pem,
    question::{Answer, Opened, Question, Said, ask, run},
};

/// `openssl pkcs12`.
///
/// # Errors
/// When it does not run, or its output cannot be read.
pub(crate) fn openssl(question: &Question) -> anyhow::Result<Answer> {
    let (file, password) = (question.file.to_string_lossy(), format!("pass:{}", question.password));
    let said = ask("openssl", ["pkcs12", "-in", &file, "-passin", &password, "-nodes"])?;
    if !said.success {
        return Ok(Answer::refused(said.errors));
    }
    Ok(Answer::Opened(pem::opened(&said.output, None)?))
}

/// `certtool`, which shows the key of a PFX only as it stands in it: it decrypts it in a second run.
///
/// # Errors
/// When it does not run, or its output cannot be read.
pub(crate) fn certtool(question: &Question) -> anyhow::Result<Answer> {
    let (file, password) = (question.file.to_string_lossy(), question.password.as_str());
    let said = ask("certtool", ["--inder", "--infile", &file, "--password", password, "--p12-info"])?;
    if !said.success {
        return Ok(Answer::refused(said.errors));
    }
    let mut public_keys = Vec::new();
    for key in pem::blocks(&said.output, "ENCRYPTED PRIVATE KEY") {
        let mut certtool = Command::new("certtool");
        certtool.args(["--pubkey-info", "--load-privkey", "/dev/stdin", "--password", password]);
        let decrypted = run(&mut certtool, &key)?;
        if !decrypted.success {
            return Ok(Answer::refused(decrypted.errors));
        }
        public_keys.extend(pem::blocks(&decrypted.output, "PUBLIC KEY"));
    }
    let names = said.output.lines().filter_map(|line| line.trim().strip_prefix("Friendly name: "));
    let name = names.map(str::to_owned).next();
    Ok(Answer::Opened(pem::opened_with(&said.output, &public_keys, name)?))
}

/// NSS: the system's, or the one that Thunderbird brings.
#[derive(Debug)]
pub(crate) struct Nss {
    libraries: Option<&'static str>,
    /// An empty key store to copy.
    empty: TempDir,
}

impl Nss {
    /// Makes an empty key store.
    ///
    /// # Errors
    /// When NSS cannot.
    pub(crate) fn new(libraries: Option<&'static str>) -> anyhow::Result<Self> {
        let nss = Self { libraries, empty: tempfile::tempdir()? };
        let store = store_name(nss.empty.path());
        nss.ask("certutil", &["-N", "-d", &store, "--empty-password"])?.expect_success("certutil -N")?;
        Ok(nss)
    }

    /// `pk12util`, then what is in the key store afterwards. That the private key is the certificate's is shown by a
    /// request that it signs.
    ///
    /// # Errors
    /// When NSS does not run, or lists what it cannot give.
    pub(crate) fn open(&self, question: &Question) -> anyhow::Result<Answer> {
        let folder = tempfile::tempdir()?;
        for entry in fs::read_dir(self.empty.path())? {
            let entry = entry?;
            fs::copy(entry.path(), folder.path().join(entry.file_name()))?;
        }
        let (store, file) = (store_name(folder.path()), question.file.to_string_lossy());
        let password = question.password.as_str();
        let said = self.ask("pk12util", &["-i", &file, "-d", &store, "-W", password])?;
        if !said.success {
            return Ok(Answer::refused(said.text()));
        }
        let listed = self.ask("certutil", &["-L", "-d", &store])?.expect_success("certutil -L")?;
        let mut opened = Opened { certificates: Vec::new(), key_fits: false, friendly_name: None };
        for (name, trust) in listed.lines().filter_map(nickname) {
            let text = self.ask("certutil", &["-L", "-d", &store, "-n", name, "-a"])?;
            let text = text.expect_success("certutil -L -n")?;
            opened
                .certificates
                .extend(pem::blocks(&text, "CERTIFICATE").iter().map(|block| pem::base64(block)));
            // "u": there is a private key for it.
            if trust.contains('u') {
                opened.key_fits = self.key_fits(&store, name, &text)?;
                opened.friendly_name = Some(name.to_owned());
                if let Some(export) = &question.export {
                    let export = export.to_string_lossy();
                    self.ask("pk12util", &["-o", &export, "-n", name, "-d", &store, "-W", password])?
                        .expect_success("pk12util -o")?;
                }
            }
        }
        Ok(Answer::Opened(opened))
    }

    fn key_fits(&self, store: &str, name: &str, certificate: &str) -> anyhow::Result<bool> {
        let request = self
            .ask("certutil", &["-R", "-d", store, "-k", name, "-s", "CN=proof", "-a"])?
            .expect_success("certutil -R")?;
        let verified = run(Command::new("openssl").args(["req", "-verify", "-noout", "-pubkey"]), &request)?;
        let public_key = run(Command::new("openssl").args(["x509", "-noout", "-pubkey"]), certificate)?;
        Ok(verified.errors.contains("verify OK") && verified.output == public_key.output)
    }

    fn ask(&self, program: &str, arguments: &[&str]) -> anyhow::Result<Said> {
        let mut command = Command::new(program);
        command.args(arguments);
        if let Some(libraries) = self.libraries {
            command.env("LD_LIBRARY_PATH", libraries);
        }
        run(&mut command, "")
    }
}

fn store_name(folder: &Path) -> String {
    format!("sql:{}", folder.display())
}

/// Reads a line of `certutil -L`: a nickname, and at its end three kinds of trust.
fn nickname(line: &str) -> Option<(&str, &str)> {
    let (name, trust) = line.trim_end().rsplit_once(' ')?;
    let all_flags = trust.split(',').all(|kind| kind.chars().all(|flag| "pPcCTuw".contains(flag)));
    (all_flags && trust.split(',').count() == 3).then(|| (name.trim_end(), trust))
}

/// `gpgsm`, with a home and an agent of its own for each file.
///
/// # Errors
/// When it does not run.
pub(crate) fn gpgsm(question: &Question) -> anyhow::Result<Answer> {
    let (mut home, mut imported) = import_into_gnupg(question)?;
    // On a busy machine it gives up on its agent now and then: that says nothing about the file.
    if imported.errors.contains("agent") {
        (home, imported) = import_into_gnupg(question)?;
    }
    if !imported.errors.contains("secret keys imported: 1") {
        return Ok(Answer::refused(imported.errors));
    }
    let listed = home.ask(&["--with-colons", "--list-secret-keys"], &question.password)?.output;
    let fingerprint =
        listed.lines().find_map(|line| line.strip_prefix("fpr:::::::::")).map(|rest| rest.split(':'));
    let Some(fingerprint) = fingerprint.and_then(|mut fields| fields.next()) else {
        return Ok(Answer::refused("the imported key belongs to none of the imported certificates"));
    };
    let certificates = home.ask(&["--armor", "--export"], &question.password)?;
    let key = home.ask(&["--armor", "--export-secret-key-p8", fingerprint], &question.password)?;
    if let Some(export) = &question.export {
        home.export(export, fingerprint, &question.password)?;
    }
    let text = [certificates.output, key.output].concat();
    Ok(Answer::Opened(pem::opened(&text, None)?))
}

fn import_into_gnupg(question: &Question) -> anyhow::Result<(GnuPgHome, Said)> {
    let home = GnuPgHome::new()?;
    let imported = home.ask(&["--import", &question.file.to_string_lossy()], &question.password)?;
    Ok((home, imported))
}

/// How often a file is exported that OpenSSL does not open. Our choice: a chance of one in 128, four times in a row.
const EXPORTS: u32 = 4;

/// A home of `GnuPG`; its agent ends with it.
struct GnuPgHome {
    folder: TempDir,
}

impl GnuPgHome {
    /// Exports a PFX that the password opens: gpgsm 2.2 derives another key from one salt in 128, as it drops a zero in front of
    /// a sum (RFC 7292 §B.2, step 6C), and no other program opens the file then.
    fn export(&self, file: &Path, fingerprint: &str, password: &str) -> anyhow::Result<()> {
        let (name, phrase) = (file.to_string_lossy(), format!("pass:{password}"));
        for _ in 0..EXPORTS {
            if file.exists() {
                fs::remove_file(file)?;
            }
            self.ask(&["--output", &name, "--export-secret-key-p12", fingerprint], password)?
                .expect_success("gpgsm --export-secret-key-p12")?;
            let arguments = ["pkcs12", "-legacy", "-in", &name, "-passin", &phrase, "-nodes"];
            // What it makes of other letters is another matter.
            if !password.is_ascii() || ask("openssl", arguments)?.success {
                break;
            }
        }
        Ok(())
    }

    fn new() -> anyhow::Result<Self> {
        let home = Self { folder: tempfile::tempdir()? };
        // Without a count every new agent measures for a second how many iterations this machine can do.
        fs::write(home.file("gpg-agent.conf"), "allow-loopback-pinentry\ns2k-count 65536\n")?;
        fs::write(home.file("gpgsm.conf"), "disable-crl-checks\ndisable-dirmngr\n")?;
        Ok(home)
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn ask(&self, arguments: &[&str], password: &str) -> anyhow::Result<Said> {
        let mut command = Command::new("gpgsm");
        command
            .args(["--batch", "--yes", "--pinentry-mode", "loopback", "--passphrase-fd", "0"])
            .args(arguments);
        run(command.env("GNUPGHOME", self.folder.path()), &format!("{password}\n"))
    }
}

impl Drop for GnuPgHome {
    fn drop(&mut self) {
        // The agent also ends by itself when its folder is gone.
        let _ = Command::new("gpgconf").args(["--kill", "all"]).env("GNUPGHOME", self.folder.path()).status();
    }
}

/// The file of a library that a program is linked with.
///
/// # Errors
/// When it is not linked with it.
pub(crate) fn library(program: &str, name: &str, libraries: Option<&str>) -> anyhow::Result<PathBuf> {
    let path = ask("sh", ["-c", &format!("command -v {program}")])?.expect_success(program)?;
    let mut command = Command::new("ldd");
    if let Some(libraries) = libraries {
        command.env("LD_LIBRARY_PATH", libraries);
    }
    let linked = run(command.arg(path.trim()), "")?.expect_success("ldd")?;
    let line = linked.lines().find(|line| line.trim_start().starts_with(name));
    let file = line.and_then(|line| line.split("=> ").nth(1)?.split_whitespace().next());
    let file = PathBuf::from(file.with_context(|| format!("{program} is not linked with {name}"))?);
    ensure!(file.is_file(), "{} is not there", file.display());
    Ok(file)
}

//! A token through the eyes of others: `OpenSC`'s `pkcs11-tool`, and OpenSSL with a key that it cannot read.

use std::{
    ffi::OsString,
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};

use anyhow::{Context, ensure};

use crate::judges::Evidence;

/// The one that libengine-pkcs11-openssl brings.
const ENGINE: &str = "pkcs11";

/// A token, and how it is reached.
#[derive(Clone, Debug)]
pub struct Token {
    /// The PKCS #11 module.
    pub module: PathBuf,
    /// What the module must find in the environment.
    pub environment: Vec<(&'static str, OsString)>,
    /// The label that the token has.
    pub label: String,
    /// The user's PIN.
    pub pin: String,
    /// Who must be logged in to make a key pair: the PIN and its name.
    pub maker: (&'static str, String),
    /// The identifier that a key gets.
    pub key_id: &'static str,
}

impl Token {
    /// What `pkcs11-tool` says to these arguments about this token.
    ///
    /// # Errors
    /// When it refuses, with what it said.
    pub fn ask(&self, arguments: &[&str]) -> anyhow::Result<String> {
        let mut tool = Command::new("pkcs11-tool");
        tool.arg("--module").arg(&self.module).args(["--token-label", &self.label]).args(arguments);
        said(&mut tool, &self.environment)
    }

    /// The objects of this kind, such as `privkey` or `cert`, seen with the user's PIN.
    ///
    /// # Errors
    /// When the token is not there, or takes the PIN for a wrong one.
    pub fn objects(&self, kind: &str) -> anyhow::Result<Vec<String>> {
        let list = self.ask(&["--login", "--pin", &self.pin, "--list-objects", "--type", kind])?;
        let mut objects: Vec<String> = Vec::new();
        for line in list.lines() {
            match objects.last_mut() {
                Some(object) if line.starts_with(' ') => {
                    object.push('\n');
                    object.push_str(line);
                }
                _ if line.contains("Object;") => objects.push(line.to_owned()),
                _ => {}
            }
        }
        Ok(objects)
    }

    /// The identifier of the only object of this kind, in hexadecimal.
    ///
    /// # Errors
    /// When there is another number of them.
    pub fn identifier(&self, kind: &str) -> anyhow::Result<String> {
        let objects = self.objects(kind)?;
        ensure!(objects.len() == 1, "{} objects are a {kind}: {objects:?}", objects.len());
        let mut lines = objects.iter().flat_map(|object| object.lines());
        let identifier = lines.find_map(|line| line.trim().strip_prefix("ID:"));
        Ok(identifier.context("it has no identifier")?.trim().to_owned())
    }

    /// Writes the certificate with this identifier into the file, DER.
    ///
    /// # Errors
    /// When there is none.
    pub fn certificate(&self, id: &str, file: &Path) -> anyhow::Result<()> {
        let file = file.to_string_lossy();
        self.ask(&["--read-object", "--type", "cert", "--id", id, "--output-file", &file]).map(drop)
    }

    /// How long the token itself takes to make such a key pair, named as `pkcs11-tool` does, such as `rsa:2048`.
    ///
    /// # Errors
    /// When it does not make one.
    #[expect(clippy::disallowed_methods, reason = "it is the time that is measured")]
    pub fn makes_key(&self, kind: &str, id: &str) -> anyhow::Result<Duration> {
        let (login, pin) = &self.maker;
        let option = if *login == "so" { "--so-pin" } else { "--pin" };
        let started = Instant::now();
        self.ask(&[
            "--login",
            "--login-type",
            login,
            option,
            pin,
            "--keypairgen",
            "--key-type",
            kind,
            "--id",
            id,
        ])?;
        Ok(started.elapsed())
    }

    /// Signs a mail with the key that has this identifier, as a mail program would: OpenSSL through its PKCS #11 engine, into a
    /// CMS message with the signer's certificate and its issuer's.
    ///
    /// # Errors
    /// When it cannot.
    pub fn signs_mail(
        &self,
        id: &str,
        digest: &str,
        evidence: &Evidence,
        mail: &Path,
        signed: &Path,
    ) -> anyhow::Result<()> {
        let id = id.as_bytes().chunks(2).map(|byte| format!("%{}", String::from_utf8_lossy(byte)));
        let id = id.collect::<Vec<_>>().concat();
        let (label, pin) = (self.label.replace(' ', "%20"), &self.pin);
        let key = format!("pkcs11:token={label};id={id};type=private;pin-value={pin}");
        let mut openssl = Command::new("openssl");
        openssl
            .args(["cms", "-sign", "-engine", ENGINE, "-keyform", "engine", "-md", digest, "-inkey", &key]);
        openssl.arg("-signer").arg(evidence.leaf()).arg("-certfile").arg(evidence.issuing());
        openssl.arg("-in").arg(mail).arg("-out").arg(signed);
        openssl.env("PKCS11_MODULE_PATH", &self.module);
        said(&mut openssl, &self.environment).map(drop)
    }
}

/// What a program says with these variables in its environment.
fn said(command: &mut Command, environment: &[(&'static str, OsString)]) -> anyhow::Result<String> {
    command.envs(environment.iter().map(|(name, value)| (name, value))).env("LC_ALL", "C.UTF-8");
    let output = command.output().with_context(|| format!("cannot start {command:?}"))?;
    let said =
        [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned()).concat();
    ensure!(output.status.success(), "{command:?} ended with {}:\n{said}", output.status);
    Ok(said)
}

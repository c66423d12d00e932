//! Judges: programs that others wrote, asked about each certificate and each PFX that a journey makes.
//!
//! Each judge is one function that says what it was asked and what it answered when it refuses.

pub mod java;
pub mod nss;
pub mod openssl;
pub mod pkilint;
pub mod python;

use std::{
    env,
    ffi::OsStr,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, ensure};
use tempfile::TempDir;

/// A certificate and its chain, as files for the judges.
#[derive(Debug)]
pub struct Evidence {
    folder: TempDir,
    /// The address that the certificate is for.
    pub mailbox: String,
    /// What kind of key it is for.
    pub key: KeyKind,
}

/// What the judges must know about a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyKind {
    /// RSA of any size.
    Rsa,
    /// An elliptic curve.
    EllipticCurve,
}

impl Evidence {
    /// Writes the certificate and its chain, the issuer first and the root last, into a folder of their own.
    ///
    /// # Errors
    /// When the chain is not two certificates, or a file cannot be written.
    pub fn new(leaf_pem: &str, chain_pem: &str, mailbox: &str) -> anyhow::Result<Self> {
        let chain = certificates(chain_pem);
        let [issuing, root] = chain.as_slice() else {
            anyhow::bail!("the chain has {} certificates instead of the issuer and the root", chain.len());
        };
        let folder = tempfile::tempdir()?;
        fs::write(folder.path().join("leaf.pem"), leaf_pem)?;
        fs::write(folder.path().join("issuing.pem"), issuing)?;
        fs::write(folder.path().join("root.pem"), root)?;
        let mut evidence = Self { folder, mailbox: mailbox.to_owned(), key: KeyKind::Rsa };
        evidence.key = openssl::key_kind(&evidence.leaf())?;
        Ok(evidence)
    }

    /// The certificate itself.
    pub fn leaf(&self) -> PathBuf {
        self.file("leaf.pem")
    }

    /// The certificate of the CA that issued it.
    pub fn issuing(&self) -> PathBuf {
        self.file("issuing.pem")
    }

    /// The certificate that everybody trusts in this test.
    pub fn root(&self) -> PathBuf {
        self.file("root.pem")
    }

    /// A file in the folder of this certificate.
    pub fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

/// Asks every judge of certificates.
///
/// # Errors
/// With the first judge's refusal.
pub fn judge_certificate(evidence: &Evidence) -> anyhow::Result<()> {
    openssl::verifies_for_signing(evidence)?;
    // OpenSSL 3.0 wants keyEncipherment for encryption, which a key on a curve does not have.
    if evidence.key == KeyKind::Rsa {
        openssl::verifies_for_encryption(evidence)?;
    }
    pkilint::finds_nothing(&evidence.leaf())?;
    nss::accepts_for_signing_and_receiving(evidence)
}

/// Asks every judge of PFX files, and uses the key in it for mail.
///
/// # Errors
/// With the first judge's refusal.
pub fn judge_pfx(evidence: &Evidence, pfx: &Path, password: &str) -> anyhow::Result<()> {
    openssl::opens_pfx(evidence, pfx, password)?;
    nss::opens_pfx(pfx, password)?;
    java::opens_pfx(pfx, password)?;
    python::opens_pfx(pfx, password)?;
    openssl::signs_and_decrypts_mail(evidence, pfx, password)
}

/// The folder of the judges that are Python packages.
///
/// # Errors
/// When the tests were not started by `cargo xtask test`, which installs them.
pub fn program(name: &str) -> anyhow::Result<PathBuf> {
    let folder = env::var_os("SIGNET_JUDGES")
        .context("SIGNET_JUDGES is not set: start these tests with `cargo xtask test`")?;
    Ok(PathBuf::from(folder).join(name))
}

/// Runs a program, and gives all that it said.
///
/// # Errors
/// When it does not start, or refuses: with what it was asked and what it said.
pub(crate) fn ask<S: AsRef<OsStr>>(
    program: impl AsRef<OsStr>,
    arguments: impl IntoIterator<Item = S>,
) -> anyhow::Result<String> {
    let mut command = Command::new(program);
    command.args(arguments).env("LC_ALL", "C.UTF-8");
    let output = command.output().with_context(|| format!("cannot start {command:?}"))?;
    let said =
        [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
    ensure!(output.status.success(), "{command:?} ended with {}:\n{said}", output.status);
    Ok(said)
}

/// The certificates in a PEM text, one text each.
fn certificates(pem: &str) -> Vec<String> {
    const END: &str = "-----END CERTIFICATE-----";
    pem.split_inclusive(END)
        .filter(|part| part.contains(END))
        .map(|part| format!("{}\n", part.trim()))
        .collect()
}

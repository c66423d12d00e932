//! NSS, the library of Firefox and Thunderbird.

use std::path::Path;

use anyhow::ensure;
use tempfile::TempDir;

use super::{Evidence, ask};

/// A fresh key store of NSS.
struct Store(TempDir);

impl Store {
    fn new() -> anyhow::Result<Self> {
        let store = Self(tempfile::tempdir()?);
        ask("certutil", ["-N", "-d", &store.name(), "--empty-password"])?;
        Ok(store)
    }

    fn name(&self) -> String {
        format!("sql:{}", self.0.path().display())
    }

    fn import(&self, name: &str, trust: &str, certificate: &Path) -> anyhow::Result<()> {
        let certificate = certificate.to_string_lossy();
        ask("certutil", ["-A", "-d", &self.name(), "-n", name, "-t", trust, "-i", &certificate])?;
        Ok(())
    }
}

/// The certificate is valid for signing and for receiving mail where the root is trusted for mail.
///
/// # Errors
/// When NSS says otherwise.
pub fn accepts_for_signing_and_receiving(evidence: &Evidence) -> anyhow::Result<()> {
    let store = Store::new()?;
    store.import("root", ",C,", &evidence.root())?;
    store.import("issuing", ",,", &evidence.issuing())?;
    store.import("leaf", ",,", &evidence.leaf())?;
    // S: a signer of mail; R: a recipient of mail.
    for usage in ["S", "R"] {
        let said = ask("certutil", ["-V", "-d", &store.name(), "-n", "leaf", "-u", usage, "-e"])?;
        ensure!(said.contains("certificate is valid"), "certutil -V -u {usage} said: {said}");
    }
    Ok(())
}

/// The PFX opens, and its key and its three certificates are in the store afterwards.
///
/// # Errors
/// When NSS says otherwise.
pub fn opens_pfx(pfx: &Path, password: &str) -> anyhow::Result<()> {
    let store = Store::new()?;
    ask("pk12util", ["-i", &pfx.to_string_lossy(), "-d", &store.name(), "-W", password])?;
    let keys = ask("certutil", ["-K", "-d", &store.name()])?;
    ensure!(keys.contains("< 0>"), "no private key in NSS after importing {}: {keys}", pfx.display());
    let certificates = ask("certutil", ["-L", "-d", &store.name()])?;
    let count =
        certificates.lines().filter(|line| line.ends_with(",, ") || line.trim_end().ends_with(",,")).count();
    let own = certificates.lines().filter(|line| line.trim_end().ends_with("u,u,u")).count();
    ensure!(own == 1 && count == 2, "NSS lists other certificates than expected:\n{certificates}");
    Ok(())
}

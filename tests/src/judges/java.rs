//! Java's key store.

use std::path::Path;

use anyhow::ensure;

use super::ask;

/// The PFX opens, and holds one private key with a chain of three; the key itself can be read.
///
/// # Errors
/// When keytool says otherwise.
pub fn opens_pfx(pfx: &Path, password: &str) -> anyhow::Result<()> {
    let pfx = pfx.to_string_lossy();
    let said =
        ask("keytool", ["-list", "-v", "-storetype", "PKCS12", "-keystore", &pfx, "-storepass", password])?;
    ensure!(
        said.contains("PrivateKeyEntry") && said.contains("chain length: 3"),
        "keytool lists something else in {pfx}:\n{said}"
    );
    // Listing does not decrypt the key; copying it into another store does.
    let folder = tempfile::tempdir()?;
    let copy = folder.path().join("copy.p12");
    let said = ask(
        "keytool",
        [
            "-importkeystore",
            "-noprompt",
            "-srcstoretype",
            "PKCS12",
            "-srckeystore",
            &pfx,
            "-srcstorepass",
            password,
            "-deststoretype",
            "PKCS12",
            "-destkeystore",
            &copy.to_string_lossy(),
            "-deststorepass",
            "changeit",
        ],
    )?;
    ensure!(
        said.contains("1 entries successfully imported"),
        "keytool cannot read the key in {pfx}:\n{said}"
    );
    Ok(())
}

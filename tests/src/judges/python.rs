//! Python's `cryptography` package.

use std::path::Path;

use super::{ask, program};

/// The PFX opens, and holds the certificate, its key and its chain.
///
/// # Errors
/// When the package says otherwise.
pub fn opens_pfx(pfx: &Path, password: &str) -> anyhow::Result<()> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("judges/open_pfx.py");
    ask(
        program("python")?,
        [&script.to_string_lossy(), &pfx.to_string_lossy(), password].map(AsRef::<str>::as_ref),
    )?;
    Ok(())
}

//! pkilint: the CA/Browser Forum's S/MIME Baseline Requirements, as checks.

use std::path::Path;

use super::{ask, program};

/// Not one finding of the weight of a notice or more in an organization-validated strict certificate.
///
/// # Errors
/// With the findings: the program's exit code is their number.
pub fn finds_nothing(certificate: &Path) -> anyhow::Result<()> {
    ask(
        program("lint_cabf_smime_cert")?,
        ["lint", "-t", "ORGANIZATION-STRICT", "-s", "NOTICE", &certificate.to_string_lossy()],
    )?;
    Ok(())
}

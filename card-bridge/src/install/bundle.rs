//! macOS reads the scheme from the bundle's Info.plist: a program cannot register it for itself.

use super::{Autostart, InstallError};
use std::path::Path;

pub(super) fn install(_program: &Path, _scheme: &str, _autostart: Autostart) -> Result<(), InstallError> {
    Err(InstallError::WithPackage)
}

pub(super) fn uninstall(_scheme: &str) -> Result<(), InstallError> {
    Err(InstallError::WithPackage)
}

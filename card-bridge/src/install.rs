//! Makes the bridge known to this person's desktop: the scheme that pages open, and, where it is wanted, the start at login.

use protocol::CARD_BRIDGE_SCHEME;
use std::{io, path::PathBuf};

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "linux")]
use linux as system;

#[cfg(target_os = "windows")]
mod windows;
#[cfg(target_os = "windows")]
use windows as system;

#[cfg(not(any(target_os = "linux", target_os = "windows")))]
mod bundle;
#[cfg(not(any(target_os = "linux", target_os = "windows")))]
use bundle as system;

/// Whether the bridge starts when the person logs in. It need not: pages start it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Autostart {
    /// At each login.
    AtLogin,
    /// When a page opens an address of its scheme.
    OnDemand,
}

/// Why it cannot be made known.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum InstallError {
    /// The system does not say where the person's settings are.
    #[error("there is no home folder")]
    NoHome,
    /// A file cannot be written or removed.
    #[error("{} cannot be written or removed", file.display())]
    File {
        /// Which.
        file: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A program of the system did not do its part.
    #[error("`{program}` failed: is it installed?")]
    Program {
        /// Which.
        program: &'static str,
    },
    /// On this system the package does it.
    #[error("on this system the bridge is installed and removed with its package")]
    WithPackage,
    /// It is not known where this program is.
    #[error("it is not known where this program is")]
    OwnPath(#[from] io::Error),
}

/// Makes it known, for this person only.
///
/// # Errors
/// When a part cannot be written.
pub fn install(autostart: Autostart) -> Result<(), InstallError> {
    system::install(&std::env::current_exe()?, CARD_BRIDGE_SCHEME, autostart)
}

/// Takes back all that [`install`] did.
///
/// # Errors
/// When a part cannot be removed.
pub fn uninstall() -> Result<(), InstallError> {
    system::uninstall(CARD_BRIDGE_SCHEME)
}

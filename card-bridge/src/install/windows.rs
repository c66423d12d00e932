//! Windows: keys of this person's registry, by the system's own `reg.exe`.

use super::{Autostart, InstallError};
use std::{
    path::Path,
    process::{Command, Stdio},
};

const RUN: &str = r"HKCU\Software\Microsoft\Windows\CurrentVersion\Run";
const NAME: &str = "SignetCardBridge";

pub(super) fn install(program: &Path, scheme: &str, autostart: Autostart) -> Result<(), InstallError> {
    let class = class(scheme);
    let program = program.display();
    registry(&["add", &class, "/ve", "/d", "URL:Signet card bridge", "/f"])?;
    registry(&["add", &class, "/v", "URL Protocol", "/d", "", "/f"])?;
    let open = format!("\"{program}\" open \"%1\"");
    registry(&["add", &format!(r"{class}\shell\open\command"), "/ve", "/d", &open, "/f"])?;
    match autostart {
        Autostart::AtLogin => {
            registry(&["add", RUN, "/v", NAME, "/d", &format!("\"{program}\" serve"), "/f"])
        }
        Autostart::OnDemand => {
            forget_autostart();
            Ok(())
        }
    }
}

pub(super) fn uninstall(scheme: &str) -> Result<(), InstallError> {
    forget_autostart();
    registry(&["delete", &class(scheme), "/f"])
}

fn class(scheme: &str) -> String {
    format!(r"HKCU\Software\Classes\{scheme}")
}

/// It may never have been there.
fn forget_autostart() {
    let _absent = registry(&["delete", RUN, "/v", NAME, "/f"]);
}

fn registry(arguments: &[&str]) -> Result<(), InstallError> {
    let status = Command::new("reg.exe").args(arguments).stdout(Stdio::null()).stderr(Stdio::null()).status();
    if status.is_ok_and(|status| status.success()) {
        Ok(())
    } else {
        Err(InstallError::Program { program: "reg.exe" })
    }
}

//! Linux desktops: desktop entries below the person's data and configuration folders (XDG Desktop Entry 1.5, XDG Autostart
//! 0.5).

use super::{Autostart, InstallError};
use directories::BaseDirs;
use std::{
    fs, io,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

const ENTRY: &str = "signet-card-bridge.desktop";
const HANDLER: &str = "signet-card-bridge-handler.desktop";

pub(super) fn install(program: &Path, scheme: &str, autostart: Autostart) -> Result<(), InstallError> {
    let places = Places::find()?;
    let program = quoted(program);
    write(
        &places.applications.join(HANDLER),
        &format!(
            "[Desktop Entry]\nType=Application\nName=Signet card bridge\nComment=Makes keys on smart cards for web pages\n\
             Exec={program} open %u\nNoDisplay=true\nTerminal=false\nMimeType=x-scheme-handler/{scheme};\n"
        ),
    )?;
    if autostart == Autostart::AtLogin {
        let entry = format!(
            "[Desktop Entry]\nType=Application\nName=Signet card bridge\nExec={program} serve\nNoDisplay=true\nTerminal=false\n"
        );
        write(&places.autostart.join(ENTRY), &entry)?;
    } else {
        remove(&places.autostart.join(ENTRY))?;
    }
    let kind = format!("x-scheme-handler/{scheme}");
    run("xdg-mime", Command::new("xdg-mime").args(["default", HANDLER, &kind]))?;
    update(&places)
}

pub(super) fn uninstall(scheme: &str) -> Result<(), InstallError> {
    let places = Places::find()?;
    remove(&places.applications.join(HANDLER))?;
    remove(&places.autostart.join(ENTRY))?;
    forget(&places.defaults, scheme)?;
    update(&places)
}

struct Places {
    applications: PathBuf,
    autostart: PathBuf,
    /// Where `xdg-mime default` writes.
    defaults: PathBuf,
}

impl Places {
    fn find() -> Result<Self, InstallError> {
        let folders = BaseDirs::new().ok_or(InstallError::NoHome)?;
        Ok(Self {
            applications: folders.data_dir().join("applications"),
            autostart: folders.config_dir().join("autostart"),
            defaults: folders.config_dir().join("mimeapps.list"),
        })
    }
}

/// As an argument of `Exec` (XDG Desktop Entry 1.5, "The Exec key"). Without quotation marks where it can be: `xdg-open`
/// 1.1 takes them for a part of the name on desktops that have no program of their own for it.
fn quoted(program: &Path) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/._-+".contains(&byte);
    if program.as_os_str().as_encoded_bytes().iter().copied().all(is_plain) {
        return program.display().to_string();
    }
    let mut quoted = String::from("\"");
    for character in program.to_string_lossy().chars() {
        match character {
            '"' | '`' | '$' | '\\' => quoted.extend(['\\', character]),
            '%' => quoted.push_str("%%"),
            _ => quoted.push(character),
        }
    }
    quoted.push('"');
    quoted
}

fn write(file: &Path, text: &str) -> Result<(), InstallError> {
    let folder = file.parent().unwrap_or_else(|| Path::new("/"));
    fs::create_dir_all(folder).and_then(|()| fs::write(file, text)).map_err(|source| fault(file, source))
}

fn remove(file: &Path) -> Result<(), InstallError> {
    match fs::remove_file(file) {
        Err(source) if source.kind() != io::ErrorKind::NotFound => Err(fault(file, source)),
        _ => Ok(()),
    }
}

/// Takes the line that `xdg-mime default` wrote out again.
fn forget(defaults: &Path, scheme: &str) -> Result<(), InstallError> {
    let Ok(text) = fs::read_to_string(defaults) else { return Ok(()) };
    let ours = format!("x-scheme-handler/{scheme}=");
    let kept: Vec<&str> = text.lines().filter(|line| !line.starts_with(&ours)).collect();
    fs::write(defaults, kept.join("\n") + "\n").map_err(|source| fault(defaults, source))
}

fn update(places: &Places) -> Result<(), InstallError> {
    run(
        "update-desktop-database",
        Command::new("update-desktop-database").arg("-q").arg(&places.applications),
    )
}

fn run(program: &'static str, command: &mut Command) -> Result<(), InstallError> {
    let status = command.stdin(Stdio::null()).stdout(Stdio::null()).status();
    if status.is_ok_and(|status| status.success()) { Ok(()) } else { Err(InstallError::Program { program }) }
}

fn fault(file: &Path, source: io::Error) -> InstallError {
    InstallError::File { file: file.to_owned(), source }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_one_argument_whatever_is_in_it() {
        assert_eq!(quoted(Path::new("/opt/a b/$x%`")), "\"/opt/a b/\\$x%%\\`\"");
        assert_eq!(quoted(Path::new("/usr/bin/signet-card-bridge")), "/usr/bin/signet-card-bridge");
    }

    #[test]
    fn only_our_line_is_forgotten() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("mimeapps.list");
        fs::write(
            &file,
            "[Default Applications]\nx-scheme-handler/mailto=mail.desktop\nx-scheme-handler/signet-card=x\n",
        )
        .expect("a file");
        forget(&file, "signet-card").expect("writable");
        let text = fs::read_to_string(&file).expect("text");
        assert_eq!(text, "[Default Applications]\nx-scheme-handler/mailto=mail.desktop\n");
    }
}

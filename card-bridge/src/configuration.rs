//! What an administrator, or the person, may set, and where the bridge keeps what it must remember.

use crate::origin::{Origin, OriginError};
use serde::Deserialize;
use std::{
    env, fs, io,
    path::{Path, PathBuf},
    time::Duration,
};

/// Names another configuration file.
pub const CONFIGURATION_VARIABLE: &str = "SIGNET_CARD_BRIDGE_CONFIG";
/// What an administrator says for all people of a computer.
const SYSTEM_FILE: &str = "/etc/signet-card-bridge/config.toml";
/// Ends without a request for so long. Our choice.
const IDLE_MINUTES: u64 = 10;

/// The settings, from a file of TOML. Every one has a default.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Configuration {
    /// PKCS#11 modules beside those of the driver table: absolute paths.
    pub modules: Vec<PathBuf>,
    /// The servers that jobs are taken from: `https` origins.
    pub servers: Vec<Origin>,
    /// The only origins that may ask to be paired. When there are none, each secure origin may ask.
    pub origins: Vec<Origin>,
    /// The program that asks for the PIN, in place of the first that is found.
    pub pinentry: Option<PathBuf>,
    /// Minutes without a request after which the bridge ends; 0 for never.
    pub idle_minutes: u64,
    /// Where the pairings are kept, in place of the system's folder for such things.
    pub state_folder: Option<PathBuf>,
}

impl Default for Configuration {
    fn default() -> Self {
        Self {
            modules: Vec::new(),
            servers: Vec::new(),
            origins: Vec::new(),
            pinentry: None,
            idle_minutes: IDLE_MINUTES,
            state_folder: None,
        }
    }
}

/// Why there are no settings.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigurationError {
    /// The file is there and cannot be read.
    #[error("{} cannot be read", file.display())]
    Unreadable {
        /// Which.
        file: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The file is no TOML, or says what is no setting.
    #[error("{} says what is no setting", file.display())]
    Meaningless {
        /// Which.
        file: PathBuf,
        /// Where and why.
        source: toml::de::Error,
    },
    /// A path is relative: who controls the current folder would control the program.
    #[error("`{setting}` must be an absolute path, and is {}", path.display())]
    RelativePath {
        /// The setting's name.
        setting: &'static str,
        /// What it says.
        path: PathBuf,
    },
    /// A server that is not reached over TLS.
    #[error("`servers` names {server}, and takes `https` addresses only")]
    InsecureServer {
        /// Which.
        server: Origin,
    },
    /// Another person could put another program in its place.
    #[error("`pinentry` names {}, which others may change", path.display())]
    PinentryOfOthers {
        /// Which.
        path: PathBuf,
    },
    /// The system does not say where programs keep their settings.
    #[error("there is no home folder; set `state_folder`")]
    NoHome,
    /// An origin is none.
    #[error(transparent)]
    Origin(#[from] OriginError),
}

impl Configuration {
    /// Reads the file that [`CONFIGURATION_VARIABLE`] names, else the person's own, else the administrator's, else takes
    /// the defaults.
    ///
    /// # Errors
    /// When the file cannot be read, or says what makes no sense.
    pub fn load() -> Result<Self, ConfigurationError> {
        if let Some(named) = env::var_os(CONFIGURATION_VARIABLE) {
            return Self::read(Path::new(&named));
        }
        let own = folders().map(|folders| folders.config_dir().join("config.toml"));
        let system = cfg!(target_os = "linux").then(|| PathBuf::from(SYSTEM_FILE));
        match own.into_iter().chain(system).find(|file| file.exists()) {
            Some(file) => Self::read(&file),
            None => Ok(Self::default()),
        }
    }

    fn read(file: &Path) -> Result<Self, ConfigurationError> {
        let text = fs::read_to_string(file)
            .map_err(|source| ConfigurationError::Unreadable { file: file.to_owned(), source })?;
        let read: Self = toml::from_str(&text)
            .map_err(|source| ConfigurationError::Meaningless { file: file.to_owned(), source })?;
        read.check()
    }

    fn check(self) -> Result<Self, ConfigurationError> {
        let paths = self.modules.iter().map(|path| ("modules", path));
        let paths = paths.chain(self.pinentry.iter().map(|path| ("pinentry", path)));
        for (setting, path) in paths.chain(self.state_folder.iter().map(|path| ("state_folder", path))) {
            if !path.is_absolute() {
                return Err(ConfigurationError::RelativePath { setting, path: path.clone() });
            }
        }
        if let Some(server) = self.servers.iter().find(|server| !server.is_https()) {
            return Err(ConfigurationError::InsecureServer { server: server.clone() });
        }
        match &self.pinentry {
            Some(path) if others_may_change(path) => {
                Err(ConfigurationError::PinentryOfOthers { path: path.clone() })
            }
            _ => Ok(self),
        }
    }

    /// The folder for the pairings.
    ///
    /// # Errors
    /// When the system names none.
    pub fn state_folder(&self) -> Result<PathBuf, ConfigurationError> {
        if let Some(folder) = &self.state_folder {
            return Ok(folder.clone());
        }
        let folders = folders().ok_or(ConfigurationError::NoHome)?;
        Ok(folders.state_dir().unwrap_or_else(|| folders.data_local_dir()).to_owned())
    }

    /// How long the bridge stays without a request; `None` for as long as the computer runs.
    #[must_use]
    pub fn idle(&self) -> Option<Duration> {
        (self.idle_minutes > 0).then(|| Duration::from_mins(self.idle_minutes))
    }
}

fn folders() -> Option<directories::ProjectDirs> {
    directories::ProjectDirs::from("", "", "signet-card-bridge")
}

/// Whether somebody beside this person and the administrator may change the file.
#[cfg(unix)]
fn others_may_change(path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    const GROUP_AND_OTHERS_WRITE: u32 = 0o022;
    fs::metadata(path).map_or(true, |file| {
        let owner_is_trusted = file.uid() == 0 || file.uid() == nix::unistd::getuid().as_raw();
        !owner_is_trusted || file.mode() & GROUP_AND_OTHERS_WRITE != 0
    })
}

/// Elsewhere the system's installation folders say who may change a program.
#[cfg(not(unix))]
fn others_may_change(path: &Path) -> bool {
    !path.is_file()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Configuration, ConfigurationError> {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("config.toml");
        fs::write(&file, text).expect("a file");
        Configuration::read(&file)
    }

    #[test]
    fn an_empty_file_is_the_default() {
        assert_eq!(read("").expect("settings"), Configuration::default());
        assert_eq!(Configuration::default().idle(), Some(Duration::from_mins(10)));
    }

    #[test]
    fn what_is_no_setting_is_refused_with_its_place() {
        let error = read("idle_minutes = 0\nport = 1").expect_err("no such setting");
        let ConfigurationError::Meaningless { source, .. } = error else { panic_with(&error) };
        assert!(source.to_string().contains("line 2"), "{source}");
    }

    #[test]
    fn relative_paths_and_servers_without_tls_are_refused() {
        assert!(matches!(
            read("modules = ['libcard.so']"),
            Err(ConfigurationError::RelativePath { setting: "modules", .. })
        ));
        assert!(matches!(
            read("servers = ['http://localhost:8080']"),
            Err(ConfigurationError::InsecureServer { .. })
        ));
        assert!(read("servers = ['https://signet.example']").is_ok());
    }

    #[cfg(unix)]
    #[test]
    fn a_pinentry_that_others_may_change_is_refused() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().expect("a folder");
        let program = folder.path().join("pinentry");
        fs::write(&program, "").expect("a file");
        for (mode, accepted) in [(0o755, true), (0o775, false), (0o757, false)] {
            fs::set_permissions(&program, fs::Permissions::from_mode(mode)).expect("permissions");
            let read = read(&format!("pinentry = '{}'", program.display()));
            assert_eq!(read.is_ok(), accepted, "{mode:o}: {read:?}");
        }
    }

    fn panic_with(error: &ConfigurationError) -> ! {
        std::panic::panic_any(error.to_string())
    }
}

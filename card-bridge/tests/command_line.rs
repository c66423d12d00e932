//! The command line as a person, a browser and a package call it.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

const SCHEME: &str = "x-scheme-handler/signet-card";

/// A person's home, with nothing in it.
struct Home(tempfile::TempDir);

impl Home {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder"))
    }

    fn path(&self, below: &str) -> PathBuf {
        self.0.path().join(below)
    }

    fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        command.env("HOME", self.0.path());
        for (variable, folder) in
            [("XDG_CONFIG_HOME", "config"), ("XDG_DATA_HOME", "data"), ("XDG_STATE_HOME", "state")]
        {
            command.env(variable, self.path(folder));
        }
        command.env_remove("SIGNET_CARD_BRIDGE_CONFIG").env_remove("DISPLAY");
        command
    }

    fn bridge(&self, arguments: &[&str]) -> Output {
        self.command(env!("CARGO_BIN_EXE_signet-card-bridge"))
            .args(arguments)
            .output()
            .expect("the bridge starts")
    }

    fn files(&self) -> Vec<PathBuf> {
        let mut files = Vec::new();
        collect(self.0.path(), &mut files);
        files
    }
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() { collect(&path, files) } else { files.push(path) }
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn without_pairings_the_list_says_so_and_removing_one_is_no_fault() {
    let home = Home::new();
    let list = home.bridge(&["pair", "list"]);
    assert!(list.status.success());
    assert_eq!(text(&list.stdout), "No site is paired.\n");
    let remove = home.bridge(&["pair", "remove", "https://signet.example"]);
    assert!(remove.status.success());
    assert_eq!(text(&remove.stdout), "https://signet.example was not paired.\n");
}

#[test]
fn what_is_no_origin_is_refused_with_an_example() {
    let remove = Home::new().bridge(&["pair", "remove", "signet.example"]);
    assert!(!remove.status.success());
    assert!(text(&remove.stderr).contains("https://signet.example"), "{}", text(&remove.stderr));
}

#[test]
fn an_address_of_no_known_form_starts_nothing() {
    let home = Home::new();
    for address in
        ["signet-card:stop", "https://signet.example", "signet-card:job?server=x&token=y", "--help;"]
    {
        let open = home.bridge(&["open", "--", address]);
        assert!(!open.status.success(), "{address}");
    }
    assert_eq!(home.files(), Vec::<PathBuf>::new());
}

#[test]
fn a_job_of_a_server_that_is_not_listed_is_not_taken() {
    let token = "A".repeat(43);
    let open = Home::new()
        .bridge(&["open", &format!("signet-card:job?server=https%3A%2F%2Flocalhost%3A9&token={token}")]);
    assert!(!open.status.success());
    assert!(
        text(&open.stderr).contains("https://localhost:9 is not among the `servers`"),
        "{}",
        text(&open.stderr)
    );
}

#[test]
fn a_configuration_that_makes_no_sense_is_named_with_its_line() {
    let home = Home::new();
    let file = home.path("config/signet-card-bridge/config.toml");
    fs::create_dir_all(file.parent().expect("a folder")).expect("a folder");
    fs::write(&file, "modules = []\nport = 1\n").expect("a file");
    let list = home.bridge(&["pair", "list"]);
    assert!(!list.status.success());
    let message = text(&list.stderr);
    assert!(
        message.contains("config.toml") && message.contains("line 2") && message.contains("port"),
        "{message}"
    );
}

#[test]
fn what_install_does_uninstall_takes_back() {
    let home = Home::new();
    let others = home.path("config/mimeapps.list");
    fs::create_dir_all(home.path("config")).expect("a folder");
    fs::write(&others, "[Default Applications]\nx-scheme-handler/mailto=mail.desktop\n").expect("a file");

    let install = home.bridge(&["install", "--autostart"]);
    assert!(install.status.success(), "{}", text(&install.stderr));
    let handler = home.command("xdg-mime").args(["query", "default", SCHEME]).output().expect("xdg-mime");
    assert_eq!(text(&handler.stdout).trim(), "signet-card-bridge-handler.desktop");
    let entries = [
        "data/applications/signet-card-bridge-handler.desktop",
        "config/autostart/signet-card-bridge.desktop",
    ]
    .map(|entry| home.path(entry));
    for entry in &entries {
        let valid = home.command("desktop-file-validate").arg(entry).output().expect("desktop-file-validate");
        assert!(valid.status.success(), "{}", text(&valid.stdout));
    }

    let uninstall = home.bridge(&["uninstall"]);
    assert!(uninstall.status.success(), "{}", text(&uninstall.stderr));
    assert!(entries.iter().all(|entry| !entry.exists()));
    let left = fs::read_to_string(&others).expect("text");
    assert_eq!(left, "[Default Applications]\nx-scheme-handler/mailto=mail.desktop\n");
    let left: Vec<_> = home.files().into_iter().filter(|file| !file.ends_with("mimeinfo.cache")).collect();
    assert_eq!(left, [others]);
}

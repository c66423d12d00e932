//! The program, started as an operator starts it.

use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
};

fn signet() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_signet"));
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("SIGNET_")) {
        command.env_remove(name);
    }
    command.stdin(Stdio::null());
    command
}

/// What it printed; it must have succeeded.
pub(crate) fn succeed(arguments: &[&str]) -> String {
    let output = signet().args(arguments).output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {errors}");
    String::from_utf8(output.stdout).unwrap()
}

/// What it said against it; it must have refused.
pub(crate) fn refuse(arguments: &[&str]) -> String {
    let output = signet().args(arguments).output().unwrap();
    let printed = String::from_utf8_lossy(&output.stdout);
    assert!(!output.status.success(), "{arguments:?} did it: {printed}");
    String::from_utf8(output.stderr).unwrap()
}

/// A path as an argument.
pub(crate) fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// A demonstration on a free port.
#[derive(Debug)]
pub(crate) struct Demonstration {
    child: Child,
    printed: Vec<String>,
}

impl Demonstration {
    /// Starts it in the folder, on the SQLite file there or on this PostgreSQL database.
    pub(crate) fn start(data: &Path, database: Option<&str>) -> Self {
        let mut command = signet();
        command.args(["serve", "--demonstration", "--listen=127.0.0.1:0", "--data", text(data)]);
        if let Some(database) = database {
            command.args(["--database", database]);
        }
        let child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut server = Self { child, printed: Vec::new() };
        for line in BufReader::new(server.child.stdout.take().unwrap()).lines() {
            server.printed.push(line.unwrap());
            if server.printed.last().unwrap().starts_with("listening on http://") {
                return server;
            }
        }
        panic!("it did not start: {:?}", server.printed);
    }

    pub(crate) fn origin(&self) -> String {
        self.printed.last().unwrap().strip_prefix("listening on ").unwrap().to_owned()
    }

    /// The value of the customer's sign-in link.
    pub(crate) fn customer_token(&self) -> String {
        let link = self.printed.iter().find(|line| line.contains("/sign-in/")).unwrap();
        link.rsplit('/').next().unwrap().to_owned()
    }

    /// As a system ends a service.
    pub(crate) fn stop(mut self) {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
        let status = self.child.wait().unwrap();
        assert!(status.success(), "{status}");
    }
}

impl Drop for Demonstration {
    fn drop(&mut self) {
        // Both fail where the test has ended it.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

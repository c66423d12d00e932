//! PostgreSQL's own programs, which know how to save a database of PostgreSQL and how to fill one.

use reqwest::Url;
use std::{
    io,
    path::Path,
    process::{Command, ExitStatus, Stdio},
};

/// Why a program of PostgreSQL did not do its work.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ToolError {
    /// It cannot be started.
    #[error(
        "{program} cannot be started: install the client programs of PostgreSQL, of the database's version or newer"
    )]
    Missing {
        /// `pg_dump` or `pg_restore`, looked for in the `PATH`.
        program: &'static str,
        /// What the operating system refused.
        source: io::Error,
    },
    /// It failed; it has written to standard error why.
    #[error("{program} failed ({status}): see what it says above")]
    Failed {
        /// `pg_dump` or `pg_restore`, looked for in the `PATH`.
        program: &'static str,
        /// How it ended.
        status: ExitStatus,
    },
    /// The address of the database is none.
    #[error("the address of the database cannot be read: give it as postgres://user@host/database")]
    Address,
}

/// Saves what connections that import the snapshot see.
pub(super) fn dump(url: &str, snapshot: Option<&str>, file: &Path) -> Result<(), ToolError> {
    let mut command = Command::new("pg_dump");
    command.arg("--format=custom").arg("--file").arg(file);
    command.args(snapshot.map(|snapshot| format!("--snapshot={snapshot}")));
    run("pg_dump", command, url)
}

/// Fills an empty database with what [`dump`] saved, all of it or nothing. It belongs to who does this then.
pub(super) fn restore(url: &str, file: &Path) -> Result<(), ToolError> {
    let mut command = Command::new("pg_restore");
    command.args(["--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges"]).arg(file);
    run("pg_restore", command, url)
}

/// Runs it without a password on its command line, which other users of the computer can see, and without a question.
fn run(program: &'static str, mut command: Command, url: &str) -> Result<(), ToolError> {
    let (url, password) = without_password(url).ok_or(ToolError::Address)?;
    command.args(["--no-password", "--dbname", &url]).stdin(Stdio::null());
    if let Some(password) = password {
        command.env("PGPASSWORD", password);
    }
    let status = command.status().map_err(|source| ToolError::Missing { program, source })?;
    if status.success() { Ok(()) } else { Err(ToolError::Failed { program, status }) }
}

/// The address and the password that stood in it.
fn without_password(url: &str) -> Option<(String, Option<String>)> {
    let mut url: Url = url.parse().ok()?;
    let mut password = match url.password() {
        Some(text) => Some(percent_decoded(text)?),
        None => None,
    };
    if password.is_some() {
        url.set_password(None).ok()?;
    }
    let mut others = Vec::new();
    for (name, value) in url.query_pairs() {
        match &*name {
            "password" => password = Some(value.into_owned()),
            _ => others.push((name.into_owned(), value.into_owned())),
        }
    }
    if password.is_some() {
        url.set_query(None);
        if !others.is_empty() {
            url.query_pairs_mut().extend_pairs(others);
        }
    }
    Some((url.into(), password))
}

/// RFC 3986 §2.1.
fn percent_decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut parts = text.split('%');
    bytes.extend(parts.next()?.bytes());
    for part in parts {
        let (digits, rest) = part.split_at_checked(2)?;
        bytes.push(u8::from_str_radix(digits, 16).ok()?);
        bytes.extend(rest.bytes());
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::without_password;

    #[test]
    fn an_address_is_given_to_a_program_without_its_password() {
        for (url, without, password) in [
            ("postgres://a@db/signet", "postgres://a@db/signet", None),
            ("postgres://a:b%40%C5%BC@db:1/signet", "postgres://a@db:1/signet", Some("b@ż")),
            ("postgres://a:b@db/s?sslmode=require", "postgres://a@db/s?sslmode=require", Some("b")),
            ("postgresql://db/s?password=b%26&user=a", "postgresql://db/s?user=a", Some("b&")),
            ("postgres:///s?host=%2Frun%2Fpg", "postgres:///s?host=%2Frun%2Fpg", None),
        ] {
            let expected = (without.to_owned(), password.map(str::to_owned));
            assert_eq!(without_password(url), Some(expected), "{url}");
        }
        assert_eq!(without_password("no address"), None);
    }
}

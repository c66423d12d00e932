//! The command line of `signet serve`, and how it becomes [`Settings`].

use super::{
    MAIL_TIME_LIMIT, MailDelivery, RegisterSource, Settings, TrustedProxies, database_address, smtp_transport,
};
use crate::{register::PUBLIC_GLEIF_URL, storage::installation::Purpose};
use axum::http::Uri;
use clap::Args;
use lettre::message::Mailbox;
use std::{
    fmt,
    net::{IpAddr, SocketAddr},
    path::PathBuf,
};

/// What `signet serve` is told. Each option can stand in the environment instead.
#[derive(Args, Clone, Debug)]
pub struct ServeArguments {
    /// Folder for everything that lasts
    #[arg(long, env = "SIGNET_DATA", default_value = "data", value_name = "FOLDER")]
    pub data: PathBuf,
    /// PostgreSQL database, such as <postgres://signet@db.example.com/signet?sslmode=verify-full> [default: a SQLite file in the folder]
    #[arg(long, env = "SIGNET_DATABASE", hide_env_values = true, value_name = "URL")]
    pub database: Option<String>,
    /// Address and port to listen on
    #[arg(long, env = "SIGNET_LISTEN", default_value = "127.0.0.1:8080", value_name = "ADDRESS:PORT")]
    pub listen: SocketAddr,
    /// Proxies in front of this server, which may name the client in X-Forwarded-For [default: this computer]
    #[arg(long, env = "SIGNET_TRUSTED_PROXIES", value_name = "CIDR,…")]
    pub trusted_proxies: Option<String>,
    /// Run with demonstration persons, a demonstration register and worthless certificates
    #[arg(long, env = "SIGNET_DEMONSTRATION")]
    pub demonstration: bool,
    /// Address that people open, such as <https://signet.example.com>
    #[arg(long, env = "SIGNET_PUBLIC_URL", value_name = "URL")]
    pub public_url: Option<String>,
    /// Plain HTTP address of this server for CRLs and CA certificates, such as <http://pki.example.com>
    #[arg(long, env = "SIGNET_PKI_URL", value_name = "URL")]
    pub pki_url: Option<String>,
    /// SMTP server, such as <smtp://user:password@mail.example.com:587?tls=required>
    #[arg(long, env = "SIGNET_SMTP_URL", hide_env_values = true, value_name = "URL")]
    pub smtp_url: Option<String>,
    /// Sender of every mail, such as "Signet <signet@example.com>"
    #[arg(long, env = "SIGNET_MAIL_FROM", value_name = "ADDRESS")]
    pub mail_from: Option<String>,
    /// File whose first line is the passphrase of the CA's keys
    #[arg(long, env = "SIGNET_CA_PASSPHRASE_FILE", value_name = "FILE")]
    pub ca_passphrase_file: Option<PathBuf>,
    /// LEI records API [default: the public one; in a demonstration the demonstration register]
    #[arg(long, env = "SIGNET_REGISTER_URL", value_name = "URL")]
    pub register_url: Option<String>,
    /// File of keys that get no certificate: on each line the SHA-256 of a public key in hex
    #[arg(long, env = "SIGNET_KNOWN_KEYS", value_name = "FILE")]
    pub known_keys: Option<PathBuf>,
    /// Address where people get the card bridge, such as <https://signet.example.com/card-bridge>
    #[arg(long, env = "SIGNET_CARD_BRIDGE_DOWNLOAD", value_name = "URL")]
    pub card_bridge_download: Option<String>,
    /// Name of the product in pages and mails
    #[arg(long, env = "SIGNET_PRODUCT_NAME", default_value = "Signet", value_name = "NAME")]
    pub product_name: String,
}

/// Everything that is missing or wrong, so that it can be fixed at once.
#[derive(Debug, thiserror::Error)]
pub struct SettingsError {
    purpose: Purpose,
    faults: Vec<Fault>,
}

#[derive(Debug)]
struct Fault {
    option: &'static str,
    variable: &'static str,
    problem: &'static str,
    remedy: &'static str,
}

const PUBLIC_URL: Fault = Fault {
    option: "--public-url URL",
    variable: "SIGNET_PUBLIC_URL",
    problem: "is missing",
    remedy: "the https:// address that people open, such as https://signet.example.com, without a path",
};
const PKI_URL: Fault = Fault {
    option: "--pki-url URL",
    variable: "SIGNET_PKI_URL",
    problem: "is missing",
    remedy: "the plain http:// address under which this server is reached for CRLs and CA certificates, such as http://pki.example.com",
};
const SMTP_URL: Fault = Fault {
    option: "--smtp-url URL",
    variable: "SIGNET_SMTP_URL",
    problem: "is missing",
    remedy: "the mail server, such as smtp://user:password@mail.example.com:587?tls=required",
};
const MAIL_FROM: Fault = Fault {
    option: "--mail-from ADDRESS",
    variable: "SIGNET_MAIL_FROM",
    problem: "is missing",
    remedy: "the sender of every mail, such as \"Signet <signet@example.com>\"",
};
const CA_PASSPHRASE_FILE: Fault = Fault {
    option: "--ca-passphrase-file FILE",
    variable: "SIGNET_CA_PASSPHRASE_FILE",
    problem: "is missing",
    remedy: "a file, readable by this server only, whose first line is the passphrase of the CA's keys",
};
const REGISTER_URL: Fault = Fault {
    option: "--register-url URL",
    variable: "SIGNET_REGISTER_URL",
    problem: "is missing",
    remedy: "the LEI records API, such as https://api.gleif.org/api/v1",
};

const DATABASE: Fault = Fault {
    option: "--database URL",
    variable: "SIGNET_DATABASE",
    problem: "is missing",
    remedy: "the address of a PostgreSQL database, such as postgres://signet@localhost/signet, or leave it out",
};

const CARD_BRIDGE_DOWNLOAD: Fault = Fault {
    option: "--card-bridge-download URL",
    variable: "SIGNET_CARD_BRIDGE_DOWNLOAD",
    problem: "is missing",
    remedy: "the https:// address of the page where people get the card bridge, or leave it out",
};

const TRUSTED_PROXIES: Fault = Fault {
    option: "--trusted-proxies CIDR,…",
    variable: "SIGNET_TRUSTED_PROXIES",
    problem: "is missing",
    remedy: "addresses or ranges of addresses, such as 10.0.0.0/8,2001:db8::7, or leave it out",
};

impl Fault {
    fn wrong(self) -> Self {
        Self { problem: "cannot be used", ..self }
    }
}

impl fmt::Display for SettingsError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Signet cannot start, because something is missing or cannot be used:")?;
        for Fault { option, variable, problem, remedy } in &self.faults {
            write!(formatter, "\n\n  {option} (or {variable}) {problem}.\n      Give {remedy}.")?;
        }
        if self.purpose == Purpose::RealUse {
            write!(formatter, "\n\nTo look around without any of it: signet serve --demonstration")?;
        }
        Ok(())
    }
}

/// Collects faults while it gives values that are only used when there is none.
#[derive(Default)]
struct Reading(Vec<Fault>);

impl Reading {
    fn required<T>(
        &mut self,
        text: Option<&str>,
        read: impl Fn(&str) -> Option<T>,
        fault: Fault,
    ) -> Option<T> {
        let Some(text) = text.filter(|text| !text.trim().is_empty()) else {
            self.0.push(fault);
            return None;
        };
        let value = read(text.trim());
        if value.is_none() {
            self.0.push(fault.wrong());
        }
        value
    }
}

impl ServeArguments {
    /// What a server needs to run.
    ///
    /// # Errors
    /// Names everything that is missing or wrong.
    pub fn into_settings(self) -> Result<Settings, SettingsError> {
        let purpose = if self.demonstration { Purpose::Demonstration } else { Purpose::RealUse };
        let defaults = self.defaults(purpose);
        let mut reading = Reading::default();
        let public_url = self.public_url.as_deref().or(defaults.public_url.as_deref());
        let public_url = reading.required(public_url, origin, PUBLIC_URL);
        let pki_url = reading.required(self.pki_url.as_deref().or(defaults.pki_url), plain_http, PKI_URL);
        let mail = self.mail(purpose, &mut reading);
        let mail_from = self.mail_from.as_deref().or(defaults.mail_from);
        let mail_from = reading.required(mail_from, |text| text.parse::<Mailbox>().ok(), MAIL_FROM);
        let ca_passphrase_file = self.ca_passphrase_file.clone().or(defaults.ca_passphrase_file);
        if ca_passphrase_file.is_none() {
            reading.0.push(CA_PASSPHRASE_FILE);
        }
        let register = self.register(purpose, &mut reading);
        let card_bridge_download = self
            .card_bridge_download
            .as_deref()
            .and_then(|url| reading.required(Some(url), download, CARD_BRIDGE_DOWNLOAD));
        let trusted_proxies = self.trusted_proxies(&mut reading);
        let database = database_address(&self.data, self.database.as_deref());
        if database.is_none() {
            reading.0.push(DATABASE.wrong());
        }
        match (public_url, pki_url, mail, mail_from, ca_passphrase_file, register, database) {
            (
                Some(public_url),
                Some(pki_url),
                Some(mail),
                Some(mail_from),
                Some(ca_passphrase_file),
                Some(register),
                Some(database),
            ) if reading.0.is_empty() => Ok(Settings {
                listen: self.listen,
                trusted_proxies,
                data: self.data,
                database,
                purpose,
                public_url,
                pki_url,
                product_name: self.product_name,
                mail,
                mail_time_limit: MAIL_TIME_LIMIT,
                mail_from,
                ca_passphrase_file,
                register,
                known_keys: self.known_keys,
                card_bridge_download,
            }),
            _ => Err(SettingsError { purpose, faults: reading.0 }),
        }
    }

    fn mail(&self, purpose: Purpose, reading: &mut Reading) -> Option<MailDelivery> {
        match (purpose, &self.smtp_url) {
            (Purpose::Demonstration, None) => Some(MailDelivery::Inbox),
            (_, url) => reading.required(url.as_deref(), smtp, SMTP_URL),
        }
    }

    fn register(&self, purpose: Purpose, reading: &mut Reading) -> Option<RegisterSource> {
        match (purpose, &self.register_url) {
            (Purpose::Demonstration, None) => Some(RegisterSource::Demonstration),
            (_, url) => {
                let url = url.as_deref().unwrap_or(PUBLIC_GLEIF_URL);
                reading.required(Some(url), register, REGISTER_URL)
            }
        }
    }

    /// Unlike other options, an empty one has a meaning: no proxy at all.
    fn trusted_proxies(&self, reading: &mut Reading) -> TrustedProxies {
        let Some(text) = self.trusted_proxies.as_deref() else { return TrustedProxies::default() };
        TrustedProxies::parse(text).unwrap_or_else(|| {
            reading.0.push(TRUSTED_PROXIES.wrong());
            TrustedProxies::default()
        })
    }

    /// A demonstration needs nothing from the person who starts it; real use has no defaults.
    fn defaults(&self, purpose: Purpose) -> Defaults {
        match purpose {
            Purpose::RealUse => Defaults::default(),
            Purpose::Demonstration => Defaults {
                public_url: Some(format!("http://localhost:{}", self.listen.port())),
                pki_url: Some("http://signet.example.com"),
                mail_from: Some("Signet <signet@signet.example.com>"),
                ca_passphrase_file: Some(self.data.join("secrets").join("ca-passphrase")),
            },
        }
    }
}

#[derive(Default)]
struct Defaults {
    public_url: Option<String>,
    pki_url: Option<&'static str>,
    mail_from: Option<&'static str>,
    ca_passphrase_file: Option<PathBuf>,
}

/// An origin as browsers write it, https, or http on this computer only.
fn origin(text: &str) -> Option<String> {
    let uri: Uri = text.trim_end_matches('/').parse().ok()?;
    let scheme = uri.scheme_str()?;
    let host = uri.host()?.to_ascii_lowercase();
    let allowed = scheme == "https" || (scheme == "http" && is_loopback(&host));
    let is_bare = uri.path_and_query().is_none_or(|path| path == "/");
    if !allowed || !is_bare || uri.authority()?.as_str().contains('@') {
        return None;
    }
    let default_port = if scheme == "https" { 443 } else { 80 };
    match uri.port_u16() {
        Some(port) if port != default_port => Some(format!("{scheme}://{host}:{port}")),
        _ => Some(format!("{scheme}://{host}")),
    }
}

fn is_loopback(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || address.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

fn plain_http(text: &str) -> Option<String> {
    let url = text.trim_end_matches('/');
    pki::profile::HttpUrl::parse(url).ok()?;
    Some(url.to_owned())
}

fn smtp(text: &str) -> Option<MailDelivery> {
    smtp_transport(text)?;
    Some(MailDelivery::Smtp { url: text.to_owned() })
}

fn register(text: &str) -> Option<RegisterSource> {
    is_secure(text)?.then(|| RegisterSource::Gleif { base_url: text.to_owned() })
}

fn download(text: &str) -> Option<String> {
    is_secure(text)?.then(|| text.to_owned())
}

/// Whether nobody on the way can change what is read from this address; `None` where it is no address.
fn is_secure(text: &str) -> Option<bool> {
    let uri: Uri = text.parse().ok()?;
    let host = uri.host()?;
    Some(match uri.scheme_str()? {
        "https" => true,
        "http" => is_loopback(host),
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use super::{ServeArguments, origin, register};
    use crate::{
        settings::{MailDelivery, RegisterSource, TrustedProxies},
        storage::installation::Purpose,
    };
    use clap::Parser;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        arguments: ServeArguments,
    }

    fn arguments(line: &[&str]) -> ServeArguments {
        Line::parse_from(["signet"].iter().chain(line)).arguments
    }

    const COMPLETE: [&str; 5] = [
        "--public-url=https://signet.example.com",
        "--pki-url=http://pki.example.com",
        "--smtp-url=smtp://mail.example.com:587?tls=required",
        "--mail-from=Signet <signet@example.com>",
        "--ca-passphrase-file=/run/secrets/ca",
    ];

    #[test]
    fn real_use_names_everything_that_is_missing_at_once() {
        let error = arguments(&[]).into_settings().unwrap_err().to_string();
        for option in ["--public-url", "--pki-url", "--smtp-url", "--mail-from", "--ca-passphrase-file"] {
            assert!(error.contains(&format!("{option} ")), "{option} is not named in: {error}");
        }
        assert!(error.contains("SIGNET_SMTP_URL") && error.contains("--demonstration"));
    }

    #[test]
    fn real_use_starts_with_each_thing_and_without_none() {
        let settings = arguments(&COMPLETE).into_settings().unwrap();
        assert_eq!(settings.purpose, Purpose::RealUse);
        assert!(matches!(settings.register, RegisterSource::Gleif { .. }));
        for missing in COMPLETE {
            let line: Vec<_> = COMPLETE.into_iter().filter(|option| *option != missing).collect();
            let error = arguments(&line).into_settings().unwrap_err().to_string();
            let option = missing.split('=').next().unwrap();
            assert!(error.contains(option), "{option} is not named in: {error}");
            assert_eq!(error.matches(" is missing.").count(), 1, "{error}");
        }
    }

    #[test]
    fn a_demonstration_needs_nothing_and_shows_its_mail() {
        let settings = arguments(&["--demonstration", "--listen=127.0.0.1:8090"]).into_settings().unwrap();
        assert_eq!(settings.purpose, Purpose::Demonstration);
        assert_eq!(settings.public_url, "http://localhost:8090");
        assert_eq!(settings.mail, MailDelivery::Inbox);
        assert_eq!(settings.register, RegisterSource::Demonstration);
    }

    #[test]
    fn a_demonstration_with_an_smtp_server_really_sends() {
        let settings =
            arguments(&["--demonstration", "--smtp-url=smtp://127.0.0.1:2525"]).into_settings().unwrap();
        assert_eq!(settings.mail, MailDelivery::Smtp { url: "smtp://127.0.0.1:2525".to_owned() });
    }

    #[test]
    fn a_public_url_is_an_origin_and_plain_http_only_at_home() {
        for (text, expected) in [
            ("https://Signet.Example.com/", Some("https://signet.example.com")),
            ("https://signet.example.com:443", Some("https://signet.example.com")),
            ("https://signet.example.com:8443", Some("https://signet.example.com:8443")),
            ("http://localhost:8080", Some("http://localhost:8080")),
            ("http://127.0.0.1:8080", Some("http://127.0.0.1:8080")),
            ("http://[::1]:8080", Some("http://[::1]:8080")),
            ("http://signet.example.com", None),
            ("https://signet.example.com/path", None),
            ("https://user@signet.example.com", None),
            ("ftp://signet.example.com", None),
            ("signet.example.com", None),
            ("http://localhost.evil.example", None),
        ] {
            assert_eq!(origin(text).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn people_are_sent_to_a_safe_place_for_the_card_bridge_or_nowhere() {
        let with = |url: &str| {
            let mut line = COMPLETE.to_vec();
            let option = format!("--card-bridge-download={url}");
            line.push(&option);
            arguments(&line).into_settings().map(|settings| settings.card_bridge_download)
        };
        let page = "https://signet.example.com/card-bridge";
        assert_eq!(with(page).unwrap().as_deref(), Some(page));
        assert_eq!(arguments(&COMPLETE).into_settings().unwrap().card_bridge_download, None);
        for refused in ["http://signet.example.com/card-bridge", "javascript:alert(1)", "card-bridge", ""] {
            let error = with(refused).unwrap_err().to_string();
            assert!(error.contains("--card-bridge-download"), "{refused:?}: {error}");
        }
    }

    #[test]
    fn proxies_are_ranges_of_addresses_and_this_computer_by_default() {
        let with = |proxies: &str| {
            let option = format!("--trusted-proxies={proxies}");
            let line = [COMPLETE.as_slice(), &[option.as_str()]].concat();
            arguments(&line).into_settings().map(|settings| settings.trusted_proxies)
        };
        assert_eq!(arguments(&COMPLETE).into_settings().unwrap().trusted_proxies, TrustedProxies::default());
        assert_eq!(with("10.0.0.0/8").unwrap(), TrustedProxies::parse("10.0.0.0/8").unwrap());
        let error = with("proxy.example.com").unwrap_err().to_string();
        assert!(error.contains("--trusted-proxies") && error.contains("cannot be used"), "{error}");
    }

    #[test]
    fn what_cannot_be_used_is_said_too() {
        let mut line = COMPLETE;
        line[0] = "--public-url=http://signet.example.com";
        line[2] = "--smtp-url=mail.example.com";
        let error = arguments(&line).into_settings().unwrap_err().to_string();
        assert_eq!(error.matches("cannot be used.").count(), 2, "{error}");
        assert!(register("http://api.gleif.org").is_none());
    }
}

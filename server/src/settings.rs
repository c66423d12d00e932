//! What the person who runs the server decides.

mod arguments;
mod smtp_url;
mod trusted_proxies;

pub use arguments::{ServeArguments, SettingsError};
pub use trusted_proxies::TrustedProxies;

pub(crate) use smtp_url::smtp_transport;

use crate::storage::{DatabaseAddress, installation::Purpose};
use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    time::Duration,
};

/// How long an SMTP server may take for a whole message. Our choice: far less than RFC 5321 §4.5.3.2 allows, because people
/// wait for the messages behind it, and less than the lease of a job.
const MAIL_TIME_LIMIT: Duration = Duration::from_secs(30);

/// What a demonstration's public URL is while its port is still to be chosen by the system.
const DEFAULT_PUBLIC_URL_OF_ANY_PORT: &str = "http://localhost:0";

/// All that a running server was told.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where it listens.
    pub listen: SocketAddr,
    /// Where everything that lasts is kept.
    pub data: PathBuf,
    /// Where the database is.
    pub database: DatabaseAddress,
    /// The proxies that are believed when they name a client.
    pub trusted_proxies: TrustedProxies,
    /// Real use, or a demonstration.
    pub purpose: Purpose,
    /// The origin that people open, without a slash at the end. Every link in a mail begins with it.
    pub public_url: String,
    /// Where certificates say that the CRL and the CA certificates are, plain HTTP, without a slash at the end.
    pub pki_url: String,
    /// The product's name in pages and mails.
    pub product_name: String,
    /// Where outgoing mail goes.
    pub mail: MailDelivery,
    /// How long an SMTP server may take for a whole message.
    pub mail_time_limit: Duration,
    /// The sender of every mail.
    pub mail_from: lettre::message::Mailbox,
    /// The file with the passphrase of the CA's keys.
    pub ca_passphrase_file: PathBuf,
    /// Where registers of organizations are asked.
    pub register: RegisterSource,
    /// The file with published keys, none of which gets a certificate.
    pub known_keys: Option<PathBuf>,
    /// Where people get the card bridge; pages do not offer it where this is missing.
    pub card_bridge_download: Option<String>,
}

/// Where outgoing mail goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MailDelivery {
    /// Shown at `/inbox`; only in a demonstration.
    Inbox,
    /// To the SMTP server at this address (`smtp://`, `smtps://`, or `smtp://…?tls=required`).
    Smtp {
        /// With user and password, where the server wants them.
        url: String,
    },
}

/// Which register answers a search.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RegisterSource {
    /// The fictitious organizations that come with the demonstration.
    Demonstration,
    /// The LEI records of the Global Legal Entity Identifier Foundation, or a copy of them.
    Gleif {
        /// Such as `https://api.gleif.org/api/v1`.
        base_url: String,
    },
}

impl Settings {
    /// Notes the address that the system gave, where port 0 asked for any free one.
    pub(crate) fn listen_on(&mut self, address: SocketAddr) {
        if self.public_url == DEFAULT_PUBLIC_URL_OF_ANY_PORT {
            self.public_url = format!("http://localhost:{}", address.port());
        }
        self.listen = address;
    }

    /// The folder with the documents, each named by its hash.
    #[must_use]
    pub fn documents_folder(&self) -> PathBuf {
        self.data.join("documents")
    }

    /// The folder with the CA's certificates and encrypted keys.
    #[must_use]
    pub fn authority_folder(&self) -> PathBuf {
        authority_folder(&self.data)
    }
}

/// The database at this address; without one, the SQLite file in the data folder. `None` where the address is of no database
/// that the server knows.
#[must_use]
pub fn database_address(data: &Path, address: Option<&str>) -> Option<DatabaseAddress> {
    match address.map(str::trim).filter(|address| !address.is_empty()) {
        None => Some(DatabaseAddress::Sqlite(data.join("signet.sqlite"))),
        Some(url) if url.starts_with("postgres://") || url.starts_with("postgresql://") => {
            Some(DatabaseAddress::Postgres(url.to_owned()))
        }
        Some(_) => None,
    }
}

/// The folder with the CA's certificates and encrypted keys in this data folder.
#[must_use]
pub fn authority_folder(data: &Path) -> PathBuf {
    data.join("ca")
}

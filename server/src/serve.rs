//! `signet serve`: puts the parts together, serves until it is told to stop, and stops cleanly.

use crate::{
    access::Role,
    audit,
    authority::{
        self, Authority, AuthorityError, BindingError, Founding, Outcome, Passphrase, PassphraseError,
    },
    clock::{self, Clock, SystemClock},
    data_folder::{self, LockError, LockedFolder, PurposeError},
    demonstration::{self, DemonstrationError},
    durable,
    http::{
        self,
        connections::{self, Bounds},
    },
    jobs,
    known_keys::{self, KnownKeysFileError},
    mail::SmtpError,
    random::SystemRandom,
    register::{DemonstrationRegister, Gleif, GleifError, Register},
    settings::{MailDelivery, RegisterSource, Settings},
    state::{AppState, Parts},
    storage::{StorageError, Store, installation::Purpose},
};
use pki::country::{CountryCode, CountryError};
use std::{
    future::Future,
    io::{self, Write},
    net::SocketAddr,
    path::{Path, PathBuf},
    time::Duration,
};
use tokio::{net::TcpListener, sync::watch};

/// How long requests and jobs under way may take after the signal to stop. Our choice.
const STOPPING: Duration = Duration::from_secs(10);

/// The country of the demonstration's CA. Our choice: that of its first organization.
const DEMONSTRATION_COUNTRY: &str = "PL";

/// Why the server did not start, or ended.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServeError {
    /// The data folder.
    #[error(transparent)]
    Folder(#[from] LockError),
    /// What the data folder is for.
    #[error(transparent)]
    Purpose(#[from] PurposeError),
    /// The SMTP server.
    #[error("the address of the SMTP server cannot be used: {0}")]
    Smtp(#[from] SmtpError),
    /// The passphrase of the CA's keys.
    #[error("the CA's keys cannot be opened: {0}")]
    Passphrase(#[from] PassphraseError),
    /// The CA.
    #[error(transparent)]
    Authority(#[from] AuthorityError),
    /// Real use, before `signet init`: the CA's name stands in every certificate for ever, so nobody guesses it.
    #[error(
        "there is no certification authority in {}: make it once with `signet init --ca-organization NAME --ca-country CODE`",
        .folder.display()
    )]
    NoAuthority {
        /// Where it was looked for.
        folder: PathBuf,
    },
    /// The CA and the database.
    #[error(transparent)]
    Binding(#[from] BindingError),
    /// The country of the CA.
    #[error(transparent)]
    Country(#[from] CountryError),
    /// The database.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// The register.
    #[error(transparent)]
    Register(#[from] GleifError),
    /// The list of known keys.
    #[error(transparent)]
    KnownKeys(#[from] KnownKeysFileError),
    /// The persons of the demonstration.
    #[error(transparent)]
    Demonstration(#[from] DemonstrationError),
    /// The address to listen on.
    #[error("cannot listen on {address}: is another program using that port?")]
    Listen {
        /// As configured.
        address: SocketAddr,
        /// Why.
        source: io::Error,
    },
    /// Reading or writing failed.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// Serves until `stop` is ready. What a person should read is written to `announcements`.
///
/// # Errors
/// See [`ServeError`].
pub async fn serve(
    mut settings: Settings,
    announcements: &mut (dyn Write + Send),
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<(), ServeError> {
    let known_keys = known_keys::read(settings.known_keys.as_deref())?;
    let _locked = LockedFolder::lock(&settings.data)?;
    data_folder::check_purpose(&settings.data, settings.purpose)?;
    let store = Store::open(&settings.database).await?;
    let authority = open_authority(&settings, announcements)?;
    authority.bind(&store, settings.purpose, SystemClock.now()).await?;
    data_folder::dedicate(&settings.data, settings.purpose)?;
    let listener = TcpListener::bind(settings.listen)
        .await
        .map_err(|source| ServeError::Listen { address: settings.listen, source })?;
    settings.listen_on(listener.local_addr()?);
    if settings.purpose == Purpose::Demonstration {
        let persons = demonstration::prepare(&store, &settings).await?;
        announce_demonstration(&settings, &persons, announcements)?;
    }
    let state = AppState::new(Parts {
        register: open_register(&settings.register)?,
        settings,
        store: store.clone(),
        clock: Box::new(SystemClock),
        random: Box::new(SystemRandom),
        authority,
        known_keys,
    })?;
    warn_of_clock(&state).await?;
    jobs::recover(&state).await?;
    jobs::begin(&state).await?;
    jobs::sign_due_list(&state).await?;
    writeln!(announcements, "listening on http://{}", listener.local_addr()?)?;
    announcements.flush()?;
    run(state, listener, stop).await?;
    store.close().await;
    Ok(())
}

/// Says at the start what every attempt to sign will say.
async fn warn_of_clock(state: &AppState) -> Result<(), StorageError> {
    let newest = audit::newest_moment(&mut *state.read().await?).await?;
    if let Err(error) = clock::check(state.clock().now(), newest) {
        tracing::error!("{error}");
    }
    Ok(())
}

/// Serves, works on jobs, and ends both within [`STOPPING`].
async fn run(
    state: AppState,
    listener: TcpListener,
    stop: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let (stopping, stopped) = watch::channel(false);
    let jobs = tokio::spawn(jobs::run_until(state.clone(), stopped.clone()));
    let mut for_http = stopped.clone();
    let router = http::router(state.clone());
    let http = tokio::spawn(connections::serve(listener, router, Bounds::default(), async move {
        // An error means that the sender is gone, which ends the server as well.
        let _ = for_http.wait_for(|stopped| *stopped).await;
    }));
    stop.await;
    tracing::info!("stopping");
    stopping.send_replace(true);
    state.stop_waiting();
    if tokio::time::timeout(STOPPING, async { (jobs.await, http.await) }).await.is_err() {
        tracing::warn!("requests or jobs were still under way after {} seconds", STOPPING.as_secs());
    }
    Ok(())
}

fn open_authority(settings: &Settings, announcements: &mut dyn Write) -> Result<Authority, ServeError> {
    let folder = settings.authority_folder();
    let passphrase = match settings.purpose {
        Purpose::RealUse if !folder.exists() => return Err(ServeError::NoAuthority { folder }),
        Purpose::RealUse => Passphrase::read(&settings.ca_passphrase_file)?,
        Purpose::Demonstration => {
            if let Some(secrets) = settings.ca_passphrase_file.parent() {
                durable::make_private(secrets)?;
            }
            let passphrase = Passphrase::read_or_generate(&settings.ca_passphrase_file, &SystemRandom)?;
            let founding = Founding {
                product_name: settings.product_name.clone(),
                organization: settings.product_name.clone(),
                country: CountryCode::parse(DEMONSTRATION_COUNTRY)?,
                pki_url: settings.pki_url.clone(),
                purpose: Purpose::Demonstration,
            };
            found(&folder, &founding, &passphrase, announcements)?;
            passphrase
        }
    };
    Ok(Authority::open(&folder, &passphrase)?)
}

/// Makes the CA where there is none, and says so: it takes some seconds.
///
/// # Errors
/// See [`AuthorityError`].
pub fn found(
    folder: &Path,
    founding: &Founding,
    passphrase: &Passphrase,
    announcements: &mut dyn Write,
) -> Result<Outcome, ServeError> {
    if !folder.exists() {
        writeln!(announcements, "Making a certification authority in {} (some seconds) …", folder.display())?;
        announcements.flush()?;
    }
    Ok(authority::found(folder, founding, passphrase, &SystemRandom, SystemClock.now())?)
}

fn open_register(source: &RegisterSource) -> Result<Box<dyn Register>, GleifError> {
    Ok(match source {
        RegisterSource::Demonstration => Box::new(DemonstrationRegister::new()),
        RegisterSource::Gleif { base_url } => Box::new(Gleif::new(base_url)?),
    })
}

fn announce_demonstration(
    settings: &Settings,
    persons: &[demonstration::Person],
    announcements: &mut dyn Write,
) -> io::Result<()> {
    writeln!(announcements, "\nThis is a demonstration: its certificates are worthless.\n")?;
    for person in persons {
        let role = match person.role {
            Role::ValidationSpecialist => "a validation specialist",
            _ => "a customer",
        };
        writeln!(announcements, "To be {role}, {}, open\n  {}\n", person.email, person.sign_in_link)?;
    }
    writeln!(announcements, "Each link signs in once. Use two browsers, or a private window, to be both.")?;
    if settings.mail == MailDelivery::Inbox {
        writeln!(announcements, "Mail is not sent but shown at\n  {}/inbox\n", settings.public_url)?;
    }
    announcements.flush()
}

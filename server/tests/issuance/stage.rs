//! A server in this process, with a data folder of its own.

use crate::client::{Person, Server};
use pki::{country::CountryCode, mailbox::Mailbox};
use protocol::{Role, Timestamp};
use server::{
    account,
    authority::{self, Authority, Founding, Passphrase},
    clock::ManualClock,
    http, issuance, known_keys,
    random::PredictableRandom,
    register::{DemonstrationRegister, Register},
    settings::{MailDelivery, Mode, RegisterSource, Settings},
    state::{AppState, Parts},
    storage::Store,
};
use sqlx::{
    ConnectOptions,
    sqlite::{SqliteConnectOptions, SqliteConnection},
};
use std::{
    path::{Path, PathBuf},
    sync::{
        Arc, OnceLock,
        atomic::{AtomicU64, Ordering},
    },
};
use tempfile::TempDir;

pub(crate) const CUSTOMER: &str = "customer@example.com";
pub(crate) const OTHER_CUSTOMER: &str = "other.customer@example.com";
pub(crate) const SPECIALIST: &str = "specialist@example.com";

/// When every test begins: 2026-11-22T15:41:12Z.
pub(crate) fn beginning() -> Timestamp {
    Timestamp::from_unix_seconds(1_795_362_072).unwrap()
}

/// The authority of all tests: its two RSA keys take seconds to make.
pub(crate) struct SharedAuthority {
    folder: TempDir,
}

impl SharedAuthority {
    pub(crate) fn get() -> &'static Self {
        static SHARED: OnceLock<SharedAuthority> = OnceLock::new();
        SHARED.get_or_init(|| {
            let folder = tempfile::tempdir().unwrap();
            let shared = Self { folder };
            std::fs::write(shared.passphrase_file(), "four brave otters in the rain\n").unwrap();
            let random = PredictableRandom::new(1);
            authority::found(&shared.path(), &founding(), &shared.passphrase(), &random, beginning())
                .unwrap();
            shared
        })
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.folder.path().join("ca")
    }

    pub(crate) fn passphrase(&self) -> Passphrase {
        Passphrase::read(&self.passphrase_file()).unwrap()
    }

    /// All its files, in a folder that the test may spoil.
    pub(crate) fn copy_to(&self, folder: &Path) {
        copy_folder(&self.path(), folder);
    }

    pub(crate) fn passphrase_file(&self) -> PathBuf {
        self.folder.path().join("passphrase")
    }
}

pub(crate) fn founding() -> Founding {
    Founding {
        product_name: "Signet Test".to_owned(),
        organization: "Signet Test Authority".to_owned(),
        country: CountryCode::parse("PL").unwrap(),
        pki_url: "http://signet.example.com".to_owned(),
    }
}

pub(crate) fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for file in std::fs::read_dir(from).unwrap() {
        let file = file.unwrap();
        if file.file_type().unwrap().is_file() {
            std::fs::copy(file.path(), to.join(file.file_name())).unwrap();
        }
    }
}

/// How a server differs from the others; kept, because a server that is started again differs in the same way.
struct Configuration {
    change: Box<dyn Fn(&mut Settings) + Send + Sync>,
    register: fn() -> Box<dyn Register>,
}

/// A running server and its data.
pub(crate) struct Stage {
    folder: TempDir,
    pub(crate) clock: Arc<ManualClock>,
    configuration: Arc<Configuration>,
    pub(crate) state: AppState,
    pub(crate) store: Store,
}

impl Stage {
    /// A fresh server with a customer, another customer and a validation specialist.
    pub(crate) async fn new() -> Self {
        Self::configured(|_as_it_is| {}).await
    }

    /// A fresh server whose settings the test changes.
    pub(crate) async fn configured(change: impl Fn(&mut Settings) + Send + Sync + 'static) -> Self {
        let configuration =
            Configuration { change: Box::new(change), register: || Box::new(DemonstrationRegister::new()) };
        Self::with_people(tempfile::tempdir().unwrap(), configuration).await
    }

    /// A fresh server whose data are in this folder.
    pub(crate) async fn in_folder(folder: TempDir) -> Self {
        let configuration = Configuration {
            change: Box::new(|_as_it_is| {}),
            register: || Box::new(DemonstrationRegister::new()),
        };
        Self::with_people(folder, configuration).await
    }

    /// A fresh server that asks this register.
    pub(crate) async fn with_register(register: fn() -> Box<dyn Register>) -> Self {
        let configuration = Configuration { change: Box::new(|_as_it_is| {}), register };
        Self::with_people(tempfile::tempdir().unwrap(), configuration).await
    }

    async fn with_people(folder: TempDir, configuration: Configuration) -> Self {
        let clock = Arc::new(ManualClock::new(beginning()));
        let stage = Self::start(folder, clock, Arc::new(configuration)).await;
        let random = PredictableRandom::new(2);
        let people = [
            (CUSTOMER, Role::Customer),
            (OTHER_CUSTOMER, Role::Customer),
            (SPECIALIST, Role::ValidationSpecialist),
        ];
        for (email, role) in people {
            let mailbox = Mailbox::parse(email).unwrap();
            account::add(&stage.store, &random, beginning(), &mailbox, role).await.unwrap();
        }
        stage
    }

    async fn start(folder: TempDir, clock: Arc<ManualClock>, configuration: Arc<Configuration>) -> Self {
        static SEED: AtomicU64 = AtomicU64::new(100);
        let store = Store::open(&folder.path().join("signet.sqlite")).await.unwrap();
        let shared = SharedAuthority::get();
        let authority = Authority::open(&shared.path(), &shared.passphrase()).unwrap();
        authority.bind(&store, beginning()).await.unwrap();
        let mut settings = settings(folder.path());
        (configuration.change)(&mut settings);
        let state = AppState::new(Parts {
            known_keys: known_keys::read(settings.known_keys.as_deref()).unwrap(),
            settings,
            store: store.clone(),
            clock: Box::new(Arc::clone(&clock)),
            random: Box::new(PredictableRandom::new(SEED.fetch_add(1, Ordering::SeqCst))),
            authority,
            register: (configuration.register)(),
        });
        Self { folder, clock, configuration, state, store }
    }

    /// Ends this server and starts another one on its data, as after a crash: nothing in memory is taken along.
    pub(crate) async fn restart(self) -> Self {
        self.store.close().await;
        let stage = Self::start(self.folder, self.clock, self.configuration).await;
        issuance::recover(&stage.state).await.unwrap();
        stage
    }

    /// Another server on a copy of the data.
    pub(crate) async fn fork(&self) -> Self {
        let folder = tempfile::tempdir().unwrap();
        copy_folder(self.folder.path(), folder.path());
        Self::start(folder, Arc::clone(&self.clock), Arc::clone(&self.configuration)).await
    }

    pub(crate) fn data_folder(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn server(&self) -> Server {
        Server::InProcess(http::router(self.state.clone()))
    }

    pub(crate) async fn sign_in(&self, email: &str) -> Person {
        Person::sign_in(&self.server(), email).await
    }

    /// Another program on the same database.
    pub(crate) async fn database(&self) -> SqliteConnection {
        SqliteConnectOptions::new()
            .filename(self.folder.path().join("signet.sqlite"))
            .connect()
            .await
            .unwrap()
    }

    pub(crate) async fn execute(&self, statement: &'static str) {
        sqlx::query(statement).execute(&mut self.database().await).await.unwrap();
    }

    pub(crate) async fn count(&self, query: &'static str) -> i64 {
        sqlx::query_scalar(query).fetch_one(&mut self.database().await).await.unwrap()
    }
}

fn settings(data: &Path) -> Settings {
    Settings {
        listen: "127.0.0.1:0".parse().unwrap(),
        data: data.to_owned(),
        mode: Mode::Demonstration,
        public_url: "http://localhost:8080".to_owned(),
        pki_url: "http://signet.example.com".to_owned(),
        product_name: "Signet".to_owned(),
        mail: MailDelivery::Inbox,
        mail_from: "Signet <signet@example.com>".parse().unwrap(),
        ca_passphrase_file: data.join("passphrase"),
        register: RegisterSource::Demonstration,
        known_keys: None,
        card_bridge_download: None,
    }
}

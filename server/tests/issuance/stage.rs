//! A server in this process, with a data folder of its own.

use crate::client::{Person, Server};
use crate::database::TestDatabase;
use pki::{country::CountryCode, mailbox::Mailbox};
use protocol::Timestamp;
use server::{
    account::{self, Position},
    authority::{self, Authority, Founding, Passphrase},
    clock::{Clock, ManualClock},
    http, jobs, known_keys,
    random::PredictableRandom,
    register::{DemonstrationRegister, Register},
    settings::{MailDelivery, RegisterSource, Settings, TrustedProxies},
    state::{AppState, Parts},
    storage::{MemberRole, Purpose, StaffRole, Store},
};
use std::{
    path::{Path, PathBuf},
    sync::{
        Arc, OnceLock,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
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
        purpose: Purpose::RealUse,
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
    pub(crate) database: TestDatabase,
    pub(crate) clock: Arc<ManualClock>,
    configuration: Arc<Configuration>,
    pub(crate) state: AppState,
    pub(crate) store: Store,
}

/// Who is there in every test.
const PEOPLE: [(&str, Position); 3] = [
    (CUSTOMER, Position::Customer { of: None, role: MemberRole::Administrator }),
    (OTHER_CUSTOMER, Position::Customer { of: None, role: MemberRole::Administrator }),
    (SPECIALIST, Position::Staff(StaffRole::ValidationSpecialist)),
];

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

    /// A fresh server whose data are in this folder, the database too.
    pub(crate) async fn in_folder(folder: TempDir) -> Self {
        let configuration = Configuration {
            change: Box::new(|_as_it_is| {}),
            register: || Box::new(DemonstrationRegister::new()),
        };
        let database = TestDatabase::sqlite(folder.path());
        Self::with_people_in(folder, database, configuration).await
    }

    /// A fresh server that asks this register.
    pub(crate) async fn with_register(register: fn() -> Box<dyn Register>) -> Self {
        let configuration = Configuration { change: Box::new(|_as_it_is| {}), register };
        Self::with_people(tempfile::tempdir().unwrap(), configuration).await
    }

    async fn with_people(folder: TempDir, configuration: Configuration) -> Self {
        let database = TestDatabase::fresh(folder.path()).await;
        Self::with_people_in(folder, database, configuration).await
    }

    async fn with_people_in(folder: TempDir, database: TestDatabase, configuration: Configuration) -> Self {
        let clock = Arc::new(ManualClock::new(beginning()));
        let stage = Self::start(folder, database, clock, Arc::new(configuration)).await;
        for (email, position) in PEOPLE {
            stage.add(email, position).await;
        }
        stage
    }

    /// Adds a person, or gives one another role.
    pub(crate) async fn add(&self, email: &str, position: Position) {
        let mailbox = Mailbox::parse(email).unwrap();
        account::add_in(&self.store, self.clock.now(), mailbox, position).await.unwrap();
    }

    async fn start(
        folder: TempDir,
        database: TestDatabase,
        clock: Arc<ManualClock>,
        configuration: Arc<Configuration>,
    ) -> Self {
        static SEED: AtomicU64 = AtomicU64::new(100);
        let mut settings = settings(folder.path(), &database);
        let store = Store::open(&settings.database).await.unwrap();
        let shared = SharedAuthority::get();
        let authority = Authority::open(&shared.path(), &shared.passphrase()).unwrap();
        authority.bind(&store, Purpose::Demonstration, beginning()).await.unwrap();
        (configuration.change)(&mut settings);
        let state = AppState::new(Parts {
            known_keys: known_keys::read(settings.known_keys.as_deref()).unwrap(),
            settings,
            store: store.clone(),
            clock: Box::new(Arc::clone(&clock)),
            random: Box::new(PredictableRandom::new(SEED.fetch_add(1, Ordering::SeqCst))),
            authority,
            register: (configuration.register)(),
        })
        .unwrap();
        jobs::begin(&state).await.unwrap();
        jobs::sign_due_list(&state).await.unwrap();
        Self { folder, database, clock, configuration, state, store }
    }

    /// Ends this server and starts another one on its data, as after a crash: nothing in memory is taken along.
    pub(crate) async fn restart(self) -> Self {
        self.store.close().await;
        let stage = Self::start(self.folder, self.database, self.clock, self.configuration).await;
        jobs::recover(&stage.state).await.unwrap();
        stage
    }

    /// Another server on a copy of the data; `None` where the database cannot be copied while it is used.
    pub(crate) async fn fork(&self) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        copy_folder(self.folder.path(), folder.path());
        let database = self.database.copy_in(folder.path())?;
        let (clock, configuration) = (Arc::clone(&self.clock), Arc::clone(&self.configuration));
        Some(Self::start(folder, database, clock, configuration).await)
    }

    /// Another server on the same database, with a documents folder of its own; `None` where only one may use the database.
    pub(crate) async fn second_server(&self) -> Option<Self> {
        let database = self.database.shared()?;
        let (clock, configuration) = (Arc::clone(&self.clock), Arc::clone(&self.configuration));
        Some(Self::start(tempfile::tempdir().unwrap(), database, clock, configuration).await)
    }

    /// Works on every job that is due.
    pub(crate) async fn run_jobs(&self) {
        tokio::time::timeout(Duration::from_secs(20), jobs::run_due(&self.state)).await.unwrap().unwrap();
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

    /// Another program on the same database changes it.
    pub(crate) async fn execute(&self, statement: &'static str) {
        self.database.execute(statement).await.unwrap();
    }

    pub(crate) async fn count(&self, query: &'static str) -> i64 {
        self.database.count(query).await
    }

    pub(crate) async fn texts(&self, query: &'static str) -> Vec<String> {
        self.database.texts(query).await
    }
}

pub(crate) fn settings(data: &Path, database: &TestDatabase) -> Settings {
    Settings {
        listen: "127.0.0.1:0".parse().unwrap(),
        data: data.to_owned(),
        database: database.address(),
        purpose: Purpose::Demonstration,
        public_url: "http://localhost:8080".to_owned(),
        pki_url: "http://signet.example.com".to_owned(),
        product_name: "Signet".to_owned(),
        mail: MailDelivery::Inbox,
        mail_time_limit: Duration::from_secs(10),
        mail_from: "Signet <signet@example.com>".parse().unwrap(),
        ca_passphrase_file: data.join("passphrase"),
        register: RegisterSource::Demonstration,
        known_keys: None,
        card_bridge_download: None,
        trusted_proxies: TrustedProxies::default(),
    }
}

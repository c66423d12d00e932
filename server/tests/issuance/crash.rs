//! A server process that dies: at each named place of issuance, and at any other.

use crate::{
    client::{Answer, Gone, Person, Server},
    csr::CustomerKey,
    database::TestDatabase,
    stage::SharedAuthority,
};
use protocol::{Certificate, CertificateSummary, Order};
use std::{
    fs::File,
    io::{BufRead, BufReader},
    os::unix::process::ExitStatusExt,
    path::PathBuf,
    process::{Child, ChildStdout, Command, Stdio},
    time::Duration,
};
use tempfile::TempDir;

/// The persons of the demonstration.
pub(crate) const CUSTOMER: &str = "anna.kowalska@example.com";
pub(crate) const SPECIALIST: &str = "marek.zielinski@example.com";

const SIGABRT: i32 = 6;

/// Rounds of the test that kills at any moment, and orders under way in each.
const ROUNDS: usize = 12;
const ORDERS_PER_ROUND: usize = 3;

/// A data folder, and the server that runs on it.
pub(crate) struct Signet {
    data: TempDir,
    pub(crate) database: TestDatabase,
    running: Option<Running>,
}

struct Running {
    child: Child,
    origin: String,
    /// Kept open: a server whose announcements nobody reads must not die of that.
    _announcements: BufReader<ChildStdout>,
}

impl Signet {
    /// A demonstration's data folder with the authority of all tests.
    pub(crate) async fn new() -> Self {
        let signet = Self::without_authority().await;
        signet.prepare();
        signet
    }

    /// Another server on the same database; `None` where only one may use it.
    pub(crate) fn beside(&self) -> Option<Self> {
        let signet =
            Self { data: tempfile::tempdir().unwrap(), database: self.database.shared()?, running: None };
        signet.prepare();
        Some(signet)
    }

    /// What a demonstration that was started before leaves.
    fn prepare(&self) {
        SharedAuthority::get().copy_to(&self.folder().join("ca"));
        std::fs::write(self.folder().join("purpose"), "demonstration\n").unwrap();
    }

    async fn without_authority() -> Self {
        let data = tempfile::tempdir().unwrap();
        let database = TestDatabase::fresh(&data.path().join("data")).await;
        Self { data, database, running: None }
    }

    fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_signet"));
        command.env_remove("SIGNET_FAILPOINT").env("SIGNET_DATA", self.folder());
        command.envs(self.database.url().map(|url| ("SIGNET_DATABASE", url)));
        command
    }

    fn folder(&self) -> PathBuf {
        self.data.path().join("data")
    }

    fn spawn(&self, failpoint: Option<&str>) -> Child {
        let log = File::options().create(true).append(true).open(self.data.path().join("log")).unwrap();
        let mut command = self.command();
        command
            .args(["serve", "--demonstration", "--listen", "127.0.0.1:0", "--ca-passphrase-file"])
            .arg(SharedAuthority::get().passphrase_file())
            .envs(failpoint.map(|name| ("SIGNET_FAILPOINT", name)))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log);
        command.spawn().unwrap()
    }

    /// Starts a server that dies at `failpoint`, where one is given, and waits until it listens.
    pub(crate) fn start(&mut self, failpoint: Option<&str>) {
        assert!(self.running.is_none(), "the server before was waited for");
        let mut child = self.spawn(failpoint);
        let mut announcements = BufReader::new(child.stdout.take().unwrap());
        let origin = loop {
            let mut line = String::new();
            let length = announcements.read_line(&mut line).unwrap();
            assert!(length > 0, "the server ended: {}", self.log());
            if let Some(origin) = line.trim_end().strip_prefix("listening on ") {
                break origin.to_owned();
            }
        };
        self.running = Some(Running { child, origin, _announcements: announcements });
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.data.path().join("log")).unwrap()
    }

    pub(crate) fn server(&self) -> Server {
        let running = self.running.as_ref().expect("the server runs");
        let client = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(20)).build().unwrap();
        Server::Process { client, origin: running.origin.clone() }
    }

    /// Somebody who signed in before, at the server that runs now.
    fn meet(&self, person: &Person) -> Person {
        Person { server: self.server(), ..person.clone() }
    }

    /// Ends the process as `kill -9` does.
    fn kill(&mut self) {
        let mut running = self.running.take().expect("the server runs");
        running.child.kill().unwrap();
        running.child.wait().unwrap();
    }

    /// Waits until the process has ended itself at its failpoint.
    fn wait_for_abort(&mut self) {
        let mut running = self.running.take().expect("the server runs");
        let status = running.child.wait().unwrap();
        assert_eq!(status.signal(), Some(SIGABRT), "{}", self.log());
    }

    /// `signet audit verify` with the head that it printed before; the head that it prints now.
    pub(crate) fn verify_audit(&self, earlier: Option<&str>) -> String {
        let mut command = self.command();
        command.args(["audit", "verify"]);
        if let Some(head) = earlier {
            command.args(["--head", head]);
        }
        let output = command.output().unwrap();
        let printed = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let (_, head) = printed.trim_end().rsplit_once("head ").expect("the head is printed");
        head.to_owned()
    }
}

impl Drop for Signet {
    fn drop(&mut self) {
        if self.running.is_some() {
            self.kill();
        }
    }
}

async fn certificates_of(customer: &Person, order: &Order) -> Vec<CertificateSummary> {
    customer.certificates().await.into_iter().filter(|certificate| certificate.order_id == order.id).collect()
}

async fn ready_mails(server: &Server) -> usize {
    let messages = server.mail_to(CUSTOMER).await;
    messages.iter().filter(|message| message.subject == "Your certificate is ready").count()
}

#[cfg(debug_assertions)] // A release build has no failpoints.
#[tokio::test]
async fn a_crash_at_each_step_loses_no_order_and_makes_no_second_certificate() {
    // With each place: whether the certificate exists after a restart, before anybody asks again.
    let failpoints = [
        ("reservation-begun", false),
        ("reservation-written", false),
        ("reserved", true),
        ("signed", true),
        ("certificate-written", true),
        ("issued", true),
    ];
    let mut signet = Signet::new().await;
    signet.start(None);
    let customer = Person::sign_in(&signet.server(), CUSTOMER).await;
    let specialist = Person::sign_in(&signet.server(), SPECIALIST).await;
    let mut orders = Vec::new();
    for (name, _) in failpoints {
        orders.push(customer.prepare_order(&specialist, &format!("{name}@example.com")).await);
    }
    signet.kill();

    let mut head = signet.verify_audit(None);
    for (number, (order, (name, survives))) in orders.iter().zip(failpoints).enumerate() {
        let csr = CustomerKey::generate().csr();
        signet.start(Some(name));
        let answer = signet.meet(&customer).try_activate(&order.id, &csr).await;
        assert!(matches!(answer, Err(Gone)), "{name}: {answer:?}");
        signet.wait_for_abort();
        head = signet.verify_audit(Some(&head));

        signet.start(None);
        let customer = signet.meet(&customer);
        let recovered = certificates_of(&customer, order).await;
        assert_eq!(recovered.len(), usize::from(survives), "{name}");
        let status = if survives { 200 } else { 201 };
        let certificate: Certificate = customer.activate(&order.id, &csr).await.expect(status);
        let listed = certificates_of(&customer, order).await;
        assert_eq!(listed, [certificate.summary], "{name}");
        assert!(!survives || recovered == listed, "{name}");
        let other = customer.activate(&order.id, &CustomerKey::generate().csr()).await;
        assert_eq!(other.slug(409), "other-key", "{name}");
        assert_eq!(ready_mails(&customer.server).await, number + 1, "{name}");
        signet.kill();
        head = signet.verify_audit(Some(&head));
    }
}

#[cfg(debug_assertions)] // A release build has no failpoints.
#[tokio::test]
async fn a_crash_while_a_crl_is_signed_leaves_none_that_was_not_published() {
    let mut signet = Signet::new().await;
    signet.start(None);
    signet.kill();
    signet.database.execute("DELETE FROM crl").await.unwrap();
    let mut dying = signet.spawn(Some("crl-written"));
    assert_eq!(dying.wait().unwrap().signal(), Some(SIGABRT), "{}", signet.log());
    let head = signet.verify_audit(None);
    signet.start(None);
    assert_eq!(signet.server().get("/pki/issuing.crl").await.status, 200);
    signet.kill();
    assert_ne!(signet.verify_audit(Some(&head)), head);
}

/// One order and what was ever answered for it.
struct Attempt {
    order: Order,
    csr: String,
    answered: Vec<Certificate>,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_kill_at_any_moment_loses_no_order_and_makes_no_second_certificate() {
    let mut signet = Signet::new().await;
    signet.start(None);
    let customer = Person::sign_in(&signet.server(), CUSTOMER).await;
    let specialist = Person::sign_in(&signet.server(), SPECIALIST).await;
    let mut attempts = Vec::new();
    let mut head = signet.verify_audit(None);
    for round in 0..ROUNDS {
        let (customer, specialist) = (signet.meet(&customer), signet.meet(&specialist));
        let mut prepared = Vec::new();
        for number in 0..ORDERS_PER_ROUND {
            prepared.push(
                customer.prepare_order(&specialist, &format!("order{round}.{number}@example.com")).await,
            );
        }
        let under_way: Vec<_> = prepared
            .into_iter()
            .map(|order| {
                let csr = CustomerKey::generate().csr();
                let (customer, id, sent) = (customer.clone(), order.id.clone(), csr.clone());
                (order, csr, tokio::spawn(async move { customer.try_activate(&id, &sent).await }))
            })
            .collect();
        tokio::time::sleep(random_delay()).await;
        signet.kill();
        for (order, csr, activating) in under_way {
            let answered = activating.await.unwrap().iter().map(Answer::json).collect();
            attempts.push(Attempt { order, csr, answered });
        }
        head = signet.verify_audit(Some(&head));
        signet.start(None);
    }
    let customer = signet.meet(&customer);
    for attempt in &attempts {
        let answer = customer.activate(&attempt.order.id, &attempt.csr).await;
        assert!(matches!(answer.status, 200 | 201), "{}", answer.status);
        let certificate: Certificate = answer.json();
        for earlier in &attempt.answered {
            assert_eq!(*earlier, certificate, "an answer that was given stays true");
        }
        assert_eq!(certificates_of(&customer, &attempt.order).await, [certificate.summary]);
    }
    assert_eq!(ready_mails(&customer.server).await, attempts.len());
    signet.kill();
    signet.verify_audit(Some(&head));
}

/// Up to 40 ms: about as long as the server needs for the activations.
fn random_delay() -> Duration {
    let mut byte = [0];
    getrandom::fill(&mut byte).unwrap();
    Duration::from_micros(u64::from(byte[0]) * 160)
}

#[cfg(debug_assertions)] // A release build has no failpoints.
#[tokio::test]
async fn a_crash_while_the_authority_is_founded_leaves_nothing_half() {
    let mut signet = Signet::without_authority().await;
    let mut dying = signet.spawn(Some("authority-written"));
    assert_eq!(dying.wait().unwrap().signal(), Some(SIGABRT), "{}", signet.log());
    assert!(signet.folder().join("ca.partial").exists());
    assert!(!signet.folder().join("ca").exists());
    signet.start(None);
    assert_eq!(signet.server().get("/pki/root.cer").await.status, 200);
}

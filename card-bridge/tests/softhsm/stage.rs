//! A folder with tokens, and a worker of the bridge that knows no others.

#![expect(clippy::panic, reason = "a test that sees something else has failed")]

use card_bridge::job::{Job, Line};
use protocol::{Card, CardKey, CardOutcome, CardProblemCode, CardReport, CardTask, OperationState};
use std::fs;
use std::io::{BufRead, BufReader, Lines, Write};
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

const MODULE: &str = "/usr/lib/softhsm/libsofthsm2.so";
/// Answers in place of a person, from the folder of the link by which it is called.
const WINDOWS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/softhsm/pinentry.sh");
pub(crate) const PIN: &str = "2580-1470";
pub(crate) const ADMIN_PIN: &str = "86427531";
pub(crate) const MAILBOX: &str = "anna@example.org";
const ASKER: &str = "https://signet.example";

/// A folder of tokens.
pub(crate) struct Stage(tempfile::TempDir);

/// What came of a task.
pub(crate) struct Performance {
    pub(crate) states: Vec<OperationState>,
    /// What the windows said, a line each, as the protocol of pinentry has it.
    pub(crate) heard: String,
}

impl Stage {
    /// Without a token.
    pub(crate) fn empty() -> Self {
        assert!(
            Path::new(MODULE).exists(),
            "the package softhsm2 is missing: `cargo xtask test` installs it"
        );
        let stage = Self(tempfile::tempdir().expect("a folder"));
        fs::create_dir(stage.path("tokens")).expect("a folder");
        let tokens = stage.path("tokens");
        stage.write("softhsm2.conf", &format!("directories.tokendir = {}\n", tokens.display()));
        // Not a copy: a file that was just written may be busy while another test starts a process.
        symlink(WINDOWS, stage.path("pinentry")).expect("a link");
        // Workers of one person take turns by a file in the state folder.
        let (pinentry, state) = (stage.path("pinentry"), stage.path("state"));
        let configuration =
            format!("pinentry = '{}'\nstate_folder = '{}'\n", pinentry.display(), state.display());
        stage.write("config.toml", &configuration);
        stage.write("answers", "");
        stage
    }

    /// With one token.
    pub(crate) fn new() -> Self {
        let stage = Self::empty();
        stage.add_token("common profile");
        stage
    }

    pub(crate) fn add_token(&self, label: &str) {
        let mut tool = Command::new("softhsm2-util");
        tool.args(["--init-token", "--free", "--label", label, "--so-pin", ADMIN_PIN, "--pin", PIN]);
        self.said(&mut tool);
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).expect("a file is written");
    }

    /// A program that sees these tokens and no reader.
    pub(crate) fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        self.furnish(&mut command);
        command
    }

    fn furnish(&self, command: &mut Command) {
        command.env("SOFTHSM2_CONF", self.path("softhsm2.conf"));
        command.env("SIGNET_CARD_BRIDGE_CONFIG", self.path("config.toml"));
        // Readers of this machine are none of these tests' business.
        command.env("PCSCLITE_CSOCK_NAME", self.path("no-service"));
    }

    /// What a program says that must succeed.
    pub(crate) fn said(&self, command: &mut Command) -> String {
        self.furnish(command);
        let output = command.output().expect("the program starts");
        assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("text")
    }

    /// OpenSC's look at the first token.
    pub(crate) fn tool(&self, arguments: &[&str]) -> String {
        self.said(Command::new("pkcs11-tool").args(["--module", MODULE]).args(arguments))
    }

    fn worker(&self, job: &Job) -> Worker {
        let mut child = self
            .command(env!("CARGO_BIN_EXE_signet-card-bridge"))
            .arg("worker")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the bridge starts");
        let job = serde_json::to_string(job).expect("a job");
        writeln!(child.stdin.as_mut().expect("an input"), "{job}").expect("the worker reads its job");
        let lines = BufReader::new(child.stdout.take().expect("an output")).lines();
        Worker { child, lines }
    }

    /// What is there, without a PIN.
    pub(crate) fn report(&self) -> CardReport {
        match self.worker(&Job::Look).next() {
            Some(Line::Report(report)) => report,
            line => panic!("{line:?}"),
        }
    }

    /// The only card.
    pub(crate) fn card(&self) -> Card {
        let mut cards = self.report().cards;
        assert_eq!(cards.len(), 1, "{cards:?}");
        cards.remove(0)
    }

    /// The only key on the only card.
    pub(crate) fn key(&self) -> CardKey {
        let mut keys = self.card().keys;
        assert_eq!(keys.len(), 1, "{keys:?}");
        keys.remove(0)
    }

    /// Begins a task that a person answers so.
    pub(crate) fn begin(&self, task: &CardTask, answers: &[&str]) -> Worker {
        let answers: String = answers.iter().flat_map(|answer| [answer, "\n"]).collect();
        self.write("answers", &answers);
        self.write("heard", "");
        self.worker(&Job::Perform { asker: ASKER.to_owned(), task: task.clone() })
    }

    /// Does a task to its end. All answers are used.
    pub(crate) fn perform(&self, task: &CardTask, answers: &[&str]) -> Performance {
        let states = self.begin(task, answers).states().collect();
        assert_eq!(
            fs::read_to_string(self.path("answers")).expect("a file"),
            "",
            "unused answers: {states:?}"
        );
        Performance { states, heard: fs::read_to_string(self.path("heard")).expect("a file") }
    }
}

/// A process with one job. It ends with this value.
pub(crate) struct Worker {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Worker {
    fn next(&mut self) -> Option<Line> {
        // An empty one stands before each, for what a module may have written.
        let line = self.lines.find(|line| !matches!(line, Ok(empty) if empty.is_empty()))?.expect("a line");
        Some(serde_json::from_str(&line).expect("a line of a worker"))
    }

    pub(crate) fn next_state(&mut self) -> Option<OperationState> {
        match self.next()? {
            Line::State(state) => Some(state),
            line => panic!("{line:?}"),
        }
    }

    fn states(mut self) -> impl Iterator<Item = OperationState> {
        std::iter::from_fn(move || self.next_state())
    }

    /// The first state that is this one.
    pub(crate) fn until(&mut self, is_wanted: impl Fn(&OperationState) -> bool) -> OperationState {
        std::iter::from_fn(|| self.next_state()).find(|state| is_wanted(state)).expect("the state comes")
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        // It may have ended already.
        let _ended = self.child.kill();
        let _status = self.child.wait();
    }
}

impl Performance {
    pub(crate) fn outcome(&self) -> &CardOutcome {
        match self.states.last() {
            Some(OperationState::Done { outcome }) => outcome,
            state => panic!("{state:?}"),
        }
    }

    /// The request, PEM.
    pub(crate) fn request(&self) -> &str {
        match self.outcome() {
            CardOutcome::Request { csr_pem, .. } => csr_pem,
            outcome => panic!("{outcome:?}"),
        }
    }

    /// The code and the advice.
    pub(crate) fn problem(&self) -> (CardProblemCode, &str) {
        match self.states.last() {
            Some(OperationState::Failed { problem }) => (problem.code, &problem.advice),
            state => panic!("{state:?}"),
        }
    }

    pub(crate) fn code(&self) -> CardProblemCode {
        self.problem().0
    }

    /// How often a PIN was asked for.
    pub(crate) fn questions(&self) -> usize {
        self.heard.lines().filter(|line| *line == "GETPIN").count()
    }

    /// What the windows said of the answer before.
    pub(crate) fn notices(&self) -> Vec<&str> {
        self.heard.lines().filter_map(|line| line.strip_prefix("SETERROR ")).collect()
    }
}

pub(crate) fn generate(algorithm: &str) -> CardTask {
    CardTask::Generate { card: None, algorithm: algorithm.to_owned(), mailbox: MAILBOX.to_owned() }
}

pub(crate) fn reuse(public_key_sha256: &str) -> CardTask {
    let public_key_sha256 = public_key_sha256.to_owned();
    CardTask::Reuse { card: None, public_key_sha256, mailbox: MAILBOX.to_owned() }
}

pub(crate) fn remove(public_key_sha256: &str) -> CardTask {
    CardTask::Remove { card: None, public_key_sha256: public_key_sha256.to_owned() }
}

//! What the Tools pages ask the worker for, and what it tells them.
//!
//! A tool answers with a [`Report`]: words and values, made where the cryptography is, so that the page only shows them
//! and stays small. What was private in an input never comes back.

mod certificates;
mod identity;
mod new_request;
mod pfx;
mod pfx_file;
mod private_key;
pub mod task;

use super::{
    client::CryptoWorker,
    error::CryptoError,
    messages::{Answer, Secret, Task, algorithm_id, decode, encode},
    typed_secret::TypedSecret,
};
use pki::key_policy::KeyAlgorithm;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::{fmt, rc::Rc};
use wasm_crypto::KeyProgress;
use zeroize::Zeroizing;

/// What a tool can do.
#[derive(Debug, Serialize, Deserialize)]
pub enum ToolTask {
    /// Answered by [`ToolAnswer::NewRequest`].
    NewRequest(NewRequest),
    /// Answered by [`ToolAnswer::Report`].
    Certificates {
        /// A text or a file.
        input: Content,
        /// The present moment, Unix time in seconds.
        now: u64,
    },
    /// Answered by [`ToolAnswer::Pfx`].
    InspectPfx(InspectPfx),
    /// Answered by [`ToolAnswer::File`].
    MakePfx(MakePfx),
    /// Answered by [`ToolAnswer::File`].
    ConvertPfx(ConvertPfx),
    /// Answered by [`ToolAnswer::Identity`].
    Identify {
        /// A private key, a PFX, a request, a certificate or a public key.
        input: Content,
        /// What opens it, where it needs that.
        password: Option<TypedSecret>,
    },
}

/// What comes out of a [`ToolTask`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ToolAnswer {
    /// A key and its request.
    NewRequest(RequestFiles),
    /// What was found.
    Report(Report),
    /// What is known of a PFX.
    Pfx(PfxReport),
    /// A file to hand over.
    File(MadeFile),
    /// Whose key it is.
    Identity(Identity),
}

/// Asks for a key pair and a request with what the person wants in it.
#[derive(Debug, Serialize, Deserialize)]
pub struct NewRequest {
    /// Which key.
    #[serde(with = "algorithm_id")]
    pub algorithm: KeyAlgorithm,
    /// Short name of an attribute, such as `O`, and its value; in the order of the name.
    pub subject: Vec<(String, String)>,
    /// The addresses for subjectAltName.
    pub mailboxes: Vec<String>,
    /// What encrypts the private key.
    pub passphrase: Secret,
}

/// A new key, encrypted, and its request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestFiles {
    /// The private key, encrypted under the passphrase; PEM, `ENCRYPTED PRIVATE KEY`.
    pub private_key_pem: String,
    /// The request, PEM.
    pub csr_pem: String,
    /// What it is, in rows.
    pub rows: Vec<Row>,
}

/// Asks what a PFX is made of and what is inside.
#[derive(Debug, Serialize, Deserialize)]
pub struct InspectPfx {
    /// The file.
    pub pfx: Content,
    /// Each is tried on each part. Without any, only what stands outside the encryption is told.
    pub passwords: Vec<TypedSecret>,
    /// How long it may take.
    pub patience: Patience,
    /// The present moment, Unix time in seconds.
    pub now: u64,
}

/// How long a person waits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Patience {
    /// As long as nobody has asked them.
    #[default]
    Short,
    /// They were told how long it takes, and said yes.
    Long,
}

/// Asks for a PFX of a key, its certificate and the chain.
#[derive(Debug, Serialize, Deserialize)]
pub struct MakePfx {
    /// The private key, in any form that is read.
    pub private_key: Content,
    /// What opens it, where it needs that.
    pub passphrase: Option<TypedSecret>,
    /// The certificate and those above it, in any order.
    pub certificates: Content,
    /// What encrypts the PFX.
    pub password: Secret,
    /// `Preset::id`.
    pub preset: String,
    /// The present moment, Unix time in seconds.
    pub now: u64,
}

/// Asks for the content of a PFX in another one.
#[derive(Debug, Serialize, Deserialize)]
pub struct ConvertPfx {
    /// The file.
    pub pfx: Content,
    /// What opens it.
    pub password: TypedSecret,
    /// What opens the parts that the first does not.
    pub second_password: Option<TypedSecret>,
    /// Certificates to be added to the chain; may be empty.
    pub certificates: Content,
    /// What encrypts the new file; without one, what opens the old one.
    pub new_password: Option<Secret>,
    /// `Preset::id`.
    pub preset: String,
    /// The present moment, Unix time in seconds.
    pub now: u64,
}

/// A file that the page hands over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MadeFile {
    /// Its name.
    pub name: String,
    /// Its content.
    pub content: Vec<u8>,
    /// What is in it.
    pub report: Report,
}

/// What is known of a PFX.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PfxReport {
    /// In words.
    pub report: Report,
    /// Whether the passwords opened it so far that it can be written anew.
    pub is_open: bool,
    /// `Preset::id` of the preset that it has, where it has one.
    pub preset: Option<String>,
    /// Why the password does not open it.
    pub password_problem: Option<String>,
    /// Which part needs a second password, where one does.
    pub second_password: Option<SecondPassword>,
    /// How many seconds it takes to open it, where a person is to be asked first.
    pub takes_seconds: Option<u64>,
}

/// A second password of a PFX.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SecondPassword {
    /// A part does not open under the first; none was given yet.
    Needed,
    /// One was given, and a part opens under neither. Why, in a sentence.
    Rejected(String),
    /// It opened what the first did not.
    Opened,
}

/// Whose key something has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// Such as `Certificate` or `Private key`.
    pub kind: String,
    /// Such as `RSA 2048`.
    pub key: String,
    /// SHA-256 of the subjectPublicKeyInfo, lower-case hex.
    pub spki_sha256: String,
    /// Whether it holds a private key: it should then not stay in a field.
    pub is_private: bool,
}

/// Findings, in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// Whether it is good news.
    pub tone: ReportTone,
    /// The news.
    pub title: String,
    /// Sentences below it.
    pub sentences: Vec<String>,
    /// Names and values.
    pub sections: Vec<Section>,
    /// Whether a private key was in the input: a field must not keep it.
    pub has_private_key: bool,
}

/// What kind of news a [`Report`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ReportTone {
    /// As it should be.
    Good,
    /// Neither good nor bad.
    Neutral,
    /// Something to know before going on.
    Warning,
    /// It will not work.
    Bad,
}

/// Rows under a heading.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Section {
    /// The heading.
    pub title: String,
    /// Shown at once, or folded in.
    pub is_folded: bool,
    /// The rows.
    pub rows: Vec<Row>,
}

/// A name and its value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// The name.
    pub name: String,
    /// The value.
    pub value: Value,
}

impl Row {
    /// A row.
    pub fn new(name: impl Into<String>, value: Value) -> Self {
        Self { name: name.into(), value }
    }

    /// A row with text.
    pub fn text(name: impl Into<String>, text: impl Into<String>) -> Self {
        Self::new(name, Value::Lines(vec![text.into()]))
    }
}

/// A value, by how it is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Value {
    /// Text, a line each.
    Lines(Vec<String>),
    /// A fingerprint or number in hex, to be compared and copied.
    Hex(String),
    /// A moment, Unix time in seconds, negative before 1970.
    Moment(i64),
}

/// Why a tool could not do what it was asked for: what happened and what to do next.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// The sentences.
    pub message: String,
    /// Which input it is about.
    pub about: About,
    /// Whether the input holds something private that must not stay in a field.
    pub is_private: bool,
    /// Whether the person ended it.
    pub is_cancelled: bool,
}

/// Which input a [`Problem`] is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum About {
    /// None of them.
    Nothing,
    /// The only input, or the private key or file.
    Input,
    /// The certificates.
    Certificates,
    /// What opens the input. Where none was given, one is needed.
    Password,
    /// What encrypts the file that is made.
    NewPassword,
    /// The addresses of a request.
    Mailboxes,
    /// An attribute of the subject of a request, by its place in the list.
    Subject(usize),
}

impl Problem {
    /// A problem with an input.
    pub fn new(about: About, message: impl Into<String>) -> Self {
        Self { message: message.into(), about, is_private: false, is_cancelled: false }
    }
}

/// An error of a file, which is written in the middle of one, as a sentence.
pub(super) fn sentence(error: impl fmt::Display) -> String {
    let text = error.to_string();
    let mut characters = text.chars();
    let first = characters.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    let end = if text.ends_with('.') { "" } else { "." };
    format!("{first}{}{end}", characters.as_str())
}

impl From<CryptoError> for Problem {
    fn from(error: CryptoError) -> Self {
        Self { is_cancelled: error == CryptoError::Cancelled, ..Self::new(About::Nothing, error.to_string()) }
    }
}

impl CryptoWorker {
    /// Uses a tool.
    ///
    /// # Errors
    /// What is wrong with the input, or that the module failed.
    pub fn use_tool(
        &self,
        task: &ToolTask,
        on_progress: Option<Rc<dyn Fn(KeyProgress)>>,
    ) -> impl Future<Output = Result<ToolAnswer, Problem>> + use<> {
        let answer = encode(task).map(|task| {
            self.ask(Task::Tool(task.into()), on_progress, |answer| match answer {
                Answer::Tool(outcome) => Some(outcome),
                _ => None,
            })
        });
        async move {
            let answer = answer.or(Err(CryptoError::DifferentVersions))?.await?;
            let answer: Result<ToolAnswer, Problem> =
                decode(answer.as_bytes()).or(Err(CryptoError::DifferentVersions))?;
            answer
        }
    }
}

/// A text or a file, which may be private: overwritten when it is dropped, never shown.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Content(Zeroizing<Vec<u8>>);

/// The longest input of a tool. Our choice: certificates of a whole browser, or a PFX with a long chain, have less.
pub const CONTENT_LIMIT_BYTES: usize = 2_097_152;

/// The longest content of a message: an input in the text of a task, with room for its other parts.
const MESSAGE_LIMIT_BYTES: usize = 5 * CONTENT_LIMIT_BYTES;

impl Content {
    /// The bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl From<Vec<u8>> for Content {
    fn from(bytes: Vec<u8>) -> Self {
        Self(Zeroizing::new(bytes))
    }
}

impl From<Zeroizing<Vec<u8>>> for Content {
    fn from(bytes: Zeroizing<Vec<u8>>) -> Self {
        Self(bytes)
    }
}

impl fmt::Debug for Content {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Content({} bytes)", self.0.len())
    }
}

impl Serialize for Content {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.0)
    }
}

impl<'de> Deserialize<'de> for Content {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_bytes(ContentVisitor)
    }
}

struct ContentVisitor;

impl de::Visitor<'_> for ContentVisitor {
    type Value = Content;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "at most {MESSAGE_LIMIT_BYTES} bytes")
    }

    fn visit_bytes<E: de::Error>(self, bytes: &[u8]) -> Result<Content, E> {
        if bytes.len() > MESSAGE_LIMIT_BYTES {
            return Err(E::invalid_length(bytes.len(), &self));
        }
        Ok(Content(Zeroizing::new(bytes.to_vec())))
    }
}

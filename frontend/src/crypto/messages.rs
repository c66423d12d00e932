//! What page and worker say to each other.
//!
//! A message is a `Uint8Array`, encoded by `postcard`, whose memory is handed over, not copied, and overwritten once it is read:
//! a JavaScript string could not be overwritten. Copies that the browser makes on its own are out of reach.

use super::{CryptoError, tools::Content, typed_secret::TypedSecret};
use pki::key_policy::KeyAlgorithm;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::fmt;
use wasm_crypto::{KeyProgress, pfx::Preset};
use zeroize::Zeroizing;

/// Asks for a key pair, its recovery file and its request.
#[derive(Debug, Serialize, Deserialize)]
pub struct GenerateKey {
    /// Which key.
    #[serde(with = "algorithm_id")]
    pub algorithm: KeyAlgorithm,
    /// The address that the request names.
    pub mailbox: String,
    /// What encrypts the recovery file.
    pub passphrase: Secret,
}

/// A new key, encrypted, and what may be told about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GeneratedKey {
    /// The private key, encrypted under the passphrase; PEM, `ENCRYPTED PRIVATE KEY`.
    pub recovery_file: String,
    /// The certification request, PEM.
    pub csr_pem: String,
    /// SHA-256 of the subjectPublicKeyInfo, lower-case hex.
    pub public_key_sha256: String,
}

/// What the module says about a pasted certification request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Verdict {
    /// It can be used.
    Correct(CorrectRequest),
    /// It cannot.
    Wrong(WrongRequest),
}

/// A request that can be used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CorrectRequest {
    /// The subject as text; may be empty.
    pub subject: String,
    /// Label such as `Organization` and value of each attribute of the subject.
    pub subject_attributes: Vec<(String, String)>,
    /// What the request asks for; none of it is used.
    pub requested_extensions: Vec<RequestedExtension>,
    /// What of the request does not get into the certificate, such as `Subject`.
    pub ignored_parts: Vec<String>,
    /// Where the request says something else than [`Examine::expected`].
    pub differences: Vec<Difference>,
    /// Such as `RSA 2048`.
    pub key_algorithm: String,
    /// Such as `SHA-256 with RSA`.
    pub signature: String,
    /// SHA-256 of the subjectPublicKeyInfo, lower-case hex.
    pub public_key_sha256: String,
    /// The request in its canonical form.
    pub csr_pem: String,
    /// Sentences that the person may want to know.
    pub warnings: Vec<String>,
}

/// An extension that a request asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestedExtension {
    /// Such as `Key usage`.
    pub name: String,
    /// As one line.
    pub value: String,
    /// Whether it is marked as critical.
    pub critical: bool,
}

/// A field that request and certificate fill differently.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Difference {
    /// Such as `Organization`.
    pub field: String,
    /// What the request says.
    pub in_request: String,
    /// What the certificate will say; none when it will not have the field.
    pub in_certificate: Option<String>,
}

/// A correct request made from a wrong one, offered as one click.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mend {
    /// What the click does, such as `Use the first request`.
    pub label: String,
    /// The request, PEM.
    pub text: String,
}

/// A request that cannot be used, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WrongRequest {
    /// Stable, such as `signature-invalid`.
    pub code: String,
    /// What is wrong, a sentence.
    pub message: String,
    /// What to do next, a sentence.
    pub remedy: String,
    /// The line, counted from one, where there is a place.
    pub line: Option<usize>,
    /// The column in characters, counted from one, where there is a place.
    pub column: Option<usize>,
    /// The element in the structure, such as `certificationRequestInfo.version`, where there is one.
    pub path: Option<String>,
    /// What puts it right, where something does.
    pub mend: Option<Mend>,
    /// Whether a private key was pasted: it should then count as given away.
    pub private_key: bool,
}

/// All that the examiner can do: judge a pasted request. Answered by a [`Verdict`].
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Examine {
    /// The text or the file.
    pub input: Vec<u8>,
    /// What was chosen for the certificate, to compare it with the request.
    pub expected: Option<ExpectedCertificate>,
}

/// What was chosen for a certificate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExpectedCertificate {
    /// Label such as `Organization`, the one of `pki::subject::SubjectField`, and value.
    pub subject: Vec<(String, String)>,
    /// The address.
    pub mailbox: String,
}

/// Asks for a PFX of a key and its certificate.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct WritePfx {
    /// The recovery file, or the encrypted private key of another program.
    pub recovery_file: Content,
    /// What opens it.
    pub passphrase: TypedSecret,
    /// SHA-256 of the public key that the key must have, lower-case hex.
    pub public_key_sha256: String,
    /// The name that programs show for the entry: the mailbox.
    pub friendly_name: String,
    /// The certificate, PEM.
    pub leaf_pem: String,
    /// The certificates above it, issuing CA first, PEM each.
    pub chain_pem: Vec<String>,
    /// What encrypts the PFX.
    pub pfx_password: Secret,
    /// How.
    #[serde(with = "PresetMessage")]
    pub preset: Preset,
}

/// A passphrase or a password; overwritten when it is dropped, never shown.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Secret(Zeroizing<Vec<u8>>);

/// A secret that is longer is not read. Our choice: far over what [`wasm_crypto::passphrase::check`] accepts, in UTF-8.
const SECRET_LIMIT_BYTES: usize = 4096;

impl Secret {
    /// The text; none when it is not UTF-8.
    pub fn as_str(&self) -> Option<&str> {
        std::str::from_utf8(&self.0).ok()
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self(Zeroizing::new(text.into_bytes()))
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Secret(..)")
    }
}

impl Serialize for Secret {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.0)
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_bytes(SecretVisitor)
    }
}

struct SecretVisitor;

impl de::Visitor<'_> for SecretVisitor {
    type Value = Secret;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "at most {SECRET_LIMIT_BYTES} bytes")
    }

    fn visit_bytes<E: de::Error>(self, bytes: &[u8]) -> Result<Secret, E> {
        if bytes.len() > SECRET_LIMIT_BYTES {
            return Err(E::invalid_length(bytes.len(), &self));
        }
        Ok(Secret(Zeroizing::new(bytes.to_vec())))
    }
}

/// From the page: do this. The task is a [`Task`] for the crypto worker and an [`Examine`] for the examiner.
#[derive(Debug, Serialize, Deserialize)]
pub struct Job<T> {
    /// Names the job in all answers.
    pub id: u32,
    /// What to do.
    pub task: T,
}

/// What the crypto worker can do.
#[derive(Debug, Serialize, Deserialize)]
pub enum Task {
    /// Answered by [`Answer::Key`].
    Generate(GenerateKey),
    /// Answered by [`Answer::Pfx`].
    WritePfx(WritePfx),
    /// Answered by [`Answer::Passphrase`].
    GeneratePassphrase,
    /// Compile and test what searches for primes, before it is needed. Answered by [`Answer::Prepared`].
    Prepare,
    /// A [`super::tools::ToolTask`] as it is encoded: who uses no tool need not know its parts. Answered by
    /// [`Answer::Tool`].
    Tool(Content),
}

/// From a worker. The answer is an [`Answer`] of the crypto worker, a [`Verdict`] of the examiner.
#[derive(Debug, Serialize, Deserialize)]
pub enum FromWorker<A> {
    /// The module is loaded and listens; whatever was sent before is lost.
    Ready,
    /// A job goes on.
    Progress {
        /// [`Job::id`].
        id: u32,
        /// How far it is.
        #[serde(with = "KeyProgressMessage")]
        progress: KeyProgress,
    },
    /// A job has ended.
    Done {
        /// [`Job::id`].
        id: u32,
        /// How.
        outcome: Result<A, CryptoError>,
    },
}

/// What comes out of a [`Task`].
#[derive(Debug, Serialize, Deserialize)]
pub enum Answer {
    /// A key pair.
    Key(GeneratedKey),
    /// A PFX, DER.
    Pfx(Vec<u8>),
    /// A passphrase.
    Passphrase(Secret),
    /// Nothing but that it is done.
    Prepared,
    /// What a tool found, encoded.
    Tool(Content),
}

/// Writes a message.
///
/// # Errors
/// When a part of the message does not tell its length; all parts do.
pub fn encode(message: &impl Serialize) -> postcard::Result<Zeroizing<Vec<u8>>> {
    // All at once: a vector that grows leaves its old memory behind, unwiped.
    let mut bytes = Zeroizing::new(vec![0; postcard::experimental::serialized_size(message)?]);
    postcard::to_slice(message, &mut bytes)?;
    Ok(bytes)
}

/// Reads a message.
///
/// # Errors
/// When the bytes are no such message.
pub fn decode<T: de::DeserializeOwned>(bytes: &[u8]) -> postcard::Result<T> {
    match postcard::take_from_bytes(bytes)? {
        (message, []) => Ok(message),
        _ => Err(postcard::Error::DeserializeBadEncoding),
    }
}

/// A [`KeyAlgorithm`] crosses as its id.
pub(super) mod algorithm_id {
    use super::{Deserialize, Deserializer, KeyAlgorithm, Serializer, de};

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde gives a reference")]
    pub(in crate::crypto) fn serialize<S: Serializer>(
        algorithm: &KeyAlgorithm,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(algorithm.id())
    }

    pub(in crate::crypto) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<KeyAlgorithm, D::Error> {
        let id = String::deserialize(deserializer)?;
        KeyAlgorithm::from_id(&id).ok_or_else(|| de::Error::custom("unknown key algorithm"))
    }
}

/// [`KeyProgress`] as it crosses to the page.
#[derive(Serialize, Deserialize)]
#[serde(remote = "KeyProgress")]
enum KeyProgressMessage {
    SearchingFirstPrime { candidates: u32 },
    SearchingSecondPrime { candidates: u32 },
    Checking,
}

/// [`Preset`] as it crosses to the worker.
#[derive(Serialize, Deserialize)]
#[serde(remote = "Preset")]
enum PresetMessage {
    Modern,
    Compatible,
    Pbmac1,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(text: &str) -> Secret {
        text.to_owned().into()
    }

    #[test]
    fn a_job_reads_back_as_it_was_sent() {
        let task = Task::Generate(GenerateKey {
            algorithm: KeyAlgorithm::EcP384,
            mailbox: "anna@example.com".into(),
            passphrase: secret("a \"quoted\" passphrase"),
        });
        let Job { id, task } = decode(&encode(&Job { id: 7, task }).unwrap()).unwrap();
        let Task::Generate(read) = task else { panic!("another task") };
        assert_eq!(id, 7);
        assert_eq!(read.algorithm, KeyAlgorithm::EcP384);
        assert_eq!(read.mailbox, "anna@example.com");
        assert_eq!(read.passphrase.as_str(), Some("a \"quoted\" passphrase"));
    }

    #[test]
    fn an_error_crosses_with_its_reason() {
        let outcome =
            Err(CryptoError::InvalidPassphrase(wasm_crypto::passphrase::PassphraseProblem::TooShort));
        let bytes = encode(&FromWorker::<Answer>::Done { id: 1, outcome }).unwrap();
        let FromWorker::<Answer>::Done { id: 1, outcome: Err(error) } = decode(&bytes).unwrap() else {
            panic!("{bytes:?}")
        };
        assert!(error.to_string().contains("at least 8 characters"));
    }

    #[test]
    fn a_message_is_written_into_memory_of_its_exact_size() {
        let bytes =
            encode(&Job { id: 1, task: Examine { input: vec![0, 127, 255], expected: None } }).unwrap();
        assert_eq!(bytes.len(), bytes.capacity());
    }

    #[test]
    fn a_secret_is_not_shown() {
        assert_eq!(format!("{:?}", secret("hunter2hunter2")), "Secret(..)");
    }

    #[test]
    fn a_secret_over_the_limit_is_not_read() {
        let longest = encode(&secret(&"x".repeat(SECRET_LIMIT_BYTES))).unwrap();
        assert!(decode::<Secret>(&longest).is_ok());
        let too_long = encode(&secret(&"x".repeat(SECRET_LIMIT_BYTES + 1))).unwrap();
        assert!(decode::<Secret>(&too_long).is_err());
    }

    #[test]
    fn every_algorithm_crosses() {
        for algorithm in KeyAlgorithm::ALL {
            let task = GenerateKey { algorithm, mailbox: String::new(), passphrase: secret("") };
            let read: GenerateKey = decode(&encode(&task).unwrap()).unwrap();
            assert_eq!(read.algorithm, algorithm);
        }
    }
}

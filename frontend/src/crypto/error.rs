use serde::{Deserialize, Serialize};
use wasm_crypto::passphrase::PassphraseProblem;

/// Why the crypto module did not do what it was asked for. The text says what happened and what to do next.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[non_exhaustive]
pub enum CryptoError {
    /// The browser refused to start a worker.
    #[error(
        "This browser did not start the crypto module. Use a current browser, and allow this site to run scripts."
    )]
    NotStarted,
    /// The worker's file or its WebAssembly could not be loaded.
    #[error("The crypto module could not be loaded. Check the connection and reload the page.")]
    NotLoaded,
    /// The worker ended in the middle of its work.
    #[error("The crypto module stopped unexpectedly. Nothing was kept. Reload the page and try again.")]
    Crashed,
    /// The worker was dropped before it had finished.
    #[error("Cancelled. Nothing was kept.")]
    Cancelled,
    /// Page and worker do not understand each other: they are of different versions.
    #[error("The page was updated while it was open. Reload it and try again.")]
    DifferentVersions,
    /// The browser gave no random numbers.
    #[error(
        "This browser gave no secure random numbers. Use another browser; without them no key can be made."
    )]
    NoRandomness,
    /// The address is not one.
    #[error("The e-mail address cannot stand in a certificate. Go back and correct it.")]
    InvalidMailbox,
    /// The passphrase of the recovery file, or the password of the PFX, is not accepted.
    #[error(transparent)]
    InvalidPassphrase(#[serde(with = "PassphraseProblemMessage")] PassphraseProblem),
    /// The key pair did not pass its own test.
    #[error("The new key did not pass its self-test and was thrown away. Try again.")]
    KeyNotMade,
    /// The file is a private key, and not one that opens here: what it is, and the way out, in the words of
    /// [`wasm_crypto::private_key::PrivateKeyError`].
    #[error("{0}")]
    PrivateKey(String),
    /// The key file is in a form that only the module of the Tools reads: the page asks that one.
    #[error("The key file is not in the form that was made on this site. Reload the page and try again.")]
    ForTheTools,
    /// The text is not an encrypted private key.
    #[error(
        "This is neither a recovery file nor another encrypted private key. Choose the file that begins with “BEGIN ENCRYPTED PRIVATE KEY”."
    )]
    NotARecoveryFile,
    /// The recovery file ends too early.
    #[error("The recovery file or key file is cut off. Choose the whole file, or use another copy of it.")]
    CutOffRecoveryFile,
    /// The recovery file uses an encryption that is not read here.
    #[error(
        "This key file is encrypted in a way that is not supported here. Use the recovery file that was made on this site."
    )]
    UnsupportedRecoveryFile,
    /// The passphrase does not open the recovery file.
    #[error(
        "The passphrase does not open this file. Check upper and lower case, and that it is the right file."
    )]
    WrongPassphrase,
    /// The recovery file opens, but what is inside is not a whole key.
    #[error("The recovery file or key file is damaged. Use another copy of it.")]
    DamagedRecoveryFile,
    /// The key is of a kind that is not accepted.
    #[error("The key in this file is of a kind that is not supported here.")]
    UnsupportedKey,
    /// The key is another one than the certificate's.
    #[error(
        "This key belongs to another certificate. Use the recovery file of this order, or the key that its request was made with."
    )]
    OtherKey,
    /// A certificate cannot be read.
    #[error("The certificate could not be read. Reload the page and try again.")]
    UnreadableCertificate,
    /// The PFX did not pass when it was opened again.
    #[error("The PFX file did not pass its check and was thrown away. Try again.")]
    PfxNotMade,
}

/// [`PassphraseProblem`] as it crosses to the page.
#[derive(Serialize, Deserialize)]
#[serde(remote = "PassphraseProblem")]
enum PassphraseProblemMessage {
    Empty,
    TooShort,
    TooLong,
    ControlCharacter,
    OuterSpace,
}

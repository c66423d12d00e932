//! Why a PFX is not written or does not open.

use super::not_a_pfx::NotAPfx;
use crate::{
    key_pair::KeyPairError,
    passphrase::PassphraseProblem,
    password_based_encryption::{EncryptionError, MAXIMUM_ITERATIONS, UnsupportedScheme},
    private_key::RefusedKey,
};
use pki::certificate::CertificateError;
use std::fmt;

/// Why a PFX was not written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PfxError {
    /// The password is not accepted.
    #[error(transparent)]
    Password(#[from] PassphraseProblem),
    /// The certificate, or one of the chain, cannot be read.
    #[error("a certificate cannot be read")]
    Certificate {
        /// Why.
        source: CertificateError,
    },
    /// The certificate is for another key.
    #[error("the certificate is for another key")]
    OtherKey,
    /// A certificate is not followed by its issuer's.
    #[error("a certificate is not followed by its issuer's")]
    BrokenChain,
    /// The file to convert does not open.
    #[error(transparent)]
    Source(OpenPfxError),
    /// The key cannot be written.
    #[error("the key cannot be written")]
    Key {
        /// Why.
        source: KeyPairError,
    },
    /// A part cannot be encrypted.
    #[error("a part of the file cannot be encrypted")]
    Encryption,
    /// The file cannot be encoded.
    #[error("the file cannot be encoded")]
    Encoding {
        /// Why.
        source: der::Error,
    },
    /// The file does not open again.
    #[error("the file does not open again")]
    NotOpened {
        /// Why.
        source: OpenPfxError,
    },
    /// The file opens, with something else inside.
    #[error("the file opens with something else inside")]
    OtherContent,
}

impl From<der::Error> for PfxError {
    fn from(source: der::Error) -> Self {
        Self::Encoding { source }
    }
}

impl From<EncryptionError> for PfxError {
    fn from(_: EncryptionError) -> Self {
        Self::Encryption
    }
}

/// Why a PFX does not open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OpenPfxError {
    /// The bytes are something else.
    #[error("{0}")]
    NotAPfx(NotAPfx),
    /// The file ends too early.
    #[error("the file is cut off; download or copy it again")]
    CutOff,
    /// A part is not as it should be.
    #[error("the file is damaged: {part}")]
    Damaged {
        /// Where.
        part: Part,
    },
    /// The file is larger than any PFX.
    #[error("the file has {bytes} bytes, and no more than {limit} are read")]
    TooLarge {
        /// How large it is.
        bytes: usize,
        /// What is read at most.
        limit: usize,
    },
    /// The file has more certificates and keys than are read.
    #[error("the file has more than {limit} parts")]
    TooManyParts {
        /// What is read at most.
        limit: usize,
    },
    /// The file asks for more work than is done.
    #[error("the file asks for {iterations} iterations, and no more than {limit} are done")]
    TooManyIterations {
        /// What one derivation asks for.
        iterations: u64,
        /// What is done at most.
        limit: u64,
    },
    /// The file takes longer than a page works without a question: [`super::Effort::Brief`].
    #[error("to open the file takes about {seconds} seconds")]
    TakesLong {
        /// An estimate for a small computer.
        seconds: u64,
    },
    /// The file takes longer than anybody waits.
    #[error("to open the file would take about {seconds} seconds, and no more than {limit} are spent on one")]
    TooMuchWork {
        /// An estimate for a small computer.
        seconds: u64,
        /// What is spent at most.
        limit: u64,
    },
    /// The file is encrypted or protected in a way that is not read here.
    #[error("the file uses {0}, which is not supported")]
    Unsupported(UnsupportedScheme),
    /// The password is another one.
    #[error("the password does not open the file")]
    WrongPassword,
    /// The password opens a part of the file, and another part does not open under it.
    #[error("{protects}")]
    SecondPassword {
        /// The part that it does not open.
        protects: Protected,
    },
    /// Something of one program.
    #[error("a safe in the file is of a kind that is not known")]
    UnknownSafe,
    /// There are certificates at most.
    #[error("there is no private key in the file")]
    NoKey,
    /// There is only a key.
    #[error("there is no certificate in the file")]
    NoCertificate,
    /// There are a key and certificates, but none for that key.
    #[error("the certificate in the file is for another key")]
    OtherKey,
    /// The key is of a kind or size that is not read here.
    #[error("the private key in the file is {0}")]
    UnsupportedKey(RefusedKey),
}

impl From<EncryptionError> for OpenPfxError {
    fn from(error: EncryptionError) -> Self {
        match error {
            EncryptionError::Unsupported(scheme) => Self::Unsupported(scheme),
            EncryptionError::Malformed | EncryptionError::Iterations { iterations: 0 } => {
                Self::Damaged { part: Part::Encryption }
            }
            EncryptionError::Iterations { iterations } => {
                Self::TooManyIterations { iterations: iterations.into(), limit: MAXIMUM_ITERATIONS.into() }
            }
            EncryptionError::Undecryptable => Self::WrongPassword,
        }
    }
}

/// What has a password of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Protected {
    /// The integrity check.
    IntegrityCheck,
    /// A safe.
    Contents,
    /// A private key.
    Key,
}

impl fmt::Display for Protected {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::IntegrityCheck => {
                "the password opens what is inside, but not the integrity check: either that has a second password, or \
                 the file was changed after it was made"
            }
            Self::Contents => "the password is right, and a second password protects the contents",
            Self::Key => "the password is right, and the private key has a second password of its own",
        })
    }
}

/// A part of a PFX.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Part {
    /// The outermost structure.
    Outside,
    /// What comes after the end.
    End,
    /// The integrity check.
    Mac,
    /// The list of safes, or a safe.
    Safes,
    /// How a safe or a key is encrypted.
    Encryption,
    /// A bag, which holds one key or certificate.
    Bag,
    /// A certificate.
    Certificate,
    /// The private key.
    Key,
}

impl fmt::Display for Part {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Outside => "its outermost structure cannot be read",
            Self::End => "there are bytes after its end",
            Self::Mac => "its integrity check cannot be read",
            Self::Safes => "a safe inside cannot be read",
            Self::Encryption => "how it is encrypted cannot be read",
            Self::Bag => "a part inside a safe cannot be read",
            Self::Certificate => "a certificate inside cannot be read",
            Self::Key => "the private key inside is not whole",
        })
    }
}

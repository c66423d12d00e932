//! What can be wrong with a pasted text or a file that should be a certification request.

use crate::key_policy::KeyRejection;
use std::fmt;

/// A place in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// The line, from one.
    pub line: usize,
    /// The character in the line, from one.
    pub column: usize,
}

/// In which form a private key was given away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PrivateKeyForm {
    /// `PRIVATE KEY`, RFC 5958.
    Pkcs8,
    /// `ENCRYPTED PRIVATE KEY`, RFC 5958.
    EncryptedPkcs8,
    /// `RSA PRIVATE KEY`, RFC 8017.
    Rsa,
    /// `EC PRIVATE KEY`, RFC 5915.
    Ec,
    /// `OPENSSH PRIVATE KEY`.
    OpenSsh,
    /// `PGP PRIVATE KEY BLOCK`, RFC 9580.
    Pgp,
    /// A PFX file, RFC 7292: a private key with its certificates.
    Pfx,
    /// Any other text that says that it is a private key.
    Other,
}

/// Why a text or a file is not a request that a certificate can be made from.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Defect {
    /// There is nothing.
    Empty,
    /// Far longer than any request.
    TooLong {
        /// How many bytes it has.
        actual: usize,
        /// How many it may have.
        maximum: usize,
    },
    /// Text, but nothing in it looks like a request.
    NotARequest,
    /// A web page, or text copied with its HTML.
    Html,
    /// `\n` written out as two characters.
    EscapedLineBreaks {
        /// The first.
        position: Position,
    },
    /// The first line is missing.
    BeginLineMissing,
    /// The first line is there, but its dashes are not five hyphens on each side.
    BeginLineDamaged {
        /// Where it is.
        position: Position,
    },
    /// The last line is missing.
    EndLineMissing,
    /// The last line is there, but its dashes are not five hyphens on each side.
    EndLineDamaged {
        /// Where it is.
        position: Position,
    },
    /// The first and the last line name different things.
    LinesDiffer {
        /// Where the last line is.
        position: Position,
    },
    /// A request between lines that say something else.
    LabelWrong {
        /// Where the first line is.
        position: Position,
    },
    /// More than one request.
    SeveralRequests {
        /// How many.
        count: usize,
    },
    /// A character that Base64 does not have.
    CharacterOutsideBase64 {
        /// Which.
        character: char,
        /// Where it is.
        position: Position,
    },
    /// The number of Base64 characters cannot be right: at least one is missing.
    Base64Incomplete,
    /// A private key: whoever has seen the text can use it.
    PrivateKey {
        /// In which form.
        form: PrivateKeyForm,
    },
    /// A certificate.
    Certificate,
    /// A bundle of certificates (PKCS #7).
    CertificateBundle,
    /// A revocation list.
    RevocationList,
    /// A public key alone.
    PublicKey,
    /// An SSH public key.
    SshPublicKey,
    /// Something of `OpenPGP`.
    OpenPgp,
    /// Not DER at all.
    NotDer,
    /// The end is missing.
    Truncated {
        /// How many bytes it says that it has.
        expected: usize,
        /// How many it has.
        actual: usize,
    },
    /// Something follows after the end.
    TrailingBytes {
        /// How many bytes.
        count: usize,
    },
    /// DER, but not the structure of a request.
    Malformed,
    /// A version other than the only one that exists.
    Version,
    /// The policy does not accept the key.
    Key(KeyRejection),
    /// The signature was made with a broken digest.
    SignatureWeak {
        /// Which, such as `SHA-1`.
        digest: &'static str,
    },
    /// The signature algorithm is not one of RSA or ECDSA with SHA-256, SHA-384 or SHA-512.
    SignatureUnsupported {
        /// Which, when known.
        name: Option<&'static str>,
    },
    /// The signature algorithm cannot belong to this kind of key.
    SignatureMismatch,
    /// The request was changed after it was signed, or signed with another key.
    SignatureInvalid,
}

impl Defect {
    /// Its stable code in kebab-case, such as `signature-invalid`.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::TooLong { .. } => "too-long",
            Self::NotARequest => "not-a-request",
            Self::Html => "html",
            Self::EscapedLineBreaks { .. } => "escaped-line-breaks",
            Self::BeginLineMissing => "begin-line-missing",
            Self::BeginLineDamaged { .. } => "begin-line-damaged",
            Self::EndLineMissing => "end-line-missing",
            Self::EndLineDamaged { .. } => "end-line-damaged",
            Self::LinesDiffer { .. } => "lines-differ",
            Self::LabelWrong { .. } => "label-wrong",
            Self::SeveralRequests { .. } => "several-requests",
            Self::CharacterOutsideBase64 { .. } => "character-outside-base64",
            Self::Base64Incomplete => "base64-incomplete",
            Self::PrivateKey { .. } => "private-key",
            Self::Certificate => "certificate",
            Self::CertificateBundle => "certificate-bundle",
            Self::RevocationList => "revocation-list",
            Self::PublicKey => "public-key",
            Self::SshPublicKey => "ssh-public-key",
            Self::OpenPgp => "open-pgp",
            Self::NotDer => "not-der",
            Self::Truncated { .. } => "truncated",
            Self::TrailingBytes { .. } => "trailing-bytes",
            Self::Malformed => "malformed",
            Self::Version => "version",
            Self::Key(rejection) => key_code(rejection),
            Self::SignatureWeak { .. } => "signature-weak",
            Self::SignatureUnsupported { .. } => "signature-unsupported",
            Self::SignatureMismatch => "signature-mismatch",
            Self::SignatureInvalid => "signature-invalid",
        }
    }

    /// Where in the text, when there is a place.
    pub fn position(&self) -> Option<Position> {
        match self {
            Self::EscapedLineBreaks { position }
            | Self::BeginLineDamaged { position }
            | Self::EndLineDamaged { position }
            | Self::LinesDiffer { position }
            | Self::LabelWrong { position }
            | Self::CharacterOutsideBase64 { position, .. } => Some(*position),
            _ => None,
        }
    }

    /// Whether a private key was given away: the text must be forgotten at once, and the key never used.
    pub fn is_private_key(&self) -> bool {
        matches!(self, Self::PrivateKey { .. })
    }
}

fn key_code(rejection: &KeyRejection) -> &'static str {
    match rejection {
        KeyRejection::Undecodable => "key-undecodable",
        KeyRejection::ParametersNotNull => "key-parameters",
        KeyRejection::AlgorithmUnsupported { .. } => "key-algorithm",
        KeyRejection::CurveUnsupported { .. } => "key-curve",
        KeyRejection::NotForMail { .. } => "key-not-for-mail",
        KeyRejection::CurveParametersExplicit => "key-curve-explicit",
        KeyRejection::ModulusTooShort { .. } => "key-too-short",
        KeyRejection::ModulusTooLong { .. } => "key-too-long",
        KeyRejection::ModulusSizeUnusual { .. } => "key-size-unusual",
        KeyRejection::ModulusSmallFactor { .. } => "key-small-factor",
        KeyRejection::ExponentEven => "key-exponent-even",
        KeyRejection::ExponentTooSmall { .. } => "key-exponent-too-small",
        KeyRejection::ExponentTooLarge => "key-exponent-too-large",
        KeyRejection::PointCompressed => "key-point-compressed",
        KeyRejection::PointNotOnCurve => "key-point-not-on-curve",
    }
}

impl fmt::Display for Defect {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message())
    }
}

impl std::error::Error for Defect {}

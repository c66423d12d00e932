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

/// Where a defect is.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Place {
    /// In the text.
    Text {
        /// The line, from one.
        line: usize,
        /// The character in the line, from one.
        column: usize,
    },
    /// In the structure.
    Asn1 {
        /// The element, by the names of RFC 2986 §4, such as `certificationRequestInfo.attributes[1].values`.
        path: String,
    },
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
    /// A JSON Web Key with its private part, RFC 7517.
    JsonWebKey,
    /// Any other text that says that it is a private key.
    Other,
}

impl PrivateKeyForm {
    /// All.
    pub const ALL: [Self; 9] = [
        Self::Pkcs8,
        Self::EncryptedPkcs8,
        Self::Rsa,
        Self::Ec,
        Self::OpenSsh,
        Self::Pgp,
        Self::Pfx,
        Self::JsonWebKey,
        Self::Other,
    ];

    /// Its stable id, such as `pkcs8`.
    pub fn id(self) -> &'static str {
        match self {
            Self::Pkcs8 => "pkcs8",
            Self::EncryptedPkcs8 => "encrypted-pkcs8",
            Self::Rsa => "rsa",
            Self::Ec => "ec",
            Self::OpenSsh => "openssh",
            Self::Pgp => "open-pgp",
            Self::Pfx => "pfx",
            Self::JsonWebKey => "json-web-key",
            Self::Other => "other",
        }
    }
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
    Malformed {
        /// The element that is not what it should be.
        path: String,
    },
    /// BER with a length that is written only at its end.
    IndefiniteLength {
        /// The element.
        path: String,
    },
    /// BER: a length, a number or a truth value that is not written in the one way of DER.
    NotCanonical {
        /// The element.
        path: String,
    },
    /// Elements within elements, deeper than any request.
    TooDeep {
        /// How many levels it may have.
        maximum: usize,
    },
    /// Two attributes of one type.
    DuplicateAttribute {
        /// The second.
        path: String,
    },
    /// An attribute without a value, or one with several where there may be one.
    AttributeValues {
        /// The attribute.
        path: String,
    },
    /// Two requested extensions of one type.
    DuplicateExtension {
        /// The second.
        path: String,
    },
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
    /// The signature algorithm has parameters that it must not have (RFC 4055 §5, RFC 5758 §3.2).
    SignatureParameters,
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
            Self::Malformed { .. } => "malformed",
            Self::IndefiniteLength { .. } => "indefinite-length",
            Self::NotCanonical { .. } => "not-canonical",
            Self::TooDeep { .. } => "too-deep",
            Self::DuplicateAttribute { .. } => "duplicate-attribute",
            Self::AttributeValues { .. } => "attribute-values",
            Self::DuplicateExtension { .. } => "duplicate-extension",
            Self::Version => "version",
            Self::Key(rejection) => key_code(rejection),
            Self::SignatureWeak { .. } => "signature-weak",
            Self::SignatureUnsupported { .. } => "signature-unsupported",
            Self::SignatureParameters => "signature-parameters",
            Self::SignatureMismatch => "signature-mismatch",
            Self::SignatureInvalid => "signature-invalid",
        }
    }

    /// Where it is, when there is a place.
    pub fn place(&self) -> Option<Place> {
        let path = match self {
            Self::BeginLineDamaged { position }
            | Self::EndLineDamaged { position }
            | Self::LinesDiffer { position }
            | Self::LabelWrong { position }
            | Self::CharacterOutsideBase64 { position, .. } => {
                return Some(Place::Text { line: position.line, column: position.column });
            }
            Self::Malformed { path }
            | Self::IndefiniteLength { path }
            | Self::NotCanonical { path }
            | Self::DuplicateAttribute { path }
            | Self::AttributeValues { path }
            | Self::DuplicateExtension { path } => path,
            Self::Version => VERSION,
            Self::Key(rejection) => key_path(rejection),
            Self::SignatureWeak { .. } | Self::SignatureUnsupported { .. } | Self::SignatureMismatch => {
                "signatureAlgorithm.algorithm"
            }
            Self::SignatureParameters => "signatureAlgorithm.parameters",
            Self::SignatureInvalid => "signature",
            _ => return None,
        };
        Some(Place::Asn1 { path: path.to_owned() })
    }

    /// Whether something private was given away: the text must be forgotten at once, and the key never used.
    pub fn is_private(&self) -> bool {
        matches!(self, Self::PrivateKey { .. })
    }
}

const VERSION: &str = "certificationRequestInfo.version";

/// The element of the key that the policy does not accept.
fn key_path(rejection: &KeyRejection) -> &'static str {
    match rejection {
        KeyRejection::Undecodable => "certificationRequestInfo.subjectPKInfo",
        KeyRejection::ParametersNotNull
        | KeyRejection::CurveUnsupported { .. }
        | KeyRejection::CurveParametersExplicit => {
            "certificationRequestInfo.subjectPKInfo.algorithm.parameters"
        }
        KeyRejection::AlgorithmUnsupported { .. } | KeyRejection::NotForMail { .. } => {
            "certificationRequestInfo.subjectPKInfo.algorithm"
        }
        KeyRejection::ExponentEven
        | KeyRejection::ExponentTooSmall { .. }
        | KeyRejection::ExponentTooLarge => {
            "certificationRequestInfo.subjectPKInfo.subjectPublicKey.publicExponent"
        }
        KeyRejection::ModulusTooShort { .. }
        | KeyRejection::ModulusTooLong { .. }
        | KeyRejection::ModulusSizeNotBytes { .. }
        | KeyRejection::ModulusSizeUnusual { .. }
        | KeyRejection::ModulusSmallFactor { .. }
        | KeyRejection::PrimesTooClose
        | KeyRejection::Roca => "certificationRequestInfo.subjectPKInfo.subjectPublicKey.modulus",
        _ => "certificationRequestInfo.subjectPKInfo.subjectPublicKey",
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
        KeyRejection::ModulusSizeNotBytes { .. } => "key-size-not-bytes",
        KeyRejection::ModulusSizeUnusual { .. } => "key-size-unusual",
        KeyRejection::ModulusSmallFactor { .. } => "key-small-factor",
        KeyRejection::PrimesTooClose => "key-primes-too-close",
        KeyRejection::Roca => "key-roca",
        KeyRejection::Published => "key-published",
        KeyRejection::NumberNegative => "key-number-negative",
        KeyRejection::ExponentEven => "key-exponent-even",
        KeyRejection::ExponentTooSmall { .. } => "key-exponent-too-small",
        KeyRejection::ExponentTooLarge => "key-exponent-too-large",
        KeyRejection::PointCompressed => "key-point-compressed",
        KeyRejection::PointAtInfinity => "key-point-at-infinity",
        KeyRejection::PointNotOnCurve => "key-point-not-on-curve",
    }
}

impl fmt::Display for Defect {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message())
    }
}

impl std::error::Error for Defect {}

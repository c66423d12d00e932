//! What can be wrong with a pasted text or a file that should be a certification request.

use crate::key_policy::KeyRejection;
use crate::pasted::TextDefect;
use std::fmt;

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

/// Why a text or a file is not a request that a certificate can be made from.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Defect {
    /// There is no request in the text, or its text is damaged.
    Text(TextDefect),
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
            Self::Text(defect) => text_code(defect),
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
            Self::Text(defect) => {
                let position = defect.position()?;
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
        matches!(self, Self::Text(TextDefect::Other(kind)) if kind.is_private())
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

fn text_code(defect: &TextDefect) -> &'static str {
    match defect {
        TextDefect::Empty => "empty",
        TextDefect::TooLong { .. } => "too-long",
        TextDefect::NotARequest => "not-a-request",
        TextDefect::Other(kind) => kind.code(),
        TextDefect::BeginLineMissing => "begin-line-missing",
        TextDefect::BeginLineDamaged { .. } => "begin-line-damaged",
        TextDefect::EndLineMissing => "end-line-missing",
        TextDefect::EndLineDamaged { .. } => "end-line-damaged",
        TextDefect::LinesDiffer { .. } => "lines-differ",
        TextDefect::LabelWrong { .. } => "label-wrong",
        TextDefect::SeveralRequests { .. } => "several-requests",
        TextDefect::CharacterOutsideBase64 { .. } => "character-outside-base64",
        TextDefect::Base64Incomplete => "base64-incomplete",
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

impl From<TextDefect> for Defect {
    fn from(defect: TextDefect) -> Self {
        Self::Text(defect)
    }
}

impl fmt::Display for Defect {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message())
    }
}

impl std::error::Error for Defect {}

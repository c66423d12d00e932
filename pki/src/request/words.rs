//! The words for defects: what happened, and what to do next, for people who never heard of a CSR.

use super::Defect;
use crate::key_policy::KeyRejection;
use crate::pasted::{Kind, TextDefect};

/// How to get a request that will do, said where nothing more precise can be.
const MAKE_A_NEW_ONE: &str =
    "Make a new key pair and a new request, with RSA of 2048, 3072 or 4096 bits, or with P-256 or P-384.";
/// For requests that are wrong by the program that made them: the key is good.
const MAKE_IT_ELSEWHERE: &str =
    "Make the request again with the same key and another program, for example with openssl req -new -key.";
const MAKE_IT_WITH_THE_KEY: &str =
    "Make a certificate request with the key; it begins with -----BEGIN CERTIFICATE REQUEST-----.";
const COPY_IT_AGAIN: &str = "Copy the whole request again, from -----BEGIN CERTIFICATE REQUEST----- to -----END CERTIFICATE REQUEST-----, or choose the file.";

impl Defect {
    /// What is wrong, as a sentence.
    pub fn message(&self) -> String {
        match self {
            Self::Text(defect) => text_message(defect),
            Self::Truncated { expected, actual } => {
                format!(
                    "The end is missing: the request says it has {expected} bytes, but there are {actual}."
                )
            }
            Self::TrailingBytes { count } => {
                format!("{count} bytes too many follow after the end of the request.")
            }
            Self::TooDeep { maximum } => {
                format!(
                    "The parts of the request are nested deeper than {maximum} levels; no real request is."
                )
            }
            Self::Key(rejection) => rejection.to_string(),
            Self::SignatureWeak { digest } => {
                format!("The request is signed with {digest}, which can be forged today.")
            }
            Self::SignatureUnsupported { name } => format!(
                "The request is signed in a way that is not accepted here: {}.",
                name.unwrap_or("an unknown algorithm")
            ),
            _ => self.fixed_message().to_owned(),
        }
    }

    fn fixed_message(&self) -> &'static str {
        match self {
            Self::NotDer => "What stands between the first and the last line is not a certificate request.",
            Self::Version => "The request has a version that does not exist.",
            Self::IndefiniteLength { .. } => {
                "The request leaves the length of a part open, which the standard does not allow here."
            }
            Self::NotCanonical { .. } => {
                "A part of the request is not written in the one form that the standard allows."
            }
            Self::DuplicateAttribute { .. } => "The request holds the same attribute twice.",
            Self::AttributeValues { .. } => {
                "An attribute of the request has no value, or several where there may be one."
            }
            Self::DuplicateExtension { .. } => "The request asks for the same certificate extension twice.",
            Self::SignatureParameters => {
                "The signature algorithm of the request is not written as the standard says."
            }
            Self::SignatureMismatch => "The request is signed with another kind of key than the one inside.",
            Self::SignatureInvalid => {
                "The signature of the request is wrong: it was changed after it was made, or it was signed with another key."
            }
            _ => "The certificate request is damaged.",
        }
    }

    /// What to do next, as a sentence.
    pub fn remedy(&self) -> String {
        match self {
            Self::Text(defect) => text_remedy(defect),
            Self::IndefiniteLength { .. }
            | Self::NotCanonical { .. }
            | Self::TooDeep { .. }
            | Self::DuplicateAttribute { .. }
            | Self::AttributeValues { .. }
            | Self::DuplicateExtension { .. }
            | Self::SignatureParameters => MAKE_IT_ELSEWHERE,
            Self::Malformed { .. } | Self::Version | Self::SignatureInvalid | Self::SignatureMismatch => {
                "Copy the request again; if that does not help, make a new one with the same key."
            }
            Self::Key(rejection) => key_remedy(rejection),
            Self::SignatureWeak { .. } => "Make the request again with SHA-256, for example with openssl req -sha256.",
            Self::SignatureUnsupported { .. } => {
                "Make the request again, signed with SHA-256, SHA-384 or SHA-512 and RSA (PKCS #1 v1.5) or ECDSA."
            }
            _ => COPY_IT_AGAIN,
        }
        .to_owned()
    }
}

fn text_message(defect: &TextDefect) -> String {
    let fixed = match defect {
        TextDefect::TooLong { actual, maximum } => {
            return format!("This has {actual} bytes; a certificate request never has more than {maximum}.");
        }
        TextDefect::BeginLineDamaged { position } => {
            return format!(
                "Line {} should be -----BEGIN CERTIFICATE REQUEST-----, with five hyphens on each side.",
                position.line
            );
        }
        TextDefect::EndLineDamaged { position } => {
            return format!(
                "Line {} should be -----END CERTIFICATE REQUEST-----, with five hyphens on each side.",
                position.line
            );
        }
        TextDefect::SeveralRequests { count } => {
            return format!("There are {count} certificate requests here.");
        }
        TextDefect::CharacterOutsideBase64 { character, position } => {
            return format!(
                "The character {} in line {}, column {} cannot be part of a certificate request.",
                character.escape_debug(),
                position.line,
                position.column
            );
        }
        TextDefect::Other(kind) if kind.is_private() => {
            return format!("This is {}. Nobody but its owner may ever have it.", kind.name());
        }
        TextDefect::Other(Kind::WebPage) => "This was copied with the markup of a web page around it.",
        TextDefect::Other(kind) => {
            return format!("This is {}, not a certificate request.", kind.name());
        }
        TextDefect::Empty => "There is no certificate request here yet.",
        TextDefect::NotARequest => "This is not a certificate request.",
        TextDefect::BeginLineMissing => "The first line, -----BEGIN CERTIFICATE REQUEST-----, is missing.",
        TextDefect::EndLineMissing => "The last line, -----END CERTIFICATE REQUEST-----, is missing.",
        TextDefect::LinesDiffer { .. } => "The first line and the last line do not name the same thing.",
        TextDefect::LabelWrong { .. } => {
            "This is a certificate request, but its first line says something else."
        }
        TextDefect::Base64Incomplete => "At least one character is missing.",
    };
    fixed.to_owned()
}

fn text_remedy(defect: &TextDefect) -> &'static str {
    match defect {
        TextDefect::Empty => "Paste the certificate request, or choose its file.",
        TextDefect::LabelWrong { .. } => {
            "Check that you copied the right text; the first line of a request is -----BEGIN CERTIFICATE REQUEST-----."
        }
        TextDefect::SeveralRequests { .. } => "Paste only the request for this certificate.",
        TextDefect::Other(kind) => kind_remedy(*kind),
        TextDefect::NotARequest => MAKE_IT_WITH_THE_KEY,
        _ => COPY_IT_AGAIN,
    }
}

fn kind_remedy(kind: Kind) -> &'static str {
    match kind {
        Kind::PrivateKey(_) => {
            "Do not use this key any more: make a new key pair, keep its private key to yourself, and paste the certificate request, which has no private key in it."
        }
        Kind::WebPage => "Copy the text itself, not the page's source, or choose the file.",
        Kind::Printout => {
            "Paste the request itself: the text from -----BEGIN CERTIFICATE REQUEST----- to -----END CERTIFICATE REQUEST-----."
        }
        Kind::SpoiltBinary | Kind::Document => {
            "Choose the file of the request itself, instead of pasting it."
        }
        Kind::Archive => "Unpack it, and choose the file of the request inside.",
        Kind::RequestMessage | Kind::CmsRequest | Kind::Spkac => {
            "Make the request in the form of PKCS #10 with the same key, for example with openssl req -new -key."
        }
        Kind::Certificate
        | Kind::CertificateBundle
        | Kind::CertificatePath
        | Kind::RevocationList
        | Kind::EncryptedMessage => {
            "Paste the request that was made together with the key; it begins with -----BEGIN CERTIFICATE REQUEST-----."
        }
        _ => MAKE_IT_WITH_THE_KEY,
    }
}

fn key_remedy(rejection: &KeyRejection) -> &'static str {
    match rejection {
        KeyRejection::CurveParametersExplicit => {
            "Make the key again with a named curve, for example with openssl ecparam -name prime256v1 -param_enc named_curve."
        }
        KeyRejection::PointCompressed => {
            "Make the request again with -conv_form uncompressed, or with another program."
        }
        _ => MAKE_A_NEW_ONE,
    }
}

//! The words for defects: what happened, and what to do next, for people who never heard of a CSR.

use super::{Defect, PrivateKeyForm};
use crate::key_policy::KeyRejection;

/// How to get a request that will do, said where nothing more precise can be.
const MAKE_A_NEW_ONE: &str =
    "Make a new key pair and a new request, with RSA of 2048, 3072 or 4096 bits, or with P-256 or P-384.";
/// For requests that are wrong by the program that made them: the key is good.
const MAKE_IT_ELSEWHERE: &str =
    "Make the request again with the same key and another program, for example with openssl req -new -key.";
const COPY_IT_AGAIN: &str = "Copy the whole request again, from -----BEGIN CERTIFICATE REQUEST----- to -----END CERTIFICATE REQUEST-----, or choose the file.";

impl Defect {
    /// What is wrong, as a sentence.
    pub fn message(&self) -> String {
        match self {
            Self::TooLong { actual, maximum } => {
                format!("This has {actual} bytes; a certificate request never has more than {maximum}.")
            }
            Self::BeginLineDamaged { position } => format!(
                "Line {} should be -----BEGIN CERTIFICATE REQUEST-----, with five hyphens on each side.",
                position.line
            ),
            Self::EndLineDamaged { position } => format!(
                "Line {} should be -----END CERTIFICATE REQUEST-----, with five hyphens on each side.",
                position.line
            ),
            Self::SeveralRequests { count } => format!("There are {count} certificate requests here."),
            Self::CharacterOutsideBase64 { character, position } => format!(
                "The character {} in line {}, column {} cannot be part of a certificate request.",
                character.escape_debug(),
                position.line,
                position.column
            ),
            Self::PrivateKey { form } => private_key_message(*form).to_owned(),
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
            Self::Empty => "There is no certificate request here yet.",
            Self::NotARequest => "This is not a certificate request.",
            Self::Html => "This was copied with the markup of a web page around it.",
            Self::BeginLineMissing => "The first line, -----BEGIN CERTIFICATE REQUEST-----, is missing.",
            Self::EndLineMissing => "The last line, -----END CERTIFICATE REQUEST-----, is missing.",
            Self::LinesDiffer { .. } => "The first line and the last line do not name the same thing.",
            Self::LabelWrong { .. } => {
                "This is a certificate request, but its first line says something else."
            }
            Self::Base64Incomplete => "At least one character is missing.",
            Self::Certificate => "This is a certificate, not a certificate request.",
            Self::CertificateBundle => "This is a bundle of certificates, not a certificate request.",
            Self::RevocationList => "This is a list of revoked certificates, not a certificate request.",
            Self::PublicKey => "This is a public key alone, not a certificate request.",
            Self::SshPublicKey => "This is an SSH key, not a certificate request.",
            Self::OpenPgp => "This belongs to OpenPGP; it is not a certificate request.",
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
            Self::Empty => "Paste the certificate request, or choose its file.",
            Self::Html => "Copy the text itself, not the page's source, or choose the file.",
            Self::LabelWrong { .. } => {
                "Check that you copied the right text; the first line of a request is -----BEGIN CERTIFICATE REQUEST-----."
            }
            Self::SeveralRequests { .. } => "Paste only the request for this certificate.",
            Self::PrivateKey { .. } => {
                "Do not use this key any more: make a new key pair, keep its private key to yourself, and paste the certificate request, which has no private key in it."
            }
            Self::Certificate | Self::CertificateBundle | Self::RevocationList => {
                "Paste the request that was made together with the key; it begins with -----BEGIN CERTIFICATE REQUEST-----."
            }
            Self::PublicKey | Self::SshPublicKey | Self::OpenPgp | Self::NotARequest => {
                "Make a certificate request with the key; it begins with -----BEGIN CERTIFICATE REQUEST-----."
            }
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

fn private_key_message(form: PrivateKeyForm) -> &'static str {
    match form {
        PrivateKeyForm::Pfx => {
            "This is a PFX file: it holds a private key. Nobody but its owner may ever have it."
        }
        PrivateKeyForm::EncryptedPkcs8 => {
            "This is a private key, even though it has a passphrase. Nobody but its owner may ever have it."
        }
        PrivateKeyForm::OpenSsh => "This is the private key of SSH. Nobody but its owner may ever have it.",
        PrivateKeyForm::JsonWebKey => {
            "This is a JSON Web Key with its private part. Nobody but its owner may ever have it."
        }
        PrivateKeyForm::Pgp => "This is a private key of OpenPGP. Nobody but its owner may ever have it.",
        _ => "This is a private key. Nobody but its owner may ever have it.",
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

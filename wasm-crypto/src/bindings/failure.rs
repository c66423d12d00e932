//! Errors as JavaScript gets them: a stable code, a sentence for a person, and the argument that is to blame.

use super::record::Record;
use crate::{
    passphrase::PassphraseProblem,
    pfx::{OpenPfxError, PfxError, Protected},
    private_key::PrivateKeyError,
    recovery_file::RecoveryError,
};
use pki::{
    certificate::description::NoCertificate,
    mailbox::MailboxError,
    subject::{FieldError, SubjectError},
};
use wasm_bindgen::JsValue;

/// What a function of the package gives.
pub(super) type Outcome<T> = Result<T, JsValue>;

/// Why a function gave nothing.
pub(super) enum Failure {
    UnknownAlgorithm,
    UnknownKernel,
    KernelUnavailable,
    UnknownPreset,
    UnknownAttribute,
    NoRandomness,
    /// What came out did not pass its own check, and was thrown away.
    NotMade,
    NotUtf8 {
        field: &'static str,
    },
    Email {
        index: usize,
        problem: MailboxError,
    },
    Subject {
        name: &'static str,
        reason: FieldError,
    },
    Certificate {
        field: &'static str,
        reason: NoCertificate,
    },
    WriteKey(RecoveryError),
    ReadKey(PrivateKeyError),
    Pfx(PfxError),
    OpenPfx(OpenPfxError),
}

impl From<Failure> for JsValue {
    fn from(failure: Failure) -> Self {
        let (code, field, message) = failure.parts();
        Record::new().with("code", code).with_some("field", field).with("message", message).into()
    }
}

type Parts = (&'static str, Option<String>, String);

fn parts(code: &'static str, field: Option<&str>, message: &str) -> Parts {
    (code, field.map(str::to_owned), message.to_owned())
}

impl Failure {
    /// The first of what is wrong with a subject.
    pub(super) fn subject(errors: Vec<SubjectError>) -> Self {
        errors.into_iter().next().map_or(Self::NotMade, |SubjectError { field, reason }| Self::Subject {
            name: super::subject_name(field),
            reason,
        })
    }

    fn parts(&self) -> Parts {
        match self {
            Self::UnknownAlgorithm => {
                parts("unknown-algorithm", Some("algorithm"), "There is no such key algorithm.")
            }
            Self::UnknownKernel => parts("unknown-kernel", Some("kernel"), "There is no such kernel."),
            Self::KernelUnavailable => {
                parts("kernel-unavailable", Some("kernel"), "This engine does not run this kernel.")
            }
            Self::UnknownPreset => parts("unknown-preset", Some("preset"), "There is no such preset."),
            Self::NoRandomness => {
                parts("no-randomness", None, "There are no secure random numbers here; no key can be made.")
            }
            Self::NotMade => parts("not-made", None, "The result did not pass its own check."),
            Self::NotUtf8 { field } => parts("not-utf-8", Some(field), "These bytes are not UTF-8 text."),
            Self::Email { index, problem } => {
                ("invalid-email", Some(format!("emails[{index}]")), problem.to_string())
            }
            Self::UnknownAttribute => {
                parts("invalid-subject", Some("subject"), "There is no such part of a subject.")
            }
            Self::Subject { name, reason } => {
                ("invalid-subject", Some(format!("subject.{name}")), reason.to_string())
            }
            Self::Certificate { field, reason } => {
                parts("not-a-certificate", Some(field), &no_certificate(*reason))
            }
            Self::WriteKey(RecoveryError::Passphrase(problem)) => of_passphrase(*problem, "passphrase"),
            Self::WriteKey(_) => parts("not-made", None, "The key cannot be written."),
            Self::ReadKey(error) => of_private_key(*error),
            Self::Pfx(error) => of_pfx(error),
            Self::OpenPfx(error) => of_open_pfx(*error),
        }
    }
}

/// Without the names of the Tools' pages.
fn no_certificate(reason: NoCertificate) -> String {
    match reason {
        NoCertificate::Pfx => {
            "This is a PFX file: open it with openPfx, and take its certificates.".to_owned()
        }
        NoCertificate::Request => "This is a certificate request, not a certificate.".to_owned(),
        NoCertificate::Empty => "There is no certificate here.".to_owned(),
        reason => reason.to_string(),
    }
}

fn of_passphrase(problem: PassphraseProblem, field: &str) -> Parts {
    let code = match problem {
        PassphraseProblem::Empty => "passphrase-empty",
        PassphraseProblem::TooShort => "passphrase-too-short",
        PassphraseProblem::TooLong => "passphrase-too-long",
        PassphraseProblem::ControlCharacter => "passphrase-control-character",
        PassphraseProblem::OuterSpace => "passphrase-outer-space",
    };
    parts(code, Some(field), &problem.to_string())
}

fn of_private_key(error: PrivateKeyError) -> Parts {
    let (code, field) = match error {
        PrivateKeyError::NotAPrivateKey | PrivateKeyError::Other { .. } => {
            ("not-a-private-key", "privateKey")
        }
        PrivateKeyError::PassphraseNeeded => ("passphrase-empty", "passphrase"),
        PrivateKeyError::WrongPassphrase => ("wrong-passphrase", "passphrase"),
        PrivateKeyError::TraditionalEncryption
        | PrivateKeyError::OpenSsh
        | PrivateKeyError::UnsupportedEncryption(_) => ("unsupported-encryption", "privateKey"),
        PrivateKeyError::Iterations { .. } => ("too-large", "privateKey"),
        PrivateKeyError::UnsupportedKey(_) => ("unsupported-key", "privateKey"),
        _ => ("damaged", "privateKey"),
    };
    (code, Some(field.to_owned()), sentence(&error))
}

fn of_pfx(error: &PfxError) -> Parts {
    let (code, field) = match error {
        PfxError::Password(problem) => return of_passphrase(*problem, "password"),
        PfxError::Certificate { .. } => ("not-a-certificate", "certificate"),
        PfxError::OtherKey => ("other-key", "certificate"),
        PfxError::BrokenChain => ("broken-chain", "chain"),
        _ => return ("not-made", None, sentence(error)),
    };
    (code, Some(field.to_owned()), sentence(error))
}

fn of_open_pfx(error: OpenPfxError) -> Parts {
    let (code, field) = match error {
        OpenPfxError::NotAPfx(_) => ("not-a-pfx", "pfx"),
        OpenPfxError::Unsupported(_) => ("unsupported-encryption", "pfx"),
        // That the file was changed is what else it may mean, and what a caller has to reckon with.
        OpenPfxError::SecondPassword { protects: Protected::IntegrityCheck } => ("damaged", "pfx"),
        OpenPfxError::WrongPassword | OpenPfxError::SecondPassword { .. } => ("wrong-passphrase", "password"),
        OpenPfxError::NoKey | OpenPfxError::NoCertificate => ("incomplete", "pfx"),
        OpenPfxError::OtherKey => ("other-key", "pfx"),
        OpenPfxError::UnsupportedKey(_) => ("unsupported-key", "pfx"),
        OpenPfxError::TooLarge { .. }
        | OpenPfxError::TooManyParts { .. }
        | OpenPfxError::TooManyIterations { .. }
        | OpenPfxError::TakesLong { .. }
        | OpenPfxError::TooMuchWork { .. } => ("too-large", "pfx"),
        _ => ("damaged", "pfx"),
    };
    (code, Some(field.to_owned()), sentence(&error))
}

/// The error's own words as a sentence.
fn sentence(error: &impl std::error::Error) -> String {
    let mut words = error.to_string();
    // Ours begin with an English letter; the tables of all alphabets would be a twentieth of the module.
    if let Some(first) = words.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    if !words.ends_with('.') {
        words.push('.');
    }
    words
}

//! What the worker does with a task. No browser is needed for it, so it is tested natively.

use super::{
    CryptoError,
    messages::{
        Answer, CorrectRequest, Difference, Examine, ExpectedCertificate, GenerateKey, GeneratedKey, Mend,
        RequestedExtension, Task, Verdict, WritePfx, WrongRequest,
    },
    tools,
};
use der::pem;
use getrandom::rand_core::CryptoRng;
use pki::{
    mailbox::Mailbox,
    request::{self, CertificationRequest, Defect, Expected, Place},
    subject::SubjectField,
};
use wasm_crypto::{
    KeyProgress, generate_key_pair, passphrase,
    pbkdf2::Pbkdf2,
    pfx::{self, PfxContent, PfxError},
    recovery_file::{self, RecoveryError},
};

/// Does it.
///
/// # Errors
/// Why it could not be done.
pub async fn perform(
    task: Task,
    random: &mut impl CryptoRng,
    pbkdf2: &impl Pbkdf2,
    progress: &mut dyn FnMut(KeyProgress),
) -> Result<Answer, CryptoError> {
    match task {
        Task::Generate(request) => generate(&request, random, pbkdf2, progress).await.map(Answer::Key),
        Task::Examine(request) => Ok(Answer::Verdict(examine(&request))),
        Task::WritePfx(request) => write_pfx(&request, random, pbkdf2).await.map(Answer::Pfx),
        Task::Tool(task) => Ok(Answer::Tool(tools::task::perform(task, random, pbkdf2, progress).await)),
        Task::GeneratePassphrase => {
            let mut passphrase = passphrase::generate(random);
            Ok(Answer::Passphrase(std::mem::take(&mut *passphrase).into()))
        }
    }
}

async fn generate(
    request: &GenerateKey,
    random: &mut impl CryptoRng,
    pbkdf2: &impl Pbkdf2,
    progress: &mut dyn FnMut(KeyProgress),
) -> Result<GeneratedKey, CryptoError> {
    // What can be refused is refused before the person waits for primes.
    let mailbox = Mailbox::parse(&request.mailbox).or(Err(CryptoError::InvalidMailbox))?;
    let passphrase = request.passphrase.as_str().unwrap_or_default();
    passphrase::check(passphrase).map_err(CryptoError::InvalidPassphrase)?;

    let key = generate_key_pair(request.algorithm, random, progress).or(Err(CryptoError::KeyNotMade))?;
    let csr = request::build(&mailbox, &key).or(Err(CryptoError::KeyNotMade))?;
    // The server's verdict counts; a request that would not pass there is not handed over here.
    let csr = request::examine(&csr).or(Err(CryptoError::KeyNotMade))?;
    let recovery_file = recovery_file::write(&key, passphrase, random, pbkdf2).await?;
    // A file that does not open would be noticed only when the certificate is there.
    let reopened = recovery_file::read(&recovery_file, passphrase, pbkdf2).await?;
    if reopened.spki_der() != key.spki_der() {
        return Err(CryptoError::KeyNotMade);
    }
    Ok(GeneratedKey { recovery_file, csr_pem: csr.to_pem(), public_key_sha256: key.spki_sha256_hex() })
}

fn examine(asked: &Examine) -> Verdict {
    match request::examine(&asked.input) {
        Ok(request) => {
            let expected = asked.expected.as_ref().and_then(expected);
            let differences = expected.map(|expected| request.differences(&expected)).unwrap_or_default();
            Verdict::Correct(CorrectRequest {
                differences: differences.into_iter().map(Difference::from).collect(),
                ..(&request).into()
            })
        }
        Err(defect) => Verdict::Wrong(WrongRequest {
            mend: request::mend(&asked.input, &defect).map(Mend::from),
            ..(&defect).into()
        }),
    }
}

/// None when the address is none: there is nothing to compare with then.
fn expected(chosen: &ExpectedCertificate) -> Option<Expected> {
    let field = |label: &str| SubjectField::ALL.into_iter().find(|field| field.label() == label);
    let subject = chosen.subject.iter().filter_map(|(label, value)| Some((field(label)?, value.clone())));
    Some(Expected { subject: subject.collect(), mailbox: Mailbox::parse(&chosen.mailbox).ok()? })
}

async fn write_pfx(
    request: &WritePfx,
    random: &mut impl CryptoRng,
    pbkdf2: &impl Pbkdf2,
) -> Result<Vec<u8>, CryptoError> {
    let password = request.pfx_password.as_str().unwrap_or_default();
    passphrase::check(password).map_err(CryptoError::InvalidPassphrase)?;
    let leaf_der = certificate_der(&request.leaf_pem)?;
    let chain_der =
        request.chain_pem.iter().map(|pem| certificate_der(pem)).collect::<Result<Vec<_>, _>>()?;
    let passphrase = request.passphrase.as_str().ok_or(CryptoError::WrongPassphrase)?;
    let key = recovery_file::read(&request.recovery_file, passphrase, pbkdf2).await?;
    let content = PfxContent {
        key: &key,
        leaf_der: &leaf_der,
        chain_der: &chain_der,
        friendly_name: &request.friendly_name,
    };
    Ok(pfx::write(&content, password, request.preset, random, pbkdf2).await?)
}

fn certificate_der(text: &str) -> Result<Vec<u8>, CryptoError> {
    match pem::decode_vec(text.trim_ascii().as_bytes()) {
        Ok(("CERTIFICATE", der)) => Ok(der),
        _ => Err(CryptoError::UnreadableCertificate),
    }
}

impl From<&CertificationRequest> for CorrectRequest {
    fn from(request: &CertificationRequest) -> Self {
        Self {
            subject: request.subject_text().to_owned(),
            subject_attributes: request.subject_attributes().to_vec(),
            requested_extensions: request
                .requested_extensions()
                .iter()
                .map(RequestedExtension::from)
                .collect(),
            ignored_parts: request.ignored_parts(),
            differences: Vec::new(),
            key_algorithm: request.key_algorithm().to_string(),
            signature: request.signature_algorithm_name().to_owned(),
            public_key_sha256: request.public_key().sha256_hex(),
            csr_pem: request.to_pem(),
            warnings: request.warnings().iter().map(|warning| warning.message().to_owned()).collect(),
        }
    }
}

impl From<&request::RequestedExtension> for RequestedExtension {
    fn from(extension: &request::RequestedExtension) -> Self {
        Self { name: extension.name.clone(), value: extension.value.clone(), critical: extension.critical }
    }
}

impl From<request::Difference> for Difference {
    fn from(difference: request::Difference) -> Self {
        Self {
            field: difference.field.to_owned(),
            in_request: difference.in_request,
            in_certificate: difference.in_certificate,
        }
    }
}

impl From<request::Mend> for Mend {
    fn from(mend: request::Mend) -> Self {
        Self { label: mend.label.to_owned(), text: mend.text }
    }
}

impl From<&Defect> for WrongRequest {
    fn from(defect: &Defect) -> Self {
        let (line, column, path) = match defect.place() {
            Some(Place::Text { line, column }) => (Some(line), Some(column), None),
            Some(Place::Asn1 { path }) => (None, None, Some(path)),
            _ => (None, None, None),
        };
        Self {
            code: defect.code().to_owned(),
            message: defect.message(),
            remedy: defect.remedy(),
            line,
            column,
            path,
            mend: None,
            private_key: defect.is_private(),
        }
    }
}

impl From<RecoveryError> for CryptoError {
    fn from(error: RecoveryError) -> Self {
        match error {
            RecoveryError::Passphrase(problem) => Self::InvalidPassphrase(problem),
            RecoveryError::NotARecoveryFile => Self::NotARecoveryFile,
            RecoveryError::UnsupportedEncryption => Self::UnsupportedRecoveryFile,
            RecoveryError::WrongPassphrase => Self::WrongPassphrase,
            RecoveryError::UnsupportedKey => Self::UnsupportedKey,
            RecoveryError::Key { .. } => Self::KeyNotMade,
            _ => Self::DamagedRecoveryFile,
        }
    }
}

impl From<PfxError> for CryptoError {
    fn from(error: PfxError) -> Self {
        match error {
            PfxError::Password(problem) => Self::InvalidPassphrase(problem),
            PfxError::Certificate { .. } | PfxError::BrokenChain => Self::UnreadableCertificate,
            PfxError::OtherKey => Self::OtherKey,
            _ => Self::PfxNotMade,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::{KeyAlgorithm, PassphraseProblem, Secret};
    use getrandom::{SysRng, rand_core::UnwrapErr};
    use wasm_crypto::pbkdf2::Portable;

    fn secret(text: &str) -> Secret {
        text.to_owned().into()
    }

    fn ask(task: Task) -> Result<Answer, CryptoError> {
        pollster::block_on(perform(task, &mut UnwrapErr(SysRng), &Portable, &mut |_| ()))
    }

    fn generate(mailbox: &str, passphrase: &str) -> Result<Answer, CryptoError> {
        let mailbox = mailbox.to_owned();
        ask(Task::Generate(GenerateKey {
            algorithm: KeyAlgorithm::EcP256,
            mailbox,
            passphrase: secret(passphrase),
        }))
    }

    #[test]
    fn a_new_key_comes_with_a_request_that_is_correct_and_names_the_same_key() {
        let Ok(Answer::Key(key)) = generate("anna@example.com", "long enough") else { panic!("no key") };
        let Ok(Answer::Verdict(Verdict::Correct(verdict))) =
            ask(Task::Examine(Examine { input: key.csr_pem.clone().into_bytes(), expected: None }))
        else {
            panic!("the request is not correct");
        };
        assert_eq!(verdict.public_key_sha256, key.public_key_sha256);
        assert_eq!(verdict.key_algorithm, "P-256");
        assert_eq!(verdict.csr_pem, key.csr_pem);
    }

    #[test]
    fn a_pasted_private_key_is_called_one() {
        let Ok(Answer::Key(key)) = generate("anna@example.com", "long enough") else { panic!("no key") };
        let Ok(Answer::Verdict(Verdict::Wrong(wrong))) =
            ask(Task::Examine(Examine { input: key.recovery_file.into_bytes(), expected: None }))
        else {
            panic!("accepted");
        };
        assert!(wrong.private_key);
        assert!(!wrong.message.is_empty() && !wrong.remedy.is_empty());
    }

    #[test]
    fn a_key_is_not_made_for_a_wrong_address_or_a_weak_passphrase() {
        assert_eq!(generate("anna", "long enough").err(), Some(CryptoError::InvalidMailbox));
        let too_short = CryptoError::InvalidPassphrase(PassphraseProblem::TooShort);
        assert_eq!(generate("anna@example.com", "short").err(), Some(too_short));
    }

    #[test]
    fn a_generated_passphrase_is_accepted_for_a_key() {
        let Ok(Answer::Passphrase(passphrase)) = ask(Task::GeneratePassphrase) else {
            panic!("no passphrase")
        };
        assert!(matches!(generate("anna@example.com", passphrase.as_str().unwrap()), Ok(Answer::Key(_))));
    }

    #[test]
    fn a_pfx_is_not_written_from_a_certificate_that_is_none() {
        let Ok(Answer::Key(key)) = generate("anna@example.com", "long enough") else { panic!("no key") };
        for leaf_pem in ["", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", &key.csr_pem] {
            let refused = ask(Task::WritePfx(WritePfx {
                recovery_file: key.recovery_file.clone(),
                passphrase: secret("long enough"),
                friendly_name: "anna@example.com".into(),
                leaf_pem: leaf_pem.into(),
                chain_pem: Vec::new(),
                pfx_password: secret("also long enough"),
                preset: pfx::Preset::Modern,
            }));
            assert_eq!(refused.err(), Some(CryptoError::UnreadableCertificate), "{leaf_pem}");
        }
    }
}

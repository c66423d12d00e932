//! What the worker does with a task. No browser is needed for it, so it is tested natively.

use super::{
    CryptoError,
    messages::{Answer, GenerateKey, GeneratedKey, Task, WritePfx},
};
use getrandom::rand_core::CryptoRng;
use pki::{mailbox::Mailbox, pem, request};
use wasm_crypto::{
    KeyProgress, generate_key_pair, passphrase,
    pbkdf2::Pbkdf2,
    pfx::{self, PfxContent, PfxError},
    prepare_kernel,
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
        Task::WritePfx(request) => write_pfx(&request, random, pbkdf2).await.map(Answer::Pfx),
        // A page of the Tools starts the module that has them: `tools::task`.
        Task::Tool(_) => Err(CryptoError::DifferentVersions),
        Task::Prepare => {
            prepare_kernel();
            Ok(Answer::Prepared)
        }
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
    let csr = request::examine_der(&csr).or(Err(CryptoError::KeyNotMade))?;
    let recovery_file = recovery_file::write(&key, passphrase, random, pbkdf2).await?;
    // A file that does not open would be noticed only when the certificate is there.
    let reopened = recovery_file::read(&recovery_file, passphrase, pbkdf2).await?;
    if reopened.spki_der() != key.spki_der() {
        return Err(CryptoError::KeyNotMade);
    }
    Ok(GeneratedKey { recovery_file, csr_pem: csr.to_pem(), public_key_sha256: key.spki_sha256_hex() })
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
    let key = request
        .passphrase
        .open(
            |error| matches!(error, RecoveryError::WrongPassphrase),
            async |passphrase| recovery_file::read(&request.recovery_file, passphrase, pbkdf2).await,
        )
        .await?;
    let content = PfxContent {
        key: &key,
        leaf_der: &leaf_der,
        chain_der: &chain_der,
        friendly_name: &request.friendly_name,
    };
    Ok(pfx::write(&content, password, request.preset, random, pbkdf2).await?)
}

fn certificate_der(text: &str) -> Result<Vec<u8>, CryptoError> {
    pem::decode("CERTIFICATE", text).ok_or(CryptoError::UnreadableCertificate)
}

impl From<RecoveryError> for CryptoError {
    fn from(error: RecoveryError) -> Self {
        match error {
            RecoveryError::Passphrase(problem) => Self::InvalidPassphrase(problem),
            RecoveryError::NotARecoveryFile => Self::NotARecoveryFile,
            RecoveryError::CutOff => Self::CutOffRecoveryFile,
            RecoveryError::OtherKey => Self::OtherKey,
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
    use crate::crypto::{Examine, KeyAlgorithm, PassphraseProblem, Secret, Verdict, examine::examine};
    use getrandom::{SysRng, rand_core::UnwrapErr};
    use wasm_crypto::{examination, pbkdf2::Portable};

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

    fn judge(input: Vec<u8>) -> Verdict {
        let asked = Examine { input, expected: None };
        pollster::block_on(examine(&asked, &examination::Portable))
    }

    #[test]
    fn a_new_key_comes_with_a_request_that_is_correct_and_names_the_same_key() {
        let Ok(Answer::Key(key)) = generate("anna@example.com", "long enough") else { panic!("no key") };
        let input = key.csr_pem.clone().into_bytes();
        let Verdict::Correct(verdict) = judge(input) else {
            panic!("the request is not correct");
        };
        assert_eq!(verdict.public_key_sha256, key.public_key_sha256);
        assert_eq!(verdict.key_algorithm, "P-256");
        assert_eq!(verdict.csr_pem, key.csr_pem);
    }

    #[test]
    fn a_pasted_private_key_is_called_one() {
        let Ok(Answer::Key(key)) = generate("anna@example.com", "long enough") else { panic!("no key") };
        let input = key.recovery_file.into_bytes();
        let Verdict::Wrong(wrong) = judge(input) else {
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
    fn a_recovery_file_that_is_cut_off_is_not_called_damaged() {
        let Ok(Answer::Key(key)) = generate("anna@example.com", "long enough") else { panic!("no key") };
        let half = key.recovery_file.len().div_euclid(2);
        let refused = ask(Task::WritePfx(WritePfx {
            recovery_file: key.recovery_file.chars().take(half).collect(),
            passphrase: secret("long enough").into(),
            friendly_name: "anna@example.com".into(),
            leaf_pem: "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n".into(),
            chain_pem: Vec::new(),
            pfx_password: secret("also long enough"),
            preset: pfx::Preset::Modern,
        }));
        assert_eq!(refused.err(), Some(CryptoError::CutOffRecoveryFile));
    }

    #[test]
    fn a_pfx_is_not_written_from_a_certificate_that_is_none() {
        let Ok(Answer::Key(key)) = generate("anna@example.com", "long enough") else { panic!("no key") };
        for leaf_pem in ["", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", &key.csr_pem] {
            let refused = ask(Task::WritePfx(WritePfx {
                recovery_file: key.recovery_file.clone(),
                passphrase: secret("long enough").into(),
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

//! What the worker does with a task. No browser is needed for it, so it is tested natively.

use super::{
    CryptoError,
    messages::{Answer, GenerateKey, GeneratedKey, Task, WritePfx},
};
use getrandom::rand_core::CryptoRng;
use pki::{mailbox::Mailbox, pem, request};
use wasm_crypto::{
    KeyPair, KeyProgress, generate_key_pair, passphrase,
    pbkdf2::Pbkdf2,
    pfx::{self, PfxContent, PfxError},
    prepare_kernel,
    recovery_file::{self, RecoveryError},
};
use zeroize::Zeroizing;

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
    let public_key_sha256 = key.spki_sha256_hex();
    recovery_file::read_own_key(recovery_file.as_bytes(), passphrase, &public_key_sha256, pbkdf2).await?;
    Ok(GeneratedKey { recovery_file, csr_pem: csr.to_pem(), public_key_sha256 })
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
    let (key, respelled) = open_key(request, pbkdf2).await?;
    let password = respelled.as_ref().map_or(password, |passphrase| passphrase.as_str());
    let content = PfxContent {
        key: &key,
        leaf_der: &leaf_der,
        chain_der: &chain_der,
        friendly_name: &request.friendly_name,
    };
    Ok(pfx::write(&content, password, request.preset, random, pbkdf2).await?)
}

/// The key. Where the PFX gets the passphrase of the key, and that was made here and typed in another spelling, also the
/// spelling that the person has on paper: the PFX is to open under it.
async fn open_key(
    request: &WritePfx,
    pbkdf2: &impl Pbkdf2,
) -> Result<(KeyPair, Option<Zeroizing<String>>), CryptoError> {
    let (file, expected) = (request.recovery_file.as_bytes(), &request.public_key_sha256);
    let typed = request.passphrase.composed();
    let respelled = typed.as_str().filter(|_| *typed == request.pfx_password).and_then(passphrase::respelled);
    let paper = respelled.as_ref().map(|passphrase| passphrase.as_str());
    let mut spellings = paper.into_iter().chain(request.passphrase.spellings()).peekable();
    while let Some(passphrase) = spellings.next() {
        match read_key(file, passphrase, expected, pbkdf2).await {
            Err(CryptoError::WrongPassphrase | CryptoError::ForTheTools) if spellings.peek().is_some() => {}
            opened => {
                let is_respelled = paper == Some(passphrase);
                drop(spellings);
                return opened.map(|key| (key, respelled.filter(|_| is_respelled)));
            }
        }
    }
    Err(CryptoError::WrongPassphrase)
}

// A choice at run time would keep both readers in both modules.
#[cfg(feature = "tools")]
use read_any_key as read_key;
#[cfg(not(feature = "tools"))]
use read_own_key as read_key;

/// Opens any key file, as the module of the Tools does.
#[cfg(feature = "tools")]
async fn read_any_key(
    file: &[u8],
    passphrase: &str,
    public_key_sha256: &str,
    pbkdf2: &impl Pbkdf2,
) -> Result<KeyPair, CryptoError> {
    Ok(recovery_file::read_key(file, passphrase, public_key_sha256, pbkdf2).await?)
}

/// Opens a file that was made here, as the module without the Tools does. The key file of another program, or one that went
/// through another program, is for the larger module.
#[cfg(any(test, not(feature = "tools")))]
async fn read_own_key(
    file: &[u8],
    passphrase: &str,
    public_key_sha256: &str,
    pbkdf2: &impl Pbkdf2,
) -> Result<KeyPair, CryptoError> {
    let key = recovery_file::read_own_key(file, passphrase, public_key_sha256, pbkdf2).await;
    key.map_err(|error| match error {
        RecoveryError::OtherKey => CryptoError::OtherKey,
        // In whichever bytes a program writes it, ASCII is the same.
        RecoveryError::WrongPassphrase if passphrase.is_ascii() => CryptoError::WrongPassphrase,
        _ => CryptoError::ForTheTools,
    })
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
            // The module without the Tools never says it, and has no words for it.
            #[cfg(feature = "tools")]
            RecoveryError::NotEncrypted | RecoveryError::PrivateKey(_) => {
                Self::PrivateKey(super::tools::sentence(error))
            }
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
    fn the_module_without_the_tools_opens_what_was_made_here_and_leaves_the_rest_to_them() {
        let Ok(Answer::Key(key)) = generate("anna@example.com", "long enough") else { panic!("no key") };
        let open = |file: &[u8], passphrase| {
            let opened = read_own_key(file, passphrase, &key.public_key_sha256, &Portable);
            pollster::block_on(opened).map(|opened| opened.spki_sha256_hex())
        };
        let file = key.recovery_file.as_bytes();
        assert_eq!(open(file, "long enough"), Ok(key.public_key_sha256.clone()));
        assert_eq!(open(file, "another one"), Err(CryptoError::WrongPassphrase));
        // Another program may have written other bytes for it.
        assert_eq!(open(file, "zażółć gęślą"), Err(CryptoError::ForTheTools));
        let quoted = key.recovery_file.replace('\n', "\n> ");
        assert_eq!(open(quoted.as_bytes(), "long enough"), Err(CryptoError::ForTheTools));
        let other = include_bytes!("../../../tests/vectors/private-keys/ec-pbe-3des.der");
        assert_eq!(open(other, "correct horse battery staple"), Err(CryptoError::ForTheTools));
    }

    fn pfx_of(key_file: &[u8], public_key_sha256: &str, leaf_pem: &str) -> Option<CryptoError> {
        ask(Task::WritePfx(WritePfx {
            recovery_file: key_file.to_vec().into(),
            passphrase: secret("long enough").into(),
            public_key_sha256: public_key_sha256.to_owned(),
            friendly_name: "anna@example.com".into(),
            leaf_pem: leaf_pem.into(),
            chain_pem: Vec::new(),
            pfx_password: secret("also long enough"),
            preset: pfx::Preset::Modern,
        }))
        .err()
    }

    #[test]
    fn a_pfx_under_the_keys_passphrase_gets_the_spelling_that_is_on_paper() {
        let made = "h7kqn-2xw9d-mf4tz-8vbep";
        let Ok(Answer::Key(key)) = generate("anna@example.com", made) else { panic!("no key") };
        let request = |typed: &str, pfx_password: &str| WritePfx {
            recovery_file: key.recovery_file.clone().into_bytes().into(),
            passphrase: secret(typed).into(),
            public_key_sha256: key.public_key_sha256.clone(),
            friendly_name: String::new(),
            leaf_pem: String::new(),
            chain_pem: Vec::new(),
            pfx_password: secret(pfx_password),
            preset: pfx::Preset::Modern,
        };
        for (typed, pfx_password, expected) in [
            ("H7KQN 2XW9D MF4TZ 8VBEP", "H7KQN 2XW9D MF4TZ 8VBEP", Some(made)),
            ("H7KQN 2XW9D MF4TZ 8VBEP", "one of its own", None),
            (made, made, None),
        ] {
            let opened = pollster::block_on(open_key(&request(typed, pfx_password), &Portable));
            let (_, respelled) = opened.unwrap();
            assert_eq!(respelled.as_ref().map(|spelled| spelled.as_str()), expected, "{typed}");
        }
    }

    const NO_CERTIFICATE: &str = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";

    #[test]
    fn a_recovery_file_that_is_cut_off_is_not_called_damaged() {
        let Ok(Answer::Key(key)) = generate("anna@example.com", "long enough") else { panic!("no key") };
        let (half, _) = key.recovery_file.split_at(key.recovery_file.len().div_euclid(2));
        let refused = pfx_of(half.as_bytes(), &key.public_key_sha256, NO_CERTIFICATE);
        assert_eq!(refused, Some(CryptoError::CutOffRecoveryFile));
    }

    #[test]
    fn the_key_of_another_order_is_told_before_anything_is_made() {
        let Ok(Answer::Key(key)) = generate("anna@example.com", "long enough") else { panic!("no key") };
        let refused = pfx_of(key.recovery_file.as_bytes(), "another", NO_CERTIFICATE);
        assert_eq!(refused, Some(CryptoError::OtherKey));
    }

    #[test]
    fn a_key_of_another_program_that_does_not_open_is_told_in_its_own_words() {
        for (key_file, words) in [
            (
                &include_bytes!("../../../tests/vectors/recovery-files/scrypt.pem")[..],
                "encrypted with scrypt",
            ),
            (include_bytes!("../../../tests/vectors/recovery-files/not-encrypted.pem"), "is not encrypted"),
            (include_bytes!("../../../tests/vectors/recovery-files/openssh.pem"), "the form of OpenSSH"),
        ] {
            let Some(CryptoError::PrivateKey(told)) = pfx_of(key_file, "", NO_CERTIFICATE) else {
                panic!("no words of its own: {words}")
            };
            assert!(
                told.starts_with("The private key") && told.contains(words) && told.ends_with('.'),
                "{told}"
            );
        }
    }

    #[test]
    fn a_pfx_is_not_written_from_a_certificate_that_is_none() {
        let Ok(Answer::Key(key)) = generate("anna@example.com", "long enough") else { panic!("no key") };
        for leaf_pem in ["", NO_CERTIFICATE, &key.csr_pem] {
            let refused = pfx_of(key.recovery_file.as_bytes(), &key.public_key_sha256, leaf_pem);
            assert_eq!(refused, Some(CryptoError::UnreadableCertificate), "{leaf_pem}");
        }
    }
}

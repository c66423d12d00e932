//! The folder with the keys and certificates of the certification authority.

use crate::stage::{SharedAuthority, Stage, beginning, founding};
use server::{
    authority::{
        self, Authority, AuthorityError, BindingError, KeyFileError, Outcome, Passphrase, PassphraseError,
    },
    random::PredictableRandom,
    storage::Purpose,
};
use std::{fs, path::PathBuf, time::Duration};
use tempfile::TempDir;

/// A copy of the authority that a test may spoil.
struct Copy {
    folder: TempDir,
}

impl Copy {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        SharedAuthority::get().copy_to(&folder.path().join("ca"));
        Self { folder }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("ca")
    }

    fn open(&self) -> Result<Authority, AuthorityError> {
        Authority::open(&self.path(), &SharedAuthority::get().passphrase())
    }

    fn found(&self, days_later: u64) -> Outcome {
        let at = beginning().plus(Duration::from_hours(24 * days_later));
        let passphrase = SharedAuthority::get().passphrase();
        authority::found(&self.path(), &founding(), &passphrase, &PredictableRandom::new(9), at).unwrap()
    }

    fn files(&self) -> Vec<(String, Vec<u8>)> {
        let mut files: Vec<_> = fs::read_dir(self.path())
            .unwrap()
            .map(Result::unwrap)
            .map(|file| (file.file_name().into_string().unwrap(), fs::read(file.path()).unwrap()))
            .collect();
        files.sort();
        files
    }
}

#[test]
fn an_authority_that_exists_is_not_founded_again() {
    let copy = Copy::new();
    let before = copy.files();
    assert_eq!(copy.found(0), Outcome::AlreadyThere);
    assert_eq!(copy.files(), before);
}

#[test]
fn what_a_crash_left_of_a_founding_does_not_count() {
    let folder = tempfile::tempdir().unwrap();
    let (ca, partial) = (folder.path().join("ca"), folder.path().join("ca.partial"));
    fs::create_dir(&partial).unwrap();
    fs::write(partial.join("root.key.pem"), "half a key").unwrap();
    let passphrase = SharedAuthority::get().passphrase();
    let opened = Authority::open(&ca, &passphrase);
    assert!(matches!(opened, Err(AuthorityError::NotFounded { .. })));

    let random = PredictableRandom::new(3);
    let outcome = authority::found(&ca, &founding(), &passphrase, &random, beginning()).unwrap();
    assert_eq!(outcome, Outcome::Founded);
    assert!(!partial.exists());
    let founded = Authority::open(&ca, &passphrase).unwrap();
    let other = SharedAuthority::get();
    let other = Authority::open(&other.path(), &other.passphrase()).unwrap();
    assert_ne!(founded.root().public_key(), other.root().public_key());
}

#[cfg(unix)]
#[test]
fn only_the_owner_can_read_the_keys_and_they_are_encrypted() {
    use std::os::unix::fs::PermissionsExt;
    for name in ["root.key.pem", "issuing.key.pem"] {
        let file = SharedAuthority::get().path().join(name);
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        assert!(fs::read_to_string(&file).unwrap().starts_with("-----BEGIN ENCRYPTED PRIVATE KEY-----\n"));
    }
}

#[cfg(unix)]
#[test]
fn a_generated_passphrase_is_for_the_owner_only_and_is_generated_once() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("passphrase");
    Passphrase::read_or_generate(&file, &PredictableRandom::new(4)).unwrap();
    let generated = fs::read_to_string(&file).unwrap();
    assert_eq!(generated.trim_end().len(), 64);
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    Passphrase::read_or_generate(&file, &PredictableRandom::new(5)).unwrap();
    assert_eq!(fs::read_to_string(&file).unwrap(), generated);
}

#[test]
fn an_empty_passphrase_file_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("passphrase");
    for text in ["", "\n", "\r\nfour brave otters\n"] {
        fs::write(&file, text).unwrap();
        assert!(matches!(Passphrase::read(&file), Err(PassphraseError::Empty)), "{text:?}");
    }
}

#[test]
fn a_wrong_passphrase_is_told_apart_and_the_file_is_named() {
    let copy = Copy::new();
    let file = copy.folder.path().join("passphrase");
    fs::write(&file, "five brave otters in the rain\n").unwrap();
    let error = Authority::open(&copy.path(), &Passphrase::read(&file).unwrap()).unwrap_err();
    assert!(matches!(error, AuthorityError::KeyFile { source: KeyFileError::WrongPassphrase, .. }));
    let text = error.to_string();
    assert!(text.contains("issuing.key.pem") && text.contains("passphrase file"), "{text}");
}

#[test]
fn each_missing_file_is_named() {
    for name in ["root.cer", "root.crl", "issuing.cer", "issuing.key.pem"] {
        let copy = Copy::new();
        fs::remove_file(copy.path().join(name)).unwrap();
        let error = copy.open().unwrap_err();
        assert!(matches!(error, AuthorityError::Unreadable { .. }), "{error}");
        assert!(error.to_string().contains(name), "{error}");
    }
}

#[test]
fn a_key_that_is_not_the_certificates_is_refused() {
    let copy = Copy::new();
    fs::copy(copy.path().join("root.key.pem"), copy.path().join("issuing.key.pem")).unwrap();
    assert!(matches!(copy.open().unwrap_err(), AuthorityError::KeyMismatch { .. }));
}

#[test]
fn a_key_that_is_not_encrypted_is_refused() {
    let copy = Copy::new();
    fs::write(
        copy.path().join("issuing.key.pem"),
        "-----BEGIN PRIVATE KEY-----\nMAA=\n-----END PRIVATE KEY-----\n",
    )
    .unwrap();
    let error = copy.open().unwrap_err();
    assert!(matches!(error, AuthorityError::KeyFile { source: KeyFileError::NotAnEncryptedKey, .. }));
}

#[test]
fn a_certificate_that_the_root_did_not_sign_is_refused() {
    let copy = Copy::new();
    let file = copy.path().join("issuing.cer");
    let mut certificate = fs::read(&file).unwrap();
    *certificate.last_mut().unwrap() ^= 1;
    fs::write(&file, certificate).unwrap();
    assert!(matches!(copy.open().unwrap_err(), AuthorityError::NotSignedByRoot { .. }));
}

#[test]
fn the_roots_crl_is_signed_anew_after_half_a_year_and_not_before() {
    let copy = Copy::new();
    let before = copy.files();
    copy.found(179);
    assert_eq!(copy.files(), before);
    copy.found(180);
    let changed: Vec<_> =
        copy.files().into_iter().zip(before).filter(|(new, old)| new != old).map(|(new, _)| new.0).collect();
    assert_eq!(changed, ["root.crl"]);
    copy.open().unwrap();
}

#[tokio::test]
async fn a_database_is_bound_to_its_authority() {
    let stage = Stage::new().await;
    let shared = SharedAuthority::get();
    let authority = Authority::open(&shared.path(), &shared.passphrase()).unwrap();
    authority.bind(&stage.store, Purpose::Demonstration, beginning()).await.unwrap();
    let created = r#"SELECT COUNT(*) FROM audit WHERE event LIKE '%"action":"authority-created"%'"#;
    assert_eq!(stage.count(created).await, 1);
    stage.execute("UPDATE installation SET issuing_sha256 = 'of another authority'").await;
    let error = authority.bind(&stage.store, Purpose::Demonstration, beginning()).await.unwrap_err();
    assert!(matches!(error, BindingError::OtherAuthority));
}

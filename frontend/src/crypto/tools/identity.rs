//! Whose key something has: a private key, a PFX, a request, a certificate, a public key.

use super::{About, Identity, Problem, private_key, sentence};
use crate::crypto::TypedSecret;
use pki::certificate::description::{
    Description, KeyDescription, NoCertificate, describe_public_key, describe_request_key, find_certificates,
};
use pki::key_policy::KeyAlgorithm;
use pki::pasted::Kind;
use wasm_crypto::{
    pbkdf2::Pbkdf2,
    pfx::{self, Effort, OpenPfxError, Opening, Passwords},
};

/// Finds the public key.
pub(super) async fn identify(
    input: &[u8],
    password: Option<&TypedSecret>,
    pbkdf2: &impl Pbkdf2,
) -> Result<Identity, Problem> {
    match find_certificates(input) {
        Ok(bundle) => {
            let certificate = bundle.certificates.first().and_then(|der| Description::from_der(der).ok());
            let certificate = certificate.ok_or_else(unknown)?;
            Ok(Identity { is_private: bundle.has_private_key, ..public("Certificate", certificate.key) })
        }
        Err(NoCertificate::Request) => {
            describe_request_key(input).map(|key| public("Request", key)).ok_or_else(unknown)
        }
        Err(NoCertificate::Other(Kind::PublicKey)) => {
            describe_public_key(input).map(|key| public("Public key", key)).ok_or_else(unknown)
        }
        Err(NoCertificate::Other(kind)) if kind.is_private() => {
            let key = private_key::read(input, password, pbkdf2).await.map_err(private_problem)?;
            Ok(private("Private key", key.algorithm(), key.spki_sha256_hex()))
        }
        Err(NoCertificate::Empty) => Err(unknown()),
        Err(NoCertificate::Pfx) => of_pfx(input, password, pbkdf2).await.map_err(private_problem),
        // Some programs write a PFX in BER, whose beginning says little.
        Err(_) if pfx::describe(input).is_ok() => {
            of_pfx(input, password, pbkdf2).await.map_err(private_problem)
        }
        Err(NoCertificate::NotACertificate) => {
            describe_request_key(input).map(|key| public("Request", key)).ok_or_else(unknown)
        }
        Err(error) => Err(Problem::new(About::Input, error.to_string())),
    }
}

async fn of_pfx(
    input: &[u8],
    password: Option<&TypedSecret>,
    pbkdf2: &impl Pbkdf2,
) -> Result<Identity, Problem> {
    let Some(password) = password else {
        return Err(Problem::new(
            About::Password,
            "This is a PFX. Enter its password to see whose key is inside.",
        ));
    };
    let passwords: Passwords<'_> = password.spellings().collect();
    let opening = Opening { effort: Effort::Brief, ..Opening::new(passwords) };
    let contents = pfx::read(input, opening, pbkdf2).await.map_err(pfx_problem)?;
    let keys = contents.entries.iter().map(|entry| &entry.key).chain(&contents.keys_without_certificate);
    // Whose key it is does not depend on what else is in the file, nor on its integrity check.
    match keys.into_iter().next() {
        Some(key) => Ok(private("PFX", key.algorithm(), key.spki_sha256_hex())),
        None => Err(pfx_problem(contents.unread.first().map_or(OpenPfxError::NoKey, |unread| unread.reason))),
    }
}

fn pfx_problem(error: OpenPfxError) -> Problem {
    match error {
        OpenPfxError::WrongPassword => Problem::new(About::Password, "This password does not open the file."),
        OpenPfxError::SecondPassword { .. } => {
            let reason = sentence(error);
            Problem::new(About::Password, format!("{reason} Enter that one here, in place of the first."))
        }
        OpenPfxError::TakesLong { .. } => {
            let reason = sentence(error);
            Problem::new(
                About::Input,
                format!("{reason} The PFX inspector opens it, and tells whose key is inside."),
            )
        }
        error => Problem::new(About::Input, sentence(error)),
    }
}

/// A private key is wiped whatever is wrong with it, unless its password is still to be entered.
fn private_problem(problem: Problem) -> Problem {
    Problem { is_private: problem.about != About::Password, ..problem }
}

fn public(kind: &str, key: KeyDescription) -> Identity {
    Identity { kind: kind.to_owned(), key: key.name, spki_sha256: key.spki_sha256, is_private: false }
}

fn private(kind: &str, algorithm: KeyAlgorithm, spki_sha256: String) -> Identity {
    Identity { kind: kind.to_owned(), key: algorithm.to_string(), spki_sha256, is_private: true }
}

fn unknown() -> Problem {
    Problem::new(
        About::Input,
        "This is none of the things that have a key. Choose a private key, a PFX, a request, a certificate or a public key.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{fs, path::Path};
    use wasm_crypto::pbkdf2::Portable;

    fn identify(file: &str) -> Result<Identity, Problem> {
        let vectors = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/vectors");
        let input = fs::read(Path::new(vectors).join(file)).unwrap();
        pollster::block_on(super::identify(&input, None, &Portable))
    }

    #[test]
    fn f15_a_private_key_is_wiped_from_the_field_whatever_is_wrong_with_it() {
        for read in [
            "pasted/key-with-escaped-line-breaks.txt",
            "pasted/key-in-utf-16.txt",
            "pasted/key-in-json.json",
            "pasted/key-as-hex.txt",
        ] {
            assert!(identify(read).unwrap().is_private, "{read}");
        }
        for refused in [
            "pasted/key-is-a-keystore.jks",
            "pasted/key-is-a-keystore.bks",
            "pasted/key-is-of-ssh.txt",
            "pasted/key-is-a-json-web-key.json",
            "pasted/key-is-of-open-pgp.asc",
            "pasted/key-is-xml.xml",
            "private-keys/dsa.pem",
            "private-keys/rsa-1024.pem",
            "private-keys/rsa-traditional-encrypted.pem",
            "private-keys/secp256k1.pem",
        ] {
            let problem = identify(refused).unwrap_err();
            assert!(problem.is_private, "{refused}: {}", problem.message);
        }
    }

    #[test]
    fn what_still_wants_its_password_and_what_is_public_stays_in_the_field() {
        for waiting in ["private-keys/ec-pbes2-3des.pem", "pfx/openssl-3.p12"] {
            let problem = identify(waiting).unwrap_err();
            assert!(problem.about == About::Password && !problem.is_private, "{waiting}");
        }
        for public in ["pasted/key-is-a-certificate.pem", "pasted/key-is-a-request.pem"] {
            assert!(!identify(public).unwrap().is_private, "{public}");
        }
        assert!(!identify("pasted/key-is-a-public-key-of-ssh.pub").unwrap_err().is_private);
    }
}

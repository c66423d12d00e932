//! OpenSSL: the chain, the PFX, and mail with the key in it.

use std::{fs, path::Path};

use anyhow::{Context, ensure};

use super::{Evidence, KeyKind, ask};

/// S/MIME BR §7.1.6.1, organization-validated, strict.
const ORGANIZATION_STRICT: &str = "2.23.140.1.5.2.3";

/// The chain holds for signing mail from this address, under the strictest rules, and for our policy.
///
/// # Errors
/// When OpenSSL says otherwise.
pub fn verifies_for_signing(evidence: &Evidence) -> anyhow::Result<()> {
    verifies(evidence, "smimesign")
}

/// The chain holds for encrypting mail to this address.
///
/// # Errors
/// When OpenSSL says otherwise.
pub fn verifies_for_encryption(evidence: &Evidence) -> anyhow::Result<()> {
    verifies(evidence, "smimeencrypt")
}

fn verifies(evidence: &Evidence, purpose: &str) -> anyhow::Result<()> {
    let (root, issuing, leaf) = (evidence.root(), evidence.issuing(), evidence.leaf());
    let [root, issuing, leaf] = [&root, &issuing, &leaf].map(|path| path.to_string_lossy());
    let (mailbox, policy) = (evidence.mailbox.as_str(), ORGANIZATION_STRICT);
    let said = ask(
        "openssl",
        [
            "verify",
            "-x509_strict",
            "-CAfile",
            &root,
            "-untrusted",
            &issuing,
            "-purpose",
            purpose,
            "-verify_email",
            mailbox,
            "-policy_check",
            "-policy",
            policy,
            "-explicit_policy",
            &leaf,
        ],
    )?;
    ensure!(said.contains(": OK"), "openssl verify -purpose {purpose} said: {said}");
    Ok(())
}

/// What kind of key the certificate is for.
///
/// # Errors
/// When it is no certificate.
pub fn key_kind(certificate: &Path) -> anyhow::Result<KeyKind> {
    let said = ask("openssl", ["x509", "-noout", "-text", "-in", &certificate.to_string_lossy()])?;
    Ok(if said.contains("rsaEncryption") { KeyKind::Rsa } else { KeyKind::EllipticCurve })
}

/// The PFX opens, holds this very certificate, its chain, and the certificate's private key.
///
/// # Errors
/// When it does not open, or holds something else.
pub fn opens_pfx(evidence: &Evidence, pfx: &Path, password: &str) -> anyhow::Result<()> {
    let key = private_key(evidence, pfx, password)?;
    let all = open(pfx, password, &["-nokeys"])?;
    let count = all.matches("-----BEGIN CERTIFICATE-----").count();
    ensure!(count == 3, "{} holds {count} certificates instead of three", pfx.display());

    let of_key = ask("openssl", ["pkey", "-in", &key, "-pubout"])?;
    let of_certificate =
        ask("openssl", ["x509", "-in", &evidence.leaf().to_string_lossy(), "-noout", "-pubkey"])?;
    ensure!(of_key == of_certificate, "the key in {} is not the certificate's", pfx.display());
    Ok(())
}

/// Signs a mail with the key in the PFX and verifies it; encrypts one to the certificate and decrypts it.
///
/// # Errors
/// When any of it fails.
pub fn signs_and_decrypts_mail(evidence: &Evidence, pfx: &Path, password: &str) -> anyhow::Result<()> {
    const WORDS: &str = "Content-Type: text/plain\r\n\r\nThe parcel leaves on Monday.\r\n";
    let key = private_key(evidence, pfx, password)?;
    let files = ["mail", "signed", "verified", "encrypted", "decrypted"].map(|name| evidence.file(name));
    let [mail, signed, verified, encrypted, decrypted] = files.each_ref().map(|path| path.to_string_lossy());
    let (root, issuing, leaf) = (evidence.root(), evidence.issuing(), evidence.leaf());
    let [root, issuing, leaf] = [&root, &issuing, &leaf].map(|path| path.to_string_lossy());
    fs::write(evidence.file("mail"), WORDS)?;

    ask(
        "openssl",
        [
            "cms",
            "-sign",
            "-in",
            &mail,
            "-signer",
            &leaf,
            "-inkey",
            &key,
            "-certfile",
            &issuing,
            "-md",
            "sha256",
            "-out",
            &signed,
        ],
    )?;
    ask(
        "openssl",
        ["cms", "-verify", "-in", &signed, "-CAfile", &root, "-purpose", "smimesign", "-out", &verified],
    )?;
    ask("openssl", ["cms", "-encrypt", "-aes-256-cbc", "-in", &mail, "-recip", &leaf, "-out", &encrypted])?;
    ask(
        "openssl",
        ["cms", "-decrypt", "-in", &encrypted, "-recip", &leaf, "-inkey", &key, "-out", &decrypted],
    )?;
    for name in ["verified", "decrypted"] {
        let read = fs::read_to_string(evidence.file(name)).with_context(|| format!("no {name} mail"))?;
        ensure!(read == WORDS, "the {name} mail is {read:?}");
    }
    Ok(())
}

/// Takes the private key out of the PFX, and gives its file.
fn private_key(evidence: &Evidence, pfx: &Path, password: &str) -> anyhow::Result<String> {
    let file = evidence.file("key.pem");
    fs::write(&file, open(pfx, password, &["-nocerts", "-nodes"])?)?;
    Ok(file.to_string_lossy().into_owned())
}

fn open(pfx: &Path, password: &str, options: &[&str]) -> anyhow::Result<String> {
    let (pfx, password) = (pfx.to_string_lossy(), format!("pass:{password}"));
    ask("openssl", ["pkcs12", "-in", &pfx, "-passin", &password].iter().chain(options))
}

/// The secret numbers of an encrypted private key, by OpenSSL's names for them, most significant byte first.
///
/// # Errors
/// When OpenSSL does not open it, or shows no such number.
pub fn secret_numbers(key: &Path, passphrase: &str) -> anyhow::Result<Vec<(String, Vec<u8>)>> {
    const SECRET: [&str; 7] =
        ["privateExponent", "prime1", "prime2", "exponent1", "exponent2", "coefficient", "priv"];
    let (key, passphrase) = (key.to_string_lossy(), format!("pass:{passphrase}"));
    let said = ask("openssl", ["pkey", "-in", &key, "-passin", &passphrase, "-noout", "-text"])?;
    let mut numbers: Vec<(String, Vec<u8>)> = Vec::new();
    let mut is_secret = false;
    for line in said.lines() {
        if let Some(digits) = line.strip_prefix("    ") {
            let digits = digits.trim().split(':').filter(|digits| !digits.is_empty());
            let bytes = digits.map(|digits| u8::from_str_radix(digits, 16)).collect::<Result<Vec<_>, _>>()?;
            if let Some((_, number)) = numbers.last_mut().filter(|_| is_secret) {
                number.extend(bytes);
            }
        } else {
            let name = line.split(':').next().unwrap_or_default();
            is_secret = SECRET.contains(&name);
            if is_secret {
                numbers.push((name.to_owned(), Vec::new()));
            }
        }
    }
    ensure!(!numbers.is_empty(), "openssl pkey -text shows no secret number");
    for (_, number) in &mut numbers {
        // A sign, for numbers whose first bit is set.
        let zeros = number.iter().take_while(|byte| **byte == 0).count();
        number.drain(..zeros);
    }
    Ok(numbers)
}

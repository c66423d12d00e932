//! Marks by which a text shows what it is.

use super::{bare_private_key, decode_bare, text};
use crate::request::{Defect, PrivateKeyForm, recognize_other};

/// First characters of the Base64 of an OpenSSH private key (`openssh-key-v1`).
const OPENSSH_MAGIC: &str = "b3BlbnNzaC1rZXktdjE";
/// Shortest Base64 that is looked into without lines around it. Our choice: no key is shorter.
const SHORTEST_BARE_BASE64: usize = 64;

/// In which form the text holds a private key, whatever else it holds.
pub(super) fn private_key(text: &str) -> Option<PrivateKeyForm> {
    let armor = text.lines().flat_map(|line| line.split('\r')).find_map(private_key_line);
    armor.or_else(|| runs_of_base64(text).find_map(private_key_run))
}

/// A BEGIN or END line of a private key, whatever its dashes.
fn private_key_line(line: &str) -> Option<PrivateKeyForm> {
    if line.contains("PuTTY-User-Key-File") {
        return Some(PrivateKeyForm::Other);
    }
    let upper = line.to_ascii_uppercase();
    let label = upper.split_once("BEGIN").or_else(|| upper.split_once("END")).map(|(_, label)| label)?;
    if !label.contains("PRIVATE KEY") {
        return None;
    }
    Some(if label.contains("PGP") {
        PrivateKeyForm::Pgp
    } else if label.contains("OPENSSH") {
        PrivateKeyForm::OpenSsh
    } else if label.contains("ENCRYPTED") {
        PrivateKeyForm::EncryptedPkcs8
    } else if label.contains("RSA") {
        PrivateKeyForm::Rsa
    } else if label.contains("EC ") {
        PrivateKeyForm::Ec
    } else if label.trim_start().starts_with("PRIVATE KEY") {
        PrivateKeyForm::Pkcs8
    } else {
        PrivateKeyForm::Other
    })
}

fn private_key_run(run: &str) -> Option<PrivateKeyForm> {
    if run.trim_start().starts_with(OPENSSH_MAGIC) {
        return Some(PrivateKeyForm::OpenSsh);
    }
    bare_private_key(run)
}

/// The stretches of Base64 and white space that are long enough to hold a key.
fn runs_of_base64(text: &str) -> impl Iterator<Item = &str> {
    text.split(|character: char| {
        !(character.is_ascii_alphanumeric()
            || matches!(character, '+' | '/' | '=')
            || character.is_whitespace())
    })
    .filter(|run| run.len() >= SHORTEST_BARE_BASE64)
}

/// What a label other than that of a request means.
pub(super) fn foreign_label(label: &str) -> Option<Defect> {
    match label {
        "CERTIFICATE" | "X509 CERTIFICATE" | "TRUSTED CERTIFICATE" => None,
        "PKCS7" | "CMS" | "PKCS #7 SIGNED DATA" | "CERTIFICATE CHAIN" => Some(Defect::CertificateBundle),
        "X509 CRL" => Some(Defect::RevocationList),
        "PUBLIC KEY" | "RSA PUBLIC KEY" => Some(Defect::PublicKey),
        label if label.starts_with("PGP ") => Some(Defect::OpenPgp),
        label if label.starts_with("SSH2 ") => Some(Defect::SshPublicKey),
        _ => None,
    }
}

/// What a text without any BEGIN line is.
pub(super) fn without_block(text: &str) -> Defect {
    let damaged = ["BEGIN CERTIFICATE REQUEST", "BEGIN NEW CERTIFICATE REQUEST"];
    if let Some(offset) = damaged.into_iter().find_map(|line| text.find(line)) {
        return Defect::BeginLineDamaged { position: text::position(text, text::line_start(text, offset)) };
    }
    if text.contains("END CERTIFICATE REQUEST") || text.contains("END NEW CERTIFICATE REQUEST") {
        return Defect::BeginLineMissing;
    }
    if has_html(text) {
        return Defect::Html;
    }
    let start = text.trim_start();
    if ["ssh-", "ecdsa-sha2-", "---- BEGIN SSH2"].into_iter().any(|prefix| start.starts_with(prefix)) {
        return Defect::SshPublicKey;
    }
    if runs_of_base64(text).next().is_some_and(|run| run.len() == text.len()) {
        return bare_base64(text);
    }
    Defect::NotARequest
}

fn bare_base64(text: &str) -> Defect {
    match decode_bare(text) {
        Some(der) if der.first() == Some(&0x30) => recognize_other(&der).unwrap_or(Defect::BeginLineMissing),
        _ => Defect::NotARequest,
    }
}

/// Whether the text carries the markup of a web page.
pub(super) fn has_html(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    ["<br", "<html", "<!doctype", "<p>", "<div", "<span", "<pre", "</", "&nbsp;", "&lt;", "&#"]
        .into_iter()
        .any(|mark| lower.contains(mark))
}

/// `\n` or `\r`, written out.
pub(super) fn starts_with_escape(text: &str) -> bool {
    text.starts_with("\\n") || text.starts_with("\\r")
}

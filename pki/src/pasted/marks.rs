//! Marks by which a text shows what it is.

use super::{decode_beginning, text};
use crate::request::{Defect, PrivateKeyForm, private_key_form};

/// First characters of the Base64 of an OpenSSH private key (`openssh-key-v1`).
const OPENSSH_MAGIC: &str = "b3BlbnNzaC1rZXktdjE";
/// Shortest Base64 that is looked into without lines around it. Our choice: a line of a key has at least that many.
const SHORTEST_BARE_BASE64: usize = 40;
/// How much of it is looked into: enough for the algorithm of an encrypted key, which stands before the key.
const LOOK_INTO_CHARACTERS: usize = 256;
/// First character of the Base64 of a SEQUENCE.
const SEQUENCE_CHARACTER: char = 'M';

/// In which form the text holds a private key, whatever else it holds.
pub(super) fn private_key(text: &str) -> Option<PrivateKeyForm> {
    let armor = text.lines().flat_map(|line| line.split('\r')).find_map(private_key_line);
    let other = || is_json_web_key(text).then_some(PrivateKeyForm::JsonWebKey).or_else(|| xml_key(text));
    armor.or_else(other).or_else(|| base64_words(text).find_map(bare_private_key)).or_else(|| {
        let beginning = text.trim_start().get(..LOOK_INTO_CHARACTERS).unwrap_or_else(|| text.trim_start());
        private_key_form(&bare_hex(beginning)?)
    })
}

/// A JSON Web Key with `d`, which only private ones have (RFC 7518 §6.2.2, §6.3.2).
fn is_json_web_key(text: &str) -> bool {
    let has_member = |name: &str| {
        text.match_indices(name).any(|(offset, _)| {
            let rest = text.get(offset.saturating_add(name.len())..).unwrap_or_default();
            rest.trim_start().starts_with(':')
        })
    };
    has_member("\"kty\"") && has_member("\"d\"")
}

/// The XML form of .NET, with `D`.
fn xml_key(text: &str) -> Option<PrivateKeyForm> {
    (text.contains("<RSAKeyValue>") && text.contains("<D>")).then_some(PrivateKeyForm::Other)
}

/// A BEGIN or END line of a private key, whatever its dashes.
fn private_key_line(line: &str) -> Option<PrivateKeyForm> {
    if line.contains("PuTTY-User-Key-File") {
        return Some(PrivateKeyForm::Other);
    }
    let (_, label) = line.split_once("BEGIN").or_else(|| line.split_once("END"))?;
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

/// In which form a private key begins here, without a line before it, if one does.
fn bare_private_key(text: &str) -> Option<PrivateKeyForm> {
    if text.starts_with(OPENSSH_MAGIC) {
        return Some(PrivateKeyForm::OpenSsh);
    }
    if !text.starts_with(SEQUENCE_CHARACTER) {
        return None;
    }
    let before_dashes = text.chars().take_while(|character| *character != '-');
    let base64: String =
        before_dashes.filter(|character| is_base64(*character)).take(LOOK_INTO_CHARACTERS).collect();
    private_key_form(&decode_beginning(&base64)?)
}

/// The text from each long word of Base64 on.
pub(super) fn base64_words(text: &str) -> impl Iterator<Item = &str> {
    let mut inside = false;
    let beginnings = text.char_indices().filter_map(move |(offset, character)| {
        let begins = !inside && is_base64(character);
        inside = is_base64(character);
        if begins { text.get(offset..) } else { None }
    });
    beginnings.filter(|rest| {
        rest.chars().take_while(|character| is_base64(*character)).count() >= SHORTEST_BARE_BASE64
    })
}

pub(super) fn is_base64(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '+' | '/')
}

/// What a label other than that of a request means; of a certificate and of an unknown one its content says it.
pub(super) fn foreign_label(label: &str) -> Option<Defect> {
    match label {
        "PKCS7" | "CMS" | "PKCS #7 SIGNED DATA" | "CERTIFICATE CHAIN" => Some(Defect::CertificateBundle),
        "X509 CRL" => Some(Defect::RevocationList),
        "PUBLIC KEY" | "RSA PUBLIC KEY" => Some(Defect::PublicKey),
        label if label.starts_with("PGP ") => Some(Defect::OpenPgp),
        label if label.starts_with("SSH2 ") => Some(Defect::SshPublicKey),
        _ => None,
    }
}

/// The DER in a text without any BEGIN line, or what the text is.
pub(super) fn without_block(text: &str) -> Result<Vec<u8>, Defect> {
    let damaged = ["BEGIN CERTIFICATE REQUEST", "BEGIN NEW CERTIFICATE REQUEST"];
    if let Some(offset) = damaged.into_iter().find_map(|line| text.find(line)) {
        return Err(Defect::BeginLineDamaged {
            position: text::position(text, text::line_start(text, offset)),
        });
    }
    if text.contains("END CERTIFICATE REQUEST") || text.contains("END NEW CERTIFICATE REQUEST") {
        return Err(Defect::BeginLineMissing);
    }
    if has_html(text) {
        return Err(Defect::Html);
    }
    let start = text.trim_start();
    if ["ssh-", "ecdsa-sha2-", "---- BEGIN SSH2"].into_iter().any(|prefix| start.starts_with(prefix)) {
        return Err(Defect::SshPublicKey);
    }
    match bare_hex(start) {
        Some(der) => Ok(der),
        None => bare_base64(start),
    }
}

/// The bytes of hex digits, with white space, colons, commas and `0x` between them; they must begin a SEQUENCE.
fn bare_hex(text: &str) -> Option<Vec<u8>> {
    let is_between = |character: char| character.is_whitespace() || matches!(character, ':' | ',' | ';');
    let mut der = Vec::new();
    for word in text.split(is_between).filter(|word| !word.is_empty()) {
        let digits = word.strip_prefix("0x").unwrap_or(word).as_bytes();
        for pair in digits.chunks(2) {
            if der.first().is_some_and(|first| *first != 0x30) {
                return None;
            }
            let [high, low] = pair else { return None };
            let nibble =
                |digit: &u8| char::from(*digit).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
            der.push(nibble(high)? << 4 | nibble(low)?);
        }
    }
    (der.first() == Some(&0x30)).then_some(der)
}

/// The bytes of Base64 alone; they must begin a SEQUENCE.
fn bare_base64(text: &str) -> Result<Vec<u8>, Defect> {
    let is_bare =
        text.chars().all(|character| is_base64(character) || character.is_whitespace() || character == '=');
    let base64: String = text.chars().filter(|character| is_base64(*character)).collect();
    match decode_beginning(&base64) {
        Some(beginning) if is_bare && beginning.first() == Some(&0x30) => {
            super::decode_base64(&base64).ok_or(Defect::Base64Incomplete)
        }
        _ => Err(Defect::NotARequest),
    }
}

/// Whether the text carries the markup of a web page.
pub(super) fn has_html(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    ["<br", "<html", "<!doctype", "<p>", "<div", "<span", "<pre", "</", "&nbsp;", "&lt;", "&#"]
        .into_iter()
        .any(|mark| lower.contains(mark))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PKCS8: &str = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQDJixCt1VRGPi0o";

    #[test]
    fn a_private_key_is_seen_in_the_middle_of_a_text() {
        for text in [
            PKCS8.to_owned(),
            format!("my key is {PKCS8}"),
            format!("{{\"key\":\"{PKCS8}\"}}"),
            format!("> {PKCS8}\n> "),
        ] {
            assert_eq!(private_key(&text), Some(PrivateKeyForm::Pkcs8), "{text}");
        }
    }

    #[test]
    fn a_block_whose_content_cannot_be_read_is_what_its_label_says() {
        for (label, defect) in [
            ("PKCS7", Defect::CertificateBundle),
            ("CERTIFICATE CHAIN", Defect::CertificateBundle),
            ("X509 CRL", Defect::RevocationList),
            ("RSA PUBLIC KEY", Defect::PublicKey),
            ("PGP MESSAGE", Defect::OpenPgp),
            ("SSH2 PUBLIC KEY", Defect::SshPublicKey),
        ] {
            let text = format!("-----BEGIN {label}-----\n*\n-----END {label}-----\n");
            assert_eq!(super::super::read(text.as_bytes()), Err(defect), "{label}");
        }
    }

    #[test]
    fn words_about_a_private_key_are_not_one() {
        for text in [
            "I begin with my private key",
            "PRIVATE KEY",
            "-----BEGIN PUBLIC KEY-----",
            "The end.",
            "<D>1</D>",
            "<RSAKeyValue><Modulus>AA==</Modulus></RSAKeyValue>",
            "{\"kty\":\"EC\"}",
        ] {
            assert_eq!(private_key(text), None, "{text}");
        }
    }
}

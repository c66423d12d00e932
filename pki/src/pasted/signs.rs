//! Signs by which a text shows what it is.

use super::base64_text::{self, decode_beginning, is_base64};
use super::{Kind, PrivateKeyForm, markup, recognition, text};

/// First characters of the Base64 of an OpenSSH private key (`openssh-key-v1`).
const OPENSSH_MAGIC: &str = "b3BlbnNzaC1rZXktdjE";
/// How much Base64 or hex is read to recognize a private key: enough for the algorithm of an encrypted key, which stands
/// before the key.
const BEGINNING_CHARACTERS: usize = 256;
/// How much holds the longest header of a SEQUENCE and the identifier octet behind it: nine bytes.
const HEADER_CHARACTERS: usize = 12;
/// First character of the Base64 of a SEQUENCE.
const SEQUENCE_CHARACTER: char = 'M';

/// In which form the text holds a private key, whatever else it holds.
pub(super) fn private_key(text: &str) -> Option<PrivateKeyForm> {
    let armor = text.lines().flat_map(|line| line.split('\r')).find_map(private_key_line);
    armor
        .or_else(|| structured_key(text))
        .or_else(|| base64_text::words(text).find_map(bare_private_key))
        .or_else(|| match recognition::recognize(&base64_text::hex(beginning(text))?) {
            Kind::PrivateKey(form) => Some(form),
            _ => None,
        })
}

/// The first lines, as many as are read.
fn beginning(text: &str) -> &str {
    let text = text.trim_start();
    let Some(beginning) = text.get(..BEGINNING_CHARACTERS) else { return text };
    beginning.rfind('\n').and_then(|end| beginning.get(..end)).unwrap_or(beginning)
}

fn structured_key(text: &str) -> Option<PrivateKeyForm> {
    let contains = |word: &str| text.contains(word);
    // `d`, `D`: RFC 7518 §6.2.2 and §6.3.2; .NET's `RSAParameters`.
    if has_member(text, "\"kty\"") && has_member(text, "\"d\"") {
        return Some(PrivateKeyForm::JsonWebKey);
    }
    if contains("<RSAKeyValue>") && contains("<D>") {
        return Some(PrivateKeyForm::Xml);
    }
    // OpenSSL of RSA keys and of keys on curves, then GnuTLS.
    (contains("privateExponent:") || contains("Private-Key: (") || contains("private exponent:"))
        .then_some(PrivateKeyForm::Printout)
}

/// Whether a JSON object has a member with this quoted name.
fn has_member(text: &str, name: &str) -> bool {
    text.match_indices(name).any(|(offset, _)| {
        let rest = text.get(offset.saturating_add(name.len())..).unwrap_or_default();
        rest.trim_start().starts_with(':')
    })
}

/// A BEGIN or END line of a private key, whatever its dashes, and also one that is encoded for an address.
fn private_key_line(line: &str) -> Option<PrivateKeyForm> {
    if line.contains("PuTTY-User-Key-File") {
        return Some(PrivateKeyForm::Putty);
    }
    let (_, label) = line.split_once("BEGIN").or_else(|| line.split_once("END"))?;
    let is_key =
        ["PRIVATE KEY", "PRIVATE%20KEY", "PRIVATE+KEY"].into_iter().any(|words| label.contains(words));
    is_key.then(|| form_of_label(label))
}

/// The form that a label with the words PRIVATE KEY names.
pub(super) fn form_of_label(label: &str) -> PrivateKeyForm {
    let forms = [
        ("PGP", PrivateKeyForm::Pgp),
        ("OPENSSH", PrivateKeyForm::OpenSsh),
        ("SSH2", PrivateKeyForm::SshCom),
        ("ENCRYPTED", PrivateKeyForm::EncryptedPkcs8),
        ("RSA", PrivateKeyForm::Rsa),
        ("DSA", PrivateKeyForm::Dsa),
        ("EC ", PrivateKeyForm::Ec),
    ];
    let named = forms.into_iter().find(|(word, _)| label.contains(word)).map(|(_, form)| form);
    // A blank may be encoded.
    let words = label.trim_start_matches(|character: char| !character.is_ascii_alphabetic());
    let unnamed = if words.starts_with("PRIVATE") { PrivateKeyForm::Pkcs8 } else { PrivateKeyForm::Other };
    named.unwrap_or(unnamed)
}

/// In which form a private key begins here, without a line before it, if one does.
fn bare_private_key(text: &str) -> Option<PrivateKeyForm> {
    if text.starts_with(OPENSSH_MAGIC) {
        return Some(PrivateKeyForm::OpenSsh);
    }
    if !text.starts_with(SEQUENCE_CHARACTER) {
        return None;
    }
    // Most words end here, before more of them is read.
    let header = text.get(..HEADER_CHARACTERS).and_then(decode_beginning);
    if header.is_some_and(|header| !recognition::begins_with_version_or_algorithm(&header)) {
        return None;
    }
    let before_dashes = text.chars().take_while(|character| *character != '-');
    let base64: String =
        before_dashes.filter(|character| is_base64(*character)).take(BEGINNING_CHARACTERS).collect();
    match recognition::recognize(&decode_beginning(&base64)?) {
        Kind::PrivateKey(form) => Some(form),
        _ => None,
    }
}

/// What a label means; of an unknown one the content says it.
pub(super) fn kind_of_label(label: &str) -> Kind {
    match label {
        "PKCS7" | "CMS" | "PKCS #7 SIGNED DATA" | "CERTIFICATE CHAIN" => Kind::CertificateBundle,
        "PKCS12" | "PFX" => Kind::PrivateKey(PrivateKeyForm::Pfx),
        label if label.contains("PRIVATE KEY") => Kind::PrivateKey(form_of_label(label)),
        label if label.starts_with("PGP ") => Kind::OpenPgp,
        label if label.starts_with("SSH2 ") => Kind::SshPublicKey,
        label if label.ends_with("PUBLIC KEY") => Kind::PublicKey,
        label if label.ends_with("PARAMETERS") => Kind::Parameters,
        label if label.contains("CRL") => Kind::RevocationList,
        label if label.contains("REQUEST") => Kind::Request,
        label if label.contains("CERTIFICATE") => Kind::Certificate,
        _ => Kind::Unknown,
    }
}

/// What a text is that holds no block and no Base64 which says it.
pub(super) fn kind_of_text(text: &str) -> Kind {
    let start = text.trim_start();
    let begins = |words: &[&str]| words.iter().any(|word| start.starts_with(word));
    let contains = |words: &[&str]| words.iter().any(|word| text.contains(word));
    if begins(&["ssh-", "ecdsa-sha2-", "---- BEGIN SSH2"]) {
        Kind::SshPublicKey
    } else if text.contains("<plist") && text.contains("PayloadContent") {
        Kind::PrivateKey(PrivateKeyForm::Profile)
    } else if text::is_spoilt_binary(text) {
        Kind::SpoiltBinary
    } else if markup::has_html(text) || begins(&["<"]) {
        Kind::WebPage
    } else if contains(&["Public Key Algorithm:", "Public-Key: (", " cons: SEQUENCE", "SubjectPublicKeyInfo"])
        || (contains(&["Subject:"]) && contains(&["Certificate:", "Certificate Request:", "Issuer:"]))
    {
        Kind::Printout
    } else if has_member(text, "\"kty\"") {
        Kind::PublicKey
    } else {
        Kind::Unknown
    }
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
        for (label, kind) in [
            ("PKCS7", Kind::CertificateBundle),
            ("CERTIFICATE CHAIN", Kind::CertificateBundle),
            ("X509 CRL", Kind::RevocationList),
            ("RSA PUBLIC KEY", Kind::PublicKey),
            ("PGP MESSAGE", Kind::OpenPgp),
            ("SSH2 PUBLIC KEY", Kind::SshPublicKey),
        ] {
            let text = format!("-----BEGIN {label}-----\n*\n-----END {label}-----\n");
            let found = super::super::find_request(text.as_bytes());
            assert_eq!(found, Err(super::super::TextDefect::Other(kind)), "{label}");
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

//! Finds the PFX in what people have, or says what it is instead.

use super::{OpenPfxError, structure::begins_with};
use pki::pasted::{self, Content, Kind, PrivateKeyForm};
use std::fmt;

const VERSION_3: u8 = 3;

/// What a file is that is no PFX.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NotAPfx {
    /// No bytes at all.
    Empty,
    /// Certificates and a private key, of which a PFX can be made.
    Parts,
    /// Something else that is known.
    Other(Kind),
    /// None of these.
    Unknown,
}

/// The PFX in a text, such as Base64 or a configuration profile; none when the bytes are one as they stand.
///
/// # Errors
/// What the bytes are instead.
pub(super) fn find(bytes: &[u8]) -> Result<Option<Content>, OpenPfxError> {
    if begins_like_one(bytes) {
        return Ok(None);
    }
    let mut contents = pasted::contents(bytes);
    match contents.iter().position(|content| begins_like_one(&content.bytes)) {
        Some(place) => Ok(Some(contents.swap_remove(place))),
        None => Err(OpenPfxError::NotAPfx(NotAPfx::of(&contents))),
    }
}

/// So begins a PFX, also one that is cut off or broken further on.
fn begins_like_one(bytes: &[u8]) -> bool {
    begins_with(bytes, &[0x02, 0x01, VERSION_3, 0x30])
}

impl NotAPfx {
    fn of(contents: &[Content]) -> Self {
        let has = |wanted: fn(Kind) -> bool| contents.iter().any(|content| wanted(content.kind));
        let has_certificates = has(|kind| matches!(kind, Kind::Certificate | Kind::CertificateBundle));
        match contents.first().map(|content| content.kind) {
            None => Self::Empty,
            Some(_) if has_certificates && has(Kind::is_private) => Self::Parts,
            Some(Kind::Unknown) => Self::Unknown,
            Some(kind) => Self::Other(kind),
        }
    }
}

impl fmt::Display for NotAPfx {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self {
            Self::Empty => return formatter.write_str("the file is empty"),
            Self::Parts => {
                return formatter.write_str(
                    "the file is text with certificates and a private key; the PFX generator makes a PFX of them",
                );
            }
            Self::Unknown => return formatter.write_str("the file is not a PFX"),
            Self::Other(kind) => *kind,
        };
        write!(formatter, "the file is {}", kind.name())?;
        if let Some(advice) = advice(kind) {
            write!(formatter, "; {advice}")?;
        }
        Ok(())
    }
}

/// What to do with something that is no PFX.
fn advice(kind: Kind) -> Option<&'static str> {
    Some(match kind {
        Kind::PrivateKey(PrivateKeyForm::Profile) => "there is no PFX in it that could be read",
        Kind::PrivateKey(
            PrivateKeyForm::Pkcs8 | PrivateKeyForm::EncryptedPkcs8 | PrivateKeyForm::Rsa | PrivateKeyForm::Ec,
        ) => "the PFX generator makes a PFX of it and its certificate",
        Kind::PrivateKey(form) => return form.conversion(),
        Kind::Certificate | Kind::CertificateBundle | Kind::CertificatePath => {
            "a PFX has the private key too; the PFX generator makes one of both"
        }
        Kind::SpoiltBinary => "get the file again, without opening it in a program for text",
        Kind::Archive => "unpack it, and choose the PFX inside",
        Kind::WebPage => "the download may have failed",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_file_is_instead_is_told() {
        let key = |form| NotAPfx::Other(Kind::PrivateKey(form));
        for (bytes, expected) in [
            (b"".as_slice(), NotAPfx::Empty),
            (b" \r\n", NotAPfx::Empty),
            (b"\xEF\xBB\xBF-----BEGIN CERTIFICATE-----\nMIIB", NotAPfx::Other(Kind::Certificate)),
            (b"-----BEGIN NEW CERTIFICATE REQUEST-----\n", NotAPfx::Other(Kind::Request)),
            (b"-----BEGIN CERTIFICATE REQUEST-----\n", NotAPfx::Other(Kind::Request)),
            (b"-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIIB", key(PrivateKeyForm::EncryptedPkcs8)),
            (b"-----BEGIN RSA PRIVATE KEY-----", key(PrivateKeyForm::Rsa)),
            (b"-----BEGIN PGP PRIVATE KEY BLOCK-----", key(PrivateKeyForm::Pgp)),
            (b"-----BEGIN PKCS7-----\n", NotAPfx::Other(Kind::CertificateBundle)),
            (b"<!DOCTYPE html>", NotAPfx::Other(Kind::WebPage)),
            (b"\xFE\xED\xFE\xED\x00\x00\x00\x02", key(PrivateKeyForm::JavaKeyStore)),
            (b"\x30\x82\x04\xBE\x02\x01\x00\x30", key(PrivateKeyForm::Pkcs8)),
            (b"\x30\x77\x02\x01\x01\x04\x20", key(PrivateKeyForm::Ec)),
            (b"PK\x03\x04", NotAPfx::Other(Kind::Archive)),
            (b"-----BEGIN SOMETHING ELSE-----\n", NotAPfx::Unknown),
            (b"a letter about a PRIVATE KEY\n", NotAPfx::Unknown),
        ] {
            let Err(OpenPfxError::NotAPfx(found)) = find(bytes) else { panic!("{}", bytes.escape_ascii()) };
            assert_eq!(found, expected, "{}", bytes.escape_ascii());
        }
    }
}

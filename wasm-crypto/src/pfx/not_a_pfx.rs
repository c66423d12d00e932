//! What a file is that is no PFX.

use std::fmt;

/// By its first bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NotAPfx {
    /// No bytes at all.
    Empty,
    /// A certificate without its key, PEM or DER.
    Certificate,
    /// A certificate signing request.
    Request,
    /// A private key without its certificate.
    PrivateKey,
    /// Certificates without a key, PKCS #7.
    CertificateBundle,
    /// Java's own format.
    JavaKeyStore,
    /// A PFX that was written out as text.
    Base64,
    /// A key for `OpenPGP`.
    OpenPgp,
    /// A web page: often an error page that was saved in place of the file.
    WebPage,
    /// None of these.
    Unknown,
}

/// How files begin, with what that says.
const BEGINNINGS: [(&[u8], NotAPfx); 10] = [
    (b"\xFE\xED\xFE\xED", NotAPfx::JavaKeyStore),
    (b"\xCE\xCE\xCE\xCE", NotAPfx::JavaKeyStore),
    (b"-----BEGIN CERTIFICATE REQUEST", NotAPfx::Request),
    (b"-----BEGIN NEW CERTIFICATE REQUEST", NotAPfx::Request),
    (b"-----BEGIN CERTIFICATE", NotAPfx::Certificate),
    (b"-----BEGIN PKCS7", NotAPfx::CertificateBundle),
    (b"-----BEGIN PGP", NotAPfx::OpenPgp),
    (b"-----BEGIN PKCS12", NotAPfx::Base64),
    (b"-----BEGIN PFX", NotAPfx::Base64),
    (b"<", NotAPfx::WebPage),
];

impl NotAPfx {
    pub(super) fn recognize(bytes: &[u8]) -> Self {
        let text = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes).trim_ascii();
        if text.is_empty() {
            return Self::Empty;
        }
        if let Some((_, what)) = BEGINNINGS.iter().find(|(beginning, _)| text.starts_with(beginning)) {
            return *what;
        }
        let first_line = text.split(|byte| *byte == b'\n').next().unwrap_or(text);
        if first_line.starts_with(b"-----BEGIN") && first_line.windows(11).any(|word| word == b"PRIVATE KEY")
        {
            return Self::PrivateKey;
        }
        // The Base64 of a sequence with a length of two bytes.
        if text.starts_with(b"MII")
            && text.iter().all(|byte| byte.is_ascii_graphic() || byte.is_ascii_whitespace())
        {
            return Self::Base64;
        }
        Self::of_der(bytes)
    }

    /// By what stands first in the outer sequence.
    fn of_der(bytes: &[u8]) -> Self {
        let ([0x30, 0x82, _, _, inside @ ..] | [0x30, 0x81, _, inside @ ..] | [0x30, 0..=0x80, inside @ ..]) =
            bytes
        else {
            return Self::Unknown;
        };
        match inside {
            // PKCS #8, PKCS #1 and SEC 1 begin with a version; EncryptedPrivateKeyInfo with an algorithm of PKCS #5 or #12.
            [0x02, 0x01, 0 | 1, ..]
            | [0x30, _, 0x06, _, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x05 | 0x0C, ..] => {
                Self::PrivateKey
            }
            // ContentInfo begins with an identifier of PKCS #7.
            [0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07, ..] => Self::CertificateBundle,
            // A certificate's first sequence begins with its version, a request's with `INTEGER 0`.
            [0x30, 0x82, _, _, 0xA0, ..] | [0x30, 0x81, _, 0xA0, ..] => Self::Certificate,
            [0x30, 0x82, _, _, 0x02, 0x01, 0, ..] | [0x30, 0x81, _, 0x02, 0x01, 0, ..] => Self::Request,
            _ => Self::Unknown,
        }
    }
}

impl fmt::Display for NotAPfx {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Empty => "the file is empty",
            Self::Certificate => "the file is a certificate without its private key",
            Self::Request => "the file is a certificate request",
            Self::PrivateKey => "the file is a private key without its certificate",
            Self::CertificateBundle => "the file has certificates without a private key (PKCS #7)",
            Self::JavaKeyStore => {
                "the file is a Java keystore; `keytool -importkeystore -deststoretype PKCS12` makes a PFX of it"
            }
            Self::Base64 => "the file is text; decode the Base64 first, for example with `openssl base64 -d`",
            Self::OpenPgp => "the file is for OpenPGP, not for S/MIME",
            Self::WebPage => "the file is a web page; the download may have failed",
            Self::Unknown => "the file is not a PFX",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_file_is_instead_is_told() {
        for (bytes, expected) in [
            (b"".as_slice(), NotAPfx::Empty),
            (b" \r\n", NotAPfx::Empty),
            (b"\xEF\xBB\xBF-----BEGIN CERTIFICATE-----\nMIIB", NotAPfx::Certificate),
            (b"-----BEGIN NEW CERTIFICATE REQUEST-----\n", NotAPfx::Request),
            (b"-----BEGIN CERTIFICATE REQUEST-----\n", NotAPfx::Request),
            (b"-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIIB", NotAPfx::PrivateKey),
            (b"-----BEGIN RSA PRIVATE KEY-----", NotAPfx::PrivateKey),
            (b"-----BEGIN PGP PRIVATE KEY BLOCK-----", NotAPfx::OpenPgp),
            (b"-----BEGIN PKCS7-----\n", NotAPfx::CertificateBundle),
            (b"MIIKqAIBAzCC\n", NotAPfx::Base64),
            (b"<!DOCTYPE html>", NotAPfx::WebPage),
            (b"\xFE\xED\xFE\xED\x00\x00\x00\x02", NotAPfx::JavaKeyStore),
            (b"\x30\x82\x04\xBE\x02\x01\x00\x30", NotAPfx::PrivateKey),
            (b"\x30\x77\x02\x01\x01\x04\x20", NotAPfx::PrivateKey),
            (b"\x30\x82\x01\x00\x30\x60\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x05\x0D", NotAPfx::PrivateKey),
            (b"\x30\x82\x03\x00\x30\x82\x02\x00\xA0\x03", NotAPfx::Certificate),
            (b"\x30\x82\x03\x00\x30\x82\x02\x00\x02\x01\x00\x30", NotAPfx::Request),
            (b"\x30\x80\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x07\x02", NotAPfx::CertificateBundle),
            (b"PK\x03\x04", NotAPfx::Unknown),
            (b"-----BEGIN SOMETHING ELSE-----\n", NotAPfx::Unknown),
            (b"a letter about a PRIVATE KEY\n", NotAPfx::Unknown),
        ] {
            assert_eq!(NotAPfx::recognize(bytes), expected, "{}", bytes.escape_ascii());
        }
    }
}

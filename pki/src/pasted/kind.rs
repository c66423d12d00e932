//! What a thing is that somebody has pasted or chosen: its stable code, its name, and what to do with it elsewhere.

/// What was recognized.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Kind {
    /// A certification request, RFC 2986.
    Request,
    /// A certificate, RFC 5280.
    Certificate,
    /// Certificates in CMS, as in a .p7b file or beside a signature, RFC 5652 §5.
    CertificateBundle,
    /// A SEQUENCE of certificates, from the root down, as Java programs exchange them (ITU-T X.509 `PkiPath`).
    CertificatePath,
    /// A list of revoked certificates, RFC 5280 §5.
    RevocationList,
    /// A public key alone.
    PublicKey,
    /// The parameters of keys, as for DSA and Diffie-Hellman.
    Parameters,
    /// A public key of SSH, RFC 4716.
    SshPublicKey,
    /// A message or a public key of `OpenPGP`, RFC 9580.
    OpenPgp,
    /// A private key, or a store that holds one.
    PrivateKey(PrivateKeyForm),
    /// A request in the message format of RFC 4211 (CRMF).
    RequestMessage,
    /// A request inside CMS: a full CMC request (RFC 5272 §3.2) or a signed renewal.
    CmsRequest,
    /// The request format of old browsers, `SPKAC`.
    Spkac,
    /// An encrypted message of S/MIME, RFC 8551.
    EncryptedMessage,
    /// What a program prints about a request or a certificate, or a listing of its ASN.1.
    Printout,
    /// A binary file that went through a program for text, which lost bytes of it.
    SpoiltBinary,
    /// A ZIP or another archive.
    Archive,
    /// A web page, or text copied with its markup.
    WebPage,
    /// A picture, a PDF, a document of an office program.
    Document,
    /// None of these.
    Unknown,
}

/// In which form a private key was given away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PrivateKeyForm {
    /// `PRIVATE KEY`, RFC 5958.
    Pkcs8,
    /// `ENCRYPTED PRIVATE KEY`, RFC 5958.
    EncryptedPkcs8,
    /// `RSA PRIVATE KEY`, RFC 8017.
    Rsa,
    /// `EC PRIVATE KEY`, RFC 5915.
    Ec,
    /// `DSA PRIVATE KEY`, as OpenSSL writes it.
    Dsa,
    /// `OPENSSH PRIVATE KEY`.
    OpenSsh,
    /// A `.ppk` file.
    Putty,
    /// `SSH2 ENCRYPTED PRIVATE KEY` of ssh.com.
    SshCom,
    /// `PGP PRIVATE KEY BLOCK`, RFC 9580.
    Pgp,
    /// A PFX file, RFC 7292: a private key with its certificates.
    Pfx,
    /// A JSON Web Key with its private part, RFC 7517.
    JsonWebKey,
    /// `RSAKeyValue` with its private part, as .NET writes it.
    Xml,
    /// A keystore of Java, JKS or JCEKS.
    JavaKeyStore,
    /// A keystore of `BouncyCastle`, BKS, UBER or BCFKS.
    BouncyCastleKeyStore,
    /// A configuration profile of Apple, which carries a PFX.
    Profile,
    /// What a program prints about a private key.
    Printout,
    /// Any other text that says that it is a private key.
    Other,
}

impl Kind {
    /// Those that hold nothing private, and are no request.
    pub const PUBLIC: [Self; 17] = [
        Self::Certificate,
        Self::CertificateBundle,
        Self::CertificatePath,
        Self::RevocationList,
        Self::PublicKey,
        Self::Parameters,
        Self::SshPublicKey,
        Self::OpenPgp,
        Self::RequestMessage,
        Self::CmsRequest,
        Self::Spkac,
        Self::EncryptedMessage,
        Self::Printout,
        Self::SpoiltBinary,
        Self::Archive,
        Self::WebPage,
        Self::Document,
    ];

    /// Its stable code in kebab-case, such as `certificate-bundle`.
    pub fn code(self) -> &'static str {
        match self {
            Self::Request => "request",
            Self::Certificate => "certificate",
            Self::CertificateBundle => "certificate-bundle",
            Self::CertificatePath => "certificate-path",
            Self::RevocationList => "revocation-list",
            Self::PublicKey => "public-key",
            Self::Parameters => "parameters",
            Self::SshPublicKey => "ssh-public-key",
            Self::OpenPgp => "open-pgp",
            Self::PrivateKey(_) => "private-key",
            Self::RequestMessage => "request-message",
            Self::CmsRequest => "cms-request",
            Self::Spkac => "spkac",
            Self::EncryptedMessage => "encrypted-message",
            Self::Printout => "printout",
            Self::SpoiltBinary => "spoilt-binary",
            Self::Archive => "archive",
            Self::WebPage => "html",
            Self::Document => "document",
            Self::Unknown => "unknown",
        }
    }

    /// Its name with its article, such as `a bundle of certificates`: what stands after "This is".
    pub fn name(self) -> &'static str {
        match self {
            Self::Request => "a certificate request",
            Self::Certificate => "a certificate",
            Self::CertificateBundle => "a bundle of certificates",
            Self::CertificatePath => "a path of certificates (PkiPath)",
            Self::RevocationList => "a list of revoked certificates",
            Self::PublicKey => "a public key alone",
            Self::Parameters => "only the parameters of a key",
            Self::SshPublicKey => "a public key of SSH",
            Self::OpenPgp => "something of OpenPGP",
            Self::PrivateKey(form) => form.name(),
            Self::RequestMessage => "a request in the CRMF format",
            Self::CmsRequest => "a request inside a signed message",
            Self::Spkac => "a request in the SPKAC format",
            Self::EncryptedMessage => "an encrypted message",
            Self::Printout => "a printout, for people to read",
            Self::SpoiltBinary => "a binary file that a program for text has spoilt",
            Self::Archive => "an archive",
            Self::WebPage => "a web page",
            Self::Document => "a picture or a document",
            Self::Unknown => "something else",
        }
    }

    /// Whether it is DER whose first elements say what it is.
    pub(super) fn is_structure(self) -> bool {
        !matches!(
            self,
            Self::Unknown
                | Self::PublicKey
                | Self::Parameters
                | Self::SshPublicKey
                | Self::OpenPgp
                | Self::PrivateKey(PrivateKeyForm::OpenSsh | PrivateKeyForm::SshCom | PrivateKeyForm::Pgp)
        )
    }

    /// Whether what was there must not stay in a field.
    pub fn is_private(self) -> bool {
        matches!(self, Self::PrivateKey(_))
    }
}

impl PrivateKeyForm {
    /// All.
    pub const ALL: [Self; 17] = [
        Self::Pkcs8,
        Self::EncryptedPkcs8,
        Self::Rsa,
        Self::Ec,
        Self::Dsa,
        Self::OpenSsh,
        Self::Putty,
        Self::SshCom,
        Self::Pgp,
        Self::Pfx,
        Self::JsonWebKey,
        Self::Xml,
        Self::JavaKeyStore,
        Self::BouncyCastleKeyStore,
        Self::Profile,
        Self::Printout,
        Self::Other,
    ];

    /// Its stable id, such as `pkcs8`.
    pub fn id(self) -> &'static str {
        match self {
            Self::Pkcs8 => "pkcs8",
            Self::EncryptedPkcs8 => "encrypted-pkcs8",
            Self::Rsa => "rsa",
            Self::Ec => "ec",
            Self::Dsa => "dsa",
            Self::OpenSsh => "openssh",
            Self::Putty => "putty",
            Self::SshCom => "ssh-com",
            Self::Pgp => "open-pgp",
            Self::Pfx => "pfx",
            Self::JsonWebKey => "json-web-key",
            Self::Xml => "xml",
            Self::JavaKeyStore => "java-keystore",
            Self::BouncyCastleKeyStore => "bouncycastle-keystore",
            Self::Profile => "profile",
            Self::Printout => "printout",
            Self::Other => "other",
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::EncryptedPkcs8 => "a private key, even though it has a passphrase",
            Self::OpenSsh => "a private key of SSH",
            Self::Putty => "a private key of PuTTY",
            Self::SshCom => "a private key of ssh.com",
            Self::Pgp => "a private key of OpenPGP",
            Self::Pfx => "a PFX file, which holds a private key",
            Self::JsonWebKey => "a JSON Web Key with its private part",
            Self::Xml => "a private key as XML",
            Self::Dsa => "a private key for DSA",
            Self::JavaKeyStore => "a keystore of Java",
            Self::BouncyCastleKeyStore => "a keystore of BouncyCastle",
            Self::Profile => "a configuration profile",
            Self::Printout => "the printout of a private key",
            Self::Pkcs8 | Self::Rsa | Self::Ec | Self::Other => "a private key",
        }
    }

    /// How to make PEM, DER or a PFX of it, where another program must: a clause such as `convert it with …`.
    pub fn conversion(self) -> Option<&'static str> {
        Some(match self {
            Self::OpenSsh => "convert a copy of it with `ssh-keygen -p -m PKCS8 -f COPY`",
            Self::Putty => {
                "convert it with `puttygen KEY -O private-openssh -o COPY`, then with `ssh-keygen -p -m PKCS8 -f COPY`"
            }
            Self::SshCom => {
                "convert it with `ssh-keygen -i -f KEY > COPY`, then with `ssh-keygen -p -m PKCS8 -f COPY`"
            }
            Self::JsonWebKey => "convert it with `step crypto key format KEY`",
            Self::Xml => {
                "convert it in PowerShell 7: `$key = [Security.Cryptography.RSA]::Create(); $key.FromXmlString($xml); $key.ExportPkcs8PrivateKeyPem()`"
            }
            Self::JavaKeyStore => {
                "make a PFX of it with `keytool -importkeystore -srckeystore FILE -destkeystore NEW.p12 -deststoretype PKCS12`"
            }
            Self::BouncyCastleKeyStore => "make a PFX of it, for example with KeyStore Explorer",
            Self::Pgp => "it is for OpenPGP, not for S/MIME: make a new key",
            Self::Dsa => "a DSA key cannot be used for mail: make a new key",
            Self::Printout => "choose the file of the key itself",
            _ => return None,
        })
    }
}

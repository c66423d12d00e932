//! A certification authority made with the openssl command, for judging the judges.

use std::{fs, path::PathBuf, process::Command};

use anyhow::{Result, ensure};
use tempfile::TempDir;
use tests::judges::Evidence;

/// What is wrong with a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Flaw {
    None,
    NoOrganizationIdentifier,
    NotForMail,
}

/// A root and an issuing CA in a folder.
#[derive(Debug)]
pub(crate) struct Authority {
    folder: TempDir,
}

/// A certificate with its key.
#[derive(Debug)]
pub(crate) struct Issued {
    pub(crate) evidence: Evidence,
    key: PathBuf,
}

const EXTENSIONS: &str = "
[root]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[issuing]
basicConstraints = critical, CA:TRUE, pathlen:0
keyUsage = critical, keyCertSign, cRLSign
extendedKeyUsage = emailProtection
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
certificatePolicies = 2.23.140.1.5.2.3
[leaf]
keyUsage = critical, digitalSignature, $ENV::ENCRYPTION
extendedKeyUsage = $ENV::EXTENDED
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
subjectAltName = email:$ENV::MAILBOX
certificatePolicies = 2.23.140.1.5.2.3
crlDistributionPoints = URI:http://signet.example.com/pki/issuing.crl
authorityInfoAccess = caIssuers;URI:http://signet.example.com/pki/issuing.cer
";

impl Authority {
    pub(crate) fn new() -> Result<Self> {
        let authority = Self { folder: tempfile::tempdir()? };
        fs::write(authority.file("extensions"), EXTENSIONS)?;
        authority.certify(
            "root",
            "root",
            "P-384",
            "/C=PL/O=Judge/CN=Judge Root",
            "emailProtection",
            "x@example.com",
        )?;
        authority.certify(
            "issuing",
            "root",
            "P-256",
            "/C=PL/O=Judge/CN=Judge CA",
            "emailProtection",
            "x@example.com",
        )?;
        Ok(authority)
    }

    pub(crate) fn issue(&self, key: &str, mailbox: &str, flaw: Flaw) -> Result<Issued> {
        let name = format!("leaf{}", fs::read_dir(self.folder.path())?.count());
        let identifier =
            if flaw == Flaw::NoOrganizationIdentifier { "" } else { "/2.5.4.97=NTRPL-0000284137" };
        let subject = format!("/C=PL/L=Gdansk/O=Amber Trading{identifier}/CN=Amber Trading");
        let extended = if flaw == Flaw::NotForMail { "serverAuth" } else { "emailProtection" };
        self.certify(&name, "issuing", key, &subject, extended, mailbox)?;
        let [leaf, issuing, root] = [name.as_str(), "issuing", "root"].map(|name| self.read(name));
        let evidence = Evidence::new(&leaf?, &[issuing?, root?].concat(), mailbox)?;
        let key = evidence.file("made.key");
        fs::copy(self.file(&format!("{name}.key")), &key)?;
        Ok(Issued { evidence, key })
    }

    /// Makes a key and a certificate for it, signed by the issuer's key or, for the root, by itself.
    fn certify(
        &self,
        name: &str,
        issuer: &str,
        key: &str,
        subject: &str,
        extended: &str,
        mailbox: &str,
    ) -> Result<()> {
        let mut request = Command::new("openssl");
        request.args(["req", "-new", "-nodes", "-utf8", "-subj", subject, "-sha256"]);
        match key {
            "rsa:2048" => request.args(["-newkey", key]),
            curve => request.args(["-newkey", "ec", "-pkeyopt", &format!("ec_paramgen_curve:{curve}")]),
        };
        request.arg("-keyout").arg(self.file(&format!("{name}.key"))).arg("-out").arg(self.file("request"));
        run(&mut request)?;

        let section = if name.starts_with("leaf") { "leaf" } else { name };
        let mut certificate = Command::new("openssl");
        certificate.args(["x509", "-req", "-days", "365", "-sha256", "-extensions", section]);
        certificate.arg("-in").arg(self.file("request")).arg("-extfile").arg(self.file("extensions"));
        certificate.arg("-out").arg(self.file(&format!("{name}.pem")));
        if name == issuer {
            certificate.arg("-signkey").arg(self.file("root.key"));
        } else {
            certificate.arg("-CA").arg(self.file(&format!("{issuer}.pem")));
            certificate.arg("-CAkey").arg(self.file(&format!("{issuer}.key")));
        }
        certificate.env("MAILBOX", mailbox).env("EXTENDED", extended);
        certificate
            .env("ENCRYPTION", if key.starts_with("rsa") { "keyEncipherment" } else { "keyAgreement" });
        run(&mut certificate)
    }

    fn read(&self, name: &str) -> Result<String> {
        Ok(fs::read_to_string(self.file(&format!("{name}.pem")))?)
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

impl Issued {
    /// The key, the certificate and the chain in a PFX, as OpenSSL writes it.
    pub(crate) fn pfx(&self, password: &str) -> Result<PathBuf> {
        let (pfx, chain) = (self.evidence.file("made.p12"), self.evidence.file("chain.pem"));
        let [issuing, root] = [self.evidence.issuing(), self.evidence.root()].map(fs::read_to_string);
        fs::write(&chain, [issuing?, root?].concat())?;
        let mut command = Command::new("openssl");
        command.args(["pkcs12", "-export", "-passout", &format!("pass:{password}"), "-name", "anna"]);
        command.arg("-inkey").arg(&self.key).arg("-in").arg(self.evidence.leaf());
        command.arg("-certfile").arg(chain).arg("-out").arg(&pfx);
        run(&mut command)?;
        Ok(pfx)
    }
}

fn run(command: &mut Command) -> Result<()> {
    let output = command.output()?;
    ensure!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    Ok(())
}

//! TLS in front of the server, at an address that the browser takes for one of the internet: only such pages are kept from
//! programs on this computer, and the card bridge takes jobs over TLS only.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::{
        Arc,
        atomic::{AtomicU16, Ordering},
    },
};

use anyhow::{Context, ensure};
use rustls::{
    ServerConfig,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
};
use tempfile::TempDir;
use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};
use tokio_rustls::TlsAcceptor;

/// Of this computer, and not one of the names by which pages tell that.
const ADDRESS: &str = "127.0.0.2";

/// A site with a certificate of an authority of its own.
#[derive(Debug)]
pub struct SecureSite {
    port: u16,
    /// The server's port, once it is known.
    behind: Arc<AtomicU16>,
    folder: TempDir,
    serving: JoinHandle<()>,
}

impl SecureSite {
    /// A site on a free port, with nothing behind it yet.
    ///
    /// # Errors
    /// When there is no port, or OpenSSL makes no certificate.
    pub async fn bind() -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        let acceptor = TlsAcceptor::from(Arc::new(configuration(folder.path())?));
        let listener = TcpListener::bind((ADDRESS, 0)).await?;
        let port = listener.local_addr()?.port();
        let behind = Arc::new(AtomicU16::new(0));
        let server = Arc::clone(&behind);
        let serving = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (acceptor, server) = (acceptor.clone(), Arc::clone(&server));
                tokio::spawn(async move {
                    let mut outside = acceptor.accept(stream).await?;
                    let mut inside =
                        TcpStream::connect(("127.0.0.1", server.load(Ordering::Relaxed))).await?;
                    copy_bidirectional(&mut outside, &mut inside).await
                });
            }
        });
        Ok(Self { port, behind, folder, serving })
    }

    /// The server that is behind it from now on.
    pub fn forwards_to(&self, port: u16) {
        self.behind.store(port, Ordering::Relaxed);
    }

    /// What people call it.
    pub fn origin(&self) -> String {
        format!("https://{ADDRESS}:{}", self.port)
    }

    /// Chromium's argument that moves it into the internet.
    pub fn is_public(&self) -> String {
        format!("--ip-address-space-overrides={ADDRESS}:{}=public", self.port)
    }

    /// The certificate of the authority that vouches for it.
    pub fn authority(&self) -> PathBuf {
        self.folder.path().join("authority.pem")
    }
}

impl Drop for SecureSite {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

/// Makes an authority and a certificate for the site in this folder, and a server's settings of them.
fn configuration(folder: &Path) -> anyhow::Result<ServerConfig> {
    let file = |name: &str| folder.join(name).to_string_lossy().into_owned();
    let (authority, authority_key) = (file("authority.pem"), file("authority.key"));
    let (site, site_key) = (file("site.pem"), file("site.key"));
    let new =
        ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"];
    openssl(&new, &["-subj", "/CN=Tests", "-keyout", &authority_key, "-out", &authority])?;
    openssl(
        &new,
        &[
            "-subj",
            "/CN=Site",
            "-addext",
            &format!("subjectAltName=IP:{ADDRESS}"),
            "-addext",
            "basicConstraints=critical,CA:FALSE",
            "-CA",
            &authority,
            "-CAkey",
            &authority_key,
            "-keyout",
            &site_key,
            "-out",
            &site,
        ],
    )?;
    let certificate = CertificateDer::from_pem_slice(&fs::read(site)?)?;
    let key = PrivateKeyDer::from_pem_slice(&fs::read(site_key)?)?;
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let settings = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
    Ok(settings.with_no_client_auth().with_single_cert(vec![certificate], key)?)
}

fn openssl(words: &[&str], more: &[&str]) -> anyhow::Result<()> {
    let output = Command::new("openssl").args(words).args(more).output().context("there is no openssl")?;
    ensure!(output.status.success(), "openssl {more:?}: {}", String::from_utf8_lossy(&output.stderr));
    Ok(())
}

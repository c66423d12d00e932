//! PEM, which is how the programs of a command line give what came out.

use std::process::Command;

use crate::question::{Opened, run};

/// All of one label in a text: the PEM blocks themselves.
pub(crate) fn blocks(text: &str, label: &str) -> Vec<String> {
    let (begin, end) = (format!("-----BEGIN {label}-----"), format!("-----END {label}-----"));
    let after = text.split(begin.as_str()).skip(1);
    after
        .filter_map(|rest| rest.split_once(end.as_str()))
        .map(|(body, _)| format!("{begin}{body}{end}\n"))
        .collect()
}

/// The Base64 inside a PEM block, on one line.
pub(crate) fn base64(block: &str) -> String {
    block.lines().filter(|line| !line.starts_with("-----")).map(str::trim).collect()
}

/// What came out, where the certificates and perhaps the private key stand in one text.
///
/// # Errors
/// When OpenSSL does not run, or cannot read what the importer gave.
pub(crate) fn opened(text: &str, friendly_name: Option<String>) -> anyhow::Result<Opened> {
    let labels = ["PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY"];
    let private_keys = labels.iter().flat_map(|label| blocks(text, label));
    let public_keys = private_keys
        .map(|key| openssl(&["pkey", "-pubout"], &key))
        .collect::<anyhow::Result<Vec<String>>>()?;
    opened_with(text, &public_keys, friendly_name)
}

/// What came out, where the importer gives the public keys of the private keys.
///
/// # Errors
/// When OpenSSL does not run, or cannot read what the importer gave.
pub(crate) fn opened_with(
    text: &str,
    public_keys: &[String],
    friendly_name: Option<String>,
) -> anyhow::Result<Opened> {
    let certificates = blocks(text, "CERTIFICATE");
    let mut key_fits = false;
    if let [public_key] = public_keys {
        for certificate in &certificates {
            key_fits |= openssl(&["x509", "-noout", "-pubkey"], certificate)?.trim() == public_key.trim();
        }
    }
    let certificates = certificates.iter().map(|certificate| base64(certificate)).collect();
    Ok(Opened { certificates, key_fits, friendly_name })
}

fn openssl(arguments: &[&str], input: &str) -> anyhow::Result<String> {
    run(Command::new("openssl").args(arguments), input)?.expect_success("openssl")
}

//! Certificates beside their keys.

use crate::stage::{MAILBOX, PIN, Performance, Stage, generate, remove, reuse};
use protocol::{CardOutcome, CardProblemCode as Code, CardTask};
use std::fs;
use std::process::Command;

/// Certificates of an authority that lives in the stage's folder.
impl Stage {
    fn has_authority(&self) {
        let mut openssl = Command::new("openssl");
        openssl.args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]);
        openssl.args(["-subj", "/CN=Authority", "-keyout"]).arg(self.path("authority.key"));
        self.said(openssl.arg("-out").arg(self.path("authority.pem")));
    }

    /// A certificate for the key of a request, with this serial number.
    fn certificate(&self, request: &str, serial_number: &str) -> String {
        self.write("request.pem", request);
        let mut openssl = Command::new("openssl");
        openssl.args(["x509", "-req", "-days", "30", "-set_serial", serial_number, "-subj", "/CN=Anna"]);
        openssl.arg("-CA").arg(self.path("authority.pem")).arg("-CAkey").arg(self.path("authority.key"));
        self.said(openssl.arg("-in").arg(self.path("request.pem")))
    }

    fn install(&self, certificate: &str, answers: &[&str]) -> Performance {
        self.perform(&CardTask::Install { certificate_pem: certificate.to_owned() }, answers)
    }

    /// What others read from the token.
    fn installed(&self) -> Vec<u8> {
        let file = self.path("installed.der");
        let file = file.to_str().expect("a name");
        let label = format!("Signet {MAILBOX}");
        self.tool(&["--read-object", "--type", "cert", "--label", &label, "--output-file", file]);
        fs::read(file).expect("a file")
    }
}

fn der(pem: &str) -> Vec<u8> {
    pki::pem::decode("CERTIFICATE", pem).expect("PEM")
}

fn is_installed(performance: &Performance) -> bool {
    performance.outcome() == &CardOutcome::Installed { card_name: "common profile".to_owned() }
}

#[test]
fn a_certificate_gets_beside_its_key_and_others_read_it() {
    let stage = Stage::new();
    stage.has_authority();
    // A second key, so that the right one must be found.
    stage.perform(&generate("p-384"), &[PIN]);
    let request = stage.perform(&generate("p-256"), &[PIN]);
    let certificate = stage.certificate(request.request(), "1");
    assert!(is_installed(&stage.install(&certificate, &[PIN])));
    assert_eq!(stage.installed(), der(&certificate));
    let keys = stage.card().keys;
    let certified: Vec<&str> =
        keys.iter().filter(|key| key.has_certificate).map(|key| key.algorithm.as_str()).collect();
    assert_eq!(certified, ["p-256"]);
    // Others find both by one id.
    let id = |kind: &str| {
        let list = stage.tool(&["--login", "--pin", PIN, "--list-objects", "--type", kind]);
        let ids = list.lines().filter_map(|line| line.trim().strip_prefix("ID:"));
        ids.map(|id| id.trim().to_owned()).collect::<Vec<_>>()
    };
    let certificates = id("cert");
    assert_eq!(certificates.len(), 1);
    assert!(id("privkey").contains(&certificates[0]));
}

#[test]
fn the_same_certificate_twice_is_one_and_needs_no_pin() {
    let stage = Stage::new();
    stage.has_authority();
    let request = stage.perform(&generate("p-256"), &[PIN]);
    let certificate = stage.certificate(request.request(), "1");
    assert!(is_installed(&stage.install(&certificate, &[PIN])));
    assert!(is_installed(&stage.install(&certificate, &[])));
    assert_eq!(stage.tool(&["--list-objects", "--type", "cert"]).matches("Certificate Object").count(), 1);
}

#[test]
fn a_newer_certificate_takes_the_place_of_the_old_one() {
    let stage = Stage::new();
    stage.has_authority();
    let request = stage.perform(&generate("rsa-2048"), &[PIN]);
    let [old, new] = ["1", "2"].map(|serial_number| stage.certificate(request.request(), serial_number));
    stage.install(&old, &[PIN]);
    assert!(is_installed(&stage.install(&new, &[PIN])));
    assert_eq!(stage.installed(), der(&new));
    assert_eq!(stage.tool(&["--list-objects", "--type", "cert"]).matches("Certificate Object").count(), 1);
}

#[test]
fn a_certificate_for_a_key_that_is_elsewhere_is_refused_and_the_cards_that_lack_it_are_named() {
    let (stage, elsewhere) = (Stage::new(), Stage::new());
    stage.has_authority();
    stage.perform(&generate("p-256"), &[PIN]);
    let request = elsewhere.perform(&generate("p-256"), &[PIN]);
    let certificate = stage.certificate(request.request(), "1");
    let refused = stage.install(&certificate, &[]);
    let (code, advice) = refused.problem();
    assert_eq!(code, Code::KeyNotOnCard);
    assert!(advice.contains("“common profile”") && advice.contains(&stage.card().serial_number), "{advice}");
    assert!(!stage.key().has_certificate);
}

#[test]
fn of_several_cards_the_one_with_the_key_gets_the_certificate() {
    let stage = Stage::new();
    stage.has_authority();
    let request = stage.perform(&generate("p-256"), &[PIN]);
    stage.add_token("second card");
    assert!(is_installed(&stage.install(&stage.certificate(request.request(), "1"), &[PIN])));
}

#[test]
fn what_is_no_certificate_is_not_written() {
    let stage = Stage::new();
    let request = stage.perform(&generate("p-256"), &[PIN]);
    for text in ["", request.request(), "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n"] {
        assert_eq!(stage.install(text, &[]).code(), Code::CertificateUnreadable, "{text}");
    }
}

#[test]
fn a_key_with_a_certificate_is_neither_removed_nor_used_for_another_request() {
    let stage = Stage::new();
    stage.has_authority();
    let request = stage.perform(&generate("p-256"), &[PIN]);
    stage.install(&stage.certificate(request.request(), "1"), &[PIN]);
    let key = stage.key();
    for task in [remove(&key.public_key_sha256), reuse(&key.public_key_sha256)] {
        assert_eq!(stage.perform(&task, &[]).code(), Code::KeyInUse);
    }
    assert_eq!(stage.key(), key);
}

//! Writes a chain for each kind of CA and key into a folder, for a look with other programs:
//! `cargo run -p pki --example write_certificates -- FOLDER`

#![expect(clippy::unwrap_used, reason = "the keys and names of the tests are known to be right")]

#[path = "../tests/certificates/keys.rs"]
mod keys;
#[path = "../tests/certificates/world.rs"]
mod world;

use keys::TestKey;
use pki::crl::{RevocationList, Scope};
use pki::issuance::{CertificateInput, issue, prepare};
use pki::profile::{DAY_SECONDS, SerialNumber};
use std::path::{Path, PathBuf};
use std::{env, fs};
use world::{NOW, World, input, profile};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = env::args_os().nth(1).map(PathBuf::from).ok_or("name a folder")?;
    write_world(&folder.join("elliptic"), &World::elliptic())?;
    write_world(&folder.join("rsa"), &World::rsa())?;
    write_world(&folder.join("mixed"), &World::new(TestKey::rsa_4096(), TestKey::p384(9)))?;
    Ok(())
}

fn write_world(folder: &Path, world: &World) -> Result<(), Box<dyn std::error::Error>> {
    fs::create_dir_all(folder)?;
    fs::write(folder.join("root.pem"), world.root.certificate_pem())?;
    fs::write(folder.join("issuing.pem"), world.issuing.certificate_pem())?;
    let lists = [
        ("issuing.crl", Scope::Subscribers, 7, &world.issuing, &world.issuing_key),
        ("root.crl", Scope::Authorities, 180, &world.root, &world.root_key),
    ];
    for (file, scope, days, issuer, key) in lists {
        let next_update = NOW + days * DAY_SECONDS;
        let list = RevocationList { scope, number: 1, this_update: NOW, next_update };
        fs::write(folder.join(file), list.sign(issuer, key)?)?;
    }
    let keys = [TestKey::rsa_2048(), TestKey::rsa_3072(), TestKey::p256(1), TestKey::p384(1)];
    for (serial_byte, key) in (1_u8..).zip(&keys) {
        let serial_number = SerialNumber::from_random_bytes([serial_byte; SerialNumber::BYTES]);
        let input = CertificateInput { serial_number, ..input(key.public_key()) };
        let linted = prepare(&profile(), &input, &world.issuing, NOW)?;
        let certificate = issue(linted, &world.issuing, &world.issuing_key)?;
        let file = format!("{}.pem", certificate.key_algorithm().id());
        fs::write(folder.join(file), certificate.to_pem())?;
    }
    Ok(())
}

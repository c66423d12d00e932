use super::*;
use crate::pasted::{Kind, PrivateKeyForm};
use std::fs;
use std::path::PathBuf;

fn vector(name: &str) -> Vec<u8> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../tests/vectors/certificates");
    fs::read(folder.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn describe(name: &str) -> Vec<Description> {
    let bundle = find_certificates(&vector(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
    bundle.certificates.iter().map(|der| Description::from_der(der).unwrap()).collect()
}

fn first(name: &str) -> Description {
    describe(name).swap_remove(0)
}

fn lines(certificate: &Description, extension: &str) -> Vec<String> {
    let found = certificate.extensions.iter().find(|found| found.name == extension);
    found.unwrap_or_else(|| panic!("no {extension}")).lines.clone()
}

#[test]
fn a_mail_certificate_is_told_in_words() {
    let leaf = first("leaf.der");
    assert_eq!(leaf.title(), "anna.nowak@example.com");
    assert_eq!(leaf.version, "3");
    assert_eq!(leaf.serial_number, "1234567890abcdef");
    assert_eq!(leaf.key.name, "RSA 2048");
    assert_eq!(leaf.signature, "ECDSA with SHA-256");
    assert_eq!(leaf.mailboxes, ["anna.nowak@example.com"]);
    assert_eq!((leaf.is_authority, leaf.is_self_issued), (false, false));
    assert_eq!(leaf.not_before, Moment::At(1_767_225_600));
    assert_eq!(leaf.subject[2], ("Common name".to_owned(), "Anna Nowak".to_owned()));
    assert_eq!(leaf.issuer[1], ("Organization".to_owned(), "Example CA".to_owned()));
}

#[test]
fn extensions_are_told_in_words_and_in_hex() {
    let leaf = first("leaf.der");
    assert_eq!(lines(&leaf, "Key usage"), ["digital signature, key encipherment"]);
    assert_eq!(lines(&leaf, "Extended key usage"), ["e-mail protection"]);
    assert_eq!(
        lines(&leaf, "Certificate policies"),
        [
            "S/MIME, the organization was verified, strict (2.23.140.1.5.2.3)",
            "1.2.3.4",
            "practice statement: https://ca.example.com/cps",
            "notice: Read this",
        ]
    );
    assert_eq!(lines(&leaf, "CRL distribution points"), ["http://crl.example.com/1.crl"]);
    assert_eq!(
        lines(&leaf, "Authority information access"),
        ["issuer's certificate: http://ca.example.com/1.cer", "status (OCSP): http://ocsp.example.com"]
    );
    assert_eq!(lines(&leaf, "Authority key identifier"), ["01020304"]);
    let unknown = leaf.extensions.last().unwrap();
    assert_eq!(
        (unknown.name.as_str(), unknown.lines.len(), unknown.der.as_str()),
        ("1.2.3.4.5", 0, "04026869")
    );
    let critical = leaf.extensions.iter().filter(|extension| extension.is_critical);
    assert_eq!(critical.map(|extension| extension.name.as_str()).collect::<Vec<_>>(), ["Key usage"]);
}

#[test]
fn a_chain_comes_in_its_order_from_pem_and_from_a_bundle() {
    for name in ["chain.pem", "bundle.p7b"] {
        let mut titles: Vec<String> = describe(name).iter().map(Description::title).collect();
        if name.ends_with("p7b") {
            // A SET has an order of its own (X.690 §11.6).
            titles.sort_by_key(|title| title == "Example Root");
        }
        assert_eq!(titles, ["anna.nowak@example.com", "Example Root"], "{name}");
    }
    let root = &describe("chain.pem")[1];
    assert!(root.is_authority && root.is_self_issued);
    assert_eq!(
        lines(root, "Basic constraints"),
        ["a certification authority", "at most one certification authority below it"]
    );
}

#[test]
fn keys_and_signatures_that_nobody_accepts_are_named() {
    for (name, key, signature) in [
        ("ed25519-root.pem", "Ed25519", "Ed25519"),
        ("p-521-polish-letters.pem", "P-521", "ECDSA with SHA-256"),
        (
            "version-1-rsa-1024-exponent-3-sha-1.pem",
            "RSA 1024, exponent 3",
            "SHA-1 with RSA (can be forged today)",
        ),
        ("dsa.pem", "DSA", "DSA with SHA-256"),
    ] {
        let certificate = first(name);
        assert_eq!(
            (certificate.key.name.as_str(), certificate.signature.as_str()),
            (key, signature),
            "{name}"
        );
    }
}

#[test]
fn a_certificate_of_version_1_has_no_extensions_and_an_address_in_its_subject() {
    let certificate = first("version-1-rsa-1024-exponent-3-sha-1.pem");
    assert_eq!((certificate.version.as_str(), certificate.extensions.len()), ("1", 0));
    assert_eq!(certificate.mailboxes, ["old@example.com"]);
}

#[test]
fn any_dress_gives_the_same_certificate() {
    let expected = first("ed25519-root.pem");
    for name in ["utf-16.pem", "quoted-in-a-mail.pem", "bare-base64.txt", "openssl-trusted.pem"] {
        assert_eq!(first(name), expected, "{name}");
    }
}

#[test]
fn a_private_key_beside_a_certificate_is_noticed() {
    let bundle = find_certificates(&vector("certificate-and-private-key.pem")).unwrap();
    assert!(bundle.has_private_key);
    assert_eq!(bundle.certificates.len(), 1);
    assert!(!find_certificates(&vector("chain.pem")).unwrap().has_private_key);
}

#[test]
fn what_is_no_certificate_is_called_what_it_is() {
    let request =
        fs::read(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../tests/vectors/requests/ok-bom.pem"))
            .unwrap();
    let key = b"-----BEGIN PRIVATE KEY-----\nMAA=\n-----END PRIVATE KEY-----\n";
    for (input, expected) in [
        (b" \n".to_vec(), NoCertificate::Empty),
        (b"hello".to_vec(), NoCertificate::NotACertificate),
        (key.to_vec(), NoCertificate::Other(Kind::PrivateKey(PrivateKeyForm::Pkcs8))),
        (vector("damaged.pem"), NoCertificate::Damaged),
        (vector("cut-off.der"), NoCertificate::Damaged),
        (vec![b'a'; MAXIMUM_INPUT_BYTES + 1], NoCertificate::TooLong),
        (
            b"-----BEGIN X509 CRL-----\nMAA=\n-----END X509 CRL-----\n".to_vec(),
            NoCertificate::Other(Kind::RevocationList),
        ),
        (
            b"-----BEGIN PUBLIC KEY-----\nMAA=\n-----END PUBLIC KEY-----\n".to_vec(),
            NoCertificate::Other(Kind::PublicKey),
        ),
    ] {
        let error = find_certificates(&input).unwrap_err();
        assert_eq!(error, expected);
        assert_eq!(error.is_private(), matches!(expected, NoCertificate::Other(Kind::PrivateKey(_))));
        assert!(error.to_string().ends_with('.'), "{error}");
    }
    assert_eq!(find_certificates(&request), Err(NoCertificate::Request));
}

#[test]
fn a_name_cannot_turn_the_page_around() {
    let certificate = first("name-turns-text-around.pem");
    let shown: String = certificate.subject.iter().map(|(_, value)| value.as_str()).collect();
    assert_eq!(shown, "evil\\u{202e}moc.elpmaxe\\u{7}");
    assert!(certificate.title().chars().all(|character| !character.is_control() && character != '\u{202e}'));
}

#[test]
fn a_date_that_does_not_exist_is_shown_as_it_is_written() {
    assert_eq!(first("month-13.der").not_before, Moment::Unreadable("261301000000Z".to_owned()));
}

#[test]
fn any_changed_byte_and_any_cut_gives_an_answer() {
    for name in [
        "leaf.der",
        "name-of-each-kind.der",
        "oid-uuid-everywhere.der",
        "part-unread-in-each-extension.der",
        "bundle-ber-pieces.p7b",
    ] {
        let der = vector(name);
        for index in 0..der.len() {
            drop(Description::from_der(&der[..index]));
            for value in [0, 0x30, 0x80, 0xff, der[index] ^ 1] {
                let mut changed = der.clone();
                changed[index] = value;
                drop(Description::from_der(&changed));
                for der in find_certificates(&changed).map(|bundle| bundle.certificates).unwrap_or_default() {
                    drop(Description::from_der(&der));
                }
            }
        }
    }
}

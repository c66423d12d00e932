//! Inputs that programs accept in part or in whole, by kind: what is shown of certificates, and which requests are correct.
//! Each test goes over all files of its kind in `tests/vectors`.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot read its case has failed")]

use pki::certificate::description::{Description, Moment, find_certificates};
use pki::request::{CertificationRequest, examine};
use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

const UUID: &str = "2.25.223663413560230117710484359924050447509";

fn folder(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../tests/vectors").join(name)
}

/// The files whose names begin so.
fn files(of: &str, beginning: &str) -> BTreeSet<String> {
    let names =
        fs::read_dir(folder(of)).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.filter(|name| name.starts_with(beginning)).collect()
}

fn certificates(name: &str) -> Vec<Description> {
    let input = fs::read(folder("certificates").join(name)).unwrap();
    let bundle = find_certificates(&input).unwrap_or_else(|error| panic!("{name}: {error}"));
    bundle.certificates.iter().map(|der| Description::from_der(der).unwrap()).collect()
}

fn certificate(name: &str) -> Description {
    certificates(name).swap_remove(0)
}

/// That the cases are all files of the kind.
fn assert_all_files<'a>(of: &str, beginning: &str, cases: impl IntoIterator<Item = &'a str>) {
    assert_eq!(files(of, beginning), cases.into_iter().map(str::to_owned).collect(), "{of}/{beginning}");
}

/// Each attribute of the subject as `label: value`.
fn subject(certificate: &Description) -> Vec<String> {
    certificate.subject.iter().map(|(label, value)| format!("{label}: {value}")).collect()
}

/// The lines of all extensions with this name.
fn lines(certificate: &Description, name: &str) -> Vec<String> {
    let extensions = certificate.extensions.iter().filter(|extension| extension.name == name);
    extensions.flat_map(|extension| extension.lines.iter().cloned()).collect()
}

fn request(name: &str) -> CertificationRequest {
    let input = fs::read(folder("requests").join(name)).unwrap();
    examine(&input).unwrap_or_else(|defect| panic!("{name}: {defect}"))
}

#[test]
fn f20_a_subject_of_any_string_type_makes_no_request_incorrect() {
    let cases = [
        ("ok-subject-bit-string.pem", "O=#0303001234, CN=Anna"),
        ("ok-subject-bit-string-pyca.pem", "2.5.4.45=#03021234, CN=Anna"),
        ("ok-subject-general-string.pem", "O=general, CN=Anna"),
        ("ok-subject-ia5-utf-8.pem", "O=Żaneta, CN=Anna"),
        ("ok-subject-integer.pem", "1.2.3.4=#020105"),
        ("ok-subject-object-descriptor.pem", "O=#07074578616d706c65, CN=Anna"),
        ("ok-subject-openssl-asn1parse.pem", "O=Example, CN=Łucja, 2.5.4.45=#03020244"),
        ("ok-subject-printable-utf-8.pem", "O=Ип, CN=Anna"),
        ("ok-subject-sequence.pem", "O=#30100c0853747265657420310c04546f776e, CN=Anna"),
        ("ok-subject-universal-string-cut-off.pem", "O=#1c03000041, CN=Anna"),
        ("ok-subject-universal-string-word.pem", "O=Anna, CN=Anna"),
        ("ok-subject-universal-string.pem", "CN=A"),
        ("ok-subject-utf-8-latin-1.pem", "O=Müller, CN=Anna"),
    ];
    for (name, subject) in cases {
        assert_eq!(request(name).subject_text(), subject, "{name}");
    }
    assert!(request("ok-challenge-password-latin-1.pem").subject_text().contains("Anna"));
}

#[test]
fn f21_object_identifiers_with_numbers_of_any_size_are_shown() {
    let of_uuid = format!("{UUID}=x, CN=Anna");
    let cases = [
        ("ok-oid-2-999.pem", "2.999.3=Anna".to_owned(), vec!["2.999.4294967296.1".to_owned()]),
        ("ok-oid-uuid-attribute.pem", "O=Example GmbH, CN=Anna Nowak".to_owned(), vec![UUID.to_owned()]),
        ("ok-oid-uuid-extension.pem", "O=Example GmbH, CN=Anna Nowak".to_owned(), vec![UUID.to_owned()]),
        (
            "ok-oid-uuid-inside.pem",
            "C=PL, O=Example, CN=Anna Nowak".to_owned(),
            vec!["Extended key usage".to_owned(), "Subject alternative name".to_owned()],
        ),
        (
            "ok-oid-uuid-openssl.pem",
            of_uuid.clone(),
            vec![
                "Extended key usage".to_owned(),
                "Certificate policies".to_owned(),
                "Subject alternative name".to_owned(),
                UUID.to_owned(),
            ],
        ),
        (
            "ok-oid-uuid-pyca.pem",
            format!("{UUID}=x"),
            vec![UUID.to_owned(), "2.25.1.340282366920938463463374607431768211455".to_owned()],
        ),
        ("ok-oid-uuid-subject.pem", of_uuid, Vec::new()),
    ];
    assert_all_files("requests", "ok-oid-", cases.iter().map(|(name, ..)| *name));
    for (name, subject, ignored) in cases {
        let request = request(name);
        assert_eq!(request.subject_text(), subject, "{name}");
        assert_eq!(request.ignored_parts().get(1..), Some(ignored.as_slice()), "{name}");
    }
    let names = request("ok-oid-uuid-inside.pem").requested_extensions()[1].value.clone();
    assert_eq!(
        names,
        format!("{UUID} (registered id), x (another name, {UUID}), anna@example.com (e-mail address)")
    );
}

#[test]
fn f21_object_identifiers_with_numbers_of_any_size_are_shown_in_certificates() {
    let cases = [
        "oid-of-202-bytes.der",
        "oid-uuid-everywhere.der",
        "oid-uuid-extension.pem",
        "oid-uuid-openssl.der",
        "oid-uuid-policy.pem",
        "oid-uuid-purpose.pem",
        "oid-uuid-pyca.der",
    ];
    assert_all_files("certificates", "oid-", cases);
    for name in cases {
        let certificate = certificate(name);
        assert!(["a@example.com", "anna@example.com"].contains(&certificate.mailboxes[0].as_str()), "{name}");
        assert!(certificate.extensions.iter().all(|extension| !extension.oid.is_empty()), "{name}");
    }
    assert_eq!(certificate("oid-uuid-extension.pem").extensions[0].name, UUID);
    assert_eq!(lines(&certificate("oid-uuid-policy.pem"), "Certificate policies"), [UUID]);
    let purposes = [format!("{UUID}, e-mail protection")];
    assert_eq!(lines(&certificate("oid-uuid-purpose.pem"), "Extended key usage"), purposes);
    assert_eq!(lines(&certificate("oid-uuid-openssl.der"), "Extended key usage"), purposes);
    assert_eq!(subject(&certificate("oid-uuid-pyca.der")), [format!("{UUID}: x")]);
    let everywhere = certificate("oid-uuid-everywhere.der");
    assert_eq!((everywhere.key.name.as_str(), everywhere.signature.as_str()), (UUID, UUID));
    assert_eq!(subject(&everywhere), [format!("{UUID}: x"), "Common name: Anna Nowak".to_owned()]);
    assert_eq!(lines(&everywhere, "Authority information access"), [format!("{UUID}: http://a.example.com")]);
    let long = subject(&certificate("oid-of-202-bytes.der"));
    assert!(long[0].starts_with("#2affff") && long[0].ends_with("ff01: x") && long[1] == "2.999.1: y");
}

#[test]
fn f22_one_part_that_is_not_read_hides_nothing_beside_it() {
    let cases = [
        "part-cut-off-in-names.der",
        "part-five-kinds-in-subject.der",
        "part-issuer-no-name.der",
        "part-universal-string-in-subject.der",
        "part-unread-in-each-extension.der",
        "part-unread-openssl.der",
        "part-unread-subject-pyca.der",
        "part-unread-version-validity-key.der",
        "part-x400-in-names.der",
    ];
    assert_all_files("certificates", "part-", cases);
    for name in cases {
        let mailboxes = certificate(name).mailboxes;
        assert!(["anna@example.com", "a@example.com"].contains(&mailboxes[0].as_str()), "{name}");
    }
    let of = |name: &str| lines(&certificate(name), "Subject alternative name");
    assert_eq!(
        of("part-x400-in-names.der"),
        ["anna@example.com (e-mail address), #a3023000 (X.400 address)"]
    );
    assert_eq!(
        of("part-unread-openssl.der"),
        ["anna@example.com (e-mail address), Example (EDI party name), #0c0178, example.com (DNS name)"]
    );
    assert_eq!(of("part-cut-off-in-names.der"), ["anna@example.com (e-mail address), #050500"]);
    assert_eq!(
        lines(&certificate("part-unread-openssl.der"), "Extended key usage"),
        ["e-mail protection, #020105"]
    );
}

#[test]
fn f22_what_is_not_read_of_a_name_stands_beside_the_rest() {
    for (name, expected) in [
        (
            "part-universal-string-in-subject.der",
            ["Common name: Anna Nowak", "Organization: Anna"].as_slice(),
        ),
        (
            "part-five-kinds-in-subject.der",
            &[
                "Organization: Anna",
                "Common name: #1e03004100",
                "2.5.4.45: #0303006162",
                "2.5.4.16: #300e0c065374726565740c04546f776e",
                "E-mail address: ż",
            ],
        ),
        (
            "part-unread-subject-pyca.der",
            &["Common name: Anna Nowak", "2.5.4.45: #03021234", "Organization: Example"],
        ),
        ("part-cut-off-in-names.der", &["Unreadable: #3005060355040a", "Common name: Anna Nowak"]),
    ] {
        assert_eq!(subject(&certificate(name)), expected, "{name}");
    }
    let issuer = |name: &str| {
        let issuer = certificate(name).issuer;
        issuer.into_iter().map(|(label, value)| format!("{label}: {value}")).collect::<Vec<_>>()
    };
    assert_eq!(issuer("part-cut-off-in-names.der"), ["Common name: Example Mail CA", "Unreadable: #050500"]);
    assert_eq!(issuer("part-issuer-no-name.der"), ["Unreadable name: #0c0f4578616d706c65204d61696c204341"]);
}

#[test]
fn f22_what_is_not_read_of_extensions_and_fields_stands_beside_the_rest() {
    let each = certificate("part-unread-in-each-extension.der");
    for (name, expected) in [
        (
            "Subject alternative name",
            ["anna@example.com (e-mail address), #0500, #0500 (directory name), example.com (DNS name)"]
                .as_slice(),
        ),
        ("Extended key usage", &["e-mail protection, #0c046d61696c"]),
        (
            "Certificate policies",
            &["#0c06706f6c696379", "any policy (2.5.29.32.0)", "#0c097175616c6966696572"],
        ),
        ("CRL distribution points", &["http://crl.example.com/1.crl", "#0500", "#0c05706f696e74"]),
        ("Authority information access", &["status (OCSP): http://ocsp.example.com", "#0c06616363657373"]),
        ("Authority key identifier", &["0102", "#0c036b6579"]),
        ("Basic constraints", &["a certification authority", "#0c0470617468"]),
        ("Unreadable extension", &[]),
        ("Subject key identifier", &["abcd"]),
    ] {
        assert_eq!(lines(&each, name), expected, "{name}");
    }
    assert!(each.is_authority);
    let fields = certificate("part-unread-version-validity-key.der");
    assert_eq!((fields.version.as_str(), fields.serial_number.as_str()), ("#0c057468726565", "6f6e65"));
    assert_eq!(fields.not_before, Moment::Unreadable("#0c05746f646179".to_owned()));
    assert_eq!(fields.not_after, Moment::Unreadable("missing".to_owned()));
    assert_eq!(fields.key.name, "unreadable");
    let others: Vec<String> = fields.others.iter().map(|(label, hex)| format!("{label}: {hex}")).collect();
    assert_eq!(others, ["Issuer unique identifier: 81020012", "Unreadable part: 0c06626568696e64"]);
}

#[test]
fn f23_dates_in_every_form_that_programs_read_are_shown() {
    const NEW_YEAR_2026: i64 = 1_767_225_600;
    const END_OF_2028: i64 = 1_861_919_999;
    const END_OF_9999: i64 = 253_402_300_799;
    let cases = [
        ("date-1950-to-1969-pyca.der", -631_152_000, -1),
        ("date-1950-to-9999-openssl.der", -631_152_000, END_OF_9999),
        ("date-before-1970.der", -631_152_000, -1),
        ("date-generalized-forms.der", NEW_YEAR_2026 + 30, END_OF_2028 - 1799),
        ("date-generalized-fraction.der", NEW_YEAR_2026, END_OF_2028),
        ("date-utc-no-seconds-offset.der", NEW_YEAR_2026, END_OF_2028 + 1741),
        ("date-utc-no-seconds.der", NEW_YEAR_2026, END_OF_2028 - 59),
        ("date-utc-offset.der", NEW_YEAR_2026 - 3600, END_OF_2028 - 3600),
        ("date-year-1900-to-9999.der", -2_208_988_800, END_OF_9999),
    ];
    assert_all_files("certificates", "date-", cases.iter().map(|(name, ..)| *name));
    for (name, not_before, not_after) in cases {
        let certificate = certificate(name);
        assert_eq!(
            (certificate.not_before, certificate.not_after),
            (Moment::At(not_before), Moment::At(not_after)),
            "{name}"
        );
    }
}

#[test]
fn f24_bundles_and_signed_messages_are_read_as_ber_too() {
    let cases = [
        ("bundle-ber-certificate.p7b", 2),
        ("bundle-ber-pieces.p7b", 2),
        ("bundle-ber.p7b", 3),
        ("bundle-byte-behind.p7b", 3),
        ("message-ber-openssl.p7s", 2),
        ("message-ber-openssl.pem", 2),
        ("message-ber.p7s", 2),
    ];
    let all = files("certificates", "bundle-").into_iter().chain(files("certificates", "message-"));
    assert!(all.eq(cases.iter().map(|(name, _)| (*name).to_owned())));
    for (name, count) in cases {
        assert_eq!(certificates(name).len(), count, "{name}");
    }
    // What is not BER itself is shown byte for byte.
    assert_eq!(certificates("bundle-ber.p7b"), certificates("bundle-byte-behind.p7b"));
    let [in_ber, in_der] = certificates("bundle-ber-certificate.p7b").try_into().unwrap();
    assert_eq!((in_ber.subject, in_ber.not_after), (in_der.subject, in_der.not_after));
}

#[test]
fn f27_all_certificates_of_an_input_are_counted() {
    let cases = [("many-201.der", 201), ("many-210-openssl.p7b", 210), ("many-300.pem", 300)];
    assert_all_files("certificates", "many-", cases.iter().map(|(name, _)| *name));
    for (name, count) in cases {
        assert_eq!(certificates(name).len(), count, "{name}");
    }
}

#[test]
fn f28_names_of_mail_and_logon_are_words_and_mailboxes_are_among_the_addresses() {
    let mail = "żaneta@example.com (e-mail address)";
    let logon = "anna@corp.example.com (Windows logon name)";
    let others = "anna@im.example.com (XMPP address), _mail.example.com (service name)";
    let kerberos = "anna@EXAMPLE.COM (Kerberos principal)";
    let cases = [
        (
            "name-of-each-kind.der",
            format!(
                "{mail}, anna@example.com (Windows logon name), {kerberos}, {others}, #0500 (another name, 1.2.3.4), PL, Example, Nowak, Anna (X.400 address), Example (EDI party name), 1.2.3 (registered id)"
            ),
            ["żaneta@example.com"].as_slice(),
        ),
        (
            "name-openssl.der",
            format!("anna@example.com (e-mail address), {mail}, {logon}, {others}, {kerberos}"),
            &["anna@example.com", "żaneta@example.com"],
        ),
        (
            "name-smtp-utf8-pyca.der",
            format!("{mail}, anna@example.com (Windows logon name)"),
            &["żaneta@example.com"],
        ),
        (
            "name-smtp-utf8.der",
            format!("anna@example.com (e-mail address), {mail}"),
            &["anna@example.com", "żaneta@example.com"],
        ),
    ];
    let all = files("certificates", "name-").into_iter().filter(|name| !name.starts_with("name-turns"));
    assert!(all.eq(cases.iter().map(|(name, ..)| (*name).to_owned())));
    for (name, words, mailboxes) in cases {
        let certificate = certificate(name);
        assert_eq!(lines(&certificate, "Subject alternative name"), [words], "{name}");
        assert_eq!(certificate.mailboxes, mailboxes, "{name}");
    }
}

#[test]
fn f29_numbers_that_no_rsa_key_has_are_told() {
    let cases = [
        ("key-rsa-exponent-1.der", "RSA 2048, exponent 1", "stays readable"),
        ("key-rsa-modulus-16400-bits.der", "RSA 16400", "16384 at most"),
        ("key-rsa-modulus-even.der", "RSA 2048", "an even number"),
        ("key-rsa-modulus-zero.der", "RSA 0", "is zero"),
        ("key-rsa-negative-2048.der", "RSA 2048, with a negative modulus", "encoded as a negative number"),
        ("key-rsa-negative.der", "RSA 8, with a negative modulus", "encoded as a negative number"),
    ];
    assert_all_files("certificates", "key-rsa-", cases.iter().map(|(name, ..)| *name));
    for (name, key, remark) in cases {
        let described = certificate(name).key;
        assert_eq!(described.name, key, "{name}");
        assert!(described.remarks().iter().any(|sentence| sentence.contains(remark)), "{name}");
    }
}

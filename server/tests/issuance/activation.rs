//! Step 3 as customers see it.

use crate::{
    client::{Answer, Person, activation},
    csr::{CustomerKey, extension},
    stage::{CUSTOMER, OTHER_CUSTOMER, SPECIALIST, Stage},
};
use der::{Encode, asn1::ObjectIdentifier};
use proptest::prelude::*;
use protocol::{Certificate, KeyOrigin, Problem, StepStatus};
use server::audit;
use x509_cert::ext::{
    Extension,
    pkix::{BasicConstraints, ExtendedKeyUsage, SubjectAltName, name::GeneralName},
};

const MAILBOX: &str = "anna.nowak@example.com";

struct Scene {
    stage: Stage,
    customer: Person,
    specialist: Person,
}

impl Scene {
    async fn new() -> Self {
        Self::on(Stage::new().await).await
    }

    async fn on(stage: Stage) -> Self {
        let customer = stage.sign_in(CUSTOMER).await;
        let specialist = stage.sign_in(SPECIALIST).await;
        Self { stage, customer, specialist }
    }

    /// An order whose steps 1 and 2 are verified.
    async fn prepared_order(&self) -> String {
        self.customer.prepare_order(&self.specialist, MAILBOX).await.id
    }
}

#[tokio::test]
async fn where_the_key_was_made_is_kept_as_the_page_said_it() {
    let scene = Scene::new().await;
    for origin in [KeyOrigin::Browser, KeyOrigin::Csr, KeyOrigin::Card] {
        let order =
            scene.customer.prepare_order(&scene.specialist, &format!("{origin:?}@example.com")).await.id;
        let mut request = activation(&CustomerKey::generate().csr());
        request["key_origin"] = serde_json::to_value(origin).unwrap();
        let path = format!("/api/orders/{order}/activation");
        let issued: Certificate = scene.customer.send("POST", &path, Some(&request)).await.expect(201);
        assert_eq!(issued.key_origin, origin);
        assert_eq!(scene.customer.certificate(&issued.summary.id).await.key_origin, origin);
    }
}

#[tokio::test]
async fn a_verified_order_gets_a_certificate_and_a_mail() {
    let scene = Scene::new().await;
    let order = scene.prepared_order().await;
    let key = CustomerKey::generate();

    let certificate: Certificate = scene.customer.activate(&order, &key.csr()).await.expect(201);

    let subject: Vec<(&str, &str)> =
        certificate.subject.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(
        subject,
        [
            ("Country", "PL"),
            ("State or province", "Pomorskie"),
            ("Locality", "Gdańsk"),
            ("Organization", "Bursztyn Logistyka Sp. z o.o."),
            ("Organization identifier", "NTRPL-0000712345"),
            ("Common name", "Bursztyn Logistyka Sp. z o.o."),
            ("E-mail address", MAILBOX),
        ]
    );
    assert_eq!(certificate.key_algorithm, "P-256");
    assert_eq!(certificate.summary.not_before.to_string(), "2026-11-22T15:41:12Z");
    assert_eq!(certificate.summary.not_after.to_string(), "2027-11-22T15:41:11Z");
    assert_eq!(certificate.chain_pem.len(), 2);
    let shown = scene.customer.order(&order).await;
    assert_eq!(shown.certificate_id.as_deref(), Some(certificate.summary.id.as_str()));
    assert_eq!(shown.steps.certificate_activation, StepStatus::Verified);
    assert_eq!(scene.customer.certificate(&certificate.summary.id).await, certificate);
    let list = scene.customer.certificates().await;
    assert_eq!(list, std::slice::from_ref(&certificate.summary));

    let mail = ready_mails(&scene.stage).await;
    assert_eq!(mail.len(), 1);
    assert!(mail[0].contains(&format!("http://localhost:8080/certificates/{}", certificate.summary.id)));
    audit::verify(&scene.stage.store).await.unwrap();
}

async fn ready_mails(stage: &Stage) -> Vec<String> {
    let messages = stage.server().mail_to(CUSTOMER).await;
    messages
        .into_iter()
        .filter(|message| message.subject == "Your certificate is ready")
        .map(|message| message.text)
        .collect()
}

#[tokio::test]
async fn the_downloads_are_the_certificate_and_its_chain_under_the_name_of_the_mailbox() {
    let scene = Scene::new().await;
    let order = scene.prepared_order().await;
    let certificate: Certificate =
        scene.customer.activate(&order, &CustomerKey::generate().csr()).await.expect(201);
    let id = &certificate.summary.id;

    let pem = scene.customer.get(&format!("/api/certificates/{id}/certificate.pem")).await;
    assert_eq!(String::from_utf8(pem.body.clone()).unwrap(), certificate.pem);
    assert!(is_attachment(&pem, "anna.nowak@example.com_2027-11-22.pem"), "{:?}", pem.headers);
    let der = scene.customer.get(&format!("/api/certificates/{id}/certificate.der")).await;
    assert_eq!(pki::certificate::Certificate::from_der(&der.body).unwrap().to_pem(), certificate.pem);
    assert!(is_attachment(&der, "anna.nowak@example.com_2027-11-22.cer"), "{:?}", der.headers);
    assert_eq!(der.header("content-type"), "application/pkix-cert");
    let chain = scene.customer.get(&format!("/api/certificates/{id}/chain.pem")).await;
    assert_eq!(String::from_utf8(chain.body.clone()).unwrap(), certificate.chain_pem.concat());
    assert!(is_attachment(&chain, "anna.nowak@example.com_2027-11-22-chain.pem"), "{:?}", chain.headers);
}

fn is_attachment(answer: &Answer, name: &str) -> bool {
    answer.status == 200
        && answer.header("content-disposition").starts_with(&format!("attachment; filename=\"{name}\""))
}

#[tokio::test]
async fn the_same_key_again_gets_the_same_certificate_and_no_second_mail() {
    let scene = Scene::new().await;
    let order = scene.prepared_order().await;
    let key = CustomerKey::generate();
    let first: Certificate = scene.customer.activate(&order, &key.csr()).await.expect(201);
    let again: Certificate = scene.customer.activate(&order, &key.csr()).await.expect(200);
    assert_eq!(again, first);
    assert_eq!(ready_mails(&scene.stage).await.len(), 1);
}

#[tokio::test]
async fn another_key_is_refused_once_an_order_has_a_certificate() {
    let scene = Scene::new().await;
    let order = scene.prepared_order().await;
    let first: Certificate =
        scene.customer.activate(&order, &CustomerKey::generate().csr()).await.expect(201);
    let other = scene.customer.activate(&order, &CustomerKey::generate().csr()).await;
    assert_eq!(other.slug(409), "other-key");
    let list = scene.customer.certificates().await;
    assert_eq!(list, [first.summary]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_twenty_activations_at_once_one_issues_and_all_get_the_same_certificate() {
    let scene = Scene::new().await;
    let order = scene.prepared_order().await;
    let csr = CustomerKey::generate().csr();
    let answers = activate_at_once(&scene.customer, &order, &vec![csr; 20]).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 1);
    let certificates: Vec<Certificate> = answers
        .iter()
        .map(|answer| {
            assert!(matches!(answer.status, 200 | 201), "{}", answer.status);
            answer.json()
        })
        .collect();
    assert!(certificates.iter().all(|certificate| *certificate == certificates[0]));
    assert_one_certificate(&scene.stage).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_twenty_keys_at_once_one_gets_the_certificate() {
    let scene = Scene::new().await;
    let order = scene.prepared_order().await;
    let csrs: Vec<String> = (0..20).map(|_| CustomerKey::generate().csr()).collect();
    let answers = activate_at_once(&scene.customer, &order, &csrs).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 1);
    for refused in answers.iter().filter(|answer| answer.status != 201) {
        assert_eq!(refused.slug(409), "other-key");
    }
    assert_one_certificate(&scene.stage).await;
}

async fn activate_at_once(customer: &Person, order: &str, csrs: &[String]) -> Vec<Answer> {
    let tasks: Vec<_> = csrs
        .iter()
        .map(|csr| {
            let (customer, order, csr) = (customer.clone(), order.to_owned(), csr.clone());
            tokio::spawn(async move { customer.activate(&order, &csr).await })
        })
        .collect();
    let mut answers = Vec::new();
    for task in tasks {
        answers.push(task.await.unwrap());
    }
    answers
}

async fn assert_one_certificate(stage: &Stage) {
    assert_eq!(stage.count("SELECT COUNT(*) FROM certificate WHERE certificate IS NOT NULL").await, 1);
    assert_eq!(stage.count("SELECT COUNT(*) FROM certificate").await, 1);
    for (action, expected) in [("reserved", 1), ("issued", 1)] {
        let query = match action {
            "reserved" => {
                r#"SELECT COUNT(*) FROM audit WHERE event LIKE '%"action":"certificate-reserved"%'"#
            }
            _ => r#"SELECT COUNT(*) FROM audit WHERE event LIKE '%"action":"certificate-issued"%'"#,
        };
        assert_eq!(stage.count(query).await, expected, "{action}");
    }
    assert_eq!(ready_mails(stage).await.len(), 1);
    audit::verify(&stage.store).await.unwrap();
}

#[tokio::test]
async fn nothing_is_issued_while_a_step_is_missing() {
    let scene = Scene::new().await;
    let csr = CustomerKey::generate().csr();
    let customer = &scene.customer;
    let order = customer.place_order("one").await;
    assert_eq!(customer.activate(&order.id, &csr).await.slug(409), "steps-missing");
    let order = customer.submit_organization(&order.id).await;
    assert_eq!(customer.activate(&order.id, &csr).await.slug(409), "steps-missing");
    scene.specialist.approve_organization(&order).await;
    assert_eq!(customer.activate(&order.id, &csr).await.slug(409), "steps-missing");
    assert_eq!(scene.stage.count("SELECT COUNT(*) FROM certificate").await, 0);
    customer.verify_mailbox(&order.id, MAILBOX).await;
    assert_eq!(customer.activate(&order.id, &csr).await.status, 201);

    let mailbox_only = customer.place_order("two").await;
    customer.verify_mailbox(&mailbox_only.id, "second@example.com").await;
    assert_eq!(customer.activate(&mailbox_only.id, &csr).await.slug(409), "steps-missing");
}

#[tokio::test]
async fn a_verification_that_is_too_old_counts_no_more() {
    let scene = Scene::new().await;
    let order = scene.prepared_order().await;
    scene.stage.clock.advance(std::time::Duration::from_hours(30 * 24));
    let customer = scene.stage.sign_in(CUSTOMER).await;
    let refused = customer.activate(&order, &CustomerKey::generate().csr()).await;
    assert_eq!(refused.slug(409), "steps-missing");
}

#[tokio::test]
async fn the_terms_must_be_accepted() {
    let scene = Scene::new().await;
    let order = scene.prepared_order().await;
    let mut body = activation(&CustomerKey::generate().csr());
    body["terms_accepted"] = false.into();
    let path = format!("/api/orders/{order}/activation");
    let problem: Problem = scene.customer.send("POST", &path, Some(&body)).await.expect(422);
    assert_eq!(problem.fields[0].field, "terms_accepted");
}

#[tokio::test]
async fn a_request_that_is_wrong_is_answered_with_its_defect_and_its_remedy() {
    let scene = Scene::new().await;
    let order = scene.prepared_order().await;
    for text in ["", "hello", "-----BEGIN PRIVATE KEY-----\nMC4CAQ==\n-----END PRIVATE KEY-----\n"] {
        let defect = pki::request::examine(text.as_bytes()).unwrap_err();
        let problem: Problem = scene.customer.activate(&order, text).await.expect(422);
        assert_eq!(problem.slug(), format!("request-{}", defect.code()));
        assert_eq!(problem.title, defect.message());
        assert_eq!(problem.detail, Some(defect.remedy()));
    }
}

#[tokio::test]
async fn a_key_in_the_list_of_known_keys_gets_no_certificate() {
    let folder = tempfile::tempdir().unwrap();
    let list = folder.path().join("known-keys.txt");
    let (listed, other) = (CustomerKey::generate(), CustomerKey::generate());
    std::fs::write(&list, format!("# found in a firmware\n{}\n", listed.sha256_hex())).unwrap();
    let stage = Stage::configured(move |settings| settings.known_keys = Some(list.clone())).await;
    let scene = Scene::on(stage).await;
    let order = scene.prepared_order().await;
    let problem: Problem = scene.customer.activate(&order, &listed.csr()).await.expect(422);
    assert_eq!(problem.slug(), "request-key-published");
    scene.customer.activate(&order, &other.csr()).await.expect::<Certificate>(201);
}

#[tokio::test]
async fn a_request_of_more_than_64_kib_is_not_read() {
    let scene = Scene::new().await;
    let order = scene.prepared_order().await;
    let answer = scene.customer.activate(&order, &"A".repeat(64 * 1024)).await;
    assert_eq!(answer.slug(413), "too-large");
}

#[tokio::test]
async fn a_locality_without_its_country_is_refused_by_name() {
    let scene = Scene::new().await;
    let order = scene.prepared_order().await;
    let mut body = activation(&CustomerKey::generate().csr());
    body["subject"]["country"] = false.into();
    let path = format!("/api/orders/{order}/activation");
    let problem: Problem = scene.customer.send("POST", &path, Some(&body)).await.expect(422);
    let fields: Vec<&str> = problem.fields.iter().map(|field| field.field.as_str()).collect();
    assert_eq!(fields, ["state_or_province", "locality"]);
}

#[tokio::test]
async fn orders_and_certificates_of_others_are_not_there() {
    let scene = Scene::new().await;
    let order = scene.prepared_order().await;
    let csr = CustomerKey::generate().csr();
    let stranger = scene.stage.sign_in(OTHER_CUSTOMER).await;
    assert_eq!(stranger.activate(&order, &csr).await.slug(404), "not-found");
    assert_eq!(scene.specialist.activate(&order, &csr).await.slug(404), "not-found");

    let certificate: Certificate = scene.customer.activate(&order, &csr).await.expect(201);
    let id = certificate.summary.id;
    for person in [&stranger, &scene.specialist] {
        for path in ["", "/certificate.pem", "/certificate.der", "/chain.pem"] {
            let answer = person.get(&format!("/api/certificates/{id}{path}")).await;
            assert_eq!(answer.slug(404), "not-found", "{path}");
        }
    }
    let list = stranger.certificates().await;
    assert_eq!(list, []);
    assert_eq!(scene.stage.server().get(&format!("/api/certificates/{id}")).await.slug(401), "not-signed-in");
}

/// Everything in the certificate but its own serial number, validity and key.
fn fixed_content(pem: &str) -> (Vec<u8>, Vec<Extension>) {
    use der::DecodePem;
    let certificate = x509_cert::Certificate::from_pem(pem).unwrap();
    let content = certificate.tbs_certificate();
    let key_identifier = ObjectIdentifier::new_unwrap("2.5.29.14");
    let extensions = content.extensions().cloned().unwrap_or_default();
    let extensions = extensions.into_iter().filter(|extension| extension.extn_id != key_identifier).collect();
    (content.subject().to_der().unwrap(), extensions)
}

/// Extensions that an attacker would like to have.
fn hostile_extensions(mailbox: &str) -> Vec<Extension> {
    let name = GeneralName::Rfc822Name(der::asn1::Ia5String::new(mailbox).unwrap());
    let server_authentication = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.1");
    vec![
        extension("2.5.29.17", &SubjectAltName(vec![name])),
        extension("2.5.29.19", &BasicConstraints { ca: true, path_len_constraint: None }),
        extension("2.5.29.37", &ExtendedKeyUsage(vec![server_authentication])),
    ]
}

#[test]
fn nothing_of_a_hostile_request_but_its_key_is_in_the_certificate() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let scene = runtime.block_on(Scene::new());
    let issue = |number: u32, csr: String| {
        runtime.block_on(async {
            let mailbox = format!("mailbox{number:04}@example.com");
            let order = scene.customer.prepare_order(&scene.specialist, &mailbox).await;
            let certificate: Certificate = scene.customer.activate(&order.id, &csr).await.expect(201);
            certificate
        })
    };
    let honest_key = CustomerKey::generate();
    let (honest_subject, honest_extensions) = fixed_content(&issue(0, honest_key.csr()).pem);
    let number = std::cell::Cell::new(0);
    let strategy = ("[A-Za-z]{8,30}", "[a-z]{8,20}@[a-z]{8,20}\\.com", "[A-Z]{2}");
    proptest!(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() }, |((name, mailbox, country) in strategy)| {
        number.set(number.get() + 1);
        let key = CustomerKey::generate();
        let subject = format!("CN={name},O={name},C={country},emailAddress={mailbox}");
        let csr = key.csr_with(&subject, &hostile_extensions(&mailbox));
        let certificate = issue(number.get(), csr);

        let own = format!("mailbox{:04}@example.com", number.get());
        let replace = |bytes: &[u8]| replaced(bytes, b"mailbox0000@example.com", own.as_bytes());
        let (subject, extensions) = fixed_content(&certificate.pem);
        prop_assert_eq!(subject, replace(&honest_subject));
        prop_assert_eq!(extensions.len(), honest_extensions.len());
        for (actual, honest) in extensions.iter().zip(&honest_extensions) {
            prop_assert_eq!(actual.to_der().unwrap(), replace(&honest.to_der().unwrap()));
        }
        let request = pki::key_policy::PublicKey::from_spki_der(pki::signer::Signer::subject_public_key_info(&key));
        prop_assert_eq!(certificate.public_key_sha256, request.unwrap().sha256_hex());
    });
}

fn replaced(bytes: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for start in 0..bytes.len().saturating_sub(from.len() - 1) {
        if bytes[start..].starts_with(from) {
            bytes[start..start + from.len()].copy_from_slice(to);
        }
    }
    bytes
}

#[tokio::test]
async fn with_a_clock_that_went_back_nothing_is_reserved_until_it_is_right() {
    let scene = Scene::new().await;
    scene.stage.clock.advance(std::time::Duration::from_hours(1));
    let order = scene.customer.prepare_order(&scene.specialist, MAILBOX).await.id;
    let csr = CustomerKey::generate().csr();
    scene.stage.clock.set_back(std::time::Duration::from_secs(5 * 60 + 1));
    // A record of the wrong time makes it no better.
    scene.stage.sign_in(CUSTOMER).await;
    assert_eq!(scene.customer.activate(&order, &csr).await.slug(503), "clock-wrong");
    assert_eq!(scene.stage.count("SELECT COUNT(*) FROM certificate").await, 0);
    scene.stage.clock.advance(std::time::Duration::from_secs(1));
    assert_eq!(scene.customer.activate(&order, &csr).await.status, 201);
}

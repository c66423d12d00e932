//! What certificates point at.

use crate::stage::{SharedAuthority, Stage};
use aws_lc_rs::signature::{RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use der::{Decode, Encode};
use pki::authority::Issuer;
use server::audit;
use std::time::Duration;
use x509_cert::{certificate::Rfc5280, crl::CertificateList};

const DAY: Duration = Duration::from_hours(24);

async fn fetch_crl(stage: &Stage, path: &str) -> CertificateList<Rfc5280> {
    let answer = stage.server().get(path).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("content-type"), "application/pkix-crl");
    CertificateList::from_der(&answer.body).unwrap()
}

fn number(crl: &CertificateList<Rfc5280>) -> Vec<u8> {
    let extensions = crl.tbs_cert_list.crl_extensions.as_ref().unwrap();
    let number = extensions.iter().find(|extension| extension.extn_id.to_string() == "2.5.29.20").unwrap();
    number.extn_value.as_bytes().to_vec()
}

fn signed_by(crl: &CertificateList<Rfc5280>, issuer: &Issuer) -> bool {
    crl.tbs_cert_list.issuer.to_der().unwrap() == issuer.name_der()
        && UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, issuer.public_key().spki_der())
            .verify(&crl.tbs_cert_list.to_der().unwrap(), crl.signature.as_bytes().unwrap())
            .is_ok()
}

async fn fetch_certificate(stage: &Stage, path: &str) -> Issuer {
    let answer = stage.server().get(path).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("content-type"), "application/pkix-cert");
    Issuer::from_certificate_der(&answer.body).unwrap()
}

#[tokio::test]
async fn each_crl_is_signed_by_the_ca_whose_certificate_stands_beside_it() {
    let stage = Stage::new().await;
    let issuing = fetch_certificate(&stage, "/pki/issuing.cer").await;
    let root = fetch_certificate(&stage, "/pki/root.cer").await;
    assert!(signed_by(&fetch_crl(&stage, "/pki/issuing.crl").await, &issuing));
    assert!(signed_by(&fetch_crl(&stage, "/pki/root.crl").await, &root));
    assert!(!signed_by(&fetch_crl(&stage, "/pki/root.crl").await, &issuing));
}

#[tokio::test]
async fn the_issuing_crl_lists_nothing_and_may_be_relied_on_for_seven_days() {
    let stage = Stage::new().await;
    let crl = fetch_crl(&stage, "/pki/issuing.crl").await.tbs_cert_list;
    assert!(crl.revoked_certificates.is_none());
    assert_eq!(crl.next_update.unwrap().to_unix_duration(), crl.this_update.to_unix_duration() + 7 * DAY);
}

#[tokio::test]
async fn a_crl_is_signed_once_a_day_under_a_greater_number() {
    let stage = Stage::new().await;
    let first = fetch_crl(&stage, "/pki/issuing.crl").await;
    stage.clock.advance(Duration::from_secs(24 * 60 * 60 - 1));
    stage.run_jobs().await;
    assert_eq!(fetch_crl(&stage, "/pki/issuing.crl").await, first);
    stage.clock.advance(Duration::from_secs(1));
    assert_eq!(fetch_crl(&stage, "/pki/issuing.crl").await, first, "who asks has nothing signed");
    stage.run_jobs().await;
    let second = fetch_crl(&stage, "/pki/issuing.crl").await;
    assert!(number(&second) > number(&first));
    assert!(
        second.tbs_cert_list.this_update.to_unix_duration()
            > first.tbs_cert_list.this_update.to_unix_duration()
    );

    let stage = stage.restart().await;
    assert_eq!(fetch_crl(&stage, "/pki/issuing.crl").await, second);
    assert_eq!(
        stage.count(r#"SELECT COUNT(*) FROM audit WHERE event LIKE '%"action":"crl-signed"%'"#).await,
        2
    );
    audit::verify(&stage.store).await.unwrap();
}

#[tokio::test]
async fn the_published_certificates_are_those_in_the_authority_folder() {
    let stage = Stage::new().await;
    for name in ["root.cer", "issuing.cer"] {
        let published = stage.server().get(&format!("/pki/{name}")).await.body;
        assert_eq!(published, std::fs::read(SharedAuthority::get().path().join(name)).unwrap());
    }
}

#[tokio::test]
async fn an_outdated_list_is_not_shown_and_one_of_the_future_is_replaced() {
    let stage = Stage::new().await;
    stage.clock.advance(7 * DAY);
    assert_eq!(stage.server().get("/pki/issuing.crl").await.slug(503), "crl-missing");
    stage.run_jobs().await;
    let crl = fetch_crl(&stage, "/pki/issuing.crl").await;

    stage.clock.set_back(Duration::from_mins(4));
    let stage = stage.restart().await;
    let after = fetch_crl(&stage, "/pki/issuing.crl").await;
    assert!(number(&after) > number(&crl), "the list of the future still counts");
}

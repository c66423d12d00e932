//! Orders that only wait for their activation.

use crate::{client::Person, concurrently};
use anyhow::{Context, Result};
use aws_lc_rs::{
    encoding::{AsDer, PublicKeyX509Der},
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair},
};
use pki::{
    mailbox::Mailbox,
    signer::{SignError, SignatureAlgorithm, Signer},
};
use reqwest::Method;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// The validation specialist of the demonstration.
const SPECIALIST: &str = "marek.zielinski@example.com";
/// Orders of one customer: so many challenges an account may send in a day, and their mails are all in the inbox at once.
const BATCH: usize = 100;
/// How many orders are prepared at the same time.
const CLIENTS: usize = 16;

/// A request that has an order's certificate issued.
pub(crate) struct Activation {
    customer: Person,
    path: String,
    body: String,
}

impl Activation {
    /// Has the certificate issued, and gives the time until the whole answer was there.
    pub(crate) async fn send(self) -> Result<Duration> {
        let started = Instant::now();
        self.customer.make(&self.path, self.body).await?;
        Ok(started.elapsed())
    }
}

/// Takes so many orders through all steps before the activation.
pub(crate) async fn prepare(visitor: &Person, count: usize) -> Result<Vec<Activation>> {
    let specialist = visitor.sign_in(SPECIALIST).await?;
    let mut prepared = Vec::new();
    while prepared.len() < count {
        let size = BATCH.min(count - prepared.len());
        prepared.extend(prepare_batch(visitor, &specialist, prepared.len(), size).await?);
    }
    Ok(prepared)
}

/// The orders of one customer, from this number on.
async fn prepare_batch(
    visitor: &Person,
    specialist: &Person,
    first: usize,
    size: usize,
) -> Result<Vec<Activation>> {
    let customer = visitor.sign_in(&format!("customer{first}@example.com")).await?;
    let orders = (first..first + size).map(|number| {
        order_and_verify(customer.clone(), specialist.clone(), format!("order{number}@example.com"))
    });
    let activations = concurrently(CLIENTS, orders).await?;
    let tokens = visitor.mailed("/confirm/").await?;
    let confirmations = (first..first + size).map(|number| {
        let token = tokens.get(&format!("order{number}@example.com")).cloned();
        confirm(visitor.clone(), token)
    });
    concurrently(CLIENTS, confirmations).await?;
    Ok(activations)
}

/// An order whose organization is verified and whose mailbox is asked.
async fn order_and_verify(customer: Person, specialist: Person, mailbox: String) -> Result<Activation> {
    let order = json!({"product_id": "smime-organization-365", "idempotency_key": mailbox});
    let order = customer.exchange(Method::POST, "/api/orders", &order).await?;
    let id = order["id"].as_str().context("an order has no id")?;
    let evidence = json!({
        "data": organization(),
        "verification": {
            "method": "register",
            "registration_number_type": "NTR",
            "registration_number": "0000712345",
        },
    });
    let order = customer.exchange(Method::PUT, &format!("/api/orders/{id}/organization"), &evidence).await?;
    let approval = json!({"data": organization(), "submitted_at": order["claim"]["submitted_at"]});
    specialist.exchange(Method::POST, &format!("/api/verifications/{id}/approval"), &approval).await?;
    customer.exchange(Method::PUT, &format!("/api/orders/{id}/mailbox"), &json!({"email": mailbox})).await?;
    let path = format!("/api/orders/{id}/activation");
    Ok(Activation { customer, path, body: activation(&request_pem()?).to_string() })
}

async fn confirm(visitor: Person, token: Option<String>) -> Result<()> {
    let token = json!({"token": token.context("a challenge was not mailed")?});
    visitor.exchange(Method::POST, "/api/mailbox-challenges/confirm", &token).await?;
    Ok(())
}

/// An organization that the register of the demonstration has.
fn organization() -> Value {
    json!({
        "organization": "Bursztyn Logistyka Sp. z o.o.",
        "country": "PL",
        "state_or_province": "Pomorskie",
        "locality": "Gdańsk",
        "organization_identifier": "NTRPL-0000712345",
    })
}

fn activation(request: &str) -> Value {
    json!({
        "csr": request,
        "subject": {
            "common_name": "organization", "locality": true, "state_or_province": true, "country": true,
        },
        "key_origin": "csr",
        "terms_accepted": true,
    })
}

/// A request for a new key on P-256, as PEM.
pub(crate) fn request_pem() -> Result<String> {
    let der = pki::request::build(&Mailbox::parse("someone@example.com")?, &CustomerKey::generate()?)?;
    Ok(pki::pem::encode("CERTIFICATE REQUEST", &der))
}

struct CustomerKey {
    pair: EcdsaKeyPair,
    subject_public_key_info: Vec<u8>,
}

impl CustomerKey {
    fn generate() -> Result<Self> {
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING)?;
        let spki: PublicKeyX509Der<'_> = pair.public_key().as_der()?;
        Ok(Self { subject_public_key_info: spki.as_ref().to_vec(), pair })
    }
}

impl Signer for CustomerKey {
    fn signature_algorithm(&self) -> SignatureAlgorithm {
        SignatureAlgorithm::EcdsaSha256
    }

    fn subject_public_key_info(&self) -> &[u8] {
        &self.subject_public_key_info
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignError> {
        let signature = self.pair.sign(&SystemRandom::new(), message).map_err(SignError::new)?;
        Ok(signature.as_ref().to_vec())
    }
}

//! A register of organizations that answers as GLEIF's LEI records API does, with one fictitious organization.

use std::net::Ipv4Addr;

use anyhow::Context;
use axum::{
    Json, Router, extract::RawQuery, http::header::CONTENT_TYPE, response::IntoResponse, routing::get,
};
use serde_json::{Value, json};
use tokio::{net::TcpListener, task::JoinHandle};

/// The organization's name.
pub const NAME: &str = "Bursztynowa Spółka Handlowa";
/// Its LEI, with valid check digits (ISO 17442-1).
pub const LEI: &str = "259400KMTAQ7XWB5ZC44";
/// Its number in the Polish National Court Register.
pub const NATIONAL_NUMBER: &str = "0000284137";

/// The running register; it ends with the value.
#[derive(Debug)]
pub struct Register {
    port: u16,
    task: JoinHandle<()>,
}

impl Register {
    /// Starts it on a free port.
    ///
    /// # Errors
    /// When there is none.
    pub async fn start() -> anyhow::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.context("no free port")?;
        let port = listener.local_addr()?.port();
        let router = Router::new().route("/api/v1/lei-records", get(lei_records));
        let task = tokio::spawn(async move {
            // It ends by being aborted, never by itself.
            let _ = axum::serve(listener, router).await;
        });
        Ok(Self { port, task })
    }

    /// The base of its API.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}/api/v1", self.port)
    }
}

impl Drop for Register {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Answers a filter for one of the organization's numbers with its record, and any other with none.
async fn lei_records(RawQuery(query): RawQuery) -> impl IntoResponse {
    let query = query.unwrap_or_default();
    let known = query.split(['=', '&']).any(|value| value == LEI || value == NATIONAL_NUMBER);
    let records: Vec<Value> = known.then(record).into_iter().collect();
    let total = records.len();
    let answer = json!({"meta": {"pagination": {"total": total}}, "data": records});
    ([(CONTENT_TYPE, "application/vnd.api+json")], Json(answer))
}

fn record() -> Value {
    let address = json!({
        "language": "pl", "addressLines": ["ul. Długa 1"], "city": "Gdańsk", "region": "PL-22",
        "country": "PL", "postalCode": "80-827",
    });
    json!({
        "type": "lei-records",
        "id": LEI,
        "attributes": {
            "lei": LEI,
            "entity": {
                "legalName": {"name": NAME, "language": "pl"},
                "legalAddress": address,
                "headquartersAddress": address,
                "registeredAt": {"id": "RA000484"},
                "registeredAs": NATIONAL_NUMBER,
                "jurisdiction": "PL",
                "category": "GENERAL",
                "status": "ACTIVE",
            },
            "registration": {"status": "ISSUED"},
        },
    })
}

//! A register of organizations that answers as GLEIF's LEI records API does, with one fictitious organization.

use std::{collections::HashMap, net::Ipv4Addr};

use anyhow::Context;
use axum::{
    Json, Router,
    extract::{Path, Query},
    http::StatusCode,
    response::IntoResponse,
    routing::get,
};
use serde_json::{Value, json};
use tokio::{net::TcpListener, task::JoinHandle};

/// The organization's name.
pub const NAME: &str = "Bursztynowa Spółka Handlowa S.A.";
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
        let router = Router::new()
            .route("/api/v1/lei-records", get(by_national_number))
            .route("/api/v1/lei-records/{lei}", get(by_lei));
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

/// The record with this LEI; the API says with 404 that there is none.
async fn by_lei(Path(lei): Path<String>) -> impl IntoResponse {
    if lei == LEI {
        (StatusCode::OK, Json(json!({"data": record()})))
    } else {
        (StatusCode::NOT_FOUND, Json(json!({"errors": [{"status": "404", "title": "Resource not found"}]})))
    }
}

/// All records with this number in the national register of this country.
async fn by_national_number(Query(filter): Query<HashMap<String, String>>) -> Json<Value> {
    let asked = |key: &str| filter.get(key).map(String::as_str);
    let known = asked("filter[entity.registeredAs]") == Some(NATIONAL_NUMBER)
        && asked("filter[entity.legalAddress.country]") == Some("PL");
    Json(json!({"data": known.then(record).into_iter().collect::<Vec<_>>()}))
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
            "registration": {"status": "ISSUED", "corroborationLevel": "FULLY_CORROBORATED"},
        },
    })
}

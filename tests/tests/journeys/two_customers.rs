//! Two customers of one server.

use anyhow::{Result, ensure};
use tests::{
    person::Person,
    stage::{Setting, journey},
};

/// What a browser says when the server answers 404.
const NOT_FOUND: &str = "404";

#[tokio::test(flavor = "multi_thread")]
async fn two_customers_cannot_see_each_others_things() -> Result<()> {
    journey(Setting::RealUse, "two-customers", async |stage| {
        let anna = Person::new(stage, "anna").await?;
        anna.signs_in().await?;
        anna.orders().await?;
        let order = anna.browser.path().await?;
        let order_id = order.rsplit('/').next().unwrap_or_default().to_owned();
        let document = stage.signet.folder().join("extract.pdf");
        std::fs::write(&document, "%PDF-1.4\n%%EOF\n")?;
        anna.provides_data_by_document("Anna's Amber", &document).await?;
        let (status, text) = anna.browser.fetch(&format!("/api/orders/{order_id}")).await?;
        ensure!(status == 200 && text.contains("Anna's Amber"), "Anna's own order: {status} {text}");
        let document_id = document_id(&text)?;

        let ewa = Person::new(stage, "ewa").await?;
        ewa.signs_in().await?;
        ewa.orders().await?;
        let (_, text) = ewa.browser.fetch("/api/orders").await?;
        ensure!(!text.contains(&order_id), "Ewa's list of orders has Anna's: {text}");
        ewa.browser.at("S/MIME Organization, 365 days").await?;

        for path in [
            format!("/api/orders/{order_id}"),
            format!("/api/orders/{order_id}/documents/{document_id}"),
            format!("/api/verifications/{order_id}"),
            "/api/verifications".to_owned(),
            "/api/inbox".to_owned(),
        ] {
            let (status, text) = ewa.browser.fetch(&path).await?;
            ensure!(status == 404, "{path} answers {status} to somebody else: {text}");
            ensure!(!text.contains("Amber"), "{path} tells about Anna: {text}");
        }
        ewa.browser.console_says_only(NOT_FOUND).await?;

        ewa.browser.goto(&order).await?;
        ewa.browser.heading("Page not found").await?;
        ewa.browser.console_says_only(NOT_FOUND).await
    })
    .await
}

fn document_id(order: &str) -> Result<String> {
    let order: serde_json::Value = serde_json::from_str(order)?;
    let id = order["claim"]["documents"][0]["id"].as_str();
    Ok(id.ok_or_else(|| anyhow::anyhow!("Anna's order has no document: {order}"))?.to_owned())
}

//! Orders and the status of their steps.

use crate::stage::{CUSTOMER, OTHER_CUSTOMER, SPECIALIST, Stage};
use protocol::{Order, Page, Problem, StepStatus};
use serde_json::json;
use std::time::Duration;

#[tokio::test]
async fn a_new_order_awaits_data_in_steps_1_and_2_and_offers_no_step_3() {
    let stage = Stage::new().await;
    let customer = stage.sign_in(CUSTOMER).await;
    let order = customer.place_order("key").await;
    assert_eq!(order.product.term_days, 365);
    assert_eq!(order.steps.data_verification, StepStatus::AwaitingData);
    assert_eq!(order.steps.email_verification, StepStatus::AwaitingData);
    assert_eq!(order.steps.certificate_activation, StepStatus::NotAvailable);
}

#[tokio::test]
async fn the_same_key_orders_once_and_another_customers_same_key_is_another_order() {
    let stage = Stage::new().await;
    let customer = stage.sign_in(CUSTOMER).await;
    let first = customer.place_order("key").await;
    let request = json!({"product_id": "smime-organization-365", "idempotency_key": "key"});
    let again: Order = customer.send("POST", "/api/orders", Some(&request)).await.expect(200);
    assert_eq!(again, first);
    let other = stage.sign_in(OTHER_CUSTOMER).await.place_order("key").await;
    assert_ne!(other.id, first.id);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_double_click_orders_once() {
    let stage = Stage::new().await;
    let customer = stage.sign_in(CUSTOMER).await;
    let tasks: Vec<_> = (0..10)
        .map(|_| {
            let customer = customer.clone();
            tokio::spawn(async move {
                let request = json!({"product_id": "smime-organization-365", "idempotency_key": "click"});
                customer.send("POST", "/api/orders", Some(&request)).await.status
            })
        })
        .collect();
    let mut statuses = Vec::new();
    for task in tasks {
        statuses.push(task.await.unwrap());
    }
    assert_eq!(statuses.iter().filter(|status| **status == 201).count(), 1, "{statuses:?}");
    assert_eq!(stage.count("SELECT COUNT(*) FROM orders").await, 1);
}

#[tokio::test]
async fn orders_are_listed_newest_first() {
    let stage = Stage::new().await;
    let customer = stage.sign_in(CUSTOMER).await;
    let mut placed = Vec::new();
    for key in ["a", "b", "c"] {
        placed.insert(0, customer.place_order(key).await.id);
        stage.clock.advance(Duration::from_secs(1));
    }
    let listed: Page<Order> = customer.get("/api/orders").await.expect(200);
    assert_eq!(listed.items.into_iter().map(|order| order.id).collect::<Vec<_>>(), placed);
}

#[tokio::test]
async fn what_the_shop_does_not_sell_cannot_be_ordered() {
    let stage = Stage::new().await;
    let customer = stage.sign_in(CUSTOMER).await;
    for (product, key, field) in [
        ("tls", "key", "product_id"),
        ("smime-organization-365", "", "idempotency_key"),
        ("smime-organization-365", &"k".repeat(73), "idempotency_key"),
    ] {
        let request = json!({"product_id": product, "idempotency_key": key});
        let problem: Problem = customer.send("POST", "/api/orders", Some(&request)).await.expect(422);
        assert_eq!(problem.fields[0].field, field);
    }
}

#[tokio::test]
async fn step_3_opens_when_steps_1_and_2_are_verified_in_either_order() {
    let stage = Stage::new().await;
    let customer = stage.sign_in(CUSTOMER).await;
    let specialist = stage.sign_in(SPECIALIST).await;
    for mailbox_first in [true, false] {
        let id = customer.place_order(&format!("{mailbox_first}")).await.id;
        let mailbox = format!("mailbox.{mailbox_first}@example.com");
        if mailbox_first {
            customer.verify_mailbox(&id, &mailbox).await;
        }
        let order = customer.submit_organization(&id).await;
        assert_eq!(order.steps.data_verification, StepStatus::InVerification);
        assert_eq!(order.steps.certificate_activation, StepStatus::NotAvailable);
        specialist.approve_organization(&order).await;
        if !mailbox_first {
            customer.verify_mailbox(&id, &mailbox).await;
        }
        let order = customer.order(&id).await;
        assert_eq!(order.steps.data_verification, StepStatus::Verified);
        assert_eq!(order.steps.email_verification, StepStatus::Verified);
        assert_eq!(order.steps.certificate_activation, StepStatus::AwaitingData);
        assert_eq!(order.verified_organization.unwrap().locality, "Gdańsk");
    }
}

#[tokio::test]
async fn a_confirmed_mailbox_counts_for_30_days() {
    let stage = Stage::new().await;
    let customer = stage.sign_in(CUSTOMER).await;
    let specialist = stage.sign_in(SPECIALIST).await;
    let id = customer.prepare_order(&specialist, "mailbox@example.com").await.id;
    stage.clock.advance(Duration::from_hours(30 * 24));
    let order = stage.sign_in(CUSTOMER).await.order(&id).await;
    assert_eq!(order.steps.email_verification, StepStatus::AwaitingData);
    assert_eq!(order.steps.certificate_activation, StepStatus::NotAvailable);
    stage.sign_in(CUSTOMER).await.verify_mailbox(&id, "mailbox@example.com").await;
    let order = stage.sign_in(CUSTOMER).await.order(&id).await;
    assert_eq!(order.steps.certificate_activation, StepStatus::AwaitingData);
}

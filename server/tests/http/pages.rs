//! Lists in pages.

use crate::stage::{CUSTOMER, OTHER_CUSTOMER, SPECIALIST, Stage};
use protocol::{Order, Page, StepStatus, Verification};
use std::time::Duration;

#[tokio::test]
async fn the_pages_of_a_list_hold_every_item_once_in_order_whatever_is_added_meanwhile() {
    let stage = Stage::new().await;
    let customer = stage.sign_in(CUSTOMER).await;
    let mut placed = Vec::new();
    for number in 0..7 {
        placed.insert(0, customer.place_order(&number.to_string()).await.id);
    }
    let (mut seen, mut path) = (Vec::new(), "/api/orders?limit=3".to_owned());
    loop {
        let page: Page<Order> = customer.get(&path).await.expect(200);
        assert!(page.items.len() <= 3);
        seen.extend(page.items.into_iter().map(|order| order.id));
        customer.place_order(&format!("meanwhile {}", seen.len())).await;
        let Some(next) = page.next else { break };
        path = format!("/api/orders?limit=3&after={next}");
    }
    assert_eq!(seen, placed);
}

#[tokio::test]
async fn a_place_that_no_list_gave_is_refused_and_a_limit_is_bounded() {
    let stage = Stage::new().await;
    let customer = stage.sign_in(CUSTOMER).await;
    for after in ["x", "1", "1.2.3.4", "1.2.%27", "99999999999999999999.1.1"] {
        assert_eq!(customer.get(&format!("/api/orders?after={after}")).await.slug(400), "invalid-query");
    }
    customer.place_order("key").await;
    for limit in ["0", "1", "4000000000"] {
        let page: Page<Order> = customer.get(&format!("/api/orders?limit={limit}")).await.expect(200);
        assert_eq!(page.items.len(), 1, "{limit}");
    }
    assert_eq!(customer.get("/api/orders?limit=-1").await.slug(400), "invalid-query");
}

#[tokio::test]
async fn the_queue_goes_on_from_those_that_wait_to_the_decided_ones() {
    let stage = Stage::new().await;
    let specialist = stage.sign_in(SPECIALIST).await;
    let (mut waiting, mut decided) = (Vec::new(), Vec::new());
    for number in 0..6 {
        let email = if number % 2 == 0 { CUSTOMER } else { OTHER_CUSTOMER };
        let customer = stage.sign_in(email).await;
        let order = customer.place_order(&number.to_string()).await.id;
        let order = customer.submit_organization(&order).await;
        if number < 3 {
            specialist.approve_organization(&order).await;
            decided.insert(0, order.id);
        } else {
            waiting.push(order.id);
        }
        stage.clock.advance(Duration::from_secs(1));
    }
    for limit in [1, 2, 3, 4, 50] {
        let (mut seen, mut path) = (Vec::new(), format!("/api/verifications?limit={limit}"));
        loop {
            let page: Page<Verification> = specialist.get(&path).await.expect(200);
            seen.extend(page.items.into_iter().map(|item| (item.order_id, item.status)));
            let Some(next) = page.next else { break };
            path = format!("/api/verifications?limit={limit}&after={next}");
        }
        let expected: Vec<_> = waiting
            .iter()
            .map(|id| (id.clone(), StepStatus::InVerification))
            .chain(decided.iter().map(|id| (id.clone(), StepStatus::Verified)))
            .collect();
        assert_eq!(seen, expected, "limit {limit}");
    }
}

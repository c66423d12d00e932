use super::{Limits, RATES, Rate, guard, network, rate};
use crate::{settings::TrustedProxies, storage::installation::Purpose};
use axum::{
    Router,
    body::Body,
    extract::{ConnectInfo, Request},
    http::{Method, StatusCode},
    middleware,
    response::Response,
    routing,
};
use std::{net::SocketAddr, sync::Arc, time::Duration};
use tower::ServiceExt;

/// Two at once, and the next an hour later.
fn two_an_hour() -> Rate {
    rate(Method::POST, "/limited/{id}", 2, Duration::from_hours(1))
}

fn service(purpose: Purpose) -> Router {
    let proxies = TrustedProxies::parse("10.0.0.0/8").unwrap();
    let limits = Limits::with([two_an_hour()], proxies, purpose);
    let all = || routing::any(async || "answered");
    Router::new()
        .route("/limited/{id}", all())
        .route("/free", all())
        .layer(middleware::from_fn_with_state(Arc::new(limits), guard))
}

fn request(method: Method, path: &str, peer: &str) -> Request {
    let peer: SocketAddr = format!("{peer}:4711").parse().unwrap();
    let request = Request::builder().method(method).uri(path);
    request.extension(ConnectInfo(peer)).body(Body::empty()).unwrap()
}

async fn send(service: &Router, request: Request) -> Response {
    service.clone().oneshot(request).await.unwrap()
}

async fn status_from(service: &Router, peer: &str) -> u16 {
    send(service, request(Method::POST, "/limited/1", peer)).await.status().as_u16()
}

async fn status_through(service: &Router, proxy: &str, client: &'static str) -> u16 {
    let mut request = request(Method::POST, "/limited/1", proxy);
    request.headers_mut().insert("x-forwarded-for", client.parse().unwrap());
    send(service, request).await.status().as_u16()
}

#[tokio::test]
async fn one_address_is_refused_after_its_burst_and_told_when_to_come_back() {
    let service = service(Purpose::RealUse);
    for path in ["/limited/1", "/limited/2"] {
        let allowed = send(&service, request(Method::POST, path, "192.0.2.1")).await;
        assert_eq!(allowed.status(), StatusCode::OK);
    }
    let refused = send(&service, request(Method::POST, "/limited/3", "192.0.2.1")).await;
    assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(refused.headers()["content-type"], "application/problem+json");
    let wait: u64 = refused.headers()["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((3000..=3601).contains(&wait), "{wait}");
}

#[tokio::test]
async fn what_is_not_named_is_not_limited() {
    let service = service(Purpose::RealUse);
    for _ in 0..5 {
        for (method, path) in [(Method::GET, "/limited/1"), (Method::POST, "/free")] {
            assert_eq!(send(&service, request(method, path, "192.0.2.1")).await.status(), StatusCode::OK);
        }
    }
}

#[tokio::test]
async fn a_trusted_proxy_names_the_client_and_nobody_else_does() {
    let service = service(Purpose::RealUse);
    for expected in [200, 200, 429] {
        assert_eq!(status_through(&service, "10.0.0.1", "192.0.2.1").await, expected);
    }
    assert_eq!(status_from(&service, "192.0.2.1").await, 429);
    let others = ["198.51.100.1", "198.51.100.2", "198.51.100.3"];
    for (client, expected) in others.into_iter().zip([200, 200, 429]) {
        assert_eq!(status_through(&service, "203.0.113.9", client).await, expected);
    }
}

#[tokio::test]
async fn this_computer_is_limited_in_real_use_and_not_in_a_demonstration() {
    let demonstration = service(Purpose::Demonstration);
    for _ in 0..5 {
        assert_eq!(status_from(&demonstration, "127.0.0.1").await, 200);
        assert_eq!(status_from(&demonstration, "[::1]").await, 200);
    }
    for (purpose, peer) in [(Purpose::RealUse, "127.0.0.1"), (Purpose::Demonstration, "192.0.2.1")] {
        let service = service(purpose);
        for expected in [200, 200, 429] {
            assert_eq!(status_from(&service, peer).await, expected, "{peer}");
        }
    }
}

#[tokio::test]
async fn a_request_over_no_network_is_not_limited() {
    let service = service(Purpose::RealUse);
    for _ in 0..5 {
        let request = Request::post("/limited/1").body(Body::empty()).unwrap();
        assert_eq!(send(&service, request).await.status(), StatusCode::OK);
    }
}

#[test]
fn a_network_of_ipv6_counts_as_one_address() {
    let of = |address: &str| network(address.parse().unwrap());
    assert_eq!(of("2001:db8:1:2::1"), of("2001:db8:1:2:ffff::7"));
    assert_ne!(of("2001:db8:1:2::1"), of("2001:db8:1:3::1"));
    assert_ne!(of("192.0.2.1"), of("192.0.2.2"));
}

#[test]
fn however_many_addresses_ask_the_memory_has_a_bound() {
    let limits = Limits::with([two_an_hour()], TrustedProxies::default(), Purpose::RealUse);
    let (_, counts) = &limits.routes[0];
    for number in 0..200_000_u32 {
        let place = limits.place(std::net::Ipv4Addr::from_bits(number).into());
        let _ = counts.check_key(&place);
    }
    assert!(counts.len() <= 1 << 16, "{}", counts.len());
}

#[test]
fn each_rate_is_of_a_route_that_exists() {
    let document = serde_json::to_value(crate::http::document()).unwrap();
    for rate in &RATES {
        let method = rate.method.as_str().to_ascii_lowercase();
        assert!(document["paths"][rate.path][&method].is_object(), "{method} {}", rate.path);
    }
}

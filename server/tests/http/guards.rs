//! What holds for every request, whatever the resource.

use crate::{
    request::{answer, bare, request},
    stage::{CUSTOMER, Stage},
};
use protocol::Problem;
use serde_json::{Value, json};

#[tokio::test]
async fn a_change_without_our_header_or_from_another_origin_is_refused() {
    let stage = Stage::new().await;
    let body = || json!({"email": CUSTOMER}).to_string();
    let path = "/api/sign-in-links";
    let json_only = || bare("POST", path).header("content-type", "application/json");
    for refused in [
        json_only(),
        json_only().header("x-signet", "0"),
        request("POST", path).header("origin", "https://evil.example"),
        request("POST", path).header("origin", "null"),
        request("POST", path).header("origin", "http://localhost:8081"),
    ] {
        assert_eq!(answer(&stage, refused, body()).await.slug(403), "cross-site");
    }
    assert_eq!(stage.count("SELECT COUNT(*) FROM outbox").await, 0);
    let ours = request("POST", path).header("origin", "http://localhost:8080");
    assert_eq!(answer(&stage, ours, body()).await.status, 202);
}

#[tokio::test]
async fn a_form_of_another_site_is_refused_by_its_type() {
    let stage = Stage::new().await;
    let form =
        bare("POST", "/api/sign-in-links").header("x-signet", "1").header("content-type", "text/plain");
    let refused = answer(&stage, form, json!({"email": CUSTOMER}).to_string()).await;
    assert_eq!(refused.slug(415), "not-json");
}

#[tokio::test]
async fn bodies_that_are_not_as_described_are_problems_that_say_so() {
    let stage = Stage::new().await;
    for (body, status, slug) in [
        ("{".to_owned(), 400, "malformed-json"),
        ("{}".to_owned(), 422, "invalid-body"),
        (json!({"email": CUSTOMER, "role": "validation-specialist"}).to_string(), 422, "invalid-body"),
        (format!("\"{}\"", "x".repeat(65 * 1024)), 413, "too-large"),
    ] {
        let answered = answer(&stage, request("POST", "/api/sign-in-links"), body.clone()).await;
        assert_eq!(answered.slug(status), slug, "{}", body.chars().take(40).collect::<String>());
        assert_eq!(answered.header("content-type"), "application/problem+json");
    }
}

#[tokio::test]
async fn every_error_under_api_is_a_problem() {
    let stage = Stage::new().await;
    for (request, status) in [
        (bare("GET", "/api/nothing"), 404),
        (bare("GET", "/api"), 404),
        (request("PATCH", "/api/session"), 405),
        (bare("GET", "/api/sign-in-links"), 405),
        (bare("GET", "/api/orders"), 401),
        (bare("GET", "/api/orders/%ff"), 401),
    ] {
        let answered = answer(&stage, request, "").await;
        assert_eq!(answered.header("content-type"), "application/problem+json");
        let problem: Problem = answered.expect(status);
        assert_eq!(problem.status, status);
        assert!(problem.kind.starts_with("/problems/"), "{}", problem.kind);
    }
}

#[tokio::test]
async fn every_answer_tells_browsers_what_they_must_not_do() {
    let stage = Stage::new().await;
    for path in
        ["/", "/orders/1", "/boot.js", "/api/session", "/api/nothing", "/api/openapi.json", "/pki/root.cer"]
    {
        let answered = answer(&stage, bare("GET", path), "").await;
        let policy = answered.header("content-security-policy");
        for directive in [
            "default-src 'none'",
            "script-src 'self' 'wasm-unsafe-eval'",
            "connect-src 'self' http://127.0.0.1:28461 http://127.0.0.1:28462;",
            "frame-ancestors 'none'",
            "base-uri 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types default",
        ] {
            assert!(policy.contains(directive), "{path}: {directive} is missing in {policy}");
        }
        assert!(answered.header("permissions-policy").contains("loopback-network=(self)"));
        assert!(!policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"), "{policy}");
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "no-referrer"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
        ] {
            assert_eq!(answered.header(name), value, "{path}: {name}");
        }
    }
    assert_eq!(answer(&stage, bare("GET", "/api/session"), "").await.header("cache-control"), "no-store");
}

#[tokio::test]
async fn the_description_names_every_route_that_the_server_has() {
    let stage = Stage::new().await;
    let document: Value = answer(&stage, bare("GET", "/api/openapi.json"), "").await.expect(200);
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
    let mut routes: Vec<String> = document["paths"]
        .as_object()
        .unwrap()
        .iter()
        .flat_map(|(path, methods)| {
            methods.as_object().unwrap().keys().map(move |method| format!("{} {path}", method.to_uppercase()))
        })
        .collect();
    routes.sort();
    let mut expected: Vec<String> =
        crate::access::ROUTES.iter().map(|route| format!("{} {}", route.method, route.template)).collect();
    expected.sort();
    assert_eq!(routes, expected, "a route is missing in the description, or in the table of who may use it");
}

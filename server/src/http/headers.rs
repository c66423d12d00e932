//! Headers of every response that tell browsers what they must not do.

use crate::state::AppState;
use axum::{
    extract::{Request, State},
    http::{HeaderName, HeaderValue, header},
    middleware::Next,
    response::Response,
};
use protocol::CARD_BRIDGE_PORTS;
use std::sync::LazyLock;

/// Nothing but our own files, and the card bridge on the person's computer; WebAssembly, but no `eval`; the page, and the
/// page only, decides which worker starts.
static CONTENT_SECURITY_POLICY: LazyLock<HeaderValue> = LazyLock::new(|| {
    let bridge: String = CARD_BRIDGE_PORTS.map(|port| format!(" http://127.0.0.1:{port}")).concat();
    let policy = format!(
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; \
        style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'{bridge}; worker-src 'self'; \
        base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'; \
        require-trusted-types-for 'script'; trusted-types default"
    );
    HeaderValue::from_maybe_shared(policy).expect("the policy is ASCII")
});

/// Features that no page of ours uses; the card bridge is asked by our pages alone.
const PERMISSIONS_POLICY: &str = "camera=(), display-capture=(), geolocation=(), loopback-network=(self), \
    microphone=(), payment=(), usb=()";

/// Two years (RFC 6797 §6.1.1). Our choice: what preload lists ask for.
const STRICT_TRANSPORT_SECURITY: &str = "max-age=63072000; includeSubDomains";

const FIXED: [(HeaderName, &str); 6] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (HeaderName::from_static("permissions-policy"), PERMISSIONS_POLICY),
];

/// Adds them. A resource that is stricter, or knows how long it may be kept, says so itself and is not overruled.
pub(super) async fn add(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in FIXED {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if state.settings().public_url.starts_with("https:") {
        headers
            .insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static(STRICT_TRANSPORT_SECURITY));
    }
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert_with(|| CONTENT_SECURITY_POLICY.clone());
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

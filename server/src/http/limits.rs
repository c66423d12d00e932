//! How often one address of the network may ask for what costs something: a guard against floods, in the memory of each
//! server. The limits that rules ask for are in the database.

mod client;

use super::problem::{ApiError, in_words};
use crate::{
    settings::{Settings, TrustedProxies},
    storage::installation::Purpose,
};
use axum::{
    extract::{ConnectInfo, MatchedPath, Request, State},
    http::{Method, StatusCode},
    middleware::Next,
    response::{IntoResponse, Response},
};
use governor::{DefaultKeyedRateLimiter, Quota, clock::Clock};
use std::{
    hash::{BuildHasher, RandomState},
    net::{IpAddr, Ipv6Addr, SocketAddr},
    num::NonZeroU32,
    sync::{Arc, Once},
    time::Duration,
};

/// A route, and how often one address may use it: so often at once, and once more after each interval.
struct Rate {
    method: Method,
    path: &'static str,
    burst: NonZeroU32,
    interval: Duration,
}

const fn rate(method: Method, path: &'static str, burst: u32, interval: Duration) -> Rate {
    Rate { method, path, burst: NonZeroU32::new(burst).expect("a burst is not zero"), interval }
}

/// Our choice: an office behind one address works with these, and a flood does not.
const RATES: [Rate; 8] = [
    rate(Method::POST, "/api/sign-in-links", 20, Duration::from_secs(15)),
    rate(Method::POST, "/api/session", 20, Duration::from_secs(5)),
    rate(Method::POST, "/api/orders/{id}/documents", 60, Duration::from_secs(3)),
    rate(Method::GET, "/api/register", 30, Duration::from_secs(2)),
    rate(Method::POST, "/api/mailbox-challenges/inspect", 60, Duration::from_secs(1)),
    rate(Method::POST, "/api/mailbox-challenges/confirm", 60, Duration::from_secs(1)),
    rate(Method::POST, "/api/orders/{id}/activation", 60, Duration::from_secs(1)),
    rate(Method::POST, "/api/card-jobs/claim", 30, Duration::from_secs(2)),
];

/// Addresses are counted in so many places, chosen by a hash that nobody outside can compute: memory has a bound, whoever
/// asks. Two addresses in one place share what is allowed. Our choice: at most 2 MB for each rate.
const PLACES: u64 = 1 << 16;

/// The counts of one server.
pub(super) struct Limits {
    routes: Vec<(Rate, DefaultKeyedRateLimiter<u64>)>,
    hasher: RandomState,
    proxies: TrustedProxies,
    purpose: Purpose,
    warned: Once,
}

impl Limits {
    pub(super) fn new(settings: &Settings) -> Self {
        Self::with(RATES, settings.trusted_proxies.clone(), settings.purpose)
    }

    fn with(rates: impl IntoIterator<Item = Rate>, proxies: TrustedProxies, purpose: Purpose) -> Self {
        let counted = |rate: Rate| {
            let quota = Quota::with_period(rate.interval).expect("an interval is not zero");
            let counts = DefaultKeyedRateLimiter::hashmap(quota.allow_burst(rate.burst));
            (rate, counts)
        };
        Self {
            routes: rates.into_iter().map(counted).collect(),
            hasher: RandomState::new(),
            proxies,
            purpose,
            warned: Once::new(),
        }
    }

    /// How long the client has to wait; `None` when it may ask now. A request that came over no network is never counted.
    fn wait(&self, request: &Request) -> Option<Duration> {
        let path = request.extensions().get::<MatchedPath>()?.as_str();
        let (_, counts) =
            self.routes.iter().find(|(rate, _)| rate.path == path && rate.method == *request.method())?;
        let ConnectInfo(peer) = request.extensions().get::<ConnectInfo<SocketAddr>>()?;
        let client = self.client(peer.ip(), request);
        // A demonstration is tried, and tested, on the computer that it runs on.
        if self.purpose == Purpose::Demonstration && client.is_loopback() {
            return None;
        }
        let refused = counts.check_key(&self.place(client)).err()?;
        Some(refused.wait_time_from(counts.clock().now()))
    }

    fn place(&self, client: IpAddr) -> u64 {
        self.hasher.hash_one(network(client)) % PLACES
    }

    fn client(&self, peer: IpAddr, request: &Request) -> IpAddr {
        let headers = request.headers();
        if headers.contains_key(client::X_FORWARDED_FOR) && !self.proxies.contains(peer) {
            self.warned.call_once(|| {
                tracing::warn!(%peer, "a request names its client, but its sender is no trusted proxy: \
                    if it is a proxy of yours, name it with --trusted-proxies");
            });
        }
        client::address(peer, headers, &self.proxies)
    }
}

/// Whoever has an IPv6 address has the /64 around it (RFC 6177 §2).
fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(address) => address.into(),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
        }
    }
}

/// Lets a request pass, or answers how long its client has to wait.
pub(super) async fn guard(State(limits): State<Arc<Limits>>, request: Request, next: Next) -> Response {
    match limits.wait(&request) {
        None => next.run(request).await,
        Some(wait) => too_many(wait).into_response(),
    }
}

fn too_many(wait: Duration) -> ApiError {
    let wait = Duration::from_secs(wait.as_secs().saturating_add(1));
    ApiError::new(
        StatusCode::TOO_MANY_REQUESTS,
        "too-many-requests",
        "Too many requests came from your network.",
    )
    .detail(format!("Nothing was changed. You can try again in {}.", in_words(wait)))
    .retry_after(wait)
}

#[cfg(test)]
mod tests;

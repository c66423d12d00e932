//! Bounds of connections, each test with bounds of its own and an answer that needs no database.

use crate::client::{PATIENCE, ask, connect_and_send, read_to_end};
use axum::{Router, body::Bytes, routing::get};
use server::http::connections::{self, Bounds};
use std::{future::pending, net::SocketAddr, sync::Arc, time::Duration};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
    sync::Notify,
    time::{Instant, timeout},
};

/// Bounds that no test here meets.
const WIDE: Bounds = Bounds { connections: 100, head: PATIENCE, lifetime: PATIENCE, last_answer: PATIENCE };

const SHORT: Duration = Duration::from_millis(400);

/// More than the buffers of both ends hold.
const LARGE_BYTES: usize = 64 * 1024 * 1024;

async fn listen() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    (listener, address)
}

fn router() -> Router {
    let large = Bytes::from(vec![0; LARGE_BYTES]);
    Router::new().route("/", get(async || "answered")).route("/large", get(async || large))
}

/// The address of a server with these bounds, which lives as long as the test.
async fn start(bounds: Bounds) -> SocketAddr {
    let (listener, address) = listen().await;
    tokio::spawn(connections::serve(listener, router(), bounds, pending()));
    address
}

async fn assert_answered(address: SocketAddr) {
    assert_eq!(ask(address, "GET / HTTP/1.1", "").await.status(), 200);
}

#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "measures how long a connection lasts")]
async fn a_head_that_does_not_come_is_cut_while_others_are_answered() {
    let address = start(Bounds { head: SHORT, ..WIDE }).await;
    for half in ["", "GET / HT", "GET / HTTP/1.1\r\nHost: localh"] {
        let begun = Instant::now();
        let slow = connect_and_send(address, half).await;
        assert_answered(address).await;
        let answer = read_to_end(slow).await;
        assert!(!answer.contains("answered"), "{answer}");
        assert!(begun.elapsed() >= SHORT, "{half:?} was cut too early");
    }
}

#[tokio::test]
async fn a_connection_that_is_idle_after_an_answer_is_cut() {
    let address = start(Bounds { head: SHORT, ..WIDE }).await;
    let idle = connect_and_send(address, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n").await;
    assert!(read_to_end(idle).await.ends_with("answered"));
}

#[tokio::test]
async fn many_idle_connections_keep_a_new_one_out_no_longer_than_a_head_may_take() {
    let address = start(Bounds { connections: 4, head: SHORT, ..WIDE }).await;
    let mut idle = Vec::new();
    for _ in 0..8 {
        idle.push(connect_and_send(address, "GET").await);
    }
    assert_answered(address).await;
}

#[tokio::test]
async fn no_more_connections_than_the_bound_are_served_at_once() {
    let address = start(Bounds { connections: 2, ..WIDE }).await;
    let (first, _second) = (connect_and_send(address, "").await, connect_and_send(address, "").await);
    let third = tokio::spawn(assert_answered(address));
    tokio::time::sleep(SHORT).await;
    assert!(!third.is_finished());
    drop(first);
    timeout(PATIENCE, third).await.unwrap().unwrap();
}

#[tokio::test]
async fn an_answer_that_nobody_reads_does_not_hold_its_place() {
    let address = start(Bounds { connections: 1, lifetime: SHORT, last_answer: SHORT, ..WIDE }).await;
    let unread = connect_and_send(address, "GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n").await;
    assert_answered(address).await;
    assert!(read_to_end(unread).await.len() < LARGE_BYTES);
}

#[tokio::test]
async fn a_head_that_is_too_large_is_refused() {
    let address = start(WIDE).await;
    let head = |bytes: usize| format!("GET / HTTP/1.1\r\nX-Filler: {}", "a".repeat(bytes));
    assert_eq!(ask(address, &head(30_000), "").await.status(), 200);
    let mut stream = connect_and_send(address, "").await;
    // The server may close while this is still sent.
    let _ = stream.write_all(format!("{}\r\n\r\n", head(300_000)).as_bytes()).await;
    let answer = read_to_end(stream).await;
    assert!(!answer.contains("answered"), "{answer}");
}

#[tokio::test]
async fn who_waits_for_an_answer_gets_it_after_the_signal_to_stop() {
    let (begun, answer, stop) = (Arc::new(Notify::new()), Arc::new(Notify::new()), Arc::new(Notify::new()));
    let [tell_begun, wait_for_answer, wait_for_stop] = [&begun, &answer, &stop].map(Arc::clone);
    let slow = async move || {
        tell_begun.notify_one();
        wait_for_answer.notified().await;
        "answered"
    };
    let (listener, address) = listen().await;
    let service = Router::new().route("/", get(slow));
    let server = tokio::spawn(connections::serve(listener, service, WIDE, async move {
        wait_for_stop.notified().await;
    }));
    let mut idle = connect_and_send(address, "").await;
    let request = connect_and_send(address, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n").await;
    begun.notified().await;
    stop.notify_one();
    assert_eq!(timeout(PATIENCE, idle.read(&mut [0; 8])).await.unwrap().unwrap(), 0);
    assert!(!server.is_finished());
    answer.notify_one();
    assert!(read_to_end(request).await.ends_with("answered"));
    timeout(PATIENCE, server).await.unwrap().unwrap();
}

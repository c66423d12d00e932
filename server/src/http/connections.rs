//! Connections: how many at once, and how long each may take. It does not know what is answered.

use super::REQUEST_TIMEOUT;
use axum::{
    Router,
    extract::{ConnectInfo, Request},
};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use std::{
    future::Future,
    io::{self, ErrorKind},
    net::SocketAddr,
    pin::pin,
    sync::Arc,
    time::Duration,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore, watch},
    time::{sleep, timeout},
};
use tower::ServiceExt;

/// Reading a head ends when so many bytes were read and it is still not whole. Our choice: what nginx allows (four times
/// 8 KiB), and as much again.
const MAXIMUM_HEAD_BYTES: usize = 64 * 1024;

/// How long to wait when the system gives no connection, because the process has too many files open. Our choice.
const ACCEPT_PAUSE: Duration = Duration::from_secs(1);

/// What connections may take.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// The most at once; others wait until one ends.
    pub connections: u16,
    /// How long until a request's head is there: from the beginning of the connection, or from the end of the answer before.
    pub head: Duration,
    /// How long until a connection takes no other request.
    pub lifetime: Duration,
    /// How long the answer under way may take after that, before it is cut.
    pub last_answer: Duration,
}

impl Default for Bounds {
    /// Our choice: half of the 1,024 files that systems usually let a process open, and times that no honest client needs.
    fn default() -> Self {
        Self {
            connections: 512,
            head: Duration::from_secs(15),
            lifetime: Duration::from_mins(5),
            last_answer: REQUEST_TIMEOUT,
        }
    }
}

/// Answers what comes to the listener until `stop` is ready, then ends each connection with the answer under way. Requests
/// carry the address of their peer as [`ConnectInfo`].
pub async fn serve(listener: TcpListener, router: Router, bounds: Bounds, stop: impl Future<Output = ()>) {
    let places = Arc::new(Semaphore::new(bounds.connections.into()));
    let (stopping, stopped) = watch::channel(());
    let accepting = async {
        loop {
            // An error would mean that the semaphore is closed, which nobody does.
            let Ok(place) = Arc::clone(&places).acquire_owned().await else { return };
            let (stream, peer) = accept(&listener).await;
            let connection = Connection { stream, peer, router: router.clone(), bounds };
            tokio::spawn(connection.run(stopped.clone(), place));
        }
    };
    tokio::select! {
        () = accepting => {}
        () = stop => {}
    }
    drop(listener);
    drop(stopping);
    // Every connection has ended when all places are free.
    let _all = places.acquire_many(bounds.connections.into()).await;
}

/// The next connection. One that was gone before it was accepted is no reason to wait; anything else is.
async fn accept(listener: &TcpListener) -> (TcpStream, SocketAddr) {
    loop {
        match listener.accept().await {
            Ok(accepted) => return accepted,
            Err(error) if is_of_the_client(&error) => {}
            Err(error) => {
                tracing::error!(%error, "no connection can be accepted");
                sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

fn is_of_the_client(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::ConnectionAborted | ErrorKind::ConnectionReset | ErrorKind::ConnectionRefused
    )
}

struct Connection {
    stream: TcpStream,
    peer: SocketAddr,
    router: Router,
    bounds: Bounds,
}

impl Connection {
    /// Answers its requests. The place is free when it has ended.
    async fn run(self, mut stopped: watch::Receiver<()>, _place: OwnedSemaphorePermit) {
        let Self { stream, peer, router, bounds } = self;
        let service = service_fn(move |mut request: Request<Incoming>| {
            request.extensions_mut().insert(ConnectInfo(peer));
            router.clone().oneshot(request)
        });
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(bounds.head)
            .max_buf_size(MAXIMUM_HEAD_BYTES)
            .serve_connection(TokioIo::new(stream), service);
        let mut connection = pin!(connection);
        tokio::select! {
            ended = connection.as_mut() => return report(ended),
            // An error: the sender, which never sends, is gone.
            _ = stopped.changed() => {}
            () = sleep(bounds.lifetime) => {}
        }
        connection.as_mut().graceful_shutdown();
        match timeout(bounds.last_answer, connection).await {
            Ok(ended) => report(ended),
            Err(_elapsed) => tracing::debug!("a connection was cut: its last answer took too long"),
        }
    }
}

/// A client that goes away, or sends what is no HTTP, is nothing that the people who run the server can change.
fn report(ended: hyper::Result<()>) {
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection ended early");
    }
}

//! Serves pages on loopback, and ends when nobody needs it.

use crate::{
    configuration::{Configuration, ConfigurationError},
    http::{self, Bridge},
    pairing::Pairings,
};
use protocol::CARD_BRIDGE_PORTS;
use std::{
    fs::{File, TryLockError},
    io,
    net::{Ipv4Addr, Ipv6Addr, SocketAddr},
    path::Path,
};
use tokio::net::TcpListener;

/// Why it does not serve.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServeError {
    /// This person's bridge runs already.
    #[error("the card bridge is running already")]
    Running,
    /// Other programs, or other people, have all ports.
    #[error("the ports {} are taken by other programs or people of this computer", ports())]
    PortsTaken,
    /// There is no place to keep pairings.
    #[error(transparent)]
    Configuration(#[from] ConfigurationError),
    /// The state folder cannot be written, or a connection cannot be taken.
    #[error("the card bridge cannot run")]
    Io(#[from] io::Error),
}

fn ports() -> String {
    CARD_BRIDGE_PORTS.map(|port| port.to_string()).join(" and ")
}

/// Serves until it is idle, or until the process is asked to end.
///
/// # Errors
/// When another one runs, no port is free, or nothing can be kept.
pub async fn serve(configuration: Configuration) -> Result<(), ServeError> {
    let state = configuration.state_folder()?;
    let _only_one = lock(&state)?;
    let (port, listeners) = bind().await?;
    let bridge = Bridge::new(configuration, Pairings::in_folder(&state), port);
    tracing::info!(port, "the card bridge listens on loopback");
    let mut servers = tokio::task::JoinSet::new();
    for listener in listeners {
        let service = http::router(bridge.clone()).into_make_service_with_connect_info::<SocketAddr>();
        servers.spawn(async { axum::serve(listener, service).await });
    }
    tokio::select! {
        ended = servers.join_next() => if let Some(Ok(ended)) = ended { ended? },
        () = bridge.until_idle() => tracing::info!("nobody needs the card bridge; it ends"),
        asked = tokio::signal::ctrl_c() => asked?,
    }
    Ok(())
}

/// Held as long as the bridge runs; the system lets go of it however the process ends.
fn lock(state: &Path) -> Result<File, ServeError> {
    std::fs::create_dir_all(state)?;
    let file = File::create(state.join("running"))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(ServeError::Running),
        Err(TryLockError::Error(error)) => Err(error.into()),
    }
}

/// The first port that is free on both loopback addresses; a computer without IPv6 has one.
async fn bind() -> Result<(u16, Vec<TcpListener>), ServeError> {
    for port in CARD_BRIDGE_PORTS {
        let Ok(first) = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await else { continue };
        match TcpListener::bind((Ipv6Addr::LOCALHOST, port)).await {
            Ok(second) => return Ok((port, vec![first, second])),
            Err(error) if error.kind() == io::ErrorKind::AddrInUse => {}
            Err(_) => return Ok((port, vec![first])),
        }
    }
    Err(ServeError::PortsTaken)
}

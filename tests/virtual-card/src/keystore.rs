//! Where the card keeps its keys: trussed, with files for a flash memory and the system's random numbers.
//!
//! Trussed brings such a platform for tests, whose random numbers are the same in each run: cards with the same keys.

use std::{fs, path::Path};

use anyhow::{Context, anyhow};
use rand_core::OsRng;
use trussed::{
    ClientImplementation,
    pipe::TrussedChannel,
    platform::Platform,
    virt::{Runner, StorageConfig, Store, StoreConfig, Syscall, UserInterface},
};

use crate::backends::{self, Backends};

/// What the application on the card asks for its keys.
pub type Client<'a> = ClientImplementation<'a, Syscall, Backends>;

struct Hardware<'a> {
    random: OsRng,
    store: Store<'a>,
    user_interface: UserInterface,
}

impl<'a> Platform for Hardware<'a> {
    type R = OsRng;
    type S = Store<'a>;
    type UI = UserInterface;

    fn rng(&mut self) -> &mut OsRng {
        &mut self.random
    }

    fn store(&self) -> Store<'a> {
        self.store
    }

    fn user_interface(&mut self) -> &mut UserInterface {
        &mut self.user_interface
    }
}

/// Runs the application with what is kept in this folder, which is made when it is not there.
///
/// # Errors
/// When the folder cannot be made, or the application fails.
pub fn with_client<T>(
    folder: &Path,
    application: impl FnOnce(Client<'_>) -> anyhow::Result<T>,
) -> anyhow::Result<T> {
    fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let mut store = StoreConfig {
        internal: StorageConfig::filesystem(folder.join("internal")),
        external: StorageConfig::filesystem(folder.join("external")),
        volatile: StorageConfig::ram(),
    };
    store.with_store(|store| {
        let channel = TrussedChannel::new();
        let (requester, responder) = channel.split().ok_or_else(|| anyhow!("a channel has two ends"))?;
        let mut runner = Runner::new();
        runner.add_endpoint(responder, "opcard", backends::ORDER);
        let client = Client::new(requester, runner.syscall(), None);
        let hardware = Hardware { random: OsRng, store, user_interface: UserInterface::new() };
        runner.run(hardware, Backends::default(), || application(client))
    })
}

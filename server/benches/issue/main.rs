//! Certificates per second of the whole server, over HTTP, with all that it does to lose none: `cargo xtask bench issue`.
//!
//! The server is a process with a fresh data folder. Orders and requests are made before the clock starts, so that an
//! activation is all that is measured. Runs with 1, 16 and 64 clients and samples of what the machine itself can do take
//! turns, so that whatever else the machine does hits all of them alike. The clients run on the same machine.
#![expect(clippy::print_stdout, reason = "a measurement is printed")]
#![expect(clippy::disallowed_methods, reason = "it is time that is measured")]

mod client;
mod database;
mod machine;
mod order;
mod process;
mod table;

use anyhow::{Context, Result};
use clap::Parser;
use client::Person;
use database::Database;
use machine::{Machine, Samples};
use order::Activation;
use process::{Busy, Cpu, Signet};
use std::{
    path::Path,
    time::{Duration, Instant},
};
use tokio::{sync::Mutex, task::JoinSet};

/// How many customers activate at the same time.
const CLIENTS: [usize; 3] = [1, 16, 64];
/// How often the turns are taken. Our choice: enough to show how far they differ.
const ROUNDS: usize = 3;

#[derive(Parser)]
struct Arguments {
    /// Certificates to issue; of 9 runs each needs 64 of them
    #[arg(long, default_value_t = 1200, value_parser = clap::value_parser!(u32).range(576..))]
    orders: u32,
    /// PostgreSQL server on which databases can be made, to measure it too
    #[arg(long, env = "SIGNET_TEST_POSTGRES", hide_env_values = true, value_name = "URL")]
    database: Option<String>,
    /// What `cargo bench` passes to every benchmark
    #[arg(long, hide = true)]
    bench: bool,
}

/// All runs with one number of clients.
struct Runs {
    clients: usize,
    /// Certificates per second of each run.
    rates: Vec<f64>,
    latencies: Vec<Duration>,
    elapsed: Duration,
    /// Of the server, until it was idle again.
    server: Cpu,
    /// Of the clients, in this process.
    own: Duration,
    /// Of every other process of the machine, while the clock ran.
    others: Duration,
}

#[tokio::main]
async fn main() -> Result<()> {
    let Arguments { orders, database, bench: _ } = Arguments::parse();
    let orders = usize::try_from(orders)?;
    // Not the system's folder for temporary files, which may be in memory.
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).context("no folder for the data")?;
    let machine = Machine::new(&folder.path().join("limit"))?;
    measure("SQLite", &machine, &folder.path().join("sqlite"), None, orders).await?;
    if let Some(server) = database {
        let database = Database::create(&server)?;
        measure("PostgreSQL", &machine, &folder.path().join("postgresql"), Some(&database), orders).await?;
    }
    Ok(())
}

async fn measure(
    name: &str,
    machine: &Machine,
    folder: &Path,
    database: Option<&Database>,
    orders: usize,
) -> Result<()> {
    let signet = Signet::start(folder, database)?;
    let preparing = Instant::now();
    let mut prepared = order::prepare(&Person::visitor(signet.origin())?, orders).await?;
    let seconds = preparing.elapsed().as_secs_f64();
    println!("\n{name}: {orders} orders prepared in {seconds:.1} s, and now activated");
    signet.settle().await?;

    let mut limits = Vec::new();
    let mut all = CLIENTS.map(Runs::none);
    for _ in 0..ROUNDS {
        limits.push(machine.sample()?);
        for runs in &mut all {
            let rest = prepared.len().saturating_sub(orders / (ROUNDS * CLIENTS.len()));
            runs.add(&signet, prepared.split_off(rest)).await?;
        }
    }
    table::print(&all, &Samples::of(&limits));
    Ok(())
}

impl Runs {
    fn none(clients: usize) -> Self {
        Self {
            clients,
            rates: Vec::new(),
            latencies: Vec::new(),
            elapsed: Duration::ZERO,
            server: Cpu::default(),
            own: Duration::ZERO,
            others: Duration::ZERO,
        }
    }

    /// Activates these orders.
    async fn add(&mut self, signet: &Signet, activations: Vec<Activation>) -> Result<()> {
        let count = f64::from(u32::try_from(activations.len())?);
        let before = Busy::now(signet)?;
        let started = Instant::now();
        let latencies = concurrently(self.clients, activations.into_iter().map(Activation::send)).await?;
        let elapsed = started.elapsed();
        let answered = Busy::now(signet)?;
        // What the server still does for these certificates, such as their mail, is theirs as well.
        signet.settle().await?;
        self.server += signet.cpu()? - before.server;
        self.own += answered.own.saturating_sub(before.own);
        self.others += answered.others().saturating_sub(before.others());
        self.rates.push(count / elapsed.as_secs_f64());
        self.latencies.extend(latencies);
        self.elapsed += elapsed;
        Ok(())
    }
}

/// Awaits all of them, this many at a time, and gives what came of them, in any order.
async fn concurrently<T, F>(clients: usize, tasks: impl IntoIterator<Item = F>) -> Result<Vec<T>>
where
    T: Send + 'static,
    F: Future<Output = Result<T>> + Send + 'static,
{
    let queue = std::sync::Arc::new(Mutex::new(tasks.into_iter().collect::<Vec<_>>().into_iter()));
    let mut workers = JoinSet::new();
    for _ in 0..clients {
        let queue = std::sync::Arc::clone(&queue);
        workers.spawn(async move {
            let mut done = Vec::new();
            loop {
                let next = queue.lock().await.next();
                let Some(task) = next else { break anyhow::Ok(done) };
                done.push(task.await?);
            }
        });
    }
    let mut all = Vec::new();
    while let Some(done) = workers.join_next().await {
        all.extend(done??);
    }
    Ok(all)
}

//! The measurement as Markdown.

use crate::{
    Runs,
    machine::{Limit, Samples},
};
use std::{thread, time::Duration};

/// What a certificate is stored in before it is answered: its reservation, and itself.
const COMMITS: u32 = 2;

/// Prints how fast certificates come, where the time of the server goes, and what the machine can do.
pub(crate) fn print(all: &[Runs], limits: &Samples) {
    print_rates(all, limits);
    print_parts(all, limits);
    print_limits(limits);
}

fn print_rates(all: &[Runs], limits: &Samples) {
    let cores = cores();
    println!(
        "\nCPU in ms a certificate; others: cores that all other processes used meanwhile, of {cores}\n\n\
         | clients | certificates/s (least to most) | of 1 client | of RSA 4096, two cores | p50, ms | p99, ms | max, ms | server CPU | clients' CPU | others |\n\
         |--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|"
    );
    let single = all.first().map_or(f64::NAN, Runs::rate);
    for runs in all {
        let (clients, rate, [least, most]) = (runs.clients, runs.rate(), runs.range());
        let [of_single, of_rsa] = [rate / single, rate / limits.rsa_4096[1].per_second];
        let [p50, p99, max] = [0.5, 0.99, 1.0].map(|share| milliseconds(percentile(&runs.latencies, share)));
        let [server, own] = [runs.server.whole, runs.own].map(|cpu| milliseconds(cpu) / runs.count());
        let others = runs.others.as_secs_f64() / runs.elapsed.as_secs_f64();
        println!(
            "| {clients} | {rate:.0} ({least:.0} to {most:.0}) | {of_single:.2} | {of_rsa:.2} | {p50:.1} | {p99:.1} | {max:.0} \
             | {server:.2} | {own:.2} | {others:.2} |"
        );
    }
}

fn print_parts(all: &[Runs], limits: &Samples) {
    println!("\n| the server's CPU, all runs | ms a certificate | share |\n|---|--:|--:|");
    let count: f64 = all.iter().map(Runs::count).sum();
    let whole = all.iter().map(|runs| milliseconds(runs.server.whole)).sum::<f64>() / count;
    let storage = all.iter().map(|runs| milliseconds(runs.server.storage)).sum::<f64>() / count;
    let signature = milliseconds(limits.rsa_4096[0].cpu);
    let request = milliseconds(limits.request.cpu);
    for (part, time) in [
        ("RSA 4096 signature, measured alone", signature),
        ("verdict on the request, measured alone", request),
        ("threads of SQLite", storage),
        (
            "the rest: HTTP, JSON, profile, lint, asking for storage, mail",
            whole - signature - request - storage,
        ),
        ("whole", whole),
    ] {
        println!("| {part} | {time:.2} | {:.0} % |", time / whole * 100.0);
    }
    println!(
        "\nThe CPU alone would allow {:.0} certificates a second, if the server had {} cores to itself. Without CPU, \
         {COMMITS} commits before the answer wait for the disk, {:.2} ms in the best tenth.",
        f64::from(cores()) * 1000.0 / whole,
        cores(),
        milliseconds(limits.write.time * COMMITS)
    );
}

fn print_limits(limits: &Samples) {
    println!(
        "\n| the machine's limits, in the same minutes | per second | CPU ms each | best tenth, ms |\n|---|--:|--:|--:|"
    );
    for (name, Limit { per_second, cpu, time }) in [
        ("RSA 4096 signature, one core", limits.rsa_4096[0]),
        ("RSA 4096 signature, two cores", limits.rsa_4096[1]),
        ("P-256 signature, one core", limits.p256[0]),
        ("P-256 signature, two cores", limits.p256[1]),
        ("verdict on a request, P-256, one core", limits.request),
        ("4 KiB and fdatasync, one after the other", limits.write),
    ] {
        let [cpu, time] = [cpu, time].map(milliseconds);
        println!("| {name} | {per_second:.0} | {cpu:.3} | {time:.3} |");
    }
}

fn cores() -> u32 {
    thread::available_parallelism().ok().and_then(|cores| cores.get().try_into().ok()).unwrap_or(1)
}

impl Runs {
    fn count(&self) -> f64 {
        u32::try_from(self.latencies.len()).map_or(f64::NAN, f64::from)
    }

    /// Certificates per second over all runs.
    fn rate(&self) -> f64 {
        self.count() / self.elapsed.as_secs_f64()
    }

    fn range(&self) -> [f64; 2] {
        [self.rates.iter().copied().fold(f64::NAN, f64::min), self.rates.iter().copied().fold(0.0, f64::max)]
    }
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

/// The smallest sample that this share of all samples does not exceed.
#[expect(
    clippy::as_conversions,
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a share of some hundred samples"
)]
fn percentile(samples: &[Duration], share: f64) -> Duration {
    let mut sorted = samples.to_vec();
    sorted.sort_unstable();
    let rank = (share * sorted.len() as f64).ceil() as usize;
    sorted.get(rank.saturating_sub(1)).copied().unwrap_or_default()
}

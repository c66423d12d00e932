//! What the machine can do without a server: signatures, verifications, and writes that last.

use crate::order;
use anyhow::{Context, Result, anyhow};
use aws_lc_rs::{
    rand::SystemRandom,
    rsa::{KeyPair, KeySize},
    signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, RSA_PKCS1_SHA256},
};
use std::{
    fs::{self, File},
    io::{Seek, SeekFrom, Write},
    path::Path,
    sync::atomic::{AtomicU64, Ordering},
    thread,
    time::{Duration, Instant},
};

/// As long as the part of a certificate that is signed, about.
const MESSAGE: [u8; 1024] = [7; 1024];
/// What SQLite and PostgreSQL write at least.
const PAGE: [u8; 4096] = [7; 4096];
/// Pages of the file that is written; it is there in full before, as a log is that was used before.
const PAGES: u64 = 1024;
/// How long a limit is sampled. Our choice.
const SAMPLE: Duration = Duration::from_millis(400);

/// Keys as the CA has or could have, a request, and a file where the database is.
pub(crate) struct Machine {
    rsa: KeyPair,
    p256: EcdsaKeyPair,
    request: String,
    file: File,
}

/// How often something was done, and what it took.
#[derive(Clone, Copy)]
pub(crate) struct Limit {
    pub(crate) per_second: f64,
    /// Of the thread that did it, each time.
    pub(crate) cpu: Duration,
    /// From beginning to end; one in ten was quicker. On a busy machine most of them wait for a processor.
    pub(crate) time: Duration,
}

/// Everything once, or the median of several samples.
#[derive(Clone, Copy)]
pub(crate) struct Samples {
    /// By the library of the CA, on one core and on two.
    pub(crate) rsa_4096: [Limit; 2],
    pub(crate) p256: [Limit; 2],
    /// The verdict on a request for a key on P-256, on one core.
    pub(crate) request: Limit,
    /// 4 KiB and fdatasync, one after the other.
    pub(crate) write: Limit,
}

impl Machine {
    /// Makes the keys, which takes some seconds, and the file.
    pub(crate) fn new(path: &Path) -> Result<Self> {
        fs::write(path, PAGE.repeat(usize::try_from(PAGES)?))?;
        let file = File::options().write(true).open(path)?;
        file.sync_all()?;
        Ok(Self {
            rsa: KeyPair::generate(KeySize::Rsa4096)?,
            p256: EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING)?,
            request: order::request_pem()?,
            file,
        })
    }

    /// Measures everything once; a few seconds.
    pub(crate) fn sample(&self) -> Result<Samples> {
        let rsa = || {
            let mut signature = vec![0; self.rsa.public_modulus_len()];
            self.rsa.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), &MESSAGE, &mut signature)?;
            Ok(())
        };
        let p256 = || self.p256.sign(&SystemRandom::new(), &MESSAGE).map(drop).map_err(Into::into);
        let request = || pki::request::examine(self.request.as_bytes()).map(drop).map_err(Into::into);
        let page = AtomicU64::new(0);
        let write = || {
            let mut file = &self.file;
            if page.fetch_add(1, Ordering::Relaxed).is_multiple_of(PAGES) {
                file.seek(SeekFrom::Start(0))?;
            }
            file.write_all(&PAGE)?;
            Ok(file.sync_data()?)
        };
        Ok(Samples {
            rsa_4096: [sample(1, rsa)?, sample(2, rsa)?],
            p256: [sample(1, p256)?, sample(2, p256)?],
            request: sample(1, request)?,
            write: sample(1, write)?,
        })
    }
}

impl Samples {
    /// The medians.
    pub(crate) fn of(all: &[Self]) -> Self {
        let median = |pick: fn(&Self) -> Limit| {
            let mut rates: Vec<f64> = all.iter().map(|samples| pick(samples).per_second).collect();
            rates.sort_by(f64::total_cmp);
            Limit {
                per_second: rates.get(rates.len() / 2).copied().unwrap_or(f64::NAN),
                cpu: quantile(all.iter().map(|samples| pick(samples).cpu).collect(), 2),
                time: quantile(all.iter().map(|samples| pick(samples).time).collect(), 2),
            }
        };
        Self {
            rsa_4096: [median(|all| all.rsa_4096[0]), median(|all| all.rsa_4096[1])],
            p256: [median(|all| all.p256[0]), median(|all| all.p256[1])],
            request: median(|all| all.request),
            write: median(|all| all.write),
        }
    }
}

/// Does it again and again in so many threads.
fn sample(threads: u32, work: impl Fn() -> Result<()> + Sync) -> Result<Limit> {
    let started = Instant::now();
    let one = || {
        let before = thread_cpu()?;
        let mut times = Vec::new();
        while started.elapsed() < SAMPLE {
            let began = Instant::now();
            work()?;
            times.push(began.elapsed());
        }
        anyhow::Ok((times, thread_cpu()?.saturating_sub(before)))
    };
    let done = thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(one)).collect();
        let done =
            workers.into_iter().map(|worker| worker.join().map_err(|_panic| anyhow!("a thread ended"))?);
        done.collect::<Result<Vec<_>>>()
    })?;
    let elapsed = started.elapsed().as_secs_f64();
    let cpu: Duration = done.iter().map(|(_, cpu)| cpu).sum();
    let times: Vec<Duration> = done.into_iter().flat_map(|(times, _)| times).collect();
    let count = u32::try_from(times.len())?;
    Ok(Limit {
        per_second: f64::from(count) / elapsed,
        cpu: cpu.checked_div(count).unwrap_or_default(),
        time: quantile(times, 10),
    })
}

/// The time than which one in `parts` is shorter.
fn quantile(mut times: Vec<Duration>, parts: usize) -> Duration {
    times.sort_unstable();
    times.get(times.len() / parts).copied().unwrap_or_default()
}

/// The CPU time of this thread so far, to the nanosecond.
fn thread_cpu() -> Result<Duration> {
    let statistics = fs::read_to_string("/proc/thread-self/schedstat")?;
    let nanoseconds = statistics.split_whitespace().next().context("nothing in schedstat")?;
    Ok(Duration::from_nanos(nanoseconds.parse()?))
}

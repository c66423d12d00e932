//! RSA keys by the thousand, from each kernel in a real browser: no prime twice, distributions as of random primes, and
//! OpenSSL finds nothing wrong with any.

use std::{
    collections::BTreeMap,
    io::Write,
    process::{Command, Stdio},
};

use anyhow::{Context, ensure};
use clap::Args;

use super::{today, write_results};
use crate::{command, test::in_browser, tools::Tools, workspace::Workspace};

/// The test that makes the keys, and the statistics of them: `wasm-crypto/src/prime_search/simd/statistics.rs`.
const TEST: &str = "keys_share_no_prime";
/// Tells the test, when it is compiled, how many.
const KEYS_VARIABLE: &str = "SIGNET_CAMPAIGN_KEYS";

/// What to run.
#[derive(Args, Debug)]
pub(crate) struct Arguments {
    /// How many keys, in hundreds: each hundred has all kernels and sizes
    #[arg(long, default_value_t = 2000, value_parser = clap::value_parser!(u32).range(100..))]
    keys: u32,
}

pub(super) fn execute(workspace: &Workspace, arguments: &Arguments) -> anyhow::Result<()> {
    let tools = Tools::ensure()?;
    let mut test = in_browser(workspace, &tools, &["wasm-crypto", "--lib", TEST, "--", "--nocapture"]);
    test.env(KEYS_VARIABLE, arguments.keys.to_string()).env("WASM_BINDGEN_TEST_TIMEOUT", "7200");
    let output = command::output(&mut test).context("the test of the keys failed")?;

    let mut counts: BTreeMap<(&str, &str), u32> = BTreeMap::new();
    for line in output.lines().filter_map(|line| line.trim_start().strip_prefix("key ")) {
        let mut words = line.splitn(3, ' ');
        let (Some(kernel), Some(bits), Some(pem)) = (words.next(), words.next(), words.next()) else {
            continue;
        };
        check(&pem.replace('|', "\n")).with_context(|| format!("a key of {bits} bits by {kernel}"))?;
        *counts.entry((kernel, bits)).or_default() += 1;
    }
    let sum: u32 = counts.values().sum();
    ensure!(sum == arguments.keys / 100 * 100, "{sum} keys came, {} were asked for", arguments.keys);
    let statistics = output
        .lines()
        .find_map(|line| line.trim_start().strip_prefix("statistics "))
        .context("the test told no statistics")?;
    write_results(workspace, "keys", &page(&counts, statistics)?)
}

/// `openssl rsa -check`: both primes are primes, and all numbers of the key fit together.
fn check(pem: &str) -> anyhow::Result<()> {
    let mut openssl = Command::new("openssl")
        .args(["rsa", "-check", "-noout"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .context("cannot start openssl")?;
    openssl.stdin.take().context("openssl takes no input")?.write_all(pem.as_bytes())?;
    let output = openssl.wait_with_output()?;
    ensure!(
        output.status.success() && output.stdout.starts_with(b"RSA key ok"),
        "OpenSSL says it is not right"
    );
    Ok(())
}

fn page(counts: &BTreeMap<(&str, &str), u32>, statistics: &str) -> anyhow::Result<String> {
    let rows: Vec<String> =
        counts.iter().map(|((kernel, bits), count)| format!("| {kernel} | {bits} | {count} |")).collect();
    Ok(format!(
        "# RSA keys by the thousand\n\n\
         `cargo xtask campaign keys`, {date}, in headless Chromium.\n\n\
         | kernel | bits | keys |\n|---|---|---|\n{rows}\n\n\
         - No prime was in two keys, and none twice in one.\n\
         - {statistics}, each over sixteen bins. One sample in a million of uniformly random primes has more than 56.5.\n\
         - `openssl rsa -check` ({openssl}) found each key right.\n",
        date = today()?,
        rows = rows.join("\n"),
        openssl = command::output(Command::new("openssl").arg("version")).context("openssl does not run")?,
    ))
}

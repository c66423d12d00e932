//! The table of a measurement, and its rows as JSON.

use anyhow::{Context, ensure};
use serde::{Deserialize, Serialize};

/// What the scripts write.
#[derive(Debug, Deserialize)]
struct Measured {
    versions: Versions,
    results: Vec<Contestant>,
}

#[derive(Debug, Deserialize)]
struct Versions {
    node: String,
    chromium: String,
}

/// The CPU milliseconds of one contestant in one task.
#[derive(Debug, Deserialize)]
struct Contestant {
    name: String,
    who: String,
    /// `node` or `chromium`.
    #[serde(rename = "where")]
    place: String,
    samples: Vec<f64>,
}

/// Ours beside one peer.
#[derive(Debug, Serialize)]
struct Row {
    name: String,
    peer: String,
    ours_ms: f64,
    peer_ms: f64,
    ratio: f64,
    n: usize,
}

/// Ours, with the kernel for engines without relaxed SIMD.
const FALLBACK: &str = "ours-simd128";
/// What the issue of a task is measured beside, where it is a time and no program: milliseconds in Chromium.
const AIMS: [(&str, f64); 5] = [
    ("verdict-rsa-2048", 1.0),
    ("verdict-p-256", 1.0),
    ("verdict-rsa-4096", 3.0),
    ("verdict-p-384", 3.0),
    ("pfx-modern", 150.0),
];
/// The peer of such a row.
const AIM: &str = "aim";

/// Prints all times and the ratios, and gives the rows as JSON.
///
/// # Errors
/// When the scripts wrote something else, or a task was measured without ours.
pub(super) fn print(samples: &str) -> anyhow::Result<String> {
    let Measured { versions, results } =
        serde_json::from_str(samples).context("the scripts wrote something else")?;
    println!("\nCPU milliseconds; Node {}, Chromium {}", versions.node, versions.chromium);
    println!("{:<26} {:<26} {:>9} {:>9} {:>9} {:>5}", "task", "contestant", "mean", "median", "p95", "n");
    for contestant in &results {
        let Contestant { name, who, place, samples } = contestant;
        let who = if is_ours(who) { format!("{who}, {place}") } else { who.clone() };
        let [mean, median, p95] = [mean(samples), percentile(samples, 0.5), percentile(samples, 0.95)];
        println!("{name:<26} {who:<26} {mean:>9.2} {median:>9.2} {p95:>9.2} {:>5}", samples.len());
    }
    let rows = rows(&results)?;
    println!("\n{:<26} {:<20} {:>9} {:>9} {:>7} {:>5}", "task", "peer", "ours", "peer", "ratio", "n");
    for Row { name, peer, ours_ms, peer_ms, ratio, n } in &rows {
        println!("{name:<26} {peer:<20} {ours_ms:>9.2} {peer_ms:>9.2} {ratio:>7.3} {n:>5}");
    }
    serde_json::to_string_pretty(&rows).context("the rows cannot be written")
}

fn is_ours(who: &str) -> bool {
    who == "ours" || who == FALLBACK
}

/// A row for each peer: ours in Chromium beside what Chromium does and the aims, ours in Node beside all others.
fn rows(results: &[Contestant]) -> anyhow::Result<Vec<Row>> {
    let find = |name: &str, who: &str, place: &str| {
        results
            .iter()
            .find(|found| found.name == name && found.who == who && found.place == place)
            .with_context(|| format!("{name} has no {who} in {place}"))
    };
    let mut rows = Vec::new();
    for peer in results.iter().filter(|contestant| !is_ours(&contestant.who)) {
        let ours = find(&peer.name, "ours", &peer.place)?;
        rows.push(row(&peer.name, &peer.who, ours, mean(&peer.samples), peer.samples.len())?);
    }
    for fallback in results.iter().filter(|contestant| contestant.who == FALLBACK) {
        let peer = find(&fallback.name, "openssl", "node")?;
        let name = format!("{}-simd128", fallback.name);
        rows.push(row(&name, &peer.who, fallback, mean(&peer.samples), peer.samples.len())?);
    }
    for (name, milliseconds) in AIMS {
        let ours = find(name, "ours", "chromium")?;
        rows.push(row(name, AIM, ours, milliseconds, ours.samples.len())?);
    }
    Ok(rows)
}

fn row(name: &str, peer: &str, ours: &Contestant, peer_ms: f64, peer_samples: usize) -> anyhow::Result<Row> {
    let n = ours.samples.len().min(peer_samples);
    ensure!(n > 0, "{name} was not measured");
    let ours_ms = mean(&ours.samples);
    let [ours_ms, peer_ms, ratio] = [ours_ms, peer_ms, ours_ms / peer_ms].map(thousandths);
    Ok(Row { name: name.to_owned(), peer: peer.to_owned(), ours_ms, peer_ms, ratio, n })
}

/// More digits would only say how much it varies.
fn thousandths(value: f64) -> f64 {
    (value * 1000.0).round() / 1000.0
}

#[expect(clippy::as_conversions, clippy::cast_precision_loss, reason = "a few hundred samples")]
fn mean(samples: &[f64]) -> f64 {
    samples.iter().sum::<f64>() / samples.len() as f64
}

/// The smallest sample that this share of all samples does not exceed.
#[expect(
    clippy::as_conversions,
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a share of a few hundred samples"
)]
fn percentile(samples: &[f64], share: f64) -> f64 {
    let mut sorted = samples.to_vec();
    sorted.sort_by(f64::total_cmp);
    let rank = (share * sorted.len() as f64).ceil() as usize;
    sorted.get(rank.saturating_sub(1)).copied().unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contestant(name: &str, who: &str, place: &str, samples: &[f64]) -> Contestant {
        Contestant { name: name.into(), who: who.into(), place: place.into(), samples: samples.into() }
    }

    #[test]
    fn a_percentile_is_a_sample_and_not_between_two() {
        let samples = [5.0, 1.0, 4.0, 2.0, 3.0];
        for (share, expected) in [(0.2, 1.0), (0.5, 3.0), (0.95, 5.0)] {
            let found = percentile(&samples, share);
            assert!((found - expected).abs() < f64::EPSILON, "{share}: {found}");
        }
    }

    #[test]
    fn each_peer_is_beside_ours_of_the_same_place() {
        let mut results = vec![
            contestant("rsa-2048", "ours", "node", &[10.0, 30.0]),
            contestant("rsa-2048", "ours", "chromium", &[40.0]),
            contestant("rsa-2048", "openssl", "node", &[100.0, 100.0, 100.0]),
            contestant("rsa-2048", "webcrypto-chromium", "chromium", &[80.0]),
            contestant("rsa-2048", FALLBACK, "node", &[50.0]),
        ];
        results.extend(AIMS.map(|(name, _)| contestant(name, "ours", "chromium", &[0.5])));
        let rows = rows(&results).unwrap();
        let ratio = |name: &str, peer: &str| {
            let row = rows.iter().find(|row| row.name == name && row.peer == peer).unwrap();
            (row.ratio, row.n)
        };
        assert_eq!(ratio("rsa-2048", "openssl"), (0.2, 2));
        assert_eq!(ratio("rsa-2048", "webcrypto-chromium"), (0.5, 1));
        assert_eq!(ratio("rsa-2048-simd128", "openssl"), (0.5, 1));
        assert_eq!(ratio("verdict-p-256", AIM), (0.5, 1));
    }
}

//! What many keys must have in common, and must not. A few in each test run; `cargo xtask campaign keys` makes thousands
//! and gives each to OpenSSL too.

use super::*;
use crate::{prime_search, rsa_primes::generate};
use getrandom::{SysRng, rand_core::UnwrapErr};
use pkcs8::{EncodePrivateKey, LineEnding};
use rsa::traits::PrivateKeyParts;
use std::collections::BTreeSet;
use wasm_bindgen_test::{console_log, wasm_bindgen_test};

/// Keys of 2048, 3072 and 4096 bits by each kernel for one in each hundred of a campaign.
const SHARES: [(Kernel, [u32; 3]); 3] =
    [(Kernel::RelaxedSimd, [40, 10, 5]), (Kernel::Simd128, [20, 4, 1]), (Kernel::Portable, [18, 1, 1])];

/// How many keys the campaign asks for; without one, a few.
const KEYS: Option<&str> = option_env!("SIGNET_CAMPAIGN_KEYS");

/// Bins of equal probability, and the chi-square that one in a million samples of a plausible distribution exceeds, with
/// so many bins less one degrees of freedom (Abramowitz and Stegun, Table 26.8).
#[derive(Clone, Copy)]
struct Bins {
    count: u32,
    chi_square_limit: f64,
}

const FEW_KEYS: Bins = Bins { count: 4, chi_square_limit: 30.7 };
const MANY_KEYS: Bins = Bins { count: 16, chi_square_limit: 56.5 };

#[derive(Default)]
struct Sample {
    primes: BTreeSet<Vec<u8>>,
    keys: usize,
    /// Where in its range each prime lies, from 0 to 1, by its first 32 bits.
    places: Vec<f64>,
    /// How far the primes of each key are from each other, as a probability, from 0 to 1.
    distances: Vec<f64>,
}

impl Sample {
    fn add(&mut self, primes: [&BoxedUint; 2]) {
        let places = primes.map(|prime| {
            let bytes = prime.to_be_bytes();
            let first = u32::from_be_bytes(*bytes.first_chunk().unwrap());
            // Between 3/4 and 1 of 2^32, as both highest bits are set.
            f64::from(first) / 2_f64.powi(30) - 3.0
        });
        // Two uniform places are at most d apart with probability 1 − (1 − d)².
        self.distances.push(1.0 - (1.0 - (places[0] - places[1]).abs()).powi(2));
        self.places.extend(places);
        self.keys += 1;
        for prime in primes {
            assert!(self.primes.insert(prime.to_be_bytes().to_vec()), "two keys share a prime");
        }
    }
}

/// Pearson's chi-square of numbers that should be uniform between 0 and 1.
fn chi_square(numbers: &[f64], bins: Bins) -> f64 {
    let in_bin = |bin: u32| {
        let [from, to] = [bin, bin + 1].map(|edge| f64::from(edge) / f64::from(bins.count));
        numbers.iter().filter(|number| (from..to).contains(*number)).map(|_| 1.0).sum::<f64>()
    };
    let expected = numbers.iter().map(|_| 1.0).sum::<f64>() / f64::from(bins.count);
    (0..bins.count).map(|bin| (in_bin(bin) - expected).powi(2) / expected).sum()
}

#[wasm_bindgen_test]
fn keys_share_no_prime_and_are_distributed_as_random_ones() {
    let hundreds: Option<u32> = KEYS.map(|keys| keys.parse::<u32>().unwrap() / 100);
    let mut sample = Sample::default();
    for (kernel, counts) in SHARES {
        for (modulus_bits, count) in [2048, 3072, 4096].into_iter().zip(counts) {
            // Without a campaign: sixteen of the smallest.
            let count = match hundreds {
                Some(hundreds) => hundreds * count,
                None if modulus_bits == 2048 => count / 8 + 2,
                None => 0,
            };
            for _ in 0..count {
                let key = prime_search::with_search(kernel, |search| {
                    generate(modulus_bits, search, &mut UnwrapErr(SysRng), &mut |_| ())
                });
                let key = key.unwrap().unwrap();
                let [first, second] = key.primes() else { panic!("not two primes") };
                sample.add([first.as_ref(), second.as_ref()]);
                if hundreds.is_some() {
                    let pem = key.to_pkcs8_pem(LineEnding::LF).unwrap().replace('\n', "|");
                    console_log!("key {kernel} {modulus_bits} {pem}");
                }
            }
        }
    }
    let bins = if hundreds.is_some() { MANY_KEYS } else { FEW_KEYS };
    let (places, distances) = (chi_square(&sample.places, bins), chi_square(&sample.distances, bins));
    console_log!(
        "statistics {} keys, chi-square {places:.1} of top bits, {distances:.1} of p - q",
        sample.keys
    );
    assert!(places < bins.chi_square_limit, "{places}");
    assert!(distances < bins.chi_square_limit, "{distances}");
}

#[wasm_bindgen_test]
fn chi_square_tells_a_uniform_distribution_from_another() {
    let uniform: Vec<f64> = (0..1600).map(|index| f64::from(index) / 1600.0).collect();
    assert!(chi_square(&uniform, MANY_KEYS) < 1e-9);
    // A bit that is set a little too often.
    let tilted: Vec<f64> = uniform.iter().map(|number| number.powf(1.3)).collect();
    assert!(chi_square(&tilted, MANY_KEYS) > MANY_KEYS.chi_square_limit);
}

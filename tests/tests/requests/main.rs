//! Our verdict on requests beside those of OpenSSL and of Python's `cryptography`, on 20,000 mutations.
//!
//! Each kind of disagreement stands in `disagreements.txt` with its reason. What both others refuse is accepted only where
//! they refuse it for its subject, which is not used: they know fewer types of strings.

mod mutation;
mod others;

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result, ensure};
use mutation::{Mutation, Mutator};
use others::Others;
use pki::request::examine;

const MUTATIONS: usize = 20_000;
const CLASSIFIED: &str = include_str!("disagreements.txt");

/// What the three say: our verdict, then OpenSSL and the package.
type Kind = [String; 3];

/// The kinds that the file explains.
fn classified() -> Result<BTreeSet<Kind>> {
    let lines = CLASSIFIED.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty());
    lines
        .map(|line| {
            let words: Vec<&str> = line.split_whitespace().collect();
            let [ours, openssl, package, _, ..] = words.as_slice() else {
                anyhow::bail!("no verdicts and reason in {line:?}")
            };
            Ok([ours, openssl, package].map(|word| (*word).to_owned()))
        })
        .collect()
}

#[test]
fn each_disagreement_about_a_mutated_request_has_a_reason() -> Result<()> {
    let mut mutator = Mutator::new()?;
    let mutations: Vec<Mutation> = (0..MUTATIONS).map(|_| mutator.next()).collect();
    let verdicts: Vec<_> = mutations.iter().map(|mutation| examine(&mutation.bytes)).collect();
    let mut others = Others::start()?;
    let theirs = others.ask(mutations.iter().map(|mutation| mutation.bytes.as_slice()))?;
    // What we read from a text that others cannot read is asked for by its bytes.
    let read = verdicts
        .iter()
        .filter_map(|verdict| verdict.as_ref().ok().map(pki::request::CertificationRequest::to_der));
    let mut of_read = others.ask(read)?.into_iter();

    let mut kinds: BTreeMap<Kind, (usize, Vec<u8>)> = BTreeMap::new();
    let (mut accepted, mut alone) = (0, Vec::new());
    for ((mutation, verdict), [openssl, package]) in mutations.iter().zip(&verdicts).zip(theirs) {
        let ours = match verdict {
            Ok(_) => {
                accepted += 1;
                let [openssl, package] = of_read.next().context("an answer is missing")?;
                if let (Ok(request), false, false) = (verdict, openssl, package) {
                    alone.push((mutation, request.to_der()));
                }
                "accepts"
            }
            Err(defect) => defect.code(),
        };
        if verdict.is_ok() != openssl || verdict.is_ok() != package {
            let say = |accepts| if accepts { "accepts" } else { "refuses" }.to_owned();
            let kind = [ours.to_owned(), say(openssl), say(package)];
            kinds.entry(kind).or_insert_with(|| (0, mutation.bytes.clone())).0 += 1;
        }
    }
    let isolated: Vec<_> = alone.iter().flat_map(|(_, der)| mutator.isolate_subject(der)).collect();
    let isolated = others.ask(isolated.iter().map(Vec::as_slice))?;
    let wrong: Vec<String> = alone
        .iter()
        .zip(isolated.as_chunks().0)
        .filter(|(_, [subject, rest])| *subject != [false, false] || *rest == [false, false])
        .map(|((mutation, _), _)| format!("{}: {:02x?}", mutation.how, mutation.bytes))
        .collect();
    ensure!(wrong.is_empty(), "accepted what both others refuse:\n{}", wrong.join("\n"));
    // A test that compares refusals only would hold nothing.
    ensure!(accepted >= MUTATIONS / 20, "only {accepted} mutations are accepted");
    let known = classified()?;
    let unknown: Vec<String> = kinds
        .iter()
        .filter(|(kind, _)| !known.contains(*kind))
        .map(|(kind, (count, example))| {
            format!("{} ({count} times), such as {:?}", kind.join(" "), String::from_utf8_lossy(example))
        })
        .collect();
    ensure!(unknown.is_empty(), "not in disagreements.txt:\n{}", unknown.join("\n"));
    Ok(())
}

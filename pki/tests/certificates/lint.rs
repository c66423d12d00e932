//! The lint: nothing against a right certificate, and for each rule a certificate that breaks it.

use crate::keys::TestKey;
use crate::tree::Node;
use crate::world::{NOW, World, input, profile};
use pki::issuance::{CertificateInput, prepare};
use pki::lint::{Rule, lint};
use pki::profile::Validity;
use proptest::prelude::*;
use std::collections::HashSet;

mod extensions;
mod fields;
mod subject;

/// A certificate that breaks rules: what is bent in a right one, and all rules that it then breaks.
struct Fixture {
    name: &'static str,
    bend: fn(&mut Node),
    broken: &'static [Rule],
}

const fn fixture(name: &'static str, bend: fn(&mut Node), broken: &'static [Rule]) -> Fixture {
    Fixture { name, bend, broken }
}

fn fixtures() -> impl Iterator<Item = Fixture> {
    fields::FIXTURES.into_iter().chain(subject::FIXTURES).chain(extensions::FIXTURES)
}

fn right_certificate(world: &World, key: &TestKey) -> Vec<u8> {
    prepare(&profile(), &input(key.public_key()), &world.issuing, NOW).unwrap().tbs_der().to_vec()
}

fn rules(tbs: &[u8], world: &World, at: u64) -> HashSet<Rule> {
    lint(tbs, &world.issuing, at).iter().map(pki::lint::Finding::rule).collect()
}

#[test]
fn each_bent_certificate_breaks_exactly_its_rules() {
    let world = World::elliptic();
    let right = right_certificate(&world, &TestKey::p256(1));
    let mut wrong = Vec::new();
    for Fixture { name, bend, broken } in fixtures() {
        let mut tree = Node::read(&right);
        bend(&mut tree);
        let found = rules(&tree.to_der(), &world, NOW);
        if found != broken.iter().copied().collect() {
            wrong.push(format!("{name}: {found:?}, expected {broken:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_rule_is_broken_by_some_test() {
    let elsewhere = [
        Rule::Undecodable,
        Rule::KeyOfIssuer,
        Rule::ValidityOutsideIssuer,
        Rule::NotBeforeShifted,
        Rule::AlreadyExpired,
    ];
    let tested: HashSet<Rule> =
        fixtures().flat_map(|fixture| fixture.broken.iter().copied()).chain(elsewhere).collect();
    let untested: Vec<&Rule> = Rule::ALL.iter().filter(|rule| !tested.contains(rule)).collect();
    assert!(untested.is_empty(), "{untested:?}");
}

#[test]
fn every_rule_has_a_code_of_its_own_and_a_citation() {
    let codes: HashSet<&str> = Rule::ALL.iter().map(|rule| rule.code()).collect();
    assert_eq!(codes.len(), Rule::ALL.len());
    assert!(Rule::ALL.iter().all(|rule| !rule.citation().is_empty()));
}

#[test]
fn a_certificate_is_prepared_at_most_48_hours_from_its_beginning() {
    const HOUR: u64 = 3_600;
    let world = World::elliptic();
    let right = right_certificate(&world, &TestKey::rsa_2048());
    assert!(rules(&right, &world, NOW + 48 * HOUR).is_empty());
    assert!(rules(&right, &world, NOW - 48 * HOUR).is_empty());
    assert_eq!(rules(&right, &world, NOW + 48 * HOUR + 1), HashSet::from([Rule::NotBeforeShifted]));
    assert_eq!(rules(&right, &world, NOW - 48 * HOUR - 1), HashSet::from([Rule::NotBeforeShifted]));
    let after_end = rules(&right, &world, NOW + 365 * 24 * HOUR);
    assert_eq!(after_end, HashSet::from([Rule::NotBeforeShifted, Rule::AlreadyExpired]));
}

#[test]
fn a_certificate_does_not_outlive_its_issuer() {
    let world = World::elliptic();
    let end = world.issuing.validity().not_after();
    let with = |not_after| CertificateInput {
        validity: Validity::new(end - 86_400, not_after).unwrap(),
        ..input(TestKey::p256(1).public_key())
    };
    assert!(prepare(&profile(), &with(end), &world.issuing, end - 86_400).is_ok());
    let longer = prepare(&profile(), &with(end + 1), &world.issuing, end - 86_400).unwrap_err();
    assert!(longer.to_string().contains("validity-outside-issuer"), "{longer}");
}

#[test]
fn the_certificate_of_another_issuer_is_refused() {
    let (elliptic, rsa) = (World::elliptic(), World::rsa());
    let right = right_certificate(&elliptic, &TestKey::p256(1));
    assert_eq!(
        rules(&right, &rsa, NOW),
        HashSet::from([Rule::SignatureAlgorithm, Rule::AuthorityKeyIdentifier])
    );
}

#[test]
fn bytes_that_were_cut_off_or_added_are_refused() {
    let world = World::elliptic();
    let right = right_certificate(&world, &TestKey::p256(1));
    for length in 0..right.len() {
        assert_eq!(rules(&right[..length], &world, NOW), HashSet::from([Rule::Undecodable]), "{length}");
    }
    let longer = [right.as_slice(), &[0]].concat();
    assert_eq!(rules(&longer, &world, NOW), HashSet::from([Rule::Undecodable]));
}

proptest! {
    #[test]
    fn no_bytes_make_the_lint_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        prop_assert!(!rules(&bytes, &World::elliptic(), NOW).is_empty());
    }

    #[test]
    fn no_changed_byte_makes_the_lint_panic(position in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let world = World::elliptic();
        let mut changed = right_certificate(&world, &TestKey::p256(1));
        let index = position.index(changed.len());
        changed[index] = byte;
        for finding in lint(&changed, &world.issuing, NOW) {
            prop_assert!(finding.to_string().contains(finding.citation()));
        }
    }
}

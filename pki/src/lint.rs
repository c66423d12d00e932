//! The lint before issuance: reads to-be-signed bytes and names every rule that they break.
//!
//! It knows nothing of how the bytes were built and reads them with its own few lines, so that an error there and an
//! error here would have to agree before a wrong certificate comes out. Any finding stops the issuance.

use crate::authority::Issuer;
use crate::element;
use der::asn1::ObjectIdentifier;
use std::fmt;

mod extensions;
mod fields;
mod names;
mod rule;
mod subject;
mod tbs;

pub use rule::Rule;

/// A rule that to-be-signed bytes break, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    rule: Rule,
    place: Option<ObjectIdentifier>,
}

impl Finding {
    /// The rule.
    pub fn rule(&self) -> Rule {
        self.rule
    }

    /// The rule's stable code, such as `validity-too-long`.
    pub fn code(&self) -> &'static str {
        self.rule.code()
    }

    /// Where the rule stands, such as `S/MIME BR §6.3.2`.
    pub fn citation(&self) -> &'static str {
        self.rule.citation()
    }

    /// The OID of the attribute or extension that breaks the rule, when it is one of several. Never a value.
    pub fn place(&self) -> Option<ObjectIdentifier> {
        self.place
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} ({})", self.code(), self.citation())?;
        match &self.place {
            Some(place) => write!(formatter, " in {place}"),
            None => Ok(()),
        }
    }
}

/// Reads to-be-signed bytes and names each rule that they break; no finding, no rule broken. `at` is the moment of
/// preparation, Unix time.
///
/// S/MIME BR §4.3.1.2.
pub fn lint(tbs: &[u8], issuer: &Issuer, at: u64) -> Vec<Finding> {
    let mut report = Report::default();
    match tbs::read(tbs) {
        Some(certificate) => {
            fields::check(&certificate, issuer, at, &mut report);
            let addresses = extensions::check(&certificate, issuer, &mut report);
            subject::check(&certificate, &addresses, &mut report);
        }
        None => report.add(Rule::Undecodable),
    }
    report.findings
}

/// Collects findings.
#[derive(Default)]
struct Report {
    findings: Vec<Finding>,
}

impl Report {
    fn add(&mut self, rule: Rule) {
        self.findings.push(Finding { rule, place: None });
    }

    fn add_at(&mut self, rule: Rule, place: ObjectIdentifier) {
        self.findings.push(Finding { rule, place: Some(place) });
    }

    fn add_unless(&mut self, kept: bool, rule: Rule) {
        if !kept {
            self.add(rule);
        }
    }

    fn add_unless_at(&mut self, kept: bool, rule: Rule, place: ObjectIdentifier) {
        if !kept {
            self.add_at(rule, place);
        }
    }
}

//! Which certificates are above one, and which of several is the one of a key.
//!
//! A CA may have several certificates of one name: with another key, or of another CA. So names only choose who is asked;
//! the signature decides, and where it cannot be verified the key identifiers do.

use super::certificate_parts::CertificateParts;
use pki::certificate::{IssuerSignature, verify_issuer_signature};
use std::cmp::Reverse;

/// So many certificates of one name are tried for one below. Our choice: a CA has a handful in a decade.
const MAXIMUM_CANDIDATES: usize = 8;

/// So many signatures are verified for a file, and no more. Our choice: a fraction of a second.
const MAXIMUM_VERIFICATIONS: usize = 100;

/// A certificate of a file or of a bundle.
#[derive(Debug)]
pub(super) struct FoundCertificate {
    pub(super) der: Vec<u8>,
    pub(super) parts: CertificateParts,
    /// Empty when it has none.
    pub(super) friendly_name: String,
    /// Empty when it has none.
    pub(super) local_key_id: Vec<u8>,
}

impl FoundCertificate {
    /// None for what is no certificate.
    pub(super) fn from_der(der: &[u8]) -> Option<Self> {
        let parts = CertificateParts::from_der(der)?;
        Some(Self { der: der.to_vec(), parts, friendly_name: String::new(), local_key_id: Vec::new() })
    }
}

/// How certain it is that one certificate is right above another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Link {
    /// Nothing but the names say so: there is no key identifier, and the signature is none that is verified here.
    Name,
    /// The key identifiers say so.
    KeyIdentifier,
    /// The signature is of its key.
    Signature,
}

/// How the certificate is held by the one above it; None where it is not. The names are the caller's to compare.
pub(super) fn link(below: &FoundCertificate, above: &FoundCertificate) -> Option<Link> {
    verified_link(below, above, verify_issuer_signature(&below.der, &above.parts.spki))
}

fn verified_link(
    below: &FoundCertificate,
    above: &FoundCertificate,
    signature: IssuerSignature,
) -> Option<Link> {
    match (signature, below.parts.names_key_of(&above.parts)) {
        (IssuerSignature::Valid, _) => Some(Link::Signature),
        (IssuerSignature::Unverifiable, Some(true)) => Some(Link::KeyIdentifier),
        (IssuerSignature::Unverifiable, None) => Some(Link::Name),
        (IssuerSignature::Invalid, _) | (IssuerSignature::Unverifiable, Some(false)) => None,
    }
}

/// The place of the certificate above another.
#[derive(Clone, Copy)]
enum Above {
    NotLookedFor,
    Missing,
    At(usize),
}

/// Certificates, among which those above others are looked for.
pub(super) struct Authorities<'a> {
    certificates: &'a [FoundCertificate],
    /// By the place of the one below.
    above: Vec<Above>,
    verifications_left: usize,
    now: Option<u64>,
}

impl<'a> Authorities<'a> {
    /// Of several that are equally certain, one that is valid `now` is taken, else the first.
    pub(super) fn new(certificates: &'a [FoundCertificate], now: Option<u64>) -> Self {
        let above = vec![Above::NotLookedFor; certificates.len()];
        Self { certificates, above, verifications_left: MAXIMUM_VERIFICATIONS, now }
    }

    /// From the certificate at that place up, without it, as far as they go; DER.
    pub(super) fn chain_above(&mut self, place: usize) -> Vec<Vec<u8>> {
        let mut taken = vec![place];
        while let Some(above) = taken.last().and_then(|last| self.lookup_above(*last)) {
            let der_of = |place| self.certificate(place).map(|certificate| &certificate.der);
            let is_again = taken.iter().any(|place| der_of(*place) == der_of(above));
            if is_again {
                break;
            }
            taken.push(above);
        }
        taken.into_iter().skip(1).filter_map(|place| Some(self.certificate(place)?.der.clone())).collect()
    }

    fn certificate(&self, place: usize) -> Option<&'a FoundCertificate> {
        self.certificates.get(place)
    }

    /// Each is looked for once, however many chains go through it.
    fn lookup_above(&mut self, place: usize) -> Option<usize> {
        match self.above.get(place)? {
            Above::At(known) => return Some(*known),
            Above::Missing => return None,
            Above::NotLookedFor => {}
        }
        let found = self.find_above(self.certificate(place)?);
        if let Some(above) = self.above.get_mut(place) {
            *above = found.map_or(Above::Missing, Above::At);
        }
        found
    }

    fn find_above(&mut self, below: &FoundCertificate) -> Option<usize> {
        if below.parts.ends_chain() {
            return None;
        }
        let has_name = |above: &FoundCertificate| above.parts.subject == below.parts.issuer;
        let names_key = |above: &FoundCertificate| below.parts.names_key_of(&above.parts);
        let mut candidates: Vec<(usize, &FoundCertificate)> = self
            .certificates
            .iter()
            .enumerate()
            .filter(|(_, above)| {
                above.der != below.der && (has_name(above) || names_key(above) == Some(true))
            })
            .collect();
        candidates.sort_by_key(|(_, above)| Reverse(names_key(above)));
        candidates.truncate(MAXIMUM_CANDIDATES);
        let links = candidates.into_iter().filter_map(|(place, above)| {
            let link = self.link(below, above)?;
            // A name that is encoded otherwise is the same only where the key proves it.
            let is_one = has_name(above) || link == Link::Signature;
            is_one.then(|| (place, link, below.parts.names_certificate(&above.parts), self.is_valid(above)))
        });
        let best = links.max_by_key(|(place, link, is_named, is_valid)| {
            (*link, *is_named == Some(true), *is_valid, Reverse(*place))
        });
        best.map(|(place, ..)| place)
    }

    fn link(&mut self, below: &FoundCertificate, above: &FoundCertificate) -> Option<Link> {
        let Some(left) = self.verifications_left.checked_sub(1) else {
            return verified_link(below, above, IssuerSignature::Unverifiable);
        };
        self.verifications_left = left;
        link(below, above)
    }

    fn is_valid(&self, certificate: &FoundCertificate) -> bool {
        self.now.is_some_and(|now| certificate.parts.is_valid_at(now))
    }
}

/// The certificates of a key, best first: those that `is_named` says the file names for it, then those that are valid `now`,
/// then those that a CA signed, then the one that is valid longest. The same certificate counts once.
pub(super) fn certificates_of(
    spki_der: &[u8],
    certificates: &[FoundCertificate],
    is_named: impl Fn(&FoundCertificate) -> bool,
    now: Option<u64>,
) -> Vec<usize> {
    let mut places: Vec<usize> = Vec::new();
    let of_key = certificates.iter().enumerate().filter(|(_, found)| found.parts.spki == spki_der);
    for (place, found) in of_key {
        let is_there = |known: &usize| certificates.get(*known).is_some_and(|known| known.der == found.der);
        // Names may stand on the second of two that are the same.
        match places.iter_mut().find(|known| is_there(known)) {
            Some(known) if is_named(found) => *known = place,
            Some(_) => {}
            None => places.push(place),
        }
    }
    let rank = |place: &usize| {
        let found = certificates.get(*place)?;
        let parts = &found.parts;
        let is_valid = now.is_some_and(|now| parts.is_valid_at(now));
        Some((is_named(found), is_valid, parts.issuer != parts.subject, parts.not_after))
    };
    places.sort_by_key(|place| Reverse(rank(place)));
    places
}

/// The certificate of a key and those above it, from certificates in any order, DER.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertificatePath {
    /// The key's own.
    pub leaf_der: Vec<u8>,
    /// Those above it, issuing CA first, as far as they go.
    pub chain_der: Vec<Vec<u8>>,
    /// The key's others, such as the ones before a renewal.
    pub other_leaves_der: Vec<Vec<u8>>,
}

impl CertificatePath {
    /// Finds the certificate of a key: of several the one that is valid `now` (Unix time in seconds) and ends last. None where
    /// none is for this key.
    pub fn find(spki_der: &[u8], certificates_der: &[Vec<u8>], now: Option<u64>) -> Option<Self> {
        let certificates: Vec<FoundCertificate> =
            certificates_der.iter().filter_map(|der| FoundCertificate::from_der(der)).collect();
        let mut places = certificates_of(spki_der, &certificates, |_| false, now).into_iter();
        let place = places.next()?;
        let der = |place: usize| Some(certificates.get(place)?.der.clone());
        Some(Self {
            leaf_der: der(place)?,
            chain_der: Authorities::new(&certificates, now).chain_above(place),
            other_leaves_der: places.filter_map(der).collect(),
        })
    }
}

//! A PFX of somebody else's written anew: with another preset, and with what was missing.

use super::{
    Contents, Description, OpenPfxError, OpenedPfx, Opening, PfxContent, PfxError, Preset,
    certificate_parts::CertificateParts,
    chain::{Authorities, FoundCertificate},
    structure::Structure,
    write_and_open,
};
use crate::{passphrase, password_based_encryption::Cipher, pbkdf2::Pbkdf2};
use rand_core::CryptoRng;

/// Fewer iterations make guessing cheap. Our choice: a tenth of what we write, and what Java writes.
const FEW_ITERATIONS: u32 = 10_000;

/// Something in a PFX that a program may stumble over, and that writing it anew mends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Finding {
    /// BER in place of DER.
    Ber,
    /// RC2, mostly with keys of 40 bits.
    Rc2,
    /// No MAC.
    NoMac,
    /// The key is not encrypted.
    PlainKey,
    /// The key and its certificate do not name each other by the same `localKeyId`.
    NoLocalKeyId,
    /// The entry has no name.
    NoFriendlyName,
    /// A certificate above the person's own is missing.
    IncompleteChain,
    /// So few iterations that passwords can be tried quickly.
    FewIterations,
    /// More keys than one: only the first with its certificate is written.
    SeveralKeys,
    /// A key has more certificates than one: only one of them is written.
    SeveralCertificates,
}

impl Finding {
    /// All, in the order in which they are told.
    pub const ALL: [Self; 10] = [
        Self::Ber,
        Self::Rc2,
        Self::NoMac,
        Self::PlainKey,
        Self::NoLocalKeyId,
        Self::NoFriendlyName,
        Self::IncompleteChain,
        Self::FewIterations,
        Self::SeveralKeys,
        Self::SeveralCertificates,
    ];

    /// Stable, for programs.
    pub fn code(self) -> &'static str {
        match self {
            Self::Ber => "ber",
            Self::Rc2 => "rc2",
            Self::NoMac => "no-mac",
            Self::PlainKey => "plain-key",
            Self::NoLocalKeyId => "no-local-key-id",
            Self::NoFriendlyName => "no-friendly-name",
            Self::IncompleteChain => "incomplete-chain",
            Self::FewIterations => "few-iterations",
            Self::SeveralKeys => "several-keys",
            Self::SeveralCertificates => "several-certificates",
        }
    }

    /// For people: what it is, and what writing the file anew does.
    pub fn message(self) -> &'static str {
        match self {
            Self::Ber => "The file is encoded in BER, which some programs do not read. A new file is in DER.",
            Self::Rc2 => {
                "The certificates are encrypted with RC2, which newer programs refuse. A new file has none."
            }
            Self::NoMac => {
                "Nothing in the file shows whether it was changed. A new file has an integrity check."
            }
            Self::PlainKey => {
                "The private key is not encrypted. In a new file it is; keep the old one from others."
            }
            Self::NoLocalKeyId => {
                "The key and its certificate are not marked as belonging together. In a new file they are."
            }
            Self::NoFriendlyName => {
                "The entry has no name, so programs show none. Give one for the new file."
            }
            Self::IncompleteChain => {
                "A certificate between yours and the root is missing. Add it, and the new file has the whole chain."
            }
            Self::FewIterations => {
                "Passwords can be tried quickly on this file. A new file makes each try far slower."
            }
            Self::SeveralKeys => "There are several keys. A new file has the first that has its certificate.",
            Self::SeveralCertificates => {
                "There are several certificates for one key, as after a renewal. Taken is the one that the file marks for the \
                 key, else one that is valid. A new file has only that one."
            }
        }
    }
}

/// What is known of a PFX.
#[derive(Debug)]
pub struct Examined {
    /// What it is made of.
    pub description: Description,
    /// What is inside, as far as it opened.
    pub contents: Contents,
    /// What is wrong with it.
    pub findings: Vec<Finding>,
}

/// Opens a PFX and tells what it is made of and what is wrong with it.
///
/// # Errors
/// Why nothing of it opens.
pub async fn examine<'a>(
    pfx: &[u8],
    opening: impl Into<Opening<'a>>,
    pbkdf2: &impl Pbkdf2,
) -> Result<Examined, OpenPfxError> {
    let structure = Structure::find(pfx)?;
    let description = structure.describe();
    let outside = structure.findings();
    let contents = opening.into().read(structure, pbkdf2).await?;
    let findings =
        Finding::ALL.into_iter().filter(|finding| outside.contains(finding) || contents.has(*finding));
    let findings = findings.collect();
    Ok(Examined { description, contents, findings })
}

impl Structure {
    fn findings(&self) -> Vec<Finding> {
        let checks = [
            (Finding::Ber, self.is_ber),
            (Finding::Rc2, self.has_cipher(Cipher::Rc2) || self.has_cipher(Cipher::Rc2With40Bits)),
            (Finding::NoMac, self.mac.is_none()),
            (Finding::PlainKey, self.has_plain_key()),
            (Finding::FewIterations, self.fewest_iterations() < FEW_ITERATIONS),
        ];
        checks.into_iter().filter_map(|(finding, applies)| applies.then_some(finding)).collect()
    }
}

impl Contents {
    fn has(&self, finding: Finding) -> bool {
        let entries = &self.entries;
        match finding {
            Finding::NoLocalKeyId => !entries.is_empty() && !self.has_local_key_ids,
            Finding::NoFriendlyName => entries.iter().any(|entry| entry.friendly_name.is_empty()),
            Finding::IncompleteChain => {
                entries.iter().any(|entry| !has_whole_chain(&entry.leaf_der, &entry.chain_der))
            }
            Finding::SeveralKeys => entries.len() > 1,
            Finding::SeveralCertificates => entries.iter().any(|entry| !entry.other_leaves_der.is_empty()),
            Finding::Ber | Finding::Rc2 | Finding::NoMac | Finding::PlainKey | Finding::FewIterations => {
                false
            }
        }
    }
}

/// Whether the chain ends with an issuing CA at least: roots are in programs already.
fn has_whole_chain(leaf_der: &[u8], chain_der: &[Vec<u8>]) -> bool {
    !chain_der.is_empty() || CertificateParts::from_der(leaf_der).is_some_and(|leaf| leaf.ends_chain())
}

/// Writes a PFX anew with another preset: the same key, certificate, chain and name.
///
/// `more_certificates_der` may have those that are missing in the chain, in any order; what is of no use is left out.
///
/// # Errors
/// When the file does not open, the new password is not accepted, or the new file does not pass.
pub async fn convert<'a>(
    pfx: &[u8],
    opening: impl Into<Opening<'a>>,
    new_password: &str,
    preset: Preset,
    more_certificates_der: &[Vec<u8>],
    random: &mut impl CryptoRng,
    pbkdf2: &impl Pbkdf2,
) -> Result<Vec<u8>, PfxError> {
    passphrase::check(new_password)?;
    let opening = opening.into();
    let now = opening.now;
    let contents = super::read(pfx, opening, pbkdf2).await.map_err(PfxError::Source)?;
    let mut opened = contents.into_entry().map_err(PfxError::Source)?;
    opened.extend_chain(more_certificates_der, now);
    let content = PfxContent {
        key: &opened.key,
        leaf_der: &opened.leaf_der,
        chain_der: &opened.chain_der,
        friendly_name: &opened.friendly_name,
    };
    write_and_open(&content, new_password, preset, random, pbkdf2).await
}

impl OpenedPfx {
    /// Goes on from the certificate with which the chain ends.
    fn extend_chain(&mut self, more_certificates_der: &[Vec<u8>], now: Option<u64>) {
        let last = self.chain_der.last().unwrap_or(&self.leaf_der);
        let known = |der: &&Vec<u8>| **der != self.leaf_der && !self.chain_der.contains(der);
        let more = more_certificates_der.iter().filter(known);
        let certificates: Vec<FoundCertificate> =
            std::iter::once(last).chain(more).filter_map(|der| FoundCertificate::from_der(der)).collect();
        let above = Authorities::new(&certificates, now).chain_above(0);
        self.chain_der.extend(above);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_finding_is_told_in_a_sentence_of_its_own() {
        let messages = Finding::ALL.map(Finding::message);
        for (index, message) in messages.iter().enumerate() {
            assert!(message.ends_with('.') && message.contains(' '), "{message}");
            assert!(!messages[..index].contains(message), "{message}");
        }
    }
}

//! A PFX of somebody else's written anew: with another preset, and with what was missing.

use super::{
    Contents, Description, OpenPfxError, OpenedPfx, PfxContent, PfxError, Preset,
    certificate_parts::CertificateParts, reading::read_structure, structure::Structure, write_and_open,
};
use crate::{
    passphrase,
    password_based_encryption::{Cipher, Password},
    pbkdf2::Pbkdf2,
};
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
}

impl Finding {
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
        }
    }
}

/// Opens a PFX and tells what it is made of and what is wrong with it.
///
/// # Errors
/// Why it does not open.
pub async fn examine(
    pfx: &[u8],
    password: &str,
    pbkdf2: &impl Pbkdf2,
) -> Result<(Description, Contents, Vec<Finding>), OpenPfxError> {
    let structure = Structure::from_bytes(pfx)?;
    let contents = read_structure(&structure, &Password::new(password), pbkdf2).await?;
    let findings = findings(&structure, &contents);
    Ok((structure.describe(), contents, findings))
}

fn findings(structure: &Structure, contents: &Contents) -> Vec<Finding> {
    let entries = &contents.entries;
    let has_key = !entries.is_empty();
    let checks = [
        (Finding::Ber, structure.is_ber),
        (Finding::Rc2, structure.has_cipher(Cipher::Rc2) || structure.has_cipher(Cipher::Rc2With40Bits)),
        (Finding::NoMac, structure.mac.is_none()),
        (Finding::PlainKey, structure.has_plain_key()),
        (Finding::NoLocalKeyId, has_key && !contents.has_local_key_ids),
        (Finding::NoFriendlyName, entries.iter().any(|entry| entry.friendly_name.is_empty())),
        (Finding::IncompleteChain, entries.iter().any(|entry| !entry.has_whole_chain())),
        (Finding::FewIterations, structure.fewest_iterations() < FEW_ITERATIONS),
        (Finding::SeveralKeys, entries.len() > 1),
    ];
    checks.into_iter().filter_map(|(finding, applies)| applies.then_some(finding)).collect()
}

/// Writes a PFX anew with another preset: the same key, certificate, chain and name.
///
/// `more_certificates_der` may have those that are missing in the chain, in any order; what is of no use is left out.
///
/// # Errors
/// When the file does not open, the new password is not accepted, or the new file does not pass.
pub async fn convert(
    pfx: &[u8],
    password: &str,
    new_password: &str,
    preset: Preset,
    more_certificates_der: &[Vec<u8>],
    random: &mut impl CryptoRng,
    pbkdf2: &impl Pbkdf2,
) -> Result<Vec<u8>, PfxError> {
    passphrase::check(new_password)?;
    let contents = super::read(pfx, password, pbkdf2).await.map_err(PfxError::Source)?;
    let mut opened = contents.into_entry().map_err(PfxError::Source)?;
    opened.extend_chain(more_certificates_der);
    let content = PfxContent {
        key: &opened.key,
        leaf_der: &opened.leaf_der,
        chain_der: &opened.chain_der,
        friendly_name: &opened.friendly_name,
    };
    write_and_open(&content, new_password, preset, random, pbkdf2).await
}

impl OpenedPfx {
    fn last(&self) -> Option<CertificateParts> {
        CertificateParts::from_der(self.chain_der.last().unwrap_or(&self.leaf_der))
    }

    /// Whether the chain ends with an issuing CA at least: roots are in programs already.
    fn has_whole_chain(&self) -> bool {
        !self.chain_der.is_empty() || self.last().is_some_and(|leaf| leaf.is_self_issued())
    }

    fn extend_chain(&mut self, more_certificates_der: &[Vec<u8>]) {
        let more =
            || more_certificates_der.iter().filter_map(|der| Some((der, CertificateParts::from_der(der)?)));
        // Each turn takes another certificate, so it ends.
        for _ in more_certificates_der {
            let Some(last) = self.last().filter(|last| !last.is_self_issued()) else { break };
            let next = more().find(|(der, parts)| {
                parts.subject == last.issuer && **der != self.leaf_der && !self.chain_der.contains(der)
            });
            let Some((next, _)) = next else { break };
            self.chain_der.push(next.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_finding_is_told_in_a_sentence_of_its_own() {
        let findings = [
            Finding::Ber,
            Finding::Rc2,
            Finding::NoMac,
            Finding::PlainKey,
            Finding::NoLocalKeyId,
            Finding::NoFriendlyName,
            Finding::IncompleteChain,
            Finding::FewIterations,
            Finding::SeveralKeys,
        ];
        let messages = findings.map(Finding::message);
        for (index, message) in messages.iter().enumerate() {
            assert!(message.ends_with('.') && message.contains(' '), "{message}");
            assert!(!messages[..index].contains(message), "{message}");
        }
    }
}

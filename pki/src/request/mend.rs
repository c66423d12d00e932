//! Puts right what can be put right without a doubt: the signature proves that the result is the request that was made.

use super::{Defect, examine};
use crate::pasted;

/// A request that was mended, offered as one click.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mend {
    /// What the click does, such as `Use the first request`.
    pub label: &'static str,
    /// The mended request, PEM, which was [examined](examine).
    pub text: String,
}

/// The mend of a defect, where there is one: text around and between lost or damaged lines is put right, key and
/// signature never are. A private key has none.
pub fn mend(input: &[u8], defect: &Defect) -> Option<Mend> {
    let (label, candidate) = match defect {
        Defect::SeveralRequests { .. } => ("Use the first request", pasted::first_request(input)?),
        Defect::TrailingBytes { .. } => ("Remove what follows the request", pasted::salvage(input)?),
        Defect::CharacterOutsideBase64 { .. } => {
            ("Remove what does not belong in it", pasted::salvage(input)?)
        }
        Defect::BeginLineMissing
        | Defect::BeginLineDamaged { .. }
        | Defect::EndLineMissing
        | Defect::EndLineDamaged { .. }
        | Defect::LinesDiffer { .. }
        | Defect::LabelWrong { .. } => ("Put the first and the last line right", pasted::salvage(input)?),
        Defect::Html | Defect::NotARequest | Defect::Base64Incomplete => {
            ("Use the request in this text", pasted::salvage(input)?)
        }
        _ => return None,
    };
    let request = examine(&candidate).ok()?;
    Some(Mend { label, text: request.to_pem() })
}

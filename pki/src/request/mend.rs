//! Puts right what can be put right without a doubt: the signature proves that the result is the request that was made.

use super::{Defect, examine_der};
use crate::pasted::{self, Kind, TextDefect};

/// A request that was mended, offered as one click.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mend {
    /// What the click does, such as `Use the first request`.
    pub label: &'static str,
    /// The mended request, PEM, which was [examined](super::examine).
    pub text: String,
}

/// The mend of a defect, where there is one: text around and between lost or damaged lines is put right, key and
/// signature never are. A private key has none.
pub fn mend(input: &[u8], defect: &Defect) -> Option<Mend> {
    let label = match defect {
        Defect::Text(TextDefect::SeveralRequests { .. }) => {
            let request = examine_der(&pasted::first_request(input)?).ok()?;
            return Some(Mend { label: "Use the first request", text: request.to_pem() });
        }
        Defect::Text(TextDefect::Other(kind)) if kind.is_private() => return None,
        Defect::Text(TextDefect::Other(Kind::CmsRequest)) => "Use the request inside",
        Defect::TrailingBytes { .. } => "Remove what follows the request",
        Defect::Text(TextDefect::CharacterOutsideBase64 { .. }) => "Remove what does not belong in it",
        Defect::Text(
            TextDefect::BeginLineMissing
            | TextDefect::BeginLineDamaged { .. }
            | TextDefect::EndLineMissing
            | TextDefect::EndLineDamaged { .. }
            | TextDefect::LinesDiffer { .. }
            | TextDefect::LabelWrong { .. },
        ) => "Put the first and the last line right",
        Defect::Text(TextDefect::Empty | TextDefect::TooLong { .. }) | Defect::Key(_) => return None,
        _ => "Use the request in this text",
    };
    let request = pasted::repaired_requests(input).iter().find_map(|der| examine_der(der).ok())?;
    Some(Mend { label, text: request.to_pem() })
}

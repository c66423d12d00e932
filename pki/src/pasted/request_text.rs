//! The one certification request in a text, with the place of what is damaged: a person can put a text right.

use super::blocks::{self, Block};
use super::text::{self, Position};
use super::{
    Content, Kind, base64_text, contents, is_binary, lines, markup, recognition, recognize, salvage, signs,
};
use zeroize::Zeroizing;

/// Longest request. Our choice: one with a 4096-bit key and generous extensions has less than a tenth of it.
pub const MAXIMUM_REQUEST_BYTES: usize = 65_536;

/// The labels of a request: the one of RFC 7468 §7, and the one that keytool, NSS and GnuTLS write.
const REQUEST_LABELS: [&str; 2] = ["CERTIFICATE REQUEST", "NEW CERTIFICATE REQUEST"];
/// The Base64 of `-----BEGIN `, in which clusters and pipelines keep PEM.
const ENCODED_BEGIN: &str = "LS0tLS1CRUdJTi";

/// Why a text or a file holds no request that can be read.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TextDefect {
    /// There is nothing.
    Empty,
    /// Far longer than any request.
    TooLong {
        /// How many bytes it has.
        actual: usize,
        /// How many it may have.
        maximum: usize,
    },
    /// Text, but nothing in it looks like a request.
    NotARequest,
    /// Something else that is known.
    Other(Kind),
    /// The first line is missing.
    BeginLineMissing,
    /// The first line is there, but its dashes are not five hyphens on each side.
    BeginLineDamaged {
        /// Where it is.
        position: Position,
    },
    /// The last line is missing.
    EndLineMissing,
    /// The last line is there, but its dashes are not five hyphens on each side.
    EndLineDamaged {
        /// Where it is.
        position: Position,
    },
    /// The first and the last line name different things.
    LinesDiffer {
        /// Where the last line is.
        position: Position,
    },
    /// A request between lines that say something else.
    LabelWrong {
        /// Where the first line is.
        position: Position,
    },
    /// More than one request.
    SeveralRequests {
        /// How many.
        count: usize,
    },
    /// A character that Base64 does not have.
    CharacterOutsideBase64 {
        /// Which.
        character: char,
        /// Where it is.
        position: Position,
    },
    /// The number of Base64 characters cannot be right: at least one is missing.
    Base64Incomplete,
}

impl TextDefect {
    /// Where in the text it is, when there is a place.
    pub fn position(&self) -> Option<Position> {
        match self {
            Self::BeginLineDamaged { position }
            | Self::EndLineDamaged { position }
            | Self::LinesDiffer { position }
            | Self::LabelWrong { position }
            | Self::CharacterOutsideBase64 { position, .. } => Some(*position),
            _ => None,
        }
    }

    /// Whether nothing was found, so that another reading may find more.
    fn is_nothing(&self) -> bool {
        matches!(
            self,
            Self::NotARequest
                | Self::Other(Kind::WebPage | Kind::Printout | Kind::SpoiltBinary | Kind::Unknown)
        )
    }
}

/// Finds the one certification request in a pasted text or a file and gives its DER, which is not examined yet; empty
/// where nothing stands between the lines.
///
/// # Errors
/// When there is no request, more than one, or its text is damaged; first of all, when there is a private key.
pub fn find_request(input: &[u8]) -> Result<Vec<u8>, TextDefect> {
    if let Some(kind) = recognition::beginning(input) {
        return Err(TextDefect::Other(kind));
    }
    if is_binary(input) {
        return in_binary(input);
    }
    // Of what is refused for its length anyway, the beginning is enough to warn.
    let text = text::decode(input.get(..MAXIMUM_REQUEST_BYTES).unwrap_or(input));
    refuse_private_key(&text)?;
    if input.len() > MAXIMUM_REQUEST_BYTES {
        return Err(too_long(input));
    }
    if text.trim().is_empty() {
        return Err(TextDefect::Empty);
    }
    // A private key may be Base64 once more, beside a request that is not.
    if text.contains(ENCODED_BEGIN) {
        let found = contents(text.as_bytes());
        let private = found.iter().map(|content| content.kind).find(|kind| kind.is_private());
        private.map_or(Ok(()), |kind| Err(TextDefect::Other(kind)))?;
    }
    in_text(&text).or_else(|defect| in_other_readings(&text, defect))
}

fn too_long(input: &[u8]) -> TextDefect {
    TextDefect::TooLong { actual: input.len(), maximum: MAXIMUM_REQUEST_BYTES }
}

fn refuse_private_key(text: &str) -> Result<(), TextDefect> {
    signs::private_key(text).map_or(Ok(()), |form| Err(TextDefect::Other(Kind::PrivateKey(form))))
}

fn in_binary(input: &[u8]) -> Result<Vec<u8>, TextDefect> {
    match recognize(input) {
        kind @ Kind::PrivateKey(_) => Err(TextDefect::Other(kind)),
        _ if input.len() > MAXIMUM_REQUEST_BYTES => Err(too_long(input)),
        _ => Ok(input.to_vec()),
    }
}

/// A text as it stands.
fn in_text(text: &str) -> Result<Vec<u8>, TextDefect> {
    let blocks = blocks::find(text)?;
    let requests: Vec<&Block<'_>> = blocks.iter().filter(|block| is_request(block)).collect();
    match requests.as_slice() {
        [] => match blocks.first() {
            Some(block) => Err(foreign_block(text, block)),
            None => without_block(text),
        },
        [request] => request.decode(text),
        [first, others @ ..] => {
            let der = first.decode(text)?;
            // The same request twice is one request.
            let is_same = |other: &&Block<'_>| other.decode(text).as_ref() == Ok(&der);
            if others.iter().all(is_same) {
                Ok(der)
            } else {
                Err(TextDefect::SeveralRequests { count: requests.len() })
            }
        }
    }
}

fn is_request(block: &Block<'_>) -> bool {
    REQUEST_LABELS.contains(&block.label)
}

/// A block with another label: where that leaves it open, its content says what it is.
fn foreign_block(text: &str, block: &Block<'_>) -> TextDefect {
    let labelled = signs::kind_of_label(block.label);
    let is_open =
        matches!(labelled, Kind::Unknown | Kind::Certificate | Kind::Request | Kind::CertificateBundle);
    let content =
        if is_open { block.decode(text).map_or(Kind::Unknown, |der| recognize(&der)) } else { labelled };
    match (content, labelled) {
        (Kind::Unknown, Kind::CertificateBundle) => TextDefect::Other(labelled),
        (Kind::Unknown | Kind::Request, _) => TextDefect::LabelWrong { position: block.position(text) },
        (content, _) => TextDefect::Other(content),
    }
}

/// The DER in a text without any BEGIN line, or what the text is.
fn without_block(text: &str) -> Result<Vec<u8>, TextDefect> {
    let damaged = ["BEGIN CERTIFICATE REQUEST", "BEGIN NEW CERTIFICATE REQUEST"];
    if let Some(offset) = damaged.into_iter().find_map(|line| text.find(line)) {
        return Err(TextDefect::BeginLineDamaged {
            position: text::position(text, text::line_start(text, offset)),
        });
    }
    if text.contains("END CERTIFICATE REQUEST") || text.contains("END NEW CERTIFICATE REQUEST") {
        return Err(TextDefect::BeginLineMissing);
    }
    let start = text.trim();
    if let Some(der) = base64_text::hex(start) {
        return Ok(der.to_vec());
    }
    match signs::kind_of_text(text) {
        Kind::Unknown => bare_base64(start),
        kind => Err(TextDefect::Other(kind)),
    }
}

/// The bytes of Base64 alone, in either alphabet; they must begin a SEQUENCE.
fn bare_base64(text: &str) -> Result<Vec<u8>, TextDefect> {
    let mut base64 = Zeroizing::new(String::with_capacity(text.len()));
    for character in text.chars() {
        match character {
            '-' => base64.push('+'),
            '_' => base64.push('/'),
            character if base64_text::is_base64(character) => base64.push(character),
            '=' => {}
            character if character.is_whitespace() => {}
            _ => return Err(TextDefect::NotARequest),
        }
    }
    match base64_text::decode_beginning(&base64) {
        Some(beginning) if beginning.first() == Some(&0x30) => {
            crate::pem::decode_base64(&base64).ok_or(TextDefect::Base64Incomplete)
        }
        _ => Err(TextDefect::NotARequest),
    }
}

/// Reads a text that did not read as it stands without its markup, as Base64 of a text, and as a file that went through
/// a field for text.
fn in_other_readings(text: &str, defect: TextDefect) -> Result<Vec<u8>, TextDefect> {
    if let Some(bytes) = text::binary(text) {
        return in_binary(&bytes);
    }
    let plain = markup::strip(text);
    let mut told = defect;
    if let Some(plain) = &plain {
        refuse_private_key(plain)?;
        match in_text(plain) {
            Ok(der) => return Ok(der),
            // A place would be one in a text that the person does not see.
            Err(read) if read.position().is_none() && read != TextDefect::NotARequest => told = read,
            Err(_) if markup::has_html(text) => told = TextDefect::Other(Kind::WebPage),
            Err(_) => {}
        }
    }
    if !told.is_nothing() {
        return Err(told);
    }
    in_contents(&contents(text.as_bytes())).unwrap_or(Err(told))
}

/// The request that the reader of all fields finds, or what it finds instead; none where it finds nothing.
fn in_contents(found: &[Content]) -> Option<Result<Vec<u8>, TextDefect>> {
    let kinds = || found.iter().map(|content| content.kind);
    if let Some(private) = kinds().find(|kind| kind.is_private()) {
        return Some(Err(TextDefect::Other(private)));
    }
    let mut requests: Vec<&[u8]> = Vec::new();
    let whole = |content: &&Content| content.kind == Kind::Request && !content.is_damaged;
    for content in found.iter().filter(whole) {
        if !requests.contains(&content.bytes.as_slice()) {
            requests.push(&content.bytes);
        }
    }
    match requests.as_slice() {
        [request] => Some(Ok(request.to_vec())),
        // What else was found says more than that nothing was.
        [] => kinds()
            .find(|kind| !matches!(kind, Kind::Unknown | Kind::Request))
            .map(|kind| Err(TextDefect::Other(kind))),
        _ => None,
    }
}

/// The first of several requests.
pub(crate) fn first_request(input: &[u8]) -> Option<Vec<u8>> {
    let text = text::decode(input);
    let plain = markup::strip(&text);
    [Some(&text), plain.as_ref()].into_iter().flatten().find_map(|text| {
        let blocks = blocks::find(text).ok()?;
        blocks.iter().find(|block| is_request(block))?.decode(text).ok()
    })
}

/// The bytes that a damaged input most likely means. Whoever takes them must verify a signature over them.
pub(crate) fn repaired_requests(input: &[u8]) -> Vec<Vec<u8>> {
    if is_binary(input) {
        let inner = recognition::inner_request(input);
        let beginning = recognition::encoded_bytes(input).and_then(|bytes| input.get(..bytes));
        return [inner, beginning].into_iter().flatten().map(<[u8]>::to_vec).collect();
    }
    let text = text::decode(input);
    let plain = markup::strip(&text).unwrap_or(text);
    let repaired = lines::repair(&plain);
    let with_plus = salvage::blanks_as_plus(&plain);
    let contents = contents(input);
    let message = contents.iter().find(|content| content.kind == Kind::CmsRequest);
    let in_message =
        message.and_then(|message| recognition::inner_request(&message.bytes)).map(<[u8]>::to_vec);
    [
        in_message,
        salvage::salvage(&plain),
        repaired.as_ref().and_then(|repaired| salvage::salvage(repaired)),
        with_plus.as_ref().and_then(|text| salvage::salvage(text)),
    ]
    .into_iter()
    .flatten()
    .collect()
}

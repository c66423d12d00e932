//! The addresses that start the bridge. A page can write anything into one: there is one grammar, and nothing else is read.

use crate::origin::{Origin, OriginError};
use protocol::CARD_BRIDGE_SCHEME;
use std::fmt;
use url::Url;

/// 256 bits in base64url without padding.
const TOKEN_CHARACTERS: usize = 43;

/// What an address of the bridge's scheme asks for.
#[derive(PartialEq, Eq)]
pub enum Link {
    /// `signet-card:start`: be there for the page.
    Start,
    /// `signet-card:job?server=…&token=…`: do the job that a server holds.
    Job {
        /// The server.
        server: Origin,
        /// Works once.
        token: String,
    },
}

impl fmt::Debug for Link {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Start => formatter.write_str("Start"),
            Self::Job { server, .. } => {
                formatter.debug_struct("Job").field("server", server).finish_non_exhaustive()
            }
        }
    }
}

/// Why an address is not followed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LinkError {
    /// Not of this scheme, or not of the one form.
    #[error("this is no address of the card bridge")]
    Form,
    /// The server is no secure origin.
    #[error("the address names a server that is none")]
    Server(#[from] OriginError),
}

impl Link {
    /// Reads an address.
    ///
    /// # Errors
    /// When it is not exactly one of the two forms.
    pub fn parse(text: &str) -> Result<Self, LinkError> {
        let url = Url::parse(text).or(Err(LinkError::Form))?;
        if url.scheme() != CARD_BRIDGE_SCHEME || url.fragment().is_some() {
            return Err(LinkError::Form);
        }
        let parameters: Vec<_> = url.query_pairs().collect();
        match (url.path(), parameters.as_slice()) {
            ("start", []) => Ok(Self::Start),
            ("job", [(first, server), (second, token)]) if first == "server" && second == "token" => {
                if !is_token(token) {
                    return Err(LinkError::Form);
                }
                Ok(Self::Job { server: Origin::parse(server)?, token: token.to_string() })
            }
            _ => Err(LinkError::Form),
        }
    }
}

/// Whether the text is 256 bits in base64url, as tokens and ids are.
#[must_use]
pub fn is_token(text: &str) -> bool {
    text.len() == TOKEN_CHARACTERS
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

    #[test]
    fn both_forms_are_read() {
        assert_eq!(Link::parse("signet-card:start"), Ok(Link::Start));
        let server = Origin::parse("https://signet.example:8443").expect("an origin");
        assert_eq!(
            Link::parse(&format!("signet-card:job?server=https%3A%2F%2Fsignet.example%3A8443&token={TOKEN}")),
            Ok(Link::Job { server, token: TOKEN.to_owned() })
        );
    }

    #[test]
    fn nothing_else_is() {
        for text in [
            "",
            "signet-card:",
            "signet-card:start?now",
            "signet-card:start#now",
            "signet-card://start",
            "other:start",
            "signet-card:stop",
            "signet-card:job",
            &format!("signet-card:job?token={TOKEN}&server=https%3A%2F%2Fsignet.example"),
            &format!("signet-card:job?server=https%3A%2F%2Fsignet.example&token={TOKEN}&token={TOKEN}"),
            "signet-card:job?server=https%3A%2F%2Fsignet.example&token=short",
            "signet-card:job?server=https%3A%2F%2Fsignet.example&token=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA;`",
        ] {
            assert_eq!(Link::parse(text), Err(LinkError::Form), "{text}");
        }
        let elsewhere = format!("signet-card:job?server=http%3A%2F%2Fsignet.example&token={TOKEN}");
        assert_eq!(Link::parse(&elsewhere), Err(LinkError::Server(OriginError)));
    }
}

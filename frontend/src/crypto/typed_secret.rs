//! A secret in the spelling in which a person typed it.
//!
//! Unicode spells `ż` in two ways: composed, as Windows types it, and decomposed, as macOS may. We write under the
//! composed spelling (NFC, UAX #15 §1.2); what another program wrote may need the other one.

use super::messages::Secret;
use serde::{Deserialize, Serialize};

/// A passphrase or a password as it was typed, and composed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TypedSecret {
    composed: Secret,
    /// Where it was typed in another spelling.
    as_typed: Option<Secret>,
}

impl TypedSecret {
    /// `compose` gives the composed spelling of a text. The tables for it are the browser's: here they would be larger
    /// than all else.
    pub fn new(typed: impl Into<Secret>, compose: impl FnOnce(&str) -> String) -> Self {
        let typed = typed.into();
        let text = typed.as_str().unwrap_or_default();
        // ASCII has one spelling. No copy of it is made.
        if text.is_ascii() {
            return typed.into();
        }
        let composed = Secret::from(compose(text));
        let as_typed = (typed != composed).then_some(typed);
        Self { composed, as_typed }
    }

    /// What a file is written under.
    pub fn composed(&self) -> &Secret {
        &self.composed
    }

    /// Whether nothing was typed.
    pub fn is_empty(&self) -> bool {
        self.composed.as_str().is_none_or(str::is_empty)
    }

    /// As it was typed; where that is another spelling, composed after that.
    pub fn spellings(&self) -> impl Iterator<Item = &str> {
        self.as_typed.iter().chain([&self.composed]).map(|secret| secret.as_str().unwrap_or_default())
    }

    /// Opens something with the secret as it was typed; where that `is_wrong`, with the composed one.
    ///
    /// # Errors
    /// What `open` says last.
    pub async fn open<T, E>(
        &self,
        is_wrong: impl Fn(&E) -> bool,
        mut open: impl AsyncFnMut(&str) -> Result<T, E>,
    ) -> Result<T, E> {
        if let Some(as_typed) = &self.as_typed {
            match open(as_typed.as_str().unwrap_or_default()).await {
                Err(error) if is_wrong(&error) => {}
                done => return done,
            }
        }
        open(self.composed.as_str().unwrap_or_default()).await
    }
}

impl From<Secret> for TypedSecret {
    /// Of a secret that is composed.
    fn from(composed: Secret) -> Self {
        Self { composed, as_typed: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::messages::{decode, encode};

    const COMPOSED: &str = "za\u{17C}";
    const DECOMPOSED: &str = "zaz\u{307}";

    fn typed(text: &str) -> TypedSecret {
        TypedSecret::new(text.to_owned(), |text| text.replace("z\u{307}", "\u{17C}"))
    }

    /// With which spellings it is tried to open what opens with this one, and whether it opens.
    fn tried(secret: &TypedSecret, password: &str) -> (Vec<String>, bool) {
        let mut tried = Vec::new();
        let opened = pollster::block_on(secret.open(
            |error| *error == "wrong",
            async |text| {
                tried.push(text.to_owned());
                if text == password { Ok(()) } else { Err("wrong") }
            },
        ));
        (tried, opened.is_ok())
    }

    #[test]
    fn a_decomposed_secret_is_written_composed_and_opens_in_both_spellings() {
        let secret = typed(DECOMPOSED);
        assert_eq!(secret.composed().as_str(), Some(COMPOSED));
        assert_eq!(secret.spellings().collect::<Vec<_>>(), [DECOMPOSED, COMPOSED]);
        assert_eq!(tried(&secret, DECOMPOSED), (vec![DECOMPOSED.into()], true));
        assert_eq!(tried(&secret, COMPOSED), (vec![DECOMPOSED.into(), COMPOSED.into()], true));
        assert_eq!(tried(&secret, "another"), (vec![DECOMPOSED.into(), COMPOSED.into()], false));
    }

    #[test]
    fn a_composed_secret_is_tried_once() {
        for text in [COMPOSED, "ASCII", ""] {
            assert_eq!(tried(&typed(text), text), (vec![text.into()], true));
            assert_eq!(tried(&typed(text), "another"), (vec![text.into()], false));
        }
    }

    #[test]
    fn an_error_that_another_secret_would_not_mend_ends_it() {
        let mut tries = 0;
        let refused: Result<(), _> = pollster::block_on(typed(DECOMPOSED).open(
            |error| *error == "wrong",
            async |_| {
                tries += 1;
                Err("damaged")
            },
        ));
        assert_eq!((refused, tries), (Err("damaged"), 1));
    }

    #[test]
    fn ascii_is_not_given_to_the_browser() {
        let secret = TypedSecret::new("ASCII".to_owned(), |_| unreachable!("ASCII is composed"));
        assert_eq!(secret.composed().as_str(), Some("ASCII"));
        assert!(!secret.is_empty());
        assert!(TypedSecret::default().is_empty());
    }

    #[test]
    fn both_spellings_cross_and_neither_is_shown() {
        let secret = typed(DECOMPOSED);
        assert_eq!(decode::<TypedSecret>(&encode(&secret).unwrap()).unwrap(), secret);
        assert!(!format!("{secret:?}").contains(COMPOSED) && !format!("{secret:?}").contains(DECOMPOSED));
    }
}

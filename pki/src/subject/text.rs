//! Which texts may stand in a subject.

use crate::mailbox::Mailbox;

/// Why a field cannot stand in a subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FieldError {
    /// Nothing was entered.
    #[error("Fill in this field, or leave it out of the certificate.")]
    Empty,
    /// More characters than RFC 5280 allows.
    #[error("This has {actual} characters; {maximum} are the most.")]
    TooLong {
        /// How many.
        actual: usize,
        /// How many are allowed.
        maximum: usize,
    },
    /// A control character, or one that is not seen or turns text around.
    #[error("This has a character that cannot be seen ({}). Type the text anew.", .character.escape_unicode())]
    Invisible {
        /// Which.
        character: char,
    },
    /// A value that only fills the field, such as `-` or `n/a` (S/MIME BR §7.1.4.2.2).
    #[error("This is not a real value.")]
    Placeholder,
    /// A character written as HTML, such as `&amp;`.
    #[error("This has a character written as HTML, such as &amp;. Type the character itself.")]
    HtmlEntity,
    /// An e-mail address where none belongs.
    #[error("An e-mail address cannot stand here.")]
    Address,
    /// Locality, state and province need the country (S/MIME BR §7.1.4.2.2).
    #[error("This can stand in the certificate only together with the country.")]
    CountryMissing,
    /// The register is in another country than the subject says.
    #[error("The identifier belongs to another country.")]
    CountryDiffers,
    /// The value cannot be encoded.
    #[error("This cannot be encoded.")]
    Encoding,
}

/// What people enter when they have nothing to enter, in lower case.
const PLACEHOLDERS: [&str; 7] = ["n/a", "n.a.", "none", "null", "unknown", "undefined", "not applicable"];

/// Names that HTML reads as characters even without a semicolon (HTML §13.5, named character references).
const HTML_NAMES: &str = "AElig AMP Aacute Acirc Agrave Aring Atilde Auml COPY Ccedil ETH Eacute Ecirc Egrave Euml GT \
    Iacute Icirc Igrave Iuml LT Ntilde Oacute Ocirc Ograve Oslash Otilde Ouml QUOT REG THORN Uacute Ucirc Ugrave Uuml \
    Yacute aacute acirc acute aelig agrave amp aring atilde auml brvbar ccedil cedil cent copy curren deg divide eacute \
    ecirc egrave eth euml frac12 frac14 frac34 gt iacute icirc iexcl igrave iquest iuml laquo lt macr micro middot nbsp \
    not ntilde oacute ocirc ograve ordf ordm oslash otilde ouml para plusmn pound quot raquo reg sect shy sup1 sup2 sup3 \
    szlig thorn times uacute ucirc ugrave uml uuml yacute yen yuml";

pub(super) fn check(text: &str, maximum: usize) -> Result<(), FieldError> {
    if text.is_empty() {
        return Err(FieldError::Empty);
    }
    let actual = text.chars().count();
    if actual > maximum {
        return Err(FieldError::TooLong { actual, maximum });
    }
    if let Some(character) = text.chars().find(|character| is_invisible(*character)) {
        return Err(FieldError::Invisible { character });
    }
    let is_placeholder = PLACEHOLDERS.iter().any(|placeholder| placeholder.eq_ignore_ascii_case(text));
    if is_placeholder || !text.chars().any(char::is_alphanumeric) {
        return Err(FieldError::Placeholder);
    }
    if text.split('&').skip(1).any(begins_html_entity) {
        return Err(FieldError::HtmlEntity);
    }
    if Mailbox::parse(text).is_ok() {
        return Err(FieldError::Address);
    }
    Ok(())
}

/// Control and format characters, private use, and anything that looks like nothing or turns text around.
fn is_invisible(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{ad}'
                | '\u{34f}'
                | '\u{61c}'
                | '\u{115f}'
                | '\u{1160}'
                | '\u{180e}'
                | '\u{200b}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{3164}'
                | '\u{e000}'..='\u{f8ff}'
                | '\u{fe00}'..='\u{fe0f}'
                | '\u{feff}'
                | '\u{fff0}'..='\u{fffd}'
                | '\u{e0000}'..='\u{10ffff}'
        )
}

/// Whether the text after an `&` makes a character reference of HTML out of it.
fn begins_html_entity(after: &str) -> bool {
    if let Some(number) = after.strip_prefix('#') {
        return number
            .starts_with(|character: char| character.is_ascii_digit() || matches!(character, 'x' | 'X'));
    }
    let name = after.split(|character: char| !character.is_ascii_alphanumeric()).next().unwrap_or_default();
    let ends_with_semicolon = after.get(name.len()..).is_some_and(|rest| rest.starts_with(';'));
    (!name.is_empty() && ends_with_semicolon)
        || HTML_NAMES.split_ascii_whitespace().any(|html| name.starts_with(html))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_real_organizations_may_stand() {
        for text in [
            "AT&T",
            "Smith & Sons",
            "R&D Labs",
            "H&M",
            "Müller & Co. KG",
            "有限会社",
            "株式会社 ソニー",
            "\"Łódź\" S.A.",
            "4711",
            "a/b",
            "O'Neil",
            "Yahoo!",
            "¡Olé!",
            "N/A Systems",
        ] {
            assert_eq!(check(text, 64), Ok(()), "{text}");
        }
    }

    #[test]
    fn what_only_fills_the_field_is_refused() {
        for text in ["-", ".", "--", "…", "N/A", "n/a", "None", "NULL", "?", "'", "Not applicable"] {
            assert_eq!(check(text, 64), Err(FieldError::Placeholder), "{text}");
        }
    }

    #[test]
    fn html_is_refused() {
        for text in
            ["A &amp; B", "A&amp B", "A&#38;B", "A&#x26;B", "A &eacute; B", "A&copy2", "&Zcaron;ilina"]
        {
            assert_eq!(check(text, 64), Err(FieldError::HtmlEntity), "{text}");
        }
    }

    #[test]
    fn characters_that_cannot_be_seen_are_refused() {
        for character in
            ['\0', '\n', '\t', '\u{7f}', '\u{85}', '\u{ad}', '\u{200b}', '\u{202e}', '\u{2066}', '\u{feff}']
        {
            assert_eq!(
                check(&format!("A{character}B"), 64),
                Err(FieldError::Invisible { character }),
                "{character:?}"
            );
        }
    }

    #[test]
    fn an_address_is_not_a_name() {
        assert_eq!(check("anna@example.com", 64), Err(FieldError::Address));
        assert_eq!(check("W@nderland", 64), Ok(()));
    }
}

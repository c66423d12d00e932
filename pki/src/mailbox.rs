//! E-mail addresses that may stand in a certificate: plain ASCII, one form for one mailbox.
//!
//! Stricter than RFC 5321 allows: whatever two mail programs could read differently is refused.

use std::fmt;

/// Longest local part (RFC 5321 §4.5.3.1.1).
pub const MAXIMUM_LOCAL_PART_BYTES: usize = 64;
/// Longest address: a path of 256 octets less its angle brackets (RFC 5321 §4.5.3.1.3).
pub const MAXIMUM_ADDRESS_BYTES: usize = 254;
/// Longest label of a domain (RFC 1035 §2.3.4).
pub const MAXIMUM_LABEL_BYTES: usize = 63;

/// An address `local-part@domain`: a dot-atom before the `@`, a host name in lower case after it.
///
/// The local part keeps its letters as they were written, because only its own server may compare them; the domain is
/// lowered, so that subject and subjectAltName repeat each other byte for byte.
///
/// RFC 5321 §4.1.2, RFC 5280 §4.2.1.6.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Mailbox {
    address: String,
    local_part_bytes: usize,
}

impl Mailbox {
    /// Parses an address; spaces around it are dropped.
    ///
    /// # Errors
    /// When the text is not one address in plain form.
    pub fn parse(text: &str) -> Result<Self, MailboxError> {
        let text = text.trim_matches(' ');
        if text.is_empty() {
            return Err(MailboxError::Empty);
        }
        let (local_part, domain) = text.split_once('@').ok_or(MailboxError::AtMissing)?;
        if domain.contains('@') {
            return Err(MailboxError::AtRepeated);
        }
        if text.len() > MAXIMUM_ADDRESS_BYTES {
            return Err(MailboxError::AddressTooLong { actual: text.len() });
        }
        check_local_part(local_part)?;
        check_domain(domain)?;
        let address = format!("{local_part}@{}", domain.to_ascii_lowercase());
        Ok(Self { address, local_part_bytes: local_part.len() })
    }

    /// The address.
    pub fn as_str(&self) -> &str {
        &self.address
    }

    /// What stands before the `@`.
    pub fn local_part(&self) -> &str {
        self.address.get(..self.local_part_bytes).unwrap_or_default()
    }

    /// What stands after the `@`, in lower case.
    pub fn domain(&self) -> &str {
        self.address.get(self.local_part_bytes.saturating_add(1)..).unwrap_or_default()
    }
}

impl fmt::Display for Mailbox {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.address)
    }
}

/// Why a text is not an address that may stand in a certificate.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MailboxError {
    /// Nothing was entered.
    #[error("Enter an e-mail address.")]
    Empty,
    /// No `@`.
    #[error("An e-mail address needs an @, such as name@example.com.")]
    AtMissing,
    /// More than one `@`.
    #[error("Enter one address only, with one @.")]
    AtRepeated,
    /// Longer than [`MAXIMUM_ADDRESS_BYTES`].
    #[error("The address has {actual} characters; {MAXIMUM_ADDRESS_BYTES} are the most.")]
    AddressTooLong {
        /// How long it is.
        actual: usize,
    },
    /// Nothing before the `@`.
    #[error("The part before the @ is missing.")]
    LocalPartEmpty,
    /// Longer than [`MAXIMUM_LOCAL_PART_BYTES`].
    #[error("The part before the @ has {actual} characters; {MAXIMUM_LOCAL_PART_BYTES} are the most.")]
    LocalPartTooLong {
        /// How long it is.
        actual: usize,
    },
    /// A dot at the beginning or the end, or two in a row.
    #[error("A dot before the @ must stand between two other characters.")]
    LocalPartDot,
    /// A character that is not ASCII before the `@`.
    #[error(
        "The character {} before the @ is not an ASCII character; such addresses cannot stand in a certificate yet.",
        .character.escape_debug()
    )]
    LocalPartNotAscii {
        /// Which.
        character: char,
    },
    /// A character that a dot-atom does not have, such as a space, a quotation mark or a comma.
    #[error("The character {} cannot stand before the @.", .character.escape_debug())]
    LocalPartCharacter {
        /// Which.
        character: char,
    },
    /// An encoded word of RFC 2047: programs disagree on what it means.
    #[error("The part before the @ looks like encoded text (=?…?=); enter the plain address.")]
    LocalPartEncoded,
    /// Nothing after the `@`.
    #[error("The part after the @ is missing.")]
    DomainEmpty,
    /// No dot: a name that only a local network knows.
    #[error("The part after the @ needs a dot, such as example.com.")]
    DomainWithoutDot,
    /// A dot at the beginning or the end, or two in a row.
    #[error("A dot after the @ must stand between two other characters.")]
    DomainDot,
    /// An address of a machine in brackets or digits.
    #[error("Use a domain name after the @, not an IP address.")]
    DomainIsIpAddress,
    /// Letters that are not ASCII: the A-label must be entered.
    #[error("Enter the domain in its ASCII form, which begins with xn--.")]
    DomainNotAscii,
    /// A character that a host name does not have.
    #[error("The character {} cannot stand after the @.", .character.escape_debug())]
    DomainCharacter {
        /// Which.
        character: char,
    },
    /// A label that begins or ends with a hyphen, or has hyphens in third and fourth place without being an A-label.
    #[error("A hyphen after the @ stands in a wrong place.")]
    DomainHyphen,
    /// Longer than [`MAXIMUM_LABEL_BYTES`].
    #[error("A part of the domain has {actual} characters; {MAXIMUM_LABEL_BYTES} are the most.")]
    DomainLabelTooLong {
        /// How long it is.
        actual: usize,
    },
}

/// A dot-atom (RFC 5322 §3.2.3) without `%` and `!`, which older mail servers read as a route, and without `=?`.
fn check_local_part(local_part: &str) -> Result<(), MailboxError> {
    if local_part.is_empty() {
        return Err(MailboxError::LocalPartEmpty);
    }
    for character in local_part.chars() {
        if !character.is_ascii() {
            return Err(MailboxError::LocalPartNotAscii { character });
        }
        if !character.is_ascii_alphanumeric() && !"#$&'*+-/=?^_`{|}~.".contains(character) {
            return Err(MailboxError::LocalPartCharacter { character });
        }
    }
    if local_part.len() > MAXIMUM_LOCAL_PART_BYTES {
        return Err(MailboxError::LocalPartTooLong { actual: local_part.len() });
    }
    if local_part.split('.').any(str::is_empty) {
        return Err(MailboxError::LocalPartDot);
    }
    if local_part.contains("=?") {
        return Err(MailboxError::LocalPartEncoded);
    }
    Ok(())
}

/// A host name of at least two labels (RFC 1123 §2.1, RFC 5890 §2.3.1).
pub(crate) fn check_domain(domain: &str) -> Result<(), MailboxError> {
    if domain.is_empty() {
        return Err(MailboxError::DomainEmpty);
    }
    if domain.starts_with('[') {
        return Err(MailboxError::DomainIsIpAddress);
    }
    for character in domain.chars() {
        if character.is_alphabetic() && !character.is_ascii() {
            return Err(MailboxError::DomainNotAscii);
        }
        if !character.is_ascii_alphanumeric() && character != '-' && character != '.' {
            return Err(MailboxError::DomainCharacter { character });
        }
    }
    if domain.split('.').any(str::is_empty) {
        return Err(MailboxError::DomainDot);
    }
    let (_, top_level) = domain.rsplit_once('.').ok_or(MailboxError::DomainWithoutDot)?;
    if top_level.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(MailboxError::DomainIsIpAddress);
    }
    domain.split('.').try_for_each(check_label)
}

fn check_label(label: &str) -> Result<(), MailboxError> {
    if label.len() > MAXIMUM_LABEL_BYTES {
        return Err(MailboxError::DomainLabelTooLong { actual: label.len() });
    }
    let reserved = label.get(2..4) == Some("--");
    let a_label = label.len() > 4 && label.get(..4).is_some_and(|prefix| prefix.eq_ignore_ascii_case("xn--"));
    if label.starts_with('-') || label.ends_with('-') || (reserved && !a_label) {
        return Err(MailboxError::DomainHyphen);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_address_keeps_its_local_part_and_lowers_its_domain() {
        let mailbox = Mailbox::parse("  Jan.Kowalski+smime@Example.COM ").unwrap();
        assert_eq!(mailbox.as_str(), "Jan.Kowalski+smime@example.com");
        assert_eq!(mailbox.local_part(), "Jan.Kowalski+smime");
        assert_eq!(mailbox.domain(), "example.com");
    }

    #[test]
    fn control_characters_are_refused() {
        for text in ["a@b.com\r\nBcc: x@y.z", "a@b.com\n", "a\0@b.com", "a\t@b.com", "a@b.com\r", "\ta@b.com"]
        {
            assert!(Mailbox::parse(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn anything_but_one_plain_address_is_refused() {
        for text in [
            "a@b@c.com",
            "\"a@b\"@c.com",
            "a@b.com,x@y.z",
            "<a@b.com>",
            "A <a@b.com>",
            "(a)a@b.com",
            "\"a\"@b.com",
            "@x.com:a@b.com",
            "a%b.com@c.com",
            "b.com!a@c.com",
            "a b@c.com",
            "a;b@c.com",
        ] {
            assert!(Mailbox::parse(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn an_encoded_word_is_refused() {
        assert_eq!(Mailbox::parse("=?utf-8?q?a=40b?=@c.com"), Err(MailboxError::LocalPartEncoded));
    }

    #[test]
    fn letters_that_only_look_like_ascii_are_refused() {
        for text in [
            "m\u{131}ke@example.org",
            "\u{212a}im@example.org",
            "a\u{ff20}example.org",
            "a\u{200b}@example.org",
        ] {
            assert!(Mailbox::parse(text).is_err(), "{text:?}");
        }
        assert_eq!(
            Mailbox::parse("józef@example.pl"),
            Err(MailboxError::LocalPartNotAscii { character: 'ó' })
        );
        assert_eq!(Mailbox::parse("jan@żółć.pl"), Err(MailboxError::DomainNotAscii));
        assert_eq!(Mailbox::parse("a@ex\u{430}mple.com"), Err(MailboxError::DomainNotAscii));
    }

    #[test]
    fn an_a_label_is_a_domain_and_other_reserved_labels_are_not() {
        assert_eq!(Mailbox::parse("jan@XN--Kda4b0koi.pl").unwrap().domain(), "xn--kda4b0koi.pl");
        assert_eq!(Mailbox::parse("jan@xn--.pl"), Err(MailboxError::DomainHyphen));
        assert_eq!(Mailbox::parse("jan@ab--cd.pl"), Err(MailboxError::DomainHyphen));
    }

    #[test]
    fn a_domain_is_a_name_with_a_dot() {
        for (text, error) in [
            ("a@localhost", MailboxError::DomainWithoutDot),
            ("a@com", MailboxError::DomainWithoutDot),
            ("a@[127.0.0.1]", MailboxError::DomainIsIpAddress),
            ("a@127.0.0.1", MailboxError::DomainIsIpAddress),
            ("a@example.com.", MailboxError::DomainDot),
            ("a@.example.com", MailboxError::DomainDot),
            ("a@example..com", MailboxError::DomainDot),
            ("a@-example.com", MailboxError::DomainHyphen),
            ("a@example-.com", MailboxError::DomainHyphen),
            ("a@exa_mple.com", MailboxError::DomainCharacter { character: '_' }),
        ] {
            assert_eq!(Mailbox::parse(text), Err(error), "{text:?}");
        }
    }

    #[test]
    fn each_length_is_accepted_up_to_its_limit_and_not_past_it() {
        let address = |local: usize, label: usize| format!("{}@{}.pl", "a".repeat(local), "b".repeat(label));
        assert!(Mailbox::parse(&address(64, 63)).is_ok());
        assert_eq!(Mailbox::parse(&address(65, 63)), Err(MailboxError::LocalPartTooLong { actual: 65 }));
        assert_eq!(Mailbox::parse(&address(64, 64)), Err(MailboxError::DomainLabelTooLong { actual: 64 }));
        let total = |last: usize| {
            let label = "b".repeat(62);
            format!("{}@{label}.{label}.{}.pl", "a".repeat(64), "c".repeat(last))
        };
        assert_eq!(total(60).len(), 254);
        assert!(Mailbox::parse(&total(60)).is_ok());
        assert_eq!(Mailbox::parse(&total(61)), Err(MailboxError::AddressTooLong { actual: 255 }));
    }

    proptest! {
        #[test]
        fn what_is_accepted_is_accepted_again_unchanged(text in "[ -~]{0,20}@[ -~]{0,20}|\\PC{0,40}") {
            if let Ok(mailbox) = Mailbox::parse(&text) {
                prop_assert!(mailbox.as_str().is_ascii());
                prop_assert_eq!(Mailbox::parse(mailbox.as_str()), Ok(mailbox.clone()));
                prop_assert_eq!(format!("{}@{}", mailbox.local_part(), mailbox.domain()), mailbox.to_string());
            }
        }
    }
}

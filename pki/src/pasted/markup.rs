//! What programs wrap around a text on its way: the markup of web pages and documents, the escapes of source code, of
//! addresses and of mail.

use zeroize::Zeroizing;

mod escapes;

/// The text without its markup; none when it has none that is known.
pub(super) fn strip(text: &str) -> Option<Zeroizing<String>> {
    let mut plain: Option<Zeroizing<String>> = None;
    let kinds = [rich_text, escapes::percent, escapes::backslashes, escapes::quoted_printable, web_page];
    for strip in kinds {
        let marked = plain.as_ref().map_or(text, |plain| plain.as_str());
        plain = strip(marked).map(Zeroizing::new).or(plain);
    }
    plain
}

/// Whether the text carries the markup of a web page.
pub(super) fn has_html(text: &str) -> bool {
    let lower = Zeroizing::new(text.to_ascii_lowercase());
    ["<br", "<html", "<!doctype", "<p>", "<div", "<span", "<pre", "</", "&nbsp;", "&lt;", "&#"]
        .into_iter()
        .any(|mark| lower.contains(mark))
}

/// The Rich Text Format of word processors: a backslash and a word, or a line break.
fn rich_text(text: &str) -> Option<String> {
    let mut rest = text.trim_start().strip_prefix("{\\rtf")?;
    let mut plain = String::with_capacity(text.len());
    while let Some(offset) = rest.find(['\\', '{', '}']) {
        let (before, from_mark) = rest.split_at_checked(offset).unwrap_or((rest, ""));
        plain.push_str(before);
        rest = match from_mark.strip_prefix('\\') {
            Some(control) => push_control(&mut plain, control),
            None => from_mark.get(1..).unwrap_or_default(),
        };
    }
    plain.push_str(rest);
    Some(plain)
}

/// Writes what a control of RTF stands for, and gives the rest.
fn push_control<'text>(plain: &mut String, control: &'text str) -> &'text str {
    if let Some(rest) = control.strip_prefix('\'') {
        let character = rest.get(..2).and_then(|digits| u8::from_str_radix(digits, 16).ok());
        plain.extend(character.map(char::from));
        return rest.get(2..).unwrap_or_default();
    }
    let end = control.find(|character: char| !character.is_ascii_alphanumeric()).unwrap_or(control.len());
    let (word, rest) = control.split_at_checked(end).unwrap_or((control, ""));
    match word.trim_end_matches(|digit: char| digit.is_ascii_digit()) {
        // A line break behind a backslash is a paragraph; another character behind one is itself.
        "" => {
            let mut characters = rest.chars();
            plain.extend(characters.next());
            return characters.as_str();
        }
        "par" | "line" => plain.push('\n'),
        "u" => {
            let number = word.strip_prefix('u').and_then(|digits| digits.parse().ok());
            plain.extend(number.and_then(char::from_u32));
            return rest.strip_prefix('?').unwrap_or(rest);
        }
        _ => {}
    }
    rest.strip_prefix(' ').unwrap_or(rest)
}

/// Tags and character references.
fn web_page(text: &str) -> Option<String> {
    has_html(text).then(|| {
        let mut plain = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(offset) = rest.find(['<', '&']) {
            let (before, from_mark) = rest.split_at_checked(offset).unwrap_or((rest, ""));
            plain.push_str(before);
            rest = match tag(from_mark) {
                Some((name, after)) => {
                    plain.push_str(if is_inline(name) { "" } else { "\n" });
                    after
                }
                None => push_reference(&mut plain, from_mark),
            };
        }
        plain.push_str(rest);
        plain
    })
}

/// Longest tag and longest character reference that are looked for. Our choice: style sheets within tags are shorter.
const TAG_BYTES: usize = 1024;
const REFERENCE_BYTES: usize = 12;

/// Where a character stands within so many bytes. Marks without an end are many in a bad text, and the rest is not gone through
/// for each.
fn find_within(text: &str, wanted: char, bytes: usize) -> Option<usize> {
    let mut within = text.char_indices().take_while(|(offset, _)| *offset <= bytes);
    within.find(|(_, character)| *character == wanted).map(|(offset, _)| offset)
}

/// A tag's name, and what follows the tag.
fn tag(text: &str) -> Option<(&str, &str)> {
    let inside = text.strip_prefix('<')?;
    let end = find_within(inside, '>', TAG_BYTES)?;
    let name = inside.trim_start_matches('/');
    if !name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '!') {
        return None;
    }
    let name_end = name.find(|character: char| !character.is_ascii_alphanumeric()).unwrap_or(name.len());
    Some((name.get(..name_end)?, inside.get(end.saturating_add(1)..)?))
}

/// Whether a tag stands within a line.
fn is_inline(name: &str) -> bool {
    ["a", "b", "i", "u", "code", "em", "font", "span", "strong", "tt", "wbr"]
        .into_iter()
        .any(|inline| inline.eq_ignore_ascii_case(name))
}

/// Writes the character of a reference such as `&#43;`, or what stands there when it is none, and gives the rest.
fn push_reference<'text>(plain: &mut String, text: &'text str) -> &'text str {
    let end = find_within(text, ';', REFERENCE_BYTES);
    let character = end.and_then(|end| referenced(text.get(1..end)?));
    if let (Some(character), Some(end)) = (character, end) {
        plain.push(character);
        return text.get(end.saturating_add(1)..).unwrap_or_default();
    }
    let mut characters = text.chars();
    plain.extend(characters.next());
    characters.as_str()
}

fn referenced(name: &str) -> Option<char> {
    let number = |digits: &str, radix| u32::from_str_radix(digits, radix).ok().and_then(char::from_u32);
    match name {
        "lt" => Some('<'),
        "gt" => Some('>'),
        "amp" => Some('&'),
        "quot" => Some('"'),
        "nbsp" => Some(' '),
        "plus" => Some('+'),
        "sol" => Some('/'),
        "equals" => Some('='),
        "hyphen" | "dash" => Some('-'),
        "NewLine" => Some('\n'),
        _ => match name.strip_prefix('#')? {
            hex if hex.starts_with(['x', 'X']) => number(hex.get(1..)?, 16),
            decimal => number(decimal, 10),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::strip;

    #[test]
    fn plain_text_has_no_markup() {
        for text in ["", "plain", "a < b & c", "-----BEGIN X-----\nAA==\n"] {
            assert!(strip(text).is_none(), "{text}");
        }
    }

    #[test]
    fn html_escapes_and_quoted_printable_are_taken_off() {
        for (marked, plain) in [
            ("<p>a<br/>b</p>", "\na\nb\n"),
            ("<span style=\"x\">a</span>&#43;&#x2F;&equals;&nbsp;&lt;&#45;", "a+/= <-"),
            ("<p>&bogus;&amp", "\n&bogus;&amp"),
            ("<p>&gt;&amp;&quot;&plus;&sol;&hyphen;&dash;&NewLine;", "\n>&\"+/--\n"),
            ("<!-- note -->a<!DOCTYPE html>b", "\na\nb"),
            ("{\"csr\":\"a\\nb\\/c\"}", "{\ncsr\n:\na\nb/c\n}"),
            ("AA=3D=\n=3D", "AA=="),
            ("&lt;br&gt;", "<br>"),
            ("{\\rtf1\\ansi\n\\f0 a\\\nb\\par c\\'2b\\u43?}", "1\na\nb\nc++"),
            ("a%20b%0Ac%2B", "a b\nc+"),
            ("-----BEGIN+X-----%0Aa%2B", "-----BEGIN X-----\na+"),
            ("a\\u002Bb\\x2bc\\\\nd", "a+b+c\nd"),
            ("AA=3D=\r\n=2B", "AA=+"),
        ] {
            assert_eq!(strip(marked).as_ref().map(|plain| plain.as_str()), Some(plain), "{marked}");
        }
    }

    #[test]
    fn a_mark_that_opens_nothing_stays() {
        assert_eq!(strip("<br>1 < 2 <").as_ref().map(|plain| plain.as_str()), Some("\n1 < 2 <"));
    }
}

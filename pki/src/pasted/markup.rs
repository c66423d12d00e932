//! What programs wrap around a text on its way: the markup of web pages, the escapes of source code and of mail.

/// The text without its dress; none when it wears none that is known.
pub(super) fn remove(text: &str) -> Option<String> {
    let mut plain = None;
    for undress in [without_escapes, without_quoted_printable, without_html] {
        let worn = plain.as_deref().unwrap_or(text);
        plain = undress(worn).or(plain);
    }
    plain
}

/// `\n`, `\r` and `\t` written out, as in a JSON text or in source code, `\/` of JSON, and quotation marks.
fn without_escapes(text: &str) -> Option<String> {
    let is_escaped = ["\\n", "\\r", "\\/"].into_iter().any(|escape| text.contains(escape));
    is_escaped.then(|| {
        let unescaped =
            text.replace("\\r", "\n").replace("\\n", "\n").replace("\\t", " ").replace("\\/", "/");
        unescaped.replace(['"', '\'', '\\'], "\n")
    })
}

/// `=3D` and broken lines of a mail as it is stored (RFC 2045 §6.7).
fn without_quoted_printable(text: &str) -> Option<String> {
    text.contains("=3D").then(|| {
        let joined = text.replace("=\r\n", "").replace("=\n", "");
        joined.replace("=3D", "=").replace("=20", " ").replace("=2B", "+").replace("=2F", "/")
    })
}

/// Tags and character references.
fn without_html(text: &str) -> Option<String> {
    super::marks::has_html(text).then(|| {
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

/// A tag's name, and what follows the tag.
fn tag(text: &str) -> Option<(&str, &str)> {
    let inside = text.strip_prefix('<')?;
    let end = inside.find('>').filter(|end| *end <= TAG_BYTES)?;
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
    let end = text.find(';').filter(|end| *end <= REFERENCE_BYTES);
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
    use super::remove;

    #[test]
    fn plain_text_has_no_dress() {
        for text in ["", "plain", "a < b & c", "-----BEGIN X-----\nAA==\n"] {
            assert_eq!(remove(text), None, "{text}");
        }
    }

    #[test]
    fn html_escapes_and_quoted_printable_are_taken_off() {
        for (dressed, plain) in [
            ("<p>a<br/>b</p>", "\na\nb\n"),
            ("<span style=\"x\">a</span>&#43;&#x2F;&equals;&nbsp;&lt;&#45;", "a+/= <-"),
            ("<p>&bogus;&amp", "\n&bogus;&amp"),
            ("<p>&gt;&amp;&quot;&plus;&sol;&hyphen;&dash;&NewLine;", "\n>&\"+/--\n"),
            ("<!-- note -->a<!DOCTYPE html>b", "\na\nb"),
            ("{\"csr\":\"a\\nb\\/c\"}", "{\ncsr\n:\na\nb/c\n}"),
            ("AA=3D=\n=3D", "AA=="),
            ("&lt;br&gt;", "<br>"),
        ] {
            assert_eq!(remove(dressed).as_deref(), Some(plain), "{dressed}");
        }
    }

    #[test]
    fn a_mark_that_opens_nothing_stays() {
        assert_eq!(remove("<br>1 < 2 <").as_deref(), Some("\n1 < 2 <"));
    }
}

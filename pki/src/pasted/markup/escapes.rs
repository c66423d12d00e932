//! Characters that are written as others: in source code and JSON, in addresses of the web, in mails.

/// `\n`, `\r` and `\t` written out, as in a JSON text or in source code, `\/` and `\u002B` of JSON, `\x2b`, and quotation
/// marks, which become line breaks. Escaped once more, as JSON inside JSON is, it reads the same.
pub(super) fn backslashes(text: &str) -> Option<String> {
    let is_escaped = ["\\n", "\\r", "\\/", "\\u00", "\\x"].into_iter().any(|escape| text.contains(escape));
    is_escaped.then(|| {
        let mut plain = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(offset) = rest.find(['\\', '"', '\'']) {
            let (before, from_mark) = rest.split_at_checked(offset).unwrap_or((rest, ""));
            plain.push_str(before);
            let escape = from_mark.trim_start_matches('\\');
            rest = if escape.len() < from_mark.len() {
                push_escape(&mut plain, escape)
            } else {
                plain.push('\n');
                from_mark.get(1..).unwrap_or_default()
            };
        }
        plain.push_str(rest);
        plain
    })
}

/// Writes the character of what follows a backslash, and gives the rest.
fn push_escape<'text>(plain: &mut String, escape: &'text str) -> &'text str {
    let mut characters = escape.chars();
    let digits = match characters.next() {
        Some('t') => {
            plain.push(' ');
            0
        }
        Some('/') => {
            plain.push('/');
            0
        }
        Some('n' | 'r') => {
            plain.push('\n');
            0
        }
        Some('u') => 4,
        Some('x') => 2,
        _ => {
            plain.push('\n');
            return escape;
        }
    };
    let rest = characters.as_str();
    let number = rest.get(..digits).and_then(|digits| u32::from_str_radix(digits, 16).ok());
    plain.extend(number.and_then(char::from_u32));
    rest.get(digits..).unwrap_or_default()
}

/// `%0A` of addresses and forms (RFC 3986 §2.1); there a plus is a blank where blanks are not written otherwise.
pub(super) fn percent(text: &str) -> Option<String> {
    let is_encoded =
        ["%0A", "%0a", "%0D", "%0d", "%2B", "%2b", "%20"].into_iter().any(|code| text.contains(code));
    let blank = if text.contains("BEGIN+") { '+' } else { ' ' };
    is_encoded.then(|| hex_codes(&text.replace(blank, " "), '%'))
}

/// `=3D` and broken lines of a mail as it is stored (RFC 2045 §6.7).
pub(super) fn quoted_printable(text: &str) -> Option<String> {
    ["=3D", "=2B", "=2F"].into_iter().any(|code| text.contains(code)).then(|| {
        let joined = text.replace("=\r\n", "").replace("=\n", "");
        hex_codes(&joined, '=')
    })
}

/// The characters that a mark and two hex digits stand for; a mark without digits stays.
fn hex_codes(text: &str, mark: char) -> String {
    let mut parts = text.split(mark);
    let mut plain = String::with_capacity(text.len());
    plain.push_str(parts.next().unwrap_or_default());
    for part in parts {
        let code = part.get(..2).and_then(|digits| u8::from_str_radix(digits, 16).ok());
        if let (Some(code), Some(rest)) = (code.filter(u8::is_ascii), part.get(2..)) {
            plain.push(char::from(code));
            plain.push_str(rest);
        } else {
            plain.push(mark);
            plain.push_str(part);
        }
    }
    plain
}

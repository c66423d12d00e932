use super::MediaType;

/// Longer names do not fit a list. Our choice.
const MAXIMUM_NAME_CHARACTERS: usize = 100;

/// The file's name as people see it: without path, without characters that hide or turn around others, and with the
/// extension of what it is.
pub(super) fn sanitized(name: &str, media_type: MediaType) -> String {
    let base = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let visible: String = base.chars().filter(|character| !is_invisible(*character)).collect();
    let visible = visible.trim().trim_start_matches('.');
    let extensions: &[&str] = match media_type {
        MediaType::Pdf => &["pdf"],
        MediaType::Png => &["png"],
        MediaType::Jpeg => &["jpg", "jpeg"],
    };
    let (stem, extension) = visible.rsplit_once('.').unwrap_or((visible, ""));
    let (stem, extension) = match extensions.iter().find(|expected| expected.eq_ignore_ascii_case(extension))
    {
        Some(expected) => (stem, *expected),
        None => (visible, extensions.first().copied().unwrap_or_default()),
    };
    let stem: String = stem
        .chars()
        .take(MAXIMUM_NAME_CHARACTERS.saturating_sub(extension.len().saturating_add(1)))
        .collect();
    let stem = if stem.is_empty() { "document" } else { stem.as_str() };
    format!("{stem}.{extension}")
}

/// Control characters, characters without width, and those that change the direction of writing.
fn is_invisible(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
        )
}

#[cfg(test)]
mod tests {
    use super::{MediaType, sanitized};

    #[test]
    fn a_name_says_what_the_file_is_and_hides_nothing() {
        for (name, media_type, expected) in [
            ("extract.pdf", MediaType::Pdf, "extract.pdf"),
            ("Odpis KRS żółć.PDF", MediaType::Pdf, "Odpis KRS żółć.pdf"),
            ("scan.JPEG", MediaType::Jpeg, "scan.jpeg"),
            ("../../etc/passwd", MediaType::Pdf, "passwd.pdf"),
            ("C:\\scans\\a.png", MediaType::Png, "a.png"),
            ("a.pdf\0.html", MediaType::Pdf, "a.pdf.html.pdf"),
            ("gpj\u{202e}fdp.png", MediaType::Pdf, "gpjfdp.png.pdf"),
            ("a\r\nContent-Type: text/html.pdf", MediaType::Pdf, "html.pdf"),
            ("", MediaType::Pdf, "document.pdf"),
            ("...", MediaType::Png, "document.png"),
        ] {
            assert_eq!(sanitized(name, media_type), expected, "{name:?}");
        }
    }

    #[test]
    fn a_long_name_is_cut_before_its_extension() {
        let name = sanitized(&format!("{}.pdf", "ż".repeat(300)), MediaType::Pdf);
        assert_eq!(name.chars().count(), 100);
        assert!(name.ends_with("ż.pdf"));
    }
}

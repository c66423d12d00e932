/// A page scanned at 600 dots per inch has 35 million pixels. Our choice: some pages side by side.
const MAXIMUM_PIXELS: u64 = 150_000_000;

/// What a document may be, found in its content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MediaType {
    /// PDF.
    Pdf,
    /// PNG.
    Png,
    /// JPEG.
    Jpeg,
}

impl MediaType {
    /// The type of a content; `None` where it is not accepted. The signature must be the very beginning: readers of PDF
    /// also accept it later, after something that another program takes for a page or a script.
    pub(crate) fn of(content: &[u8]) -> Option<Self> {
        [Self::Pdf, Self::Png, Self::Jpeg].into_iter().find(|kind| content.starts_with(kind.signature()))
    }

    fn signature(self) -> &'static [u8] {
        match self {
            Self::Pdf => b"%PDF-",
            Self::Png => b"\x89PNG\r\n\x1a\n",
            Self::Jpeg => b"\xff\xd8\xff",
        }
    }

    /// Such as `image/png`.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
        }
    }

    /// Whether opening the picture would take more memory than a computer has to spare.
    pub(super) fn has_too_many_pixels(self, content: &[u8]) -> bool {
        let size = match self {
            Self::Pdf => None,
            Self::Png => png_size(content),
            Self::Jpeg => jpeg_size(content),
        };
        size.is_some_and(|(width, height)| u64::from(width) * u64::from(height) > MAXIMUM_PIXELS)
    }
}

/// Width and height, from the IHDR chunk (PNG §11.2.2).
fn png_size(content: &[u8]) -> Option<(u32, u32)> {
    let width = content.get(16..20)?.try_into().ok()?;
    let height = content.get(20..24)?.try_into().ok()?;
    Some((u32::from_be_bytes(width), u32::from_be_bytes(height)))
}

/// Width and height, from the first start-of-frame segment (ITU-T T.81 §B.2.2).
fn jpeg_size(content: &[u8]) -> Option<(u32, u32)> {
    let mut position = 2;
    loop {
        let [0xff, marker] = *content.get(position..position + 2)? else { return None };
        let length = content.get(position + 2..position + 4)?.try_into().ok().map(u16::from_be_bytes)?;
        // C4, C8 and CC are tables, not frames.
        if matches!(marker, 0xc0..=0xcf) && !matches!(marker, 0xc4 | 0xc8 | 0xcc) {
            let height = content.get(position + 5..position + 7)?.try_into().ok().map(u16::from_be_bytes)?;
            let width = content.get(position + 7..position + 9)?.try_into().ok().map(u16::from_be_bytes)?;
            return Some((width.into(), height.into()));
        }
        position += 2 + usize::from(length);
    }
}

#[cfg(test)]
mod tests {
    use super::MediaType;

    fn png(width: u32, height: u32) -> Vec<u8> {
        let mut content = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
        content.extend(width.to_be_bytes());
        content.extend(height.to_be_bytes());
        content
    }

    fn jpeg(width: u16, height: u16) -> Vec<u8> {
        let mut content = b"\xff\xd8\xff\xe0\0\x04AB\xff\xc2\0\x11\x08".to_vec();
        content.extend(height.to_be_bytes());
        content.extend(width.to_be_bytes());
        content
    }

    #[test]
    fn a_type_is_what_the_content_says() {
        assert_eq!(MediaType::of(b"%PDF-1.7\n"), Some(MediaType::Pdf));
        assert_eq!(MediaType::of(&png(1, 1)), Some(MediaType::Png));
        assert_eq!(MediaType::of(&jpeg(1, 1)), Some(MediaType::Jpeg));
        for other in [
            b"<html>%PDF-1.7".as_slice(),
            b"<svg xmlns='http://www.w3.org/2000/svg'/>",
            b"PK\x03\x04",
            b"GIF89a",
            b"\x89PN",
            b"",
        ] {
            assert_eq!(MediaType::of(other), None);
        }
    }

    #[test]
    fn a_picture_that_fills_the_memory_is_found_by_its_header() {
        assert!(MediaType::Png.has_too_many_pixels(&png(50_000, 50_000)));
        assert!(!MediaType::Png.has_too_many_pixels(&png(5_000, 7_000)));
        assert!(MediaType::Jpeg.has_too_many_pixels(&jpeg(65_000, 65_000)));
        assert!(!MediaType::Jpeg.has_too_many_pixels(&jpeg(5_000, 7_000)));
    }
}

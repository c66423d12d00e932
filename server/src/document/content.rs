/// A page scanned at 600 dots per inch has 35 million pixels. Our choice: some pages side by side.
const MAXIMUM_PIXELS: u64 = 150_000_000;

/// Why a picture is not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum PictureError {
    /// Opening it would take more memory than a computer has to spare.
    #[error("the picture has too many pixels")]
    TooManyPixels,
    /// Its header does not give the size in the way that every program understands.
    #[error("the size of the picture cannot be read")]
    Unreadable,
}

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

    /// Makes sure that opening the document takes no more memory than a computer has to spare.
    pub(super) fn check_pixels(self, content: &[u8]) -> Result<(), PictureError> {
        let size = match self {
            Self::Pdf => return Ok(()),
            Self::Png => png_size(content),
            Self::Jpeg => jpeg_size(content),
        };
        let pixels = size.map(|(width, height)| u64::from(width) * u64::from(height));
        match pixels {
            None | Some(0) => Err(PictureError::Unreadable),
            Some(1..=MAXIMUM_PIXELS) => Ok(()),
            Some(_) => Err(PictureError::TooManyPixels),
        }
    }
}

/// Width and height. The header chunk has to be the first, or programs differ in what they see (PNG §5.6, §11.2.1).
fn png_size(content: &[u8]) -> Option<(u32, u32)> {
    let header = content.strip_prefix(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR")?;
    let (width, header) = header.split_first_chunk()?;
    let (height, _) = header.split_first_chunk()?;
    Some((u32::from_be_bytes(*width), u32::from_be_bytes(*height)))
}

/// Width and height, from the first start-of-frame segment (ITU-T T.81 §B.2.2). Anything before it that is not a segment is
/// refused, as programs differ in how they skip it.
fn jpeg_size(content: &[u8]) -> Option<(u32, u32)> {
    let mut rest = content.strip_prefix(b"\xff\xd8")?;
    loop {
        rest = rest.strip_prefix(b"\xff")?;
        // Any marker may follow fill bytes (ITU-T T.81 §B.1.1.2).
        while let Some(shorter) = rest.strip_prefix(b"\xff") {
            rest = shorter;
        }
        let (marker, segment) = rest.split_first()?;
        let (length, _) = segment.split_first_chunk()?;
        let (segment, after) = segment.split_at_checked(u16::from_be_bytes(*length).into())?;
        match marker {
            // Tables, not frames.
            0xc4 | 0xc8 | 0xcc => {}
            0xc0..=0xcf => {
                let [_, _, _precision, height @ .., _components] = segment.first_chunk::<8>()?;
                let [height_1, height_0, width_1, width_0] = *height;
                let width = u16::from_be_bytes([width_1, width_0]);
                return Some((width.into(), u16::from_be_bytes([height_1, height_0]).into()));
            }
            // Markers without a segment, the end, and the beginning of the picture's data.
            0x00 | 0x01 | 0xd0..=0xda => return None,
            _ => {}
        }
        rest = after;
    }
}

#[cfg(test)]
mod tests {
    use super::{MediaType, PictureError};

    fn png(width: u32, height: u32) -> Vec<u8> {
        let mut content = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
        content.extend(width.to_be_bytes());
        content.extend(height.to_be_bytes());
        content
    }

    fn jpeg(width: u16, height: u16) -> Vec<u8> {
        let mut content = b"\xff\xd8\xff\xe0\0\x04AB".to_vec();
        content.extend(frame(width, height));
        content
    }

    /// A progressive frame of three components.
    fn frame(width: u16, height: u16) -> Vec<u8> {
        let mut segment = b"\xff\xc2\0\x11\x08".to_vec();
        segment.extend(height.to_be_bytes());
        segment.extend(width.to_be_bytes());
        segment.extend(b"\x03\x01\x22\0\x02\x11\x01\x03\x11\x01");
        segment
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
        let too_many = Err(PictureError::TooManyPixels);
        assert_eq!(MediaType::Png.check_pixels(&png(50_000, 50_000)), too_many);
        assert_eq!(MediaType::Png.check_pixels(&png(5_000, 7_000)), Ok(()));
        assert_eq!(MediaType::Png.check_pixels(&png(15_000, 10_000)), Ok(()));
        assert_eq!(MediaType::Png.check_pixels(&png(15_000, 10_001)), too_many);
        assert_eq!(MediaType::Jpeg.check_pixels(&jpeg(65_000, 65_000)), too_many);
        assert_eq!(MediaType::Jpeg.check_pixels(&jpeg(5_000, 7_000)), Ok(()));
    }

    #[test]
    fn fill_bytes_before_a_marker_hide_no_size() {
        let filled = |width, height| [b"\xff\xd8\xff\xff\xff".as_slice(), &frame(width, height)].concat();
        assert_eq!(MediaType::Jpeg.check_pixels(&filled(65_000, 65_000)), Err(PictureError::TooManyPixels));
        assert_eq!(MediaType::Jpeg.check_pixels(&filled(5_000, 7_000)), Ok(()));
    }

    #[test]
    fn a_picture_whose_size_cannot_be_read_is_refused() {
        let other_chunk_first =
            [b"\x89PNG\r\n\x1a\n\0\0\0\0tEXt\0\0\0\0".as_slice(), &png(1, 1)[8..]].concat();
        for content in [png(0, 7), png(7, 7)[..23].to_vec(), other_chunk_first] {
            assert_eq!(MediaType::Png.check_pixels(&content), Err(PictureError::Unreadable), "{content:x?}");
        }
        let garbage_first = [b"\xff\xd8\xff\xe0\0\x02garbage".as_slice(), &frame(7, 7)].concat();
        let data_first = [b"\xff\xd8\xff\xda\0\x02".as_slice(), &frame(7, 7)].concat();
        let height_comes_later = jpeg(7, 0);
        let no_length = b"\xff\xd8\xff\xe0\0\0".to_vec();
        for content in [garbage_first, data_first, height_comes_later, no_length, jpeg(7, 7)[..20].to_vec()] {
            assert_eq!(MediaType::Jpeg.check_pixels(&content), Err(PictureError::Unreadable), "{content:x?}");
        }
    }

    #[test]
    fn a_pdf_has_no_pixels() {
        assert_eq!(MediaType::Pdf.check_pixels(b"%PDF-1.7\n"), Ok(()));
    }
}

//! The parts of JPEG and PNG files: where a picture ends, and the file without all that is not the picture.
//!
//! Sources: ITU-T T.81, annex B; PNG, third edition, section 5.

use std::ops::Range;

use memchr::memchr;

/// What JPEG files begin with.
pub(super) const JPEG: &[u8] = b"\xff\xd8\xff";

/// What PNG files begin with.
pub(super) const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";

/// A segment of a JPEG file: its marker, and where it lies with that.
type Segment = (u8, Range<usize>);

/// The segments of a JPEG file up to the end of its picture; none if it ends before that does.
///
/// A scan's entropy-coded bytes go with its head. What cameras write behind the end, films and second pictures, is left out.
fn jpeg_segments(bytes: &[u8]) -> Option<Vec<Segment>> {
    let mut at = 2;
    let mut segments = Vec::new();
    loop {
        while bytes.get(at..)?.starts_with(&[0xff, 0xff]) {
            at += 1;
        }
        let &[0xff, marker] = bytes.get(at..at + 2)? else { return None };
        if marker == 0xd9 {
            segments.push((marker, at..at + 2));
            return Some(segments);
        }
        let len = usize::from(u16::from_be_bytes(bytes.get(at + 2..at + 4)?.try_into().ok()?));
        let mut end = at + 2 + len.max(2);
        if marker == 0xda {
            end = scan_end(bytes, end)?;
        }
        segments.push((marker, at..end));
        at = end;
    }
}

/// Where the next segment begins behind the entropy-coded bytes from `at` on.
fn scan_end(bytes: &[u8], mut at: usize) -> Option<usize> {
    loop {
        at += memchr(0xff, bytes.get(at..)?)?;
        match bytes.get(at + 1)? {
            0x00 | 0xd0..=0xd7 => at += 2,
            0xff => at += 1,
            _ => return Some(at),
        }
    }
}

/// The markers of a JPEG file, in order; none if it has not all of its picture.
pub(super) fn jpeg_markers(bytes: &[u8]) -> Option<Vec<u8>> {
    Some(jpeg_segments(bytes)?.into_iter().map(|(marker, _)| marker).collect())
}

/// A JPEG file without its metadata, and without what lies behind the picture. Its colours must be those of every screen: the profile goes too.
pub(super) fn bare_jpeg(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut bare = bytes.get(..2)?.to_vec();
    for (marker, range) in jpeg_segments(bytes)? {
        // APP0 is the file's own head, APP14 tells how the colours are coded; the others and the comment are metadata.
        let is_metadata = matches!(marker, 0xe1..=0xed | 0xef | 0xfe);
        if !is_metadata {
            bare.extend_from_slice(bytes.get(range)?);
        }
    }
    Some(bare)
}

/// A PNG file with the chunks alone that its picture is made of.
pub(super) fn bare_png(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut bare = PNG.to_vec();
    let mut rest = bytes.strip_prefix(PNG)?;
    loop {
        let len = usize::try_from(u32::from_be_bytes(*rest.first_chunk()?)).ok()?;
        let chunk = rest.get(..len.checked_add(12)?)?;
        let name = &chunk[4..8];
        if matches!(name, b"IHDR" | b"PLTE" | b"IDAT" | b"IEND" | b"tRNS" | b"gAMA" | b"cHRM" | b"sRGB" | b"sBIT") {
            bare.extend_from_slice(chunk);
        }
        if name == b"IEND" {
            return Some(bare);
        }
        rest = &rest[chunk.len()..];
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const HEAD: &[u8] = b"\xff\xd8\xff\xe0\x00\x04JF";
    const EXIF: &[u8] = b"\xff\xe1\x00\x08Exif\x00\xff";
    const SCAN: &[u8] = b"\xff\xda\x00\x03\x01data\xff\x00more\xff\xd3data";
    const END: &[u8] = b"\xff\xd9";

    #[test]
    fn a_picture_without_its_end_is_not_whole() {
        let whole = [HEAD, EXIF, SCAN, SCAN, END].concat();
        assert_eq!(jpeg_markers(&whole), Some(vec![0xe0, 0xe1, 0xda, 0xda, 0xd9]));
        for len in 0..whole.len() {
            assert!(jpeg_markers(&whole[..len]).is_none(), "{len} bytes of {}", whole.len());
        }
    }

    #[test]
    fn metadata_and_what_lies_behind_the_picture_go() {
        let whole = [HEAD, EXIF, b"\xff\xfe\x00\x05GPS", SCAN, END, b"a film"].concat();
        assert_eq!(bare_jpeg(&whole).unwrap(), [HEAD, SCAN, END].concat());
        let chunk = |name: &[u8], data: &[u8]| {
            [&u32::try_from(data.len()).unwrap().to_be_bytes(), name, data, b"crc!"].concat()
        };
        let (first, last) = (chunk(b"IHDR", b"head"), chunk(b"IEND", b""));
        let whole = [PNG, &first, &chunk(b"eXIf", b"GPS"), &chunk(b"iTXt", b"xmp"), &last, b"more"].concat();
        assert_eq!(bare_png(&whole).unwrap(), [PNG, &first, &last].concat());
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in prop::collection::vec(prop_oneof![Just(0xff_u8), Just(0xda), any::<u8>()], 0..200)) {
            for head in [JPEG, PNG, b""] {
                let bytes = [head, &bytes].concat();
                let _ = (jpeg_markers(&bytes), bare_jpeg(&bytes), bare_png(&bytes));
            }
        }
    }
}

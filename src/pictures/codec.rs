//! The formats: bytes of a file to pixels, and pixels to bytes of a file.
//!
//! What a file is, its first bytes tell, not its name. Its size is read and judged before any of it is decoded.

use std::io::Cursor;

use moxcms::{ColorProfile, Layout, TransformOptions};
use zune_jpeg::{
    JpegDecoder,
    zune_core::{bytestream::ZCursor, colorspace::ColorSpace, options::DecoderOptions},
};

use super::{
    MOST_DECODED_BYTES, MOST_MEGAPIXELS,
    embedded::Embedded,
    frame::{Depth, Frame},
    segments,
};

/// The crates that decide the bytes of renditions, with their versions: with another of them, everything is made anew.
pub(super) const CODECS: [(&str, &str); 8] = [
    ("fast_image_resize", "6.1.0"),
    ("image-webp", "0.2.4"),
    ("jpeg-encoder", "0.7.1"),
    ("libwebp-sys", "0.9.6"),
    ("moxcms", "0.9.2"),
    ("png", "0.18.1"),
    ("webp", "0.3.1"),
    ("zune-jpeg", "0.5.15"),
];

/// The most pixels of a side that JPEG and WebP can have.
const MOST_JPEG_SIDE: u32 = 65_535;
const MOST_WEBP_SIDE: u32 = 16_383;

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(super) enum Kind {
    Jpeg,
    Png,
    Webp,
    Svg,
    /// A format that is published as it is: GIF, AVIF, or anything that moves.
    Passed,
}

/// Why a file cannot be developed.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(super) enum Fault {
    /// It is no picture that is known.
    Unknown,
    /// It has more pixels, or more bytes when decoded, than one may have.
    TooLarge(u32, u32),
    /// Its file is too large.
    TooManyBytes(u64),
    /// It ends before its picture does.
    CutShort,
    /// The decoder made nothing of it.
    Undecodable,
    /// It is an SVG that is no XML, or none that can be made harmless.
    BadSvg,
}

/// A decoded file.
pub(super) struct Decoded {
    pub(super) frame: Frame,
    pub(super) embedded: Embedded,
    /// Whether its format keeps every pixel as it was drawn.
    pub(super) is_lossless: bool,
}

/// The markers of a JPEG that comes in passes from coarse to fine, and of a scan (ITU-T T.81, table B.1).
const PROGRESSIVE: u8 = 0xc2;
const SCAN: u8 = 0xda;

/// What the first bytes of a file say that it is.
pub(super) fn kind(bytes: &[u8]) -> Option<Kind> {
    if bytes.starts_with(segments::JPEG) {
        return Some(Kind::Jpeg);
    }
    if bytes.starts_with(segments::PNG) {
        // The chunk that makes a PNG move stands before its first data.
        let moves = memchr::memmem::find(&bytes[..bytes.len().min(4096)], b"acTL")
            .is_some_and(|at| memchr::memmem::find(&bytes[..at], b"IDAT").is_none());
        return Some(if moves { Kind::Passed } else { Kind::Png });
    }
    if bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
        let moves = bytes.get(12..16) == Some(b"VP8X") && bytes.get(20).is_some_and(|flags| flags & 0b10 != 0);
        return Some(if moves { Kind::Passed } else { Kind::Webp });
    }
    let is_avif = bytes.get(4..8) == Some(b"ftyp") && bytes.get(8..11) == Some(b"avi");
    if bytes.starts_with(b"GIF8") || is_avif {
        return Some(Kind::Passed);
    }
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(4096)]);
    let head = head.trim_start_matches('\u{feff}').trim_start();
    (head.starts_with('<') && head.contains("<svg")).then_some(Kind::Svg)
}

/// Width and height of a picture as its file has it, before any of it is decoded.
pub(super) fn size(bytes: &[u8]) -> Result<(u32, u32), Fault> {
    let size = imagesize::blob_size(bytes).map_err(|_| Fault::CutShort)?;
    let side = |side: usize| u32::try_from(side).unwrap_or(u32::MAX);
    let (width, height) = (side(size.width), side(size.height));
    if width == 0 || height == 0 { Err(Fault::Undecodable) } else { Ok((width, height)) }
}

/// How many bytes the pixels of a picture will need, judged by its size before any of it is decoded.
pub(super) fn needed_bytes(kind: Kind, bytes: &[u8]) -> Result<u64, Fault> {
    let (width, height) = size(bytes)?;
    let pixels = u64::from(width) * u64::from(height);
    // A JPEG in several scans keeps its coefficients until the last; a PNG may have 16 bits a channel, of which 8 are kept.
    let (decoded, needed) = match kind {
        Kind::Jpeg => (3, 6),
        Kind::Png if bytes.get(24) == Some(&16) => (8, 8),
        _ => (4, 8),
    };
    if pixels > MOST_MEGAPIXELS * 1_000_000 || pixels * decoded > MOST_DECODED_BYTES {
        return Err(Fault::TooLarge(width, height));
    }
    Ok(pixels * needed)
}

/// The pixels of a file.
pub(super) fn decode(kind: Kind, bytes: &[u8]) -> Result<Decoded, Fault> {
    match kind {
        Kind::Jpeg => jpeg(bytes),
        Kind::Png => png(bytes),
        Kind::Webp => webp(bytes),
        Kind::Svg | Kind::Passed => unreachable!("these are not decoded"),
    }
}

fn jpeg(bytes: &[u8]) -> Result<Decoded, Fault> {
    let markers = segments::jpeg_markers(bytes).ok_or(Fault::CutShort)?;
    // The decoder takes scans that have one colour each for such as have all, and scrambles the picture.
    if !markers.contains(&PROGRESSIVE) && memchr::memchr_iter(SCAN, &markers).count() > 1 {
        return Err(Fault::Undecodable);
    }
    let options = DecoderOptions::default()
        .jpeg_set_out_colorspace(ColorSpace::RGB)
        .set_max_width(MOST_JPEG_SIDE as usize)
        .set_max_height(MOST_JPEG_SIDE as usize);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(bytes), options);
    let pixels = decoder.decode().map_err(|_| Fault::Undecodable)?;
    let info = decoder.info().ok_or(Fault::Undecodable)?;
    let embedded = Embedded {
        exif: decoder.exif().cloned(),
        xmp: decoder.xmp().cloned(),
        photoshop: decoder.iptc().cloned(),
        profile: decoder.icc_profile(),
    };
    let frame = Frame { width: info.width.into(), height: info.height.into(), depth: Depth::Rgb, pixels };
    if frame.pixels.len() != frame.width as usize * frame.height as usize * frame.depth.bytes() {
        return Err(Fault::Undecodable);
    }
    Ok(Decoded { frame, embedded, is_lossless: false })
}

fn png(bytes: &[u8]) -> Result<Decoded, Fault> {
    let limits = png::Limits { bytes: usize::try_from(MOST_DECODED_BYTES).unwrap_or(usize::MAX) };
    let mut decoder = png::Decoder::new_with_limits(Cursor::new(bytes), limits);
    decoder.set_transformations(png::Transformations::normalize_to_color8());
    let mut reader = decoder.read_info().map_err(png_fault)?;
    let mut pixels = vec![0; reader.output_buffer_size().ok_or(Fault::Undecodable)?];
    let output = reader.next_frame(&mut pixels).map_err(png_fault)?;
    pixels.truncate(output.buffer_size());
    // Texts may stand behind the picture; a file that is damaged there still has it.
    let _ = reader.finish();
    let info = reader.info();
    let xmp = info.utf8_text.iter().find(|text| text.keyword == "XML:com.adobe.xmp");
    let embedded = Embedded {
        exif: info.exif_metadata.as_ref().map(|exif| exif.to_vec()),
        xmp: xmp.and_then(|text| text.get_text().ok()).map(String::into_bytes),
        photoshop: None,
        profile: info.icc_profile.as_ref().map(|profile| profile.to_vec()),
    };
    let (depth, pixels) = match output.color_type {
        png::ColorType::Rgb => (Depth::Rgb, pixels),
        png::ColorType::Rgba => (Depth::Rgba, pixels),
        png::ColorType::Grayscale => (Depth::Rgb, pixels.iter().flat_map(|grey| [*grey; 3]).collect()),
        png::ColorType::GrayscaleAlpha => {
            let pixel = |pixel: &[u8]| [pixel[0], pixel[0], pixel[0], pixel[1]];
            (Depth::Rgba, pixels.chunks_exact(2).flat_map(pixel).collect())
        }
        png::ColorType::Indexed => return Err(Fault::Undecodable),
    };
    let frame = Frame { width: output.width, height: output.height, depth, pixels };
    Ok(Decoded { frame: frame.without_idle_opacity(), embedded, is_lossless: true })
}

#[expect(clippy::needless_pass_by_value, reason = "it is what `map_err` hands over")]
fn png_fault(error: png::DecodingError) -> Fault {
    match error {
        png::DecodingError::IoError(_) => Fault::CutShort,
        _ => Fault::Undecodable,
    }
}

fn webp(bytes: &[u8]) -> Result<Decoded, Fault> {
    let mut decoder = image_webp::WebPDecoder::new(Cursor::new(bytes)).map_err(|_| Fault::CutShort)?;
    decoder.set_memory_limit(usize::try_from(MOST_DECODED_BYTES).unwrap_or(usize::MAX));
    let mut pixels = vec![0; decoder.output_buffer_size().ok_or(Fault::Undecodable)?];
    decoder.read_image(&mut pixels).map_err(|_| Fault::Undecodable)?;
    let embedded = Embedded {
        exif: decoder.exif_metadata().ok().flatten(),
        xmp: decoder.xmp_metadata().ok().flatten(),
        photoshop: None,
        profile: decoder.icc_profile().ok().flatten(),
    };
    let (width, height) = decoder.dimensions();
    let depth = if decoder.has_alpha() { Depth::Rgba } else { Depth::Rgb };
    let frame = Frame { width, height, depth, pixels };
    Ok(Decoded { frame: frame.without_idle_opacity(), embedded, is_lossless: !decoder.is_lossy() })
}

/// The picture in the colours of every screen, if its profile is another that can be read.
///
/// Renditions carry no profile: it would weigh more than it helps in the smallest of them, and few programs heed it in all formats.
pub(super) fn in_common_colours(mut frame: Frame, profile: Option<&[u8]>) -> Frame {
    let Some(profile) = profile.and_then(|bytes| ColorProfile::new_from_slice(bytes).ok()) else { return frame };
    if profile.color_space != moxcms::DataColorSpace::Rgb {
        return frame;
    }
    let layout = match frame.depth {
        Depth::Rgb => Layout::Rgb,
        Depth::Rgba => Layout::Rgba,
    };
    let transform =
        profile.create_transform_8bit(layout, &ColorProfile::new_srgb(), layout, TransformOptions::default());
    let Ok(transform) = transform else { return frame };
    let mut pixels = vec![0; frame.pixels.len()];
    if transform.transform(&frame.pixels, &mut pixels).is_ok() {
        frame.pixels = pixels;
    }
    frame
}

/// How a JPEG lies in its file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scans {
    /// In several scans, with tables of its own: there at once if coarse, for readers.
    Several,
    /// In one scan, with the tables of the standard: in half the time, for crops, which machines fetch.
    One,
}

/// A JPEG; none if it is too large to be one.
pub(super) fn to_jpeg(frame: &Frame, quality: u8, scans: Scans) -> Option<Vec<u8>> {
    let (width, height) = (u16::try_from(frame.width).ok()?, u16::try_from(frame.height).ok()?);
    let mut bytes = Vec::new();
    let mut encoder = jpeg_encoder::Encoder::new(&mut bytes, quality);
    encoder.set_sampling_factor(jpeg_encoder::SamplingFactor::R_4_2_0);
    encoder.set_progressive(scans == Scans::Several);
    encoder.set_optimized_huffman_tables(scans == Scans::Several);
    encoder.encode(&frame.pixels, width, height, jpeg_encoder::ColorType::Rgb).ok()?;
    Some(bytes)
}

/// A PNG, with a palette if the colours fit into one.
pub(super) fn to_png(frame: &Frame) -> Option<Vec<u8>> {
    let palette = frame.colours(256);
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, frame.width, frame.height);
    encoder.set_compression(png::Compression::High);
    let indices: Vec<u8>;
    let pixels = if let Some(colours) = &palette {
        encoder.set_color(png::ColorType::Indexed);
        let values = colours.iter().flat_map(|colour| [colour[0], colour[1], colour[2]]);
        encoder.set_palette(values.collect::<Vec<u8>>());
        if frame.depth == Depth::Rgba {
            encoder.set_trns(colours.iter().map(|colour| colour[3]).collect::<Vec<u8>>());
        }
        encoder.set_filter(png::Filter::NoFilter);
        let index = |pixel: &[u8]| {
            let colour = [pixel[0], pixel[1], pixel[2], pixel.get(3).copied().unwrap_or(255)];
            colours.binary_search(&colour).ok().and_then(|at| u8::try_from(at).ok()).unwrap_or(0)
        };
        indices = frame.pixels.chunks_exact(frame.depth.bytes()).map(index).collect();
        &indices
    } else {
        encoder.set_color(if frame.depth == Depth::Rgb { png::ColorType::Rgb } else { png::ColorType::Rgba });
        encoder.set_filter(png::Filter::Adaptive);
        &frame.pixels
    };
    let mut writer = encoder.write_header().ok()?;
    writer.write_image_data(pixels).ok()?;
    writer.finish().ok()?;
    Some(bytes)
}

/// How WebP keeps a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Keeping {
    /// As a photograph, at a quality from 1 to 100.
    Likeness(u8),
    /// As a drawing, pixel by pixel.
    Exact,
}

/// A WebP; none if the picture is too large to be one.
pub(super) fn to_webp(frame: &Frame, keeping: Keeping) -> Option<Vec<u8>> {
    if frame.width.max(frame.height) > MOST_WEBP_SIDE {
        return None;
    }
    let encoder = match frame.depth {
        Depth::Rgb => webp::Encoder::from_rgb(&frame.pixels, frame.width, frame.height),
        Depth::Rgba => webp::Encoder::from_rgba(&frame.pixels, frame.width, frame.height),
    };
    // Every setting but these is the library's own, none depends on the machine, and no other thread takes part.
    let mut config = webp::WebPConfig::new().ok()?;
    match keeping {
        // 2 to 8 % fewer bytes than with 4, in little more time; 6 takes twice as long for 2 to 4 % more.
        Keeping::Likeness(quality) => (config.quality, config.method) = (quality.into(), 5),
        Keeping::Exact => (config.lossless, config.quality, config.method) = (1, 75.0, 4),
    }
    config.thread_level = 0;
    encoder.encode_advanced(&config).ok().map(|bytes| bytes.to_vec())
}

#[cfg(test)]
mod tests {
    #![expect(clippy::disallowed_methods, reason = "the lock file lies beside the code, and is no site's file")]

    use super::{super::avif, *};

    #[test]
    fn the_versions_of_the_codecs_are_those_of_the_lock_file() {
        let lock = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.lock")).unwrap();
        for (name, version) in CODECS.into_iter().chain(avif::CODECS) {
            let locked = format!("name = \"{name}\"\nversion = \"{version}\"");
            assert!(
                lock.contains(&locked),
                "write the version of `{name}` that Cargo.lock has into CODECS: its bytes may differ"
            );
        }
    }

    #[test]
    fn files_are_known_by_their_first_bytes() {
        let check =
            |bytes: &[u8], expected: Option<Kind>| assert_eq!(kind(bytes), expected, "{}", bytes.escape_ascii());
        check(b"\xff\xd8\xff\xe0", Some(Kind::Jpeg));
        check(b"\x89PNG\r\n\x1a\n....IDAT..acTL", Some(Kind::Png));
        check(b"\x89PNG\r\n\x1a\n....acTL..IDAT", Some(Kind::Passed));
        check(b"RIFF....WEBPVP8 ", Some(Kind::Webp));
        check(b"RIFF....WEBPVP8X\x0a\0\0\0\x02", Some(Kind::Passed));
        check(b"GIF89a", Some(Kind::Passed));
        check(b"\0\0\0\x1cftypavif", Some(Kind::Passed));
        check("\u{feff}<?xml version='1.0'?>\n<svg/>".as_bytes(), Some(Kind::Svg));
        check(b"<!doctype html><p>", None);
        check(b"plain text", None);
        check(b"", None);
    }
}

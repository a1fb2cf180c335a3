//! Where originals are developed, each on one thread, and all of them side by side.

use std::{
    collections::BTreeSet,
    panic::{AssertUnwindSafe, catch_unwind},
};

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::{
    CROP_WIDTH, Developed, Error, Focus, Format, MOST_FILE_BYTES, Picture, Recipe, Rendition, SHAPES, Tone, Wanted,
    avif,
    codec::{self, Decoded, Fault, Keeping, Kind, Scans},
    embedded::Embedded,
    frame::{Depth, Frame, crop, scaled},
    permits::{Permit, Permits},
    segments,
    sheet::sheet_size,
    stamps::Stamps,
    store::{Key, Store, system_time},
    svg,
};
use crate::{
    diag::{Code, Diagnostic},
    load::Site,
    model::{SourcePath, ending},
};

/// To be changed with anything here that decides a byte of a rendition.
const METHOD: u32 = 2;

/// The most bytes of pixels in memory at once, over all threads.
const ROOM_BYTES: u64 = 320 * 1024 * 1024;

/// With so many colours or fewer a picture is a drawing, which is kept pixel by pixel.
const MOST_COLOURS_OF_A_DRAWING: usize = 1024;

/// The same of one in greys alone: of those, photographs have no more than 256 either.
const MOST_GREYS_OF_A_DRAWING: usize = 64;

/// How much better than WebP's the quality of a fallback is set, for the same look.
const FALLBACK_QUALITY: u8 = 5;

/// The fewest pixels of a crop; search engines take no smaller picture.
///
/// Source: Google Search Central, structured data of articles, `image`.
const FEWEST_PIXELS_OF_A_CROP: u64 = 50_000;

/// What became of an original, as the store keeps it.
///
/// Its form, that of [`Picture`] too, is no part of the key: with another, [`METHOD`] or the recipe has to be another.
#[derive(Debug, Serialize, Deserialize)]
struct Sheet {
    /// What its bytes are.
    kind: Option<Kind>,
    outcome: Outcome,
}

#[derive(Debug, Serialize, Deserialize)]
enum Outcome {
    /// It was developed.
    Developed(Box<Picture>),
    /// It is of a format that is published as it is.
    Passed,
    /// It cannot be developed.
    Refused(Fault),
}

/// The bytes of renditions, one behind the other.
#[derive(Default)]
struct Roll(Vec<u8>);

impl Roll {
    fn add(&mut self, format: Format, (width, height): (u32, u32), bytes: &[u8]) -> Rendition {
        let at = self.0.len() as u64;
        self.0.extend_from_slice(bytes);
        let len_bytes = u32::try_from(bytes.len()).expect("renditions are smaller than originals may be");
        Rendition { format, width, height, len_bytes, hash: blake3::hash(bytes).into(), at }
    }
}

/// What has been found out of an original.
struct Found {
    path: SourcePath,
    hash: blake3::Hash,
    key: Key,
    sheet: Sheet,
    is_new: bool,
}

pub(super) fn develop(site: &Site, wanted: &[Wanted], most_bytes: u64) -> Result<Developed, Error> {
    let store = Store::of(site);
    let stamps = Stamps::read(&store);
    let permits = Permits::new(ROOM_BYTES);
    let found = wanted.par_iter().map(|wanted| {
        let known = stamps.hash(&wanted.original);
        known
            .and_then(|hash| recalled(site, &store, wanted, hash))
            .map_or_else(|| look_at(site, &store, wanted, &permits), Ok)
    });
    let found: Vec<Found> = found.collect::<Result<_, Error>>()?;
    stamps.keep(site, &store, wanted.iter().map(|wanted| &wanted.original).zip(found.iter().map(|found| found.hash)));
    if found.iter().any(|found| found.is_new) {
        let used: BTreeSet<Key> = found.iter().map(|found| found.key).collect();
        // A store that cannot be swept grows; that stops no edition.
        let _ = store.sweep(&used, most_bytes);
    }
    let mut developed = Developed::default();
    for Found { path, key, sheet, is_new, .. } in found {
        developed.decoded += usize::from(is_new);
        developed.diagnostics.extend(sheet.kind.and_then(|kind| misnamed(&path, kind)));
        match sheet.outcome {
            Outcome::Developed(picture) => {
                developed.pictures.insert(path, Picture { key, ..*picture });
            }
            Outcome::Passed => {}
            Outcome::Refused(fault) => developed.diagnostics.push(refused(&path, &fault)),
        }
    }
    Ok(developed)
}

/// The key of what a recipe makes of an original.
fn key(hash: &blake3::Hash, recipe: &Recipe) -> Key {
    let mut hasher = blake3::Hasher::new();
    hasher.update(hash.as_bytes());
    hasher.update(&postcard::to_allocvec(&(recipe, METHOD, codec::CODECS)).expect("a recipe is made of plain values"));
    if recipe.avif {
        hasher.update(&postcard::to_allocvec(&(avif::METHOD, avif::CODECS)).expect("versions are plain values"));
    }
    hasher.finalize().into()
}

/// What the store has of an original.
fn recalled(site: &Site, store: &Store, wanted: &Wanted, hash: blake3::Hash) -> Option<Found> {
    let key = key(&hash, &wanted.recipe);
    let sheet = store.recall(&key, site.began_at().map(system_time))?;
    Some(Found { path: wanted.original.path.clone(), hash, key, sheet, is_new: false })
}

/// Reads an original, and develops it unless the store has it from another place or time.
fn look_at(site: &Site, store: &Store, wanted: &Wanted, permits: &Permits) -> Result<Found, Error> {
    let path = &wanted.original.path;
    let len = wanted.original.stamp.len_bytes();
    let bytes = if len > MOST_FILE_BYTES { site.head(path, 4096)? } else { site.head(path, MOST_FILE_BYTES)? };
    let hash = if len > MOST_FILE_BYTES { site.hash(path)? } else { blake3::hash(&bytes) };
    if let Some(found) = recalled(site, store, wanted, hash) {
        return Ok(found);
    }
    let mut roll = Roll::default();
    let developed = |made: Result<Picture, Fault>| {
        made.map_or_else(Outcome::Refused, |picture| Outcome::Developed(Box::new(picture)))
    };
    let kind = codec::kind(&bytes);
    let outcome = match kind {
        None => Outcome::Refused(Fault::Unknown),
        Some(_) if len > MOST_FILE_BYTES => Outcome::Refused(Fault::TooManyBytes(len)),
        Some(Kind::Passed) => Outcome::Passed,
        Some(Kind::Svg) => developed(drawing(&bytes, &mut roll)),
        Some(kind) => developed(photograph(kind, &bytes, &wanted.recipe, permits, &mut roll)),
    };
    let (key, sheet) = (key(&hash, &wanted.recipe), Sheet { kind, outcome });
    store.keep(&key, &sheet, &roll.0)?;
    Ok(Found { path: path.clone(), hash, key, sheet, is_new: true })
}

fn drawing(bytes: &[u8], roll: &mut Roll) -> Result<Picture, Fault> {
    let text = std::str::from_utf8(bytes).map_err(|_| Fault::BadSvg)?;
    let harmless = svg::harmless(text).ok_or(Fault::BadSvg)?;
    let size = sheet_size(text).unwrap_or((0, 0));
    let fallback = roll.add(Format::Svg, size, &harmless);
    let words = super::Words::default();
    let (widths, avif, crops) = (Vec::new(), Vec::new(), Vec::new());
    Ok(Picture { fallback, widths, avif, crops, tone: None, words, key: Key::default() })
}

fn photograph(kind: Kind, bytes: &[u8], recipe: &Recipe, permits: &Permits, roll: &mut Roll) -> Result<Picture, Fault> {
    let work = |permit: &mut Permit<'_>| {
        let enlarger = Enlarger::load(kind, bytes, recipe)?;
        // The frame, and a copy of it in another size.
        let frames_bytes = 2 * enlarger.frame.pixels.len() as u64;
        let has_avif = enlarger.has_avif(recipe);
        permit.shrink_to(frames_bytes + if has_avif { avif_bytes(enlarger.width, enlarger.height, recipe) } else { 0 });
        enlarger.picture(bytes, recipe, roll).ok_or(Fault::Undecodable)
    };
    let mut needed_bytes = codec::needed_bytes(kind, bytes)?;
    if recipe.avif {
        // Whether it will be turned is not known yet.
        let (width, height) = codec::size(bytes)?;
        needed_bytes += avif_bytes(width, height, recipe).max(avif_bytes(height, width, recipe));
    }
    // A codec that panics has a bug, which must not stop an edition.
    catch_unwind(AssertUnwindSafe(|| permits.hold(needed_bytes, work))).unwrap_or(Err(Fault::Undecodable))
}

/// How many bytes the encoder of AVIF needs for the widest rendition of a picture.
fn avif_bytes(width: u32, height: u32, recipe: &Recipe) -> u64 {
    let widest = recipe.widths.last().copied().unwrap_or(0).min(width);
    avif::needed_bytes(widest, scaled(height, widest, width))
}

/// A decoded original, upright, in the colours of every screen, and no larger than its renditions need.
struct Enlarger {
    kind: Kind,
    /// The size of the original, upright.
    width: u32,
    height: u32,
    frame: Frame,
    embedded: Embedded,
    is_drawing: bool,
}

impl Enlarger {
    fn load(kind: Kind, bytes: &[u8], recipe: &Recipe) -> Result<Self, Fault> {
        let Decoded { frame, embedded, is_lossless } = codec::decode(kind, bytes)?;
        let orientation = embedded.orientation();
        let (width, height) =
            if orientation.turns() { (frame.height, frame.width) } else { (frame.width, frame.height) };
        let is_drawing = is_lossless && is_drawn(&frame);
        let (by, of) = reduction(width, height, recipe);
        let (reduced_width, reduced_height) = (scaled(frame.width, by, of), scaled(frame.height, by, of));
        let frame = frame.scaled_to(reduced_width, reduced_height).ok_or(Fault::Undecodable)?;
        let frame = codec::in_common_colours(frame, embedded.profile.as_deref()).upright(orientation);
        Ok(Self { kind, width, height, frame, embedded, is_drawing })
    }

    fn picture(&self, original: &[u8], recipe: &Recipe, roll: &mut Roll) -> Option<Picture> {
        let mut widths: Vec<u32> = recipe.widths.iter().map(|width| (*width).min(self.width)).collect();
        widths.dedup();
        let widest = *widths.last()?;
        let keeping = if self.is_drawing { Keeping::Exact } else { Keeping::Likeness(recipe.quality) };
        let mut made = Vec::new();
        let (mut fallback, mut tone) = (None, None);
        for width in widths {
            let frame = self.frame.scaled_to(width, scaled(self.height, width, self.width))?;
            tone = tone.or_else(|| frame.mean().map(Tone::nearest_to));
            made.extend(codec::to_webp(&frame, keeping).map(|bytes| ((frame.width, frame.height), bytes)));
            if width == widest {
                fallback = Some(self.fallback(&frame, original, recipe)?);
            }
        }
        let (format, size, bytes) = fallback?;
        let mut least = bytes.len();
        let mut widths = Vec::new();
        for (size, bytes) in made.iter().rev() {
            if bytes.len() < least {
                least = bytes.len();
                widths.push(roll.add(Format::Webp, *size, bytes));
            }
        }
        widths.reverse();
        let avif = if self.has_avif(recipe) { self.avif(&widths, recipe, roll)? } else { Vec::new() };
        let fallback = roll.add(format, size, &bytes);
        let crops = recipe.crops.iter().map(|focus| Some((*focus, self.crops(*focus, recipe, roll)?)));
        let crops = crops.collect::<Option<_>>()?;
        Some(Picture { fallback, widths, avif, crops, tone, words: self.embedded.words(), key: Key::default() })
    }

    /// Whether AVIF is made of it.
    ///
    /// Not of a drawing, which is kept pixel by pixel, nor of what is seen through, of which WebP keeps the opacity exactly, and AVIF would not.
    fn has_avif(&self, recipe: &Recipe) -> bool {
        recipe.avif && !self.is_drawing && self.frame.depth == Depth::Rgb
    }

    /// Those of the renditions in WebP that are smaller in AVIF.
    fn avif(&self, webp: &[Rendition], recipe: &Recipe, roll: &mut Roll) -> Option<Vec<Rendition>> {
        let mut renditions = Vec::new();
        for Rendition { width, height, len_bytes, .. } in webp {
            // To scale it again takes a hundredth of the encoder's time, and less room than to keep what was scaled.
            let frame = self.frame.scaled_to(*width, *height)?;
            if let Some(bytes) = avif::encoded(&frame, recipe.quality).filter(|bytes| bytes.len() < *len_bytes as usize)
            {
                renditions.push(roll.add(Format::Avif, (*width, *height), &bytes));
            }
        }
        Some(renditions)
    }

    /// The form for programs that know no newer one; the original itself, without its metadata, where that is smaller.
    fn fallback(&self, frame: &Frame, original: &[u8], recipe: &Recipe) -> Option<(Format, (u32, u32), Vec<u8>)> {
        let size = (frame.width, frame.height);
        let is_as_it_was =
            self.embedded.profile.is_none() && self.embedded.orientation() == super::embedded::Orientation::Upright;
        let has_its_size = size == (self.width, self.height);
        if self.is_drawing || frame.depth == Depth::Rgba {
            let made = codec::to_png(frame)?;
            let bare = segments::bare_png(original)
                .filter(|bare| self.kind == Kind::Png && is_as_it_was && bare.len() <= made.len());
            return Some(match bare {
                Some(bare) => (Format::Png, (self.width, self.height), bare),
                None => (Format::Png, size, made),
            });
        }
        let made = codec::to_jpeg(frame, jpeg_quality(recipe), Scans::Several)?;
        let bare = segments::bare_jpeg(original)
            .filter(|bare| self.kind == Kind::Jpeg && is_as_it_was && has_its_size && bare.len() <= made.len());
        Some((Format::Jpeg, size, bare.unwrap_or(made)))
    }

    /// The shapes that search engines want, around a point, where they are large enough.
    fn crops(&self, focus: Focus, recipe: &Recipe, roll: &mut Roll) -> Option<Vec<Rendition>> {
        let mut crops = Vec::new();
        for shape in SHAPES {
            let (width, height) = crop_size(self.width, self.height, shape);
            if u64::from(width) * u64::from(height) < FEWEST_PIXELS_OF_A_CROP {
                continue;
            }
            let part = crop(self.frame.width, self.frame.height, shape, focus);
            let frame = self.frame.part_scaled_to(part, width, height)?;
            let (format, bytes) = if self.is_drawing || frame.depth == Depth::Rgba {
                (Format::Png, codec::to_png(&frame)?)
            } else {
                (Format::Jpeg, codec::to_jpeg(&frame, jpeg_quality(recipe), Scans::One)?)
            };
            crops.push(roll.add(format, (width, height), &bytes));
        }
        Some(crops)
    }
}

/// Whether a picture has so few colours that it was drawn, not photographed.
fn is_drawn(frame: &Frame) -> bool {
    let is_grey = |colour: &[u8; 4]| colour[0] == colour[1] && colour[1] == colour[2];
    frame
        .colours(MOST_COLOURS_OF_A_DRAWING)
        .is_some_and(|colours| colours.len() <= MOST_GREYS_OF_A_DRAWING || !colours.iter().all(is_grey))
}

/// The quality of a JPEG.
fn jpeg_quality(recipe: &Recipe) -> u8 {
    recipe.quality.saturating_add(FALLBACK_QUALITY).min(100)
}

/// How large the crop of a picture in a shape is: as wide as is wanted, and no wider than the picture has it.
fn crop_size(width: u32, height: u32, shape: (u32, u32)) -> (u32, u32) {
    let part = crop(width, height, shape, Focus::MIDDLE);
    let width = part.width.min(CROP_WIDTH);
    (width, scaled(width, shape.1, shape.0).min(part.height))
}

/// How far an original may be scaled down at once without its renditions losing anything: by a part of a whole.
///
/// The scale of the largest rendition. Scaling the whole original for each of them would take several times as long.
fn reduction(width: u32, height: u32, recipe: &Recipe) -> (u32, u32) {
    let widest = recipe.widths.last().copied().unwrap_or(0).min(width);
    let mut needed = (widest, width);
    if !recipe.crops.is_empty() {
        for shape in SHAPES {
            let part = crop(width, height, shape, Focus::MIDDLE);
            let wanted = part.width.min(CROP_WIDTH);
            if u64::from(wanted) * u64::from(needed.1) > u64::from(needed.0) * u64::from(part.width) {
                needed = (wanted, part.width);
            }
        }
    }
    // Little would be saved, and sharpness lost.
    if u64::from(needed.0) * 4 > u64::from(needed.1) * 3 { (1, 1) } else { needed }
}

/// What a name's ending promises, where that is another format than the file has. Browsers look at the bytes; hosts and editors do not.
fn misnamed(path: &SourcePath, kind: Kind) -> Option<Diagnostic> {
    let ending = ending(path.as_str());
    let (is_right, name) = match kind {
        Kind::Jpeg => (matches!(ending.as_str(), "jpg" | "jpeg" | "jpe" | "jfif"), "JPEG"),
        Kind::Png => (ending == "png", "PNG"),
        Kind::Webp => (ending == "webp", "WebP"),
        Kind::Svg => (ending == "svg", "SVG"),
        Kind::Passed => (true, ""),
    };
    let message = format!("this picture is {name}, and its name ends in `.{ending}`");
    let warning = Diagnostic::warning_in(Code::BadPicture, path, message);
    (!is_right).then(|| warning.note("it is shown all the same").help("give it the ending that its bytes have"))
}

fn refused(path: &SourcePath, fault: &Fault) -> Diagnostic {
    let (message, help) = match fault {
        Fault::Unknown => (
            "this is no picture that is known".to_owned(),
            "pictures are JPEG, PNG, WebP, SVG, GIF or AVIF: export it again from the program that made it",
        ),
        Fault::TooLarge(width, height) => (
            format!("this picture has {width} by {height} pixels, more than are decoded"),
            "scale it down: the most is 100 million pixels, and 512 MiB when decoded",
        ),
        Fault::TooManyBytes(bytes) => {
            (format!("this picture has {bytes} bytes; the most is {MOST_FILE_BYTES}"), "export it again, scaled down")
        }
        Fault::CutShort => {
            ("this picture ends in the middle".to_owned(), "copy the file again: a part of it is missing")
        }
        Fault::Undecodable => {
            ("this picture is damaged, or of a kind that cannot be read".to_owned(), "export it again, as JPEG or PNG")
        }
        Fault::BadSvg => (
            "this SVG cannot be read, so nobody knows what is in it".to_owned(),
            "export it again from the program that drew it, as plain SVG in UTF-8",
        ),
    };
    let warning = Diagnostic::warning_in(Code::BadPicture, path, message);
    warning.note("the page shows the file as it is, in one size").help(help)
}

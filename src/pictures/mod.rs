//! Originals become renditions: the pictures of a site in the widths and forms that pages name, each made once and kept.
//!
//! This room owns decoding, turning, scaling, cropping, encoding and what is written inside of pictures; it knows no pages. `plan` says which picture
//! is wanted in which widths, [`develop`] gives its renditions, and [`bytes`] their bytes when they are published.
//!
//! The idea is the key of the store: the hash of the original, the recipe, and the version of everything that decides a byte. Whoever has the key
//! has the renditions, so that a build decodes no picture twice, a changed picture does again its own work alone, and a store that another machine
//! filled serves as well as an own one. Pictures that cannot be developed are kept there too, with the reason.
//!
//! Built without the feature `pictures`, nothing is developed, and originals are published as they are; without the feature `avif`, nothing in AVIF.

#[cfg(feature = "pictures")]
mod avif;
pub mod cards;
#[cfg(feature = "pictures")]
mod codec;
#[cfg(feature = "pictures")]
mod darkroom;
#[cfg(feature = "pictures")]
mod embedded;
#[cfg(feature = "pictures")]
mod frame;
#[cfg(feature = "pictures")]
mod permits;
#[cfg(feature = "pictures")]
mod segments;
mod sheet;
#[cfg(feature = "pictures")]
mod stamps;
mod store;
#[cfg(feature = "pictures")]
mod svg;
mod tone;

use std::{collections::BTreeMap, io, path::PathBuf};

use serde::{Deserialize, Serialize};

pub use sheet::sheet_size;
pub use tone::Tone;

use crate::{
    diag::{Diagnostic, reason},
    load::{self, Site, Source},
    model::SourcePath,
};

/// The most pixels of an original, in millions. Beyond lie maps and bombs.
pub const MOST_MEGAPIXELS: u64 = 100;

/// The most bytes of an original when decoded.
pub const MOST_DECODED_BYTES: u64 = 512 * 1024 * 1024;

/// The most bytes of an original's file.
pub const MOST_FILE_BYTES: u64 = 256 * 1024 * 1024;

/// The shapes in which search engines want the picture of a story, as width to height.
pub const SHAPES: [(u32, u32); 3] = [(16, 9), (4, 3), (1, 1)];

/// How wide the crops of those shapes are, if the original allows it.
pub const CROP_WIDTH: u32 = 1200;

/// Whether this program makes AVIF. One that does not has the pictures of a site that wants none.
pub const MAKES_AVIF: bool = cfg!(feature = "avif");

/// A failure of the machine while developing.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// An original cannot be read.
    #[error(transparent)]
    Load(#[from] load::Error),
    /// The store cannot be written.
    #[error("{} cannot be written: {}", .0.display(), reason(.1))]
    Store(PathBuf, io::Error),
}

/// A point that crops keep, in thousandths of width and height from the upper left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Focus {
    /// From the left.
    pub x: u16,
    /// From the top.
    pub y: u16,
}

/// What is to be made of an original.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Recipe {
    /// The widths in pixels, rising.
    pub widths: Vec<u32>,
    /// The points around which crops in [`SHAPES`] are made; none without crops.
    pub crops: Vec<Focus>,
    /// The quality of WebP and AVIF, 1 to 100.
    pub quality: u8,
    /// Whether photographs are made in AVIF as well; only where [`MAKES_AVIF`].
    pub avif: bool,
}

/// A picture that the site shows.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// Its file, as the walk found it.
    pub original: Source,
    /// What is to be made of it.
    pub recipe: Recipe,
}

/// The form of a rendition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Format {
    /// For photographs in programs that know no other.
    Jpeg,
    /// For drawings, and what is seen through.
    Png,
    /// For browsers.
    Webp,
    /// A drawing of lines, made harmless.
    Svg,
    /// For browsers that know it: they know WebP as well.
    Avif,
}

/// A picture as it is published.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Rendition {
    /// Its form.
    pub format: Format,
    /// Its width in pixels.
    pub width: u32,
    /// Its height in pixels.
    pub height: u32,
    /// How many bytes it has.
    pub len_bytes: u32,
    /// The BLAKE3 of its bytes.
    hash: [u8; 32],
    /// Where its bytes begin, behind the sheet in the store's file.
    at: u64,
}

/// What an original says of itself, for where its article says nothing.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct Words {
    /// What it shows.
    pub caption: Option<String>,
    /// Who made it.
    pub credit: Option<String>,
    /// On which terms it is used.
    pub rights: Option<String>,
}

/// All that is made of an original.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Picture {
    /// For programs that know no newer form: the widest, as JPEG, PNG or SVG.
    pub fallback: Rendition,
    /// For browsers, narrowest first; none if they would save nothing.
    pub widths: Vec<Rendition>,
    /// The same in AVIF, where that is smaller, narrowest first; each has the size of one of `widths`.
    pub avif: Vec<Rendition>,
    /// In the shapes that search engines want, around each point.
    pub crops: Vec<(Focus, Vec<Rendition>)>,
    /// The colour that stands in its place until it is there; none for a picture that is seen through.
    pub tone: Option<Tone>,
    /// What the original says of itself.
    pub words: Words,
    /// Where the bytes of all of these are kept.
    #[serde(skip)]
    key: store::Key,
}

/// The pictures of a site.
#[derive(Debug, Default)]
pub struct Developed {
    /// Those that were developed, by their original; all others are published as they are.
    pub pictures: BTreeMap<SourcePath, Picture>,
    /// What is wrong with the others.
    pub diagnostics: Vec<Diagnostic>,
    /// How many originals were decoded for it; those that the store has are not.
    pub decoded: usize,
}

impl Format {
    /// The ending of its files.
    pub fn ending(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            Self::Png => "png",
            Self::Webp => "webp",
            Self::Svg => "svg",
            Self::Avif => "avif",
        }
    }

    /// Its media type.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Webp => "image/webp",
            Self::Svg => "image/svg+xml",
            Self::Avif => "image/avif",
        }
    }
}

impl Focus {
    /// The middle.
    pub const MIDDLE: Self = Self { x: 500, y: 500 };
}

impl From<(f64, f64)> for Focus {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to thousandths")]
    fn from((x, y): (f64, f64)) -> Self {
        let thousandths = |share: f64| (share.clamp(0.0, 1.0) * 1000.0).round() as u16;
        Self { x: thousandths(x), y: thousandths(y) }
    }
}

impl Rendition {
    /// Whether it has the same bytes as another.
    pub fn is_same_as(&self, other: &Self) -> bool {
        self.hash == other.hash
    }

    /// What tells its bytes apart, for its name.
    pub fn fingerprint(&self) -> String {
        blake3::Hash::from(self.hash).to_hex()[..10].to_owned()
    }
}

impl Picture {
    /// Everything that is published of it.
    pub fn renditions(&self) -> impl Iterator<Item = &Rendition> {
        let crops = self.crops.iter().flat_map(|(_, crops)| crops);
        std::iter::once(&self.fallback).chain(&self.widths).chain(&self.avif).chain(crops)
    }
}

/// Makes the renditions of pictures, or finds them in the store, which is kept below `most_bytes`.
///
/// A picture that cannot be developed is a diagnostic, and not among those that come back.
///
/// # Errors
/// [`Error::Load`] if an original cannot be read, [`Error::Store`].
#[cfg(feature = "pictures")]
pub fn develop(site: &Site, wanted: &[Wanted], most_bytes: u64) -> Result<Developed, Error> {
    darkroom::develop(site, wanted, most_bytes)
}

/// Develops nothing: this program is built without the feature `pictures`.
///
/// # Errors
/// None.
#[cfg(not(feature = "pictures"))]
pub fn develop(_: &Site, _: &[Wanted], _: u64) -> Result<Developed, Error> {
    Ok(Developed::default())
}

/// Drops from the store what was not used for the longest time, until no more than `most_bytes` are kept; never what `pictures` are made of.
pub fn sweep<'a>(site: &Site, pictures: impl Iterator<Item = &'a Picture>, most_bytes: u64) {
    let used = pictures.map(|picture| picture.key).collect();
    // A store that cannot be swept grows; that stops no edition.
    let _ = store::Store::of(site).sweep(&used, most_bytes);
}

/// The bytes of a rendition.
///
/// # Errors
/// [`load::Error::Changed`] if the store has lost or changed them; they are made again by the next [`develop`].
pub fn bytes(
    site: &Site,
    original: &SourcePath,
    picture: &Picture,
    rendition: &Rendition,
) -> Result<Vec<u8>, load::Error> {
    let store = store::Store::of(site);
    store.bytes(&picture.key, rendition).ok_or_else(|| {
        store.forget(&picture.key);
        load::Error::Changed(original.clone())
    })
}

#[cfg(feature = "pictures")]
#[cfg(test)]
mod tests;

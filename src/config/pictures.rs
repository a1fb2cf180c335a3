//! Settings of pictures: in which widths they are made, and for what.

use std::collections::BTreeMap;

use crate::{
    model::words,
    parse::fields::{Pick, Value},
};

/// The quality of WebP if the site says nothing: that at which a photograph of 1,200 pixels has about 100 kB, and nobody sees a difference.
const QUALITY: u8 = 75;

/// What the site's sizes are told in, in bytes.
const MEGABYTE: u64 = 1_000_000;

/// How many bytes of renditions are kept if the site says nothing.
const STORE_BYTES: u64 = 2000 * MEGABYTE;

/// How wide the lead picture of a story stands in the theme's `css/site.css`: beside the column of the byline, or between the gutters.
const LEAD_SIZES: &str = "(min-width: 78rem) 58rem, (min-width: 70rem) calc(100vw - 20rem), calc(100vw - 2.5rem)";

words! {
    /// Where the pictures stand that a use is for.
    PictureOf {
        /// In the front matter of an article or page.
        Lead = "lead",
        /// In a text.
        Text = "text",
        /// In the file of an author.
        Portrait = "portrait",
    }
}

/// What becomes of pictures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PictureSettings {
    /// The quality of WebP and AVIF, 1 to 100.
    pub quality: u8,
    /// Whether photographs are made in AVIF as well, where that is smaller.
    pub avif: bool,
    /// How many bytes of renditions are kept for the next build.
    pub store_bytes: u64,
    /// The uses, those of the theme first.
    pub uses: Vec<PictureUse>,
}

/// A place on pages for which pictures are made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PictureUse {
    /// Its name, as templates call it.
    pub name: String,
    /// The widths in pixels, rising.
    pub widths: Vec<u32>,
    /// How wide the place is, as in the attribute `sizes`.
    pub sizes: String,
    /// Where the pictures stand that it is for.
    pub of: Vec<PictureOf>,
    /// Files and folders of `static/` that it is for, as root-relative paths; folders end in `/`.
    pub files: Vec<String>,
}

/// A use as it is written, where everything may be left out.
struct Written {
    widths: Option<Vec<u32>>,
    sizes: Option<String>,
    of: Option<Vec<PictureOf>>,
    files: Option<Vec<String>>,
}

impl Default for PictureSettings {
    fn default() -> Self {
        let uses = [
            ("card", &[400, 800][..], "(min-width: 48rem) 20rem, 33vw", PictureOf::Lead),
            ("front", &[400, 800, 1200], "(min-width: 78rem) 49rem, (min-width: 48rem) 66vw, 100vw", PictureOf::Lead),
            // 672 is what a phone takes that is 412 wide and has 1.75 pixels a point, or 376 and two: three quarters of the bytes of 800.
            ("lead", &[400, 672, 800, 1200], LEAD_SIZES, PictureOf::Lead),
            ("article", &[400, 800, 1200], "(min-width: 44rem) 41rem, 100vw", PictureOf::Text),
            ("portrait", &[96, 320], "3rem", PictureOf::Portrait),
        ];
        let uses = uses.map(|(name, widths, sizes, of)| PictureUse {
            name: name.to_owned(),
            widths: widths.to_vec(),
            sizes: sizes.to_owned(),
            of: vec![of],
            files: Vec::new(),
        });
        Self { quality: QUALITY, avif: false, store_bytes: STORE_BYTES, uses: uses.into() }
    }
}

impl PictureSettings {
    /// The use of a name.
    pub fn named(&self, name: &str) -> Option<&PictureUse> {
        self.uses.iter().find(|of| of.name == name)
    }
}

impl PictureUse {
    /// Whether it is for a file of `static/`, given by its path there.
    pub fn has_file(&self, name: &str) -> bool {
        self.files
            .iter()
            .map(|file| file.trim_start_matches('/'))
            .any(|file| if file.is_empty() || file.ends_with('/') { name.starts_with(file) } else { name == file })
    }

    fn set(&mut self, written: Written) {
        let Written { widths, sizes, of, files } = written;
        if let Some(mut widths) = widths.filter(|widths| !widths.is_empty()) {
            widths.sort_unstable();
            widths.dedup();
            self.widths = widths;
        }
        self.sizes = sizes.unwrap_or_else(|| std::mem::take(&mut self.sizes));
        self.of = of.unwrap_or_else(|| std::mem::take(&mut self.of));
        self.files = files.unwrap_or_else(|| std::mem::take(&mut self.files));
    }
}

impl Pick for PictureSettings {
    fn pick(value: &Value) -> Option<Self> {
        let fields = value.map()?;
        let mut settings = Self::default();
        if let Some(quality) = fields.get::<u32>("quality") {
            settings.quality = u8::try_from(quality).unwrap_or(settings.quality);
        }
        settings.avif = fields.get("avif").unwrap_or(settings.avif);
        let megabytes: Option<u64> = fields.get("store");
        settings.store_bytes = megabytes.map_or(settings.store_bytes, |megabytes| megabytes * MEGABYTE);
        let written: BTreeMap<String, Written> = fields.get_or_default("uses");
        for (name, written) in written {
            let known = settings.uses.iter().position(|of| of.name == name);
            let at = known.unwrap_or(settings.uses.len());
            if known.is_none() {
                let (widths, sizes) = (vec![400, 800, 1200], "100vw".to_owned());
                // One that names files is for those, if it does not say more.
                let of = if written.files.is_some() { Vec::new() } else { vec![PictureOf::Lead] };
                settings.uses.push(PictureUse { name, widths, sizes, of, files: Vec::new() });
            }
            settings.uses[at].set(written);
        }
        Some(settings)
    }
}

impl Pick for Written {
    fn pick(value: &Value) -> Option<Self> {
        let fields = value.map()?;
        Some(Self {
            widths: fields.get("widths"),
            sizes: fields.get("sizes"),
            of: fields.get("of"),
            files: fields.get("files"),
        })
    }
}

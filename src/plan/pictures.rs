//! Which pictures pages show and in which uses, before they are made; and where their renditions lie, afterwards.
//!
//! Only sources that are out are asked, so that a picture of one that is withheld is neither developed nor told by any width or crop of another's.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use super::{Asset, OutputKind, Plan, links, links::PictureEnd};
use crate::{
    config::{PictureOf, PictureSettings, PictureUse},
    load::{Source, Sources},
    model::{SourcePath, UrlPath, ending},
    pictures::{Developed, Focus, MAKES_AVIF, Picture, Recipe, Rendition, SHAPES, Wanted},
    relate::SiteIndex,
};

/// The endings of pictures in `static/` that are made in other widths. Drawings there are the site owner's, and stay as they are.
const MADE_OF_STATICS: [&str; 4] = ["jpg", "jpeg", "png", "webp"];

/// Where renditions lie. Their names have a fingerprint, so they may be kept for ever; the other files of `/media/` have none.
pub const FOLDER: &str = "/media/sized/";

/// A picture with the addresses of its renditions.
#[derive(Debug, Clone, Hash)]
pub struct PlannedPicture {
    /// What was made.
    pub picture: Picture,
    /// The addresses, in the order of [`Picture::renditions`].
    urls: Vec<UrlPath>,
}

/// What a picture is wanted for.
#[derive(Debug, Default)]
struct Demand {
    of: BTreeSet<PictureOf>,
    uses: BTreeSet<usize>,
    crops: BTreeSet<Focus>,
}

/// The pictures that pages show, each with what is to be made of it.
pub fn wanted(index: &SiteIndex, sources: &Sources) -> Vec<Wanted> {
    let mut demands: BTreeMap<SourcePath, Demand> = BTreeMap::new();
    let mut demand = |of: PictureOf, from: &SourcePath, written: &str, crop: Option<Focus>| {
        if let Some(path) = original(index, from, written) {
            let demand = demands.entry(path).or_default();
            demand.of.insert(of);
            demand.crops.extend(crop);
        }
    };
    for (from, picture) in links::lead_pictures(index) {
        let focus = picture.focus.map_or(Focus::MIDDLE, Focus::from);
        demand(PictureOf::Lead, from, &picture.src.text, Some(focus));
    }
    for (from, portrait) in links::portraits(index) {
        demand(PictureOf::Portrait, from, &portrait.text, None);
    }
    for (from, outline) in links::bodies(index) {
        for picture in &outline.pictures {
            demand(PictureOf::Text, from, &picture.text, None);
        }
    }
    let uses = &index.config.images.uses;
    for (at, _) in uses.iter().enumerate().filter(|(_, of)| !of.files.is_empty()) {
        for source in &sources.statics {
            if source.path.below("static").is_some_and(|name| uses[at].has_file(name)) {
                demands.entry(source.path.clone()).or_default().uses.insert(at);
            }
        }
    }
    let wanted = demands.into_par_iter().filter_map(|(path, demand)| {
        let list = if path.below("static").is_some() { &sources.statics } else { &sources.attachments };
        let at = list.binary_search_by(|source| source.path.cmp(&path)).ok()?;
        let original: &Source = &list[at];
        let ending = ending(path.as_str());
        let is_made = path.below("content").is_some() || MADE_OF_STATICS.contains(&ending.as_str());
        let recipe = recipe(&demand, &index.config.images);
        (is_made && !recipe.widths.is_empty()).then(|| Wanted { original: original.clone(), recipe })
    });
    wanted.collect()
}

/// The file that a picture names: beside its source, or in `static/`.
fn original(index: &SiteIndex, from: &SourcePath, written: &str) -> Option<SourcePath> {
    let Some(rooted) = written.strip_prefix('/') else { return index.attachment(from, written) };
    let path = UrlPath::parse(&format!("/{rooted}")).ok()?;
    Some(static_original(&path.as_str()[1..]))
}

fn static_original(name: &str) -> SourcePath {
    SourcePath::new(format!("static/{name}"))
}

fn recipe(demand: &Demand, settings: &PictureSettings) -> Recipe {
    let is_for =
        |at: usize, of: &PictureUse| demand.uses.contains(&at) || of.of.iter().any(|of| demand.of.contains(of));
    let uses = settings.uses.iter().enumerate().filter(|(at, of)| is_for(*at, of));
    let widths: BTreeSet<u32> = uses.flat_map(|(_, of)| of.widths.iter().copied()).collect();
    Recipe {
        widths: widths.into_iter().collect(),
        crops: demand.crops.iter().copied().collect(),
        quality: settings.quality,
        avif: settings.avif && MAKES_AVIF,
    }
}

impl PlannedPicture {
    /// The widest for programs that know no newer form.
    pub fn fallback(&self) -> (&UrlPath, &Rendition) {
        (&self.urls[0], &self.picture.fallback)
    }

    /// Those for browsers, narrowest first.
    pub fn widths(&self) -> impl Iterator<Item = (&UrlPath, &Rendition)> {
        self.urls[1..].iter().zip(&self.picture.widths)
    }

    /// Those for browsers that know AVIF, narrowest first: of each width the AVIF, or where that would have been larger, the WebP.
    pub fn smallest(&self) -> impl Iterator<Item = (&UrlPath, &Rendition)> {
        let avif = || self.urls[1 + self.picture.widths.len()..].iter().zip(&self.picture.avif);
        self.widths().map(move |webp| avif().find(|(_, avif)| avif.width == webp.1.width).unwrap_or(webp))
    }

    /// Those in the shapes that search engines want, around a point.
    pub fn crops(&self, focus: Focus) -> impl Iterator<Item = (&UrlPath, &Rendition)> {
        let mut at = 1 + self.picture.widths.len() + self.picture.avif.len();
        let mut around: &[Rendition] = &[];
        for (point, crops) in &self.picture.crops {
            if *point == focus {
                around = crops;
                break;
            }
            at += crops.len();
        }
        self.urls[at..].iter().zip(around)
    }

    /// All addresses.
    pub fn urls(&self) -> &[UrlPath] {
        &self.urls
    }
}

impl Plan {
    /// The renditions of a picture; none if it is published as it is.
    pub fn planned_picture(&self, end: &PictureEnd) -> Option<&PlannedPicture> {
        match end {
            PictureEnd::Attachment(path, _) => self.pictures.get(path),
            PictureEnd::Static(name, _) => self.pictures.get(&static_original(name)),
            PictureEnd::Remote(_) | PictureEnd::Missing => None,
        }
    }

    /// Adds the renditions of all pictures that were developed.
    pub(super) fn add_pictures(&mut self, developed: Developed) {
        self.diagnostics.extend(developed.diagnostics);
        for (original, picture) in developed.pictures {
            let urls: Vec<UrlPath> = addresses(&original, &picture);
            let mut added = BTreeSet::new();
            for (at, url) in urls.iter().enumerate() {
                // Two crops may be one picture, and the fallback another of them.
                if added.insert(url) {
                    self.add(url.clone(), OutputKind::Rendition(original.clone(), at), Some(original.clone()));
                }
            }
            self.pictures.insert(original, PlannedPicture { picture, urls });
        }
    }

    /// The asset that stands for a picture of `static/` in pages: its fallback, if it was developed.
    pub(super) fn shown_asset(&self, name: &str, asset: Asset) -> Asset {
        match self.pictures.get(&static_original(name)) {
            Some(planned) => Asset { url: planned.fallback().0.clone(), integrity: String::new() },
            None => asset,
        }
    }
}

/// The addresses of a picture's renditions: its own path with width or shape, and a fingerprint, so that they may be kept for ever.
fn addresses(original: &SourcePath, picture: &Picture) -> Vec<UrlPath> {
    // `static/` stays in the address, so that a picture there may have the name and the bytes of one in `content/`.
    let path = original.below("content").unwrap_or(original.as_str());
    let stem = path.rsplit_once('.').map_or(path, |(stem, _)| stem).replace('%', "%25");
    let address = |rendition: &Rendition, of: String| {
        let (fingerprint, ending) = (rendition.fingerprint(), rendition.format.ending());
        let of = if rendition.width == 0 { String::new() } else { format!("-{of}") };
        super::fixed(&format!("{FOLDER}{stem}{of}.{fingerprint}.{ending}"))
    };
    let shaped = picture.crops.iter().flat_map(|(_, crops)| crops).map(|crop| {
        // A shape that was too small is not there, so the shape is told by the crop itself.
        let off = |(width, height): &(u32, u32)| (crop.width * height).abs_diff(crop.height * width) / (width * height);
        if crop.is_same_as(&picture.fallback) {
            return address(&picture.fallback, picture.fallback.width.to_string());
        }
        let (width, height) = SHAPES.iter().min_by_key(|shape| off(shape)).expect("there are shapes");
        address(crop, format!("{width}x{height}"))
    });
    let widths = std::iter::once(&picture.fallback).chain(&picture.widths).chain(&picture.avif);
    widths.map(|rendition| address(rendition, rendition.width.to_string())).chain(shaped).collect()
}

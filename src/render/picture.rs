//! Pictures as pages name them: their renditions by use, and what they say of themselves.

use std::fmt::Write as _;

use tera::{Map, Value};

use super::{Failure, card::record, view::Reader};
use crate::{
    config::PictureUse,
    model::{SourcePath, UrlPath},
    parse::matter::Picture,
    pictures::{Focus, Format, Rendition, Words},
    plan::{PictureEnd, PlannedPicture},
};

/// The bytes of a rendition, by its number.
pub(super) fn rendition(reader: &Reader, original: &SourcePath, at: usize) -> Result<Vec<u8>, Failure> {
    reader.rendition(original, at).map_err(Failure::Load)
}

/// The sources of a picture for each use, by its name.
pub(super) fn uses(reader: &Reader, end: &PictureEnd) -> Value {
    let planned = reader.planned_picture(end);
    let uses = reader.config().images.uses.iter();
    Value::from(uses.map(|of| (of.name.clone().into(), sources_of(reader, planned, of))).collect::<Map>())
}

/// The sources of a picture for one use, as the elements `source` of HTML; none if it has but its fallback.
pub(super) fn sources(reader: &Reader, end: &PictureEnd, of: &str) -> Value {
    let planned = reader.planned_picture(end);
    reader
        .config()
        .images
        .named(of)
        .map_or_else(|| Value::from(Vec::<Value>::new()), |of| sources_of(reader, planned, of))
}

fn sources_of(reader: &Reader, planned: Option<&PlannedPicture>, of: &PictureUse) -> Value {
    let none = || Value::from(Vec::<Value>::new());
    let Some(planned) = planned else { return none() };
    // An original that is narrower than the use wants stands in its own width.
    let widest = of.widths.last().copied().unwrap_or(0).min(planned.picture.fallback.width);
    let fits =
        |(_, rendition): &(&UrlPath, &Rendition)| rendition.width == widest || of.widths.contains(&rendition.width);
    let mut webp: Vec<_> = planned.widths().filter(fits).collect();
    let mut smallest: Vec<_> = planned.smallest().filter(fits).collect();
    let Some((_, last)) = webp.last() else { return none() };
    // Where the widest would have been larger than the fallback and is not there, the fallback stands for it, which every browser knows: the narrower
    // ones alone would look worse where there is room, and the fallback alone would cost small screens more.
    if last.width < widest {
        webp.push(planned.fallback());
        smallest.push(planned.fallback());
    }
    // Browsers that know AVIF know WebP too, so that one source may have both: the type is what they have to know. It stands first, as the first that
    // they know is taken.
    let has_avif = smallest.iter().any(|(_, rendition)| rendition.format == Format::Avif);
    let avif = has_avif.then(|| source(reader, Format::Avif, &smallest, of));
    let webp = source(reader, Format::Webp, &webp, of);
    Value::from(avif.into_iter().chain([webp]).collect::<Vec<_>>())
}

/// An element `source`.
fn source(reader: &Reader, format: Format, renditions: &[(&UrlPath, &Rendition)], of: &PictureUse) -> Value {
    let mut srcset = String::new();
    for (url, rendition) in renditions {
        if !srcset.is_empty() {
            srcset.push_str(", ");
        }
        let _ = write!(srcset, "{} {}w", reader.href(url), rendition.width);
    }
    record! { "type": format.media_type(), "srcset": srcset, "sizes": of.sizes.as_str() }
}

/// The colour that stands in a picture's place until it is there, as the style sheet calls it; empty if there is none.
pub(super) fn tone(reader: &Reader, end: &PictureEnd) -> Value {
    let planned = reader.planned_picture(end);
    Value::from(planned.and_then(|planned| planned.picture.tone).map(|tone| tone.to_string()).unwrap_or_default())
}

/// What a picture says of itself, for where its article says nothing.
pub(super) fn words<'a>(reader: &'a Reader, end: &PictureEnd) -> Option<&'a Words> {
    reader.planned_picture(end).map(|planned| &planned.picture.words)
}

/// The crops of a lead picture that search engines want: address and size of each.
pub(super) fn crops<'a>(
    reader: &'a Reader,
    end: &PictureEnd,
    picture: &Picture,
) -> impl Iterator<Item = (&'a UrlPath, (usize, usize))> {
    let focus = picture.focus.map_or(Focus::MIDDLE, Focus::from);
    let planned = reader.planned_picture(end);
    let crops = planned.into_iter().flat_map(move |planned| {
        // One that has the shape of the picture itself is the picture.
        planned.crops(focus).filter(|(url, _)| *url != planned.fallback().0)
    });
    crops.map(|(url, crop)| (url, (crop.width as usize, crop.height as usize)))
}

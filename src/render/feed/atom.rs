//! Atom 1.0, as in RFC 4287.

use super::{
    Feed,
    item::{Item, Picture},
};
use crate::{
    model::{Timestamp, Zone},
    render::xml::Xml,
};

const ATOM: (&str, &str) = ("xmlns", "http://www.w3.org/2005/Atom");

/// The namespace of pictures, in Atom and in RSS.
pub(super) const MEDIA: (&str, &str) = ("xmlns:media", "http://search.yahoo.com/mrss/");

/// The feed's bytes.
pub(super) fn write(feed: &Feed, zone: &Zone) -> Vec<u8> {
    let mut xml = Xml::new();
    xml.within("feed", &[ATOM, MEDIA, ("xml:lang", &feed.language)], |xml| {
        xml.text("id", &[], &feed.self_url);
        xml.text("title", &[], &feed.title);
        xml.text("subtitle", &[], &feed.description);
        xml.text("updated", &[], &instant(feed.changed_at, zone));
        xml.empty("link", &[("rel", "self"), ("type", "application/atom+xml"), ("href", &feed.self_url)]);
        xml.empty("link", &[("rel", "alternate"), ("type", "text/html"), ("href", &feed.home)]);
        if let Some(hub) = &feed.hub {
            xml.empty("link", &[("rel", "hub"), ("href", hub)]);
        }
        if let Some(icon) = &feed.icon {
            xml.text("icon", &[], icon);
        }
        xml.within("author", &[], |xml| xml.text("name", &[], &feed.publisher));
        for item in &feed.items {
            let language = item.language.as_deref().map(|language| ("xml:lang", language));
            let attributes: Vec<(&str, &str)> = language.into_iter().collect();
            xml.within("entry", &attributes, |xml| entry(item, zone, xml));
        }
    });
    xml.finish()
}

fn entry(item: &Item, zone: &Zone, xml: &mut Xml) {
    xml.text("id", &[], &item.id);
    xml.text("title", &[], &item.title);
    xml.empty("link", &[("rel", "alternate"), ("type", "text/html"), ("href", &item.url)]);
    if let Some(at) = item.published_at {
        xml.text("published", &[], &at.iso(zone));
    }
    xml.text("updated", &[], &instant(item.changed_at.or(item.published_at), zone));
    for author in &item.authors {
        xml.within("author", &[], |xml| {
            xml.text("name", &[], &author.name);
            if let Some(url) = &author.url {
                xml.text("uri", &[], url);
            }
        });
    }
    for category in &item.categories {
        xml.empty("category", &[("term", category)]);
    }
    xml.text("summary", &[], &item.summary);
    if let Some(content) = &item.content {
        xml.text("content", &[("type", "html")], content);
    }
    if let Some(picture) = &item.picture {
        self::picture(picture, xml);
    }
    if let Some(recording) = &item.recording {
        let length = recording.len_bytes.to_string();
        let what = [
            ("rel", "enclosure"),
            ("type", &recording.media_type),
            ("length", length.as_str()),
            ("href", &recording.url),
        ];
        let title = recording.title.as_deref().map(|title| ("title", title));
        let attributes: Vec<(&str, &str)> = what.into_iter().chain(title).collect();
        xml.empty("link", &attributes);
    }
}

/// A feed must say when it last changed; one in which nothing ever happened says so at the beginning of time, never by the clock.
fn instant(at: Option<Timestamp>, zone: &Zone) -> String {
    at.or_else(|| Timestamp::from_second(0)).map(|at| at.iso(zone)).unwrap_or_default()
}

/// A lead picture.
pub(super) fn picture(picture: &Picture, xml: &mut Xml) {
    let size = picture.size.map(|(width, height)| (width.to_string(), height.to_string()));
    let mut attributes = vec![("url", picture.url.as_str()), ("medium", "image")];
    attributes.extend(picture.media_type.map(|of| ("type", of)));
    attributes.extend(size.iter().flat_map(|(width, height)| [("width", width.as_str()), ("height", height.as_str())]));
    xml.within("media:content", &attributes, |xml| {
        if !picture.alt.is_empty() {
            xml.text("media:description", &[("type", "plain")], &picture.alt);
        }
        if !picture.credit.is_empty() {
            xml.text("media:credit", &[], &picture.credit);
        }
    });
}

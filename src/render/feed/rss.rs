//! RSS 2.0, with the elements of other namespaces that readers know.

use std::borrow::Borrow;

use super::{Feed, item::Item, podcast};
use crate::{
    model::{Timestamp, Zone},
    render::{body::escaped, xml::Xml},
};

/// The namespaces of the elements that RSS itself has not.
const NAMESPACES: [(&str, &str); 5] = [
    ("version", "2.0"),
    ("xmlns:atom", "http://www.w3.org/2005/Atom"),
    ("xmlns:content", "http://purl.org/rss/1.0/modules/content/"),
    ("xmlns:dc", "http://purl.org/dc/elements/1.1/"),
    super::atom::MEDIA,
];

/// An item as it stands in every RSS feed that holds it with as much text.
#[derive(Debug)]
pub(in crate::render) struct Written {
    xml: Vec<u8>,
    has_recording: bool,
    pub(super) changed_at: Option<Timestamp>,
}

impl Written {
    pub(super) fn of(item: &Item, zone: &Zone) -> Self {
        let xml = Xml::apart(|xml| xml.within("item", &[], |xml| self::item(item, zone, xml)));
        Self { xml, has_recording: item.recording.is_some(), changed_at: item.changed_at }
    }
}

/// The feed's bytes. Its items were written before, by themselves.
pub(super) fn write<W: Borrow<Written>>(feed: &Feed, items: &[W], zone: &Zone) -> Vec<u8> {
    let is_podcast = items.iter().any(|item| item.borrow().has_recording);
    let namespaces: Vec<(&str, &str)> =
        NAMESPACES.into_iter().chain(is_podcast.then_some(podcast::NAMESPACE)).collect();
    let mut xml = Xml::new();
    xml.within("rss", &namespaces, |xml| {
        xml.within("channel", &[], |xml| {
            channel(feed, zone, xml);
            if is_podcast {
                feed.podcast.write(&feed.publisher, xml);
            }
            for item in items {
                xml.part(&item.borrow().xml);
            }
        });
    });
    xml.finish()
}

fn channel(feed: &Feed, zone: &Zone, xml: &mut Xml) {
    xml.text("title", &[], &feed.title);
    xml.text("link", &[], &feed.home);
    xml.text("description", &[], &escaped(&feed.description));
    xml.text("language", &[], &feed.language);
    if let Some(at) = feed.changed_at {
        xml.text("lastBuildDate", &[], &at.rfc822(zone));
    }
    xml.empty("atom:link", &[("href", &feed.self_url), ("rel", "self"), ("type", "application/rss+xml")]);
    if let Some(hub) = &feed.hub {
        xml.empty("atom:link", &[("href", hub), ("rel", "hub")]);
    }
}

fn item(item: &Item, zone: &Zone, xml: &mut Xml) {
    xml.text("title", &[], &item.title);
    xml.text("link", &[], &item.url);
    xml.text("guid", &[("isPermaLink", "false")], &item.id);
    if let Some(at) = item.published_at {
        xml.text("pubDate", &[], &at.rfc822(zone));
    }
    for author in &item.authors {
        xml.text("dc:creator", &[], &author.name);
    }
    if let Some(language) = &item.language {
        xml.text("dc:language", &[], language);
    }
    for category in &item.categories {
        xml.text("category", &[], category);
    }
    // A description is HTML to readers, so that plain text is escaped twice.
    xml.text("description", &[], &escaped(&item.summary));
    if let Some(content) = &item.content {
        xml.text("content:encoded", &[], content);
    }
    if let Some(picture) = &item.picture {
        super::atom::picture(picture, xml);
    }
    if let Some(recording) = &item.recording {
        recording.write(xml);
    }
}

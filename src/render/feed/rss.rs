//! RSS 2.0, with the elements of other namespaces that readers know.

use super::{Feed, item::Item, podcast};
use crate::{
    model::Zone,
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

/// The feed's bytes.
pub(super) fn write(feed: &Feed, zone: &Zone) -> Vec<u8> {
    let is_podcast = feed.items.iter().any(|item| item.recording.is_some());
    let namespaces: Vec<(&str, &str)> =
        NAMESPACES.into_iter().chain(is_podcast.then_some(podcast::NAMESPACE)).collect();
    let mut xml = Xml::new();
    xml.within("rss", &namespaces, |xml| {
        xml.within("channel", &[], |xml| {
            channel(feed, zone, xml);
            if is_podcast {
                feed.podcast.write(&feed.publisher, xml);
            }
            for each in &feed.items {
                xml.within("item", &[], |xml| item(each, zone, xml));
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

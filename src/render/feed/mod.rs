//! Feeds: one model of what a feed says, and three writers of it. Ids never change, and no date comes from the clock.
//!
//! A story's full text is rendered once a build and shared by the feeds that hold it (`full_text`), so that three forms for the site and each of its
//! sections cost little more than one.

mod addresses;
mod atom;
mod full_text;
mod item;
mod json;
mod podcast;
mod rss;
#[cfg(test)]
mod tests;

use super::{
    Failure,
    view::{Reader, Renderer},
};
use crate::{
    model::{Timestamp, UrlPath},
    plan::{FeedFormat, FeedOf, ListKey},
    relate::StoryId,
};

pub(super) use full_text::FullText;
pub(super) use rss::Written;

use item::Item;

/// What a feed says, in whichever form.
#[derive(Debug, Default)]
struct Feed {
    title: String,
    description: String,
    language: String,
    /// The page that shows the same.
    home: String,
    /// The feed's own address, which is its identity too.
    self_url: String,
    /// Who stands for items without a byline.
    publisher: String,
    /// The `WebSub` hub.
    hub: Option<String>,
    icon: Option<String>,
    /// The newest change of its items.
    changed_at: Option<Timestamp>,
    podcast: podcast::Cover,
    items: Vec<Item>,
}

/// The bytes of a feed.
pub(super) fn feed(renderer: &Renderer, of: &FeedOf, format: FeedFormat) -> Result<Vec<u8>, Failure> {
    let reader = &renderer.reader;
    let zone = &reader.config().zone;
    if format == FeedFormat::Rss && !of.is_full() {
        return Ok(brief(reader, of));
    }
    let feed = made(reader, of, format, items(renderer, of)?);
    Ok(match format {
        FeedFormat::Rss => {
            let items: Vec<Written> = feed.items.iter().map(|item| Written::of(item, zone)).collect();
            rss::write(&feed, &items, zone)
        }
        FeedFormat::Atom => atom::write(&feed, zone),
        FeedFormat::Json => json::write(&feed, zone),
    })
}

/// A feed of summaries. A story stands in those of its authors, terms and series, and is written once for all of them.
fn brief(reader: &Reader, of: &FeedOf) -> Vec<u8> {
    let zone = &reader.config().zone;
    let written = |id: StoryId| {
        let write = || Written::of(&Item { categories: Vec::new(), ..item::story(reader, id) }, zone);
        let (item, noted) = &**reader.briefs()[id.index()].get_or_init(|| Box::new(reader.apart(write)));
        reader.takes(noted);
        item
    };
    let items: Vec<&Written> = reader.feed(of).into_iter().map(written).collect();
    let changed_at = items.iter().filter_map(|item| item.changed_at).max();
    rss::write(&Feed { changed_at, ..made(reader, of, FeedFormat::Rss, Vec::new()) }, &items, zone)
}

/// The feed of these items.
fn made(reader: &Reader, of: &FeedOf, format: FeedFormat, items: Vec<Item>) -> Feed {
    let config = reader.config();
    let description = description(reader, of).filter(|text| !text.is_empty());
    Feed {
        description: description.unwrap_or(&config.title).to_owned(),
        title: name(reader, of).map_or_else(|| config.title.clone(), |name| format!("{name} – {}", config.title)),
        language: config.language.clone(),
        home: absolute(reader, &reader.feed_home(of)),
        self_url: absolute(reader, &reader.feed_url(of, format)),
        publisher: config.publisher.name.clone(),
        hub: config.feeds.hub.clone(),
        icon: icon(reader),
        changed_at: items.iter().filter_map(|item| item.changed_at).max(),
        podcast: podcast::Cover::of(reader),
        items,
    }
}

/// The items of a feed with whole texts.
fn items(renderer: &Renderer, of: &FeedOf) -> Result<Vec<Item>, Failure> {
    let reader = &renderer.reader;
    if *of == FeedOf::Corrections {
        return Ok(item::corrections(reader));
    }
    let mut items = Vec::new();
    for id in reader.feed(of) {
        let mut item = item::story(reader, id);
        if of.is_full() && !reader.story(id).is_for_subscribers() {
            item.content = Some(full_text::of(renderer, id)?);
        }
        items.push(item);
    }
    Ok(items)
}

fn absolute(reader: &Reader, url: &UrlPath) -> String {
    reader.config().absolute(url).expect("feeds are planned only for a site with an address")
}

/// What a feed of a part of the site is called.
fn name(reader: &Reader, of: &FeedOf) -> Option<String> {
    let words = reader.words();
    match of {
        FeedOf::Site => None,
        FeedOf::Corrections => Some(words.word("corrections").to_owned()),
        FeedOf::Series(slug) => Some(reader.series(slug).title.to_owned()),
        FeedOf::List(ListKey::Section(key)) => Some(reader.section(key)?.title.to_owned()),
        FeedOf::List(ListKey::Author(slug)) => Some(reader.author(slug).title.to_owned()),
        FeedOf::List(ListKey::Term(taxonomy, slug)) => Some(reader.term(*taxonomy, slug).title.to_owned()),
        FeedOf::List(ListKey::Label(label)) => Some(words.word(&format!("label-{}", label.as_str())).to_owned()),
    }
}

fn description<'a>(reader: &'a Reader, of: &FeedOf) -> Option<&'a str> {
    match of {
        FeedOf::Site => Some(&reader.config().description),
        FeedOf::Corrections => reader.words().get("corrections-about"),
        FeedOf::Series(slug) => reader.series(slug).source?.matter.description.as_deref(),
        FeedOf::List(ListKey::Section(key)) => reader.section(key)?.source?.matter.description.as_deref(),
        FeedOf::List(ListKey::Author(_)) => None,
        FeedOf::List(ListKey::Term(taxonomy, slug)) => {
            reader.term(*taxonomy, slug).source?.matter.description.as_deref()
        }
        FeedOf::List(ListKey::Label(label)) => reader.words().get(&format!("label-about-{}", label.as_str())),
    }
}

/// The icon by its plain address: a fingerprinted one would change every feed with it.
fn icon(reader: &Reader) -> Option<String> {
    let url = UrlPath::parse("/icons/apple-touch-icon.png").expect("the program's own paths are safe");
    reader.has(&url).then(|| absolute(reader, &url))
}

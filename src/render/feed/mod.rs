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

use super::{Content, Failure, Rendered, view::View};
use crate::{
    model::{OutPath, Timestamp, UrlPath},
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
pub(super) fn feed(view: &View, of: &FeedOf, format: FeedFormat) -> Result<Rendered, Failure> {
    let zone = &view.index().config.zone;
    if format == FeedFormat::Rss && !of.is_full() {
        return Ok(brief(view, of).into());
    }
    let (items, uses) = items(view, of)?;
    let feed = made(view, of, format, items);
    let bytes = match format {
        FeedFormat::Rss => {
            let items: Vec<Written> = feed.items.iter().map(|item| Written::of(item, zone)).collect();
            rss::write(&feed, &items, zone)
        }
        FeedFormat::Atom => atom::write(&feed, zone),
        FeedFormat::Json => json::write(&feed, zone),
    };
    Ok(Rendered { content: Content::Bytes(bytes), uses })
}

/// A feed of summaries. A story stands in those of its authors, terms and series, and is written once for all of them.
fn brief(view: &View, of: &FeedOf) -> Vec<u8> {
    let (library, zone) = (view.library(), &view.index().config.zone);
    let written = |id: StoryId| {
        let made = || Written::of(&Item { categories: Vec::new(), ..item::story(view, id) }, zone);
        library.briefs[id.index()].get_or_init(made)
    };
    let items: Vec<&Written> = of.stories(view.index()).into_iter().map(written).collect();
    let changed_at = items.iter().filter_map(|item| item.changed_at).max();
    rss::write(&Feed { changed_at, ..made(view, of, FeedFormat::Rss, Vec::new()) }, &items, zone)
}

/// The feed of these items.
fn made(view: &View, of: &FeedOf, format: FeedFormat, items: Vec<Item>) -> Feed {
    let index = view.index();
    let config = &index.config;
    let description = description(view, of).filter(|text| !text.is_empty());
    Feed {
        description: description.unwrap_or(&config.title).to_owned(),
        title: name(view, of).map_or_else(|| config.title.clone(), |name| format!("{name} – {}", config.title)),
        language: config.language.clone(),
        home: absolute(view, &of.home(index)),
        self_url: absolute(view, &of.url(index, format)),
        publisher: config.publisher.name.clone(),
        hub: config.feeds.hub.clone(),
        icon: icon(view),
        changed_at: items.iter().filter_map(|item| item.changed_at).max(),
        podcast: podcast::Cover::of(view),
        items,
    }
}

/// The items, and the outputs that their texts name.
fn items(view: &View, of: &FeedOf) -> Result<(Vec<Item>, Vec<OutPath>), Failure> {
    if *of == FeedOf::Corrections {
        return Ok((item::corrections(view.library()), Vec::new()));
    }
    let (mut items, mut uses) = (Vec::new(), Vec::new());
    for id in of.stories(view.index()) {
        let mut item = item::story(view, id);
        if of.is_full() && !item::is_for_subscribers(view.index().story(id)) {
            let text = full_text::of(view, id)?;
            uses.extend_from_slice(&text.uses);
            item.content = Some(text.html.clone());
        }
        items.push(item);
    }
    uses.sort();
    uses.dedup();
    Ok((items, uses))
}

fn absolute(view: &View, url: &UrlPath) -> String {
    view.index().config.absolute(url).expect("feeds are planned only for a site with an address")
}

/// What a feed of a part of the site is called.
fn name(view: &View, of: &FeedOf) -> Option<String> {
    let (index, words) = (view.index(), &view.library().words);
    match of {
        FeedOf::Site => None,
        FeedOf::Corrections => Some(words.word("corrections").to_owned()),
        FeedOf::Series(slug) => Some(index.series[slug].title.clone()),
        FeedOf::List(ListKey::Section(key)) => Some(index.sections[key].title.clone()),
        FeedOf::List(ListKey::Author(slug)) => Some(index.authors[slug].name.clone()),
        FeedOf::List(ListKey::Term(taxonomy, slug)) => Some(index.terms[&(*taxonomy, slug.clone())].title.clone()),
        FeedOf::List(ListKey::Label(label)) => Some(words.word(&format!("label-{}", label.as_str())).to_owned()),
    }
}

fn description<'a>(view: &'a View, of: &FeedOf) -> Option<&'a str> {
    let index = view.index();
    match of {
        FeedOf::Site => Some(&index.config.description),
        FeedOf::Corrections => view.library().words.get("corrections-about"),
        FeedOf::Series(slug) => index.series[slug].source.as_ref()?.matter.description.as_deref(),
        FeedOf::List(ListKey::Section(key)) => index.sections[key].source.as_ref()?.matter.description.as_deref(),
        FeedOf::List(ListKey::Author(_)) => None,
        FeedOf::List(ListKey::Term(taxonomy, slug)) => {
            index.terms[&(*taxonomy, slug.clone())].source.as_ref()?.matter.description.as_deref()
        }
        FeedOf::List(ListKey::Label(label)) => view.library().words.get(&format!("label-about-{}", label.as_str())),
    }
}

/// The icon by its plain address: a fingerprinted one would change every feed with it.
fn icon(view: &View) -> Option<String> {
    let url = UrlPath::parse("/icons/apple-touch-icon.png").expect("the program's own paths are safe");
    view.plan().has(&url).then(|| absolute(view, &url))
}

//! Which feeds there are, where, and of which stories.

use serde::{Deserialize, Serialize};

use super::{ListKey, OutputKind, Plan, UrlPath, fixed, sitemaps::FEWEST_STORIES_OF_A_TERM};
use crate::{
    model::{Label, Slug},
    relate::{SiteIndex, StoryId},
};

/// How many stories a feed with summaries holds.
const SUMMARIES: usize = 20;

/// What a feed follows.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum FeedOf {
    /// The whole site.
    Site,
    /// All corrections.
    Corrections,
    /// A list.
    List(ListKey),
    /// A series.
    Series(Slug),
}

/// The form of a feed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FeedFormat {
    /// RSS 2.0.
    Rss,
    /// Atom 1.0, as in RFC 4287.
    Atom,
    /// JSON Feed 1.1.
    Json,
}

impl FeedFormat {
    /// Every form.
    const ALL: &'static [Self] = &[Self::Rss, Self::Atom, Self::Json];

    /// The name of its file, beside the list's page.
    pub fn file_name(self) -> &'static str {
        match self {
            Self::Rss => "feed.xml",
            Self::Atom => "atom.xml",
            Self::Json => "feed.json",
        }
    }
}

impl FeedOf {
    /// Whether there is what it follows.
    pub fn is_there(&self, index: &SiteIndex) -> bool {
        match self {
            Self::Site | Self::Corrections => true,
            Self::List(key) => key.is_there(index),
            Self::Series(slug) => index.series.contains_key(slug),
        }
    }

    /// Whether it brings the whole text of its stories: the feeds of the site, of sections and of corrections do.
    pub fn is_full(&self) -> bool {
        matches!(self, Self::Site | Self::Corrections | Self::List(ListKey::Section(_)))
    }

    /// The forms in which it is published.
    pub fn formats(&self) -> &'static [FeedFormat] {
        if self.is_full() { FeedFormat::ALL } else { &[FeedFormat::Rss] }
    }

    /// The page that shows the same.
    pub fn home(&self, index: &SiteIndex) -> UrlPath {
        match self {
            Self::Site => UrlPath::root(),
            Self::Corrections => fixed("/corrections/"),
            Self::List(key) => key.url(index),
            Self::Series(slug) => index.series[slug].url.clone(),
        }
    }

    /// Its own address.
    pub fn url(&self, index: &SiteIndex, format: FeedFormat) -> UrlPath {
        fixed(&format!("{}{}", self.home(index).as_str(), format.file_name()))
    }

    /// The stories that it brings, newest first; those of corrections are the corrected ones, and come from the index.
    ///
    /// What was paid for is apart from news: only its label, its series and its authors have it.
    pub fn stories(&self, index: &SiteIndex) -> Vec<StoryId> {
        let is_news = |id: &StoryId| index.story(*id).label() != Label::Sponsored;
        let full = index.config.feeds.count;
        let newest = |stories: &[StoryId]| stories.iter().copied().take(SUMMARIES).collect();
        match self {
            Self::Site => index.articles().filter(is_news).take(full).collect(),
            Self::Corrections => Vec::new(),
            Self::List(key @ ListKey::Section(_)) => {
                key.stories(index).iter().copied().filter(is_news).take(full).collect()
            }
            Self::List(key @ ListKey::Term(..)) => {
                key.stories(index).iter().copied().filter(is_news).take(SUMMARIES).collect()
            }
            Self::List(key @ (ListKey::Author(_) | ListKey::Label(_))) => newest(key.stories(index)),
            Self::Series(slug) => newest(&index.series[slug].stories),
        }
    }
}

/// Every feed of a site with an address. Terms with few stories have none.
pub(super) fn all(index: &SiteIndex) -> Vec<FeedOf> {
    let sections = index.sections.keys().cloned().map(ListKey::Section);
    let terms = index.terms.iter().filter(|(_, term)| term.stories.len() >= FEWEST_STORIES_OF_A_TERM);
    let terms = terms.map(|((taxonomy, slug), _)| ListKey::Term(*taxonomy, slug.clone()));
    let authors = index.authors.keys().cloned().map(ListKey::Author);
    let labels = index.labels.keys().copied().map(ListKey::Label);
    let lists = sections.chain(terms).chain(authors).chain(labels).map(FeedOf::List);
    let series = index.series.keys().cloned().map(FeedOf::Series);
    [FeedOf::Site, FeedOf::Corrections].into_iter().chain(lists).chain(series).collect()
}

impl Plan {
    pub(super) fn add_feeds(&mut self, index: &SiteIndex) {
        for of in all(index) {
            for format in of.formats() {
                self.add(of.url(index, *format), OutputKind::Feed(of.clone(), *format), None);
            }
        }
    }
}

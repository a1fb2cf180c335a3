//! Articles become the site's index, an immutable value: sections, terms, authors, series, days, addresses, links and related stories.
//!
//! Knows what is out and nothing else: no bodies, templates or paths on disk. Stories are numbered newest first, ties by source path,
//! so a list of numbers in rising order is a list of stories as readers see it.

mod address;
mod explain;
mod fronts;
mod groups;
mod kept;
mod measure;
mod pairs;
mod pins;
mod related;
mod renew;
mod resolve;
mod sweep;
mod text;
mod texts;
mod traits;

use std::{collections::BTreeMap, sync::Arc};

use litemap::LiteMap;
use serde::{Deserialize, Serialize};

use crate::{
    config::{Breaking, Config},
    diag::{Code, Diagnostic},
    model::{Label, Lookup, Paywall, Reference, SectionKey, Slug, SourcePath, Taxonomy, Timestamp, UrlPath},
    parse::body::Outline,
    parse::matter::{ArticleMatter, AuthorMatter, SectionMatter, SeriesMatter, TopicMatter},
    parse::ranking::Rankings,
    parse::redirects::RedirectRule,
    release::{Article, Published, Released, Tombstone},
};

pub use address::{RESERVED, Redirect};
pub use explain::{Explanation, Judged, SharedTerm};
pub use fronts::{FilledSlot, FrontPage, fill, front_page, section_front};
pub use kept::Archive;
pub use measure::{Findings, Quality, Way, measure};
pub use pairs::Apart;
pub use related::{Lists, Reason, Refusal, Related, Shared, lists};
pub use renew::{Making, Renewed, renew};
pub use resolve::{Destination, Found};
pub use text::Scratch;
pub use texts::{Texts, mistakes_of_choices, texts};

/// A story's number in the index: articles newest first, then pages by path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct StoryId(u32);

impl StoryId {
    /// The number as an index into a list of all stories.
    pub fn index(self) -> usize {
        self.0 as usize
    }

    /// The story of that number.
    pub(crate) fn new(index: usize) -> Self {
        Self(u32::try_from(index).expect("a site has fewer than four thousand million stories"))
    }
}

/// An article or page in its place in the site.
#[derive(Debug, Clone)]
pub struct Story {
    /// What was released.
    pub article: Article,
    /// Its lasting address.
    pub permalink: UrlPath,
    /// The civil day of its date in the site's zone; none for a page.
    pub day: Option<Day>,
    /// Its identity apart from the address, for feeds.
    pub id: String,
    /// The byline, in order.
    pub byline: Vec<Byline>,
    /// Its terms in each taxonomy, in the order written, each once.
    pub terms: LiteMap<Taxonomy, Vec<Slug>>,
    /// The series it belongs to.
    pub series: Option<Slug>,
}

/// A name in a byline.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Byline {
    /// The author.
    pub author: Slug,
    /// What the person did, as written.
    pub role: Option<String>,
}

/// A section with what lies in it.
#[derive(Debug, Clone)]
pub struct Section {
    /// Its name.
    pub title: String,
    /// Its address.
    pub url: UrlPath,
    /// Its file, if it has one.
    pub source: Option<Published<SectionMatter>>,
    /// The stories in or below it, newest first.
    pub stories: Vec<StoryId>,
}

/// An author with a published story.
#[derive(Debug, Clone)]
pub struct Author {
    /// The name as in bylines.
    pub name: String,
    /// Their page.
    pub url: UrlPath,
    /// Their file, if there is one.
    pub source: Option<Published<AuthorMatter>>,
    /// Their stories, newest first.
    pub stories: Vec<StoryId>,
}

/// A series with a published story.
#[derive(Debug, Clone)]
pub struct Series {
    /// Its name.
    pub title: String,
    /// Its page.
    pub url: UrlPath,
    /// Its file, if there is one.
    pub source: Option<Published<SeriesMatter>>,
    /// Its stories, newest first.
    pub stories: Vec<StoryId>,
}

/// A term with a published story.
#[derive(Debug, Clone)]
pub struct Term {
    /// The term as shown.
    pub title: String,
    /// Its page.
    pub url: UrlPath,
    /// Its topic file, if there is one.
    pub source: Option<Published<TopicMatter>>,
    /// Its stories, newest first.
    pub stories: Vec<StoryId>,
}

/// A civil day in the site's zone.
pub type Day = (i16, i8, i8);

/// The site, related: everything that pages, lists and feeds are made from.
#[derive(Debug)]
pub struct SiteIndex {
    /// The settings.
    pub config: Arc<Config>,
    /// Articles newest first, then pages by path.
    stories: Vec<Story>,
    article_count: usize,
    /// Stories taken down, with their addresses.
    pub tombstones: Vec<(UrlPath, Tombstone)>,
    /// The banner on fronts.
    pub breaking: Option<Breaking>,
    /// The front page's file.
    pub front: Option<Published<SectionMatter>>,
    /// Every section that has a story.
    pub sections: BTreeMap<SectionKey, Section>,
    /// Every author who has a story.
    pub authors: BTreeMap<Slug, Author>,
    /// Every series that has a story.
    pub series: BTreeMap<Slug, Series>,
    /// Every term that has a story.
    pub terms: BTreeMap<(Taxonomy, Slug), Term>,
    /// The stories of each label but news.
    pub labels: BTreeMap<Label, Vec<StoryId>>,
    /// The stories of each day.
    pub days: BTreeMap<Day, Vec<StoryId>>,
    /// Corrections, newest first: when, of which story, and which of its corrections.
    pub corrections: Vec<(Timestamp, StoryId, usize)>,
    /// Old addresses: what editors wrote in `redirects.yaml`, then aliases.
    pub redirects: Vec<Redirect>,
    /// What is read most, by data file.
    rankings: BTreeMap<String, Vec<StoryId>>,
    /// What is wrong with how sources fit together.
    pub diagnostics: Vec<Diagnostic>,
    names: resolve::Names,
}

impl SiteIndex {
    /// A story by its number.
    pub fn story(&self, id: StoryId) -> &Story {
        &self.stories[id.index()]
    }

    /// The number and the path of every article and page.
    pub fn ids(&self) -> impl ExactSizeIterator<Item = (StoryId, &SourcePath)> {
        self.stories.iter().enumerate().map(|(at, story)| (StoryId::new(at), story.article.path()))
    }

    /// Puts another text in the place of a story's own.
    pub fn rewrite(&mut self, id: StoryId, hash: blake3::Hash, outline: Outline) {
        self.stories[id.index()].article.rewrite(hash, outline);
    }

    /// Every article, newest first.
    pub fn articles(&self) -> impl ExactSizeIterator<Item = StoryId> + Clone + use<> {
        (0..self.article_count).map(StoryId::new)
    }

    /// Every page, by path.
    pub fn pages(&self) -> impl ExactSizeIterator<Item = StoryId> + Clone + use<> {
        (self.article_count..self.stories.len()).map(StoryId::new)
    }

    /// Every article and page.
    pub fn stories(&self) -> &[Story] {
        &self.stories
    }

    /// The sections directly below one, or the top sections, in the order of the navigation.
    pub fn sections_below(&self, parent: Option<&SectionKey>) -> Vec<(&SectionKey, &Section)> {
        let mut below: Vec<_> = self.sections.iter().filter(|(key, _)| key.parent().as_ref() == parent).collect();
        let rank = |key: &SectionKey, section: &Section| {
            let listed = self.config.sections.iter().position(|slug| slug.as_str() == key.as_str());
            let order = section.source.as_ref().and_then(|source| source.matter.order);
            (listed.unwrap_or(usize::MAX), order.unwrap_or(i64::MAX))
        };
        below.sort_by_cached_key(|(key, section)| (rank(key, section), section.title.to_lowercase(), (*key).clone()));
        below
    }

    /// The labels that editors gave a story, as shown, in the order by which its terms count them.
    pub fn labels_of(&self, id: StoryId) -> Vec<&str> {
        let labels = self.story(id).labels();
        labels
            .map(|(taxonomy, slug)| self.terms.get(&(taxonomy, slug.clone())).map_or("", |term| &term.title))
            .collect()
    }

    /// The day of a story in the site's zone.
    pub fn day_of(&self, id: StoryId) -> Option<Day> {
        self.story(id).day
    }
}

impl Story {
    /// Its front matter.
    pub fn matter(&self) -> &ArticleMatter {
        self.article.matter()
    }

    /// What kind of journalism it is.
    pub fn label(&self) -> Label {
        self.matter().shared.label.unwrap_or(Label::News)
    }

    /// Its terms of all taxonomies.
    pub fn labels(&self) -> impl Iterator<Item = (Taxonomy, &Slug)> {
        self.terms.iter().flat_map(|(taxonomy, slugs)| slugs.iter().map(|slug| (*taxonomy, slug)))
    }

    /// Whether feeds and search hold its summary alone.
    pub fn is_for_subscribers(&self) -> bool {
        self.matter().shared.paywall == Some(Paywall::Subscribers)
    }

    /// Whether it is kept out of automatic links in either direction.
    pub fn is_sensitive(&self) -> bool {
        self.matter().shared.sensitive.unwrap_or(false)
    }

    /// The latest of date, update and corrections: when its page last said something new.
    pub fn changed_at(&self) -> Option<Timestamp> {
        let matter = self.matter();
        let date = matter.date.map(|date| date.at);
        let updated =
            matter.updated.iter().chain(matter.updates.iter().map(|update| &update.at)).map(|moment| moment.at);
        let corrected = matter.corrections.iter().map(|correction| correction.at.at);
        date.into_iter().chain(updated).chain(corrected).max()
    }

    /// The headline of cards and lists.
    pub fn short_title(&self) -> &str {
        let matter = self.matter();
        matter.headlines.short.as_deref().unwrap_or(&matter.title)
    }

    /// A plain text of a sentence or two: the summary, else the standfirst, else the first sentences.
    pub fn summary(&self) -> String {
        let matter = self.matter();
        match (&matter.summary, &matter.standfirst) {
            (Some(summary), _) => summary.clone(),
            (None, Some(standfirst)) => crate::parse::body::plain_text(&standfirst.0),
            (None, None) => self.article.source.outline.opening.clone(),
        }
    }
}

/// Relates what was released: gives every story its address, groups and links. Related lists are made from it by [`lists`].
///
/// `redirects` is what editors wrote in `redirects.yaml`, `rankings` what data files name for slots of fronts.
/// Mistakes (two stories with one id) are in the index's `diagnostics`; errors among them stop the build.
pub fn index(released: Released, redirects: Vec<RedirectRule>, rankings: Rankings, config: &Arc<Config>) -> SiteIndex {
    let mut diagnostics = Vec::new();
    let Released { articles, tombstones, front, sections, authors, series, topics, attachments, breaking, .. } =
        released;
    let (mut articles, mut pages): (Vec<_>, Vec<_>) =
        articles.into_iter().partition(|article| article.matter().date.is_some());
    // Ties are common: wire stories land on the same minute. The path decides, so that two machines agree.
    articles.sort_by(|a, b| {
        let date = |article: &Article| article.matter().date.map(|date| date.at);
        date(b).cmp(&date(a)).then_with(|| a.path().cmp(b.path()))
    });
    pages.sort_by(|a, b| a.path().cmp(b.path()));
    articles.append(&mut pages);

    let mut stories = address::stories(articles, config, &mut diagnostics);
    // Counted here: what has no address is no story, and was told.
    let article_count = stories.iter().take_while(|story| story.matter().date.is_some()).count();
    let tombstones = address::tombstones(tombstones, config, &mut diagnostics);
    let all = &stories[..];
    let (mut told, mut also_told) = (Vec::new(), Vec::new());
    let (((people, bylines), (series, parts), (terms, termed)), (sections, names)) = rayon::join(
        || {
            let people = groups::authors(all, article_count, authors, &mut told);
            let series = groups::series(&all[..article_count], series, &mut told);
            (people, series, groups::terms(all, article_count, topics, &mut told))
        },
        || {
            let sections = groups::sections(&all[..article_count], sections, &mut also_told);
            (sections, resolve::Names::of(all, attachments))
        },
    );
    diagnostics.extend(told.into_iter().chain(also_told));
    let parts = parts.into_iter().chain(std::iter::repeat(None));
    for (story, ((byline, terms), series)) in stories.iter_mut().zip(bylines.into_iter().zip(termed).zip(parts)) {
        (story.byline, story.terms, story.series) = (byline, terms, series);
    }
    let mut index = SiteIndex {
        config: Arc::clone(config),
        article_count,
        tombstones,
        breaking,
        front,
        sections,
        authors: people,
        series,
        terms,
        labels: groups::labels(&stories[..article_count]),
        days: groups::days(&stories[..article_count]),
        corrections: groups::corrections(&stories[..article_count]),
        redirects: address::redirects(redirects, &stories, config, &mut diagnostics),
        rankings: BTreeMap::new(),
        names,
        stories,
        diagnostics,
    };
    index.name_pages();
    index.rankings = rankings.into_iter().map(|(file, named)| (file, fronts::ranked(&index, &named))).collect();
    fronts::check(&mut index);
    index
}

/// A warning for a reference to a story that names none, or several.
fn dangling(
    code: Code,
    what: &str,
    path: &SourcePath,
    reference: &Reference,
    found: &Found,
    index: &SiteIndex,
) -> Diagnostic {
    match found {
        Found::Several(ids) => {
            let warning = Diagnostic::warning(
                Code::AmbiguousReference,
                path,
                reference.span,
                format!("this {what} fits {} stories", ids.len()),
            );
            let listed = ids.iter().take(5).map(|id| format!("`{}`", index.story(*id).article.path()));
            let listed = listed.collect::<Vec<_>>().join(", ");
            warning.note(format!("it fits {listed}")).help("name the one that is meant by its path or id")
        }
        _ => Diagnostic::warning(code, path, reference.span, format!("this {what} names no published story"))
            .did_you_mean(index.nearest_name(&reference.text)),
    }
}

/// Counts how often each key stands in `items`, for collisions.
fn first_seen<K: Eq + std::hash::Hash, V: Copy>(items: impl IntoIterator<Item = (K, V)>, mut twice: impl FnMut(V, V)) {
    let mut seen: Lookup<K, V> = Lookup::default();
    for (key, value) in items {
        if let Some(first) = seen.get(&key) {
            twice(*first, value);
        } else {
            seen.insert(key, value);
        }
    }
}

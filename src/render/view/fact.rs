//! What the view hands out, by name, and the notes that a render makes of it.

use std::{
    collections::BTreeSet,
    ops::{Index, IndexMut},
    sync::{Mutex, MutexGuard, PoisonError},
};

use foldhash::fast::RandomState;
use indexmap::IndexSet;
use serde::{Deserialize, Serialize};

use crate::{
    model::{Label, OutPath, SectionKey, Slug, SourcePath, Taxonomy, UrlPath},
    parse::body::LinkKind,
    plan::{FeedOf, ListKey, Period},
    relate::{Day, StoryId},
};

/// Something of the site that a render may read: the closed set of all that can change an output.
///
/// What is not there has a fact as well: an output that found nothing is made again when there is something.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Fact {
    /// `site.yaml` and the words of the interface. Every output reads it.
    Settings,
    /// What all templates are given as `site`.
    Site,
    /// A template with all that it builds on.
    Template(String),
    /// A component with all that it builds on.
    Component(String),
    /// Something of a story.
    Of(Aspect, StoryId),
    /// An author by name, with the author's file.
    Author(Slug),
    /// A section by name, with its file.
    Section(SectionKey),
    /// A term by name, with its topic file.
    Term(Taxonomy, Slug),
    /// A series by name, with its file.
    Series(Slug),
    /// The stories of a list, or of the part of it that the calendar cuts out.
    List(ListKey, Period),
    /// How many stories a list has.
    Count(ListKey),
    /// Into which parts the calendar cuts a list.
    Periods(ListKey),
    /// The stories of a series.
    Parts(Slug),
    /// The sections directly below one.
    Below(SectionKey),
    /// The front page's slots, and the stories of its sections.
    Front,
    /// The front page's file.
    FrontFile,
    /// The slots of a section's front, and the stories below them.
    Slots(SectionKey),
    /// The banner on fronts.
    Breaking,
    /// The years that have stories, with their numbers.
    Years,
    /// The months of a year that have stories, with their numbers.
    Months(i16),
    /// The days of a month with their numbers, and its neighbours.
    Month(i16, i8),
    /// The stories of a day, and its neighbours.
    Day(Day),
    /// Which corrections there are.
    Corrections,
    /// The stories of a feed.
    Feed(FeedOf),
    /// The list of sitemaps.
    Sitemaps,
    /// What a sitemap lists.
    Sitemap(UrlPath),
    /// What a file of the news sitemap lists.
    News(UrlPath),
    /// Where an old address leads.
    Redirect(UrlPath),
    /// When and why the story at an address was taken down.
    Tombstone(UrlPath),
    /// All old addresses and those of what was taken down.
    OldAddresses,
    /// The live coverage that has not ended.
    OnAir,
    /// What a link leads to; from the root of the site, or from a source.
    Link(Option<SourcePath>, LinkKind, String),
    /// Where a picture or recording lies that a source names, and its size.
    Picture(SourcePath, String),
    /// The table that a source names.
    Table(SourcePath, String),
    /// What a reference to a story names.
    Found(String),
    /// The newest stories of a kind, as a template asks for them.
    Latest(Wanted),
    /// A file of `static/` under its fingerprinted address, with its size.
    Asset(String),
    /// The icons in `static/`.
    Icons,
    /// A published file of `static/`.
    Static(String),
    /// A published file of `content/`.
    Attachment(SourcePath),
    /// A picture as it was made of its original, by its number.
    Rendition(SourcePath, usize),
    /// What the social card of a story shows, and where it lies.
    SocialCard(SourcePath),
    /// A file below `data/`.
    Data(String),
    /// Which story with a label to show is meant where a page says `data-story`.
    Marked(String),
    /// Whether something is published at an address.
    Has(UrlPath),
    /// The volumes of the search index, and what tells each from what it was.
    Volumes,
    /// What the files of words of a volume of the search index are made of, by its name.
    Volume(String),
    /// What results show of a few stories of a volume, by its name and the number of the file.
    Results(String, usize),
}

impl Fact {
    /// The fact in words; `path` tells the file of a story.
    pub(super) fn words(&self, path: &impl Fn(StoryId) -> String) -> String {
        let list = |key: &ListKey| match key {
            ListKey::Section(key) => format!("section `{}`", key.as_str()),
            ListKey::Author(slug) => format!("author `{slug}`"),
            ListKey::Term(taxonomy, slug) => format!("`{slug}` in {}", taxonomy.as_str()),
            ListKey::Label(label) => format!("label `{}`", label.as_str()),
        };
        match self {
            Self::Settings => "the settings and the words of the interface".to_owned(),
            Self::Site => "what every template is given as `site`".to_owned(),
            Self::Template(name) => format!("the template `{name}` and what it builds on"),
            Self::Component(name) => format!("the component `{name}` and what it builds on"),
            Self::Of(Aspect::Whole, story) => format!("the front matter of `{}`", path(*story)),
            Self::Of(Aspect::Body, story) => format!("the text of `{}`", path(*story)),
            Self::Of(Aspect::Card, story) => format!("the card of `{}`", path(*story)),
            Self::Of(Aspect::Related, story) => format!("the related stories of `{}`", path(*story)),
            Self::Of(Aspect::Neighbours, story) => format!("the neighbours of `{}` in its series", path(*story)),
            Self::Author(slug) => format!("the author `{slug}`"),
            Self::Section(key) => format!("the section `{}`", key.as_str()),
            Self::Term(taxonomy, slug) => format!("the term `{slug}` in {}", taxonomy.as_str()),
            Self::Series(slug) => format!("the series `{slug}`"),
            Self::List(key, Period::Newest) => format!("the newest stories of {}", list(key)),
            Self::List(key, Period::Year(year)) => format!("the stories of {} in {year:04}", list(key)),
            Self::List(key, Period::Month(year, month)) => {
                format!("the stories of {} in {year:04}-{month:02}", list(key))
            }
            Self::Count(key) => format!("the number of stories of {}", list(key)),
            Self::Periods(key) => format!("the years and months of {}", list(key)),
            Self::Parts(slug) => format!("the stories of the series `{slug}`"),
            Self::Below(key) => format!("the sections below `{}`", key.as_str()),
            Self::Front => "the stories of the front page".to_owned(),
            Self::FrontFile => "the front page's file".to_owned(),
            Self::Slots(key) => format!("the stories on the front of section `{}`", key.as_str()),
            Self::Breaking => "the breaking banner".to_owned(),
            Self::Years => "the years of the archive".to_owned(),
            Self::Months(year) => format!("the months of {year:04}"),
            Self::Month(year, month) => format!("the days of {year:04}-{month:02}"),
            Self::Day((year, month, day)) => format!("the stories of {year:04}-{month:02}-{day:02}"),
            Self::Corrections => "which corrections there are".to_owned(),
            Self::Feed(FeedOf::Site) => "the stories of the site's feed".to_owned(),
            Self::Feed(FeedOf::Corrections) => "the corrections of their feed".to_owned(),
            Self::Feed(FeedOf::List(key)) => format!("the stories in the feed of {}", list(key)),
            Self::Feed(FeedOf::Series(slug)) => format!("the stories in the feed of the series `{slug}`"),
            Self::Sitemaps => "the list of sitemaps".to_owned(),
            Self::Sitemap(url) | Self::News(url) => format!("what {url} lists"),
            Self::Redirect(url) => format!("where {url} leads"),
            Self::Tombstone(url) => format!("when and why the story at {url} was taken down"),
            Self::OldAddresses => "all old addresses".to_owned(),
            Self::OnAir => "which live coverage has not ended".to_owned(),
            Self::Link(Some(from), _, text) => format!("what `{text}` in `{from}` leads to"),
            Self::Link(None, _, text) => format!("what `{text}` leads to"),
            Self::Picture(from, written) => format!("the picture `{written}` of `{from}`"),
            Self::Table(from, written) => format!("the table `{written}` of `{from}`"),
            Self::Found(written) => format!("which story `{written}` names"),
            Self::Latest(wanted) => format!("the newest {} stories that a template asks for", wanted.limit),
            Self::Asset(name) => format!("the fingerprint of `static/{name}`"),
            Self::Icons => "the icons in `static/icons/`".to_owned(),
            Self::Static(name) => format!("the file `static/{name}`"),
            Self::Attachment(path) => format!("the file `{path}`"),
            Self::Rendition(path, _) => format!("what was made of the picture `{path}`"),
            Self::SocialCard(path) => format!("the social card of `{path}`"),
            Self::Data(name) => format!("the file `data/{name}`"),
            Self::Marked(mark) => format!("which label the story `{mark}` has to show"),
            Self::Has(url) => format!("whether {url} is published"),
            Self::Volumes => "the volumes of the search index".to_owned(),
            Self::Volume(name) => format!("the stories that the search index has in `{name}`"),
            Self::Results(name, file) => format!("what the search shows of stories in `{name}`, part {file}"),
        }
    }
}

/// What of a story is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Aspect {
    /// All that its front matter and its place in the site say.
    Whole,
    /// Its body.
    Body,
    /// What lists show of it.
    Card,
    /// Its list of related stories.
    Related,
    /// Its neighbours in its series.
    Neighbours,
}

impl Aspect {
    /// All of them, in the order of their numbers.
    const ALL: [Self; 5] = [Self::Whole, Self::Body, Self::Card, Self::Related, Self::Neighbours];
}

/// Which stories a template asks for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub struct Wanted {
    /// How many at most.
    pub limit: usize,
    /// Of the section of this name.
    pub section: Option<String>,
    /// With the tag of this name.
    pub tag: Option<String>,
    /// By the author of this name.
    pub author: Option<String>,
    /// With this label.
    pub label: Option<Label>,
}

/// A fact in the notes of one build, in four bytes, as they are kept until its end for every output: what it is in the highest bits, its number in the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FactId(u32);

/// What a [`FactId`] stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Noting {
    /// Something of a story, which is named without a look at the ledger.
    Of(Aspect, StoryId),
    /// Any other fact, by its number in the ledger.
    Numbered(usize),
}

impl FactId {
    const NUMBER_BITS: u32 = 29;

    pub(super) fn of(aspect: Aspect, story: StoryId) -> Self {
        Self::packed(aspect as usize, story.index())
    }

    fn numbered(number: usize) -> Self {
        Self::packed(Aspect::ALL.len(), number)
    }

    fn packed(kind: usize, number: usize) -> Self {
        assert!(number >> Self::NUMBER_BITS == 0, "a build reads fewer facts than that");
        Self(u32::try_from(kind << Self::NUMBER_BITS | number).expect("there are fewer kinds than that"))
    }

    pub(super) fn noting(self) -> Noting {
        let number = (self.0 & ((1 << Self::NUMBER_BITS) - 1)) as usize;
        let aspect = Aspect::ALL.get((self.0 >> Self::NUMBER_BITS) as usize);
        aspect.map_or(Noting::Numbered(number), |aspect| Noting::Of(*aspect, StoryId::new(number)))
    }
}

/// A value for each fact of one build, in rows by its number: there are as many as half a million reads, and no reason to hash any.
#[derive(Debug)]
pub(super) struct ByFact<T> {
    of_stories: [Vec<T>; Aspect::ALL.len()],
    numbered: Vec<T>,
}

impl<T: Clone + Default> ByFact<T> {
    /// The same value for all facts of so many stories, and for so many others.
    pub(super) fn new((stories, numbered): (usize, usize)) -> Self {
        let row = |len: usize| vec![T::default(); len];
        Self { of_stories: Aspect::ALL.map(|_| row(stories)), numbered: row(numbered) }
    }
}

impl<T> Index<FactId> for ByFact<T> {
    type Output = T;

    fn index(&self, id: FactId) -> &T {
        match id.noting() {
            Noting::Of(aspect, story) => &self.of_stories[aspect as usize][story.index()],
            Noting::Numbered(number) => &self.numbered[number],
        }
    }
}

impl<T> IndexMut<FactId> for ByFact<T> {
    fn index_mut(&mut self, id: FactId) -> &mut T {
        match id.noting() {
            Noting::Of(aspect, story) => &mut self.of_stories[aspect as usize][story.index()],
            Noting::Numbered(number) => &mut self.numbered[number],
        }
    }
}

/// The facts that were read in a build, each once.
#[derive(Debug, Default)]
pub(super) struct Ledger(Mutex<IndexSet<Fact, RandomState>>);

impl Ledger {
    /// The short name of a fact.
    pub(super) fn number(&self, fact: Fact) -> FactId {
        if let Fact::Of(aspect, story) = fact {
            return FactId::of(aspect, story);
        }
        let (number, _) = self.open().insert_full(fact);
        FactId::numbered(number)
    }

    fn open(&self) -> MutexGuard<'_, IndexSet<Fact, RandomState>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many facts have a number.
    pub(super) fn len(&self) -> usize {
        self.open().len()
    }

    /// The facts of short names, each with its own.
    pub(super) fn facts(&self, ids: Vec<FactId>) -> Vec<(Fact, FactId)> {
        let all = self.open();
        let fact = |id: FactId| match id.noting() {
            Noting::Of(aspect, story) => Fact::Of(aspect, story),
            Noting::Numbered(number) => all[number].clone(),
        };
        ids.into_iter().map(|id| (fact(id), id)).collect()
    }
}

/// What a render has read and named so far.
#[derive(Debug, Default)]
pub(in crate::render) struct Notes(Mutex<Noted>);

/// What was read, and which outputs were named by an address that changes with their bytes.
#[derive(Debug, Clone, Default)]
pub(in crate::render) struct Noted {
    pub(in crate::render) facts: Vec<FactId>,
    pub(in crate::render) uses: BTreeSet<OutPath>,
}

impl Notes {
    fn open(&self) -> MutexGuard<'_, Noted> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn note(&self, fact: FactId) {
        self.open().facts.push(fact);
    }

    /// Notes that the page names an output which may not be there without it, or not with these bytes.
    pub(super) fn uses(&self, url: &UrlPath) {
        self.open().uses.insert(url.file());
    }

    /// Notes what a part that was made before has read and named.
    pub(in crate::render) fn extend(&self, part: &Noted) {
        let mut open = self.open();
        open.facts.extend_from_slice(&part.facts);
        open.uses.extend(part.uses.iter().cloned());
    }

    /// Puts other notes in the place of those made so far, which it returns as they are: to put them in order each time would cost more than to make them.
    pub(super) fn exchange(&self, other: Noted) -> Noted {
        std::mem::replace(&mut *self.open(), other)
    }

    /// Takes what was noted so far, each once and in order.
    pub(super) fn take(&self) -> Noted {
        let mut noted = std::mem::take(&mut *self.open());
        noted.facts.sort_unstable();
        noted.facts.dedup();
        // They are kept until the end of the build, for every output.
        noted.facts.shrink_to_fit();
        noted
    }
}

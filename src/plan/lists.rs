//! Lists of stories and the pages of the archive: which there are, and where each is cut.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{Cut, NEWEST, OutputKind, Period, Plan, fixed, periods};
use crate::{
    model::{Label, SectionKey, Slug, SourcePath, Taxonomy, UrlPath},
    relate::{SiteIndex, StoryId},
};

/// A list that is cut by the calendar.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum ListKey {
    /// A section, with what lies below it.
    Section(SectionKey),
    /// An author.
    Author(Slug),
    /// A term.
    Term(Taxonomy, Slug),
    /// A label.
    Label(Label),
}

impl ListKey {
    /// Whether there is such a list.
    pub fn is_there(&self, index: &SiteIndex) -> bool {
        match self {
            Self::Section(key) => index.sections.contains_key(key),
            Self::Author(slug) => index.authors.contains_key(slug),
            Self::Term(taxonomy, slug) => index.terms.contains_key(&(*taxonomy, slug.clone())),
            Self::Label(label) => index.labels.contains_key(label),
        }
    }

    /// The stories of the list, newest first.
    pub fn stories<'a>(&self, index: &'a SiteIndex) -> &'a [StoryId] {
        match self {
            Self::Section(key) => &index.sections[key].stories,
            Self::Author(slug) => &index.authors[slug].stories,
            Self::Term(taxonomy, slug) => &index.terms[&(*taxonomy, slug.clone())].stories,
            Self::Label(label) => &index.labels[label],
        }
    }

    /// The address of its first page.
    pub fn url(&self, index: &SiteIndex) -> UrlPath {
        match self {
            Self::Section(key) => index.sections[key].url.clone(),
            Self::Author(slug) => index.authors[slug].url.clone(),
            Self::Term(taxonomy, slug) => index.terms[&(*taxonomy, slug.clone())].url.clone(),
            Self::Label(label) => label_url(*label),
        }
    }

    /// Its own file, if it has one.
    pub fn source(&self, index: &SiteIndex) -> Option<SourcePath> {
        match self {
            Self::Section(key) => index.sections[key].source.as_ref().map(|source| source.path.clone()),
            Self::Author(slug) => index.authors[slug].source.as_ref().map(|source| source.path.clone()),
            Self::Term(taxonomy, slug) => {
                index.terms[&(*taxonomy, slug.clone())].source.as_ref().map(|source| source.path.clone())
            }
            Self::Label(_) => None,
        }
    }
}

/// The address of a label's list.
pub fn label_url(label: Label) -> UrlPath {
    fixed(&format!("/labels/{}/", label.as_str()))
}

/// The address of a year, month or day of the archive.
pub fn archive_url(year: i16, month: Option<i8>, day: Option<i8>) -> UrlPath {
    use std::fmt::Write as _;
    let mut url = format!("/{year:04}/");
    for part in [month, day].into_iter().flatten() {
        let _ = write!(url, "{part:02}/");
    }
    fixed(&url)
}

impl Plan {
    pub(super) fn add_lists(&mut self, index: &SiteIndex) {
        self.add(UrlPath::root(), OutputKind::Front, index.front.as_ref().map(|front| front.path.clone()));
        let sections = index.sections.keys().cloned().map(ListKey::Section);
        let authors = index.authors.keys().cloned().map(ListKey::Author);
        let terms = index.terms.keys().cloned().map(|(taxonomy, slug)| ListKey::Term(taxonomy, slug));
        let labels = index.labels.keys().copied().map(ListKey::Label);
        for key in sections.chain(authors).chain(terms).chain(labels) {
            let (url, source, stories) = (key.url(index), key.source(index), key.stories(index));
            let newest = Cut { period: Period::Newest, range: 0..stories.len().min(NEWEST) };
            self.add(url.clone(), OutputKind::List(key.clone(), newest), source.clone());
            let cuts = match &key {
                ListKey::Section(_) => periods::by_month(index, stories),
                _ if stories.len() <= NEWEST => Vec::new(),
                _ => periods::by_year(index, stories),
            };
            for cut in &cuts {
                let url = cut.period.url(&url);
                self.add(url, OutputKind::List(key.clone(), cut.clone()), source.clone());
            }
            self.periods.insert(key, cuts);
        }
        for (slug, series) in &index.series {
            let source = series.source.as_ref().map(|source| source.path.clone());
            self.add(series.url.clone(), OutputKind::Series(slug.clone()), source);
        }
        self.add(fixed("/corrections/"), OutputKind::Corrections, None);
    }

    pub(super) fn add_archives(&mut self, index: &SiteIndex) {
        self.add(fixed("/archive/"), OutputKind::Archive, None);
        let years: BTreeSet<i16> = index.days.keys().map(|day| day.0).collect();
        let months: BTreeSet<(i16, i8)> = index.days.keys().map(|day| (day.0, day.1)).collect();
        for year in years {
            self.add(archive_url(year, None, None), OutputKind::Year(year), None);
        }
        for (year, month) in months {
            self.add(archive_url(year, Some(month), None), OutputKind::Month(year, month), None);
        }
        for day in index.days.keys() {
            self.add(archive_url(day.0, Some(day.1), Some(day.2)), OutputKind::Day(*day), None);
        }
    }
}

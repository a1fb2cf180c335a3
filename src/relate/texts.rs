//! The texts of all articles, one collection a language, and what is kept apart: all that automatic lists are made from.

use rayon::prelude::*;

use super::{
    SiteIndex, Story, StoryId,
    pairs::Pairs,
    pins::Pins,
    text::{Collection, Keep, Reader, Scratch, Search, score_of},
};
use crate::{
    diag::Diagnostic,
    load::{self, Site},
    parse::{
        TermReader,
        terms::{Term, TermList, TermLists, primary},
    },
};

/// Gathers the texts of all articles, and what editors chose for their lists. What no term list is given of is read again.
///
/// # Errors
/// [`load::Error::Changed`] if a term list has to be made again, and its source is no longer what it was.
pub fn texts(index: &SiteIndex, site: &Site, terms: TermLists) -> Result<Texts, load::Error> {
    Texts::of(index, site, terms)
}

/// The mistakes in what editors chose for lists: pins, never-pairs and originals that name nothing.
pub fn mistakes_of_choices(index: &SiteIndex) -> Vec<Diagnostic> {
    Texts::gather(index).diagnostics
}

/// What the texts of articles have in common.
#[derive(Debug)]
pub struct Texts {
    /// The language of each collection.
    pub(super) languages: Vec<String>,
    pub(super) collections: Vec<Collection>,
    /// The stories of each collection, the newest first.
    pub(super) members: Vec<Vec<StoryId>>,
    /// Of each article: its collection, and its place there.
    pub(super) places: Vec<(usize, u32)>,
    pub(super) pairs: Pairs,
    pub(super) pins: Pins,
    /// Pins, never-pairs and originals that name nothing.
    pub diagnostics: Vec<Diagnostic>,
    pub(super) least_score: u64,
}

impl Texts {
    fn of(index: &SiteIndex, site: &Site, terms: TermLists) -> Result<Self, load::Error> {
        let mut texts = Self::gather(index);
        texts.collect(index, &Sources::of(index, site, terms, None), None)?;
        Ok(texts)
    }

    /// Finds out which articles are written in which language, and what editors chose. Their texts are still unknown.
    pub(super) fn gather(index: &SiteIndex) -> Self {
        let mut diagnostics = Vec::new();
        let pairs = Pairs::of(index, &mut diagnostics);
        let pins = Pins::of(index, &pairs, &mut diagnostics);
        let mut languages: Vec<String> = Vec::new();
        let mut members: Vec<Vec<StoryId>> = Vec::new();
        let mut places = Vec::with_capacity(index.article_count);
        for id in index.articles() {
            let language = primary(index.story(id).matter().shared.lang.as_deref().unwrap_or(&index.config.language));
            let at = languages.iter().position(|known| *known == language).unwrap_or_else(|| {
                languages.push(language);
                members.push(Vec::new());
                languages.len() - 1
            });
            places.push((at, u32::try_from(members[at].len()).expect("a site has fewer stories than that")));
            members[at].push(id);
        }
        let least_score = score_of(index.config.related.min_score);
        Self { languages, collections: Vec::new(), members, places, pairs, pins, diagnostics, least_score }
    }

    /// Weighs all texts. `keep` is given what is to be kept of each, in the order of the collections.
    pub(super) fn collect(
        &mut self,
        index: &SiteIndex,
        sources: &Sources<'_>,
        mut keep: Option<&mut Keep<'_>>,
    ) -> Result<(), load::Error> {
        for members in &self.members {
            let read = |at: usize, terms: &mut Vec<Term>| sources.read(index, members[at], terms);
            let days = members.iter().map(|id| day(index.story(*id))).collect();
            // Most have a few labels.
            let all = members.iter().map(|id| sources.len(*id) + 8).sum();
            let numbers = (all, index.config.related.half_life_days);
            let reader = Reader::new(members.len(), &read);
            self.collections.push(Collection::of(&reader, days, numbers, (Some(sources.site), keep.as_deref_mut()))?);
        }
        Ok(())
    }

    /// The same with other collections.
    pub(super) fn with(&self, collections: Vec<Collection>) -> Self {
        let Self { languages, members, places, pairs, pins, least_score, .. } = self;
        Self {
            languages: languages.clone(),
            collections,
            members: members.clone(),
            places: places.clone(),
            pairs: pairs.clone(),
            pins: pins.clone(),
            diagnostics: Vec::new(),
            least_score: *least_score,
        }
    }

    /// All articles, those on one subject together: who goes through them in this order finds what the last one read still beside the processor.
    pub(super) fn by_subject(&self) -> Vec<StoryId> {
        let subject = |(id, (collection, place)): (usize, &(usize, u32))| {
            (*collection, self.collections[*collection].subject(*place), StoryId::new(id))
        };
        let mut order: Vec<(usize, Option<u32>, StoryId)> = self.places.iter().enumerate().map(subject).collect();
        order.par_sort_unstable();
        order.into_iter().map(|(_, _, id)| id).collect()
    }

    /// Begins to look for what is near an article.
    pub(super) fn search<'a>(&'a self, id: StoryId, scratch: &'a mut Scratch) -> Option<Search<'a>> {
        let (collection, place) = *self.places.get(id.index())?;
        Some(self.collections[collection].search(place, scratch))
    }

    /// The place of an article in its collection.
    pub(super) fn place(&self, id: StoryId) -> Option<u32> {
        self.places.get(id.index()).map(|(_, place)| *place)
    }

    /// The article at a place of the collection in which `beside` is.
    pub(super) fn story(&self, beside: StoryId, place: u32) -> StoryId {
        self.members[self.places[beside.index()].0][place as usize]
    }

    /// Whether two stories are written in one language, as far as they are articles.
    pub(super) fn are_of_one_language(&self, a: StoryId, b: StoryId) -> bool {
        let language = |id: StoryId| self.places.get(id.index()).map(|(collection, _)| *collection);
        language(a) == language(b)
    }
}

/// Adds the terms of an article's text, if they were kept.
pub(super) type ReadKept<'a> = dyn Fn(StoryId, &mut Vec<Term>) -> bool + Sync + 'a;

/// Where the terms of all articles come from.
pub(super) struct Sources<'a> {
    site: &'a Site,
    lists: Vec<TermList>,
    /// Those of the last build, for articles whose list is not known.
    kept: Option<&'a ReadKept<'a>>,
    again: TermReader<'a>,
}

impl<'a> Sources<'a> {
    pub(super) fn of(
        index: &'a SiteIndex,
        site: &'a Site,
        mut terms: TermLists,
        kept: Option<&'a ReadKept<'a>>,
    ) -> Self {
        let list = |id| terms.take(index.story(id).article.path()).unwrap_or_default();
        Self { site, lists: index.articles().map(list).collect(), kept, again: TermReader::new(site, &index.config) }
    }

    /// About how many terms an article has.
    fn len(&self, id: StoryId) -> usize {
        /// Of one that is not known.
        const USUALLY: usize = 600;
        let list = &self.lists[id.index()];
        if *list == TermList::Unknown { USUALLY } else { list.len() }
    }

    /// Adds the terms of an article: those of its text, then those of its labels.
    pub(super) fn read(&self, index: &SiteIndex, id: StoryId, terms: &mut Vec<Term>) -> Result<(), load::Error> {
        let story = index.story(id);
        if !self.lists[id.index()].read(self.site, terms) && !self.kept.is_some_and(|kept| kept(id, terms)) {
            let (path, hash, _) = story.article.source.original();
            let entries = story.article.live.as_ref().map(|live| &live.entries[..]);
            let lost = || load::Error::Changed(path.clone());
            self.again.terms(path, hash, entries)?.read(self.site, terms).then_some(()).ok_or_else(lost)?;
        }
        let tenths = index.config.related.tag_tenths();
        if tenths > 0 {
            let labels = story.labels().enumerate();
            terms
                .extend(labels.map(|(at, (taxonomy, slug))| Term::label(taxonomy.as_str(), slug.as_str(), tenths, at)));
        }
        Ok(())
    }

    /// How many of an article's terms are those of its labels; they are the last.
    pub(super) fn label_terms(index: &SiteIndex, id: StoryId) -> usize {
        if index.config.related.tag_tenths() > 0 { index.story(id).labels().count() } else { 0 }
    }
}

/// The day of a story's date, counted from the first of 1970.
pub(super) fn day(story: &Story) -> i32 {
    let day = story.matter().date.map_or(0, |date| date.at.as_second().div_euclid(86_400));
    i32::try_from(day).expect("the years 0 to 9999 have fewer days")
}

//! The texts of all articles, one collection a language, and what is kept apart: all that automatic lists are made from.

use rayon::prelude::*;

use super::{
    SiteIndex, StoryId,
    pairs::Pairs,
    pins::Pins,
    text::{Collection, Scratch, Search, Text, score_of},
};
use crate::{
    diag::Diagnostic,
    parse::terms::{Term, TermLists, primary},
};

/// Gathers the texts of all articles, and what editors chose for their lists. What no term list is given of has no terms.
pub fn texts(index: &SiteIndex, terms: TermLists) -> Texts {
    Texts::of(index, terms)
}

/// What the texts of articles have in common.
#[derive(Debug)]
pub struct Texts {
    collections: Vec<Collection>,
    /// The stories of each collection, the newest first.
    members: Vec<Vec<StoryId>>,
    /// Of each article: its collection, and its place there.
    places: Vec<(usize, u32)>,
    pub(super) pairs: Pairs,
    pub(super) pins: Pins,
    /// Pins, never-pairs and originals that name nothing.
    pub(super) diagnostics: Vec<Diagnostic>,
    pub(super) least_score: u64,
}

impl Texts {
    fn of(index: &SiteIndex, mut terms: TermLists) -> Self {
        let mut diagnostics = Vec::new();
        let pairs = Pairs::of(index, &mut diagnostics);
        let pins = Pins::of(index, &pairs, &mut diagnostics);
        let mut languages: Vec<String> = Vec::new();
        let mut members: Vec<Vec<StoryId>> = Vec::new();
        let mut texts: Vec<Vec<Text>> = Vec::new();
        let mut places = Vec::with_capacity(index.article_count);
        let settings = index.config.related.clone();
        for id in index.articles() {
            let language = primary(index.story(id).matter().shared.lang.as_deref().unwrap_or(&index.config.language));
            let at = languages.iter().position(|known| *known == language).unwrap_or_else(|| {
                languages.push(language);
                members.push(Vec::new());
                texts.push(Vec::new());
                languages.len() - 1
            });
            places.push((at, u32::try_from(members[at].len()).expect("a site has fewer stories than that")));
            members[at].push(id);
            let tenths = settings.tag_tenths();
            let story = index.story(id);
            let labels = story.labels().enumerate().filter(|_| tenths > 0);
            let labels = labels.map(|(at, (taxonomy, slug))| Term::label(taxonomy.as_str(), slug.as_str(), tenths, at));
            let labels = labels.collect();
            let day = story.matter().date.map_or(0, |date| date.at.as_second().div_euclid(86_400));
            let day = i32::try_from(day).expect("the years 0 to 9999 have fewer days");
            let terms = terms.take(story.article.path()).unwrap_or_default();
            texts[at].push(Text { terms, labels, day });
        }
        let collections = texts.into_iter().map(|texts| Collection::of(texts, &settings)).collect();
        Self { collections, members, places, pairs, pins, diagnostics, least_score: score_of(settings.min_score) }
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

//! Lists made among the few stories that they can hold.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use super::{
    super::{
        related::{self, Made},
        sweep::Wanted,
        text::{Collection, Scratch, record},
        texts::{Texts, day},
        traits,
    },
    Changes, Rarity, Step, StoryId, Weighed,
    affected::{Affected, holders},
    as_weighed, key, place, read_signature, read_terms,
};

/// Some lists.
pub(super) struct Partial {
    pub(super) made: Vec<(StoryId, Made)>,
    /// How many stories were looked at in full.
    pub(super) read: usize,
}

/// The postings of one collection: the stories that are found by a term, and their weights of it.
type Postings = Vec<(u64, Vec<(u32, u16)>)>;

/// Makes the lists that can have changed. None if a record is not as it was written; none within if more is wanted of the site than is worth it.
#[expect(clippy::option_option, reason = "two reasons for not making them")]
pub(super) fn make(at: &Step<'_>, changes: &Changes, affected: &Affected) -> Option<Option<Partial>> {
    let ids: Vec<StoryId> = affected.lists.iter().copied().collect();
    let bench = Bench {
        at,
        changes,
        rarities: (0..at.texts.members.len()).map(|each| at.rarity(each)).collect::<Option<_>>()?,
    };
    let signatures = ids.par_iter().map(|id| Some((*id, bench.signature(*id)?))).collect::<Option<Vec<_>>>()?;
    let postings = bench.postings(&signatures)?;
    let first: Vec<(StoryId, Vec<Weighed>)> =
        signatures.iter().map(|(id, signature)| (*id, as_weighed(signature))).collect();
    let texts = bench.texts(&first, &postings);
    let promising = |scratch: &mut Scratch, id: &StoryId| {
        let found = texts.search(*id, scratch).map(|mut search| search.promising()).unwrap_or_default();
        found.into_iter().map(|place| texts.story(*id, place)).collect::<Vec<_>>()
    };
    let mut wanted: BTreeSet<StoryId> = affected.lists.clone();
    wanted.extend(related::with_scratch(&ids, promising).into_iter().flatten());
    for id in &ids {
        wanted.extend(at.texts.pins.of_story(*id));
        wanted.extend(traits::neighbours(at.index, *id).into_iter().flatten());
    }
    let mut vectors = bench.vectors(&wanted)?;
    let texts = bench.texts(&vectors, &postings);
    let mut made = related::make(at.index, &texts, &ids);
    let missed: Vec<StoryId> = made.iter().filter(|(_, made)| made.has_missed).map(|(id, _)| *id).collect();
    if !missed.is_empty() {
        // Their texts left room for the section, whose stories nobody has promised.
        let section = |id: &StoryId| {
            let key = at.index.story(*id).article.section.as_ref();
            key.map_or(&[][..], |key| related::earlier_of_section(at.index, key, *id))
        };
        let more: BTreeSet<StoryId> = missed.iter().flat_map(section).copied().collect();
        let more: BTreeSet<StoryId> = more.difference(&wanted).copied().collect();
        vectors.extend(bench.vectors(&more)?);
        let texts = bench.texts(&vectors, &postings);
        let again: BTreeMap<StoryId, Made> = related::make(at.index, &texts, &missed).into_iter().collect();
        made.retain(|(_, made)| !made.has_missed);
        made.extend(again);
    }
    let is_whole = made.iter().all(|(_, made)| !made.has_missed);
    Some(is_whole.then_some(Partial { made, read: vectors.len() }))
}

struct Bench<'a> {
    at: &'a Step<'a>,
    changes: &'a Changes,
    rarities: Vec<Rarity>,
}

impl Bench<'_> {
    /// What an article is found by.
    fn signature(&self, id: StoryId) -> Option<Vec<(u64, u16)>> {
        match self.changes.texts.get(&id) {
            Some(text) => Some(text.found_by().collect()),
            None => read_signature(self.at.archive, &self.at.then.was(self.at.kept, id)?.filed),
        }
    }

    /// The postings of all terms of signatures, of each collection.
    fn postings(&self, signatures: &[(StoryId, Vec<(u64, u16)>)]) -> Option<Vec<Postings>> {
        let texts = self.at.texts;
        let keys: BTreeSet<u64> = signatures
            .iter()
            .flat_map(|(id, signature)| signature.iter().map(|(hash, _)| key(place(texts, *id).0, *hash)))
            .collect();
        let wanted = Wanted::of(keys.iter().copied().collect::<Vec<_>>().into_iter());
        let mut all = holders(self.at, self.changes, &wanted, keys.len())?;
        for (id, text) in &self.changes.texts {
            let (collection, _) = place(texts, *id);
            for (hash, weight) in text.found_by() {
                if let Some(term) = wanted.number(key(collection, hash)) {
                    all[term as usize].push((super::text(*id), weight));
                }
            }
        }
        let mut postings: Vec<Postings> = vec![Vec::new(); texts.members.len()];
        for (key, holders) in keys.into_iter().zip(all) {
            let collection = usize::try_from(key >> 37).ok()?;
            let here = |(text, weight): (u32, u16)| (place(texts, StoryId::new(text as usize)).1, weight);
            let mut list: Vec<(u32, u16)> = holders.into_iter().map(here).collect();
            list.sort_unstable();
            postings[collection].push((key & ((1 << 37) - 1), list));
        }
        Some(postings)
    }

    /// The vectors of articles, as far as they are articles.
    fn vectors(&self, ids: &BTreeSet<StoryId>) -> Option<Vec<(StoryId, Vec<Weighed>)>> {
        let vector = |id: &StoryId| {
            let vector = if let Some(text) = self.changes.texts.get(id) {
                text.vector.clone()
            } else {
                let terms = read_terms(self.at.archive, &self.at.then.was(self.at.kept, *id)?.filed)?;
                record::weighed(&terms, self.rarities[place(self.at.texts, *id).0])
            };
            Some((*id, vector))
        };
        let articles: Vec<StoryId> =
            ids.iter().copied().filter(|id| id.index() < self.at.index.article_count).collect();
        articles.par_iter().map(vector).collect()
    }

    /// All texts, of which these vectors and postings are known.
    fn texts(&self, vectors: &[(StoryId, Vec<Weighed>)], postings: &[Postings]) -> Texts {
        let Step { index, texts, .. } = self.at;
        let mut here: Vec<Vec<(u32, &[Weighed])>> = vec![Vec::new(); texts.members.len()];
        for (id, vector) in vectors {
            let (collection, place) = place(texts, *id);
            here[collection].push((place, vector));
        }
        let mut collections = Vec::with_capacity(here.len());
        for ((members, vectors), postings) in texts.members.iter().zip(here).zip(postings) {
            let days = members.iter().map(|id| day(index.story(*id))).collect();
            let pairs = members.iter().map(|id| self.pairs(*id)).collect();
            let numbers = (days, pairs, index.config.related.half_life_days);
            collections.push(Collection::some(numbers, &vectors, postings));
        }
        texts.with(collections)
    }

    fn pairs(&self, id: StoryId) -> u32 {
        let was = || self.at.then.was(self.at.kept, id).map_or(0, |was| was.pairs);
        self.changes.texts.get(&id).map_or_else(was, |text| text.pairs)
    }
}

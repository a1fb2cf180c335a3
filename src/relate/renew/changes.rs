//! Which vectors are others than in the last build.
//!
//! A vector depends on its text's terms, on the step of each (how often the texts that have it could be doubled until they are all), and on the number of steps there
//! are. So it is another if its text was edited, or if it holds a term that takes another step. Steps are powers of two: of the terms of an edited text few cross one,
//! and those are rare ones, as a common one has far to go.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use super::{
    super::{
        sweep::{Wanted, sweep},
        text::{self, record},
    },
    KeptArticle, Outcome, Rarity, Record, Step, Stepped, StoryId, Weighed, key, read_signature, read_terms,
};
use crate::{load, model::Lookup, parse::terms::Term};

/// How many texts of one piece may have a term before it is no longer noted which.
const FEW: usize = 64;

/// What has changed since the last build.
pub(super) struct Changes {
    /// The articles whose vectors are others.
    pub(super) texts: BTreeMap<StoryId, Text>,
    /// The articles, by their numbers then, that are gone, with what each was found by.
    pub(super) gone: BTreeMap<u32, Vec<(u64, u16)>>,
    /// The articles whose vectors are as they were, and about which something else has changed.
    pub(super) otherwise: BTreeSet<StoryId>,
}

/// An article whose vector is another than it was.
pub(super) struct Text {
    pub(super) terms: Vec<Stepped>,
    pub(super) vector: Vec<Weighed>,
    pub(super) pairs: u32,
    /// What it was found by; nothing if it is new.
    pub(super) was_found_by: Vec<(u64, u16)>,
}

impl Text {
    pub(super) fn record(&self) -> Record {
        Record::of(&self.terms, self.found_by())
    }

    /// What it is found by.
    pub(super) fn found_by(&self) -> impl Iterator<Item = (u64, u16)> {
        self.vector.iter().take(text::SIGNATURE).map(|term| (term.hash, term.weight))
    }
}

/// A term of edited texts.
#[derive(Debug, Clone, Copy, Default)]
struct Count {
    /// How many of the edited texts had it, and have it.
    then: u32,
    now: u32,
    /// Its step then, if one of them had it.
    step: Option<u8>,
}

/// What a look through the other texts finds.
#[derive(Default)]
struct Tally {
    /// By term.
    counts: Vec<u32>,
    /// Which term is in which text, as long as they are few.
    holders: Vec<(u32, u32)>,
}

/// The step of a term that so many texts have.
fn step(count: u32) -> u8 {
    u8::try_from(count.max(1).ilog2()).expect("a step is a small number")
}

impl Changes {
    pub(super) fn of(at: &Step<'_>) -> Result<Result<Self, Outcome>, load::Error> {
        let sorted = Sorted::of(at);
        let edited: Vec<(StoryId, usize)> =
            sorted.edited.iter().map(|id| (*id, at.texts.places[id.index()].0)).collect();
        let few = at.now.traits.len() / super::CHANGED + 1;
        if edited.len() + sorted.gone.len() > few {
            return Ok(Err(Outcome::TooMuch));
        }
        let rarities: Vec<Option<Rarity>> =
            (0..at.texts.members.len()).map(|collection| at.rarity(collection)).collect();
        let vanished = at.then.languages.iter().any(Option::is_none);
        if vanished || rarities.iter().any(Option::is_none) {
            return Ok(Err(Outcome::TooMuch));
        }
        let read = |(id, _): &(StoryId, usize)| {
            let mut terms = Vec::new();
            at.sources.read(at.index, *id, &mut terms).map(|()| terms)
        };
        let now: Vec<Vec<Term>> = edited.par_iter().map(read).collect::<Result<_, _>>()?;
        let had = edited.iter().filter_map(|(id, _)| at.then.was[id.index()]).chain(sorted.gone.iter().copied());
        let had: Vec<u32> = had.collect();
        let changed = (|| {
            let mut counts: BTreeMap<u64, Count> = BTreeMap::new();
            for old in &had {
                let was = &at.kept.articles[*old as usize];
                let collection = at.then.languages[was.language as usize]?;
                for Stepped { term, step } in read_terms(at.archive, &was.filed)? {
                    let count = counts.entry(key(collection, term.hash)).or_default();
                    count.then += 1;
                    count.step = Some(step);
                }
            }
            for ((_, collection), terms) in edited.iter().zip(&now) {
                for term in terms {
                    counts.entry(key(*collection, term.hash)).or_default().now += 1;
                }
            }
            Some(counts)
        })();
        let Some(counts) = changed else { return Ok(Err(Outcome::Damaged)) };
        Ok(sorted.steps(at, &counts).and_then(|(steps, holders)| {
            if holders.len() > few {
                return Err(Outcome::TooMuch);
            }
            let rarities: Vec<Rarity> = rarities.into_iter().flatten().collect();
            sorted.texts(at, (edited.into_iter().zip(now), holders), &steps, &rarities).ok_or(Outcome::Damaged)
        }))
    }
}

/// The articles by what became of them.
struct Sorted {
    /// Those that are new, or whose terms may be others.
    edited: Vec<StoryId>,
    /// Those whose terms are the same, and about which something else has changed.
    otherwise: BTreeSet<StoryId>,
    /// Those whose terms are the same, these among them.
    same: Vec<StoryId>,
    /// Those that are gone, by their numbers then.
    gone: Vec<u32>,
}

impl Sorted {
    fn of(at: &Step<'_>) -> Self {
        let mut sorted = Self { edited: Vec::new(), otherwise: BTreeSet::new(), same: Vec::new(), gone: Vec::new() };
        for id in at.index.articles() {
            let now = &at.now.traits[id.index()];
            let collection = Some(at.texts.places[id.index()].0);
            let is_text = |was: &&KeptArticle| {
                (was.traits.source, was.traits.labels) == (now.source, now.labels)
                    && at.then.languages[was.language as usize] == collection
            };
            match at.then.was(at.kept, id).filter(is_text) {
                None => sorted.edited.push(id),
                Some(was) => {
                    sorted.same.push(id);
                    if was.traits != *now {
                        sorted.otherwise.insert(id);
                    }
                }
            }
        }
        sorted.gone = (0..).zip(&at.then.is).filter(|(_, is)| is.is_none()).map(|(old, _)| old).collect();
        sorted
    }

    /// The steps of all terms of edited texts, and which other texts have one that takes another step.
    #[expect(clippy::type_complexity, reason = "used once")]
    fn steps(
        &self,
        at: &Step<'_>,
        counts: &BTreeMap<u64, Count>,
    ) -> Result<(Lookup<u64, u8>, BTreeMap<StoryId, Vec<u64>>), Outcome> {
        // As many have these as had them, and so their step is what it was.
        let (steady, moved): (Vec<_>, Vec<_>) = counts.iter().partition(|(_, count)| count.then == count.now);
        let mut steps: Lookup<u64, u8> =
            steady.iter().map(|(key, count)| (**key, count.step.unwrap_or_default())).collect();
        let wanted = Wanted::of(moved.iter().map(|(key, _)| **key));
        let spans = self.same.iter().filter_map(|id| Some(at.then.was(at.kept, *id)?.filed.hash_span(*id))).collect();
        let look = |tally: &mut Tally, text: u32, bytes: &[u8]| {
            let collection = at.texts.places[text as usize].0;
            for hash in record::hashes(bytes) {
                if let Some(term) = wanted.number(key(collection, hash)) {
                    tally.counts.resize(moved.len(), 0);
                    let count = &mut tally.counts[term as usize];
                    *count += 1;
                    if *count as usize <= FEW {
                        tally.holders.push((term, text));
                    }
                }
            }
        };
        let tallies = if moved.is_empty() { Some(Vec::new()) } else { sweep(at.archive, spans, look) };
        let tallies: Vec<Tally> = tallies.ok_or(Outcome::Damaged)?;
        let mut same = vec![0; moved.len()];
        let mut is_listed = vec![true; moved.len()];
        for (term, count) in tallies.iter().flat_map(|tally| tally.counts.iter().enumerate()) {
            same[term] += count;
            is_listed[term] &= *count as usize <= FEW;
        }
        let mut crosses = vec![false; moved.len()];
        for (number, (key, count)) in moved.iter().enumerate() {
            let (then, now) = (step(same[number] + count.then), step(same[number] + count.now));
            if count.step.is_some_and(|known| known != then) {
                return Err(Outcome::Damaged);
            }
            steps.insert(**key, now);
            crosses[number] = then != now;
            if crosses[number] && !is_listed[number] {
                return Err(Outcome::TooMuch);
            }
        }
        let mut holders: BTreeMap<StoryId, Vec<u64>> = BTreeMap::new();
        for (term, text) in tallies.iter().flat_map(|tally| &tally.holders) {
            if crosses[*term as usize] {
                holders.entry(StoryId::new(*text as usize)).or_default().push(*moved[*term as usize].0);
            }
        }
        Ok((steps, holders))
    }

    fn texts(
        self,
        at: &Step<'_>,
        (edited, holders): (impl Iterator<Item = ((StoryId, usize), Vec<Term>)>, BTreeMap<StoryId, Vec<u64>>),
        steps: &Lookup<u64, u8>,
        rarities: &[Rarity],
    ) -> Option<Changes> {
        let mut stepped: Vec<(StoryId, Vec<Stepped>)> = Vec::new();
        for ((id, collection), terms) in edited {
            let step = |term: &Term| steps.get(&key(collection, term.hash)).copied().unwrap_or_default();
            stepped.push((id, terms.iter().map(|term| Stepped { term: *term, step: step(term) }).collect()));
        }
        for (id, keys) in holders {
            let collection = at.texts.places[id.index()].0;
            let mut terms = read_terms(at.archive, &at.then.was(at.kept, id)?.filed)?;
            for stepped in &mut terms {
                let key = key(collection, stepped.term.hash);
                if keys.contains(&key) {
                    stepped.step = steps.get(&key).copied()?;
                }
            }
            stepped.push((id, terms));
        }
        let text = |(id, terms): (StoryId, Vec<Stepped>)| {
            let vector = record::weighed(&terms, rarities[at.texts.places[id.index()].0]);
            let pairs = text::pairs(terms.iter().map(|stepped| &stepped.term));
            let was_found_by = match at.then.was(at.kept, id) {
                Some(was) => read_signature(at.archive, &was.filed)?,
                None => Vec::new(),
            };
            Some((id, Text { terms, vector, pairs, was_found_by }))
        };
        let texts = stepped.into_par_iter().map(text).collect::<Option<BTreeMap<_, _>>>()?;
        let gone = |old: u32| Some((old, read_signature(at.archive, &at.kept.articles[old as usize].filed)?));
        let gone = self.gone.into_iter().map(gone).collect::<Option<_>>()?;
        Some(Changes { texts, gone, otherwise: self.otherwise })
    }
}

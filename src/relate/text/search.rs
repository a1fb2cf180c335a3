//! The stories nearest to one, best first.

use std::{cell::Cell, cmp::Reverse};

use super::{
    Collection, UNIT,
    vector::{Run, Vector},
};
use crate::parse::terms::Place;

/// How many entries of lists are read for one story at most, each list counted as the next power of two, so that one more story rarely changes which are read.
pub(in crate::relate) const MOST_READ: usize = 4_096;

/// How many of the stories found are compared in full.
pub(in crate::relate) const COMPARED: usize = 32;

/// How many are in any case; beyond them, only one whose signature alone promises half of what the best have in full, these best being so many.
pub(in crate::relate) const SURELY_COMPARED: usize = 12;
const BEST: usize = 8;

/// From which likeness on two texts are one and the same, and from which on one is a copy of the other, in ten-thousandths.
const SAME: u64 = 9_995;
const COPY: u64 = 8_000;

/// Which part of the shorter text's pairs of words stand in the longer if one was made from the other, in hundredths; texts of fewer pairs are not judged so.
const COPIED_PERCENT: u32 = 60;
const FEWEST_PAIRS: u32 = 20;

/// The last bits of a product decide nothing of what is found, and without them a sum fits in 32.
const DROPPED_BITS: u32 = 4;

/// A story near another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::relate) struct Match {
    /// Its place in the collection.
    pub(in crate::relate) story: u32,
    /// How near it is; [`super::share`] tells it from 0 to 1.
    pub(in crate::relate) score: u64,
    /// The same without regard to their dates.
    pub(in crate::relate) likeness: Likeness,
}

/// How alike two texts are: the cosine of their vectors, as a product of two weights.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::relate) struct Likeness(u64);

impl Likeness {
    /// Whether the two say the same, word for word.
    pub(in crate::relate) fn is_same(self) -> bool {
        self.0 >= UNIT * UNIT / 10_000 * SAME
    }

    fn is_copy(self) -> bool {
        self.0 >= UNIT * UNIT / 10_000 * COPY
    }

    /// From 0 to 1.
    pub(in crate::relate) fn share(self) -> f64 {
        super::share(self.0 << 16)
    }
}

/// What two vectors have in common, as far as it tells copies.
#[derive(Debug, Default)]
struct Overlap {
    likeness: u64,
    pairs: u32,
}

impl Overlap {
    /// Adds terms of one of them that weigh the same; `weight` tells what they weigh in the other.
    fn add(&mut self, run: Run<'_>, weight: impl Fn(usize) -> u32) {
        let mut sum = 0_u64;
        for (number, is_pair) in run.terms() {
            let weight = weight(number);
            sum += u64::from(weight);
            self.pairs += u32::from(weight > 0 && is_pair);
        }
        self.likeness += sum * u64::from(run.weight);
    }

    /// Whether it is that of a copy, if the shorter text has so many pairs of words.
    fn is_copy(&self, pairs: u32) -> bool {
        Likeness(self.likeness).is_copy() || (pairs >= FEWEST_PAIRS && self.pairs * 100 >= pairs * COPIED_PERCENT)
    }
}

/// By what a search went, as far as it tells which changes of other stories could change what it found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(in crate::relate) struct Evidence {
    /// The stories that were compared in full.
    pub(in crate::relate) compared: Vec<u32>,
    /// The least that one of them promised.
    pub(in crate::relate) least_promise: u64,
    /// What the last of the best that decide when to stop has in full; 0 if there were fewer.
    pub(in crate::relate) last_of_best: u64,
    /// How many entries of lists were read, by their classes.
    pub(in crate::relate) read: u32,
    /// Whether a list was passed over that would have been too long.
    pub(in crate::relate) has_passed_over: bool,
}

/// What a term that two signatures share adds to what one promises the other, before the days between them count.
pub(in crate::relate) fn part_of_promise(a: u16, b: u16) -> u32 {
    ((u32::from(a) * u32::from(b)) >> DROPPED_BITS).max(1)
}

/// What the sum of these parts promises.
pub(in crate::relate) fn promise(parts: u32, closeness: u64) -> u64 {
    (u64::from(parts) << DROPPED_BITS) * closeness
}

/// A term that two stories have.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::relate) struct Common {
    /// Where it stands in the story at hand.
    pub(in crate::relate) place: Place,
    /// The number of the terms that weigh more there.
    rank: u16,
    /// The part of their score that it makes.
    pub(in crate::relate) score: u64,
}

impl Common {
    /// The order of their parts of the score.
    pub(in crate::relate) fn by_weight(&self) -> impl Ord + use<> {
        (Reverse(self.score), self.rank)
    }

    /// Roughly that of their parts of the score, to powers of four; those of about one weight as they are read.
    ///
    /// A story that is published anywhere makes its terms a little less rare. By the exact weights, it would change which terms dozens of pages show.
    pub(in crate::relate) fn by_rough_weight(&self) -> impl Ord + use<> {
        (Reverse(self.score.checked_ilog2().map(|power| power / 2)), self.place.in_reading_order(), self.rank)
    }
}

/// Memory for one search after another, which is used again.
#[derive(Debug, Default)]
pub struct Scratch {
    /// By story: how much of its signature was met.
    met: Vec<u32>,
    touched: Vec<u32>,
    found: Vec<(u64, u32)>,
    /// By term: its weight in the story at hand, and its place in that story's vector.
    weights: Vec<u16>,
    ranks: Vec<u16>,
    /// By term: its weights in the stories that were taken, summed.
    taken: Vec<u32>,
    /// By term: its weight in a story that may be a copy.
    suspect: Vec<u16>,
    /// How many entries of vectors and lists were read, for tests of the cost.
    #[cfg(test)]
    pub(super) work: usize,
}

impl Scratch {
    fn fit(&mut self, collection: &Collection) {
        let (stories, terms) = (collection.vectors.len(), collection.term_count());
        if self.met.len() < stories {
            self.met.resize(stories, 0);
            // One more than there are, as one place is written beyond those that are kept.
            self.touched.resize(stories + 1, 0);
        }
        if self.weights.len() < terms {
            self.weights.resize(terms, 0);
            self.ranks.resize(terms, 0);
            self.taken.resize(terms, 0);
            self.suspect.resize(terms, 0);
        }
    }

    #[cfg(test)]
    fn note(&mut self, work: usize) {
        self.work += work;
    }

    #[cfg(not(test))]
    #[expect(clippy::unused_self, reason = "counted in tests")]
    fn note(&self, _work: usize) {}
}

impl Collection {
    /// Begins to look for what is near a story.
    pub(in crate::relate) fn search<'a>(&'a self, story: u32, scratch: &'a mut Scratch) -> Search<'a> {
        scratch.fit(self);
        for (rank, entry) in (0_u16..).zip(self.vector(story).entries()) {
            scratch.weights[entry.number as usize] = entry.weight;
            scratch.ranks[entry.number as usize] = rank;
        }
        Search {
            collection: self,
            scratch,
            story,
            taken: Vec::new(),
            places: None,
            evidence: None,
            has_missed: Cell::new(false),
        }
    }
}

/// The work on one story.
#[derive(Debug)]
pub(in crate::relate) struct Search<'a> {
    collection: &'a Collection,
    scratch: &'a mut Scratch,
    story: u32,
    taken: Vec<u32>,
    /// Where the terms of its vector stand, once somebody asked.
    places: Option<Vec<Place>>,
    /// By what it went; none if nobody asked what is near.
    evidence: Option<Evidence>,
    has_missed: Cell<bool>,
}

impl Drop for Search<'_> {
    fn drop(&mut self) {
        for (number, _) in self.collection.vector(self.story).runs().flat_map(Run::terms) {
            self.scratch.weights[number] = 0;
        }
        for story in &self.taken {
            for (number, _) in self.collection.vector(*story).runs().flat_map(Run::terms) {
                self.scratch.taken[number] = 0;
            }
        }
    }
}

impl Search<'_> {
    /// The stories nearest to this one, best first, ties by their order: of those that share a term of its signature, the most promising.
    pub(in crate::relate) fn nearest(&mut self) -> Vec<Match> {
        self.find();
        let mut matches: Vec<Match> = Vec::with_capacity(self.scratch.found.len());
        let mut best = [0; BEST];
        for (promise, other) in &self.scratch.found {
            if matches.len() >= SURELY_COMPARED && promise * 2 < best[BEST - 1] {
                break;
            }
            let likeness = self.likeness(*other);
            let score = self.score(likeness, *other);
            matches.push(Match { story: *other, score, likeness });
            let rank = best.partition_point(|better| *better > score);
            if rank < BEST {
                best[rank..].rotate_right(1);
                best[rank] = score;
            }
        }
        if let Some(evidence) = &mut self.evidence {
            let compared = &self.scratch.found[..matches.len()];
            evidence.compared = compared.iter().map(|(_, other)| *other).collect();
            evidence.least_promise = compared.last().map_or(0, |(promise, _)| *promise);
            evidence.last_of_best = best[BEST - 1];
        }
        self.scratch.note(matches.iter().map(|found| self.collection.vector(found.story).len_words()).sum());
        matches.sort_unstable_by_key(|found| (Reverse(found.score), found.story));
        matches
    }

    /// By what it went, if anybody asked what is near.
    pub(in crate::relate) fn evidence(&mut self) -> Option<Evidence> {
        self.evidence.take()
    }

    /// Whether it was asked about a story of which the collection knows nothing.
    pub(in crate::relate) fn has_missed(&self) -> bool {
        self.has_missed.get()
    }

    /// Takes note of whether anything is known of a story that it is asked about.
    fn ask(&self, other: u32) {
        self.has_missed.set(self.has_missed.get() || !self.collection.knows(other));
    }

    /// The stories that would be looked at in full, the most promising first, by signatures alone.
    pub(in crate::relate) fn promising(&mut self) -> Vec<u32> {
        self.find();
        self.scratch.found.iter().map(|(_, other)| *other).collect()
    }

    /// Finds the stories that promise most by signatures alone.
    fn find(&mut self) {
        let (collection, story) = (self.collection, self.story);
        let Scratch { met, touched, found, .. } = &mut *self.scratch;
        let (met, touched) = (&mut met[..], &mut touched[..]);
        let (mut read, mut stories) = (0, 0);
        let mut has_passed_over = false;
        for entry in collection.vector(story).signature() {
            let (others, weights) = collection.list(entry.number);
            let length = others.len().next_power_of_two();
            if read + length > MOST_READ {
                has_passed_over = true;
                continue;
            }
            read += length;
            for (other, its_weight) in others.iter().zip(weights) {
                let met = &mut met[*other as usize];
                // Written in any case, and kept if it is new: nobody has to guess which.
                touched[stories] = *other;
                stories += usize::from(*met == 0);
                *met += part_of_promise(entry.weight, *its_weight);
            }
        }
        found.clear();
        for other in &touched[..stories] {
            let (met, other) = (&mut met[*other as usize], *other);
            let met = std::mem::take(met);
            if other != story {
                found.push((promise(met, collection.closeness(story, other)), other));
            }
        }
        let by_promise = |(promise, other): &(u64, u32)| (Reverse(*promise), *other);
        if found.len() > COMPARED {
            found.select_nth_unstable_by_key(COMPARED - 1, by_promise);
            found.truncate(COMPARED);
        }
        found.sort_unstable_by_key(by_promise);
        let read_by_class = u32::try_from(read).expect("no more is read than may be");
        self.evidence = Some(Evidence { read: read_by_class, has_passed_over, ..Evidence::default() });
        self.scratch.note(read);
    }

    /// How alike the texts of this story and another are, without regard to their dates.
    pub(in crate::relate) fn likeness(&self, other: u32) -> Likeness {
        self.ask(other);
        let weights = &self.scratch.weights;
        // So many weights fit: a text has fewer terms than a weight has values.
        let sum = |run: Run<'_>| run.terms().map(|(number, _)| u32::from(weights[number])).sum::<u32>();
        Likeness(self.collection.vector(other).runs().map(|run| u64::from(sum(run)) * u64::from(run.weight)).sum())
    }

    /// How near another story is that is so much alike.
    pub(in crate::relate) fn score(&self, likeness: Likeness, other: u32) -> u64 {
        likeness.0 * self.collection.closeness(self.story, other)
    }

    /// Takes note that a story stands in the list, so that no copy of it does.
    pub(in crate::relate) fn take(&mut self, other: u32) {
        self.ask(other);
        for run in self.collection.vector(other).runs() {
            for (number, _) in run.terms() {
                self.scratch.taken[number] += u32::from(run.weight);
            }
        }
        self.taken.push(other);
    }

    /// Which of the stories taken this one is a copy of: their words are nearly the same, or the shorter stands in the longer for the most part.
    pub(in crate::relate) fn copied(&mut self, other: u32) -> Option<u32> {
        self.ask(other);
        let Self { collection, scratch, taken, .. } = self;
        let vector = collection.vector(other);
        let fewest = |story: &u32| collection.pairs[*story as usize].min(collection.pairs[other as usize]);
        let overlap = |vector: &Vector, weight: &dyn Fn(usize) -> u32| {
            let mut overlap = Overlap::default();
            vector.runs().for_each(|run| overlap.add(run, weight));
            overlap
        };
        // It has no more in common with any of them than with all of them together, which is one look instead of several.
        let together = overlap(vector, &|number| scratch.taken[number]);
        if !together.is_copy(taken.iter().map(fewest).min()?) {
            return None;
        }
        for run in vector.runs() {
            run.terms().for_each(|(number, _)| scratch.suspect[number] = run.weight);
        }
        let suspect = &scratch.suspect;
        let is_copy =
            |story: &u32| overlap(collection.vector(*story), &|number| suspect[number].into()).is_copy(fewest(story));
        let found = taken.iter().copied().find(is_copy);
        for run in vector.runs() {
            run.terms().for_each(|(number, _)| scratch.suspect[number] = 0);
        }
        found
    }

    /// What this story and another have in common, at most `most` terms: those that come first in an order.
    pub(in crate::relate) fn common<K: Ord>(
        &mut self,
        other: u32,
        most: usize,
        order: impl Fn(&Common) -> K,
    ) -> Vec<Common> {
        self.ask(other);
        let Self { collection, story, places, scratch, .. } = self;
        let places = places.get_or_insert_with(|| collection.places(*story));
        let closeness = collection.closeness(*story, other);
        let mut common = Vec::with_capacity(64);
        for run in collection.vector(other).runs() {
            for (number, _) in run.terms() {
                let weight = scratch.weights[number];
                if weight > 0 {
                    let rank = scratch.ranks[number];
                    let place = places.get(usize::from(rank)).copied().unwrap_or(Place::UNKNOWN);
                    let score = u64::from(weight) * u64::from(run.weight) * closeness;
                    common.push(Common { place, rank, score });
                }
            }
        }
        if common.len() > most {
            common.select_nth_unstable_by_key(most, &order);
            common.truncate(most);
        }
        common.sort_unstable_by_key(order);
        common
    }
}

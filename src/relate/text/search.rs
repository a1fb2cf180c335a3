//! The stories nearest to one, best first.

use std::cmp::Reverse;

use super::{Collection, Entry, UNIT};
use crate::parse::terms::Place;

/// How many entries of lists are read for one story at most, each list counted as the next power of two, so that one more story rarely changes which are read.
pub(super) const MOST_READ: usize = 4_096;

/// How many of the stories found are compared in full.
pub(super) const COMPARED: usize = 32;

/// How many are in any case; beyond them, only one whose signature alone promises half of what the best have in full, these best being so many.
const SURELY_COMPARED: usize = 12;
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
    /// Adds a term of one of them, and the weight that it has in the other.
    fn add(&mut self, entry: Entry, weight: u32) {
        self.likeness += u64::from(weight) * u64::from(entry.weight());
        self.pairs += u32::from(weight > 0 && entry.place().is_pair());
    }

    /// Whether it is that of a copy, if the shorter text has so many pairs of words.
    fn is_copy(&self, pairs: u32) -> bool {
        Likeness(self.likeness).is_copy() || (pairs >= FEWEST_PAIRS && self.pairs * 100 >= pairs * COPIED_PERCENT)
    }
}

/// A term that two stories have.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::relate) struct Common {
    /// Where it stands in the story at hand.
    pub(in crate::relate) place: Place,
    /// The part of their score that it makes.
    pub(in crate::relate) score: u64,
}

/// Memory for one search after another, which is used again.
#[derive(Debug, Default)]
pub struct Scratch {
    /// By story: how much of its signature was met.
    met: Vec<u32>,
    touched: Vec<u32>,
    found: Vec<(u64, u32)>,
    /// By term: its weight in the story at hand, and where it stands there.
    weights: Vec<u16>,
    places: Vec<Place>,
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
            self.places.resize(terms, Place::UNKNOWN);
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
        for entry in &self.vectors[story as usize] {
            scratch.weights[entry.number() as usize] = entry.weight();
            scratch.places[entry.number() as usize] = entry.place();
        }
        Search { collection: self, scratch, story, taken: Vec::new() }
    }

    fn vector(&self, story: u32) -> &[Entry] {
        &self.vectors[story as usize]
    }
}

/// The work on one story.
#[derive(Debug)]
pub(in crate::relate) struct Search<'a> {
    collection: &'a Collection,
    scratch: &'a mut Scratch,
    story: u32,
    taken: Vec<u32>,
}

impl Drop for Search<'_> {
    fn drop(&mut self) {
        for entry in self.collection.vector(self.story) {
            self.scratch.weights[entry.number() as usize] = 0;
        }
        for entry in self.taken.iter().flat_map(|story| self.collection.vector(*story)) {
            self.scratch.taken[entry.number() as usize] = 0;
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
        self.scratch.note(matches.iter().map(|found| self.collection.vector(found.story).len()).sum());
        matches.sort_unstable_by_key(|found| (Reverse(found.score), found.story));
        matches
    }

    /// Finds the stories that promise most by signatures alone.
    fn find(&mut self) {
        let (collection, story) = (self.collection, self.story);
        let Scratch { met, touched, found, .. } = &mut *self.scratch;
        let (met, touched) = (&mut met[..], &mut touched[..]);
        let (mut read, mut stories) = (0, 0);
        for entry in collection.signature(story) {
            let list = collection.list(entry.number());
            let length = list.len().next_power_of_two();
            if read + length > MOST_READ {
                continue;
            }
            read += length;
            let weight = u32::from(entry.weight());
            for (other, its_weight) in list {
                let met = &mut met[*other as usize];
                // Written in any case, and kept if it is new: nobody has to guess which.
                touched[stories] = *other;
                stories += usize::from(*met == 0);
                *met += ((weight * u32::from(*its_weight)) >> DROPPED_BITS).max(1);
            }
        }
        found.clear();
        let day = collection.days[story as usize];
        for other in &touched[..stories] {
            let (met, other) = (&mut met[*other as usize], *other);
            let met = u64::from(std::mem::take(met)) << DROPPED_BITS;
            if other != story {
                found.push((met * collection.closeness.between(day, collection.days[other as usize]), other));
            }
        }
        let by_promise = |(promise, other): &(u64, u32)| (Reverse(*promise), *other);
        if found.len() > COMPARED {
            found.select_nth_unstable_by_key(COMPARED - 1, by_promise);
            found.truncate(COMPARED);
        }
        found.sort_unstable_by_key(by_promise);
        self.scratch.note(read);
    }

    /// How alike the texts of this story and another are, without regard to their dates.
    pub(in crate::relate) fn likeness(&self, other: u32) -> Likeness {
        let weights = &self.scratch.weights;
        let product = |entry: &Entry| u64::from(weights[entry.number() as usize]) * u64::from(entry.weight());
        Likeness(self.collection.vector(other).iter().map(product).sum())
    }

    /// How near another story is that is so much alike.
    pub(in crate::relate) fn score(&self, likeness: Likeness, other: u32) -> u64 {
        likeness.0 * self.closeness(other)
    }

    /// How much the days between the two stories leave of their likeness, of 2^16.
    fn closeness(&self, other: u32) -> u64 {
        let days = &self.collection.days;
        self.collection.closeness.between(days[self.story as usize], days[other as usize])
    }

    /// Takes note that a story stands in the list, so that no copy of it does.
    pub(in crate::relate) fn take(&mut self, other: u32) {
        for entry in self.collection.vector(other) {
            self.scratch.taken[entry.number() as usize] += u32::from(entry.weight());
        }
        self.taken.push(other);
    }

    /// Which of the stories taken this one is a copy of: their words are nearly the same, or the shorter stands in the longer for the most part.
    pub(in crate::relate) fn copied(&mut self, other: u32) -> Option<u32> {
        let Self { collection, scratch, taken, .. } = self;
        let vector = collection.vector(other);
        let fewest = |story: &u32| collection.pairs[*story as usize].min(collection.pairs[other as usize]);
        // It has no more in common with any of them than with all of them together, which is one look instead of several.
        let mut together = Overlap::default();
        for entry in vector {
            together.add(*entry, scratch.taken[entry.number() as usize]);
        }
        if !together.is_copy(taken.iter().map(fewest).min()?) {
            return None;
        }
        for entry in vector {
            scratch.suspect[entry.number() as usize] = entry.weight();
        }
        let suspect = &scratch.suspect;
        let is_copy = |story: &u32| {
            let mut overlap = Overlap::default();
            let vector = collection.vector(*story).iter();
            vector.for_each(|entry| overlap.add(*entry, suspect[entry.number() as usize].into()));
            overlap.is_copy(fewest(story))
        };
        let found = taken.iter().copied().find(is_copy);
        for entry in vector {
            scratch.suspect[entry.number() as usize] = 0;
        }
        found
    }

    /// What this story and another have in common: at most `most` terms, the weightiest first, ties by which is rarer.
    pub(in crate::relate) fn common(&self, other: u32, most: usize) -> Vec<Common> {
        let weights = &self.scratch.weights;
        let mut common: Vec<(u64, u32)> = Vec::with_capacity(64);
        for entry in self.collection.vector(other) {
            let weight = weights[entry.number() as usize];
            if weight > 0 {
                common.push((u64::from(weight) * u64::from(entry.weight()), entry.number()));
            }
        }
        if common.len() > most {
            common.select_nth_unstable_by_key(most, |term| Reverse(*term));
            common.truncate(most);
        }
        common.sort_unstable_by_key(|term| Reverse(*term));
        let closeness = self.closeness(other);
        let of = |(product, number): (u64, u32)| Common {
            place: self.scratch.places[number as usize],
            score: product * closeness,
        };
        common.into_iter().map(of).collect()
    }
}

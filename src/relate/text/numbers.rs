//! Numbers for terms, by how many stories have them.
//!
//! Half of all terms stand in one story alone and can join nothing; they are passed over by two rows of bits, of which the second tells what was met twice, before
//! anything is counted. What is left is counted in one open table, and numbered from the commonest down, so that what is looked up most lies together in memory.
//!
//! All of this reads memory in no order. So each step asks about all terms of a text before it does anything with the answers: the reads then wait together.

use rayon::prelude::*;

use super::Text;
use crate::parse::terms::Term;

/// How many bits of a slot hold a count or number.
const VALUE_BITS: u32 = 26;
const VALUE: u64 = (1 << VALUE_BITS) - 1;

/// The value of what turned out to stand in one text alone: its bit was another's as well.
const ALONE: u64 = VALUE;

/// The numbers of all terms that at least two texts have.
#[derive(Debug)]
pub(super) struct Numbers {
    /// What was met twice, or shares a bit with something that was.
    twice: Vec<u64>,
    /// An open table: in the upper bits a hash, in the lower its number, and before that its count; 0 is free. Its length is a power of two.
    slots: Vec<u64>,
    filled: usize,
    /// How many terms at least 2, 4, 8 … texts have: they have the first numbers.
    steps: Vec<u32>,
    len: usize,
    /// Ten times what a term weighs that one text has.
    rarest: u64,
}

fn terms(text: &Text) -> impl Iterator<Item = Term> {
    text.terms.iter().chain(text.labels.iter().copied())
}

/// Which bit of a row of so many words stands for a hash.
#[expect(clippy::cast_possible_truncation, reason = "masked to the length of the row")]
fn bit(hash: u64, words: usize) -> (usize, u32) {
    let at = hash as usize & (words * 64 - 1);
    (at / 64, at as u32 % 64)
}

impl Numbers {
    pub(super) fn of(texts: &[Text]) -> Self {
        let twice = met_twice(texts);
        let often: usize = twice.iter().map(|word| word.count_ones() as usize).sum();
        // A bit stands for one term, or for several that the row cannot tell apart.
        let room = (often * 2 + often / 2).next_power_of_two().max(8);
        let mut numbers = Self { twice, slots: vec![0; room], filled: 0, steps: Vec::new(), len: 0, rarest: 0 };
        numbers.count(texts);
        numbers.rank(texts.len());
        numbers
    }

    /// Gathers the terms of a text that may have a number; tells how much the others count in all, in tenths.
    pub(super) fn gather(&self, text: &Text, gathered: &mut Vec<Term>) -> u64 {
        let room = text.terms.len() + text.labels.len();
        gathered.resize(room.max(gathered.len()), Term::default());
        let (mut kept, mut alone) = (0, 0);
        // Half of the answers are yes, in no order: a branch would be guessed wrong as often as not.
        for term in terms(text) {
            let (word, place) = bit(term.hash, self.twice.len());
            let may_be = self.twice[word] >> place & 1;
            gathered[kept] = term;
            kept += usize::from(may_be == 1);
            alone += u64::from(term.tenths) * (1 - may_be);
        }
        gathered.truncate(kept);
        alone
    }

    fn count(&mut self, texts: &[Text]) {
        let mut gathered = Vec::new();
        for text in texts {
            self.gather(text, &mut gathered);
            for term in &gathered {
                if self.filled * 4 >= self.slots.len() * 3 {
                    self.grow();
                }
                let at = self.slot(term.hash);
                if self.slots[at] == 0 {
                    self.slots[at] = key(term.hash);
                    self.filled += 1;
                }
                self.slots[at] += 1;
            }
        }
    }

    fn grow(&mut self) {
        let room = self.slots.len() * 2;
        for slot in std::mem::replace(&mut self.slots, vec![0; room]) {
            if slot != 0 {
                let at = self.slot(hash(slot));
                self.slots[at] = slot;
            }
        }
    }

    /// Where a hash stands, or would stand.
    fn slot(&self, hash: u64) -> usize {
        let mask = self.slots.len() - 1;
        // Its upper bits, since the lower ones chose its bit in the row.
        let mut at = (hash >> 7) as usize & mask;
        while self.slots[at] != 0 && self.slots[at] | VALUE != key(hash) | VALUE {
            at = (at + 1) & mask;
        }
        at
    }

    /// Replaces counts by numbers.
    fn rank(&mut self, texts: usize) {
        let steps = texts.next_power_of_two().ilog2();
        self.rarest = u64::from(10 * steps + 3);
        let mut ranked: Vec<(u64, u64, usize)> = Vec::new();
        for (at, slot) in self.slots.iter_mut().enumerate().filter(|(_, slot)| **slot != 0) {
            let count = *slot & VALUE;
            *slot |= ALONE;
            if count > 1 {
                ranked.push((VALUE - count, hash(*slot), at));
            }
        }
        ranked.par_sort_unstable();
        self.len = ranked.len();
        self.steps = vec![0; steps as usize + 1];
        for (number, (count, hash, at)) in (0_u32..).zip(&ranked) {
            self.slots[*at] = key(*hash) | u64::from(number);
            let step = (VALUE - count).ilog2();
            for first in &mut self.steps[..(step as usize)] {
                *first = number + 1;
            }
        }
    }

    /// How many terms have a number.
    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// The number of a term that [`Self::gather`] let through; none if one text alone has it.
    pub(super) fn number(&self, hash: u64) -> Option<u32> {
        let slot = self.slots[self.slot(hash)];
        let number = slot & VALUE;
        (slot != 0 && number != ALONE).then(|| u32::try_from(number).expect("it has 26 bits"))
    }

    /// Ten times what a term weighs for being rare: 3, and 10 for each time that the texts which have it could be doubled until they are all.
    pub(super) fn factor(&self, number: Option<u32>) -> u64 {
        let Some(number) = number else { return self.rarest };
        let commoner = self.steps.iter().take_while(|first| number < **first).count() as u64;
        self.rarest.saturating_sub(10 * commoner).max(3)
    }
}

/// A slot of a hash, without a value. Never 0.
fn key(hash: u64) -> u64 {
    (hash | 1 << (u64::BITS - VALUE_BITS - 1)) << VALUE_BITS
}

/// The hash in a slot.
fn hash(slot: u64) -> u64 {
    slot >> VALUE_BITS
}

/// The row of bits of what was met twice.
fn met_twice(texts: &[Text]) -> Vec<u64> {
    let all: usize = texts.iter().map(|text| text.terms.len() + text.labels.len()).sum();
    let words = (all * 2).next_power_of_two().max(64) / 64;
    // Both rows beside each other: what reads one reads the other.
    let mut rows = vec![[0_u64; 2]; words];
    for term in texts.iter().flat_map(terms) {
        let (word, place) = bit(term.hash, words);
        let [once, twice] = &mut rows[word];
        *twice |= *once & 1 << place;
        *once |= 1 << place;
    }
    rows.into_iter().map(|[_, twice]| twice).collect()
}

//! Numbers for terms, by how many stories have them.
//!
//! Half of all terms stand in one story alone and can join nothing; they are passed over by two rows of bits, of which the second tells what was met twice, before
//! anything is counted. What is left is counted in one open table, and numbered from the commonest step down, so that what is looked up most lies together in
//! memory. Within a step the hash decides, and not the count: so the order of any two terms, which breaks ties, stands still while their steps do.
//!
//! All of this reads memory in no order. So each step asks about all terms of a text before it does anything with the answers: the reads then wait together.

use rayon::prelude::*;

use super::Reader;
use crate::{load, parse::terms::Term};

/// How many bits of a slot hold a count or number.
const VALUE_BITS: u32 = 26;
const VALUE: u64 = (1 << VALUE_BITS) - 1;

/// The value of what turned out to stand in one text alone: its bit was another's as well.
const ALONE: u64 = VALUE;

/// The bits of a hash.
const HASH_BITS: u32 = u64::BITS - VALUE_BITS - 1;

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
    rarity: Rarity,
}

/// What a term weighs for being rare, by how often the texts that have it could be doubled until they are all of so many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::relate) struct Rarity {
    /// Ten times what a term weighs that one text has.
    rarest: u64,
}

impl Rarity {
    pub(in crate::relate) fn among(texts: usize) -> Self {
        Self { rarest: u64::from(10 * texts.next_power_of_two().ilog2() + 3) }
    }

    /// Ten times what a term weighs that 2^`step` texts have, or more, but not twice as many: 3, and 10 for each time that they could be doubled.
    pub(super) fn factor(self, step: u32) -> u64 {
        self.rarest.saturating_sub(10 * u64::from(step)).max(3)
    }
}

/// Which bit of a row of so many words stands for a hash.
#[expect(clippy::cast_possible_truncation, reason = "masked to the length of the row")]
fn bit(hash: u64, words: usize) -> (usize, u32) {
    let at = hash as usize & (words * 64 - 1);
    (at / 64, at as u32 % 64)
}

impl Numbers {
    /// Counts the terms of all texts, which have about `all` of them together.
    pub(super) fn of(reader: &Reader<'_>, all: usize) -> Result<Self, load::Error> {
        let twice = met_twice(reader, all)?;
        let often: usize = twice.iter().map(|word| word.count_ones() as usize).sum();
        // A bit stands for one term, or for several that the row cannot tell apart.
        let room = (often + often / 4).next_power_of_two().max(8);
        let rarity = Rarity::among(reader.len());
        let mut numbers = Self { twice, slots: vec![0; room], filled: 0, steps: Vec::new(), len: 0, rarity };
        numbers.count(reader)?;
        numbers.rank(reader.len());
        Ok(numbers)
    }

    /// Whether a term may have a number: 1, or 0 if no other text has it.
    pub(super) fn may_be(&self, hash: u64) -> u64 {
        let (word, place) = bit(hash, self.twice.len());
        self.twice[word] >> place & 1
    }

    fn count(&mut self, reader: &Reader<'_>) -> Result<(), load::Error> {
        let (mut terms, mut gathered) = (Vec::new(), Vec::new());
        for text in 0..reader.len() {
            reader.read(text, &mut terms)?;
            // Half of the answers are yes, in no order: a branch would be guessed wrong as often as not.
            gathered.resize(terms.len().max(gathered.len()), 0);
            let mut kept = 0;
            for term in &terms {
                gathered[kept] = term.hash;
                kept += usize::from(self.may_be(term.hash) == 1);
            }
            for hash in &gathered[..kept] {
                if self.filled * 4 >= self.slots.len() * 3 {
                    self.grow();
                }
                let at = self.slot(*hash);
                if self.slots[at] == 0 {
                    self.slots[at] = key(*hash);
                    self.filled += 1;
                }
                self.slots[at] += 1;
            }
        }
        Ok(())
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
        // The commonest step first, and within a step by hash: in one word, so that there are no more of them than must be.
        let mut ranked: Vec<u64> = Vec::with_capacity(self.filled);
        for slot in self.slots.iter_mut().filter(|slot| **slot != 0) {
            let count = *slot & VALUE;
            *slot |= ALONE;
            if count > 1 {
                ranked.push(rank(count.ilog2(), hash(*slot)));
            }
        }
        ranked.par_sort_unstable();
        self.len = ranked.len();
        self.steps = vec![0; texts.next_power_of_two().ilog2() as usize + 1];
        for (number, rank) in (0_u32..).zip(&ranked) {
            let at = self.slot(rank & ((1 << HASH_BITS) - 1));
            self.slots[at] = self.slots[at] & !VALUE | u64::from(number);
            for first in &mut self.steps[..(step_of(*rank) as usize)] {
                *first = number + 1;
            }
        }
    }

    /// How many terms have a number.
    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// The number of a term that [`Self::may_be`] let through; none if one text alone has it.
    pub(super) fn number(&self, hash: u64) -> Option<u32> {
        let slot = self.slots[self.slot(hash)];
        let number = slot & VALUE;
        (slot != 0 && number != ALONE).then(|| u32::try_from(number).expect("it has 26 bits"))
    }

    /// The step of a term: 2 to this power of texts have it, or more, but not twice as many.
    pub(super) fn step(&self, number: u32) -> u32 {
        self.steps.iter().map(|first| u32::from(number < *first)).sum()
    }

    pub(super) fn rarity(&self) -> Rarity {
        self.rarity
    }
}

/// A word by which terms are put in order: those of the higher step first, then by hash.
pub(super) fn rank(step: u32, hash: u64) -> u64 {
    u64::from(VALUE_BITS - step) << HASH_BITS | hash & ((1 << HASH_BITS) - 1)
}

fn step_of(rank: u64) -> u32 {
    VALUE_BITS - u32::try_from(rank >> HASH_BITS).expect("a step is a small number")
}

/// A slot of a hash, without a value. Never 0.
fn key(hash: u64) -> u64 {
    (hash | 1 << HASH_BITS) << VALUE_BITS
}

/// The hash in a slot.
fn hash(slot: u64) -> u64 {
    slot >> VALUE_BITS & ((1 << HASH_BITS) - 1)
}

/// The row of bits of what was met twice.
fn met_twice(reader: &Reader<'_>, all: usize) -> Result<Vec<u64>, load::Error> {
    let words = (all * 2).next_power_of_two().max(64) / 64;
    // Both rows beside each other: what reads one reads the other.
    let mut rows = vec![[0_u64; 2]; words];
    let mut terms: Vec<Term> = Vec::new();
    for text in 0..reader.len() {
        reader.read(text, &mut terms)?;
        for term in &terms {
            let (word, place) = bit(term.hash, words);
            let [once, twice] = &mut rows[word];
            *twice |= *once & 1 << place;
            *once |= 1 << place;
        }
    }
    Ok(rows.into_iter().map(|[_, twice]| twice).collect())
}

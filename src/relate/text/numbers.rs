//! Numbers for terms, by how many stories have them.
//!
//! Half of all terms stand in one story alone and can join nothing; they are passed over by two rows of bits, of which the second tells what was met twice, before
//! anything is counted. What is left is counted in one open table, and numbered from the commonest step down, so that what is looked up most lies together in
//! memory. Within a step the hash decides, and not the count: so the order of any two terms, which breaks ties, stands still while their steps do.
//!
//! All of this reads memory in no order. So each step asks about all terms of a text before it does anything with the answers: the reads then wait together.

use std::{
    ops::Range,
    sync::atomic::{AtomicU64, Ordering::Relaxed},
};

use rayon::prelude::*;

use super::Reader;
use crate::{load, parse::terms::Term};

/// How many bits of a slot hold a count or number.
const VALUE_BITS: u32 = 26;
const VALUE: u64 = (1 << VALUE_BITS) - 1;

/// The value of what turned out to stand in one text alone: its bit was another's as well.
const ALONE: u64 = VALUE;

/// How many slots are read before any is used.
const AT_ONCE: usize = 512;

/// The bits of a hash.
const HASH_BITS: u32 = u64::BITS - VALUE_BITS - 1;
const HASH: u64 = (1 << HASH_BITS) - 1;

/// The numbers of all terms that at least two texts have.
#[derive(Debug)]
pub(super) struct Numbers {
    /// What was met twice, or shares a bit with something that was.
    twice: Vec<u64>,
    /// The number of each term, and before that its count.
    table: Table,
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
        let table = Table::of(reader, &twice)?;
        let rarity = Rarity::among(reader.len());
        let mut numbers = Self { twice, table, steps: Vec::new(), len: 0, rarity };
        numbers.rank(reader.len());
        Ok(numbers)
    }

    /// Replaces counts by numbers.
    fn rank(&mut self, texts: usize) {
        // The commonest step first, and within a step by hash: in one word, so that there are no more of them than must be.
        let mut ranked: Vec<u64> = Vec::with_capacity(self.table.filled);
        for slot in self.table.slots.iter_mut().filter(|slot| **slot != 0) {
            let count = *slot & VALUE;
            *slot |= ALONE;
            if count > 1 {
                ranked.push(rank(count.ilog2(), hash(*slot)));
            }
        }
        ranked.par_sort_unstable();
        self.len = ranked.len();
        self.steps = vec![0; texts.next_power_of_two().ilog2() as usize + 1];
        let mut numbered = (0_u32..).zip(&ranked);
        for ranks in ranked.chunks(AT_ONCE) {
            self.table.fetch(ranks.iter().map(|rank| ranked_hash(*rank)));
            for (number, rank) in numbered.by_ref().take(ranks.len()) {
                let at = self.table.slot(ranked_hash(*rank));
                self.table.slots[at] = self.table.slots[at] & !VALUE | u64::from(number);
                for first in &mut self.steps[..(step_of(*rank) as usize)] {
                    *first = number + 1;
                }
            }
        }
    }

    /// How many terms have a number.
    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// The places and numbers of those of `terms` that not one text alone has.
    pub(super) fn of_terms(&self, terms: &[Term]) -> Vec<(u16, u32)> {
        // Half of the answers are yes, in no order: a branch would be guessed wrong as often as not.
        let mut numbered = vec![(0, 0); terms.len()];
        let mut kept = 0;
        for (at, term) in (0_u16..).zip(terms) {
            numbered[kept].0 = at;
            kept += usize::from(may_be(&self.twice, term.hash) == 1);
        }
        numbered.truncate(kept);
        self.table.fetch(numbered.iter().map(|(at, _)| terms[usize::from(*at)].hash));
        numbered.retain_mut(|(at, number)| {
            let found = self.number(terms[usize::from(*at)].hash);
            *number = found.unwrap_or_default();
            found.is_some()
        });
        numbered
    }

    fn number(&self, hash: u64) -> Option<u32> {
        let slot = self.table.slots[self.table.slot(hash)];
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

/// An open table: in the upper bits of a slot a hash, in the lower its value; 0 is free. Its length is a power of two.
#[derive(Debug)]
struct Table {
    slots: Vec<u64>,
    filled: usize,
}

impl Table {
    /// How many tables are filled side by side at most: each takes the memory of all terms.
    const MOST: usize = 4;

    /// How many texts have each term that was met twice. Sums do not tell in which order they were made, nor by how many threads.
    fn of(reader: &Reader<'_>, twice: &[u64]) -> Result<Self, load::Error> {
        let often: usize = twice.iter().map(|word| word.count_ones() as usize).sum();
        // A bit stands for one term, or for several that the row cannot tell apart.
        let room = (often + often / 4).next_power_of_two().max(8);
        let parts = rayon::current_num_threads().clamp(1, Self::MOST);
        let texts = |part: usize| reader.len() * part / parts..reader.len() * (part + 1) / parts;
        let count = |part: usize| {
            let mut table = Self { slots: vec![0; room], filled: 0 };
            table.count(reader, texts(part), twice).map(|()| table)
        };
        let mut tables = (0..parts).into_par_iter().map(count).collect::<Result<Vec<Self>, load::Error>>()?;
        let mut whole = tables.pop().expect("there is one part at least");
        for slots in tables.iter().flat_map(|part| part.slots.chunks(AT_ONCE)) {
            let filled = || slots.iter().filter(|slot| **slot != 0);
            whole.fetch(filled().map(|slot| hash(*slot)));
            filled().for_each(|slot| whole.add(hash(*slot), *slot & VALUE));
        }
        Ok(whole)
    }

    fn count(&mut self, reader: &Reader<'_>, texts: Range<usize>, twice: &[u64]) -> Result<(), load::Error> {
        let (mut terms, mut gathered) = (Vec::new(), Vec::new());
        for text in texts {
            reader.read(text, &mut terms)?;
            // Half of the answers are yes, in no order: a branch would be guessed wrong as often as not.
            gathered.resize(terms.len().max(gathered.len()), 0);
            let mut kept = 0;
            for term in &terms {
                gathered[kept] = term.hash;
                kept += usize::from(may_be(twice, term.hash) == 1);
            }
            self.fetch(gathered[..kept].iter().copied());
            gathered[..kept].iter().for_each(|hash| self.add(*hash, 1));
        }
        Ok(())
    }

    fn add(&mut self, hash: u64, count: u64) {
        if self.filled * 4 >= self.slots.len() * 3 {
            self.grow();
        }
        let at = self.slot(hash);
        if self.slots[at] == 0 {
            self.slots[at] = key(hash);
            self.filled += 1;
        }
        self.slots[at] += count;
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

    /// Reads where hashes begin to be looked for, so that what is asked about them next lies near the processor.
    fn fetch(&self, hashes: impl Iterator<Item = u64>) {
        std::hint::black_box(hashes.fold(0, |all, hash| all ^ self.slots[self.home(hash)]));
    }

    /// Where a hash begins to be looked for.
    fn home(&self, hash: u64) -> usize {
        // Its upper bits, since the lower ones chose its bit in the row.
        (hash >> 7) as usize & (self.slots.len() - 1)
    }

    /// Where a hash stands, or would stand.
    fn slot(&self, hash: u64) -> usize {
        let mask = self.slots.len() - 1;
        let mut at = self.home(hash);
        while self.slots[at] != 0 && self.slots[at] | VALUE != key(hash) | VALUE {
            at = (at + 1) & mask;
        }
        at
    }
}

/// A word by which terms are put in order: those of the higher step first, then by hash.
pub(super) fn rank(step: u32, hash: u64) -> u64 {
    u64::from(VALUE_BITS - step) << HASH_BITS | hash & HASH
}

fn step_of(rank: u64) -> u32 {
    VALUE_BITS - u32::try_from(rank >> HASH_BITS).expect("a step is a small number")
}

/// A slot of a hash, without a value. Never 0.
fn key(hash: u64) -> u64 {
    (hash | 1 << HASH_BITS) << VALUE_BITS
}

/// The hash in a word made by [`rank`].
fn ranked_hash(rank: u64) -> u64 {
    rank & HASH
}

/// The hash in a slot.
fn hash(slot: u64) -> u64 {
    slot >> VALUE_BITS & HASH
}

/// Whether a row of what was met twice has a term: 1, or 0.
fn may_be(twice: &[u64], hash: u64) -> u64 {
    let (word, place) = bit(hash, twice.len());
    twice[word] >> place & 1
}

/// The row of bits of what was met twice. All threads set bits in it, and which of two was there first makes no difference.
fn met_twice(reader: &Reader<'_>, all: usize) -> Result<Vec<u64>, load::Error> {
    let words = (all * 2).next_power_of_two().max(64) / 64;
    // Both rows beside each other: what reads one reads the other.
    let rows: Vec<[AtomicU64; 2]> = (0..words).map(|_| Default::default()).collect();
    let look = |terms: &mut Vec<Term>, text: usize| {
        reader.read(text, terms)?;
        for term in &*terms {
            let (word, place) = bit(term.hash, words);
            let ([once, twice], mask) = (&rows[word], 1 << place);
            // Most were met already, and only to look does not keep the next look waiting.
            if once.load(Relaxed) & mask == 0 && once.fetch_or(mask, Relaxed) & mask == 0 {
                continue;
            }
            if twice.load(Relaxed) & mask == 0 {
                twice.fetch_or(mask, Relaxed);
            }
        }
        Ok(())
    };
    (0..reader.len()).into_par_iter().with_min_len(64).try_for_each_init(Vec::new, look)?;
    Ok(rows.into_iter().map(|[_, twice]| twice.into_inner()).collect())
}

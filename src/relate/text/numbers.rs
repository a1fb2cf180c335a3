//! Numbers for terms, by how many stories have them.
//!
//! Half of all terms stand in one story alone and can join nothing; they are passed over by two rows of bits, of which the second tells what was met twice, before
//! anything is counted. What is left is counted in one open table, and numbered from the commonest down, so that what is looked up most lies together in memory.

use rayon::prelude::*;

use super::Text;

/// The numbers of all terms that at least two texts have.
#[derive(Debug)]
pub(super) struct Numbers {
    /// What was met twice, or shares a bit with something that was.
    twice: Bits,
    /// An open table of hashes with one added; 0 is free. Its length is a power of two.
    hashes: Vec<u64>,
    /// The number of each, and before that its count; [`u32::MAX`] of what turned out to stand in one text alone.
    values: Vec<u32>,
    /// How many terms at least 2, 4, 8 … texts have: they have the first numbers.
    steps: Vec<u32>,
    len: usize,
    /// Ten times what a term weighs that one text has.
    rarest: u64,
}

/// A row of bits.
#[derive(Debug)]
struct Bits(Vec<u64>);

impl Bits {
    fn new(bits: usize) -> Self {
        Self(vec![0; bits.div_ceil(64)])
    }

    #[expect(clippy::cast_possible_truncation, reason = "masked to the length of the row")]
    fn place(&self, hash: u64) -> (usize, u64) {
        let at = hash as usize & (self.0.len() * 64 - 1);
        (at / 64, 1 << (at % 64))
    }

    fn holds(&self, hash: u64) -> bool {
        let (at, bit) = self.place(hash);
        self.0[at] & bit != 0
    }

    /// Sets a bit, and tells whether it was set.
    fn set(&mut self, hash: u64) -> bool {
        let (at, bit) = self.place(hash);
        let was = self.0[at] & bit != 0;
        self.0[at] |= bit;
        was
    }
}

fn hashes(text: &Text) -> impl Iterator<Item = u64> {
    text.terms.iter().chain(text.labels.iter().copied()).map(|term| term.hash)
}

impl Numbers {
    pub(super) fn of(texts: &[Text]) -> Self {
        let all: usize = texts.iter().map(|text| text.terms.len() + text.labels.len()).sum();
        let bits = (all * 2).next_power_of_two().max(64);
        let (mut once, mut twice) = (Bits::new(bits), Bits::new(bits));
        let mut often = 0_usize;
        for hash in texts.iter().flat_map(hashes) {
            if once.set(hash) && !twice.set(hash) {
                often += 1;
            }
        }
        drop(once);
        // A bit stands for one term, or for several that the row cannot tell apart.
        let room = (often * 2 + often / 2).next_power_of_two().max(8);
        let mut table =
            Self { twice, hashes: vec![0; room], values: vec![0; room], steps: Vec::new(), len: 0, rarest: 0 };
        table.count(texts);
        table.rank(texts.len());
        table
    }

    fn count(&mut self, texts: &[Text]) {
        let mut free = self.hashes.len() / 4 * 3;
        for hash in texts.iter().flat_map(hashes) {
            if !self.twice.holds(hash) {
                continue;
            }
            let at = self.slot(hash);
            if self.hashes[at] == 0 {
                self.hashes[at] = hash + 1;
                free -= 1;
            }
            self.values[at] += 1;
            if free == 0 {
                free = self.grow();
            }
        }
    }

    /// Doubles the table; tells how many more it may hold.
    fn grow(&mut self) -> usize {
        let room = self.hashes.len() * 2;
        let hashes = std::mem::replace(&mut self.hashes, vec![0; room]);
        let counts = std::mem::replace(&mut self.values, vec![0; room]);
        for (hash, count) in hashes.into_iter().zip(counts).filter(|(hash, _)| *hash != 0) {
            let at = self.slot(hash - 1);
            (self.hashes[at], self.values[at]) = (hash, count);
        }
        room / 8 * 3
    }

    /// Where a hash stands, or would stand.
    fn slot(&self, hash: u64) -> usize {
        let mask = self.hashes.len() - 1;
        // Its upper bits, since the lower ones chose its bit in the rows.
        let mut at = (hash >> 7) as usize & mask;
        while self.hashes[at] != 0 && self.hashes[at] != hash + 1 {
            at = (at + 1) & mask;
        }
        at
    }

    /// Replaces counts by numbers.
    fn rank(&mut self, texts: usize) {
        let steps = texts.next_power_of_two().ilog2();
        self.rarest = u64::from(10 * steps + 3);
        let mut ranked: Vec<(u32, u64, u32)> = Vec::new();
        for (at, hash) in (0_u32..).zip(&self.hashes) {
            let count = std::mem::replace(&mut self.values[at as usize], u32::MAX);
            if count > 1 {
                ranked.push((u32::MAX - count, *hash, at));
            }
        }
        ranked.par_sort_unstable();
        self.len = ranked.len();
        self.steps = vec![0; steps as usize + 1];
        for (number, (count, _, at)) in (0_u32..).zip(&ranked) {
            self.values[*at as usize] = number;
            let step = (u32::MAX - count).ilog2();
            for first in &mut self.steps[..(step as usize)] {
                *first = number + 1;
            }
        }
    }

    /// How many terms have a number.
    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// The number of a term; none if one text alone has it.
    pub(super) fn number(&self, hash: u64) -> Option<u32> {
        let at = self.twice.holds(hash).then(|| self.slot(hash))?;
        Some(self.values[at]).filter(|number| self.hashes[at] != 0 && *number != u32::MAX)
    }

    /// Ten times what a term weighs for being rare: 3, and 10 for each time that the texts which have it could be doubled until they are all.
    pub(super) fn factor(&self, number: Option<u32>) -> u64 {
        let Some(number) = number else { return self.rarest };
        let commoner = self.steps.iter().take_while(|first| number < **first).count() as u64;
        self.rarest.saturating_sub(10 * commoner).max(3)
    }
}

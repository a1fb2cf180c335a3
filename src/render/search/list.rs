//! The form of the files of words: each word with the stories that it stands in, small enough to be sent as it is.

use crate::parse::terms::{push_number, take_number};

/// The bits of the first byte of an entry that say how much the word counts there, and those that begin the distance from the story before.
const WEIGHT_BITS: u32 = 3;
const DISTANCE_BITS: u32 = 4;

/// The greatest weight of a word in a story.
pub(super) const MAX_WEIGHT: u8 = (1 << WEIGHT_BITS) - 1;

/// The stories of one word, as they are met.
#[derive(Debug, Default)]
pub(super) struct Stories {
    bytes: Vec<u8>,
    count: u32,
    /// One more than the last story.
    next: u32,
}

impl Stories {
    /// How many stories there are.
    pub(super) fn count(&self) -> u32 {
        self.count
    }

    /// Adds a story later than all before: in one byte if it is among the sixteen that follow on the last.
    pub(super) fn push(&mut self, story: u32, weight: u8) {
        let distance = story - self.next;
        self.next = story + 1;
        self.count += 1;
        let low = (distance & ((1 << DISTANCE_BITS) - 1)) as u8;
        let first = low << WEIGHT_BITS | weight.min(MAX_WEIGHT);
        let rest = distance >> DISTANCE_BITS;
        if rest == 0 {
            self.bytes.push(first);
        } else {
            self.bytes.push(first | 0x80);
            push_number(&mut self.bytes, rest - 1);
        }
    }

    /// Every story with its weight.
    pub(super) fn iter(&self) -> impl Iterator<Item = (u32, u8)> {
        let (mut rest, mut next) = (self.bytes.as_slice(), 0);
        std::iter::from_fn(move || {
            let (distance, weight) = take_entry(&mut rest)?;
            let story = next + distance;
            next = story + 1;
            Some((story, weight))
        })
    }

    /// Writes them as [`Self::append`] reads them.
    pub(super) fn keep(&self, bytes: &mut Vec<u8>) {
        push_number(bytes, self.count);
        if self.count > 1 {
            push_number(bytes, self.next);
            push_number(bytes, u32::try_from(self.bytes.len()).unwrap_or(u32::MAX));
        }
        bytes.extend_from_slice(&self.bytes);
    }

    /// Takes kept stories off the beginning of `kept` and adds them, counted from `first`, which comes after all that are here. Only the first is written anew.
    pub(super) fn append(&mut self, kept: &mut &[u8], first: u32) -> Option<()> {
        let count = take_number(kept)?;
        if count == 1 {
            let (distance, weight) = take_entry(kept)?;
            self.push(first + distance, weight);
            return Some(());
        }
        let [next, len] = [take_number(kept)?, take_number(kept)?];
        let (mut entries, rest) = kept.split_at_checked(len as usize)?;
        *kept = rest;
        let (distance, weight) = take_entry(&mut entries)?;
        self.push(first + distance, weight);
        self.bytes.extend_from_slice(entries);
        self.count += count - 1;
        self.next = first + next;
        Some(())
    }

    /// How many bytes they take.
    pub(super) fn len_bytes(&self, stories: usize) -> usize {
        if self.count == 1 { self.bytes.len() + 1 } else { self.bytes.len().min(stories.div_ceil(4)) + 2 }
    }

    /// Writes the count, and the stories: of one, it alone; else, behind the form and the length, one by one, or, of a word that stands nearly everywhere, two
    /// bits for every story of the volume: nothing, or how much it counts, roughly.
    pub(super) fn write(&self, bytes: &mut Vec<u8>, stories: usize) {
        push_number(bytes, self.count);
        let dense = stories.div_ceil(4);
        if self.count == 1 {
            bytes.extend_from_slice(&self.bytes);
        } else if self.bytes.len() <= dense {
            push_number(bytes, u32::try_from(self.bytes.len()).unwrap_or(u32::MAX) << 1);
            bytes.extend_from_slice(&self.bytes);
        } else {
            push_number(bytes, u32::try_from(dense).unwrap_or(u32::MAX) << 1 | 1);
            let start = bytes.len();
            bytes.resize(start + dense, 0);
            for (story, weight) in self.iter() {
                bytes[start + story as usize / 4] |= rough(weight) << (story % 4 * 2);
            }
        }
    }
}

/// Takes a story off the beginning of `bytes`: its distance from where it could be at the earliest, and its weight.
fn take_entry(bytes: &mut &[u8]) -> Option<(u32, u8)> {
    let (first, rest) = bytes.split_first()?;
    *bytes = rest;
    let mut distance = u32::from(first >> WEIGHT_BITS) & ((1 << DISTANCE_BITS) - 1);
    if first & 0x80 != 0 {
        distance += (take_number(bytes)? + 1) << DISTANCE_BITS;
    }
    Some((distance, first & MAX_WEIGHT))
}

/// A weight in two bits.
fn rough(weight: u8) -> u8 {
    match weight {
        0 | 1 => 1,
        2 | 3 => 2,
        _ => 3,
    }
}

/// What is told of a length in half a byte; the rest follows.
const HALF_BYTE: usize = 15;

/// Writes a word after the one above it: how many bytes they begin with alike, how many more there are, and those.
pub(super) fn push_word(bytes: &mut Vec<u8>, above: &[u8], word: &[u8]) {
    let alike = word.iter().zip(above).take_while(|(a, b)| a == b).count();
    let more = word.len() - alike;
    let half = |len: usize| u8::try_from(len.min(HALF_BYTE)).expect("it fits into half a byte");
    bytes.push(half(alike) << 4 | half(more));
    for rest in [alike, more].iter().filter_map(|len| len.checked_sub(HALF_BYTE)) {
        push_number(bytes, u32::try_from(rest).unwrap_or(u32::MAX));
    }
    bytes.extend_from_slice(&word[alike..]);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn stories_are_read_as_they_were_written(mut all in prop::collection::vec((0_u32..200_000, 0_u8..8), 0..60)) {
            all.sort_unstable();
            all.dedup_by_key(|entry| entry.0);
            let mut stories = Stories::default();
            for (story, weight) in &all {
                stories.push(*story, *weight);
            }
            prop_assert_eq!(stories.iter().collect::<Vec<_>>(), all);
        }
    }

    #[test]
    fn a_word_of_nearly_every_story_takes_two_bits_for_each() {
        let mut stories = Stories::default();
        for (story, weight) in [(0, 0), (1, 2), (3, 7), (4, 1)] {
            stories.push(story, weight);
        }
        let mut bytes = Vec::new();
        stories.write(&mut bytes, 6);
        assert_eq!(bytes, [4, 2 << 1 | 1, 0b11_00_10_01, 0b01]);
    }
}

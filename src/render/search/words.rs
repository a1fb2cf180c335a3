//! Words with the stories that they stand in: of a quire, and of a volume that is bound of quires. A quire is bytes, so that it can be kept for later builds.

use super::list::Stories;
use crate::{
    model::Lookup,
    parse::terms::{push_number, take_number},
};

/// Words, each once, in the order in which they were met.
#[derive(Debug, Default)]
pub(super) struct Words {
    numbers: Lookup<Box<[u8]>, u32>,
    pub(super) all: Vec<Word>,
}

/// A word.
#[derive(Debug)]
pub(super) struct Word {
    pub(super) bytes: Box<[u8]>,
    pub(super) stories: Stories,
    /// Whether it counts so much in one of them that it may be a cure for a mistyped one.
    pub(super) is_prominent: bool,
}

impl Words {
    /// The number of a word, which is added if it was not met before.
    pub(super) fn number(&mut self, word: &[u8]) -> usize {
        if let Some(number) = self.numbers.get(word) {
            return *number as usize;
        }
        let number = self.all.len();
        self.numbers.insert(word.into(), u32::try_from(number).expect("a volume has fewer words than that"));
        self.all.push(Word { bytes: word.into(), stories: Stories::default(), is_prominent: false });
        number
    }

    /// Those of a quire of so many stories, as bytes.
    pub(super) fn quire(&self, stories: u32) -> Vec<u8> {
        let mut bytes = Vec::new();
        push_number(&mut bytes, stories);
        for word in &self.all {
            push_number(
                &mut bytes,
                u32::try_from(word.bytes.len()).unwrap_or(u32::MAX) << 1 | u32::from(word.is_prominent),
            );
            bytes.extend_from_slice(&word.bytes);
            word.stories.keep(&mut bytes);
        }
        bytes
    }

    /// Adds those of a quire whose first story is the one of the number `first` here, and tells how many stories it has.
    pub(super) fn bind(&mut self, quire: &[u8], first: u32) -> u32 {
        let mut rest = quire;
        let stories = take_number(&mut rest).unwrap_or_default();
        // A quire is sealed: there is none whose bytes end before their time.
        while let Some(head) = take_number(&mut rest)
            && let Some((word, behind)) = rest.split_at_checked((head >> 1) as usize)
        {
            rest = behind;
            let at = self.number(word);
            let word = &mut self.all[at];
            word.is_prominent |= head & 1 != 0;
            word.stories.append(&mut rest, first);
        }
        stories
    }
}

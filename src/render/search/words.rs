//! Words with the stories that they stand in: of a quire, and of a volume that is bound of quires. A quire is bytes, so that it can be kept for later builds.
//!
//! The words of a quire come in stacks by their beginnings, so that each stack of a volume can be bound by a thread of its own.

use foldhash::fast::RandomState;
use indexmap::IndexMap;

use super::list::Stories;
use crate::parse::terms::{push_number, take_number};

/// How many stacks there are.
pub(super) const STACKS: usize = BEGINNINGS.len() + 1;

/// Where each stack but the first begins: so that they are about as high in a language with a Latin alphabet, and a few in all others.
const BEGINNINGS: [&str; 19] = [
    "b", "c", "d", "f", "h", "l", "n", "p", "r", "s", "t", "u", "\u{80}", "а", "о", "\u{590}", "\u{2e80}", "\u{6000}",
    "\u{8000}",
];

/// The stack of a word.
fn stack_of(word: &[u8]) -> usize {
    BEGINNINGS.partition_point(|beginning| beginning.as_bytes() <= word)
}

/// Words, each once, in the order in which they were met.
#[derive(Debug, Default)]
pub(super) struct Words {
    pub(super) all: IndexMap<Box<[u8]>, Word, RandomState>,
}

/// What is known of a word.
#[derive(Debug, Default)]
pub(super) struct Word {
    pub(super) stories: Stories,
    /// Whether it counts so much in one of them that it may be a cure for a mistyped one.
    pub(super) is_prominent: bool,
}

impl Words {
    /// The number of a word, which is added if it was not met before.
    pub(super) fn number(&mut self, word: &[u8]) -> usize {
        self.all.get_index_of(word).unwrap_or_else(|| self.all.insert_full(word.into(), Word::default()).0)
    }

    /// Those of a quire of so many stories, as bytes.
    pub(super) fn quire(&self, stories: u32) -> Vec<u8> {
        let mut stacks: [Vec<u8>; STACKS] = Default::default();
        for (bytes, word) in &self.all {
            let stack = &mut stacks[stack_of(bytes)];
            push_number(stack, len(bytes) << 1 | u32::from(word.is_prominent));
            stack.extend_from_slice(bytes);
            word.stories.keep(stack);
        }
        let mut bytes = Vec::with_capacity(stacks.iter().map(Vec::len).sum::<usize>() + 4 * STACKS);
        push_number(&mut bytes, stories);
        for stack in &stacks {
            push_number(&mut bytes, len(stack));
        }
        bytes.extend(stacks.concat());
        bytes
    }

    /// Adds those of a stack whose first story is the one of the number `first` here.
    pub(super) fn bind(&mut self, stack: &[u8], first: u32) {
        let mut rest = stack;
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
    }
}

/// The number of stories of a quire, and its stacks.
pub(super) fn stacks(quire: &[u8]) -> (u32, [&[u8]; STACKS]) {
    let mut rest = quire;
    let stories = take_number(&mut rest).unwrap_or_default();
    let lens = [(); STACKS].map(|()| take_number(&mut rest).unwrap_or_default());
    let stacks = lens.map(|len| {
        let (stack, behind) = rest.split_at(rest.len().min(len as usize));
        rest = behind;
        stack
    });
    (stories, stacks)
}

fn len(bytes: &[u8]) -> u32 {
    u32::try_from(bytes.len()).expect("a quire has fewer bytes than that")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn stacks_are_about_as_high_in_english() {
        let mut heights = [0; STACKS];
        let text = include_str!("../../../README.md").to_lowercase();
        let words: std::collections::BTreeSet<&str> = text.split(|c: char| !c.is_alphabetic()).collect();
        for word in &words {
            heights[stack_of(word.as_bytes())] += 1;
        }
        assert!(heights.iter().all(|height| height * 6 < words.len()), "{heights:?}");
    }

    proptest! {
        #[test]
        fn stacks_are_in_the_order_of_their_words(mut words in prop::collection::vec("\\PC{0,3}|[a-zа-я]{1,3}", 2)) {
            words.sort_unstable();
            let [first, second] = [&words[0], &words[1]].map(|word| stack_of(word.as_bytes()));
            prop_assert!(first <= second);
            // A spelling tells the first letter before all else.
            prop_assert!(first == second || words[0].chars().next() != words[1].chars().next());
        }
    }
}

//! Words, each once, and the stacks in which they lie.

use foldhash::fast::RandomState;
use indexmap::IndexMap;

use super::list::Stories;

/// How many stacks there are.
pub(super) const STACKS: usize = BEGINNINGS.len() + 1;

/// Where each stack but the first begins: so that they are about as high in a language with a Latin alphabet, and a few in all others.
const BEGINNINGS: [&str; 19] = [
    "b", "c", "d", "f", "h", "l", "n", "p", "r", "s", "t", "u", "\u{80}", "а", "о", "\u{590}", "\u{2e80}", "\u{6000}",
    "\u{8000}",
];

/// The stack of a word.
pub(super) fn stack_of(word: &[u8]) -> usize {
    BEGINNINGS.partition_point(|beginning| beginning.as_bytes() <= word)
}

/// Words, each once, in the order in which they were met, and what is known of them.
#[derive(Debug)]
pub(super) struct Words<T> {
    pub(super) all: IndexMap<Box<[u8]>, T, RandomState>,
}

impl<T> Default for Words<T> {
    fn default() -> Self {
        Self { all: IndexMap::default() }
    }
}

/// What is known of a word in a volume.
#[derive(Debug, Default)]
pub(super) struct Bound {
    pub(super) stories: Stories,
    /// Whether it counts so much in one of them that it may be a cure for a mistyped one.
    pub(super) is_prominent: bool,
}

impl<T: Default> Words<T> {
    /// The number of a word, which is added if it was not met before.
    pub(super) fn number(&mut self, word: &[u8]) -> usize {
        self.all.get_index_of(word).unwrap_or_else(|| self.all.insert_full(word.into(), T::default()).0)
    }
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

//! A volume, bound of its quires: all their words in order, cut into files.

use super::{
    list::{Stories, push_word},
    words::Words,
};
use crate::parse::terms::push_number;

/// Begins the key under which a word is found by those who mistype it: with its first letter and its length before the rest. Ends all words.
const SPELLED: u8 = 0xff;

/// The fewest letters of a word that is looked for when it was mistyped.
const FEWEST_LETTERS: usize = 4;

/// Binds a volume.
#[derive(Debug)]
pub(super) struct Binder {
    files: usize,
    words: Words,
    stories: u32,
}

impl Binder {
    /// For a volume of so many files.
    pub(super) fn new(files: usize) -> Self {
        Self { files, words: Words::default(), stories: 0 }
    }

    /// Adds the quire that follows.
    pub(super) fn add(&mut self, quire: &[u8]) {
        self.stories += self.words.bind(quire, self.stories);
    }

    /// The least word of each file, and the files.
    ///
    /// A word of one story alone that is not prominent there is no cure for a mistyped one: many such words are mistyped themselves.
    pub(super) fn finish(self) -> (Vec<Vec<u8>>, Vec<Vec<u8>>) {
        let Self { files, words: Words { all: words, .. }, stories } = self;
        let stories = stories as usize;
        let nothing = Stories::default();
        let spelled: Vec<(Vec<u8>, u32)> = words
            .iter()
            .filter(|word| word.is_prominent || word.stories.count() > 1)
            .filter_map(|word| Some((spelling(&word.bytes)?, word.stories.count())))
            .collect();
        let mut entries: Vec<(&[u8], &Stories, u32)> =
            words.iter().map(|word| (&*word.bytes, &word.stories, word.stories.count())).collect();
        entries.extend(spelled.iter().map(|(key, count)| (key.as_slice(), &nothing, *count)));
        entries.sort_unstable_by_key(|(word, ..)| *word);
        let len = |(word, list, _): &(&[u8], &Stories, u32)| word.len() / 2 + list.len_bytes(stories) + 2;
        let total: usize = entries.iter().map(len).sum();
        let mut made = vec![Vec::new(); files];
        let mut separators: Vec<Option<Vec<u8>>> = vec![None; files];
        let (mut end, mut above): (usize, &[u8]) = (0, &[]);
        for entry in &entries {
            let (word, list, count) = *entry;
            let file = (end * files / total.max(1)).min(files - 1);
            end += len(entry);
            let is_first = separators[file].is_none();
            if is_first {
                separators[file] = Some(separator(above, word));
            }
            push_word(&mut made[file], if is_first { &[] } else { above }, word);
            if list.count() == 0 {
                push_number(&mut made[file], count);
            } else {
                list.write(&mut made[file], stories);
            }
            above = word;
        }
        // Where a word takes the room of several files, those that it leaves empty begin with what follows.
        let mut next = vec![SPELLED; 2];
        for separator in separators.iter_mut().rev() {
            next.clone_from(separator.get_or_insert_with(|| next.clone()));
        }
        (separators.into_iter().flatten().collect(), made)
    }
}

/// The shortest beginning of `word` that comes after `above`.
fn separator(above: &[u8], word: &[u8]) -> Vec<u8> {
    let alike = word.iter().zip(above).take_while(|(a, b)| a == b).count();
    word[..word.len().min(alike + 1)].to_vec()
}

/// The key of a word for those who mistype it; none for what is no word, or too short a one.
fn spelling(word: &[u8]) -> Option<Vec<u8>> {
    let text = std::str::from_utf8(word).ok()?;
    let first = text.chars().next().filter(|first| first.is_alphabetic())?;
    let len = text.chars().count();
    if len < FEWEST_LETTERS {
        return None;
    }
    let mut key = Vec::with_capacity(word.len() + 2);
    key.push(SPELLED);
    let (first, rest) = word.split_at(first.len_utf8());
    key.extend_from_slice(first);
    key.push(u8::try_from(len).unwrap_or(u8::MAX));
    key.extend_from_slice(rest);
    Some(key)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{super::gather::Gatherer, *};

    /// A volume of stories with these words, in quires of so many.
    fn bound(stories: &[Vec<(String, u32)>], a_quire: usize) -> (Vec<Vec<u8>>, Vec<Vec<u8>>) {
        let mut binder = Binder::new(3);
        for stories in stories.chunks(a_quire) {
            let mut gatherer = Gatherer::default();
            for words in stories {
                gatherer.begin(u32::try_from(words.len()).unwrap());
                for (word, tenths) in words {
                    gatherer.add(word.as_bytes(), *tenths);
                }
                gatherer.end();
            }
            binder.add(&gatherer.finish());
        }
        binder.finish()
    }

    proptest! {
        #[test]
        fn a_volume_does_not_tell_how_it_was_bound(
            stories in prop::collection::vec(prop::collection::vec(("[a-cé]{1,5}", 0_u32..90), 0..12), 0..60),
            a_quire in 1_usize..20,
        ) {
            prop_assert_eq!(bound(&stories, a_quire), bound(&stories, usize::MAX));
        }
    }
}

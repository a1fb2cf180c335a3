//! A volume, bound of its quires: all their words in order, cut into files.

use std::borrow::Cow;

use super::{
    list::{Stories, push_word},
    quire::Quire,
    threads,
    words::{Bound, STACKS, Words},
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
    stacks: [Words<Bound>; STACKS],
    stories: u32,
}

/// What a file of words has to say of a word, or of a spelling of one.
struct Entry<'a> {
    word: Cow<'a, [u8]>,
    found: Found<'a>,
}

/// Where a word stands.
enum Found<'a> {
    In(&'a Stories),
    /// A spelling of a word that so many stories have.
    Often(u32),
}

impl Binder {
    /// For a volume of so many files.
    pub(super) fn new(files: usize) -> Self {
        Self { files, stacks: Default::default(), stories: 0 }
    }

    /// Adds the quires that follow.
    pub(super) fn add(&mut self, quires: &[Vec<u8>]) {
        let begun = quires.iter().map(|quire| {
            let quire = Quire::read(quire).expect("a quire was read or written before it is bound");
            self.stories += quire.len();
            (self.stories - quire.len(), quire)
        });
        let begun: Vec<(u32, Quire<'_>)> = begun.collect();
        threads::each(self.stacks.iter_mut().enumerate(), |(stack, words)| {
            for (first, quire) in &begun {
                quire.bind(stack, *first, words);
            }
        });
    }

    /// The least word of each file, and the files.
    ///
    /// A word of one story alone that is not prominent there is no cure for a mistyped one: many such words are mistyped themselves.
    pub(super) fn finish(self) -> (Vec<Vec<u8>>, Vec<Vec<u8>>) {
        let Self { files, stacks, stories } = self;
        let stories = stories as usize;
        let (own, spelled): (Vec<_>, Vec<_>) = threads::each(&stacks, entries).into_iter().unzip();
        // The stacks are in the order of their words, and so are those of spellings.
        let entries: Vec<Entry<'_>> = own.into_iter().chain(spelled).flatten().collect();
        let lens: Vec<usize> = entries.iter().map(|entry| entry.len_bytes(stories)).collect();
        let total: usize = lens.iter().sum();
        let mut end = 0;
        let file_of = |len: &usize| {
            let file = (end * files / total.max(1)).min(files - 1);
            end += len;
            file
        };
        let file_of: Vec<usize> = lens.iter().map(file_of).collect();
        let of_file = |file: usize| {
            let range = file_of.partition_point(|at| *at < file)..file_of.partition_point(|at| *at <= file);
            let above = range.start.checked_sub(1).map_or(&[][..], |at| &entries[at].word);
            let entries = &entries[range];
            (entries.first().map(|first| separator(above, &first.word)), written(entries, stories))
        };
        let (mut separators, made): (Vec<Option<Vec<u8>>>, Vec<Vec<u8>>) =
            threads::each(0..files, of_file).into_iter().unzip();
        // Where a word takes the room of several files, those that it leaves empty begin with what follows.
        let mut next = vec![SPELLED; 2];
        for separator in separators.iter_mut().rev() {
            next.clone_from(separator.get_or_insert_with(|| next.clone()));
        }
        (separators.into_iter().flatten().collect(), made)
    }
}

impl Entry<'_> {
    /// How many bytes it takes, roughly.
    fn len_bytes(&self, stories: usize) -> usize {
        let list = match self.found {
            Found::In(list) => list.len_bytes(stories),
            Found::Often(_) => 2,
        };
        self.word.len() / 2 + list + 2
    }
}

/// The words of a stack, in order, and the spellings of them.
fn entries(stack: &Words<Bound>) -> (Vec<Entry<'_>>, Vec<Entry<'_>>) {
    let own =
        stack.all.iter().map(|(bytes, word)| Entry { word: Cow::Borrowed(bytes), found: Found::In(&word.stories) });
    let known = stack.all.iter().filter(|(_, word)| word.is_prominent || word.stories.count() > 1);
    let spelled = known.filter_map(|(bytes, word)| {
        Some(Entry { word: Cow::Owned(spelling(bytes)?), found: Found::Often(word.stories.count()) })
    });
    let (mut own, mut spelled): (Vec<Entry<'_>>, Vec<Entry<'_>>) = (own.collect(), spelled.collect());
    own.sort_unstable_by(|a, b| a.word.cmp(&b.word));
    spelled.sort_unstable_by(|a, b| a.word.cmp(&b.word));
    (own, spelled)
}

/// A file of these words.
fn written(entries: &[Entry<'_>], stories: usize) -> Vec<u8> {
    let mut file = Vec::new();
    let mut above: &[u8] = &[];
    for entry in entries {
        push_word(&mut file, above, &entry.word);
        match entry.found {
            Found::In(list) => list.write(&mut file, stories),
            Found::Often(count) => push_number(&mut file, count),
        }
        above = &entry.word;
    }
    file
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

    use super::{
        super::{gather::Gatherer, quire::Known},
        *,
    };
    use crate::model::Digest;

    type Story = Vec<(String, u32)>;

    /// The quire of these stories, with what an earlier one says of some: its bytes, and by number there the number here.
    fn quire(stories: &[Story], kept: Option<(&[u8], &[Option<u32>])>) -> Vec<u8> {
        let mut gatherer = Gatherer::default();
        let (bytes, here) = kept.unwrap_or_default();
        let quire = Quire::read(bytes).unwrap_or_default();
        for (number, words) in (0..).zip(stories).filter(|(number, _)| !here.contains(&Some(*number))) {
            gatherer.begin(number, u32::try_from(words.len()).unwrap());
            for (word, tenths) in words {
                gatherer.add(word.as_bytes(), *tenths);
            }
            gatherer.end();
        }
        gatherer.finish(&vec![Digest::default(); stories.len()], Known { quire: &quire, here })
    }

    /// A volume of stories with these words, in quires of so many.
    fn bound(stories: &[Story], a_quire: usize) -> (Vec<Vec<u8>>, Vec<Vec<u8>>) {
        let mut binder = Binder::new(3);
        for stories in stories.chunks(a_quire) {
            binder.add(&[quire(stories, None)]);
        }
        binder.finish()
    }

    fn stories(most: usize) -> impl Strategy<Value = Vec<Story>> {
        prop::collection::vec(prop::collection::vec(("[a-cszé#ш東]{1,5}", 0_u32..90), 0..12), 0..most)
    }

    proptest! {
        #[test]
        fn a_volume_does_not_tell_how_it_was_bound(stories in stories(60), a_quire in 1_usize..20) {
            prop_assert_eq!(bound(&stories, a_quire), bound(&stories, usize::MAX));
        }

        #[test]
        fn a_quire_does_not_tell_what_was_known_before(
            before in stories(12), new in prop::collection::vec((any::<prop::sample::Index>(), stories(2)), 0..4),
            gone in prop::collection::vec(any::<bool>(), 12),
        ) {
            let mut after: Vec<(Option<usize>, Story)> =
                before.iter().cloned().enumerate().filter(|(at, _)| !gone[*at]).map(|(at, it)| (Some(at), it)).collect();
            for (at, stories) in new {
                let at = at.index(after.len() + 1);
                after.splice(at..at, stories.into_iter().map(|story| (None, story)));
            }
            let mut here = vec![None; before.len()];
            for (number, (at, _)) in (0..).zip(&after) {
                if let Some(at) = at {
                    here[*at] = Some(number);
                }
            }
            let stories: Vec<Story> = after.into_iter().map(|(_, story)| story).collect();
            let bound = |quire: Vec<u8>| {
                let mut binder = Binder::new(1);
                binder.add(&[quire]);
                binder.finish()
            };
            let kept = quire(&before, None);
            prop_assert_eq!(bound(quire(&stories, Some((&kept, &here)))), bound(quire(&stories, None)));
        }
    }
}

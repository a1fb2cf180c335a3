//! The words of a volume, gathered story by story, and cut into files.

use super::list::{MAX_WEIGHT, Stories, push_word};
use crate::{model::Lookup, parse::terms::push_number};

/// How much must be said of a word in a story before half of its weight is reached, in tenths, in a text of the usual length.
const HALF_TENTHS: u32 = 60;

/// The usual length of a text, and the lengths between which it tells.
const USUAL_WORDS: u32 = 600;
const TELLING_WORDS: (u32, u32) = (150, 3000);

/// Begins the key under which a word is found by those who mistype it: with its first letter and its length before the rest. Ends all words.
const SPELLED: u8 = 0xff;

/// What a word counts in a story, in tenths, if it stands in its headline or is part of a name. Another word that stands in one story of the volume alone is no
/// cure for a mistyped one: many such words are mistyped themselves.
const PROMINENT_TENTHS: u32 = 40;

/// The fewest letters of a word that is looked for when it was mistyped.
const FEWEST_LETTERS: usize = 4;

/// Gathers words.
#[derive(Debug)]
pub(super) struct Gatherer {
    stories: usize,
    files: usize,
    numbers: Lookup<Box<[u8]>, u32>,
    words: Vec<Word>,
    /// The story that is being gathered.
    story: u32,
    /// What reaches half of the weight there.
    half: u32,
    /// The words met in it.
    met: Vec<u32>,
}

#[derive(Debug)]
struct Word {
    bytes: Box<[u8]>,
    stories: Stories,
    is_prominent: bool,
    /// What it counts in the story that is being gathered; none if it was not met there.
    tenths: Option<u32>,
}

impl Gatherer {
    /// For a volume of so many stories and files.
    pub(super) fn new(stories: usize, files: usize) -> Self {
        Self { stories, files, numbers: Lookup::default(), words: Vec::new(), story: 0, half: 0, met: Vec::new() }
    }

    /// Begins a story whose text has so many words.
    pub(super) fn begin(&mut self, len_of_text: u32) {
        let len = len_of_text.clamp(TELLING_WORDS.0, TELLING_WORDS.1);
        // As in BM25 with b = 0.75, from one usual length for all, so that no story changes what is said of another.
        self.half = HALF_TENTHS * (USUAL_WORDS + 3 * len) / (4 * USUAL_WORDS);
    }

    /// Adds a word of the story.
    pub(super) fn add(&mut self, word: &[u8], tenths: u32) {
        let number = if let Some(number) = self.numbers.get(word) {
            *number
        } else {
            let number = u32::try_from(self.words.len()).expect("a volume has fewer words than that");
            self.numbers.insert(word.into(), number);
            self.words.push(Word {
                bytes: word.into(),
                stories: Stories::default(),
                is_prominent: false,
                tenths: None,
            });
            number
        };
        let found = &mut self.words[number as usize];
        if found.tenths.is_none() {
            self.met.push(number);
        }
        found.tenths = Some(found.tenths.unwrap_or_default() + tenths);
    }

    /// Ends the story.
    pub(super) fn end(&mut self) {
        for number in self.met.drain(..) {
            let word = &mut self.words[number as usize];
            let tenths = word.tenths.take().unwrap_or_default();
            word.is_prominent |= tenths >= PROMINENT_TENTHS;
            word.stories.push(self.story, weight(tenths, self.half));
        }
        self.story += 1;
    }

    /// The least word of each file, and the files.
    pub(super) fn finish(self) -> (Vec<Vec<u8>>, Vec<Vec<u8>>) {
        let Self { stories, files, words, .. } = self;
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

/// How much a word counts in a story, as in BM25: rising with what is said of it, ever more slowly.
fn weight(tenths: u32, half: u32) -> u8 {
    let weight = (u32::from(MAX_WEIGHT) + 1) * tenths / (tenths + half).max(1);
    u8::try_from(weight).unwrap_or(MAX_WEIGHT).min(MAX_WEIGHT)
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

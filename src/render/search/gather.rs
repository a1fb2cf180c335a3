//! The words of a quire, gathered story by story.

use super::{
    list::MAX_WEIGHT,
    quire::{self, Known, Mention},
    words::Words,
};
use crate::model::Digest;

/// How much must be said of a word in a story before half of its weight is reached, in tenths, in a text of the usual length.
const HALF_TENTHS: u32 = 60;

/// The usual length of a text, and the lengths between which it tells.
const USUAL_WORDS: u32 = 600;
const TELLING_WORDS: (u32, u32) = (150, 3000);

/// What a word counts in a story, in tenths, if it stands in its headline or is part of a name.
const PROMINENT_TENTHS: u32 = 40;

/// Gathers words.
#[derive(Debug, Default)]
pub(super) struct Gatherer {
    words: Words<Vec<Mention>>,
    /// The story that is being gathered.
    story: u32,
    /// What reaches half of the weight there.
    half: u32,
    /// What each word counts in it, by the word's number; none if it was not met there.
    tenths: Vec<Option<u32>>,
    /// The words met in it.
    met: Vec<usize>,
}

impl Gatherer {
    /// Begins the story of this number, whose text has so many words.
    pub(super) fn begin(&mut self, story: u32, len_of_text: u32) {
        self.story = story;
        let len = len_of_text.clamp(TELLING_WORDS.0, TELLING_WORDS.1);
        // As in BM25 with b = 0.75, from one usual length for all, so that no story changes what is said of another.
        self.half = HALF_TENTHS * (USUAL_WORDS + 3 * len) / (4 * USUAL_WORDS);
    }

    /// Adds a word of the story.
    pub(super) fn add(&mut self, word: &[u8], tenths: u32) {
        let number = self.words.number(word);
        self.tenths.resize(self.words.all.len(), None);
        let known = &mut self.tenths[number];
        if known.is_none() {
            self.met.push(number);
        }
        *known = Some(known.unwrap_or_default() + tenths);
    }

    /// Ends the story.
    pub(super) fn end(&mut self) {
        for number in self.met.drain(..) {
            let tenths = self.tenths[number].take().unwrap_or_default();
            let is_prominent = tenths >= PROMINENT_TENTHS;
            self.words.all[number].push(Mention { story: self.story, weight: weight(tenths, self.half), is_prominent });
        }
    }

    /// The quire, of stories that are made of this, with what is known of those that were not gathered.
    pub(super) fn finish(self, ingredients: &[Digest], known: Known<'_>) -> Vec<u8> {
        quire::written(ingredients, self.words, known)
    }
}

/// How much a word counts in a story, as in BM25: rising with what is said of it, ever more slowly.
fn weight(tenths: u32, half: u32) -> u8 {
    let weight = (u32::from(MAX_WEIGHT) + 1) * tenths / (tenths + half).max(1);
    u8::try_from(weight).unwrap_or(MAX_WEIGHT).min(MAX_WEIGHT)
}

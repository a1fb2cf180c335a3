//! A story's terms with their weights, in as little memory as can be read fast.

use super::SIGNATURE;
use crate::parse::terms::Place;

/// The bits of a term's number; the one above them tells a pair of words.
const NUMBER: u32 = u32::MAX >> 1;
const IS_PAIR: u32 = NUMBER + 1;

/// The terms of a story, the weightiest first; among equals the rarest, then by hash, both as their numbers tell.
///
/// A vector of hundreds of terms has dozens of weights. So it is written as runs of terms of one weight: a word with the weight and how many have it, then the
/// number of each. That is four bytes a term, and one product for a whole run.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Vector(Box<[u32]>);

/// A term in a vector.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) number: u32,
    pub(super) weight: u16,
    pub(super) is_pair: bool,
}

/// Terms of one weight, packed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Run<'a> {
    pub(super) weight: u16,
    terms: &'a [u32],
}

impl<'a> Run<'a> {
    /// The number of each term, and whether it is a pair of words.
    pub(super) fn terms(self) -> impl Iterator<Item = (usize, bool)> + 'a {
        self.terms.iter().map(|term| ((term & NUMBER) as usize, term & IS_PAIR != 0))
    }
}

/// A vector while it is made.
#[derive(Debug, Default)]
pub(super) struct Draft {
    /// Weight, number and which of the text's terms it is, packed in this order, so that sorting numbers sorts terms.
    terms: Vec<u64>,
}

impl Draft {
    pub(super) fn clear(&mut self) {
        self.terms.clear();
    }

    /// Adds the term at a place of the text's list.
    pub(super) fn push(&mut self, at: u16, number: u32, weight: u16) {
        self.terms.push(u64::from(weight) << 48 | u64::from(number) << 16 | u64::from(at));
    }

    /// Sorts the terms.
    pub(super) fn sort(&mut self) {
        self.terms.sort_unstable_by_key(|term| std::cmp::Reverse(*term));
    }

    /// Which of the text's terms are in the vector, in its order, with their numbers and weights.
    #[expect(clippy::cast_possible_truncation, reason = "each part is masked to its bits")]
    pub(super) fn terms(&self) -> impl ExactSizeIterator<Item = (usize, u32, u16)> {
        self.terms.iter().map(|term| (usize::from(*term as u16), (*term >> 16) as u32, (*term >> 48) as u16))
    }
}

impl Vector {
    /// The vector of terms that are in order: the number of each, its weight, and its place in the text.
    pub(super) fn of(terms: impl Iterator<Item = (u32, u16, Place)>) -> Self {
        let mut words: Vec<u32> = Vec::new();
        let mut head = None;
        for (number, weight, place) in terms {
            let at = match head {
                Some((at, of)) if of == weight => at,
                _ => {
                    words.push(u32::from(weight));
                    words.len() - 1
                }
            };
            head = Some((at, weight));
            // An article has far fewer terms than the upper half of a word can count.
            words[at] += 1 << 16;
            words.push(number | if place.is_pair() { IS_PAIR } else { 0 });
        }
        Self(words.into())
    }

    /// Its runs of terms of one weight, the weightiest first.
    pub(super) fn runs(&self) -> impl Iterator<Item = Run<'_>> {
        let mut rest = &self.0[..];
        std::iter::from_fn(move || {
            let (head, words) = rest.split_first()?;
            let (terms, after) = words.split_at((head >> 16) as usize);
            rest = after;
            #[expect(clippy::cast_possible_truncation, reason = "the lower half of the word")]
            let weight = *head as u16;
            Some(Run { weight, terms })
        })
    }

    /// Its terms, the weightiest first.
    pub(super) fn entries(&self) -> impl Iterator<Item = Entry> {
        self.runs().flat_map(|run| {
            run.terms.iter().map(move |term| Entry {
                number: term & NUMBER,
                weight: run.weight,
                is_pair: term & IS_PAIR != 0,
            })
        })
    }

    /// The terms by which the story is found.
    pub(super) fn signature(&self) -> impl Iterator<Item = Entry> {
        self.entries().take(SIGNATURE)
    }

    /// How long it is, for tests of the cost.
    pub(super) fn len_words(&self) -> usize {
        self.0.len()
    }
}

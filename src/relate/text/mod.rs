//! What stories have in common by their words: the stories of one language, each as a weighed vector of its terms.
//!
//! A term weighs the more the fewer stories have it, in steps of a power of two, so that one edited story moves the weights of few terms. All that decides an order is
//! a whole number: a weight is one of 65,536, a score a sum of products of two. So neither threads nor machines can differ.
//!
//! The clever part is that a story is looked for by the 128 terms that weigh most in it and no others: their lists are short, and what they find is then compared
//! in full. The cost of a story does not grow with the number of all.
//!
//! A list is a function of term lists alone, and every step but the numbering of terms is one of a single story: a build that keeps the term lists may redo only
//! the stories whose vectors changed, and those that share a term of a signature with one of them before or after.

mod numbers;
mod search;

use rayon::prelude::*;

use crate::{
    config::RelatedSettings,
    parse::terms::{Place, Term, Terms},
};
use numbers::Numbers;
pub use search::Scratch;
pub(super) use search::{Match, Search};

/// How many terms of a story it is found by.
const SIGNATURE: usize = 128;

/// Of how many of them the commonest is taken for its subject.
const SUBJECT_OF: usize = 16;

/// The weight of a vector's length.
const UNIT: u64 = 65_535;

/// The highest score: two equal texts of one day.
const TOP_SCORE: u64 = UNIT * UNIT * (1 << 16);

/// A text that takes part, as it comes in.
#[derive(Debug, Default)]
pub(super) struct Text {
    /// The terms of its headline and body.
    pub(super) terms: Terms,
    /// Those of its labels.
    pub(super) labels: Vec<Term>,
    /// The day of its date, counted from any first day.
    pub(super) day: i32,
}

/// A term in a story's vector, packed: its number, its weight, its place in the source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Entry(u64);

impl Entry {
    fn new(number: u32, weight: u16, place: Place) -> Self {
        Self(u64::from(number) << 32 | u64::from(weight) << 16 | u64::from(place.bits()))
    }

    fn number(self) -> u32 {
        (self.0 >> 32) as u32
    }

    #[expect(clippy::cast_possible_truncation, reason = "the second 16 bits")]
    fn weight(self) -> u16 {
        (self.0 >> 16) as u16
    }

    #[expect(clippy::cast_possible_truncation, reason = "the first 16 bits")]
    fn place(self) -> Place {
        Place::from_bits(self.0 as u16)
    }

    /// Sorts the weightiest first; among equals the rarest, then by hash.
    fn by_weight(self) -> std::cmp::Reverse<(u16, u32)> {
        std::cmp::Reverse((self.weight(), self.number()))
    }
}

/// The stories of one language. They are known by their places in the list that the collection was made from, the newest first.
#[derive(Debug, Default)]
pub(super) struct Collection {
    /// Of each story: first its signature, by weight, then its other terms.
    vectors: Vec<Box<[Entry]>>,
    days: Vec<i32>,
    /// Of each story: how many different pairs of words it has.
    pairs: Vec<u32>,
    /// Where the list of a term begins in `postings`, and at last where the last one ends.
    starts: Vec<u32>,
    /// The stories whose signature has a term, in rising order, each with the term's weight in it.
    postings: Vec<(u32, u16)>,
    closeness: Closeness,
}

impl Collection {
    /// Weighs the terms of all texts against each other. Takes time linear in their number.
    pub(super) fn of(texts: Vec<Text>, settings: &RelatedSettings) -> Self {
        let numbers = Numbers::of(&texts);
        let days: Vec<i32> = texts.iter().map(|text| text.day).collect();
        let pairs = texts.iter().map(|text| pairs(&text.terms)).collect();
        let vectors: Vec<Box<[Entry]>> =
            texts.into_par_iter().map_init(Vec::new, |gathered, text| vector(&text, &numbers, gathered)).collect();
        let terms = numbers.len();
        drop(numbers);
        let (starts, postings) = postings(&vectors, terms);
        let closeness = Closeness::of(&days, settings.half_life_days);
        Self { vectors, days, pairs, starts, postings, closeness }
    }

    fn signature(&self, story: u32) -> &[Entry] {
        let vector = &self.vectors[story as usize];
        &vector[..vector.len().min(SIGNATURE)]
    }

    /// The commonest of a story's weightiest terms: stories that share it are compared with much the same others.
    pub(super) fn subject(&self, story: u32) -> Option<u32> {
        self.signature(story).iter().take(SUBJECT_OF).map(|entry| entry.number()).min()
    }

    fn list(&self, term: u32) -> &[(u32, u16)] {
        &self.postings[self.starts[term as usize] as usize..self.starts[term as usize + 1] as usize]
    }

    fn term_count(&self) -> usize {
        self.starts.len().saturating_sub(1)
    }
}

fn pairs(terms: &Terms) -> u32 {
    let pairs = terms.iter().filter(|term| term.place.is_pair()).count();
    u32::try_from(pairs).expect("an article has fewer terms than that")
}

/// The vector of a text: of length one, without the terms that no other has.
fn vector(text: &Text, numbers: &Numbers, gathered: &mut Vec<Term>) -> Box<[Entry]> {
    let alone = numbers.gather(text, gathered);
    let mut square = alone * numbers.factor(None).pow(2);
    let mut entries: Vec<(Entry, u64)> = Vec::with_capacity(gathered.len());
    for term in gathered {
        let number = numbers.number(term.hash);
        let part = u64::from(term.tenths) * numbers.factor(number).pow(2);
        square += part;
        if let Some(number) = number {
            entries.push((Entry::new(number, 0, term.place), part));
        }
    }
    // A square root and a quotient are rounded alike on every machine.
    #[expect(clippy::cast_precision_loss, reason = "rounded alike everywhere")]
    let length = (square as f64).sqrt();
    let weighed = entries.into_iter().filter_map(|(entry, part)| {
        #[expect(
            clippy::cast_precision_loss,
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "at most 65,535"
        )]
        let weight = ((part as f64).sqrt() / length * UNIT as f64).round() as u16;
        (weight > 0).then(|| Entry::new(entry.number(), weight, entry.place()))
    });
    let mut vector: Box<[Entry]> = weighed.collect();
    if vector.len() > SIGNATURE {
        vector.select_nth_unstable_by_key(SIGNATURE - 1, |entry| entry.by_weight());
        vector[..SIGNATURE].sort_unstable_by_key(|entry| entry.by_weight());
        vector[SIGNATURE..].sort_unstable_by_key(|entry| entry.number());
    } else {
        vector.sort_unstable_by_key(|entry| entry.by_weight());
    }
    vector
}

/// The list of each term: the stories whose signature holds it.
fn postings(vectors: &[Box<[Entry]>], terms: usize) -> (Vec<u32>, Vec<(u32, u16)>) {
    let signatures = || vectors.iter().map(|vector| &vector[..vector.len().min(SIGNATURE)]);
    let mut starts = vec![0_u32; terms + 1];
    for entry in signatures().flatten() {
        starts[entry.number() as usize + 1] += 1;
    }
    for term in 0..terms {
        starts[term + 1] += starts[term];
    }
    let mut next = starts.clone();
    let mut postings = vec![(0, 0); starts[terms] as usize];
    for (story, signature) in (0_u32..).zip(signatures()) {
        for entry in signature {
            let at = &mut next[entry.number() as usize];
            postings[*at as usize] = (story, entry.weight());
            *at += 1;
        }
    }
    (starts, postings)
}

/// What the days between two stories leave of their likeness: all of it on one day, half after a very long time. Knows nothing of today.
#[derive(Debug, Default)]
struct Closeness {
    /// By days, as a share of 2^16.
    by_days: Vec<u32>,
}

impl Closeness {
    /// For stories of these days; the part that wanes is halved every `half_life` days.
    fn of(days: &[i32], half_life: u32) -> Self {
        let span = days.iter().max().zip(days.iter().min()).map_or(0, |(last, first)| first.abs_diff(*last));
        Self { by_days: (0..=span).map(|days| (1 << 15) + halved(days, half_life)).collect() }
    }

    fn between(&self, a: i32, b: i32) -> u64 {
        u64::from(self.by_days[a.abs_diff(b) as usize])
    }
}

/// `2^15 * 2^(-days / half_life)`, in whole numbers, so that no mathematical library decides a tie.
fn halved(days: u32, half_life: u32) -> u32 {
    /// `2^32 * 2^(-1/2)`, `2^(-1/4)` and so on, each the root of the one before.
    const ROOTS: [u64; 16] = [
        3_037_000_499,
        3_611_622_602,
        3_938_502_375,
        4_112_874_773,
        4_202_935_003,
        4_248_701_964,
        4_271_771_996,
        4_283_353_945,
        4_289_156_690,
        4_292_061_009,
        4_293_513_906,
        4_294_240_539,
        4_294_603_902,
        4_294_785_595,
        4_294_876_444,
        4_294_921_870,
    ];
    let whole = days / half_life;
    if whole >= 16 {
        return 0;
    }
    // The rest of the exponent as a fraction of 2^16, whose bits say which roots to multiply.
    let fraction = (u64::from(days % half_life) << 16) / u64::from(half_life);
    let product = ROOTS.iter().enumerate().filter(|(bit, _)| fraction >> (15 - bit) & 1 == 1);
    let share = product.fold(1_u64 << 32, |share, (_, root)| (share * root) >> 32);
    u32::try_from(share >> (17 + whole)).expect("a share is at most one")
}

/// A score as shown and as written in settings, from 0 to 1.
#[expect(clippy::cast_precision_loss, reason = "shown with four places")]
pub(super) fn share(score: u64) -> f64 {
    score as f64 / TOP_SCORE as f64
}

/// The least whole score that is not below a share.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "a share of 0 to 1"
)]
pub(super) fn score_of(share: f64) -> u64 {
    (share * TOP_SCORE as f64).ceil() as u64
}

#[cfg(test)]
mod tests;

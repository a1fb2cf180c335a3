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

pub(super) mod numbers;
pub(super) mod record;
mod search;
mod vector;

use rayon::prelude::*;

use crate::{
    load::{self, Shelved, Site},
    model::Lookup,
    parse::terms::{Place, Term},
};
use numbers::Numbers;
use record::{Record, Stepped, Weighed};
pub use search::Scratch;
pub(super) use search::{
    COMPARED, Common, Evidence, MOST_READ, Match, SURELY_COMPARED, Search, part_of_promise, promise,
};
use vector::{Draft, Vector};

/// How many terms of a story it is found by.
pub(super) const SIGNATURE: usize = 128;

/// Of how many of them the commonest is taken for its subject.
const SUBJECT_OF: usize = 16;

/// The weight of a vector's length.
const UNIT: u64 = 65_535;

/// The highest score: two equal texts of one day.
const TOP_SCORE: u64 = UNIT * UNIT * (1 << 16);

/// Gives the terms of the texts of a collection, one text at a time: its headline's and body's, then its labels'.
#[derive(Clone, Copy)]
pub(super) struct Reader<'a> {
    read: &'a Read<'a>,
    len: usize,
}

/// Adds the terms of a text, by its place.
pub(super) type Read<'a> = dyn Fn(usize, &mut Vec<Term>) -> Result<(), load::Error> + Sync + 'a;

impl<'a> Reader<'a> {
    pub(super) fn new(len: usize, read: &'a Read<'a>) -> Self {
        Self { read, len }
    }

    fn len(&self) -> usize {
        self.len
    }

    /// Puts the terms of a text into `terms`, in the place of what is there.
    fn read(&self, text: usize, terms: &mut Vec<Term>) -> Result<(), load::Error> {
        terms.clear();
        (self.read)(text, terms)
    }
}

/// The stories of one language. They are known by their places in the list that the collection was made from, the newest first.
#[derive(Debug, Default)]
pub(super) struct Collection {
    /// None of a story that is not known.
    vectors: Vec<Option<Vector>>,
    /// An empty one, which stands for those.
    unknown: Vector,
    /// Of each story: where the terms of its vector stand in its source, in the vector's order.
    places: Vec<Places>,
    /// Of each story: the day of its date, counted from any first day.
    days: Vec<i32>,
    /// Of each story: how many different pairs of words it has.
    pairs: Vec<u32>,
    /// Where the list of a term begins in `postings`, and at last where the last one ends.
    starts: Vec<u32>,
    /// The stories whose signature has a term, in rising order, and beside it the term's weight in each.
    postings: (Vec<u32>, Vec<u16>),
    closeness: Closeness,
    /// Where the places are, unless they are here.
    site: Option<Site>,
}

/// Takes what is to be kept of a few texts.
pub(super) type Keep<'a> = dyn FnMut(&[Record]) + 'a;

/// How many texts are weighed before what is kept of them is put away.
const AT_ONCE: usize = 512;

/// Memory for one text after another.
type Bench = (Vec<Term>, Draft, Vec<u8>);

/// What is made of a text.
struct Made {
    vector: Vector,
    places: Places,
    pairs: u32,
    record: Option<Record>,
}

impl Made {
    fn of(
        reader: &Reader<'_>,
        text: usize,
        numbers: &Numbers,
        (terms, draft, steps): &mut Bench,
        (site, is_kept): (Option<&Site>, bool),
    ) -> Result<Self, load::Error> {
        reader.read(text, terms)?;
        weigh(terms, numbers, draft, steps);
        let places: Box<[Place]> = draft.terms().map(|(at, ..)| terms[at].place).collect();
        let vector =
            Vector::of(draft.terms().zip(&places).map(|((_, number, weight), place)| (number, weight, *place)));
        let record = is_kept.then(|| {
            let stepped = terms.iter().zip(&*steps).map(|(term, step)| Stepped { term: *term, step: *step });
            Record::of(&stepped.collect::<Vec<_>>(), draft.terms().map(|(at, _, weight)| (terms[at].hash, weight)))
        });
        Ok(Self { vector, places: Places::keep(places, site), pairs: pairs(terms.iter()), record })
    }
}

/// Places of terms, which are wanted only of those that are shown.
#[derive(Debug, PartialEq)]
enum Places {
    Here(Box<[Place]>),
    Shelved(Shelved),
}

impl Places {
    fn keep(places: Box<[Place]>, site: Option<&Site>) -> Self {
        let bytes = || places.iter().flat_map(|place| place.bits().to_le_bytes()).collect::<Vec<u8>>();
        site.and_then(|site| site.shelve(&bytes())).map_or(Self::Here(places), Self::Shelved)
    }

    /// The places. What can be read no more is unknown: it is shown as nothing.
    fn read(&self, site: Option<&Site>) -> Vec<Place> {
        match (self, site) {
            (Self::Here(places), _) => places.to_vec(),
            (Self::Shelved(place), Some(site)) => {
                let bytes = site.shelved(*place).unwrap_or_default();
                let (bits, _) = bytes.as_chunks();
                bits.iter().map(|bits| Place::from_bits(u16::from_le_bytes(*bits))).collect()
            }
            (Self::Shelved(_), None) => Vec::new(),
        }
    }
}

impl Collection {
    /// Weighs the terms of all texts against each other. Takes time linear in their number.
    ///
    /// `days` has the day of each text, `all` is about how many terms there are; with a site, what is rarely wanted is put on its shelf.
    /// `keep` is given what is to be kept of the texts, some of them at a time, in order.
    ///
    /// # Errors
    /// Those of the reader.
    pub(super) fn of(
        reader: &Reader<'_>,
        days: Vec<i32>,
        (all, half_life_days): (usize, u32),
        (site, mut keep): (Option<&Site>, Option<&mut Keep<'_>>),
    ) -> Result<Self, load::Error> {
        let numbers = Numbers::of(reader, all)?;
        let closeness = Closeness::of(&days, half_life_days);
        let mut collection = Self { days, closeness, site: site.cloned(), ..Self::default() };
        for first in (0..reader.len()).step_by(AT_ONCE) {
            let texts = first..reader.len().min(first + AT_ONCE);
            let is_kept = keep.is_some();
            let make = |bench: &mut Bench, text| Made::of(reader, text, &numbers, bench, (site, is_kept));
            let made = texts.into_par_iter().with_min_len(16).map_init(Bench::default, make);
            let made: Vec<Made> = made.collect::<Result<_, load::Error>>()?;
            let mut records = Vec::with_capacity(made.len());
            for Made { vector, places, pairs, record } in made {
                collection.vectors.push(Some(vector));
                collection.places.push(places);
                collection.pairs.push(pairs);
                records.extend(record);
            }
            if let Some(keep) = &mut keep {
                keep(&records);
            }
        }
        let terms = numbers.len();
        drop(numbers);
        (collection.starts, collection.postings) = postings(&collection.vectors, terms);
        Ok(collection)
    }

    /// A collection of which only some stories and some lists are known.
    ///
    /// `vectors` are those of these stories, `lists` those of these terms. Any question about another story gives an answer that must not be used; the search that
    /// was asked tells it, by [`Search::has_missed`]. Terms are numbered as they come: no order depends on their numbers.
    pub(super) fn some(
        (days, pairs, half_life_days): (Vec<i32>, Vec<u32>, u32),
        vectors: &[(u32, &[Weighed])],
        lists: &[(u64, Vec<(u32, u16)>)],
    ) -> Self {
        // Half of the terms of stories that have much in common.
        let room = lists.len() + vectors.iter().map(|(_, terms)| terms.len()).sum::<usize>() / 2;
        let mut numbers: Lookup<u64, u32> = Lookup::with_room_for(room);
        let mut number = |hash: u64| {
            let next = u32::try_from(numbers.len()).expect("there are fewer terms than that");
            let found = numbers.get(&hash).copied();
            found.unwrap_or_else(|| {
                numbers.insert(hash, next);
                next
            })
        };
        let mut collection = Self { closeness: Closeness::of(&days, half_life_days), ..Self::default() };
        collection.starts.push(0);
        for (hash, list) in lists {
            number(*hash);
            let (stories, weights) = &mut collection.postings;
            stories.extend(list.iter().map(|(story, _)| *story));
            weights.extend(list.iter().map(|(_, weight)| *weight));
            collection.starts.push(u32::try_from(stories.len()).expect("there are fewer entries than that"));
        }
        collection.vectors.resize_with(days.len(), || None);
        collection.places.resize_with(days.len(), || Places::Here(Box::default()));
        for (story, terms) in vectors {
            let numbered: Vec<_> = terms.iter().map(|term| (number(term.hash), term.weight, term.place)).collect();
            collection.vectors[*story as usize] = Some(Vector::of(numbered.into_iter()));
            collection.places[*story as usize] = Places::Here(terms.iter().map(|term| term.place).collect());
        }
        let end = collection.starts[lists.len()];
        collection.starts.resize(numbers.len() + 1, end);
        Self { days, pairs, ..collection }
    }

    /// The vector of a story; an empty one if it is not known.
    fn vector(&self, story: u32) -> &Vector {
        self.vectors[story as usize].as_ref().unwrap_or(&self.unknown)
    }

    fn knows(&self, story: u32) -> bool {
        self.vectors[story as usize].is_some()
    }

    /// The commonest of a story's weightiest terms: stories that share it are compared with much the same others.
    pub(super) fn subject(&self, story: u32) -> Option<u32> {
        self.vector(story).entries().take(SUBJECT_OF).map(|entry| entry.number).min()
    }

    fn list(&self, term: u32) -> (&[u32], &[u16]) {
        let list = self.starts[term as usize] as usize..self.starts[term as usize + 1] as usize;
        (&self.postings.0[list.clone()], &self.postings.1[list])
    }

    /// How many of each story's terms are pairs of words. All else that takes memory is gone.
    pub(super) fn into_pairs(self) -> Vec<u32> {
        self.pairs
    }

    /// Where the terms of a story's vector stand, in its order.
    fn places(&self, story: u32) -> Vec<Place> {
        self.places[story as usize].read(self.site.as_ref())
    }

    /// How much the days between two stories leave of their likeness, of 2^16.
    pub(super) fn closeness(&self, a: u32, b: u32) -> u64 {
        self.closeness.between(self.days[a as usize], self.days[b as usize])
    }

    fn term_count(&self) -> usize {
        self.starts.len().saturating_sub(1)
    }
}

/// How many of the terms of a text are pairs of words.
pub(super) fn pairs<'a>(terms: impl Iterator<Item = &'a Term>) -> u32 {
    let pairs = terms.filter(|term| term.place.is_pair()).count();
    u32::try_from(pairs).expect("an article has fewer terms than that")
}

/// Puts the vector of a text into `draft`: of length one, and without the terms that no other has.
fn weigh(terms: &[Term], numbers: &Numbers, draft: &mut Draft, steps: &mut Vec<u8>) {
    let rarity = numbers.rarity();
    let part = |term: &Term, step| u64::from(term.tenths) * rarity.factor(step).pow(2);
    let numbered = numbers.of_terms(terms);
    draft.clear();
    steps.clear();
    steps.resize(terms.len(), 0);
    for (at, number) in &numbered {
        steps[usize::from(*at)] = u8::try_from(numbers.step(*number)).expect("a step is a small number");
    }
    let square = terms.iter().zip(&*steps).map(|(term, step)| part(term, u32::from(*step))).sum();
    for (at, number) in numbered {
        let (term, step) = (&terms[usize::from(at)], steps[usize::from(at)]);
        let weight = weight(part(term, u32::from(step)), square);
        if weight > 0 {
            draft.push(at, number, weight);
        }
    }
    draft.sort();
}

/// The weight of a term, which is the square root of its part of the vector's length.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "at most 65,535; a square root and a quotient are rounded alike on every machine"
)]
fn weight(part: u64, square: u64) -> u16 {
    ((part as f64).sqrt() / (square as f64).sqrt() * UNIT as f64).round() as u16
}

/// The list of each term: the stories whose signature holds it.
fn postings(vectors: &[Option<Vector>], terms: usize) -> (Vec<u32>, (Vec<u32>, Vec<u16>)) {
    let mut starts = vec![0_u32; terms + 1];
    for entry in vectors.iter().flatten().flat_map(Vector::signature) {
        starts[entry.number as usize + 1] += 1;
    }
    for term in 0..terms {
        starts[term + 1] += starts[term];
    }
    let mut next = starts.clone();
    let all = starts[terms] as usize;
    let (mut stories, mut weights) = (vec![0; all], vec![0; all]);
    for (story, vector) in (0_u32..).zip(vectors) {
        for entry in vector.iter().flat_map(Vector::signature) {
            let at = &mut next[entry.number as usize];
            (stories[*at as usize], weights[*at as usize]) = (story, entry.weight);
            *at += 1;
        }
    }
    (starts, (stories, weights))
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
        Self { by_days: (0..=span).map(|days| of_days(days, half_life)).collect() }
    }

    fn between(&self, a: i32, b: i32) -> u64 {
        u64::from(self.by_days[a.abs_diff(b) as usize])
    }
}

/// What so many days between two stories leave of their likeness, of 2^16.
pub(super) fn closeness(days: u32, half_life: u32) -> u64 {
    of_days(days, half_life).into()
}

fn of_days(days: u32, half_life: u32) -> u32 {
    (1 << 15) + halved(days, half_life)
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

//! A text as it is kept from one build to the next: its terms, how common each is, and what it is found by.

use std::{cmp::Reverse, hash::BuildHasher};

use foldhash::fast::FixedState;

use super::{
    SIGNATURE,
    numbers::{Rarity, rank},
    weight,
};
use crate::parse::terms::{Place, Term};

/// How many bytes the hash of a term takes in a record, and the rest of it.
const HASH_BYTES: usize = 5;
const REST_BYTES: usize = 4;

/// How many bits the count of a term takes; above them stands its step.
const TENTHS_BITS: u32 = 11;

/// A term of a text and its step: 2 to this power of texts have it, or more, but not twice as many. 0 if no other has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::relate) struct Stepped {
    pub(in crate::relate) term: Term,
    pub(in crate::relate) step: u8,
}

/// A term of a vector that is not numbered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::relate) struct Weighed {
    pub(in crate::relate) hash: u64,
    pub(in crate::relate) weight: u16,
    pub(in crate::relate) place: Place,
}

/// The terms of a text in three parts, each of which is read without the others.
#[derive(Debug, Default)]
pub(in crate::relate) struct Record {
    /// What its terms are.
    pub(in crate::relate) hashes: Vec<u8>,
    /// How often each was met, its step and its place.
    pub(in crate::relate) rest: Vec<u8>,
    /// The weightiest of them with their weights.
    pub(in crate::relate) signature: Vec<u8>,
}

impl Record {
    /// The record of a text; `vector` are its terms, the weightiest first.
    pub(in crate::relate) fn of(terms: &[Stepped], vector: impl Iterator<Item = (u64, u16)>) -> Self {
        let mut record = Self::default();
        record.hashes.reserve(terms.len() * HASH_BYTES);
        record.rest.reserve(terms.len() * REST_BYTES);
        for Stepped { term, step } in terms {
            record.hashes.extend_from_slice(&term.hash.to_le_bytes()[..HASH_BYTES]);
            let counted = term.tenths | u32::from(*step) << TENTHS_BITS | u32::from(term.place.bits()) << 16;
            record.rest.extend_from_slice(&counted.to_le_bytes());
        }
        for (hash, weight) in vector.take(SIGNATURE) {
            record.signature.extend_from_slice(&(hash << 16 | u64::from(weight)).to_le_bytes());
        }
        record
    }
}

/// The hashes of a text's terms, in order.
pub(in crate::relate) fn hashes(bytes: &[u8]) -> impl Iterator<Item = u64> {
    bytes.as_chunks::<HASH_BYTES>().0.iter().map(|[a, b, c, d, e]| u64::from_le_bytes([*a, *b, *c, *d, *e, 0, 0, 0]))
}

/// The terms of a signature with their weights.
#[expect(clippy::cast_possible_truncation, reason = "the lower 16 bits")]
pub(in crate::relate) fn signature(bytes: &[u8]) -> impl Iterator<Item = (u64, u16)> {
    bytes.as_chunks().0.iter().map(|term| u64::from_le_bytes(*term)).map(|term| (term >> 16, term as u16))
}

/// The terms of a text from both parts of its record.
#[expect(clippy::cast_possible_truncation, reason = "each part is masked to its bits")]
pub(in crate::relate) fn terms(hash_bytes: &[u8], rest: &[u8]) -> Vec<Stepped> {
    let rest = rest.as_chunks().0.iter().map(|rest| u32::from_le_bytes(*rest));
    let term = |(hash, rest): (u64, u32)| {
        let tenths = rest & ((1 << TENTHS_BITS) - 1);
        let term = Term { hash, tenths, place: Place::from_bits((rest >> 16) as u16) };
        Stepped { term, step: (rest as u16 >> TENTHS_BITS) as u8 }
    };
    hashes(hash_bytes).zip(rest).map(term).collect()
}

/// How many bytes the parts of a record take that has so many terms.
pub(in crate::relate) fn part_lens(terms: u32) -> (usize, usize) {
    (terms as usize * HASH_BYTES, terms as usize * REST_BYTES)
}

/// Tells damage. It need not withstand anybody who wants it to err: who can write here can write anywhere in the site.
pub(in crate::relate) fn seal(bytes: &[u8]) -> u64 {
    FixedState::with_seed(0).hash_one(bytes)
}

/// The vector of a text, the weightiest first, ties as [`super::vector::Vector`] has them: by which is rarer, then by hash.
pub(in crate::relate) fn weighed(terms: &[Stepped], rarity: Rarity) -> Vec<Weighed> {
    let part = |Stepped { term, step }: &Stepped| u64::from(term.tenths) * rarity.factor((*step).into()).pow(2);
    let square: u64 = terms.iter().map(part).sum();
    let weigh = |stepped: &Stepped| {
        let weight = weight(part(stepped), square);
        let Stepped { term: Term { hash, place, .. }, step } = *stepped;
        (weight > 0 && step > 0)
            .then(|| (u64::from(weight) << 48 | rank(step.into(), hash), Weighed { hash, weight, place }))
    };
    let mut weighed: Vec<(u64, Weighed)> = terms.iter().filter_map(weigh).collect();
    weighed.sort_unstable_by_key(|(order, _)| Reverse(*order));
    weighed.into_iter().map(|(_, weighed)| weighed).collect()
}

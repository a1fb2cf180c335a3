//! Going through kept records of many texts for a few terms.
//!
//! There is no index from terms to texts: one would be as large as the records, and each edit would change it in hundreds of places. To read all hashes of 100,000
//! texts in the order in which they lie takes a fraction of the time that one list per text would.

use rayon::prelude::*;

use super::kept::Archive;
use super::text::record;
use crate::model::Lookup;

/// How many bytes are read in one piece, and over how large a gap.
const PIECE_BYTES: u64 = 1 << 20;
const GAP_BYTES: u64 = 1 << 14;

/// A part of a text's record.
#[derive(Debug, Clone, Copy)]
pub(super) struct Span {
    pub(super) text: u32,
    pub(super) at: u64,
    pub(super) len: usize,
    pub(super) seal: u64,
}

/// The terms that are looked for, each with a number.
#[derive(Debug, Default)]
pub(super) struct Wanted {
    /// A row of bits that lets most others fail at once. Its length is a power of two.
    bits: Vec<u64>,
    numbers: Lookup<u64, u32>,
}

impl Wanted {
    /// Looks for these; each is numbered by its place among them.
    pub(super) fn of(keys: impl ExactSizeIterator<Item = u64>) -> Self {
        let words = (keys.len() / 4).next_power_of_two().max(64);
        let mut wanted = Self { bits: vec![0; words], numbers: Lookup::default() };
        for (number, key) in (0..).zip(keys) {
            let (word, bit) = wanted.bit(key);
            wanted.bits[word] |= bit;
            wanted.numbers.insert(key, number);
        }
        wanted
    }

    #[expect(clippy::cast_possible_truncation, reason = "masked to the length of the row")]
    fn bit(&self, key: u64) -> (usize, u64) {
        (key as usize >> 6 & (self.bits.len() - 1), 1 << (key & 63))
    }

    pub(super) fn number(&self, key: u64) -> Option<u32> {
        let (word, bit) = self.bit(key);
        if self.bits[word] & bit == 0 { None } else { self.numbers.get(&key).copied() }
    }
}

/// Goes through parts of records, in the order in which they lie; `look` notes what it finds in one of them. None if any is not as it was written.
pub(super) fn sweep<T: Default + Send>(
    archive: &dyn Archive,
    mut spans: Vec<Span>,
    look: impl Fn(&mut T, u32, &[u8]) + Sync,
) -> Option<Vec<T>> {
    spans.sort_unstable_by_key(|span| span.at);
    let mut pieces: Vec<&[Span]> = Vec::new();
    let mut rest = &spans[..];
    while let Some(first) = rest.first() {
        let mut end = first.at;
        let is_near = |span: &&Span| {
            let is_near = span.at <= end + GAP_BYTES && span.at + span.len as u64 <= first.at + PIECE_BYTES;
            end = span.at + span.len as u64;
            is_near
        };
        let count = rest.iter().take_while(is_near).count().max(1);
        let (piece, after) = rest.split_at(count);
        pieces.push(piece);
        rest = after;
    }
    let look = |bytes: &mut Vec<u8>, piece: &&[Span]| {
        let (first, last) = piece.first().zip(piece.last())?;
        bytes.resize(usize::try_from(last.at - first.at).ok()? + last.len, 0);
        if !archive.read(first.at, bytes) {
            return None;
        }
        let mut found = T::default();
        for span in *piece {
            let start = usize::try_from(span.at - first.at).ok()?;
            let part = bytes.get(start..start + span.len)?;
            if record::seal(part) != span.seal {
                return None;
            }
            look(&mut found, span.text, part);
        }
        Some(found)
    };
    // One piece of memory for many of the file.
    let many = pieces.len().div_ceil(rayon::current_num_threads() * 4).max(1);
    let found = pieces.par_chunks(many).map(|pieces| {
        let mut bytes = Vec::new();
        pieces.iter().map(|piece| look(&mut bytes, piece)).collect::<Option<Vec<T>>>()
    });
    Some(found.collect::<Option<Vec<_>>>()?.into_iter().flatten().collect())
}

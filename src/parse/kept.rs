//! What is kept of documents for the next build, so that a rebuild reads and parses what was edited.
//!
//! What is made of a document depends on the bytes and the path of its file, on whether its folder is a bundle, and on the settings. A record holds the first three
//! beside what was made, and may be used wherever they are the same, whichever build wrote it and whatever became of that build; the settings are in the key
//! under which records are kept ([`depends_on`]). So a file of records is a set of true sentences, of which some are of no use any more.
//!
//! A file whose stamp is the one in its record, and can be trusted, is not read. Term lists and bodies are not kept here, and documents with errors not at all:
//! they are few, and soon mended.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::{Document, place::Bundles};
use crate::{
    config::Config,
    load::{FileTime, Site, Source, Stamp},
    model::SourcePath,
};

/// The bytes of a block after which another is begun: small enough to be held by each thread, and large enough that a thread does not go for one often.
const BLOCK_BYTES: usize = 1 << 18;

/// Where blocks of records lie, and where new ones go.
pub trait Keeper: Sync {
    /// Whether what is added will be kept.
    fn is_open(&self) -> bool;
    /// How many blocks there are.
    fn count(&self) -> usize;
    /// The bytes of a block; none if they are not as they were added.
    fn block(&self, number: usize) -> Option<Vec<u8>>;
    /// Forgets what cannot be understood; what is added from now on takes its place.
    fn distrust(&mut self);
    /// Forgets all blocks; what is added from now on takes their place.
    fn renew(&mut self);
    /// Adds a block.
    fn add(&mut self, bytes: &[u8]);
}

/// Keeps nothing.
#[derive(Debug, Clone, Copy)]
pub struct Nothing;

impl Keeper for Nothing {
    fn is_open(&self) -> bool {
        false
    }

    fn count(&self) -> usize {
        0
    }

    fn block(&self, _: usize) -> Option<Vec<u8>> {
        None
    }

    fn distrust(&mut self) {}

    fn renew(&mut self) {}

    fn add(&mut self, _: &[u8]) {}
}

/// The bytes that stand for all settings by which documents are parsed.
pub fn depends_on(config: &Config) -> Vec<u8> {
    let Config { zone, zone_is_set, extra_fields, html, language, .. } = config;
    let settings = (zone.name(), zone_is_set, extra_fields, html, language);
    postcard::to_allocvec(&settings).expect("settings can be written into memory")
}

/// What stands at the beginning of a block.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct Opening {
    /// When the build began that wrote it.
    began_at: Option<FileTime>,
    /// Whether it was added to a file that was there. Only such a block may have a record of a document that another block has as well.
    is_added: bool,
}

/// A document in a block, in front of the bytes that tell what was made of it.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct Entry<'a> {
    path: &'a str,
    stamp: Stamp,
    hash: [u8; 32],
    is_in_bundle: bool,
    len_bytes: u32,
}

#[derive(Debug, Clone, Copy)]
struct Record<'a> {
    entry: Entry<'a>,
    /// When the build began that wrote it.
    began_at: Option<FileTime>,
    made: &'a [u8],
}

/// What was found of the documents of a site.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// Of each source what is known.
    pub(super) known: Vec<Option<Known>>,
    /// How many files were read to tell whether they are as they were.
    pub(super) read: usize,
    /// Bytes of all records.
    all: usize,
    /// Bytes of the records that still hold.
    used: usize,
}

/// A document that is as it was.
#[derive(Debug)]
pub(super) struct Known {
    pub(super) document: Box<Document>,
    /// Whether its record has a stamp by which that could be told.
    pub(super) is_stamped: bool,
}

/// Finds what is known of each source; none if anything that was kept cannot be understood.
pub(super) fn find(site: &Site, sources: &[Source], bundles: &Bundles, keeper: &impl Keeper) -> Option<Found> {
    let desk = Desk { site, sources, bundles };
    let (mut first_added, mut added) = (keeper.count(), Vec::new());
    while let Some(number) = first_added.checked_sub(1) {
        let bytes = keeper.block(number)?;
        if !opening(&bytes)?.0.is_added {
            break;
        }
        added.push(bytes);
        first_added = number;
    }
    let mut found = Found { known: sources.iter().map(|_| None).collect(), ..Found::default() };
    // The last record of a document is the one that may be about the file as it is.
    let (mut is_settled, mut newest) = (vec![false; sources.len()], Vec::new());
    for bytes in &added {
        for (at, record) in desk.records(bytes, &mut found.all)? {
            if !std::mem::replace(&mut is_settled[at], true) {
                newest.push((at, record));
            }
        }
    }
    let newest = newest.par_iter().map(|(at, record)| desk.judge(*at, record));
    found.take(newest.collect::<Option<Vec<_>>>()?);
    let blocks = (0..first_added).into_par_iter().map(|number| {
        let (bytes, mut all) = (keeper.block(number)?, 0);
        let records = desk.records(&bytes, &mut all)?.into_iter().filter(|(at, _)| !is_settled[*at]);
        records.map(|(at, record)| desk.judge(at, &record)).collect::<Option<Vec<_>>>().map(|judged| (judged, all))
    });
    for (judged, all) in blocks.collect::<Option<Vec<_>>>()? {
        found.all += all;
        found.take(judged);
    }
    Some(found)
}

/// What has become of the document of one record.
struct Judged {
    at: usize,
    known: Option<Known>,
    is_read: bool,
    len_bytes: usize,
}

impl Found {
    /// What there is to find where nothing is kept.
    pub(super) fn nothing(sources: &[Source]) -> Self {
        Self { known: sources.iter().map(|_| None).collect(), ..Self::default() }
    }

    /// Whether so much is out of date that all should be written anew. An eighth: so what an edit adds is written eight times more in the long run, at most.
    pub(super) fn is_worn(&self) -> bool {
        self.all - self.used > self.all / 8
    }

    fn take(&mut self, judged: Vec<Judged>) {
        for Judged { at, known, is_read, len_bytes } in judged {
            self.read += usize::from(is_read);
            self.used += if known.is_some() { len_bytes } else { 0 };
            self.known[at] = known;
        }
    }
}

/// What records are judged by.
struct Desk<'a> {
    site: &'a Site,
    sources: &'a [Source],
    bundles: &'a Bundles,
}

impl Desk<'_> {
    /// The records of a block of which there is still a source, with its number; none if the block cannot be understood.
    fn records<'b>(&self, block: &'b [u8], all: &mut usize) -> Option<Vec<(usize, Record<'b>)>> {
        let (Opening { began_at, .. }, mut rest) = opening(block)?;
        let (mut records, mut next) = (Vec::new(), 0);
        while !rest.is_empty() {
            let (entry, after): (Entry<'_>, _) = postcard::take_from_bytes(rest).ok()?;
            let (made, after) = after.split_at_checked(usize::try_from(entry.len_bytes).ok()?)?;
            rest = after;
            *all += made.len();
            // Both are sorted by path, so that the next is nearly always the one.
            let path = |source: &Source| source.path.as_str() == entry.path;
            let is_next = self.sources.get(next).is_some_and(path);
            let by_path = |source: &Source| source.path.as_str().cmp(entry.path);
            if let Some(at) = if is_next { Some(next) } else { self.sources.binary_search_by(by_path).ok() } {
                records.push((at, Record { entry, began_at, made }));
                next = at + 1;
            }
        }
        Some(records)
    }

    /// Whether a record tells of the document as it is; none if it cannot be understood.
    fn judge(&self, at: usize, Record { entry, began_at, made }: &Record<'_>) -> Option<Judged> {
        let (source, hash) = (&self.sources[at], blake3::Hash::from_bytes(entry.hash));
        let mut judged = Judged { at, known: None, is_read: false, len_bytes: made.len() };
        if self.bundles.contains(source.path.folder()) != entry.is_in_bundle {
            return Some(judged);
        }
        let is_stamped = began_at.is_some_and(|began_at| source.is_as_it_was(&entry.stamp, began_at));
        if !is_stamped {
            judged.is_read = true;
            if !self.site.read(&source.path).is_ok_and(|bytes| blake3::hash(&bytes) == hash) {
                return Some(judged);
            }
        }
        let mut document: Box<Document> = postcard::from_bytes(made).ok()?;
        (document.path, document.hash) = (source.path.clone(), hash);
        judged.known = Some(Known { document, is_stamped });
        Some(judged)
    }
}

fn opening(block: &[u8]) -> Option<(Opening, &[u8])> {
    postcard::take_from_bytes(block).ok()
}

/// Writes records into blocks.
pub(super) struct Writer<'a, K> {
    keeper: &'a mut K,
    opening: Opening,
    block: Vec<u8>,
}

impl<'a, K: Keeper> Writer<'a, K> {
    /// Goes on where blocks are, or begins.
    pub(super) fn new(keeper: &'a mut K, began_at: Option<FileTime>) -> Self {
        let opening = Opening { began_at, is_added: keeper.count() > 0 };
        Self { keeper, opening, block: Vec::new() }
    }

    /// Writes the record of a document.
    pub(super) fn write(&mut self, record: &[u8]) {
        if self.block.is_empty() {
            self.block = postcard::to_allocvec(&self.opening).expect("a few bytes can be written into memory");
        }
        self.block.extend_from_slice(record);
        if self.block.len() > BLOCK_BYTES {
            self.finish();
        }
    }

    /// Hands over what is left.
    pub(super) fn finish(&mut self) {
        if !self.block.is_empty() {
            self.keeper.add(&self.block);
            self.block.clear();
        }
    }
}

/// The record of a document; none if nothing is kept of such a one.
pub(super) fn record(source: &Source, document: &Document, bundles: &Bundles) -> Option<Vec<u8>> {
    if document.has_errors() {
        return None;
    }
    let made = postcard::to_allocvec(document).ok()?;
    let entry = Entry {
        path: source.path.as_str(),
        stamp: source.stamp,
        hash: document.hash.into(),
        is_in_bundle: bundles.contains(source.path.folder()),
        len_bytes: u32::try_from(made.len()).ok()?,
    };
    let mut record = postcard::to_extend(&entry, Vec::with_capacity(made.len() + 256)).ok()?;
    record.extend_from_slice(&made);
    Some(record)
}

/// What [`Document`] has in the place of what stands beside it in a record.
pub(super) fn no_path() -> SourcePath {
    SourcePath::new("")
}

/// As [`no_path`].
pub(super) fn no_hash() -> blake3::Hash {
    blake3::Hash::from_bytes([0; 32])
}

/// The fields that a site defines: values of any kind, which the compact form needs to be told of.
pub(super) mod extra {
    use std::collections::BTreeMap;

    use serde::{Deserialize, Deserializer, Serialize, Serializer};
    use serde_json::Value;

    #[derive(Serialize, Deserialize)]
    enum Plain {
        Null,
        Bool(bool),
        Whole(i64),
        Large(u64),
        Number(f64),
        Text(String),
        List(Vec<Plain>),
        Map(Vec<(String, Plain)>),
    }

    impl From<&Value> for Plain {
        fn from(value: &Value) -> Self {
            match value {
                Value::Null => Self::Null,
                Value::Bool(is) => Self::Bool(*is),
                Value::Number(number) => match (number.as_i64(), number.as_u64()) {
                    (Some(whole), _) => Self::Whole(whole),
                    (None, Some(large)) => Self::Large(large),
                    _ => Self::Number(number.as_f64().unwrap_or_default()),
                },
                Value::String(text) => Self::Text(text.clone()),
                Value::Array(items) => Self::List(items.iter().map(Self::from).collect()),
                Value::Object(fields) => {
                    Self::Map(fields.iter().map(|(name, value)| (name.clone(), value.into())).collect())
                }
            }
        }
    }

    impl From<Plain> for Value {
        fn from(plain: Plain) -> Self {
            match plain {
                Plain::Null => Self::Null,
                Plain::Bool(is) => Self::Bool(is),
                Plain::Whole(whole) => whole.into(),
                Plain::Large(large) => large.into(),
                Plain::Number(number) => number.into(),
                Plain::Text(text) => Self::String(text),
                Plain::List(items) => items.into_iter().map(Self::from).collect(),
                Plain::Map(fields) => fields.into_iter().map(|(name, value)| (name, Self::from(value))).collect(),
            }
        }
    }

    pub(in crate::parse) fn serialize<S: Serializer>(
        extra: &BTreeMap<String, Value>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_map(extra.iter().map(|(name, value)| (name, Plain::from(value))))
    }

    pub(in crate::parse) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<BTreeMap<String, Value>, D::Error> {
        let plain = BTreeMap::<String, Plain>::deserialize(deserializer)?;
        Ok(plain.into_iter().map(|(name, value)| (name, value.into())).collect())
    }
}

#[cfg(test)]
mod tests;

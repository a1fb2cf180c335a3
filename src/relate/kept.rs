//! What the making of related lists keeps for the next build: of each article its list, the evidence for it, and where its record is.

use super::{
    StoryId,
    related::{KEPT_TERMS, Reason, Related, Shared},
};
use crate::parse::terms::Place;

/// Bytes that outlive a build, in a file that only grows until it is made anew.
pub trait Archive: Sync {
    /// Whether anything can be kept.
    fn is_open(&self) -> bool;
    /// What the last build kept, as [`super::Renewed::state`] told it; none if there is nothing of use.
    fn state(&self) -> Option<&[u8]>;
    /// How many bytes were added since the file was begun.
    fn len_bytes(&self) -> u64;
    /// Reads bytes that were added before; false if that cannot be done.
    fn read(&self, at: u64, into: &mut [u8]) -> bool;
    /// Adds bytes to those of the last build, and tells where; none if that cannot be done.
    fn add(&self, bytes: &[u8]) -> Option<u64>;
    /// Adds bytes to a new file, which takes the place of the last build's.
    fn add_anew(&self, bytes: &[u8]) -> Option<u64>;
}

/// How many stories a list compares at most; and what stands for none of them.
pub(super) const COMPARED: usize = super::text::COMPARED;
pub(super) const NOBODY: u32 = u32::MAX;

/// Where the record of a text is, and what tells that it is still what it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Filed {
    pub(super) hashes: u64,
    pub(super) rest: u64,
    pub(super) signature: u64,
    /// How many terms there are, and how many in the signature.
    pub(super) terms: u32,
    pub(super) signature_terms: u32,
    /// How many of the terms, the last of them, are those of its labels.
    pub(super) label_terms: u32,
    pub(super) seals: [u64; 3],
}

/// What decides what a list may hold, text aside: hashes, equal if nothing changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Traits {
    /// Of the bytes of its source, and of how much of its live coverage is out.
    pub(super) source: [u8; 16],
    /// Its labels, whose terms are part of its text.
    pub(super) labels: u64,
    /// Its section.
    pub(super) section: u64,
    /// All else: who may stand with whom, pins, never-pairs, neighbours of its series.
    pub(super) rest: u64,
}

/// By what a list was made, as far as it tells when it has to be made again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Ground {
    /// The stories that were compared in full; beyond them [`NOBODY`].
    pub(super) compared: [u32; COMPARED],
    pub(super) least_promise: u64,
    pub(super) last_of_best: u64,
    pub(super) read: u32,
    pub(super) flags: u32,
}

impl Ground {
    /// The text was searched.
    pub(super) const SEARCHED: u32 = 1;
    /// A list of postings was too long to be read.
    pub(super) const PASSED_OVER: u32 = 2;
    /// There was room for stories of the section.
    pub(super) const TRIED_SECTION: u32 = 4;
    /// It holds what is no article, and is made each time.
    pub(super) const HOLDS_PAGE: u32 = 8;

    pub(super) fn is(&self, flag: u32) -> bool {
        self.flags & flag != 0
    }

    pub(super) fn compared(&self) -> impl Iterator<Item = u32> {
        self.compared.iter().copied().take_while(|id| *id != NOBODY)
    }
}

/// An article as the last build left it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct KeptArticle {
    /// Its date in seconds since 1970, and its path: by these, newest first, articles are in order.
    pub(super) date: i64,
    pub(super) path: Box<str>,
    /// Which of the languages it is written in.
    pub(super) language: u32,
    pub(super) traits: Traits,
    pub(super) pairs: u32,
    pub(super) filed: Filed,
    pub(super) ground: Ground,
    pub(super) list: Vec<Related>,
}

/// What a build keeps.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Kept {
    /// A hash of all settings that decide lists.
    pub(super) settings: u64,
    pub(super) languages: Vec<String>,
    pub(super) articles: Vec<KeptArticle>,
}

impl Kept {
    pub(super) fn write(&self) -> Vec<u8> {
        let mut out = Writer(Vec::with_capacity(64 + self.articles.len() * 520));
        out.u64(self.settings);
        out.len(self.languages.len());
        self.languages.iter().for_each(|language| out.text(language));
        out.len(self.articles.len());
        for article in &self.articles {
            article.write(&mut out);
        }
        out.0
    }

    /// None if the bytes were not written by [`Self::write`].
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        let mut input = Reader(bytes);
        let settings = input.u64()?;
        let languages = (0..input.u32()?).map(|_| input.text().map(Into::into)).collect::<Option<_>>()?;
        let count = input.u32()?;
        // No more room than what is there can fill.
        let mut articles = Vec::with_capacity((count as usize).min(bytes.len() / 64));
        for _ in 0..count {
            articles.push(KeptArticle::read(&mut input)?);
        }
        input.0.is_empty().then_some(Self { settings, languages, articles })
    }
}

impl KeptArticle {
    fn write(&self, out: &mut Writer) {
        #[expect(clippy::cast_sign_loss, reason = "read back the same way")]
        out.u64(self.date as u64);
        out.text(&self.path);
        out.u32(self.language);
        out.0.extend_from_slice(&self.traits.source);
        out.u64s(&[self.traits.labels, self.traits.section, self.traits.rest]);
        out.u32(self.pairs);
        let Filed { hashes, rest, signature, terms, signature_terms, label_terms, seals } = self.filed;
        out.u64s(&[hashes, rest, signature]);
        out.u32(terms);
        out.u32(signature_terms);
        out.u32(label_terms);
        out.u64s(&seals);
        let Ground { least_promise, last_of_best, read, flags, .. } = self.ground;
        out.u64s(&[least_promise, last_of_best]);
        out.u32(read);
        out.u32(flags);
        out.len(self.ground.compared().count());
        self.ground.compared().for_each(|id| out.u32(id));
        out.len(self.list.len());
        for Related { story, reason, shared } in &self.list {
            out.len(story.index());
            out.0.extend([*reason as u8, shared.len]);
            shared.iter().for_each(|place| out.0.extend_from_slice(&place.bits().to_le_bytes()));
        }
    }

    #[expect(clippy::cast_possible_wrap, reason = "written the same way")]
    fn read(input: &mut Reader<'_>) -> Option<Self> {
        let (date, path, language) = (input.u64()? as i64, input.text()?.into(), input.u32()?);
        let source = input.array()?;
        let traits = Traits { source, labels: input.u64()?, section: input.u64()?, rest: input.u64()? };
        let pairs = input.u32()?;
        let (hashes, rest, signature) = (input.u64()?, input.u64()?, input.u64()?);
        let (terms, signature_terms, label_terms) = (input.u32()?, input.u32()?, input.u32()?);
        let seals = [input.u64()?, input.u64()?, input.u64()?];
        let filed = Filed { hashes, rest, signature, terms, signature_terms, label_terms, seals };
        let (least_promise, last_of_best) = (input.u64()?, input.u64()?);
        let (read, flags) = (input.u32()?, input.u32()?);
        let mut compared = [NOBODY; COMPARED];
        let len = input.u32()? as usize;
        for id in compared.get_mut(..len)? {
            *id = input.u32()?;
        }
        let ground = Ground { compared, least_promise, last_of_best, read, flags };
        let len = input.u32()? as usize;
        let mut list = Vec::with_capacity(len.min(64));
        for _ in 0..len {
            let story = StoryId::new(input.u32()? as usize);
            let [reason, len] = input.array()?;
            let reason = *[Reason::Pin, Reason::Series, Reason::Text, Reason::Section].get(usize::from(reason))?;
            let mut places = [Place::default(); KEPT_TERMS];
            for place in places.get_mut(..len.into())? {
                *place = Place::from_bits(u16::from_le_bytes(input.array()?));
            }
            list.push(Related { story, reason, shared: Shared { places, len } });
        }
        Some(Self { date, path, language, traits, pairs, filed, ground, list })
    }
}

struct Writer(Vec<u8>);

impl Writer {
    fn u64(&mut self, value: u64) {
        self.0.extend_from_slice(&value.to_le_bytes());
    }

    fn u64s(&mut self, values: &[u64]) {
        for value in values {
            self.u64(*value);
        }
    }

    fn u32(&mut self, value: u32) {
        self.0.extend_from_slice(&value.to_le_bytes());
    }

    fn len(&mut self, len: usize) {
        self.u32(u32::try_from(len).expect("nothing that is kept is so long"));
    }

    fn text(&mut self, text: &str) {
        self.len(text.len());
        self.0.extend_from_slice(text.as_bytes());
    }
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (array, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*array)
    }

    fn u64(&mut self) -> Option<u64> {
        self.array().map(u64::from_le_bytes)
    }

    fn u32(&mut self) -> Option<u32> {
        self.array().map(u32::from_le_bytes)
    }

    fn text(&mut self) -> Option<&'a str> {
        let len = self.u32()? as usize;
        let (text, rest) = self.0.split_at_checked(len)?;
        self.0 = rest;
        std::str::from_utf8(text).ok()
    }
}

//! What an article is about, as far as its own text tells: its words and pairs of words, counted.
//!
//! [`Terms`] depends on one article's headline, text and language alone, never on other articles: so it may be kept by the hash of its source. `relate` weighs the
//! terms of all against each other. A term is a number, 37 bits of a hash: of a million different terms, seven share theirs with another, and then
//! both are rare. Beside it stands where the term is first met, so that the words can be shown to people without being kept.

mod stop_words;
mod tokens;
mod word_list;
mod words;

pub use stop_words::{Languages, listed as stop_words, primary};
pub use word_list::{WordList, fold, push_number, take_number};
pub use words::Glimpse;

use std::ops::Range;

use crate::{
    load::{Shelved, Site},
    model::{Lookup, SourcePath},
};
use stop_words::StopWords;
use tokens::{Rules, Token, pair, scan};

/// What a word counts, in tenths: in a headline, among the first of the body, further down.
const IN_HEADLINE: u32 = 40;
const IN_LEAD: u32 = 15;
const IN_BODY: u32 = 10;

/// What a pair of words counts, in tenths of a word's, and so in hundredths.
const PAIR_PERCENT: u32 = 70;

/// How many words from the beginning of the body count more.
const LEAD_TOKENS: usize = 80;

/// The most different terms of an article: no story has them, and a megabyte of random letters costs no more than this.
const MAX_TERMS: usize = 1 << 15;

const HASH_BITS: u32 = 37;
const COUNT_BITS: u32 = 11;
const PLACE_BITS: u32 = 16;
const MAX_COUNT: u32 = (1 << COUNT_BITS) - 1;

/// Keeps the label `energy` apart from the word.
const LABEL_SEED: u64 = 0x006c_6162_656c;

/// The text of a body without markup, and where it stands in its source.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Plain {
    text: String,
    /// Where runs of text begin: here, and in the source; the latter is unknown of what does not stand there letter for letter.
    runs: Vec<(u32, Option<u32>)>,
}

impl Plain {
    /// Adds a run of text that stands at `source` of its file.
    pub fn push(&mut self, text: &str, source: Option<usize>) {
        let (here, source) = (u32::try_from(self.text.len()), source.map(u32::try_from));
        if let (Ok(here), None | Some(Ok(_))) = (here, source) {
            self.runs.push((here, source.and_then(Result::ok)));
            self.text.push_str(text);
        }
    }

    /// Ends a block: words do not run on over it.
    pub fn gap(&mut self) {
        if !self.text.ends_with('\n') {
            self.text.push('\n');
        }
    }
}

/// One term of an article.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Term {
    /// What it is: a hash of 37 bits.
    pub hash: u64,
    /// How often it was met, in tenths, weighed by where; at most 204.7.
    pub tenths: u32,
    /// Where it was met first.
    pub place: Place,
}

impl Term {
    /// The term of a label that editors gave, such as a tag; `at` is its number among all labels of the article.
    pub fn label(taxonomy: &str, slug: &str, tenths: u32, at: usize) -> Self {
        let hash_of = |seed, text: &str| text.bytes().fold(seed, |hash, byte| tokens::mix(hash ^ u64::from(byte)));
        let hash = pair(hash_of(LABEL_SEED, taxonomy), hash_of(LABEL_SEED, slug));
        Self { hash: short(hash), tenths: tenths.min(MAX_COUNT), place: Place::of_label(at) }
    }
}

/// Where a term stands in an article, as far as it is known, and whether it is a pair of words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Place(u16);

/// What a [`Place`] leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stand {
    /// A byte of the headline.
    Headline(usize),
    /// A byte of the source, counted from where its body begins.
    Body(usize),
    /// A label, by its number.
    Label(usize),
    /// Too far down, or written in a way that does not show in the source.
    Unknown,
}

impl Place {
    const PAIR: u16 = 1 << 15;
    const BODY: u16 = 0x200;
    const LABELS: u16 = 0x7f00;
    /// Too far down, or written in a way that does not show in the source.
    pub const UNKNOWN: Self = Self(!Self::PAIR);

    fn of(first: u16, number: usize, end: u16) -> Self {
        let at = u16::try_from(number).ok().and_then(|number| first.checked_add(number));
        at.filter(|at| *at < end).map_or(Self::UNKNOWN, Self)
    }

    fn in_headline(at: usize) -> Self {
        Self::of(0, at, Self::BODY)
    }

    fn in_body(at: usize) -> Self {
        Self::of(Self::BODY, at, Self::LABELS)
    }

    fn of_label(at: usize) -> Self {
        Self::of(Self::LABELS, at, Self::UNKNOWN.0)
    }

    fn as_pair(self) -> Self {
        Self(self.0 | Self::PAIR)
    }

    /// Whether two words stand there that are one term.
    pub fn is_pair(self) -> bool {
        self.0 & Self::PAIR != 0
    }

    /// What sorts places as a reader meets them: headline, text, labels, and what does not show.
    pub fn in_reading_order(self) -> impl Ord + use<> {
        (self.0 & !Self::PAIR, self.is_pair())
    }

    /// What it leads to.
    pub fn stand(self) -> Stand {
        match self.0 & !Self::PAIR {
            at if at == Self::UNKNOWN.0 => Stand::Unknown,
            at if at < Self::BODY => Stand::Headline(at.into()),
            at if at < Self::LABELS => Stand::Body((at - Self::BODY).into()),
            at => Stand::Label((at - Self::LABELS).into()),
        }
    }

    /// As a number, to be kept with others.
    pub fn bits(self) -> u16 {
        self.0
    }

    /// The place that [`Self::bits`] was asked of.
    pub fn from_bits(bits: u16) -> Self {
        Self(bits)
    }
}

/// The term lists of articles, by source.
pub type TermLists = Lookup<SourcePath, TermList>;

/// Where the terms of an article are: those of all articles together are larger than all else that is known of them, so they wait outside of memory.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum TermList {
    /// Nowhere: who wants them has them from an earlier build, or reads the article again.
    #[default]
    Unknown,
    /// In memory.
    Here(Terms),
    /// On the shelf.
    Shelved(Shelved),
}

impl TermList {
    /// Puts terms on the shelf, if there is room for them.
    pub(super) fn shelve(site: &Site, terms: Terms) -> Self {
        let bytes: Vec<u8> = terms.0.iter().flat_map(|term| term.to_le_bytes()).collect();
        site.shelve(&bytes).map_or(Self::Here(terms), Self::Shelved)
    }

    /// How many terms there are, as far as it is known.
    pub fn len(&self) -> usize {
        match self {
            Self::Unknown => 0,
            Self::Here(terms) => terms.len(),
            Self::Shelved(place) => place.len_bytes() / size_of::<u64>(),
        }
    }

    /// Whether no terms are known.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Adds the terms to `terms`; false if they are unknown, or gone from the shelf.
    pub fn read(&self, site: &Site, terms: &mut Vec<Term>) -> bool {
        match self {
            Self::Unknown => return false,
            Self::Here(here) => terms.extend(here.iter()),
            Self::Shelved(place) => {
                let Some(bytes) = site.shelved(*place) else { return false };
                let (packed, _) = bytes.as_chunks();
                terms.extend(packed.iter().map(|packed| unpack(u64::from_le_bytes(*packed))));
            }
        }
        true
    }

    /// Adds the terms of other parts of the same article, which are all in memory. What is unknown stays so.
    pub fn join(&mut self, parts: &[Self]) {
        if *self == Self::Unknown {
            return;
        }
        let here = |list: &Self| match list {
            Self::Here(terms) => terms.clone(),
            Self::Unknown | Self::Shelved(_) => Terms::default(),
        };
        let mut joined = here(self);
        joined.join(&parts.iter().map(here).collect::<Vec<_>>(), &mut Workbench::default());
        *self = Self::Here(joined);
    }
}

/// The terms of an article, in the order in which they were met, each once.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Terms(Box<[u64]>);

impl Terms {
    /// Every term.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Term> {
        self.0.iter().map(|packed| unpack(*packed))
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Adds those of another part of the same article; takes time in proportion to both.
    fn join(&mut self, parts: &[Self], bench: &mut Workbench) {
        bench.clear(self.len() + parts.iter().map(Self::len).sum::<usize>());
        for term in std::iter::once(&*self).chain(parts).flat_map(Self::iter) {
            bench.add(term.hash, term.tenths, || term.place);
        }
        *self = bench.finish();
    }
}

#[expect(clippy::cast_possible_truncation, reason = "each part is masked to its bits")]
fn unpack(packed: u64) -> Term {
    Term {
        hash: packed >> (COUNT_BITS + PLACE_BITS),
        tenths: (packed >> PLACE_BITS) as u32 & MAX_COUNT,
        place: Place(packed as u16),
    }
}

fn short(hash: u64) -> u64 {
    hash >> (u64::BITS - HASH_BITS)
}

/// Counts the terms of one article after another, in memory that is used again.
#[derive(Debug, Default)]
pub struct Workbench {
    /// An open table: one more than the number of a term in `found`; 0 is free. Its length is a power of two.
    slots: Vec<u32>,
    found: Vec<Term>,
    /// The words among the terms, spelled, and how many tokens there were in all.
    spelled: word_list::Writer,
    len_of_text: u32,
}

impl Workbench {
    /// The terms of an article, or of a part of one.
    ///
    /// `headline` is none for a part after the first, whose opening then counts as any other text. `body_start` is where the body begins in its source.
    pub fn terms(
        &mut self,
        headline: Option<&str>,
        body: &Plain,
        body_start: usize,
        (languages, language): (&Languages, &str),
    ) -> Terms {
        let (rules, stop_words) = languages.of(language);
        // A word has five letters and a space, and every other stands in a pair; more room is made if this is too little.
        self.clear(body.text.len() / 5 + 64);
        if let Some(headline) = headline {
            let mut run = Run { text: headline, before: None };
            scan(headline, rules, stop_words, &mut |at, token, word| {
                let place = || Place::in_headline(at.start);
                self.take((token, word), &at, (IN_HEADLINE, IN_HEADLINE), &mut run, place);
            });
        }
        let mut run = Run { text: &body.text, before: None };
        let mut met = 0;
        let lead = if headline.is_some() { LEAD_TOKENS } else { 0 };
        let mut runs = Runs { known: &body.runs, at: 0, body_start };
        scan(&body.text, rules, stop_words, &mut |at, token, word| {
            let counts = if met < lead { IN_LEAD } else { IN_BODY };
            met += usize::from(token != Token::Dropped);
            self.take((token, word), &at, (counts, IN_BODY), &mut run, || runs.place(at.start));
        });
        self.finish()
    }

    /// The words of the text whose terms were asked for last, as a [`WordList`].
    pub fn word_list(&self) -> Vec<u8> {
        let words = self.found.iter().filter(|term| !term.place.is_pair());
        self.spelled.finish(self.len_of_text, words.map(|term| term.tenths))
    }

    /// Counts a token, and the pair that it makes with the one before it. A token counts `tenths.0`, a pair by `tenths.1`.
    fn take(
        &mut self,
        (token, word): (Token, &[u8]),
        at: &Range<usize>,
        tenths: (u32, u32),
        run: &mut Run<'_>,
        place: impl FnOnce() -> Place,
    ) {
        self.len_of_text += 1;
        let Token::Kept(hash) = token else {
            run.before = None;
            return;
        };
        let place = place();
        if self.add(short(hash), tenths.0, || place) == Met::First {
            self.spelled.push(word);
        }
        if let Some(before) = run.before.as_ref().filter(|before| run.joins(before, at)) {
            self.add(short(pair(before.hash, hash)), tenths.1 * PAIR_PERCENT / 100, || before.place.as_pair());
        }
        run.before = Some(Before { hash, place, end: at.end });
    }

    fn clear(&mut self, expected: usize) {
        self.found.clear();
        self.spelled.clear();
        self.len_of_text = 0;
        let room = (expected.min(MAX_TERMS) * 2).next_power_of_two();
        self.slots.clear();
        self.slots.resize(room, 0);
    }

    #[inline]
    fn add(&mut self, hash: u64, tenths: u32, place: impl FnOnce() -> Place) -> Met {
        let at = self.slot(hash);
        if let Some(number) = self.slots[at].checked_sub(1) {
            self.found[number as usize].tenths += tenths;
            Met::Before
        } else if self.found.len() < MAX_TERMS {
            self.found.push(Term { hash, tenths, place: place() });
            self.slots[at] = u32::try_from(self.found.len()).expect("an article has fewer terms than that");
            if self.found.len() * 2 > self.slots.len() {
                self.grow();
            }
            Met::First
        } else {
            Met::Never
        }
    }

    fn slot(&self, hash: u64) -> usize {
        let mask = self.slots.len() - 1;
        #[expect(clippy::cast_possible_truncation, reason = "masked to the length of the table")]
        let mut at = hash as usize & mask;
        while self.slots[at] != 0 && self.found[self.slots[at] as usize - 1].hash != hash {
            at = (at + 1) & mask;
        }
        at
    }

    fn grow(&mut self) {
        let room = self.slots.len() * 4;
        self.slots.clear();
        self.slots.resize(room, 0);
        for number in 0..self.found.len() {
            let at = self.slot(self.found[number].hash);
            self.slots[at] = u32::try_from(number + 1).expect("an article has fewer terms than that");
        }
    }

    fn finish(&mut self) -> Terms {
        let pack = |term: &Term| {
            let count = u64::from(term.tenths.min(MAX_COUNT));
            term.hash << (COUNT_BITS + PLACE_BITS) | count << PLACE_BITS | u64::from(term.place.0)
        };
        Terms(self.found.iter().map(pack).collect())
    }
}

/// Gives the words of a short text, such as a standfirst, each as often as it is met.
pub fn words(text: &str, (languages, language): (&Languages, &str), each: impl FnMut(&str)) {
    let (rules, stop_words) = languages.of(language);
    folded(text, rules, stop_words, each);
}

/// Gives the words of a name, also those that elsewhere say nothing.
pub fn all_words(name: &str, (languages, language): (&Languages, &str), each: impl FnMut(&str)) {
    let (rules, _) = languages.of(language);
    folded(name, rules, &StopWords::default(), each);
}

fn folded(text: &str, rules: Rules, stop_words: &StopWords, mut each: impl FnMut(&str)) {
    scan(text, rules, stop_words, &mut |_, _, word| {
        if !word.is_empty() {
            each(&fold(&String::from_utf8_lossy(word)));
        }
    });
}

/// Whether a term stands among those that were found before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Met {
    First,
    Before,
    /// There was no room for it.
    Never,
}

/// Where pairs are looked for: tokens of one text, in order.
struct Run<'a> {
    text: &'a str,
    /// The last token, if it was kept.
    before: Option<Before>,
}

struct Before {
    hash: u64,
    place: Place,
    end: usize,
}

impl Run<'_> {
    /// Whether two tokens stand together: in one block, and one after the other. Pairs of characters overlap, and would make no pair but threes.
    fn joins(&self, before: &Before, at: &Range<usize>) -> bool {
        self.text.as_bytes().get(before.end..at.start).is_some_and(|between| !between.contains(&b'\n'))
    }
}

/// Finds places in the source for places in the plain text that come in rising order.
struct Runs<'a> {
    known: &'a [(u32, Option<u32>)],
    at: usize,
    body_start: usize,
}

impl Runs<'_> {
    fn place(&mut self, at: usize) -> Place {
        while self.known.get(self.at + 1).is_some_and(|next| next.0 as usize <= at) {
            self.at += 1;
        }
        let run = self.known.get(self.at).and_then(|(here, source)| Some((*here as usize, (*source)? as usize)));
        run.map_or(Place::UNKNOWN, |(here, source)| Place::in_body(source + (at - here) - self.body_start))
    }
}

#[cfg(test)]
mod tests;

//! The related list of every article: pins, then its series, then the nearest by text, then the nearest earlier stories of its section.

use rayon::prelude::*;

use super::{
    SiteIndex, StoryId,
    pairs::{Apart, Pairs},
    text::{Common, Evidence, Match, Scratch, Search},
    texts::Texts,
    traits,
};
use crate::{
    diag::Diagnostic,
    model::{Label, SectionKey},
    parse::terms::Place,
};

/// How many earlier stories of its section are looked at for a list that is short.
pub(super) const MOST_OF_SECTION: usize = 100;

/// How many terms are kept of what two stories share: a few more than are shown, as one may stand within another.
pub(super) const KEPT_TERMS: usize = 16;

/// A story in another's list, with the reason why it is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Related {
    /// The story.
    pub story: StoryId,
    /// Why.
    pub reason: Reason,
    /// Where the terms stand that both share, roughly the weightiest first, in the story whose list it is. None but of [`Reason::Text`].
    pub shared: Shared,
}

/// Where a few terms stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub struct Shared {
    pub(super) places: [Place; KEPT_TERMS],
    pub(super) len: u8,
}

impl FromIterator<Place> for Shared {
    /// The first of them, as many as are kept.
    fn from_iter<I: IntoIterator<Item = Place>>(places: I) -> Self {
        let mut shared = Self::default();
        for (kept, place) in shared.places.iter_mut().zip(places) {
            *kept = place;
            shared.len += 1;
        }
        shared
    }
}

impl std::ops::Deref for Shared {
    type Target = [Place];

    fn deref(&self) -> &[Place] {
        &self.places[..self.len.into()]
    }
}

/// Why a story is in another's list: its slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reason {
    /// An editor put it there.
    Pin,
    /// It is the next or the previous of the same series.
    Series,
    /// Its text is about the same.
    Text,
    /// It was published in the same section, nearest before.
    Section,
}

impl Reason {
    /// The word for it in templates and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pin => "pin",
            Self::Series => "series",
            Self::Text => "text",
            Self::Section => "section",
        }
    }
}

/// Why a story is not in another's list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// It is the story itself.
    Itself,
    /// It stands there already.
    Listed,
    /// One of the two is sensitive.
    Sensitive,
    /// One of the two is paid for, the other is not.
    Paid,
    /// The two are kept apart.
    Apart(Apart),
    /// They are in two languages.
    Language,
    /// Its text is that of the story itself.
    CopyOfThis,
    /// Its text is that of another story of the list.
    Copy(StoryId),
    /// The two have too little in common.
    Weak,
    /// The list is full of better ones.
    Full,
}

/// A story that was near enough to be looked at, and is not in the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Lost {
    pub(super) story: StoryId,
    pub(super) refusal: Refusal,
}

/// The related lists of all articles, an immutable value.
#[derive(Debug, PartialEq, Default)]
pub struct Lists {
    /// Where the list of each article begins, and at last where the last one ends.
    starts: Vec<u32>,
    related: Vec<Related>,
    /// Pins, never-pairs and originals that name nothing.
    pub diagnostics: Vec<Diagnostic>,
}

impl Lists {
    /// The related stories of a story, in order; none of a page.
    pub fn of(&self, id: StoryId) -> &[Related] {
        match self.starts.get(id.index()..id.index() + 2) {
            Some([start, end]) => &self.related[*start as usize..*end as usize],
            _ => &[],
        }
    }

    /// From the lists of all articles, in order.
    pub(super) fn from(lists: impl Iterator<Item = impl AsRef<[Related]>>, diagnostics: Vec<Diagnostic>) -> Self {
        let mut all = Self { starts: vec![0], related: Vec::new(), diagnostics };
        for list in lists {
            all.related.extend_from_slice(list.as_ref());
            all.starts.push(u32::try_from(all.related.len()).expect("a site has fewer related stories than that"));
        }
        all
    }
}

/// A list with what tells when it has to be made again.
#[derive(Debug, Default)]
pub(super) struct Made {
    pub(super) related: Vec<Related>,
    /// By what the text was searched; none if there was no room for what it finds.
    pub(super) evidence: Option<Evidence>,
    /// Whether there was room for earlier stories of its section.
    pub(super) has_tried_section: bool,
    /// Whether it needed a story of which nothing is known, so that it must not be used.
    pub(super) has_missed: bool,
}

/// Makes the related lists of all articles.
pub fn lists(index: &SiteIndex, texts: &Texts) -> Lists {
    let made = make(index, texts, &texts.by_subject());
    Lists::from(made.iter().map(|(_, made)| &made.related), texts.diagnostics.clone())
}

/// Makes the lists of some articles; the result is in the order of the index.
pub(super) fn make(index: &SiteIndex, texts: &Texts, ids: &[StoryId]) -> Vec<(StoryId, Made)> {
    let make = |scratch: &mut Scratch, id: &StoryId| (*id, texts.make(index, *id, scratch));
    let mut made: Vec<(StoryId, Made)> = with_scratch(ids, make);
    made.par_sort_unstable_by_key(|(id, _)| *id);
    made
}

/// Goes through articles in parallel, a few long pieces a thread: memory for a search is large, and is cleared for each piece.
pub(super) fn with_scratch<T: Send>(ids: &[StoryId], work: impl Fn(&mut Scratch, &StoryId) -> T + Sync) -> Vec<T> {
    const PIECES: usize = 6;
    let piece = ids.len().div_ceil(rayon::current_num_threads() * PIECES).max(1);
    let pieces = ids.par_chunks(piece).map(|ids| {
        let mut scratch = Scratch::default();
        ids.iter().map(|id| work(&mut scratch, id)).collect::<Vec<T>>()
    });
    pieces.collect::<Vec<_>>().into_iter().flatten().collect()
}

impl Texts {
    /// Makes the related list of one article.
    pub fn list(&self, index: &SiteIndex, id: StoryId, scratch: &mut Scratch) -> Vec<Related> {
        self.make(index, id, scratch).related
    }

    fn make(&self, index: &SiteIndex, id: StoryId, scratch: &mut Scratch) -> Made {
        let mut list = List::of(index, self, id, scratch);
        list.take_pins();
        if list.is_automatic() {
            list.take_series();
            list.take_text(None);
            list.take_section();
        }
        let has_tried_section = list.has_tried_section;
        let (evidence, has_missed) = match &mut list.search {
            Some(search) => (search.evidence(), search.has_missed()),
            None => (None, false),
        };
        Made { related: list.chosen, evidence, has_tried_section, has_missed }
    }
}

/// A list while it is filled.
pub(super) struct List<'a> {
    index: &'a SiteIndex,
    texts: &'a Texts,
    pairs: &'a Pairs,
    story: StoryId,
    room: usize,
    search: Option<Search<'a>>,
    has_tried_section: bool,
    pub(super) chosen: Vec<Related>,
}

impl<'a> List<'a> {
    pub(super) fn of(index: &'a SiteIndex, texts: &'a Texts, story: StoryId, scratch: &'a mut Scratch) -> Self {
        let (search, room) = (texts.search(story, scratch), index.config.related.count);
        Self { index, texts, pairs: &texts.pairs, story, room, search, has_tried_section: false, chosen: Vec::new() }
    }

    pub(super) fn with_room_for(self, room: usize) -> Self {
        Self { room, ..self }
    }

    /// Whether anything but pins may stand in it.
    pub(super) fn is_automatic(&self) -> bool {
        self.index.story(self.story).matter().shared.related_auto.unwrap_or(true)
    }

    fn is_full(&self) -> bool {
        self.chosen.len() >= self.room
    }

    fn holds(&self, id: StoryId) -> bool {
        self.chosen.iter().any(|related| related.story == id)
    }

    fn push(&mut self, story: StoryId, reason: Reason) {
        let shared = match (&mut self.search, self.texts.place(story)) {
            (Some(search), Some(place)) if reason == Reason::Text => {
                let common = search.common(place, KEPT_TERMS, Common::by_rough_weight);
                common.into_iter().map(|common| common.place).collect()
            }
            _ => Shared::default(),
        };
        self.chosen.push(Related { story, reason, shared });
        if !self.is_full()
            && self.texts.are_of_one_language(self.story, story)
            && let (Some(search), Some(place)) = (&mut self.search, self.texts.place(story))
        {
            search.take(place);
        }
    }

    /// Takes what editors pinned.
    pub(super) fn take_pins(&mut self) {
        for id in self.texts.pins.of_story(self.story) {
            self.push(*id, Reason::Pin);
        }
    }

    /// What speaks against taking a story automatically, its text aside.
    fn refusal(&self, id: StoryId) -> Option<Refusal> {
        let (this, other) = (self.index.story(self.story), self.index.story(id));
        let is_paid = |label: Label| label == Label::Sponsored;
        if id == self.story {
            Some(Refusal::Itself)
        } else if self.holds(id) {
            Some(Refusal::Listed)
        } else if this.is_sensitive() || other.is_sensitive() {
            Some(Refusal::Sensitive)
        } else if is_paid(this.label()) != is_paid(other.label()) {
            Some(Refusal::Paid)
        } else if let Some(apart) = self.pairs.apart(self.story, id) {
            Some(Refusal::Apart(apart))
        } else if !self.texts.are_of_one_language(self.story, id) {
            Some(Refusal::Language)
        } else {
            self.is_full().then_some(Refusal::Full)
        }
    }

    fn take(&mut self, id: StoryId, reason: Reason) {
        if self.refusal(id).is_none() {
            self.push(id, reason);
        }
    }

    /// The next part of the series and the one before; where one is missing or may not stand here, none takes its place.
    pub(super) fn take_series(&mut self) {
        for id in traits::neighbours(self.index, self.story).into_iter().flatten() {
            self.take(id, Reason::Series);
        }
    }

    /// The nearest by text, best first, until the list is full; to the end if `lost` wants to know of those that are passed over.
    pub(super) fn take_text(&mut self, mut lost: Option<&mut Vec<Lost>>) {
        if self.is_full() && lost.is_none() {
            return;
        }
        let nearest = self.search.as_mut().map(Search::nearest).unwrap_or_default();
        for found in nearest {
            let id = self.texts.story(self.story, found.story);
            match self.refusal(id).or_else(|| self.text_refusal(&found)) {
                None => self.push(id, Reason::Text),
                Some(Refusal::Full | Refusal::Weak) if lost.is_none() => break,
                Some(refusal) => lost.iter_mut().for_each(|lost| lost.push(Lost { story: id, refusal })),
            }
        }
    }

    /// Whether a story's text is that of this one, or of one in the list.
    fn repeats(&mut self, id: StoryId) -> bool {
        let place = self.texts.place(id).filter(|_| self.texts.are_of_one_language(self.story, id));
        let Some((search, place)) = self.search.as_mut().zip(place) else { return false };
        search.likeness(place).is_same() || search.copied(place).is_some()
    }

    /// What speaks against a story's text.
    fn text_refusal(&mut self, found: &Match) -> Option<Refusal> {
        let search = self.search.as_mut()?;
        if found.score < self.texts.least_score {
            Some(Refusal::Weak)
        } else if found.likeness.is_same() {
            Some(Refusal::CopyOfThis)
        } else {
            search.copied(found.story).map(|copied| Refusal::Copy(self.texts.story(self.story, copied)))
        }
    }

    /// The stories of its section that were published nearest before it, if there is still room. Looks at so many and no more: of a section in which most may not
    /// stand here, not all are tried for each.
    pub(super) fn take_section(&mut self) {
        let Some(key) = &self.index.story(self.story).article.section else { return };
        self.has_tried_section = !self.is_full();
        for id in earlier_of_section(self.index, key, self.story) {
            if self.is_full() {
                break;
            }
            if !self.repeats(*id) {
                self.take(*id, Reason::Section);
            }
        }
    }
}

/// The stories of a section that were published nearest before one of them, as many as are looked at.
pub(super) fn earlier_of_section<'a>(index: &'a SiteIndex, key: &SectionKey, story: StoryId) -> &'a [StoryId] {
    let stories = &index.sections[key].stories;
    let newer = stories.partition_point(|id| *id <= story);
    &stories[newer..stories.len().min(newer + MOST_OF_SECTION)]
}

//! The related list of every article: pins, then its series, then the nearest earlier stories of its section.

use rayon::prelude::*;

use super::{Found, SiteIndex, StoryId, dangling};
use crate::{
    diag::{Code, Diagnostic},
    model::Label,
};

/// How many stories of its series a list takes at most.
const FROM_SERIES: usize = 2;

/// A story in another's list, with the reason why it is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Related {
    /// The story.
    pub story: StoryId,
    /// Why.
    pub reason: Reason,
}

/// Why a story is in another's list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// An editor put it there.
    Pin,
    /// It is the next or the previous of the same series.
    Series,
    /// It was published in the same section, nearest before.
    Section,
}

impl Reason {
    /// The word for it in templates and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pin => "pin",
            Self::Series => "series",
            Self::Section => "section",
        }
    }
}

/// What must not stand in a story's list, by pair: never in either direction.
struct Pairs {
    never: std::collections::BTreeSet<(StoryId, StoryId)>,
}

impl Pairs {
    fn forbid(&mut self, a: StoryId, b: StoryId) {
        self.never.insert((a.min(b), a.max(b)));
    }

    fn are_forbidden(&self, a: StoryId, b: StoryId) -> bool {
        self.never.contains(&(a.min(b), a.max(b)))
    }
}

/// Gives every article its list, and warns of pins that name nothing.
pub(super) fn relate(index: &mut SiteIndex) {
    let mut diagnostics = Vec::new();
    let pairs = pairs(index, &mut diagnostics);
    let positions = section_positions(index);
    let articles: Vec<StoryId> = index.articles().collect();
    let lists: Vec<(Vec<Related>, Vec<Diagnostic>)> = (articles.par_iter())
        .map(|id| {
            let mut list = List { index, pairs: &pairs, story: *id, chosen: Vec::new() };
            let dead = list.take_pins();
            if index.story(*id).matter().shared.related_auto.unwrap_or(true) {
                list.take_series();
                list.take_section(positions[id.index()]);
            }
            (list.chosen, dead)
        })
        .collect();
    for (story, (list, dead)) in index.stories.iter_mut().zip(lists) {
        story.related = list;
        diagnostics.extend(dead);
    }
    index.diagnostics.extend(diagnostics);
}

/// Never-pairs that editors wrote, and translations of one story.
fn pairs(index: &SiteIndex, diagnostics: &mut Vec<Diagnostic>) -> Pairs {
    let mut pairs = Pairs { never: std::collections::BTreeSet::new() };
    for id in index.articles() {
        let matter = index.story(id).matter();
        let path = index.story(id).article.path();
        for reference in &matter.related_never {
            match index.find(&reference.text) {
                Found::Story(other) => pairs.forbid(id, other),
                found => diagnostics.push(dangling(
                    Code::DeadPin,
                    "story never to be related",
                    path,
                    reference,
                    &found,
                    index,
                )),
            }
        }
        if let Some(original) = &matter.translation_of {
            match index.find(&original.text) {
                Found::Story(other) => pairs.forbid(id, other),
                found => diagnostics.push(dangling(
                    Code::DeadPin,
                    "original of this translation",
                    path,
                    original,
                    &found,
                    index,
                )),
            }
        }
    }
    pairs
}

/// Where each article stands in its section's list, so that the stories before it are found at once.
fn section_positions(index: &SiteIndex) -> Vec<usize> {
    let mut positions = vec![0; index.article_count];
    for (key, section) in &index.sections {
        for (at, id) in section.stories.iter().enumerate() {
            if index.story(*id).article.section.as_ref() == Some(key) {
                positions[id.index()] = at;
            }
        }
    }
    positions
}

/// A list while it is filled.
struct List<'a> {
    index: &'a SiteIndex,
    pairs: &'a Pairs,
    story: StoryId,
    chosen: Vec<Related>,
}

impl List<'_> {
    fn is_full(&self) -> bool {
        self.chosen.len() >= self.index.config.related.count
    }

    fn holds(&self, id: StoryId) -> bool {
        id == self.story || self.chosen.iter().any(|related| related.story == id)
    }

    /// Takes the pins, and tells those that name nothing.
    fn take_pins(&mut self) -> Vec<Diagnostic> {
        let mut dead = Vec::new();
        let story = self.index.story(self.story);
        for reference in &story.matter().related {
            match self.index.find(&reference.text) {
                Found::Story(id) => {
                    if !self.holds(id) && !self.pairs.are_forbidden(self.story, id) {
                        self.chosen.push(Related { story: id, reason: Reason::Pin });
                    }
                }
                found => dead.push(dangling(
                    Code::DeadPin,
                    "related story",
                    story.article.path(),
                    reference,
                    &found,
                    self.index,
                )),
            }
        }
        dead
    }

    /// Takes a story automatically, if nothing speaks against it.
    fn take(&mut self, id: StoryId, reason: Reason) -> bool {
        let (this, other) = (self.index.story(self.story), self.index.story(id));
        let is_paid = |label: Label| label == Label::Sponsored;
        let fits = !self.is_full()
            && !self.holds(id)
            && !this.is_sensitive()
            && !other.is_sensitive()
            && is_paid(this.label()) == is_paid(other.label())
            && !self.pairs.are_forbidden(self.story, id);
        if fits {
            self.chosen.push(Related { story: id, reason });
        }
        fits
    }

    /// The next part of the series and the one before; where one is missing or may not stand here, none takes its place.
    fn take_series(&mut self) {
        let Some(series) = self.index.story(self.story).series.as_ref() else { return };
        let parts = &self.index.series[series].stories;
        let at = parts.binary_search(&self.story).expect("a story is in the list of its series");
        let next = at.checked_sub(1).and_then(|at| parts.get(at));
        for id in next.into_iter().chain(parts.get(at + 1)).take(FROM_SERIES) {
            self.take(*id, Reason::Series);
        }
    }

    fn take_section(&mut self, position: usize) {
        let Some(key) = &self.index.story(self.story).article.section else { return };
        for id in self.index.sections[key].stories.iter().skip(position + 1) {
            if self.is_full() {
                break;
            }
            self.take(*id, Reason::Section);
        }
    }
}

//! Why a related list is as it is: for editors, who sign it.

use super::{
    Reason, Refusal, SiteIndex, StoryId,
    related::List,
    text::{Common, Scratch, Search, share},
    texts::Texts,
};
use crate::parse::terms::Place;

/// How many of those that lost are told.
const LOST: usize = 10;

/// How many shared terms are told of a story.
const TERMS: usize = 12;

/// A related list with its reasons.
#[derive(Debug, Clone, PartialEq)]
pub struct Explanation {
    /// The list, each with its slot.
    pub list: Vec<Judged<Reason>>,
    /// The next by text that are not in it, best first.
    pub lost: Vec<Judged<Refusal>>,
    /// Whether anything but pins may stand in it.
    pub is_automatic: bool,
}

/// A story that was looked at, and what became of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Judged<T> {
    /// The story.
    pub story: StoryId,
    /// Where it stands, or why it does not.
    pub verdict: T,
    /// How near it is, from 0 to 1: its likeness, less for every day between the two. None across languages.
    pub score: Option<f64>,
    /// How alike the two texts are, from 0 to 1, whatever their dates.
    pub likeness: Option<f64>,
    /// What both share, the weightiest first.
    pub shared: Vec<SharedTerm>,
}

/// A term that two stories share.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SharedTerm {
    /// Where it stands in the story whose list it is.
    pub place: Place,
    /// What it adds to the score.
    pub weight: f64,
}

impl Texts {
    /// Makes the list of an article again, and tells why it is so.
    pub fn explain(&self, index: &SiteIndex, story: StoryId) -> Explanation {
        let mut scratch = Scratch::default();
        let mut list = List::of(index, self, story, &mut scratch);
        list.take_pins();
        let is_automatic = list.is_automatic();
        let mut lost = Vec::new();
        if is_automatic {
            list.take_series();
            list.take_text(Some(&mut lost));
            list.take_section();
        }
        let chosen = list.chosen;
        // What the section brought in at last is no longer lost.
        lost.retain(|lost| chosen.iter().all(|related| related.story != lost.story));
        lost.truncate(LOST);
        let mut scratch = Scratch::default();
        let mut search = self.search(story, &mut scratch);
        let list =
            chosen.iter().map(|related| self.judged(search.as_mut(), story, related.story, related.reason)).collect();
        let lost = lost.iter().map(|lost| self.judged(search.as_mut(), story, lost.story, lost.refusal)).collect();
        Explanation { list, lost, is_automatic }
    }

    fn judged<T>(&self, search: Option<&mut Search<'_>>, this: StoryId, story: StoryId, verdict: T) -> Judged<T> {
        let place = self.place(story).filter(|_| self.are_of_one_language(this, story));
        let Some((search, place)) = search.zip(place) else {
            return Judged { story, verdict, score: None, likeness: None, shared: Vec::new() };
        };
        let likeness = search.likeness(place);
        let shared = search.common(place, TERMS, Common::by_weight).into_iter();
        let shared = shared.map(|common| SharedTerm { place: common.place, weight: share(common.score) });
        Judged {
            story,
            verdict,
            score: Some(share(search.score(likeness, place))),
            likeness: Some(likeness.share()),
            shared: shared.collect(),
        }
    }

    /// The nearest `count` of an article by text alone, best first, with their scores, and without whatever may not stand in a list.
    pub fn nearest(
        &self,
        index: &SiteIndex,
        story: StoryId,
        count: usize,
        scratch: &mut Scratch,
    ) -> Vec<(StoryId, f64)> {
        let mut list = List::of(index, self, story, scratch).with_room_for(count);
        if list.is_automatic() {
            list.take_text(None);
        }
        let chosen = std::mem::take(&mut list.chosen);
        drop(list);
        let Some(search) = self.search(story, scratch) else { return Vec::new() };
        let scored = chosen.iter().filter_map(|related| {
            let place = self.place(related.story)?;
            Some((related.story, share(search.score(search.likeness(place), place))))
        });
        scored.collect()
    }

    /// How alike the texts of two articles are, from 0 to 1, whatever their dates; none across languages.
    pub fn likeness(&self, a: StoryId, b: StoryId, scratch: &mut Scratch) -> Option<f64> {
        let place = self.place(b).filter(|_| self.are_of_one_language(a, b))?;
        Some(self.search(a, scratch)?.likeness(place).share())
    }
}

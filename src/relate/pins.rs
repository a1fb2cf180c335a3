//! What editors put into the lists of their stories.

use std::collections::BTreeMap;

use super::{Found, SiteIndex, StoryId, dangling, pairs::Pairs};
use crate::diag::{Code, Diagnostic};

/// The pins of each article that has some, in the order written, each once, and none that may not stand there.
#[derive(Debug, Clone, Default)]
pub(super) struct Pins(BTreeMap<StoryId, Vec<StoryId>>);

impl Pins {
    /// Finds what is pinned. Warns of pins that name nothing.
    pub(super) fn of(index: &SiteIndex, pairs: &Pairs, diagnostics: &mut Vec<Diagnostic>) -> Self {
        let mut pins = Self::default();
        for id in index.articles() {
            let story = index.story(id);
            for reference in &story.matter().related {
                match index.find(&reference.text) {
                    Found::Story(other) if other == id || pairs.apart(id, other).is_some() => {}
                    Found::Story(other) => {
                        let pinned = pins.0.entry(id).or_default();
                        if !pinned.contains(&other) {
                            pinned.push(other);
                        }
                    }
                    found => {
                        let path = story.article.path();
                        let what = "related story";
                        diagnostics.push(dangling(Code::DeadPin, what, path, reference, &found, index));
                    }
                }
            }
        }
        pins
    }

    /// What is pinned to a story.
    pub(super) fn of_story(&self, id: StoryId) -> &[StoryId] {
        self.0.get(&id).map_or(&[], Vec::as_slice)
    }
}

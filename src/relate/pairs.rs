//! What must not stand in a story's list, by pair: in neither direction.

use std::collections::BTreeMap;

use super::{Found, SiteIndex, StoryId, dangling};
use crate::{
    diag::{Code, Diagnostic},
    model::Lookup,
};

/// How many translations of translations are followed.
const LONGEST_CHAIN: usize = 16;

/// Why two stories are kept apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Apart {
    /// An editor wrote so.
    Never,
    /// They are one story in two languages.
    Translation,
}

/// Pairs of stories that are kept apart.
#[derive(Debug, Clone, Default)]
pub(super) struct Pairs {
    apart: Lookup<(StoryId, StoryId), Apart>,
    partners: BTreeMap<StoryId, Vec<StoryId>>,
}

impl Pairs {
    /// Never-pairs that editors wrote, and all translations of one story. Warns of those that name nothing.
    pub(super) fn of(index: &SiteIndex, diagnostics: &mut Vec<Diagnostic>) -> Self {
        let mut pairs = Self::default();
        let mut originals: BTreeMap<StoryId, StoryId> = BTreeMap::new();
        for id in index.articles() {
            let matter = index.story(id).matter();
            let never = matter.related_never.iter().map(|other| (other, Apart::Never));
            let original = matter.translation_of.iter().map(|other| (other, Apart::Translation));
            for (reference, why) in never.chain(original) {
                match index.find(&reference.text) {
                    Found::Story(other) if why == Apart::Translation => {
                        originals.insert(id, other);
                    }
                    Found::Story(other) => pairs.forbid(id, other, why),
                    found => {
                        let what = match why {
                            Apart::Never => "story never to be related",
                            Apart::Translation => "original of this translation",
                        };
                        let path = index.story(id).article.path();
                        diagnostics.push(dangling(Code::DeadPin, what, path, reference, &found, index));
                    }
                }
            }
        }
        pairs.forbid_translations(&originals);
        pairs
    }

    /// A translation may be one of a translation: all that lead to one story are kept apart.
    fn forbid_translations(&mut self, originals: &BTreeMap<StoryId, StoryId>) {
        let mut translations: BTreeMap<StoryId, Vec<StoryId>> = BTreeMap::new();
        for id in originals.keys() {
            let chain = std::iter::successors(Some(*id), |id| originals.get(id).copied());
            // Two that name each other go round in circles: the smallest stands for both.
            let chain: Vec<StoryId> = chain.take(LONGEST_CHAIN).collect();
            let first = if chain.len() == LONGEST_CHAIN { chain.iter().min() } else { chain.last() };
            translations.entry(*first.expect("a chain has its first link")).or_default().push(*id);
        }
        for (original, mut group) in translations {
            group.push(original);
            for (at, a) in group.iter().enumerate() {
                for b in group[at + 1..].iter().filter(|b| *b != a) {
                    self.forbid(*a, *b, Apart::Translation);
                }
            }
        }
    }

    fn forbid(&mut self, a: StoryId, b: StoryId, why: Apart) {
        self.apart.insert((a.min(b), a.max(b)), why);
        self.partners.entry(a).or_default().push(b);
        self.partners.entry(b).or_default().push(a);
    }

    /// From whom a story is kept apart.
    pub(super) fn partners(&self, id: StoryId) -> &[StoryId] {
        self.partners.get(&id).map_or(&[], Vec::as_slice)
    }

    pub(super) fn apart(&self, a: StoryId, b: StoryId) -> Option<Apart> {
        if self.apart.is_empty() { None } else { self.apart.get(&(a.min(b), a.max(b))).copied() }
    }
}

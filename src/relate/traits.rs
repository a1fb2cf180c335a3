//! What decides what an article's list may hold, its text aside, as hashes: who may stand with whom.

use std::hash::{BuildHasher, Hash, Hasher};

use foldhash::fast::FixedState;

use super::{SiteIndex, StoryId, kept::Traits, texts::Texts};
use crate::model::{Label, SourcePath};

/// The traits of an article. Two builds that find the same give it the same list, if the texts and the settings are the same.
pub(super) fn of(index: &SiteIndex, texts: &Texts, id: StoryId) -> Traits {
    let story = index.story(id);
    let path = |id: StoryId| index.story(id).article.path();
    let mut source = [0; 16];
    source.copy_from_slice(&story.article.source.hash.as_bytes()[..16]);
    if let Some(live) = &story.article.live {
        // Which of its entries are out: the zone may decide that as well as the clock.
        let out = hash(|hasher| live.entries.iter().for_each(|entry| entry.body.hash(hasher)));
        source.iter_mut().zip(out.to_le_bytes()).for_each(|(byte, out)| *byte ^= out);
    }
    let labels = hash(|hasher| {
        for (taxonomy, slug) in story.labels() {
            (taxonomy.as_str(), slug.as_str()).hash(hasher);
        }
    });
    let section = story.article.section.as_ref().map_or(0, |key| hash(|hasher| key.as_str().hash(hasher)));
    let rest = hash(|hasher| {
        (story.is_sensitive(), story.label() == Label::Sponsored).hash(hasher);
        story.matter().shared.related_auto.hash(hasher);
        let pins: Vec<&SourcePath> = texts.pins.of_story(id).iter().map(|id| path(*id)).collect();
        pins.hash(hasher);
        let mut apart: Vec<&SourcePath> = texts.pairs.partners(id).iter().map(|id| path(*id)).collect();
        apart.sort_unstable();
        apart.hash(hasher);
        let series = neighbours(index, id).map(|id| id.map(path));
        series.hash(hasher);
    });
    Traits { source, labels, section, rest }
}

/// The next part of an article's series, and the one before.
pub(super) fn neighbours(index: &SiteIndex, id: StoryId) -> [Option<StoryId>; 2] {
    let Some(series) = &index.story(id).series else { return [None; 2] };
    let parts = &index.series[series].stories;
    let at = parts.binary_search(&id).expect("a story is in the list of its series");
    [at.checked_sub(1).and_then(|at| parts.get(at)).copied(), parts.get(at + 1).copied()]
}

/// A hash that is the same in every run of one program.
pub(super) fn hash(parts: impl FnOnce(&mut <FixedState as BuildHasher>::Hasher)) -> u64 {
    let mut hasher = FixedState::with_seed(0).build_hasher();
    parts(&mut hasher);
    hasher.finish()
}

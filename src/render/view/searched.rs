//! What the search index is made from, as the one who makes it reads it.

use super::{fact::Fact, noting::Reader};
use crate::{
    load::{self, Shelved},
    model::{Digest, Span, UrlPath},
    parse::{self, terms::Workbench},
    plan::Volume,
    relate::StoryId,
    render::{card::Card, search::Volumes},
};

/// What is asked by files of the search index.
///
/// What such a file reads of stories is in one fact, since it may read ten thousand of them: so they are read [unnoted](Reader::unnoted).
impl Reader {
    /// The volumes of the index, the oldest first.
    pub(in crate::render) fn volumes(&self) -> &[Volume] {
        self.note(Fact::Volumes);
        &self.library.plan.search.volumes
    }

    /// A volume by its number in the plan, and its stories, the oldest first.
    pub(in crate::render) fn volume(&self, at: usize) -> (&Volume, &[StoryId]) {
        let search = &self.library.plan.search;
        self.note(Fact::Volume(search.volumes[at].name.clone()));
        (&search.volumes[at], search.of_volume(at))
    }

    /// The quire that an earlier build made, beginning with this story.
    pub(in crate::render) fn kept_quire(&self, first: &UrlPath) -> Option<Vec<u8>> {
        self.library.quires.find(first)
    }

    /// Keeps a quire that begins with this story.
    pub(in crate::render) fn keep_quire(&self, first: &UrlPath, quire: &[u8]) {
        self.library.quires.keep(first, quire);
    }

    /// The stories that a file of cards shows, the oldest first.
    pub(in crate::render) fn shown(&self, volume: usize, file: usize) -> &[StoryId] {
        let search = &self.library.plan.search;
        self.note(Fact::Results(search.volumes[volume].name.clone(), file));
        search.shown(volume, file)
    }

    /// What was made of the index so far.
    pub(in crate::render) fn made_volumes(&self) -> &Volumes {
        &self.library.volumes
    }

    /// What tells the card of a story from any other; notes nothing.
    pub(in crate::render) fn card_digest(&self, id: StoryId) -> Digest {
        let made = || Card::of(&self.unnoted(), id).digest();
        *self.library.card_digests[id.index()].get_or_init(made)
    }

    /// The word lists of a story, that of each entry of live coverage apart.
    ///
    /// # Errors
    /// Those of [`parse::word_lists`].
    pub(in crate::render) fn word_lists(
        &self,
        id: StoryId,
        bench: &mut Workbench,
    ) -> Result<Vec<Vec<u8>>, load::Error> {
        let story = self.story(id);
        let source = &story.article.source;
        let introduction = story.article.live.as_ref().map(|live| live.introduction);
        let entries = story.article.live.iter().flat_map(|live| &live.entries);
        let entries = entries.map(|entry| (Some(entry.body), entry.outline.word_list));
        let parts: Vec<(Option<Span>, Option<Shelved>)> =
            std::iter::once((introduction, source.outline.word_list)).chain(entries).collect();
        let original = (&source.path, &source.hash);
        let with = (&self.settings_of(story), self.library.volumes.languages(), bench);
        parse::word_lists(&self.library.site, original, &story.matter().title, &parts, with)
    }

    /// Keeps what was made outside of memory, if there is room.
    pub(in crate::render) fn shelve(&self, bytes: &[u8]) -> Option<Shelved> {
        self.library.site.shelve(bytes)
    }

    /// What was kept; none if it is gone.
    pub(in crate::render) fn shelved(&self, place: Shelved) -> Option<Vec<u8>> {
        self.library.site.shelved(place)
    }
}

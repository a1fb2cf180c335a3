//! What may change in a view without making it anew: one story's text, and the related lists. For a preview, which renders the next page from it.

use std::{mem, sync::Arc};

use super::{super::search::Volumes, View, library::Library};
use crate::{
    parse::body::Outline,
    plan::Plan,
    relate::{Lists, SiteIndex, StoryId},
};

impl View {
    /// The site.
    pub fn index(&self) -> &SiteIndex {
        &self.library.index
    }

    /// Its outputs.
    pub fn plan(&self) -> &Plan {
        &self.library.plan
    }

    /// The related lists.
    pub fn lists(&self) -> &Lists {
        &self.library.lists
    }

    /// Puts another text in the place of a story's own, and forgets what was made of that story.
    pub fn rewrite(&mut self, id: StoryId, hash: blake3::Hash, outline: Outline) {
        let library = self.alone();
        Arc::get_mut(&mut library.index).expect("a view is the only holder of its index").rewrite(id, hash, outline);
        let at = id.index();
        mem::take(&mut library.cards[at]);
        mem::take(&mut library.listed[at]);
        mem::take(&mut library.texts[at]);
        mem::take(&mut library.briefs[at]);
        mem::take(&mut library.card_digests[at]);
        library.volumes = Volumes::for_so_many(library.plan.search.volumes.len());
    }

    /// Takes other related lists, and forgets the texts that hold them.
    pub fn relist(&mut self, lists: Lists) {
        let library = self.alone();
        library.lists = Arc::new(lists);
        library.texts.iter_mut().for_each(|text| drop(mem::take(text)));
    }

    /// The library, which nobody reads now: whoever does has borrowed the view.
    fn alone(&mut self) -> &mut Library {
        self.idle.get_mut().unwrap_or_else(std::sync::PoisonError::into_inner).clear();
        Arc::get_mut(&mut self.library).expect("renderers that work borrow the view, and those that wait are gone")
    }
}

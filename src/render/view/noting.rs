//! The reader, and how it notes what it hands out. What that is stands in `reader.rs`, `files.rs` and `searched.rs`.

use std::sync::Arc;

use super::{
    fact::{Aspect, Fact, FactId, Noted, Notes},
    library::Library,
};
use crate::{model::UrlPath, relate::StoryId};

/// The site, as one render at a time reads it.
#[derive(Debug)]
pub(in crate::render) struct Reader {
    pub(super) library: Arc<Library>,
    /// None where nobody asks for them.
    notes: Option<Arc<Notes>>,
}

impl Reader {
    /// A reader of a site, with a sheet of its own for notes.
    pub(super) fn new(library: &Arc<Library>) -> Self {
        Self { library: Arc::clone(library), notes: Some(Arc::default()) }
    }

    /// A reader of a site that notes nothing.
    pub(super) fn without_notes(library: &Arc<Library>) -> Self {
        Self { library: Arc::clone(library), notes: None }
    }

    /// A reader of the same site that notes nothing.
    pub(in crate::render) fn unnoted(&self) -> Self {
        Self::without_notes(&self.library)
    }

    /// The same reader, for a function of its templates.
    pub(in crate::render) fn shared(&self) -> Self {
        Self { library: Arc::clone(&self.library), notes: self.notes.clone() }
    }

    /// What was read since this was asked for the last time, and the settings, which everything reads.
    pub(super) fn taken(&self) -> Noted {
        self.note(Fact::Settings);
        self.notes.as_ref().map(|notes| notes.take()).unwrap_or_default()
    }

    pub(super) fn note(&self, fact: Fact) {
        if let Some(notes) = &self.notes {
            notes.note(self.library.ledger.number(fact));
        }
    }

    pub(super) fn note_of(&self, aspect: Aspect, story: StoryId) {
        if let Some(notes) = &self.notes {
            notes.note(FactId::of(aspect, story));
        }
    }

    /// Notes what a template builds on.
    pub(super) fn note_template(&self, name: &str) {
        self.note(Fact::Template(name.to_owned()));
    }

    /// Notes what a component builds on.
    pub(super) fn note_component(&self, name: &str) {
        self.note(Fact::Component(name.to_owned()));
    }

    /// Notes that what templates are given as `site` is read, and the settings.
    pub(super) fn note_site(&self) {
        self.note(Fact::Site);
    }

    /// Makes a part of pages that is made once and shared, and tells what it has read and named.
    pub(in crate::render) fn apart<T>(&self, work: impl FnOnce() -> T) -> (T, Noted) {
        let Some(notes) = &self.notes else { return (work(), Noted::default()) };
        let before = notes.exchange(Noted::default());
        let made = work();
        let noted = notes.take();
        notes.exchange(before);
        (made, noted)
    }

    /// Notes what a part that was made before has read and named.
    pub(in crate::render) fn takes(&self, part: &Noted) {
        if let Some(notes) = &self.notes {
            notes.extend(part);
        }
    }

    /// Notes that the page names a file which is published only as long as something names it.
    pub(in crate::render) fn uses(&self, url: &UrlPath) {
        if let Some(notes) = &self.notes {
            notes.uses(url);
        }
    }
}

//! The search index from what was gathered by earlier builds: where `render`, which knows what a quire is, meets `cache`, which keeps it.

use std::{path::Path, sync::Arc};

use crate::{
    cache::{self, Key},
    load::Site,
    model::Digest,
    render::{self, Quires},
};

impl Quires for cache::Quires {
    fn find(&self, of: &Digest) -> Option<Vec<u8>> {
        self.find(of)
    }

    fn keep(&self, of: &Digest, quire: &[u8]) {
        self.keep(of, quire);
    }
}

/// Opens what builds by this program gathered.
pub(super) fn open(program: Option<&Path>, site: &Site) -> Arc<cache::Quires> {
    Arc::new(cache::Quires::open(site, program.and_then(|program| Key::new(program, &[]))))
}

/// Removes what this build has not used; nothing if it did not ask for all that it has.
pub(super) fn sweep(quires: &cache::Quires, view: &render::View) {
    if let Some(wanted) = view.quires() {
        // What stays too long is swept the next time.
        let _ = quires.sweep(wanted.into_iter());
    }
}

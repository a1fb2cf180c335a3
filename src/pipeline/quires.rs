//! The search index from what was gathered by earlier builds: where `render`, which knows what a quire is, meets `cache`, which keeps it.

use std::{path::Path, sync::Arc};

use crate::{
    cache::{self, Key},
    load::Site,
    model::UrlPath,
    render::{Planned, Quires},
};

impl Quires for cache::Quires {
    fn find(&self, first: &UrlPath) -> Option<Vec<u8>> {
        self.find(first)
    }

    fn keep(&self, first: &UrlPath, quire: &[u8]) {
        self.keep(first, quire);
    }
}

/// Opens what builds by this program gathered.
pub(super) fn open(program: Option<&Path>, site: &Site) -> Arc<cache::Quires> {
    Arc::new(cache::Quires::open(site, program.and_then(|program| Key::new(program, &[]))))
}

/// What builds gathered, for a preview, which keeps nothing: it has words of what is not out.
#[derive(Debug)]
struct Glance(Arc<cache::Quires>);

impl Quires for Glance {
    fn find(&self, first: &UrlPath) -> Option<Vec<u8>> {
        self.0.find(first)
    }

    fn keep(&self, _: &UrlPath, _: &[u8]) {}
}

/// Opens what builds by this program gathered, for a preview.
pub(super) fn glance(program: Option<&Path>, site: &Site) -> Arc<dyn Quires> {
    Arc::new(Glance(open(program, site)))
}

/// Removes what a site that is planned so does not ask for.
pub(super) fn sweep(quires: &cache::Quires, planned: &Planned) {
    let first = planned.plan.search.first_of_quires().map(|id| &planned.index.story(id).permalink);
    // What stays too long is swept the next time.
    let _ = quires.sweep(first);
}

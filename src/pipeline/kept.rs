//! What earlier builds made of the documents: where `parse`, which knows what is kept, meets `cache`, which keeps it.

use std::path::Path;

use crate::{
    cache::{self, Key},
    config::Config,
    diag,
    load::Site,
    parse::kept::{Keeper, depends_on},
};

impl Keeper for cache::Documents {
    fn is_open(&self) -> bool {
        self.is_kept()
    }

    fn count(&self) -> usize {
        self.count()
    }

    fn block(&self, number: usize) -> Option<Vec<u8>> {
        self.block(number)
    }

    fn distrust(&mut self) {
        self.distrust();
    }

    fn renew(&mut self) {
        self.renew();
    }

    fn add(&mut self, bytes: &[u8]) {
        self.add(bytes);
    }
}

/// Opens what builds by this program and with these settings kept of documents.
pub(super) fn open(program: Option<&Path>, site: &Site, config: &Config) -> cache::Documents {
    let key = program.and_then(|program| Key::new(program, &[&depends_on(config)]));
    cache::Documents::open(site, key, site.began_at())
}

/// Closes it, and says what was odd about it.
pub(super) fn close(keeper: cache::Documents) -> Option<String> {
    match keeper.finish() {
        Ok(odd) => odd.map(|odd| format!("what was kept of the documents {odd}: all of them were parsed anew")),
        Err(error) => {
            let reason = diag::reason(&error);
            Some(format!("what was made of the documents cannot be kept ({reason}); the next build parses them anew"))
        }
    }
}

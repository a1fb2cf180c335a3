//! Related lists from those of the last build: where `relate`, which knows what is kept, meets `cache`, which keeps it.

use std::path::Path;

use crate::{
    cache::{self, Key, Odd},
    diag,
    load::{self, Site},
    parse::terms::TermLists,
    relate::{self, Archive, Lists, Making, SiteIndex},
};

impl Archive for cache::Texts {
    fn is_open(&self) -> bool {
        self.is_open()
    }

    fn state(&self) -> Option<&[u8]> {
        self.state()
    }

    fn len_bytes(&self) -> u64 {
        self.len_bytes()
    }

    fn read(&self, at: u64, into: &mut [u8]) -> bool {
        self.read(at, into)
    }

    fn add(&self, bytes: &[u8]) -> Option<u64> {
        self.add(bytes)
    }

    fn add_anew(&self, bytes: &[u8]) -> Option<u64> {
        self.add_anew(bytes)
    }
}

/// The related lists of all articles, from those of the last build where it kept them; and what there is to say about that.
pub(super) fn lists(
    program: Option<&Path>,
    site: &Site,
    index: &SiteIndex,
    terms: TermLists,
) -> Result<(Lists, Option<String>), load::Error> {
    let key = program.and_then(|program| Key::new(program, &[]));
    let texts = cache::Texts::open(site, key, site.began_at());
    let odd = texts.odd();
    let renewed = relate::renew(index, site, terms, &texts)?;
    let odd = odd.or((renewed.making == Making::Odd).then_some(Odd::Damaged));
    let odd = odd.map(|odd| format!("what was kept of related stories {odd}: all lists were made anew"));
    let failure = texts.keep(renewed.state.as_deref()).err().map(|error| {
        let reason = diag::reason(&error);
        format!("what is known of related stories cannot be kept ({reason}); the next build makes all lists anew")
    });
    Ok((renewed.lists, odd.or(failure)))
}

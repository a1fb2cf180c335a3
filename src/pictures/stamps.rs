//! The hashes of originals by their stamps, so that a build reads no original again that has not changed.

use std::collections::BTreeMap;

use super::store::{self, Store};
use crate::load::{Site, Source, Stamp};

/// The file, in the store's folder.
const FILE: &str = "stamps";

/// The first bytes of it.
const NAME: &[u8] = b"letterpress stamps 1\n";

/// The hashes that an earlier build found.
#[derive(Debug, Default)]
pub(super) struct Stamps {
    known: BTreeMap<String, (Stamp, [u8; 32])>,
}

impl Stamps {
    /// The table as the last build left it; an empty one if there is none, or if it is damaged.
    #[expect(clippy::disallowed_methods, reason = "the table is no file of the site, and is read by its writer alone")]
    pub(super) fn read(store: &Store) -> Self {
        let known = || {
            let bytes = std::fs::read(store.beside(FILE)).ok()?;
            let (seal, table) = bytes.strip_prefix(NAME)?.split_at_checked(blake3::OUT_LEN)?;
            (blake3::hash(table).as_bytes() == seal).then_some(())?;
            postcard::from_bytes(table).ok()
        };
        Self { known: known().unwrap_or_default() }
    }

    /// The hash of an original that is as it was.
    pub(super) fn hash(&self, original: &Source) -> Option<blake3::Hash> {
        let (stamp, hash) = self.known.get(original.path.as_str())?;
        (*stamp == original.stamp).then(|| (*hash).into())
    }

    /// Keeps the table for the next build, if it is another. A stamp that is as young as this build is not in it: the file may change again under it.
    pub(super) fn keep<'a>(self, site: &Site, store: &Store, found: impl Iterator<Item = (&'a Source, blake3::Hash)>) {
        let Some(began_at) = site.began_at() else { return };
        let trusted = found.filter(|(original, _)| original.stamp.is_older(began_at));
        let table: BTreeMap<String, (Stamp, [u8; 32])> = trusted
            .map(|(original, hash)| (original.path.as_str().to_owned(), (original.stamp, hash.into())))
            .collect();
        if table == self.known {
            return;
        }
        let bytes = postcard::to_allocvec(&table).expect("a table is made of plain values");
        // Without the table the next build reads the originals again, and makes nothing anew.
        let _ = store::write(&store.beside(FILE), &[NAME, blake3::hash(&bytes).as_bytes(), &bytes]);
    }
}

//! The gathered words of the search index: `.letterpress/search/`, a file for each quire of stories, named by its first and by the program that made it.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use super::{Key, file};
use crate::{
    load::{OWN_FOLDER, Site},
    model::UrlPath,
};

/// The folder, below that of the cache.
const SEARCH: &str = "search";

/// What builds by one program kept.
#[derive(Debug)]
pub struct Quires {
    folder: PathBuf,
    made_by: Option<Vec<u8>>,
}

impl Quires {
    /// Opens what builds by this program kept. Without a key, and where the program is younger than the build, nothing is known and nothing is kept.
    pub fn open(site: &Site, key: Option<Key>) -> Self {
        let key = key.filter(|key| site.began_at().is_some_and(|mark| key.is_older(mark)));
        let made_by = key.map(|key| postcard::to_allocvec(&key).expect("a key can be written into memory"));
        Self { folder: site.root().join(OWN_FOLDER).join(SEARCH), made_by }
    }

    /// The last quire that was kept of those that begin with this story; none if it is not as it was written.
    pub fn find(&self, first: &UrlPath) -> Option<Vec<u8>> {
        file::read(&self.place(first)?).ok().flatten()
    }

    /// Keeps the quire that begins with this story, if that can be done.
    pub fn keep(&self, first: &UrlPath, quire: &[u8]) {
        let Some(place) = self.place(first) else { return };
        // What is not kept is made again.
        if file::write(&place, &[quire]).is_err_and(|error| error.kind() == io::ErrorKind::NotFound) {
            let _ = fs::create_dir_all(&self.folder).and_then(|()| file::write(&place, &[quire]));
        }
    }

    /// Removes all others than those that begin with these stories: nothing asks for them, or they are of another program's making.
    ///
    /// # Errors
    /// The system's.
    #[expect(
        clippy::disallowed_methods,
        reason = "the folder is none of the site's, and is listed by its writer alone"
    )]
    pub fn sweep<'a>(&self, wanted: impl Iterator<Item = &'a UrlPath>) -> io::Result<()> {
        let found = match fs::read_dir(&self.folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            found => found?,
        };
        let wanted: std::collections::BTreeSet<PathBuf> = wanted.filter_map(|first| self.place(first)).collect();
        for file in found {
            let place = file?.path();
            if !wanted.contains(&place) {
                file::remove(&place)?;
            }
        }
        Ok(())
    }

    fn place(&self, first: &UrlPath) -> Option<PathBuf> {
        let mut hasher = blake3::Hasher::new();
        hasher.update(self.made_by.as_ref()?).update(first.as_str().as_bytes());
        Some(self.folder.join(Path::new(hasher.finalize().to_hex().as_str())))
    }
}

//! What was made of the sources in one step and is wanted in a later one, kept outside of memory meanwhile: bodies, which together are larger than all else.

use std::{
    fs::{self, File},
    io,
    os::unix::fs::MetadataExt,
    path::Path,
    sync::{
        OnceLock,
        atomic::{AtomicU64, Ordering},
    },
};

use super::{FileTime, OWN_FOLDER};

/// A file without a name, which is gone with the process. Where there can be none, nothing is kept, and what is missed is made again.
#[derive(Debug, Default)]
pub(super) struct Shelf {
    file: OnceLock<Option<(File, FileTime)>>,
    end: AtomicU64,
}

/// Where something lies on the shelf.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shelved {
    at: u64,
    len_bytes: u32,
}

impl Shelved {
    /// How many bytes lie there.
    pub fn len_bytes(self) -> usize {
        self.len_bytes as usize
    }
}

impl Shelf {
    /// Keeps bytes; none if they cannot be kept.
    pub(super) fn put(&self, root: &Path, bytes: &[u8]) -> Option<Shelved> {
        let (file, _) = self.file(root)?;
        let len_bytes = u32::try_from(bytes.len()).ok()?;
        let at = self.end.fetch_add(u64::from(len_bytes), Ordering::Relaxed);
        write_at(file, bytes, at).ok()?;
        Some(Shelved { at, len_bytes })
    }

    /// When the shelf was made, by the clock of the file system; it is made now if it was not yet.
    pub(super) fn made_at(&self, root: &Path) -> Option<FileTime> {
        self.file(root).map(|(_, made_at)| *made_at)
    }

    fn file(&self, root: &Path) -> Option<&(File, FileTime)> {
        self.file.get_or_init(|| unnamed(&root.join(OWN_FOLDER)).ok()).as_ref()
    }

    /// The bytes that were kept; none if they cannot be read.
    pub(super) fn take(&self, place: Shelved) -> Option<Vec<u8>> {
        let (file, _) = self.file.get()?.as_ref()?;
        let mut bytes = vec![0; usize::try_from(place.len_bytes).ok()?];
        read_at(file, &mut bytes, place.at).ok()?;
        Some(bytes)
    }
}

#[expect(clippy::disallowed_methods, reason = "the file is made here, and its name goes before anything is in it")]
fn unnamed(folder: &Path) -> io::Result<(File, FileTime)> {
    fs::create_dir_all(folder)?;
    let path = folder.join(format!("shelf-{}", std::process::id()));
    let file = File::options().read(true).write(true).create_new(true).open(&path)?;
    fs::remove_file(&path)?;
    let facts = file.metadata()?;
    Ok((file, (facts.mtime(), facts.mtime_nsec())))
}

#[cfg(unix)]
fn write_at(file: &File, bytes: &[u8], at: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::write_all_at(file, bytes, at)
}

#[cfg(unix)]
fn read_at(file: &File, bytes: &mut [u8], at: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, bytes, at)
}

#[cfg(not(unix))]
fn write_at(_: &File, _: &[u8], _: u64) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

#[cfg(not(unix))]
fn read_at(_: &File, _: &mut [u8], _: u64) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_found_again() {
        let root = tempfile::tempdir().unwrap();
        let shelf = Shelf::default();
        let places: Vec<Shelved> =
            (0_u8..9).map(|n| shelf.put(root.path(), &vec![n; usize::from(n)]).unwrap()).collect();
        for (n, place) in (0_u8..9).zip(&places) {
            assert_eq!(shelf.take(*place).unwrap(), vec![n; usize::from(n)]);
        }
        let named = walkdir::WalkDir::new(root.path().join(OWN_FOLDER)).min_depth(1);
        assert_eq!(named.into_iter().count(), 0, "the file has no name");
    }

    #[test]
    fn a_folder_that_takes_nothing_keeps_nothing() {
        let root = tempfile::tempdir().unwrap();
        let file = tempfile::NamedTempFile::new_in(root.path()).unwrap();
        assert_eq!(Shelf::default().put(file.path(), b"x"), None);
    }
}

//! The store of renditions, `.letterpress/pictures/`: a file for each original and recipe, named by the key of both.
//!
//! A file holds a sheet, which says what was made, and behind it the bytes of all renditions. It is written under a temporary name and renamed, so it is
//! there whole or not at all; the sheet carries its hash, and each rendition is held against its own when it is read. So the store may be deleted, cut
//! short, shared or carried from machine to machine, at the price of developing again.

use std::{
    collections::BTreeSet,
    fs::{self, File},
    io::{self, Read as _, Seek as _, SeekFrom, Write as _},
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use serde::{Deserialize, Serialize};

use super::{Error, Rendition};
#[cfg(any(feature = "pictures", feature = "social-cards"))]
use crate::load::FileTime;
use crate::load::{OWN_FOLDER, Site};

/// The name of the folder.
const FOLDER: &str = "pictures";

/// The first bytes of each file.
const NAME: &[u8] = b"letterpress pictures 1\n";

/// How much of a file is read for its sheet: nearly all sheets are shorter.
const HEAD_BYTES: u64 = 4096;

/// The most bytes of a sheet.
const MOST_SHEET_BYTES: usize = 1024 * 1024;

/// How old the note of a file's last use may become before it is renewed.
const NOTED_USE: Duration = Duration::from_hours(24);

/// What tells the renditions of one original by one recipe from all others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub(super) struct Key([u8; 32]);

/// The store of a site.
#[derive(Debug)]
pub(super) struct Store {
    folder: PathBuf,
}

impl From<blake3::Hash> for Key {
    fn from(hash: blake3::Hash) -> Self {
        Self(hash.into())
    }
}

impl Store {
    pub(super) fn of(site: &Site) -> Self {
        Self { folder: site.root().join(OWN_FOLDER).join(FOLDER) }
    }

    fn place(&self, key: &Key) -> PathBuf {
        let name = blake3::Hash::from(key.0).to_hex();
        self.folder.join(&name[..2]).join(&name[2..])
    }

    /// A file of the store beside the renditions.
    #[cfg_attr(not(feature = "pictures"), expect(dead_code, reason = "only the darkroom keeps one"))]
    pub(super) fn beside(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// The sheet of a key, if the store has it and all its renditions. Notes that it is used.
    #[cfg_attr(
        not(any(feature = "pictures", feature = "social-cards")),
        expect(dead_code, reason = "only what makes pictures asks")
    )]
    pub(super) fn recall<T: for<'a> Deserialize<'a>>(&self, key: &Key, now: Option<SystemTime>) -> Option<T> {
        let (file, sheet, end) = self.open(key)?;
        let (sheet, rest): (T, &[u8]) = postcard::take_from_bytes(&sheet).ok()?;
        let renditions_bytes = u64::from_le_bytes(rest.try_into().ok()?);
        let facts = file.metadata().ok()?;
        if facts.len() != end + renditions_bytes {
            return None;
        }
        if let (Some(now), Ok(used)) = (now, facts.modified())
            && now.duration_since(used).is_ok_and(|age| age > NOTED_USE)
        {
            // Without the note the file counts as used earlier than it was, which costs no more than making it again.
            let _ = file.set_modified(now);
        }
        Some(sheet)
    }

    /// The file of a key, the bytes of its sheet, and where that ends.
    #[expect(clippy::disallowed_methods, reason = "the store is no file of the site, and is read by its writer alone")]
    fn open(&self, key: &Key) -> Option<(File, Vec<u8>, u64)> {
        let mut file = File::open(self.place(key)).ok()?;
        let mut head = Vec::new();
        (&mut file).take(HEAD_BYTES).read_to_end(&mut head).ok()?;
        let rest = head.strip_prefix(NAME)?;
        let (seal, rest) = rest.split_at_checked(blake3::OUT_LEN)?;
        let (len, sheet) = rest.split_first_chunk()?;
        let len = usize::try_from(u32::from_le_bytes(*len)).ok().filter(|len| *len <= MOST_SHEET_BYTES)?;
        let mut sheet = sheet.get(..len.min(sheet.len()))?.to_vec();
        if sheet.len() < len {
            let missing = u64::try_from(len - sheet.len()).ok()?;
            (&mut file).take(missing).read_to_end(&mut sheet).ok()?;
        }
        let begin = NAME.len() + blake3::OUT_LEN + 4;
        (blake3::hash(&sheet).as_bytes() == seal).then_some((file, sheet, u64::try_from(begin + len).ok()?))
    }

    /// The bytes of a rendition; none if the store has lost them, or has others.
    pub(super) fn bytes(&self, key: &Key, rendition: &Rendition) -> Option<Vec<u8>> {
        let (mut file, _, end) = self.open(key)?;
        file.seek(SeekFrom::Start(end + rendition.at)).ok()?;
        let mut bytes = vec![0; usize::try_from(rendition.len_bytes).ok()?];
        file.read_exact(&mut bytes).ok()?;
        (*blake3::hash(&bytes).as_bytes() == rendition.hash).then_some(bytes)
    }

    /// Keeps a sheet with its renditions.
    #[cfg_attr(
        not(any(feature = "pictures", feature = "social-cards")),
        expect(dead_code, reason = "only what makes pictures keeps any")
    )]
    pub(super) fn keep(&self, key: &Key, sheet: &impl Serialize, renditions: &[u8]) -> Result<(), Error> {
        let place = self.place(key);
        let mut bytes = postcard::to_allocvec(sheet).expect("a sheet is made of plain values");
        bytes.extend_from_slice(&(renditions.len() as u64).to_le_bytes());
        let len = u32::try_from(bytes.len()).expect("a sheet has a few hundred bytes");
        let seal = blake3::hash(&bytes);
        let parts = [NAME, seal.as_bytes(), &len.to_le_bytes(), &bytes, renditions];
        write(&place, &parts).map_err(|error| Error::Store(place, error))
    }

    /// Drops what is kept for a key, so that it is made again.
    #[expect(clippy::disallowed_methods, reason = "the store is no part of an edition")]
    pub(super) fn forget(&self, key: &Key) {
        let _ = fs::remove_file(self.place(key));
    }

    /// Drops what was not used for the longest time, until no more than `most_bytes` are kept. What is `used` now stays in any case.
    #[expect(clippy::disallowed_methods, reason = "the store is no part of an edition")]
    pub(super) fn sweep(&self, used: &BTreeSet<Key>, most_bytes: u64) -> io::Result<()> {
        let used: BTreeSet<PathBuf> = used.iter().map(|key| self.place(key)).collect();
        let (mut kept_bytes, mut others) = (0, Vec::new());
        for folder in fs::read_dir(&self.folder)? {
            let folder = folder?;
            if !folder.file_type()?.is_dir() {
                continue;
            }
            for file in fs::read_dir(folder.path())? {
                let file = file?;
                let facts = file.metadata()?;
                kept_bytes += facts.len();
                if !used.contains(&file.path()) {
                    others.push((facts.modified()?, file.path(), facts.len()));
                }
            }
        }
        others.sort();
        for (_, path, len) in others {
            if kept_bytes <= most_bytes {
                break;
            }
            fs::remove_file(path)?;
            kept_bytes -= len;
        }
        Ok(())
    }
}

/// A time of the walk as the disk has it.
#[cfg(any(feature = "pictures", feature = "social-cards"))]
pub(super) fn system_time((seconds, _): FileTime) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(u64::try_from(seconds).unwrap_or(0))
}

/// Writes a file in one step.
#[expect(clippy::disallowed_methods, reason = "the store is no part of an edition")]
pub(super) fn write(place: &Path, parts: &[&[u8]]) -> io::Result<()> {
    let folder = place.parent().expect("the store lies in a folder");
    fs::create_dir_all(folder)?;
    // Two originals may be the same picture. Builds of one site do not run at once.
    let draft = place.with_extension(format!("new{}", rayon::current_thread_index().unwrap_or(0)));
    let mut file = File::create(&draft)?;
    for part in parts {
        file.write_all(part)?;
    }
    drop(file);
    fs::rename(draft, place)
}

//! What the making of related lists keeps, as it lies on the disk: `.letterpress/texts`, which only grows, and `.letterpress/related`, which says what of it holds.
//!
//! A build adds to the first, or begins it anew under another name; it is of no effect until the second is exchanged, which is the last thing done. So whatever kills
//! a build, what was kept before is still there, or nothing is. The two are joined by a mark that stands in both. The second is sealed as a whole; the parts of the
//! first are sealed one by one by their user, who reads few of them.

use std::{
    fs::{self, File},
    io::{self, ErrorKind},
    os::unix::fs::{FileExt, MetadataExt},
    path::{Path, PathBuf},
    sync::{
        OnceLock,
        atomic::{AtomicU64, Ordering},
    },
};

use super::{
    Key, Odd,
    file::{self, Table},
};
use crate::load::{FileTime, OWN_FOLDER, Site};

/// The first bytes of the file that only grows.
const NAME: &[u8] = b"letterpress texts ";

/// The rest of the first line: what follows is written in this way. To be changed with anything that is kept.
const FORMAT: &[u8] = b"1\n";

/// The file that only grows, of the site in a folder.
fn texts_of(root: &Path) -> PathBuf {
    root.join(OWN_FOLDER).join("texts")
}

/// What joins the two.
const MARK_BYTES: usize = blake3::OUT_LEN;

/// Where the first byte is that is added.
const HEAD_BYTES: u64 = (NAME.len() + FORMAT.len() + MARK_BYTES) as u64;

/// What earlier builds kept, and room for what this one keeps.
#[derive(Debug)]
pub struct Texts {
    root: PathBuf,
    key: Option<Key>,
    old: Option<Old>,
    anew: OnceLock<Option<Grown>>,
    odd: Option<Odd>,
}

/// What the last build left.
#[derive(Debug)]
struct Old {
    state: Vec<u8>,
    texts: Grown,
}

/// A file that only grows.
#[derive(Debug)]
struct Grown {
    file: File,
    end: AtomicU64,
    mark: [u8; MARK_BYTES],
}

impl Grown {
    fn add(&self, bytes: &[u8]) -> Option<u64> {
        let at = self.end.fetch_add(bytes.len() as u64, Ordering::Relaxed);
        self.file.write_all_at(bytes, at).ok()?;
        Some(at)
    }

    /// Opens the file that has this mark.
    fn open(place: &Path, mark: [u8; MARK_BYTES]) -> Result<Self, Odd> {
        let file = File::options().read(true).write(true).open(place).map_err(|_| Odd::Unreadable)?;
        let mut head = vec![0; NAME.len() + FORMAT.len()];
        let mut found = [0; MARK_BYTES];
        let read = file.read_exact_at(&mut head, 0).and_then(|()| file.read_exact_at(&mut found, head.len() as u64));
        let end = file.metadata().map_err(|_| Odd::Unreadable)?.len();
        if read.is_err() || head != [NAME, FORMAT].concat() || found != mark {
            return Err(Odd::Damaged);
        }
        Ok(Self { file, end: end.into(), mark })
    }

    /// Begins a file.
    fn begin(place: &Path) -> io::Result<Self> {
        let file = begin(place)?;
        let facts = file.metadata()?;
        // No two files that ever were in one place have all of these in common.
        let facts = [facts.ino().cast_signed(), facts.mtime(), facts.mtime_nsec(), std::process::id().into()];
        let mark: [u8; MARK_BYTES] = blake3::hash(&facts.map(i64::to_le_bytes).concat()).into();
        file.write_all_at(&[NAME, FORMAT, &mark].concat(), 0)?;
        Ok(Self { file, end: HEAD_BYTES.into(), mark })
    }
}

impl Texts {
    /// Opens what builds by this program kept. Without a key, and where the program is younger than the build, nothing is known and nothing is kept.
    pub fn open(site: &Site, key: Option<Key>, began_at: Option<FileTime>) -> Self {
        let key = key.filter(|key| began_at.is_some_and(|mark| key.is_older(mark)));
        let root = site.root().to_path_buf();
        let old = key.as_ref().map_or(Ok(None), |key| read(&root, key));
        let odd = old.as_ref().err().copied();
        Self { root, key, old: old.unwrap_or_default(), anew: OnceLock::new(), odd }
    }

    /// What the last build gave to [`Self::keep`].
    pub fn state(&self) -> Option<&[u8]> {
        self.old.as_ref().map(|old| &old.state[..])
    }

    /// How many bytes were added so far, and not begun anew since.
    pub fn len_bytes(&self) -> u64 {
        self.old.as_ref().map_or(0, |old| old.texts.end.load(Ordering::Relaxed) - HEAD_BYTES)
    }

    /// Reads bytes that earlier builds added; false if that cannot be done.
    pub fn read(&self, at: u64, into: &mut [u8]) -> bool {
        self.old.as_ref().is_some_and(|old| old.texts.file.read_exact_at(into, at).is_ok())
    }

    /// Adds bytes to those of earlier builds, and tells where; none if that cannot be done.
    pub fn add(&self, bytes: &[u8]) -> Option<u64> {
        self.old.as_ref()?.texts.add(bytes)
    }

    /// Adds bytes to a file that takes the place of the one of earlier builds.
    pub fn add_anew(&self, bytes: &[u8]) -> Option<u64> {
        self.key.as_ref()?;
        let begin = || Grown::begin(&texts_of(&self.root).with_extension("new")).ok();
        self.anew.get_or_init(begin).as_ref()?.add(bytes)
    }

    /// Whether anything is kept at all.
    pub fn is_open(&self) -> bool {
        self.key.is_some()
    }

    /// What is odd about what earlier builds kept.
    pub fn odd(&self) -> Option<Odd> {
        self.odd
    }

    /// Keeps a state, with what was added, for the next build. Nothing is written if it is that of the last one.
    ///
    /// # Errors
    /// The system's; then what was kept before is still there, or nothing is.
    pub fn keep(self, state: Option<&[u8]>) -> io::Result<()> {
        let Some(key) = &self.key else { return Ok(()) };
        let anew = self.anew.into_inner().flatten();
        let Some(state) = state else { return file::remove(&Table::Related.place(&self.root)) };
        let mark = match (&anew, &self.old) {
            (Some(anew), _) => anew.mark,
            (None, Some(old)) if old.state == state => return Ok(()),
            (None, Some(old)) => old.texts.mark,
            // Of a site without articles there is nothing to be kept.
            (None, None) => return Ok(()),
        };
        if anew.is_some() {
            // From here on, the state that is there is that of another file.
            let texts = texts_of(&self.root);
            fs::rename(texts.with_extension("new"), texts)?;
        }
        let key = postcard::to_allocvec(key).expect("a key can be written into memory");
        file::write(&Table::Related.place(&self.root), &[&mark, &key, state])
    }
}

/// What the last build kept; none if there is nothing.
fn read(root: &Path, key: &Key) -> Result<Option<Old>, Odd> {
    let Some(mut bytes) = file::read(&Table::Related.place(root))? else { return Ok(None) };
    let (mark, rest) = bytes.split_first_chunk().ok_or(Odd::Damaged)?;
    let (made_by, state): (Key, _) = postcard::take_from_bytes(rest).map_err(|_| Odd::Damaged)?;
    if !made_by.is_same_program(key) {
        return Err(Odd::OtherVersion);
    }
    let texts = Grown::open(&texts_of(root), *mark)?;
    let head = bytes.len() - state.len();
    bytes.drain(..head);
    Ok(Some(Old { state: bytes, texts }))
}

/// Begins a file in the place of one that a killed build left.
fn begin(place: &Path) -> io::Result<File> {
    remove(place)?;
    File::options().read(true).write(true).create_new(true).open(place)
}

#[expect(clippy::disallowed_methods, reason = "the cache is removed by its writer")]
fn remove(place: &Path) -> io::Result<()> {
    match fs::remove_file(place) {
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => Ok(()),
        result => result,
    }
}

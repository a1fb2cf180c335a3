//! What a build learned, kept for the next one: `.letterpress/cache` and its neighbours.
//!
//! The first table has every file and folder that the build looked at. If all of them are as they were, if the edition that the build left is
//! still the live one, and if the clock has passed no date of a source, then there is nothing to do, and nothing is read, rendered or written.
//!
//! The cache is a hint that is checked, never a source: it may be deleted at any time, and whatever is odd about it means a full build. It is never
//! published, and may hold the paths of what is not out. It knows keys, hashes and stamps, and nothing of news.
//!
//! The file is a line with its format, the BLAKE3 of the rest, and two values: who made it, then what they learned. The first can be read, and
//! judged, by programs that would not understand the second. What each output has read, what was made of the documents ([`Documents`]) and of their
//! texts ([`Texts`]) is in files of their own beside it, so that a build with nothing to do reads this one alone.

mod documents;
mod file;
mod quires;
mod texts;

use std::path::Path;

pub use documents::Documents;
use file::Table;
pub use quires::Quires;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
pub use texts::Texts;

use crate::{
    diag::Diagnostic,
    load::{FileTime, Looked, Site, Stamp},
    model::Timestamp,
};

/// What made a build, and what of the request decides its bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Key {
    version: String,
    program: Stamp,
    request: [u8; 32],
}

/// What a build learned.
#[derive(Debug, Serialize, Deserialize)]
pub struct Learned<'a> {
    /// What tells the edition that it left from all others.
    pub edition: [u8; 32],
    /// The clocks with which a build would do the same.
    pub clock: Interval,
    /// How many sources were not out.
    pub withheld: usize,
    /// What it told.
    pub diagnostics: Vec<Diagnostic>,
    /// What it looked at.
    #[serde(borrow)]
    pub looked: Looked<'a>,
}

/// Instants from one to before another, in seconds since 1970; without an end where there is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Interval {
    from: Option<i64>,
    until: Option<i64>,
}

/// What was kept, still as bytes.
#[derive(Debug)]
pub struct Kept {
    bytes: Vec<u8>,
}

/// Why what was kept is of no use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Odd {
    /// It cannot be read.
    #[error("cannot be read")]
    Unreadable,
    /// It is not as it was written.
    #[error("is damaged")]
    Damaged,
    /// Another program made it.
    #[error("was made by another version of Letterpress")]
    OtherVersion,
    /// What is published is not what it tells of.
    #[error("belongs to another edition")]
    OtherEdition,
}

impl Key {
    /// The key of builds by the running program, whose file is `program`; `request` is all of the request that decides bytes, but for the clock.
    ///
    /// The program is told by the stamp of its file: the theme is compiled into it, so another theme is another program. None if there is no such file.
    pub fn new(program: &Path, request: &[&[u8]]) -> Option<Self> {
        let program = Stamp::from(&program.metadata().ok()?);
        let mut hasher = blake3::Hasher::new();
        for part in request {
            hasher.update(&(part.len() as u64).to_le_bytes()).update(part);
        }
        Some(Self { version: env!("CARGO_PKG_VERSION").to_owned(), program, request: hasher.finalize().into() })
    }

    fn is_same_program(&self, other: &Self) -> bool {
        (&self.version, &self.program) == (&other.version, &other.program)
    }

    /// Whether the program was whole before `mark`, so that its stamp tells it from any other.
    fn is_older(&self, mark: FileTime) -> bool {
        self.program.is_older(mark)
    }
}

impl Interval {
    /// From the last event to the next one.
    pub fn between(last: Option<Timestamp>, next: Option<Timestamp>) -> Self {
        Self { from: last.map(Timestamp::as_second), until: next.map(Timestamp::as_second) }
    }

    /// Whether a clock shows an instant of it.
    pub fn holds(self, clock: Timestamp) -> bool {
        let clock = clock.as_second();
        self.from.is_none_or(|from| from <= clock) && self.until.is_none_or(|until| clock < until)
    }
}

/// What the last build of this site kept; none if nothing is kept.
///
/// # Errors
/// [`Odd::Unreadable`], [`Odd::Damaged`] or [`Odd::OtherVersion`].
pub fn recall(site: &Site) -> Result<Option<Kept>, Odd> {
    file::read(&Table::Learned.place(site.root())).map(|bytes| bytes.map(|bytes| Kept { bytes }))
}

impl Kept {
    /// What a build with the same key learned; none if the last one had another request.
    ///
    /// # Errors
    /// [`Odd::Damaged`] or [`Odd::OtherVersion`].
    pub fn learned(&self, key: &Key) -> Result<Option<Learned<'_>>, Odd> {
        let (made_by, rest): (Key, _) = postcard::take_from_bytes(&self.bytes).map_err(|_| Odd::Damaged)?;
        if !made_by.is_same_program(key) {
            return Err(Odd::OtherVersion);
        }
        if made_by.request != key.request {
            return Ok(None);
        }
        postcard::from_bytes(rest).map(Some).map_err(|_| Odd::Damaged)
    }
}

/// Keeps what a build learned, in the place of what was kept before.
///
/// # Errors
/// The system's; then what was kept before is still there, or nothing is.
pub fn keep(site: &Site, key: &Key, learned: &Learned<'_>) -> std::io::Result<()> {
    if !key.is_older(learned.looked.began_at()) {
        return forget(site);
    }
    let made_by = postcard::to_allocvec(key).expect("a key can be written into memory");
    let learned = postcard::to_allocvec(learned).expect("what was learned can be written into memory");
    file::write(&Table::Learned.place(site.root()), &[&made_by, &learned])
}

/// Keeps nothing.
///
/// # Errors
/// The system's.
pub fn forget(site: &Site) -> std::io::Result<()> {
    file::remove(&Table::Learned.place(site.root()))?;
    file::remove(&Table::Reads.place(site.root()))
}

/// Keeps what the outputs of an edition have read, in whichever form its maker gives it.
///
/// # Errors
/// The system's.
pub fn keep_reads(site: &Site, key: &Key, edition: [u8; 32], reads: &impl Serialize) -> std::io::Result<()> {
    let head = postcard::to_allocvec(&(key, edition)).expect("a key can be written into memory");
    let reads = postcard::to_allocvec(reads).expect("what was read can be written into memory");
    file::write(&Table::Reads.place(site.root()), &[&head, &reads])
}

/// What the outputs of an edition have read; none if that is not known.
///
/// # Errors
/// [`Odd::Unreadable`], [`Odd::Damaged`] or [`Odd::OtherVersion`].
pub fn recall_reads<T: DeserializeOwned>(site: &Site, key: &Key, edition: [u8; 32]) -> Result<Option<T>, Odd> {
    let Some(bytes) = file::read(&Table::Reads.place(site.root()))? else { return Ok(None) };
    let head: Result<((Key, [u8; 32]), _), _> = postcard::take_from_bytes(&bytes);
    let ((made_by, of), rest) = head.map_err(|_| Odd::Damaged)?;
    if !made_by.is_same_program(key) {
        return Err(Odd::OtherVersion);
    }
    if made_by.request != key.request || of != edition {
        return Ok(None);
    }
    postcard::from_bytes(rest).map(Some).map_err(|_| Odd::Damaged)
}

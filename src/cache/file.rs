//! Tables of the cache as they lie on the disk.

use std::{
    fs::{self, File},
    io::{self, ErrorKind, Write},
    path::{Path, PathBuf},
};

use super::Odd;
use crate::load::OWN_FOLDER;

/// The first bytes of every cache.
const NAME: &[u8] = b"letterpress cache ";

/// The rest of the first line: what follows is written in this way. To be changed with anything that is kept.
const FORMAT: &[u8] = b"1\n";

/// A table of the cache.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Table {
    /// What tells that there is nothing to do.
    Learned,
    /// What each output read.
    Reads,
    /// What related lists were made from.
    Related,
}

impl Table {
    /// Where it lies.
    pub(super) fn place(self, root: &Path) -> PathBuf {
        let name = match self {
            Self::Learned => "cache",
            Self::Reads => "reads",
            Self::Related => "related",
        };
        root.join(OWN_FOLDER).join(name)
    }
}

/// The values of a table, one behind the other; none if there is no such table.
#[expect(clippy::disallowed_methods, reason = "the cache is no file of the site, and is read by its writer alone")]
pub(super) fn read(place: &Path) -> Result<Option<Vec<u8>>, Odd> {
    let mut bytes = match fs::read(place) {
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => return Ok(None),
        Err(_) => return Err(Odd::Unreadable),
        Ok(bytes) => bytes,
    };
    let rest = bytes.strip_prefix(NAME).ok_or(Odd::Damaged)?;
    let rest = rest.strip_prefix(FORMAT).ok_or(Odd::OtherVersion)?;
    let (seal, body) = rest.split_at_checked(blake3::OUT_LEN).ok_or(Odd::Damaged)?;
    if blake3::hash(body).as_bytes() != seal {
        return Err(Odd::Damaged);
    }
    bytes.drain(..NAME.len() + FORMAT.len() + blake3::OUT_LEN);
    Ok(Some(bytes))
}

/// Writes values in one step. A cache need not outlive a power cut: one that was torn by it is known by its seal.
pub(super) fn write(place: &Path, values: &[&[u8]]) -> io::Result<()> {
    let mut hasher = blake3::Hasher::new();
    for value in values {
        hasher.update(value);
    }
    let seal = hasher.finalize();
    let (draft, mut file) = draft(place)?;
    for part in [NAME, FORMAT, seal.as_bytes()].iter().chain(values) {
        file.write_all(part)?;
    }
    fs::rename(draft, place)
}

/// Begins a file beside a table, in the place of one that a killed build left.
#[expect(clippy::disallowed_methods, reason = "the cache is no part of an edition")]
pub(super) fn draft(place: &Path) -> io::Result<(PathBuf, File)> {
    let draft = place.with_extension("new");
    match fs::remove_file(&draft) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let file = File::options().write(true).create_new(true).open(&draft)?;
    Ok((draft, file))
}

/// Removes a table, if it is there.
#[expect(clippy::disallowed_methods, reason = "the cache is removed by its writer")]
pub(super) fn remove(place: &Path) -> io::Result<()> {
    match fs::remove_file(place) {
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => Ok(()),
        result => result,
    }
}

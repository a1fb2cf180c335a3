//! The sealed record of an edition: which tree it is, and what it holds.
//!
//! Three parts: the BLAKE3 of the rest, a header, and one line a file. Written beside its name, then renamed; whoever reads one with a broken
//! seal, or of another format, has none.

use std::{borrow::Cow, io, path::Path};

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::{
    Manifest, Row,
    disk::{self, Disk, Identity},
};
use crate::model::{OutPath, SourcePath};

const FORMAT: u32 = 1;

/// How an edition was brought to readers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Rung {
    /// The new tree and the old one exchanged their names.
    Exchange,
    /// The output folder is a link to the tree.
    Link,
    /// File by file.
    InPlace,
}

/// All of a record but its manifest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Header {
    pub letterpress: u32,
    pub generation: u64,
    pub tree: Identity,
    pub rung: Rung,
    /// The run of the system in which it was published.
    pub boot: String,
    /// Whether it was made to last before it was published.
    pub durable: bool,
    /// Whether foreign files are in the tree, in any of its folders.
    pub has_foreign: bool,
    pub files: usize,
}

#[derive(Debug, Clone)]
pub(super) struct Record {
    pub header: Header,
    pub manifest: Manifest,
}

/// What was found where a record may be.
#[derive(Debug)]
pub(super) enum Found {
    Nothing,
    Broken,
    Whole(Record),
}

/// A file as its line has it: path, hash, length, subject, and the numbers of the lines that it uses.
type Line<'a> = (Cow<'a, str>, Cow<'a, str>, u64, Option<Cow<'a, str>>, Vec<usize>);

impl Record {
    pub(super) fn new(header: Header, manifest: Manifest) -> Self {
        Self { header: Header { letterpress: FORMAT, files: manifest.rows().len(), ..header }, manifest }
    }

    fn to_bytes(&self) -> Vec<u8> {
        let line = |row: &Row| {
            let uses = row.uses.iter().filter_map(|path| self.manifest.position(path.as_str().as_bytes()));
            let line: Line<'_> = (
                row.path.as_str().into(),
                row.hash.to_hex().as_str().to_owned().into(),
                row.len_bytes,
                row.subject.as_ref().map(|subject| subject.as_str().into()),
                uses.collect(),
            );
            json(&line)
        };
        let lines: Vec<_> = self.manifest.rows().par_iter().map(line).collect();
        let body = [json(&self.header), lines.concat()].concat();
        [format!("{}\n", blake3::hash(&body)).into_bytes(), body].concat()
    }

    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (seal, body) = bytes.split_at_checked(65)?;
        if seal != format!("{}\n", blake3::hash(body)).as_bytes() {
            return None;
        }
        let mut lines = std::str::from_utf8(body).ok()?.lines();
        let header: Header = serde_json::from_str(lines.next()?).ok()?;
        let lines: Vec<&str> = lines.collect();
        if header.letterpress != FORMAT || header.files != lines.len() {
            return None;
        }
        let lines =
            lines.into_par_iter().map(|line| serde_json::from_str(line).ok()).collect::<Option<Vec<Line<'_>>>>()?;
        let paths = lines.par_iter().map(|line| OutPath::parse(&line.0).ok()).collect::<Option<Vec<_>>>()?;
        let row = |(at, (_, hash, len_bytes, subject, uses)): (usize, &Line<'_>)| {
            Some(Row {
                path: paths[at].clone(),
                hash: blake3::Hash::from_hex(hash.as_bytes()).ok()?,
                len_bytes: *len_bytes,
                subject: subject.as_deref().map(SourcePath::new),
                uses: uses.iter().map(|used| paths.get(*used).cloned()).collect::<Option<_>>()?,
            })
        };
        let rows = lines.par_iter().enumerate().map(row).collect::<Option<Vec<_>>>()?;
        Some(Self { header, manifest: Manifest::new(rows) })
    }

    /// Writes the record under `name` in one step.
    pub(super) fn seal(&self, disk: &dyn Disk, name: &Path) -> io::Result<()> {
        let draft = name.with_extension("tmp");
        if disk::stat(&draft)?.is_some() {
            disk.remove_file(&draft)?;
        }
        disk.create(&draft, &self.to_bytes())?;
        disk.rename(&draft, name)
    }
}

/// Reads the record under `name`.
pub(super) fn read(name: &Path) -> io::Result<Found> {
    Ok(match disk::read(name)? {
        None => Found::Nothing,
        Some(bytes) => Record::from_bytes(&bytes).map_or(Found::Broken, Found::Whole),
    })
}

fn json(value: &impl Serialize) -> Vec<u8> {
    let mut line = serde_json::to_vec(value).expect("text, numbers and lists are JSON");
    line.push(b'\n');
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_read_as_it_was_written_or_not_at_all() {
        let path = |text: &str| OutPath::parse(text).unwrap();
        let row = |at: &str, uses: &[&str]| Row {
            path: path(at),
            hash: blake3::hash(at.as_bytes()),
            len_bytes: 7,
            subject: Some(SourcePath::new("content/with\nnew \"line\".md")),
            uses: uses.iter().map(|used| path(used)).collect(),
        };
        let header = Header {
            letterpress: 0,
            generation: 3,
            tree: Identity { inode: 1, born: u64::MAX },
            rung: Rung::Exchange,
            boot: "x".into(),
            durable: true,
            has_foreign: false,
            files: 0,
        };
        let rows = vec![row("index.html", &["assets/a.css"]), row("assets/a.css", &[]), row("café/100%/x", &[])];
        let record = Record::new(header, Manifest::new(rows));
        let bytes = record.to_bytes();
        let read = Record::from_bytes(&bytes).unwrap();
        assert_eq!((read.header, read.manifest), (record.header, record.manifest));
        for at in 0..bytes.len() {
            let mut broken = bytes.clone();
            broken[at] ^= 1;
            assert!(Record::from_bytes(&broken).is_none());
            assert!(Record::from_bytes(&bytes[..at]).is_none());
        }
    }
}

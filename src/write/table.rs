//! The manifest as it lies on the disk: a base table, and the changes of each edition since, in one file.
//!
//! The file is a row of segments, the first with every row of an edition, each of the others with what one edition changed. A segment is the BLAKE3
//! of its body, the length of that, and the body: numbers of seven bits a byte, texts after their lengths, hashes as they are. The record of an
//! edition says how far the file is its own; what lies beyond is of an attempt that came to nothing, and is written over. So an edition costs
//! what it changes, and a table is read without taking any number or text apart.

use std::{collections::BTreeMap, sync::Arc};

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::{Manifest, Row, manifest::Changes};
use crate::model::{OutPath, SourcePath};

/// Which part of the base the changes may take before the table is written anew.
const PART: u64 = 8;

/// The length of what stands before the body of a segment.
const HEAD: usize = blake3::OUT_LEN + size_of::<u64>();

/// Where the manifest of an edition lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Table {
    /// The generation that wrote the file, which is in its name.
    pub file: u64,
    /// The length of the base.
    pub base_bytes: u64,
    /// The length of all that is the edition's.
    pub len_bytes: u64,
}

impl Table {
    /// The name of the file.
    pub(super) fn name(self) -> String {
        format!("{PREFIX}{}", self.file)
    }

    /// Where the next edition's changes go; none if the table should rather be written anew.
    pub(super) fn after(self, segment: &[u8]) -> Option<Self> {
        let len_bytes = self.len_bytes + segment.len() as u64;
        let next = Self { len_bytes, ..self };
        (PART * (len_bytes - self.base_bytes) <= self.base_bytes).then_some(next)
    }
}

/// How the names of tables begin.
pub(super) const PREFIX: &str = "manifest-";

/// The segment that holds rows, and the paths of those that are no more.
pub(super) fn segment(put: &[Row], gone: &[OutPath]) -> Vec<u8> {
    let mut segment = Vec::with_capacity(HEAD + put.len() * 256 + gone.len() * 64);
    segment.resize(HEAD, 0);
    let mut numbers: BTreeMap<&[OutPath], u64> = BTreeMap::new();
    for row in put {
        let next = numbers.len() as u64;
        numbers.entry(&row.uses).or_insert(next);
    }
    let mut lists: Vec<_> = numbers.iter().collect();
    lists.sort_by_key(|(_, number)| **number);
    put_number(&mut segment, lists.len() as u64);
    for (list, _) in lists {
        put_number(&mut segment, list.len() as u64);
        for path in *list {
            put_text(&mut segment, path.as_str());
        }
    }
    put_number(&mut segment, put.len() as u64);
    for row in put {
        put_text(&mut segment, row.path.as_str());
        segment.extend_from_slice(row.hash.as_bytes());
        put_number(&mut segment, row.len_bytes);
        put_number(&mut segment, u64::from(row.subject.is_some()));
        if let Some(subject) = &row.subject {
            put_text(&mut segment, subject.as_str());
        }
        put_number(&mut segment, numbers[&*row.uses]);
    }
    put_number(&mut segment, gone.len() as u64);
    for path in gone {
        put_text(&mut segment, path.as_str());
    }
    let (head, body) = segment.split_at_mut(HEAD);
    let (seal, len) = head.split_at_mut(blake3::OUT_LEN);
    seal.copy_from_slice(blake3::hash(body).as_bytes());
    len.copy_from_slice(&(body.len() as u64).to_le_bytes());
    segment
}

/// Reads a table as far as it is an edition's; none if any of it is not as it was written.
pub(super) fn read(bytes: &[u8]) -> Option<Manifest> {
    let mut rest = bytes;
    let base = read_segment(&mut rest)?;
    let mut later: BTreeMap<OutPath, Option<Row>> = BTreeMap::new();
    while !rest.is_empty() {
        let changes = read_segment(&mut rest)?;
        later.extend(changes.gone.into_iter().map(|path| (path, None)));
        later.extend(changes.put.into_iter().map(|row| (row.path.clone(), Some(row))));
    }
    let manifest = Manifest::new(base.put);
    if later.is_empty() {
        return Some(manifest);
    }
    let mut changes = Changes::default();
    for (path, row) in later {
        match row {
            Some(row) => changes.put.push(row),
            None => changes.gone.push(path),
        }
    }
    Some(manifest.with(&changes))
}

fn read_segment(rest: &mut &[u8]) -> Option<Changes> {
    let (head, after) = rest.split_at_checked(HEAD)?;
    let (seal, len) = head.split_at(blake3::OUT_LEN);
    let len = u64::from_le_bytes(len.try_into().ok()?);
    let (body, after) = after.split_at_checked(usize::try_from(len).ok()?)?;
    *rest = after;
    if blake3::hash(body) != blake3::Hash::from_slice(seal).ok()? {
        return None;
    }
    let mut reader = Reader(body);
    let lists = reader.many(|reader| {
        let list = reader.many(|reader| OutPath::parse(reader.text()?).ok())?;
        Some(Arc::<[OutPath]>::from(list))
    })?;
    let slices = reader.many(Reader::row)?;
    let gone = reader.many(|reader| OutPath::parse(reader.text()?).ok())?;
    let put = slices.into_par_iter().map(|slices| slices.row(&lists)).collect::<Option<Vec<_>>>()?;
    reader.0.is_empty().then_some(Changes { put, gone })
}

/// A row whose texts are still where they were read.
struct Slices<'a> {
    path: &'a str,
    hash: blake3::Hash,
    len_bytes: u64,
    subject: Option<&'a str>,
    uses: u64,
}

impl Slices<'_> {
    fn row(self, lists: &[Arc<[OutPath]>]) -> Option<Row> {
        Some(Row {
            path: OutPath::parse(self.path).ok()?,
            hash: self.hash,
            len_bytes: self.len_bytes,
            subject: self.subject.map(SourcePath::new),
            uses: Arc::clone(lists.get(usize::try_from(self.uses).ok()?)?),
        })
    }
}

/// What of a body is still to be read.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn number(&mut self) -> Option<u64> {
        let mut number = 0;
        for place in 0..10 {
            let (byte, rest) = self.0.split_first()?;
            self.0 = rest;
            number |= u64::from(byte & 0x7f) << (7 * place);
            if byte & 0x80 == 0 {
                return Some(number);
            }
        }
        None
    }

    fn bytes(&mut self, len: usize) -> Option<&'a [u8]> {
        let (bytes, rest) = self.0.split_at_checked(len)?;
        self.0 = rest;
        Some(bytes)
    }

    fn text(&mut self) -> Option<&'a str> {
        let len = usize::try_from(self.number()?).ok()?;
        std::str::from_utf8(self.bytes(len)?).ok()
    }

    fn many<T>(&mut self, mut one: impl FnMut(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        let count = usize::try_from(self.number()?).ok()?;
        // Each takes a byte at least.
        let mut many = Vec::with_capacity(count.min(self.0.len()));
        for _ in 0..count {
            many.push(one(self)?);
        }
        Some(many)
    }

    fn row(&mut self) -> Option<Slices<'a>> {
        let path = self.text()?;
        let hash = blake3::Hash::from_slice(self.bytes(blake3::OUT_LEN)?).ok()?;
        let len_bytes = self.number()?;
        let subject = if self.number()? == 1 { Some(self.text()?) } else { None };
        Some(Slices { path, hash, len_bytes, subject, uses: self.number()? })
    }
}

fn put_number(body: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        body.push(u8::try_from(number & 0x7f).expect("seven bits are a byte") | 0x80);
        number >>= 7;
    }
    body.push(u8::try_from(number).expect("what is left has seven bits"));
}

fn put_text(body: &mut Vec<u8>, text: &str) {
    put_number(body, text.len() as u64);
    body.extend_from_slice(text.as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(text: &str) -> OutPath {
        OutPath::parse(text).unwrap()
    }

    fn row(at: &str, len_bytes: u64, uses: &[&str]) -> Row {
        Row {
            path: path(at),
            hash: blake3::hash(at.as_bytes()),
            len_bytes,
            subject: (len_bytes > 7).then(|| SourcePath::new("content/with\nnew \"line\".md")),
            uses: uses.iter().map(|used| path(used)).collect(),
        }
    }

    #[test]
    fn a_table_is_read_as_it_was_written_or_not_at_all() {
        let rows =
            vec![row("assets/a.css", 1, &[]), row("café/100%/x", 300, &["assets/a.css"]), row("index.html", 8, &[])];
        let base = Manifest::new(rows);
        let second =
            Changes { put: vec![row("index.html", 1 << 40, &["assets/a.css"]), row("z", 0, &[])], gone: vec![] };
        let third = Changes { put: vec![row("b", 5, &[])], gone: vec![path("assets/a.css"), path("z")] };
        let of = |changes: &Changes| segment(&changes.put, &changes.gone);
        let (first, second_bytes) = (segment(base.rows(), &[]), of(&second));
        let bytes = [&first[..], &second_bytes, &of(&third)].concat();
        let read_back = read(&bytes).unwrap();
        assert_eq!(read_back, base.with(&second).with(&third));
        let ends = [first.len(), first.len() + second_bytes.len()];
        for at in 0..bytes.len() {
            let mut broken = bytes.clone();
            broken[at] ^= 1;
            assert!(read(&broken).is_none(), "byte {at}");
            assert_eq!(read(&bytes[..at]).is_some(), ends.contains(&at), "the first {at} bytes");
        }
    }

    #[test]
    fn a_table_is_written_anew_when_its_changes_are_an_eighth_of_it() {
        let table = Table { file: 1, base_bytes: 800, len_bytes: 850 };
        assert_eq!(table.after(&[0; 50]), Some(Table { len_bytes: 900, ..table }));
        assert_eq!(table.after(&[0; 51]), None);
    }
}

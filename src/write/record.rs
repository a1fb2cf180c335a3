//! The sealed record of an edition: which tree it is, and where its manifest lies.
//!
//! Sealed: the first line is the BLAKE3 of the rest. Written beside its name, then renamed; whoever reads one with a broken seal, or of another
//! format, has none.

use std::{
    ffi::OsString,
    io,
    os::unix::ffi::{OsStrExt, OsStringExt},
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::{
    Manifest,
    disk::{self, Disk, Identity, Time},
    table::{self, Table},
};

const FORMAT: u32 = 2;

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

/// Where the tree of an edition came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Made {
    /// It was made from nothing, or file by file.
    Anew,
    /// The spare was brought forward.
    FromSpare,
}

/// What a record says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Header {
    pub letterpress: u32,
    pub generation: u64,
    pub tree: Identity,
    pub rung: Rung,
    pub made: Made,
    /// The tree that lies beside one made anew, and is the same.
    pub twin: Option<Identity>,
    /// When its build began to look at the tree before, by the clock of the file system.
    pub looked_at: Time,
    /// The run of the system in which it was published.
    pub boot: String,
    /// Whether it was made to last before it was published.
    pub durable: bool,
    /// The foreign files and folders in the tree.
    pub foreign: Vec<Name>,
    pub table: Table,
}

/// A path as a list has it: text, or bytes that are none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub(super) enum Name {
    Text(String),
    Bytes(Vec<u8>),
}

impl Name {
    pub(super) fn path(&self) -> &Path {
        Path::new(match self {
            Self::Text(text) => text.as_ref(),
            Self::Bytes(bytes) => std::ffi::OsStr::from_bytes(bytes),
        })
    }
}

impl From<&Path> for Name {
    fn from(path: &Path) -> Self {
        path.to_str().map_or_else(|| Self::Bytes(path.as_os_str().as_bytes().into()), |text| Self::Text(text.into()))
    }
}

impl From<Name> for PathBuf {
    fn from(name: Name) -> Self {
        match name {
            Name::Text(text) => text.into(),
            Name::Bytes(bytes) => OsString::from_vec(bytes).into(),
        }
    }
}

/// A record with the manifest that it names.
#[derive(Debug, Clone)]
pub(super) struct Record {
    pub header: Header,
    pub manifest: Manifest,
    pub seal: blake3::Hash,
}

/// What was found where a record may be.
#[derive(Debug)]
pub(super) enum Found {
    Nothing,
    Broken,
    Whole(Record),
}

impl Record {
    pub(super) fn new(header: Header, manifest: Manifest) -> Self {
        let header = Header { letterpress: FORMAT, ..header };
        let seal = blake3::hash(&json(&header));
        Self { header, manifest, seal }
    }

    /// Writes the record under `name` in one step. Its table has to be written before.
    pub(super) fn seal(&self, disk: &dyn Disk, name: &Path) -> io::Result<()> {
        seal(disk, name, &self.header)
    }
}

/// Reads the record under `name`, and the table that it names.
pub(super) fn read(name: &Path) -> io::Result<Found> {
    let Some(bytes) = disk::read(name)? else { return Ok(Found::Nothing) };
    let Some(header) = unsealed::<Header>(&bytes).filter(|header| header.letterpress == FORMAT) else {
        return Ok(Found::Broken);
    };
    let table = disk::read(&name.with_file_name(header.table.name()))?.unwrap_or_default();
    let len = usize::try_from(header.table.len_bytes).ok();
    let manifest = len.and_then(|len| table.get(..len)).and_then(table::read);
    Ok(manifest.map_or(Found::Broken, |manifest| Found::Whole(Record::new(header, manifest))))
}

/// Writes a value of ours under `name` in one step.
pub(super) fn seal(disk: &dyn Disk, name: &Path, value: &impl Serialize) -> io::Result<()> {
    let draft = name.with_extension("tmp");
    if disk::stat(&draft)?.is_some() {
        disk.remove_file(&draft)?;
    }
    let body = json(value);
    let sealed = [format!("{}\n", blake3::hash(&body)).as_bytes(), &body].concat();
    disk.create(&draft, &sealed)?;
    disk.rename(&draft, name)
}

/// Reads a value of ours; none if there is none, or if it is not as it was written.
pub(super) fn unseal<T: DeserializeOwned>(name: &Path) -> io::Result<Option<T>> {
    Ok(disk::read(name)?.and_then(|bytes| unsealed(&bytes)))
}

fn unsealed<T: DeserializeOwned>(bytes: &[u8]) -> Option<T> {
    let (seal, body) = bytes.split_at_checked(2 * blake3::OUT_LEN + 1)?;
    let is_whole = seal == format!("{}\n", blake3::hash(body)).as_bytes();
    is_whole.then(|| serde_json::from_slice(body).ok())?
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
        let header = Header {
            letterpress: FORMAT,
            generation: 3,
            tree: Identity { inode: 1, born: u64::MAX },
            rung: Rung::Exchange,
            made: Made::FromSpare,
            twin: None,
            looked_at: (1, 2),
            boot: "x".into(),
            durable: true,
            foreign: vec![
                Path::new("with\nnew line").into(),
                Path::new(std::ffi::OsStr::from_bytes(b"caf\xe9")).into(),
            ],
            table: Table { file: 1, base_bytes: 2, len_bytes: 3 },
        };
        let temp = tempfile::tempdir().unwrap();
        let name = temp.path().join("live");
        seal(&disk::Real, &name, &header).unwrap();
        let bytes = disk::read(&name).unwrap().unwrap();
        assert_eq!(unsealed::<Header>(&bytes), Some(header));
        for at in 0..bytes.len() {
            let mut broken = bytes.clone();
            broken[at] ^= 1;
            assert!(unsealed::<Header>(&broken).is_none());
            assert!(unsealed::<Header>(&bytes[..at]).is_none());
        }
    }
}

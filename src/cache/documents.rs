//! What was made of the documents one by one, as it lies on the disk: `.letterpress/documents`.
//!
//! A file of sealed blocks: after the line with the format come the key, then whatever its user adds, each with its length and BLAKE3. An edit appends one small
//! block; when too much of the file is out of date, its user begins it anew, under another name until all of it is there. What a block says is its user's
//! business, and so is whether a record in it still holds: so nothing in this file ever needs to be taken back, and it outlives builds that fail.

use std::{
    fs::{self, File},
    io::{self, ErrorKind, Write},
    os::unix::fs::FileExt,
    path::{Path, PathBuf},
};

use super::{Key, Odd, file};
use crate::load::{FileTime, OWN_FOLDER, Site};

/// The first bytes of the file.
const NAME: &[u8] = b"letterpress documents ";

/// The rest of the first line: what follows is written in this way. To be changed with anything that is kept.
const FORMAT: &[u8] = b"1\n";

/// The name of the file.
const FILE: &str = "documents";

/// What stands before a block: its length and its seal.
const HEAD_BYTES: usize = 4 + blake3::OUT_LEN;

/// What earlier builds made of the documents, and room for what this one makes.
#[derive(Debug)]
pub struct Documents {
    place: PathBuf,
    key: Option<Key>,
    /// None if there is nothing to be read.
    file: Option<File>,
    blocks: Vec<Block>,
    /// What is being written in the place of the file.
    draft: Option<(PathBuf, File)>,
    odd: Option<Odd>,
    failure: Option<io::Error>,
}

#[derive(Debug, Clone, Copy)]
struct Block {
    at: u64,
    len_bytes: u32,
    seal: blake3::Hash,
}

impl Documents {
    /// Opens what builds with this key kept. Without a key, and where the program is younger than the build, nothing is known and nothing is kept.
    pub fn open(site: &Site, key: Option<Key>, began_at: Option<FileTime>) -> Self {
        let key = key.filter(|key| began_at.is_some_and(|mark| key.is_older(mark)));
        let place = site.root().join(OWN_FOLDER).join(FILE);
        let empty = Self { place, key, file: None, blocks: Vec::new(), draft: None, odd: None, failure: None };
        match empty.key.as_ref().map(|key| empty.read(key)) {
            Some(Ok(Some((file, blocks)))) => Self { file: Some(file), blocks, ..empty },
            Some(Err(odd)) => Self { odd: Some(odd), ..empty },
            Some(Ok(None)) | None => empty,
        }
    }

    /// The file and where its blocks lie; none if there is no file, or it was kept with other settings.
    #[expect(clippy::disallowed_methods, reason = "the cache is no file of the site, and is read by its writer alone")]
    fn read(&self, key: &Key) -> Result<Option<(File, Vec<Block>)>, Odd> {
        // What is added goes into this very file, though another build may put one of its own in its place meanwhile.
        let open = File::options().read(true).append(true).open(&self.place).or_else(|_| File::open(&self.place));
        let file = match open {
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => return Ok(None),
            Err(_) => return Err(Odd::Unreadable),
            Ok(file) => file,
        };
        let mut line = vec![0; NAME.len() + FORMAT.len()];
        file.read_exact_at(&mut line, 0).map_err(|_| Odd::Damaged)?;
        if line.strip_prefix(NAME).ok_or(Odd::Damaged)? != FORMAT {
            return Err(Odd::OtherVersion);
        }
        let mut blocks = blocks(&file, line.len() as u64).ok_or(Odd::Damaged)?.into_iter();
        let of_key = blocks.next().and_then(|block| block.read(&file)).ok_or(Odd::Damaged)?;
        let made_by: Key = postcard::from_bytes(&of_key).map_err(|_| Odd::Damaged)?;
        if !made_by.is_same_program(key) {
            return Err(Odd::OtherVersion);
        }
        Ok((made_by == *key).then(|| (file, blocks.collect())))
    }

    /// How many blocks can be read.
    pub fn count(&self) -> usize {
        self.blocks.len()
    }

    /// Whether what is added will be kept.
    pub fn is_kept(&self) -> bool {
        self.key.is_some() && self.failure.is_none()
    }

    /// The bytes of a block; none if they are not as they were added.
    pub fn block(&self, number: usize) -> Option<Vec<u8>> {
        self.blocks.get(number)?.read(self.file.as_ref()?)
    }

    /// Forgets what cannot be understood; what is added now takes its place.
    pub fn distrust(&mut self) {
        self.odd = Some(Odd::Damaged);
        self.renew();
    }

    /// Forgets all blocks; what is added now takes their place.
    pub fn renew(&mut self) {
        (self.file, self.blocks) = (None, Vec::new());
    }

    /// Adds a block.
    pub fn add(&mut self, bytes: &[u8]) {
        let Some(key) = self.key.as_ref().filter(|_| self.failure.is_none()) else { return };
        let result = match &self.file {
            Some(file) => append(file, bytes),
            None => draft(&mut self.draft, &self.place, key, bytes),
        };
        self.failure = result.err();
    }

    /// Puts what was written anew into the place of what was there. Tells why what was there was of no use, if it was.
    ///
    /// # Errors
    /// The system's, the first of all that was met; then nothing is kept.
    #[expect(clippy::disallowed_methods, reason = "what is half written is removed by its writer")]
    pub fn finish(self) -> io::Result<Option<Odd>> {
        let renamed = match (self.failure, &self.draft) {
            (Some(error), _) => Err(error),
            (None, Some((draft, _))) => fs::rename(draft, &self.place),
            (None, None) => Ok(()),
        };
        if let Err(error) = renamed {
            let left = self.draft.map_or(self.place, |(draft, _)| draft);
            return fs::remove_file(left).and(Err(error));
        }
        Ok(self.odd)
    }
}

impl Block {
    fn read(&self, file: &File) -> Option<Vec<u8>> {
        let mut bytes = vec![0; usize::try_from(self.len_bytes).ok()?];
        file.read_exact_at(&mut bytes, self.at).ok()?;
        (blake3::hash(&bytes) == self.seal).then_some(bytes)
    }
}

/// Where the blocks of a file lie; none if the last of them is cut short.
fn blocks(file: &File, mut at: u64) -> Option<Vec<Block>> {
    let end = file.metadata().ok()?.len();
    let mut blocks = Vec::new();
    while at < end {
        let mut head = [0; HEAD_BYTES];
        file.read_exact_at(&mut head, at).ok()?;
        let (len_bytes, seal) = head.split_first_chunk()?;
        let (len_bytes, seal) = (u32::from_le_bytes(*len_bytes), blake3::Hash::from_slice(seal).ok()?);
        at += HEAD_BYTES as u64;
        blocks.push(Block { at, len_bytes, seal });
        at += u64::from(len_bytes);
    }
    (at == end).then_some(blocks)
}

fn draft(draft: &mut Option<(PathBuf, File)>, place: &Path, key: &Key, bytes: &[u8]) -> io::Result<()> {
    if draft.is_none() {
        let (_, file) = draft.insert(file::draft(place)?);
        file.write_all(&[NAME, FORMAT].concat())?;
        file.write_all(&sealed(&postcard::to_allocvec(key).expect("a key can be written into memory"))?)?;
    }
    let (_, file) = draft.as_mut().expect("it was made above");
    file.write_all(&sealed(bytes)?)
}

/// Adds a block to the file. One that a killed build has cut short is known by its length.
fn append(mut file: &File, bytes: &[u8]) -> io::Result<()> {
    file.write_all(&sealed(bytes)?)
}

fn sealed(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let len_bytes = u32::try_from(bytes.len()).map_err(io::Error::other)?;
    Ok([&len_bytes.to_le_bytes()[..], blake3::hash(bytes).as_bytes(), bytes].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[expect(clippy::disallowed_methods, reason = "stands in for another build")]
    fn what_another_build_has_put_in_its_place_is_left_alone() {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir(root.path().join("content")).unwrap();
        let site = Site::open(root.path()).unwrap().with_shelf();
        let program = std::env::current_exe().unwrap();
        let open = || Documents::open(&site, Key::new(&program, &[]), site.began_at());
        let mut first = open();
        first.add(b"one");
        first.finish().unwrap();

        let mut reading = open();
        assert_eq!(reading.count(), 1);
        let (aside, place) = (root.path().join("aside"), root.path().join(OWN_FOLDER).join(FILE));
        fs::write(&aside, "another").unwrap();
        fs::rename(&aside, &place).unwrap();
        reading.add(b"two");
        reading.finish().unwrap();
        assert_eq!(fs::read(place).unwrap(), b"another");
    }
}

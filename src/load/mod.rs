//! The only reader of the site's files: where they are, how large, and their bytes. What the bytes mean is for `parse`.

mod walk;

use std::{
    fs,
    io::{self, Read},
    path::{Path, PathBuf},
};

pub use walk::{Source, Sources, sources};

use crate::model::SourcePath;

/// The most bytes of an article or template; a larger one is a mistake, or an attack.
pub const MAX_TEXT_BYTES: u64 = 10 * 1024 * 1024;

/// A failure of the machine while reading.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The site's folder cannot be used.
    #[error("the site's folder {0} cannot be opened: {1}")]
    Root(PathBuf, io::Error),
    /// A file or folder cannot be read.
    #[error("{0} cannot be read: {1}")]
    Read(SourcePath, io::Error),
    /// A file is larger than its kind may be.
    #[error("{0} has {1} bytes; the most is {MAX_TEXT_BYTES}")]
    TooLarge(SourcePath, u64),
    /// A file is not the one that was listed: it changed while the site was being built.
    #[error("{0} changed while the site was being built")]
    Changed(SourcePath),
}

/// An opened site: the handle through which every byte of it is read.
#[derive(Debug, Clone)]
pub struct Site {
    root: PathBuf,
}

impl Site {
    /// Opens the site in `root`.
    ///
    /// # Errors
    /// [`Error::Root`] if there is no such folder.
    pub fn open(root: &Path) -> Result<Self, Error> {
        let fail = |error| Error::Root(root.to_path_buf(), error);
        let root = root.canonicalize().map_err(fail)?;
        if !root.is_dir() {
            return Err(fail(io::Error::from(io::ErrorKind::NotADirectory)));
        }
        Ok(Self { root })
    }

    /// The site's folder, absolute and without links.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Where a source lies on this machine.
    pub fn locate(&self, path: &SourcePath) -> PathBuf {
        self.root.join(path.as_str())
    }

    /// Reads a text file whole, if it exists.
    ///
    /// # Errors
    /// [`Error::Read`], [`Error::TooLarge`].
    pub fn read_if_there(&self, path: &SourcePath) -> Result<Option<Vec<u8>>, Error> {
        match self.read(path) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(Error::Read(_, error)) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Reads a text file whole.
    ///
    /// # Errors
    /// [`Error::Read`] if it is gone, no regular file or not readable, [`Error::TooLarge`] above [`MAX_TEXT_BYTES`].
    pub fn read(&self, path: &SourcePath) -> Result<Vec<u8>, Error> {
        let (mut file, len) = self.open_file(path)?;
        if len > MAX_TEXT_BYTES {
            return Err(Error::TooLarge(path.clone(), len));
        }
        let mut bytes = Vec::with_capacity(usize::try_from(len).unwrap_or(0) + 1);
        let read = file.by_ref().take(MAX_TEXT_BYTES + 1).read_to_end(&mut bytes);
        read.map_err(|error| Error::Read(path.clone(), error))?;
        if bytes.len() as u64 > MAX_TEXT_BYTES {
            return Err(Error::TooLarge(path.clone(), bytes.len() as u64));
        }
        Ok(bytes)
    }

    /// Opens a file of any size as a stream of bytes.
    ///
    /// # Errors
    /// [`Error::Read`].
    pub fn stream(&self, path: &SourcePath) -> Result<fs::File, Error> {
        self.open_file(path).map(|(file, _)| file)
    }

    /// The BLAKE3 hash of a file of any size.
    ///
    /// # Errors
    /// [`Error::Read`].
    pub fn hash(&self, path: &SourcePath) -> Result<blake3::Hash, Error> {
        let mut hasher = blake3::Hasher::new();
        hasher.update_reader(self.stream(path)?).map_err(|error| Error::Read(path.clone(), error))?;
        Ok(hasher.finalize())
    }

    #[expect(clippy::disallowed_methods, reason = "this is the reader")]
    fn open_file(&self, path: &SourcePath) -> Result<(fs::File, u64), Error> {
        let fail = |error| Error::Read(path.clone(), error);
        let place = self.locate(path);
        // Look before opening: opening a FIFO would wait for its writer for ever.
        let facts = fs::metadata(&place).map_err(fail)?;
        if !facts.is_file() {
            return Err(fail(io::Error::other("it is not a regular file")));
        }
        let file = fs::File::open(&place).map_err(fail)?;
        Ok((file, facts.len()))
    }
}

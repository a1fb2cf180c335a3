//! The only reader of the site's files: where they are, how large, and their bytes. What the bytes mean is for `parse`.

mod looked;
mod shelf;
mod stamp;
mod statics;
mod style_sheet;
mod walk;

use std::{
    fs,
    io::{self, Read},
    path::{Path, PathBuf},
    sync::Arc,
};

pub use looked::Looked;
pub use shelf::Shelved;
pub use stamp::{FileTime, Stamp};
pub use statics::{Fingerprint, Origin, StaticFile, statics, theme_templates};
#[cfg(feature = "serve")]
pub(crate) use walk::is_litter_name;
pub use walk::{Source, Sources, sources};

use crate::{diag::reason, model::SourcePath};

/// The folder of a site for what can be made again; nothing in it is published.
pub const OWN_FOLDER: &str = ".letterpress";

/// The most bytes of an article or template; a larger one is a mistake, or an attack.
pub const MAX_TEXT_BYTES: u64 = 10 * 1024 * 1024;

/// A failure of the machine while reading.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The site's folder cannot be used.
    #[error("the folder {} cannot be opened: {}", .0.display(), reason(.1))]
    Root(PathBuf, io::Error),
    /// The folder holds no site.
    #[error("there is no site in {}: it has no folder `content`", .0.display())]
    NoSite(PathBuf),
    /// A file or folder cannot be read.
    #[error("{} cannot be read: {}", .0, reason(.1))]
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
    shelf: Option<Arc<shelf::Shelf>>,
}

impl Error {
    /// What to do about it, if there is something.
    pub fn cure(&self) -> Option<&'static str> {
        match self {
            Self::NoSite(_) => Some("name the site's folder with `--root`, or begin a site with `letterpress init`"),
            Self::Changed(_) => Some("build again when nothing writes into the site"),
            Self::Root(..) | Self::Read(..) | Self::TooLarge(..) => None,
        }
    }
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
        Ok(Self { root, shelf: None })
    }

    /// The site with room for what one step makes and a later one wants.
    #[must_use]
    pub fn with_shelf(self) -> Self {
        Self { shelf: Some(Arc::default()), ..self }
    }

    /// Keeps bytes for a later step; none if there is no room for them.
    pub fn shelve(&self, bytes: &[u8]) -> Option<Shelved> {
        self.shelf.as_ref()?.put(&self.root, bytes)
    }

    /// The bytes that were kept; none if they are gone.
    pub fn shelved(&self, place: Shelved) -> Option<Vec<u8>> {
        self.shelf.as_ref()?.take(place)
    }

    /// When this build began, by the clock of the site's file system: not later than the first call of this. None without a shelf.
    pub fn began_at(&self) -> Option<FileTime> {
        self.shelf.as_ref()?.made_at(&self.root)
    }

    /// The site's folder, absolute and without links.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Where a source lies on this machine.
    pub fn locate(&self, path: &SourcePath) -> PathBuf {
        self.root.join(path.as_str())
    }

    /// Whether a file lies in the site's folder, wherever links lead.
    pub fn holds(&self, path: &SourcePath) -> bool {
        self.locate(path).canonicalize().is_ok_and(|place| place.starts_with(&self.root))
    }

    /// Reads a text file that no walk has found, if it exists.
    ///
    /// # Errors
    /// [`Error::Read`], also for a link that leads out of the site; [`Error::TooLarge`].
    pub fn read_if_there(&self, path: &SourcePath) -> Result<Option<Vec<u8>>, Error> {
        let place = self.locate(path);
        if place.is_symlink() && !place.canonicalize().is_ok_and(|target| target.starts_with(&self.root)) {
            let error = io::Error::other("it is a link that leads out of the site's folder, or to nothing");
            return Err(Error::Read(path.clone(), error));
        }
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

    /// Reads at most the first `most` bytes of a file of any size.
    ///
    /// # Errors
    /// [`Error::Read`].
    pub fn head(&self, path: &SourcePath, most: u64) -> Result<Vec<u8>, Error> {
        let mut bytes = Vec::new();
        let read = self.stream(path)?.take(most).read_to_end(&mut bytes);
        read.map_err(|error| Error::Read(path.clone(), error))?;
        Ok(bytes)
    }

    /// Opens a file of any size as a stream of bytes.
    ///
    /// # Errors
    /// [`Error::Read`].
    pub fn stream(&self, path: &SourcePath) -> Result<fs::File, Error> {
        self.open_file(path).map(|(file, _)| file)
    }

    /// The hash of a file of any size.
    ///
    /// # Errors
    /// [`Error::Read`].
    pub fn hash(&self, path: &SourcePath) -> Result<blake3::Hash, Error> {
        let mut hasher = blake3::Hasher::new();
        hasher.update_reader(self.stream(path)?).map_err(|error| Error::Read(path.clone(), error))?;
        Ok(hasher.finalize())
    }

    /// How many bytes a file has.
    ///
    /// # Errors
    /// [`Error::Read`].
    pub fn len_bytes(&self, path: &SourcePath) -> Result<u64, Error> {
        self.open_file(path).map(|(_, len)| len)
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

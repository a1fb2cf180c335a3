//! The only writer of the output folder: brings an edition to readers whole, or not at all.
//!
//! **By path**: every look-up through the output folder meets the old edition or the new one, never a mixture, never nothing, wherever a build is
//! killed and whatever fails. **Bytes that we did not write** are never deleted: they are carried over, moved to `kept/` and named, or the build
//! is refused. **Unchanged files** keep their inode and mtime; a build that changes nothing touches nothing.
//!
//! The idea: two whole trees, `public` and a spare, share every unchanged file by hard link. A publish brings the spare forward by what changed,
//! then one system call exchanges the two. The name `public` decides which edition is live; records are looked up by the identity of the tree found
//! there, so that no record can claim an edition that is not there. All of it lies in `.public.letterpress/` beside `public`:
//!
//! ```text
//! lock      held for the whole build            live         sealed record of the published edition
//! spare/    the other tree                      next         the same of the edition about to be published
//! differs   in which paths the two may differ   manifest-N   every published file, and the changes of each edition since
//! fresh/    a tree being made from nothing      stage/       files that will be moved into the spare
//! twin/     the spare that comes with it        trash-N/     old trees, to be swept
//! a/ b/     trees to which `public` links,      kept/        foreign bytes that stood in our way, by generation
//!           where folders can't be exchanged
//! ```
//!
//! No edition renews a ctime after its record was written, so that `look` can tell by it what others touched. That is why the spare is not brought
//! forward at once, but by the publish that needs it, and why old trees are swept right before a record is written: linking and unlinking renew the
//! ctime of shared inodes. It also leaves a reader who holds an old tree open some time to finish.
//!
//! `folder` opens and recovers, `look` finds foreign hands, `commit` is the order of a publish, `spare` keeps the pair, `anew` makes a tree without
//! one, `switch` and `in_place` are the two ways to readers, `record` and `table` what lies on the disk.

mod anew;
mod commit;
mod disk;
mod folder;
mod in_place;
mod kept;
mod look;
mod manifest;
mod place;
mod record;
mod spare;
mod switch;
mod table;
#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "the tests play the foreign hands")]
mod tests;

use std::{
    fs::File,
    io,
    path::{Path, PathBuf},
    time::Duration,
};

pub use folder::Folder;
pub use manifest::{Manifest, Row};

use crate::{
    diag::reason,
    model::{OutPath, SourcePath},
};

#[cfg(not(unix))]
compile_error!("publishing needs hard links and atomic renames as Unix has them; other systems are not supported yet");

/// How a folder is opened.
#[derive(Debug, Clone)]
pub struct Options {
    /// The user's home folder, which is never published into.
    pub home: Option<PathBuf>,
    /// How an edition is brought to readers.
    pub method: Method,
    /// Take over a folder that someone else filled: their files are carried over, those in our way go to `kept/`.
    pub adopt: bool,
    /// Make the edition last through a power cut before it is published. Costs the writing out of what the system still holds in memory.
    pub durable: bool,
    /// How long to wait for another build of the same folder.
    pub wait: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self { home: None, method: Method::Whole, adopt: false, durable: true, wait: Duration::from_secs(10) }
    }
}

/// How an edition is brought to readers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Whole, in one step.
    Whole,
    /// File by file, for a folder that cannot be replaced, such as a mount point. Editions mix while it runs.
    InPlace,
}

/// A file that the edition has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Where it stands in the output folder.
    pub path: OutPath,
    /// The source that it is about, if it is about one.
    pub subject: Option<SourcePath>,
    /// Where its bytes come from.
    pub want: Want,
}

/// Where the bytes of a file of the edition come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Want {
    /// It is rendered, whatever is published.
    Rendered,
    /// It is known to be what is published at its path, with its row of the manifest, and is not rendered. The published file must be whole: see
    /// [`Folder::published`] and [`Folder::damaged`]. What it names has to be among the entries as well.
    Published,
}

/// What a file of the edition holds.
#[derive(Debug)]
pub enum Content {
    /// These bytes.
    Bytes(Vec<u8>),
    /// All of this file, from its start.
    Stream(File),
    /// What is published at that path now, byte for byte, with its row of the manifest. See [`Folder::published`].
    Published,
}

/// An output, rendered.
#[derive(Debug)]
pub struct Rendered {
    /// Its bytes.
    pub content: Content,
    /// The fingerprinted files that it names: they are carried over with it by [`Content::Published`].
    pub uses: Vec<OutPath>,
}

/// What a publish did.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// The edition's number: one more than that of the edition before, or the same if nothing changed.
    pub generation: u64,
    /// What tells the edition from all others, of this folder and of every other: see [`Folder::seal`].
    pub seal: Option<blake3::Hash>,
    /// Files that are new or have new bytes, sorted.
    pub written: Vec<OutPath>,
    /// How many files are as they were.
    pub unchanged: usize,
    /// Files of the last edition that this one does not have, sorted.
    pub removed: Vec<OutPath>,
    /// Files of ours that someone had removed, and that were put back.
    pub mended: Vec<OutPath>,
    /// Foreign bytes that stood in our way.
    pub kept: Vec<Kept>,
    /// Foreign files that stay where they are.
    pub carried: usize,
    /// What else is worth a line: a lesser way of publishing, a recovery.
    pub notes: Vec<String>,
}

/// Foreign bytes that stood at the path of an output, or our file as someone edited it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Kept {
    /// Where they stood, relative to the output folder.
    pub path: PathBuf,
    /// Where they are now.
    pub now_at: PathBuf,
}

/// A failure of the machine, or a refusal.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The system refused something.
    #[error("cannot {doing} {}: {}", path.display(), reason(error))]
    Disk {
        /// What was being tried, as a verb.
        doing: &'static str,
        /// On which path.
        path: PathBuf,
        /// The system's reason.
        error: io::Error,
    },
    /// Publishing here would be a mistake.
    #[error("{why}")]
    Refused {
        /// What is wrong.
        why: String,
        /// What to do about it.
        cure: String,
    },
    /// Another build holds the folder.
    #[error("another build{} is writing to {}", holder.map_or(String::new(), |pid| format!(" (process {pid})")), path.display())]
    Locked {
        /// The output folder.
        path: PathBuf,
        /// The process that holds it, if it is known.
        holder: Option<u32>,
    },
    /// An output was to be carried over, but it is not in the published tree as we wrote it.
    #[error("{0} cannot be carried over: it is not published as it was written")]
    NotPublished(OutPath),
    /// A published file changed between the look at the tree and its use.
    #[error("{0} was changed by someone while the site was being built")]
    Underfoot(OutPath),
}

impl Error {
    /// What to do about it, if there is something.
    pub fn cure(&self) -> Option<&str> {
        match self {
            Self::Refused { cure, .. } => Some(cure),
            Self::Locked { .. } => Some("wait for it, or stop it; it holds the lock only as long as it runs"),
            Self::Underfoot(_) => Some("build again"),
            Self::Disk { .. } | Self::NotPublished(_) => None,
        }
    }

    fn refused(why: impl Into<String>, cure: impl Into<String>) -> Self {
        Self::Refused { why: why.into(), cure: cure.into() }
    }

    fn disk(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |error| Self::Disk { doing, path: path.to_path_buf(), error }
    }
}

/// Why a publish did not take place. The published tree is as it was.
#[derive(Debug, thiserror::Error)]
pub enum CommitError<E> {
    /// These outputs could not be rendered, in the order of the entries.
    #[error("{} outputs could not be rendered", .0.len())]
    Render(Vec<E>),
    /// Writing failed or was refused.
    #[error(transparent)]
    Write(#[from] Error),
}

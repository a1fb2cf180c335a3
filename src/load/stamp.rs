//! What tells, without reading it, that a file is another than it was.

use std::{fs::Metadata, os::unix::fs::MetadataExt};

use rustix::fs::Stat;
use serde::{Deserialize, Serialize};

/// Seconds and nanoseconds since 1970, by the clock of a file system.
pub type FileTime = (i64, i64);

/// What the system tells of a file or folder without reading it.
///
/// The time of change is in it because no program can set it back, unlike that of modification; the inode because of file systems with coarse times.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Stamp {
    len_bytes: u64,
    modified_at: FileTime,
    changed_at: FileTime,
    inode: u64,
}

impl Stamp {
    /// Whether it was changed before `mark` for the last time. Only then does an equal stamp mean equal bytes: a file that is written twice between
    /// two ticks of the clock has the same times after both.
    pub fn is_older(&self, mark: FileTime) -> bool {
        self.changed_at < mark
    }

    /// The size of the file.
    pub fn len_bytes(&self) -> u64 {
        self.len_bytes
    }
}

impl From<&Metadata> for Stamp {
    fn from(facts: &Metadata) -> Self {
        Self {
            len_bytes: facts.len(),
            modified_at: (facts.mtime(), facts.mtime_nsec()),
            changed_at: (facts.ctime(), facts.ctime_nsec()),
            inode: facts.ino(),
        }
    }
}

impl From<&Stat> for Stamp {
    fn from(facts: &Stat) -> Self {
        Self {
            len_bytes: u64::try_from(facts.st_size).unwrap_or(0),
            modified_at: (facts.st_mtime, facts.st_mtime_nsec.cast_signed()),
            changed_at: (facts.st_ctime, facts.st_ctime_nsec.cast_signed()),
            inode: facts.st_ino,
        }
    }
}

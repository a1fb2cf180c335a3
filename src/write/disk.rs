//! Every call that changes the disk, and the few that look at it.
//!
//! The calls that change it are one trait, so that a test can make the n-th of them fail for every n.

use std::{
    fs::{self, File, OpenOptions, Permissions},
    io::{self, Read, Seek, SeekFrom, Write},
    os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt, chown, symlink},
    path::{Path, PathBuf},
    sync::atomic::{AtomicUsize, Ordering::Relaxed},
    time::UNIX_EPOCH,
};

use rayon::prelude::*;
use rustix::fs::{AtFlags, CWD, FileType, RenameFlags, renameat_with, statat};

use super::Error;

/// All calls by which `write` changes anything. Each does one thing, or nothing if it fails.
pub(super) trait Disk: Send + Sync {
    /// Makes one folder.
    fn make_folder(&self, at: &Path, mode: u32) -> io::Result<()>;
    /// Makes a new file of these bytes. Never opens one that exists: its inode may be live.
    fn create(&self, at: &Path, bytes: &[u8]) -> io::Result<()>;
    /// Makes a new file of all that `source` gives, and tells hash and length.
    fn create_from(&self, at: &Path, source: &mut dyn Read) -> io::Result<(blake3::Hash, u64)>;
    /// Writes `bytes` into a file of our state from byte `from` on, which becomes its end; makes the file if there is none.
    fn append(&self, at: &Path, from: u64, bytes: &[u8]) -> io::Result<()>;
    /// Gives a file a second name. A symbolic link is not followed.
    fn link(&self, from: &Path, to: &Path) -> io::Result<()>;
    /// Makes a symbolic link.
    fn point(&self, at: &Path, target: &Path) -> io::Result<()>;
    /// Renames, replacing a file or an empty folder.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;
    /// Renames, if there is nothing yet.
    fn rename_new(&self, from: &Path, to: &Path) -> io::Result<()>;
    /// Exchanges two names.
    fn exchange(&self, one: &Path, other: &Path) -> io::Result<()>;
    /// Removes a file or link.
    fn remove_file(&self, at: &Path) -> io::Result<()>;
    /// Removes an empty folder.
    fn remove_folder(&self, at: &Path) -> io::Result<()>;
    /// Gives a file or folder this mode. Renews its ctime also if the mode was the same.
    fn set_mode(&self, at: &Path, mode: u32) -> io::Result<()>;
    /// Gives a folder to this owner and group.
    fn set_owner(&self, at: &Path, owner: u32, group: u32) -> io::Result<()>;
    /// Makes the names in a folder last.
    fn sync_folder(&self, at: &Path) -> io::Result<()>;
    /// Makes all that was written to the file system of a folder last.
    fn sync_all(&self, at: &Path) -> io::Result<()>;
}

/// The disk itself.
#[derive(Debug)]
pub(super) struct Real;

#[expect(clippy::disallowed_methods, reason = "this is the writer")]
impl Disk for Real {
    fn make_folder(&self, at: &Path, mode: u32) -> io::Result<()> {
        fs::DirBuilder::new().mode(mode).create(at)
    }

    fn create(&self, at: &Path, bytes: &[u8]) -> io::Result<()> {
        OpenOptions::new().write(true).create_new(true).open(at)?.write_all(bytes)
    }

    fn create_from(&self, at: &Path, source: &mut dyn Read) -> io::Result<(blake3::Hash, u64)> {
        let mut file = OpenOptions::new().write(true).create_new(true).open(at)?;
        copy_hashed(source, &mut file)
    }

    fn append(&self, at: &Path, from: u64, bytes: &[u8]) -> io::Result<()> {
        let mut file = OpenOptions::new().write(true).create(true).truncate(false).open(at)?;
        file.set_len(from)?;
        file.seek(SeekFrom::End(0))?;
        file.write_all(bytes)
    }

    fn link(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::hard_link(from, to)
    }

    fn point(&self, at: &Path, target: &Path) -> io::Result<()> {
        symlink(target, at)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to)
    }

    fn rename_new(&self, from: &Path, to: &Path) -> io::Result<()> {
        Ok(renameat_with(CWD, from, CWD, to, RenameFlags::NOREPLACE)?)
    }

    fn exchange(&self, one: &Path, other: &Path) -> io::Result<()> {
        Ok(renameat_with(CWD, one, CWD, other, RenameFlags::EXCHANGE)?)
    }

    fn remove_file(&self, at: &Path) -> io::Result<()> {
        fs::remove_file(at)
    }

    fn remove_folder(&self, at: &Path) -> io::Result<()> {
        fs::remove_dir(at)
    }

    fn set_mode(&self, at: &Path, mode: u32) -> io::Result<()> {
        fs::set_permissions(at, Permissions::from_mode(mode))
    }

    fn set_owner(&self, at: &Path, owner: u32, group: u32) -> io::Result<()> {
        chown(at, Some(owner), Some(group))
    }

    fn sync_folder(&self, at: &Path) -> io::Result<()> {
        File::open(at)?.sync_all()
    }

    #[cfg(target_os = "linux")]
    fn sync_all(&self, at: &Path) -> io::Result<()> {
        Ok(rustix::fs::syncfs(File::open(at)?)?)
    }

    #[cfg(not(target_os = "linux"))]
    fn sync_all(&self, _at: &Path) -> io::Result<()> {
        rustix::fs::sync();
        Ok(())
    }
}

fn copy_hashed(source: &mut dyn Read, target: &mut dyn Write) -> io::Result<(blake3::Hash, u64)> {
    let mut hasher = blake3::Hasher::new();
    let mut buffer = vec![0; 128 * 1024];
    loop {
        let len = match source.read(&mut buffer) {
            Ok(0) => return Ok((hasher.finalize(), hasher.count())),
            Ok(len) => len,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        hasher.update(&buffer[..len]);
        target.write_all(&buffer[..len])?;
    }
}

/// What stands at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    File,
    Folder,
    Link,
    /// A socket, pipe or device.
    Special,
}

impl From<fs::FileType> for Kind {
    fn from(kind: fs::FileType) -> Self {
        match kind {
            kind if kind.is_file() => Self::File,
            kind if kind.is_dir() => Self::Folder,
            kind if kind.is_symlink() => Self::Link,
            _ => Self::Special,
        }
    }
}

/// Seconds and nanoseconds since 1970, by the clock of the file system.
pub(super) type Time = (i64, i64);

/// What the system tells of a path, without following a link at its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stat {
    pub kind: Kind,
    pub device: u64,
    pub inode: u64,
    pub len: u64,
    pub modified: Time,
    pub changed: Time,
    pub mode: u32,
    pub owner: u32,
    pub group: u32,
}

/// What tells one tree from another, whatever its name: the inode of its root, and when that was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(super) struct Identity {
    pub inode: u64,
    /// Nanoseconds since 1970; zero where the file system does not know.
    pub born: u64,
}

/// Looks at a path; none if there is nothing.
pub(super) fn stat(at: &Path) -> io::Result<Option<Stat>> {
    let Some(facts) = there(fs::symlink_metadata(at))? else { return Ok(None) };
    Ok(Some(Stat {
        kind: Kind::from(facts.file_type()),
        device: facts.dev(),
        inode: facts.ino(),
        len: facts.len(),
        modified: (facts.mtime(), facts.mtime_nsec()),
        changed: (facts.ctime(), facts.ctime_nsec()),
        mode: facts.mode() & 0o7777,
        owner: facts.uid(),
        group: facts.gid(),
    }))
}

/// Looks at a path below an open folder.
///
/// A tree of 100,000 pages has as many folders again: not to walk down to its root for each of them saves a third.
pub(super) fn stat_in(root: &File, path: &str) -> io::Result<Option<Stat>> {
    let Some(facts) = there(statat(root, path, AtFlags::SYMLINK_NOFOLLOW).map_err(Into::into))? else {
        return Ok(None);
    };
    let kind = match FileType::from_raw_mode(facts.st_mode) {
        FileType::RegularFile => Kind::File,
        FileType::Directory => Kind::Folder,
        FileType::Symlink => Kind::Link,
        _ => Kind::Special,
    };
    Ok(Some(Stat {
        kind,
        device: facts.st_dev,
        inode: facts.st_ino,
        len: u64::try_from(facts.st_size).unwrap_or(0),
        modified: (facts.st_mtime, facts.st_mtime_nsec.cast_signed()),
        changed: (facts.st_ctime, facts.st_ctime_nsec.cast_signed()),
        mode: facts.st_mode & 0o7777,
        owner: facts.st_uid,
        group: facts.st_gid,
    }))
}

/// The identity of the tree at `root`, which may be a link to it; none if there is no folder.
pub(super) fn identify(root: &Path) -> Result<Option<Identity>, Error> {
    let facts = there(fs::metadata(root)).map_err(Error::disk("look at", root))?;
    let Some(facts) = facts.filter(fs::Metadata::is_dir) else { return Ok(None) };
    let born = facts.created().ok().and_then(|at| at.duration_since(UNIX_EPOCH).ok());
    let born = born.and_then(|since| u64::try_from(since.as_nanos()).ok()).unwrap_or(0);
    Ok(Some(Identity { inode: facts.ino(), born }))
}

/// Turns "there is no such path" into none.
pub(super) fn there<T>(result: io::Result<T>) -> io::Result<Option<T>> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => Ok(None),
        Err(error) => Err(error),
    }
}

/// The names in a folder with what they are, in no order; empty if there is no folder.
#[expect(clippy::disallowed_methods, reason = "the output tree is walked by its writer alone")]
pub(super) fn list(folder: &Path) -> io::Result<Vec<(PathBuf, Kind)>> {
    let Some(entries) = there(fs::read_dir(folder))? else { return Ok(Vec::new()) };
    entries
        .map(|entry| entry.and_then(|entry| Ok((entry.file_name().into(), Kind::from(entry.file_type()?)))))
        .collect()
}

/// Reads a small file of ours; none if there is none.
#[expect(clippy::disallowed_methods, reason = "records are read by their writer alone")]
pub(super) fn read(at: &Path) -> io::Result<Option<Vec<u8>>> {
    there(fs::read(at))
}

/// The hash of a regular file of the output tree.
pub(super) fn hash(at: &Path) -> io::Result<blake3::Hash> {
    Ok(copy_hashed(&mut open(at)?, &mut io::sink())?.0)
}

/// Opens a file or folder of the output tree for reading.
#[expect(clippy::disallowed_methods, reason = "the output tree is read by its writer alone")]
pub(super) fn open(at: &Path) -> io::Result<File> {
    File::open(at)
}

/// Opens the lock file, making it if need be. Beside the trait: whoever holds the lock changes nothing by holding it.
pub(super) fn open_lock(at: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).write(true).create(true).truncate(false).open(at)
}

/// What tells one run of the system from the next; empty where it is not known.
pub(super) fn boot() -> String {
    let id = read(Path::new("/proc/sys/kernel/random/boot_id")).ok().flatten().unwrap_or_default();
    String::from_utf8_lossy(&id).trim().to_owned()
}

/// Does `act`, and once more after making the folders above `at` if they were missing.
///
/// Trying first costs one call too many for the first file of a folder, and needs no memory of what was made, shared by all threads.
pub(super) fn with_parents<T>(
    disk: &dyn Disk,
    at: &Path,
    mut act: impl FnMut(&Path) -> io::Result<T>,
) -> io::Result<T> {
    match act(at) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            make_folders(disk, at.parent().unwrap_or(at))?;
            act(at)
        }
        result => result,
    }
}

/// Makes a folder and what is missing above it.
pub(super) fn make_folders(disk: &dyn Disk, at: &Path) -> io::Result<()> {
    match disk.make_folder(at, 0o777) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            make_folders(disk, at.parent().ok_or(error)?)?;
            match disk.make_folder(at, 0o777) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
                result => result,
            }
        }
        result => result,
    }
}

/// Does `act` after making the folder that `at` lies in, for the first file of a folder.
pub(super) fn in_new_folder<T>(disk: &dyn Disk, at: &Path, act: impl FnMut(&Path) -> io::Result<T>) -> io::Result<T> {
    // Whatever stands in the way is told by the call that follows.
    let _ = disk.make_folder(at.parent().unwrap_or(at), 0o777);
    with_parents(disk, at, act)
}

/// Removes a tree of ours with all threads, as far as it can be done.
pub(super) fn remove_tree(disk: &dyn Disk, root: &Path) -> io::Result<()> {
    remove_some(disk, root, &AtomicUsize::new(usize::MAX)).map(drop)
}

/// Removes no more names of a tree of ours than `budget` has left, with all threads. Tells whether the tree is gone.
pub(super) fn remove_some(disk: &dyn Disk, root: &Path, budget: &AtomicUsize) -> io::Result<bool> {
    if budget.load(Relaxed) == 0 {
        return Ok(false);
    }
    let entries = list(root).or_else(|error| {
        // A folder that was carried over with a mode that shuts us out.
        disk.set_mode(root, 0o700).map_err(|_| error)?;
        list(root)
    })?;
    let spend = || budget.try_update(Relaxed, Relaxed, |left| left.checked_sub(1)).is_ok();
    let remove = |(name, kind): &(PathBuf, Kind)| {
        let path = root.join(name);
        if *kind == Kind::Folder {
            remove_some(disk, &path, budget)
        } else {
            let may = spend();
            if may { disk.remove_file(&path).map(|()| true) } else { Ok(false) }
        }
    };
    let all = |entries: &[(PathBuf, Kind)]| entries.par_iter().map(remove).try_reduce(|| true, |a, b| Ok(a && b));
    let is_empty = all(&entries).or_else(|_| {
        disk.set_mode(root, 0o700)?;
        all(&list(root)?)
    })?;
    Ok(is_empty && spend() && there(disk.remove_folder(root)).map(|_| true)?)
}

//! Finds what other hands did to a tree of ours.
//!
//! Every published folder and file is asked for its state, which costs a microsecond or two; only what may have been touched is listed or hashed.
//! What may have been touched is known by the ctime, which no tool can set back: it is not older than the record that was written after our last
//! change to the tree. Length and mtime alone would miss an edit that keeps both.

use std::{
    io,
    os::unix::ffi::OsStrExt,
    path::{Path, PathBuf},
};

use rayon::prelude::*;

use super::{
    Error, Manifest,
    disk::{self, Kind, Stat, Time},
};

/// The most foreign files that are carried over. Above, someone else's tree is mixed with ours, and a folder of its own is the cure.
const MAX_FOREIGN: usize = 10_000;

/// The folder in which files for publishing in place are made ready. Ours, whoever made it; no output can have this name.
pub(super) const STAGE: &str = ".letterpress.tmp";

/// What stands at the path of a file of ours.
#[derive(Debug, Clone, Copy)]
pub(super) enum State {
    /// Our bytes.
    Whole(Stat),
    /// Nothing.
    Missing,
    /// Other bytes, of this hash.
    Edited(Stat, blake3::Hash),
    /// A folder, link or special file.
    Replaced,
}

/// Something in the tree that is not of our making.
#[derive(Debug, Clone)]
pub(super) struct Foreign {
    pub path: PathBuf,
    pub stat: Stat,
}

/// What was found in a tree.
#[derive(Debug, Default)]
pub(super) struct Look {
    /// One for each row of the manifest.
    pub states: Vec<State>,
    /// Sorted by path; a folder comes before what is in it.
    pub foreign: Vec<Foreign>,
}

/// What is believed without reading it.
pub(super) struct Trust<'a> {
    /// Whether the row of this number has our bytes, judging by its state.
    pub file: &'a (dyn Fn(usize, &Stat) -> bool + Sync),
    /// Whether a folder of ours has no other names than ours, judging by its state.
    pub folder: &'a (dyn Fn(&Stat) -> bool + Sync),
}

impl Trust<'_> {
    /// Believes nothing.
    pub(super) const NOTHING: Trust<'static> = Trust { file: &|_, _| false, folder: &|_| false };
}

impl Look {
    /// Looks over the tree at `root`, which may be a link to it.
    ///
    /// # Errors
    /// What can't be looked at, and what can't be carried over whatever is done: sockets and devices, other file systems, too many files.
    pub(super) fn over(root: &Path, manifest: &Manifest, trust: &Trust<'_>) -> Result<Self, Error> {
        let root = &root.canonicalize().map_err(Error::disk("look at", root))?;
        let top = disk::stat(root).map_err(Error::disk("look at", root))?.map_or(0, |stat| stat.device);
        let survey = Survey { root, manifest, trust, device: top };
        let folders = manifest.folders();
        let stats = folders.par_iter().map(|folder| survey.stat(folder)).collect::<Result<Vec<_>, _>>()?;
        let folders = folders.into_iter().zip(stats);
        let folders: Vec<(&str, Stat)> = folders.filter_map(|(folder, stat)| Some((folder, stat?))).collect();
        // A link to a folder would lead to files that look like ours, and to others that are none of our business.
        let turned = folders.iter().filter(|(_, stat)| stat.kind != Kind::Folder);
        let turned: Vec<String> = turned.map(|(folder, _)| format!("{folder}/")).collect();
        let leads_away = |path: &str| turned.iter().any(|folder| path.starts_with(folder));
        let ours = folders.par_iter().filter(|(folder, stat)| stat.kind == Kind::Folder && !leads_away(folder));
        let foreign = ours.map(|(folder, stat)| survey.folder(folder, stat)).collect::<Result<Vec<_>, _>>()?;
        let mut foreign = foreign.concat();
        foreign.extend(survey.names_in(Path::new(""))?);
        let states = manifest.rows().par_iter().enumerate().map(|(at, row)| {
            if leads_away(row.path.as_str()) {
                return Ok(State::Missing);
            }
            survey.file(at)
        });
        let states = states.collect::<Result<_, _>>()?;
        foreign.sort_by(|a, b| a.path.cmp(&b.path));
        refuse_unportable(root, &foreign, top)?;
        Ok(Self { states, foreign })
    }

    /// What stands at a path of any bytes that is not a file of ours.
    pub(super) fn foreign_at(&self, path: &Path) -> Option<&Foreign> {
        self.foreign.binary_search_by(|foreign| foreign.path.as_path().cmp(path)).ok().map(|at| &self.foreign[at])
    }
}

struct Survey<'a> {
    root: &'a Path,
    manifest: &'a Manifest,
    trust: &'a Trust<'a>,
    device: u64,
}

impl Survey<'_> {
    fn stat(&self, path: &str) -> Result<Option<Stat>, Error> {
        let place = self.root.join(path);
        disk::stat(&place).map_err(Error::disk("look at", &place))
    }

    fn folder(&self, path: &str, stat: &Stat) -> Result<Vec<Foreign>, Error> {
        if stat.device != self.device {
            return Err(mounted(&self.root.join(path)));
        }
        if (self.trust.folder)(stat) { Ok(Vec::new()) } else { self.names_in(Path::new(path)) }
    }

    fn file(&self, at: usize) -> Result<State, Error> {
        let row = &self.manifest.rows()[at];
        let Some(stat) = self.stat(row.path.as_str())? else { return Ok(State::Missing) };
        if stat.kind != Kind::File {
            return Ok(State::Replaced);
        }
        if stat.len == row.len_bytes && (self.trust.file)(at, &stat) {
            return Ok(State::Whole(stat));
        }
        let place = self.root.join(row.path.as_str());
        let hash = disk::hash(&place).map_err(Error::disk("read", &place))?;
        Ok(if hash == row.hash { State::Whole(stat) } else { State::Edited(stat, hash) })
    }

    /// The foreign names in a folder, and everything below those that are folders.
    fn names_in(&self, folder: &Path) -> Result<Vec<Foreign>, Error> {
        let mut found = Vec::new();
        let mut folders = vec![folder.to_path_buf()];
        while let Some(folder) = folders.pop() {
            let place = self.root.join(&folder);
            for (name, kind) in disk::list(&place).map_err(Error::disk("list", &place))? {
                let path = folder.join(name);
                let bytes = path.as_os_str().as_bytes();
                let is_ours = match kind {
                    Kind::Folder => self.manifest.has_folder(bytes),
                    Kind::File => self.manifest.position(bytes).is_some(),
                    Kind::Link | Kind::Special => false,
                };
                if is_ours || bytes == STAGE.as_bytes() {
                    continue;
                }
                let place = self.root.join(&path);
                // Gone since it was listed: its owner took it away.
                let Some(stat) = disk::stat(&place).map_err(Error::disk("look at", &place))? else { continue };
                if stat.kind == Kind::Folder {
                    folders.push(path.clone());
                }
                found.push(Foreign { path, stat });
                if found.len() > MAX_FOREIGN {
                    return Err(too_many(self.root));
                }
            }
        }
        Ok(found)
    }
}

fn refuse_unportable(root: &Path, foreign: &[Foreign], device: u64) -> Result<(), Error> {
    if foreign.len() > MAX_FOREIGN {
        return Err(too_many(root));
    }
    if let Some(mount) = foreign.iter().find(|foreign| foreign.stat.device != device) {
        return Err(mounted(&root.join(&mount.path)));
    }
    match foreign.iter().find(|foreign| foreign.stat.kind == Kind::Special) {
        Some(special) => Err(Error::refused(
            format!("{} is a socket, pipe or device, and can't be carried over", root.join(&special.path).display()),
            "remove it, or publish to a folder of its own",
        )),
        None => Ok(()),
    }
}

fn mounted(place: &Path) -> Error {
    Error::refused(
        format!("another file system is mounted on {}, inside the output folder", place.display()),
        "unmount it, or publish to a folder of its own",
    )
}

fn too_many(root: &Path) -> Error {
    Error::refused(
        format!("more than {MAX_FOREIGN} files in {} are not Letterpress's", root.display()),
        "put them in `static/`, or publish to a folder of its own",
    )
}

/// Whether something was last changed before `mark`, so that nobody touched it since.
pub(super) fn is_older(stat: &Stat, mark: Time) -> bool {
    stat.changed < mark
}

/// Whether nobody replaced or rewrote a file since it was looked at. Our own links to it renew its ctime, so that says nothing.
pub(super) fn is_same(before: &Stat, now: &Stat) -> bool {
    (before.inode, before.len, before.modified) == (now.inode, now.len, now.modified)
}

/// The path of a foreign file, as bytes that can be compared with ours.
pub(super) fn bytes(path: &Path) -> &[u8] {
    path.as_os_str().as_bytes()
}

/// Hashes what stands at a path, if it is a regular file of this length.
pub(super) fn hash_if(place: &Path, stat: &Stat, len: u64) -> io::Result<Option<blake3::Hash>> {
    if stat.kind == Kind::File && stat.len == len { disk::hash(place).map(Some) } else { Ok(None) }
}

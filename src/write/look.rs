//! Finds what other hands did to a tree of ours.
//!
//! Every published folder and file is asked for its state, which costs a microsecond or two; only what may have been touched is listed or hashed.
//! What may have been touched is known by the ctime, which no tool can set back: it is not older than the moment since when changes are not ours.
//! Length and mtime alone would miss an edit that keeps both. Where a folder was not touched, the foreign names in it are those that the record
//! of the edition has.

use std::{
    collections::BTreeSet,
    fs::File,
    io,
    os::unix::ffi::OsStrExt,
    path::{Path, PathBuf},
};

use rayon::prelude::*;

use super::{
    Error, Manifest,
    disk::{self, Kind, Stat, Time},
    record::Name,
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
    /// It was not asked for.
    Unseen,
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
    /// Whether a folder has no other names than ours and the known foreign ones, judging by its state.
    pub folder: &'a (dyn Fn(&Stat) -> bool + Sync),
    /// The foreign files and folders that were there before.
    pub foreign: &'a [Name],
    /// Whether the row of this number is asked for; besides these, what lies in folders that are not trusted.
    pub rows: &'a (dyn Fn(usize) -> bool + Sync),
}

impl Trust<'_> {
    /// Believes nothing.
    pub(super) const NOTHING: Trust<'static> =
        Trust { file: &|_, _| false, folder: &|_| false, foreign: &[], rows: &|_| true };
}

impl Look {
    /// Looks over the tree at `root`, which may be a link to it.
    ///
    /// # Errors
    /// What can't be looked at, and what can't be carried over whatever is done: sockets and devices, other file systems, too many files.
    pub(super) fn over(root: &Path, manifest: &Manifest, trust: &Trust<'_>) -> Result<Self, Error> {
        let root = &root.canonicalize().map_err(Error::disk("look at", root))?;
        let handle = disk::open(root).map_err(Error::disk("look at", root))?;
        let top = disk::stat(root).map_err(Error::disk("look at", root))?.map_or(0, |stat| stat.device);
        let survey = Survey { root, handle: &handle, manifest, trust, device: top };
        let passes = manifest.rows().par_chunks(AT_ONCE).enumerate().map(|(number, _)| survey.pass(number * AT_ONCE));
        let passes = passes.collect::<Result<Vec<Pass<'_>>, _>>()?;

        // A link to a folder would lead to files that look like ours, and to others that are none of our business.
        let elsewhere: BTreeSet<&str> = passes.iter().flat_map(|pass| &pass.elsewhere).copied().collect();
        let leads_away = |path: &[u8]| !elsewhere.is_empty() && above(path).any(|folder| elsewhere.contains(folder));
        let touched =
            passes.iter().flat_map(|pass| &pass.touched).copied().filter(|folder| !leads_away(folder.as_bytes()));
        // The name of the root changes with every edition, and so does its ctime.
        let touched: BTreeSet<&str> = touched.chain([""]).collect();
        let found =
            touched.par_iter().map(|folder| survey.names_in(Path::new(folder))).collect::<Result<Vec<_>, _>>()?;
        let mut foreign = found.concat();
        for known in trust.foreign.iter().map(Name::path).filter(|known| !leads_away(bytes(known))) {
            foreign.extend(survey.known(known)?);
        }

        let mut states: Vec<State> = passes.into_iter().flat_map(|pass| pass.states).collect();
        if !elsewhere.is_empty() {
            for (row, state) in manifest.rows().iter().zip(&mut states) {
                if leads_away(row.path.as_str().as_bytes()) {
                    *state = State::Missing;
                }
            }
        }
        foreign.sort_by(|a, b| a.path.cmp(&b.path));
        foreign.dedup_by(|a, b| a.path == b.path);
        refuse_unportable(root, &foreign, top)?;
        Ok(Self { states, foreign })
    }

    /// What stands at a path of any bytes that is not a file of ours.
    pub(super) fn foreign_at(&self, path: &Path) -> Option<&Foreign> {
        self.foreign.binary_search_by(|foreign| foreign.path.as_path().cmp(path)).ok().map(|at| &self.foreign[at])
    }
}

/// How many rows a thread looks at in one go.
const AT_ONCE: usize = 1024;

/// What a thread found at some rows, and in the folders above them.
#[derive(Default)]
struct Pass<'a> {
    states: Vec<State>,
    /// Folders that are not trusted.
    touched: Vec<&'a str>,
    /// Folders that are missing, or no folders.
    elsewhere: Vec<&'a str>,
}

struct Survey<'a> {
    root: &'a Path,
    handle: &'a File,
    device: u64,
    manifest: &'a Manifest,
    trust: &'a Trust<'a>,
}

impl<'a> Survey<'a> {
    fn stat(&self, path: &str) -> Result<Option<Stat>, Error> {
        disk::stat_in(self.handle, path).map_err(|error| Error::disk("look at", &self.root.join(path))(error))
    }

    /// Looks at some rows from the one of this number on, each folder right before what is in it, while the system has it at hand.
    fn pass(&self, first: usize) -> Result<Pass<'a>, Error> {
        let mut pass = Pass::default();
        let (mut before, mut is_touched) = ("", true);
        for (at, row) in self.manifest.rows().iter().enumerate().skip(first).take(AT_ONCE) {
            let path = row.path.as_str();
            let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
            if folder != before {
                is_touched = folder.is_empty() || self.folders(folder, before, &mut pass)?;
                before = folder;
            }
            let is_asked = is_touched || (self.trust.rows)(at);
            pass.states.push(if is_asked { self.file(at)? } else { State::Unseen });
        }
        Ok(pass)
    }

    /// Looks at a folder, and at those above it that are not above `before` as well. Tells whether it was touched.
    fn folders(&self, folder: &'a str, before: &str, pass: &mut Pass<'a>) -> Result<bool, Error> {
        let mut is_touched = false;
        for (at, _) in folder.match_indices('/').chain([(folder.len(), "")]) {
            let (folder, is_last) = (&folder[..at], at == folder.len());
            let is_known = before.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
            if is_known && !is_last {
                continue;
            }
            let stat = self.stat(folder)?;
            let Some(stat) = stat.filter(|stat| stat.kind == Kind::Folder) else {
                pass.elsewhere.push(folder);
                continue;
            };
            if stat.device != self.device {
                return Err(mounted(&self.root.join(folder)));
            }
            is_touched = !(self.trust.folder)(&stat);
            if is_touched {
                pass.touched.push(folder);
            }
        }
        Ok(is_touched)
    }

    /// A foreign name that was there before, if it still is; of a folder that was touched, also what is in it.
    fn known(&self, path: &Path) -> Result<Vec<Foreign>, Error> {
        let place = self.root.join(path);
        let stat = disk::stat(&place).map_err(Error::disk("look at", &place))?;
        let Some(stat) = stat.filter(|stat| !self.is_ours(bytes(path), stat.kind)) else { return Ok(Vec::new()) };
        let is_touched = stat.kind == Kind::Folder && !(self.trust.folder)(&stat);
        let mut found = if is_touched { self.names_in(path)? } else { Vec::new() };
        found.push(Foreign { path: path.to_path_buf(), stat });
        Ok(found)
    }

    fn is_ours(&self, path: &[u8], kind: Kind) -> bool {
        match kind {
            Kind::Folder => self.manifest.has_folder(path),
            Kind::File => self.manifest.position(path).is_some(),
            Kind::Link | Kind::Special => false,
        }
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
                if self.is_ours(bytes(&path), kind) || path == Path::new(STAGE) {
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

/// The folders that lie above a path, as far as their names are text, which ours always are.
fn above(path: &[u8]) -> impl Iterator<Item = &str> {
    let slashes = path.iter().enumerate().filter(|(_, byte)| **byte == b'/');
    slashes.filter_map(|(at, _)| std::str::from_utf8(&path[..at]).ok())
}

/// The path of a foreign file, as bytes that can be compared with ours.
pub(super) fn bytes(path: &Path) -> &[u8] {
    path.as_os_str().as_bytes()
}

/// Hashes what stands at a path, if it is a regular file of this length.
pub(super) fn hash_if(place: &Path, stat: &Stat, len: u64) -> io::Result<Option<blake3::Hash>> {
    if stat.kind == Kind::File && stat.len == len { disk::hash(place).map(Some) } else { Ok(None) }
}

//! The second tree: beside the published one lies another that differs from it in few paths, all of them in a list.
//!
//! **One invariant holds at every instant: the list `differs` has every path in which the two trees may differ.** It says nothing of which tree is
//! live, so the exchange leaves it true; it may be too long, never too short; so a crash needs no repair, only the next publish. It names both
//! trees, so that it can't be taken for the list of another pair.
//!
//! A publish adds what it will change to the list, makes the spare equal to the published tree where they differ, puts the new files into it, and
//! exchanges the two. Then what it changed is all in which they differ. No existing file is ever opened for writing: its inode may be live.

use std::{
    collections::BTreeSet,
    fs::File,
    io,
    path::{Path, PathBuf},
};

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::{
    Error, Folder,
    commit::Edition,
    disk::{self, Identity, Kind, Stat},
    look::{self, State},
    record::{self, Name, Rung},
};

/// A change of more than one file in so many is no matter of bringing a tree forward: making one anew costs less, now and at the next publish.
const PART: usize = 4;

/// A tree that can become the next edition's.
pub(super) struct Spare {
    pub tree: PathBuf,
    /// The paths in which it may differ from the published tree.
    differs: BTreeSet<PathBuf>,
    #[expect(dead_code, reason = "holds the lock of its root: a reader with a lock of its own keeps the tree")]
    root: File,
}

/// The list `differs`.
#[derive(Serialize, Deserialize)]
struct Differs {
    trees: [Identity; 2],
    /// The run of the system in which it was written. It is not made to last, so after another one it says nothing.
    boot: String,
    paths: Vec<Name>,
}

/// Finds the tree that can be brought forward, if there is one, and locks it.
///
/// Its name may be `spare`, or, where `public` is a link, the one of `a` and `b` to which that does not lead.
pub(super) fn find(folder: &Folder) -> Result<Option<Spare>, Error> {
    if folder.rung == Rung::InPlace || !folder.is_known {
        return Ok(None);
    }
    let Some(differs) = read(folder)? else { return Ok(None) };
    let public = disk::identify(&folder.place.public)?;
    if differs.boot != disk::boot() || !differs.trees.iter().any(|tree| Some(*tree) == public) {
        return Ok(None);
    }
    for tree in ["spare", "a", "b"].map(|name| folder.place.own(name)) {
        let found = disk::identify(&tree)?.filter(|found| Some(*found) != public && differs.trees.contains(found));
        let root = found.and_then(|_| disk::open(&tree).ok());
        if let Some(root) = root.filter(|root| root.try_lock().is_ok()) {
            let differs = differs.paths.into_iter().map(PathBuf::from).collect();
            return Ok(Some(Spare { tree, differs, root }));
        }
    }
    Ok(None)
}

fn read(folder: &Folder) -> Result<Option<Differs>, Error> {
    record::unseal(&folder.place.own("differs")).map_err(folder.error("read", "differs"))
}

/// The paths in which the two trees may differ, as far as a killed build said.
pub(super) fn listed(folder: &Folder) -> Result<BTreeSet<PathBuf>, Error> {
    Ok(read(folder)?.map(|differs| differs.paths.into_iter().map(PathBuf::from).collect()).unwrap_or_default())
}

/// Writes the list of the pair that these two trees are.
pub(super) fn list(folder: &Folder, trees: [&Path; 2], paths: &BTreeSet<PathBuf>) -> Result<(), Error> {
    let identify =
        |tree: &Path| disk::identify(tree)?.ok_or_else(|| Error::disk("look at", tree)(io::ErrorKind::NotFound.into()));
    let trees = [identify(trees[0])?, identify(trees[1])?];
    let differs =
        Differs { trees, boot: disk::boot(), paths: paths.iter().map(|path| Name::from(path.as_path())).collect() };
    let at = folder.place.own("differs");
    record::seal(&*folder.disk, &at, &differs).map_err(folder.error("write the list", "differs"))
}

/// The paths at which the new edition may not be what is published, whoever's they are.
///
/// Foreign paths are always among them: comparing two inodes costs less than knowing what happened to them.
fn paths_in_question(folder: &Folder, edition: &Edition) -> BTreeSet<PathBuf> {
    let mut paths = BTreeSet::new();
    paths.extend(edition.written.iter().map(|file| PathBuf::from(file.path.as_str())));
    paths.extend(edition.changes.gone.iter().map(|path| PathBuf::from(path.as_str())));
    let rows = folder.manifest.rows().iter().zip(&folder.look.states);
    let damaged = rows.filter(|(_, state)| !matches!(state, State::Whole(_)));
    paths.extend(damaged.map(|(row, _)| PathBuf::from(row.path.as_str())));
    paths.extend(folder.look.foreign.iter().map(|foreign| foreign.path.clone()));
    let before = folder.live.iter().flat_map(|live| &live.header.foreign);
    paths.extend(before.map(|name| name.path().to_path_buf()));
    paths
}

/// What stands at a path of the new edition.
enum Target {
    /// What waits in the stage.
    Staged,
    /// What is published there.
    Live(Stat),
    Folder,
    Nothing,
}

/// Makes the spare the tree of the new edition, and gives the paths at which that may differ from the old one; none if there is no spare, or if too
/// much changes for it.
///
/// If it is not what it should be, it goes to the trash as if there were none.
///
/// # Errors
/// What can't be written. The list then has all that was touched.
pub(super) fn bring_forward(folder: &Folder, edition: &Edition) -> Result<Option<BTreeSet<PathBuf>>, Error> {
    let Some(spare) = &folder.spare else { return Ok(None) };
    let changed = edition.written.len() + edition.changes.gone.len();
    if changed * PART > edition.manifest.rows().len() {
        return Ok(None);
    }
    let paths = paths_in_question(folder, edition);
    let bring = Bring { folder, spare, edition };
    let all: BTreeSet<PathBuf> = spare.differs.union(&paths).cloned().collect();
    list(folder, [&folder.place.public, &spare.tree], &all)?;
    if bring.catch_up(&all).is_err() {
        // Someone was at it, or a link can't be made: nothing of it is needed.
        folder.discard(&spare.tree).map_err(Error::disk("move away", &spare.tree))?;
        return Ok(None);
    }
    bring.put()?;
    Ok(Some(paths))
}

struct Bring<'a> {
    folder: &'a Folder,
    spare: &'a Spare,
    edition: &'a Edition,
}

impl Bring<'_> {
    fn target(&self, path: &Path) -> Target {
        let bytes = look::bytes(path);
        let seen = |path: &Path| {
            let stat = self.folder.look.foreign_at(path).map(|foreign| foreign.stat);
            stat.map_or(
                Target::Nothing,
                |stat| if stat.kind == Kind::Folder { Target::Folder } else { Target::Live(stat) },
            )
        };
        let Edition { manifest, hands, .. } = self.edition;
        if self.edition.written(bytes).is_some() {
            Target::Staged
        } else if let Some(at) = manifest.position(bytes) {
            self.folder.seen(&manifest.rows()[at].path).map_or(Target::Nothing, Target::Live)
        } else if manifest.has_folder(bytes) {
            Target::Folder
        } else if hands.kept.binary_search_by(|kept| kept.as_path().cmp(path)).is_ok() || manifest.is_below_file(bytes)
        {
            Target::Nothing
        } else {
            seen(path)
        }
    }

    /// Makes the spare equal to the new edition at all paths but those whose files wait in the stage, where nothing is left in the way.
    ///
    /// # Errors
    /// The spare is not what it should be.
    fn catch_up(&self, paths: &BTreeSet<PathBuf>) -> io::Result<()> {
        let disk = &*self.folder.disk;
        let paths: Vec<&PathBuf> = paths.iter().collect();
        // Removals first: a folder may have become a file, and `Foo` may have become `foo`.
        let cleared = paths.par_iter().map(|path| self.clear(path)).collect::<io::Result<Vec<_>>>()?;
        let mut left = BTreeSet::new();
        for (path, cleared) in paths.iter().zip(&cleared) {
            if *cleared == Cleared::Folder {
                left.insert(path.as_path());
            }
            if *cleared != Cleared::Nothing {
                left.extend(path.ancestors().skip(1).filter(|folder| !folder.as_os_str().is_empty()));
            }
        }
        for folder in left.into_iter().rev() {
            let has_foreign = || self.edition.hands.carried.iter().any(|foreign| foreign.path.starts_with(folder));
            if !matches!(self.target(folder), Target::Folder) && !has_foreign() {
                disk::there(disk.remove_folder(&self.spare.tree.join(folder)))?;
            }
        }
        paths.par_iter().try_for_each(|path| self.link(path))?;
        let folders = self.edition.hands.folders.iter().rev();
        folders
            .map(|folder| (self.spare.tree.join(&folder.path), &folder.stat))
            .chain(self.folder.root.iter().map(|root| (self.spare.tree.clone(), root)))
            .try_for_each(|(at, model)| self.folder.make_like(&at, model))
            .map_err(io::Error::other)
    }

    /// Removes what the new edition does not have at a path.
    fn clear(&self, path: &Path) -> io::Result<Cleared> {
        let at = self.spare.tree.join(path);
        let found = disk::stat(&at)?;
        self.expect_shared(path, found.as_ref())?;
        let Some(found) = found else { return Ok(Cleared::Nothing) };
        let stays = match self.target(path) {
            Target::Live(stat) => found.inode == stat.inode,
            Target::Folder => found.kind == Kind::Folder,
            // It will be replaced in one step, and its folder stays.
            Target::Staged => found.kind != Kind::Folder,
            Target::Nothing => false,
        };
        if stays {
            return Ok(Cleared::Nothing);
        }
        if found.kind == Kind::Folder {
            return Ok(Cleared::Folder);
        }
        self.folder.disk.remove_file(&at)?;
        Ok(Cleared::File)
    }

    /// Checks the invariant where that costs nothing: a file of ours that is not in the list is the very one that is published.
    fn expect_shared(&self, path: &Path, found: Option<&Stat>) -> io::Result<()> {
        let live = self.folder.manifest.position(look::bytes(path)).map(|at| &self.folder.look.states[at]);
        match live {
            Some(State::Whole(live))
                if !self.spare.differs.contains(path) && found.is_none_or(|found| found.inode != live.inode) =>
            {
                Err(io::Error::other("the two trees differ in a path that is not in the list"))
            }
            _ => Ok(()),
        }
    }

    /// Links what is published at a path, if that is what the new edition has there, and it is not there yet.
    fn link(&self, path: &Path) -> io::Result<()> {
        let (disk, at) = (&*self.folder.disk, self.spare.tree.join(path));
        match self.target(path) {
            Target::Folder => disk::make_folders(disk, &at),
            Target::Live(stat) if disk::stat(&at)?.is_none_or(|found| found.inode != stat.inode) => {
                let from = self.folder.place.public.join(path);
                disk::with_parents(disk, &at, |at| disk.link(&from, at))
            }
            _ => Ok(()),
        }
    }

    /// Moves what waits in the stage to its place.
    fn put(&self) -> Result<(), Error> {
        let disk = &*self.folder.disk;
        self.edition.written.par_iter().try_for_each(|file| {
            let (from, to) = (self.folder.staged(file.number, &file.path), self.spare.tree.join(file.path.as_str()));
            disk::with_parents(disk, &to, |to| disk.rename(&from, to)).map_err(Error::disk("put in place", &to))
        })?;
        let stage = self.folder.stage_root();
        disk::there(disk.remove_folder(&stage)).map(drop).map_err(Error::disk("remove", &stage))
    }
}

/// What stood at a path, and had to go.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Cleared {
    Nothing,
    File,
    /// It goes when it is empty.
    Folder,
}

/// Makes the tree that the next publish will bring forward, by linking all of a tree that was made anew.
///
/// A build that makes a whole tree makes this one as well, so that the first edit costs what it changes. Where it can't be made, there is none,
/// and the next publish makes its tree anew.
///
/// # Errors
/// What was made of it can't be moved away.
pub(super) fn make_twin(folder: &Folder, tree: &Path, edition: &Edition) -> Result<(), Error> {
    let twin = folder.place.own("twin");
    if link_all(folder, tree, &twin, edition).is_err() {
        folder.discard(&twin).map_err(Error::disk("move away", &twin))?;
    }
    Ok(())
}

fn link_all(folder: &Folder, tree: &Path, twin: &Path, edition: &Edition) -> Result<(), Error> {
    let disk = &*folder.disk;
    folder.make_root(twin)?;
    edition.manifest.rows().par_chunks(256).try_for_each(|rows| {
        let mut last = "";
        rows.iter().try_for_each(|row| {
            let path = row.path.as_str();
            let (from, to) = (tree.join(path), twin.join(path));
            let above = path.rsplit_once('/').map_or("", |(above, _)| above);
            let link = |to: &Path| disk.link(&from, to);
            let is_new = std::mem::replace(&mut last, above) != above;
            let linked =
                if is_new { disk::in_new_folder(disk, &to, link) } else { disk::with_parents(disk, &to, link) };
            linked.map_err(Error::disk("link", &from))
        })
    })?;
    folder.furnish(twin, &edition.hands)
}

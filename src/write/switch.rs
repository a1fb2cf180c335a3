//! The step that readers see: two trees exchange their names, or a link is renamed over a link.

use std::{
    collections::BTreeSet,
    io::{self, ErrorKind},
    path::{Path, PathBuf},
};

use super::{
    Error, Folder, Kept, Manifest,
    disk::{self, Identity, Kind},
    folder::is_in_place,
    kept,
    look::{self, Look, State, Trust, is_older, is_same},
    record::{Header, Made, Record, Rung},
    spare,
};

/// Chooses how this folder is published into, before anything is rendered.
pub(super) fn choose(folder: &Folder) -> Result<Rung, Error> {
    if is_in_place(&folder.options) {
        return Ok(Rung::InPlace);
    }
    if folder.place.is_link {
        return Ok(Rung::Link);
    }
    let parent = &folder.place.parent;
    let parent_device = disk::stat(parent).map_err(Error::disk("look at", parent))?.map(|stat| stat.device);
    if folder.root.is_some_and(|root| Some(root.device) != parent_device) {
        return Err(cannot_be_replaced(folder));
    }
    let exchanged_before =
        folder.is_known && folder.live.as_ref().is_some_and(|live| live.header.rung == Rung::Exchange);
    if exchanged_before || can_exchange(folder)? {
        return Ok(Rung::Exchange);
    }
    if folder.root.is_some() {
        return Err(Error::refused(
            format!("this file system cannot exchange two folders, and {} is a plain one", folder.place.shown()),
            "move it away once: the next build makes a link in its place, which can be replaced in one step",
        ));
    }
    Ok(Rung::Link)
}

/// Tries an exchange of two folders beside the output folder.
fn can_exchange(folder: &Folder) -> Result<bool, Error> {
    let (one, other) = (folder.place.own("trial-1"), folder.place.own("trial-2"));
    for trial in [&one, &other] {
        disk::make_folders(&*folder.disk, trial).map_err(Error::disk("make the folder", trial))?;
    }
    let result = folder.disk.exchange(&one, &other);
    for trial in [&one, &other] {
        let _ = folder.disk.remove_folder(trial);
    }
    match result {
        Ok(()) => Ok(true),
        Err(error) if is_unsupported(&error) => Ok(false),
        Err(error) => Err(Error::disk("exchange folders in", &folder.place.state)(error)),
    }
}

fn is_unsupported(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::InvalidInput | ErrorKind::Unsupported)
}

/// Gives the finished tree the name from which it will be switched to.
pub(super) fn make_ready(folder: &Folder, made: PathBuf) -> Result<PathBuf, Error> {
    if folder.rung != Rung::Link {
        return Ok(made);
    }
    // The trees have to be reachable for whoever serves them, but the rest beside them need not be seen.
    folder
        .disk
        .set_mode(&folder.place.state, 0o711)
        .map_err(Error::disk("open the way through", &folder.place.state))?;
    let name = if link_target(folder).as_deref() == Some(Path::new("a")) { "b" } else { "a" };
    let tree = folder.place.own(name);
    if made == tree {
        return Ok(tree);
    }
    folder.discard(&tree).map_err(Error::disk("move away", &tree))?;
    folder.disk.rename(&made, &tree).map_err(Error::disk("rename the new tree to", &tree))?;
    Ok(tree)
}

fn link_target(folder: &Folder) -> Option<PathBuf> {
    let target = std::fs::read_link(&folder.place.public).ok()?;
    folder.place.is_link.then(|| target.file_name().map(PathBuf::from))?
}

/// Publishes the tree: the one call before which every reader has the old edition, and after which every reader has the new one.
pub(super) fn switch(folder: &Folder, tree: &Path, identity: Identity) -> Result<(), Error> {
    let public = &folder.place.public;
    let result = match (folder.rung, folder.root) {
        (Rung::Link, _) => switch_link(folder, tree),
        (_, Some(_)) => folder.disk.exchange(tree, public),
        (_, None) => folder.disk.rename_new(tree, public),
    };
    // A network file system may do it and fail to say so: what counts is which tree is there.
    match result {
        Err(error) if !matches!(disk::identify(public), Ok(Some(found)) if found == identity) => {
            Err(match error.kind() {
                ErrorKind::ResourceBusy | ErrorKind::CrossesDevices => cannot_be_replaced(folder),
                _ => Error::disk("switch to the new edition at", public)(error),
            })
        }
        _ => Ok(()),
    }
}

fn switch_link(folder: &Folder, tree: &Path) -> io::Result<()> {
    let parts = [folder.place.state.file_name(), tree.file_name()];
    let target: PathBuf = parts.into_iter().flatten().collect();
    if !folder.place.is_link {
        return folder.disk.point(&folder.place.public, &target);
    }
    let draft = folder.place.own("link");
    if disk::stat(&draft)?.is_some() {
        folder.disk.remove_file(&draft)?;
    }
    folder.disk.point(&draft, &target)?;
    folder.disk.rename(&draft, &folder.place.public)
}

fn cannot_be_replaced(folder: &Folder) -> Error {
    Error::refused(
        format!(
            "{} can't be replaced in one step: it is a mount point, or lies on another layer",
            folder.place.shown()
        ),
        "publish to a folder inside it, or set `publish: in-place`, which mixes editions while it runs",
    )
}

/// Finishes what comes after the switch: looks once more at the old tree for what came between, lets the new record speak, and settles in which
/// of `paths` the pair of trees may differ now. `first` is the look before rendering; none if that build was killed.
///
/// # Errors
/// Something of the old tree could not be saved. The new edition is live all the same, and the next start tries again.
pub(super) fn settle(
    folder: &mut Folder,
    next: Record,
    first: Option<&Look>,
    mut paths: BTreeSet<PathBuf>,
) -> Result<Vec<Kept>, Error> {
    if next.header.durable {
        // Not fatal: the tree itself was made to last before, and either edition may be found after a power cut.
        let _ = folder.disk.sync_folder(&folder.place.parent);
        let _ = folder.disk.sync_folder(&folder.place.state);
    }
    let old = old_tree(folder, &next)?;
    let (mut saved, mut late) = (Vec::new(), BTreeSet::new());
    if let Some(old) = &old {
        let empty = Manifest::default();
        let manifest = folder.live.as_ref().map_or(&empty, |live| &live.manifest);
        let rescue = Rescue { folder, old, first, next: &next.header, paths: &paths };
        (saved, late) = rescue.run(manifest)?;
    }
    let (from, to) = (folder.place.own("next"), folder.place.own("live"));
    folder.disk.rename(&from, &to).map_err(Error::disk("rename the record to", &to))?;
    // Nothing below is worth a word if it fails: without a list there is no pair, and the next tree is made anew.
    if next.header.made == Made::FromSpare {
        paths.extend(late);
        let _ = old.map_or(Ok(()), |old| spare::list(folder, [&folder.place.public, &old], &paths));
    } else {
        if let Some(old) = old.filter(|_| next.header.rung != Rung::Link) {
            let _ = folder.discard(&old);
        }
        let (twin, spare) = (folder.place.own("twin"), folder.place.own("spare"));
        let _ = folder.discard(&spare);
        let is_whole =
            next.header.twin.is_some() && matches!(disk::identify(&twin), Ok(found) if found == next.header.twin);
        if is_whole && folder.disk.rename(&twin, &spare).is_ok() {
            let _ = spare::list(folder, [&folder.place.public, &spare], &late);
        }
    }
    folder.live = Some(next);
    folder.is_recorded = true;
    folder.clear_tables();
    Ok(saved)
}

/// The tree that was published before, if there was one.
fn old_tree(folder: &Folder, next: &Record) -> Result<Option<PathBuf>, Error> {
    if next.header.rung == Rung::Exchange {
        let tree = folder.place.own(if next.header.made == Made::Anew { "fresh" } else { "spare" });
        return Ok(disk::identify(&tree)?.map(|_| tree));
    }
    // By its root, since the other name may hold what a killed build left.
    let live = folder.live.as_ref().map(|live| live.header.tree);
    for tree in ["a", "b"].map(|name| folder.place.own(name)) {
        let found = disk::identify(&tree)?;
        if found.is_some() && found == live {
            return Ok(Some(tree));
        }
    }
    Ok(None)
}

/// Saves what other hands did to the old tree between the look at it and the switch.
struct Rescue<'a> {
    folder: &'a Folder,
    old: &'a Path,
    /// The look before rendering; none if that build was killed.
    first: Option<&'a Look>,
    /// What the record of the new edition says.
    next: &'a Header,
    /// Where the new edition is not as the old one.
    paths: &'a BTreeSet<PathBuf>,
}

impl Rescue<'_> {
    /// Gives what was kept, and the paths at which the old tree is not as it was.
    fn run(&self, manifest: &Manifest) -> Result<(Vec<Kept>, BTreeSet<PathBuf>), Error> {
        // We touch no folder of a tree while it is published. An unchanged file is in both trees of a pair, so an edit of it is found by the next look.
        let rows: BTreeSet<usize> = self.paths.iter().filter_map(|path| manifest.position(look::bytes(path))).collect();
        let is_anew = self.next.made == Made::Anew;
        let trust = Trust {
            file: &|at, stat| matches!(self.first.map(|first| &first.states[at]), Some(State::Whole(before)) if is_same(before, stat)),
            folder: &|stat| is_older(stat, self.next.looked_at),
            foreign: &self.next.foreign,
            rows: &|at| is_anew || rows.contains(&at),
        };
        let second = Look::over(self.old, manifest, &trust)?;
        let (mut kept, mut late) = (Vec::new(), BTreeSet::new());
        for foreign in &second.foreign {
            late.insert(foreign.path.clone());
            let before = self.first.and_then(|first| first.foreign_at(&foreign.path));
            if before.is_none_or(|before| before.stat.inode != foreign.stat.inode) {
                kept.extend(self.bring(&foreign.path, foreign.stat.kind)?);
            }
        }
        for (at, state) in second.states.iter().enumerate() {
            if !matches!(state, State::Whole(_) | State::Unseen) {
                late.insert(manifest.rows()[at].path.as_str().into());
            }
            let State::Edited(stat, hash) = state else { continue };
            let before = self.first.map(|first| &first.states[at]);
            if matches!(before, Some(State::Edited(_, before)) if before == hash) {
                continue;
            }
            let path = Path::new(manifest.rows()[at].path.as_str());
            let public = self.folder.place.public.join(path);
            match disk::stat(&public).map_err(Error::disk("look at", &public))? {
                // The same file is in the new tree: touch it, so that the next build looks into it.
                Some(new) if new.inode == stat.inode => {
                    self.folder.disk.set_mode(&public, new.mode).map_err(Error::disk("mark", &public))?;
                }
                _ => kept.push(kept::keep(self.folder, self.old, path, self.next.generation)?),
            }
        }
        Ok((kept, late))
    }

    /// Brings a newcomer into the new tree; keeps it if its path is taken.
    fn bring(&self, path: &Path, kind: Kind) -> Result<Option<Kept>, Error> {
        let (from, to) = (self.old.join(path), self.folder.place.public.join(path));
        let disk = &*self.folder.disk;
        if kind == Kind::Folder {
            // If it can't be, what is in it is kept.
            let _ = disk::make_folders(disk, &to);
            return Ok(None);
        }
        if disk::with_parents(disk, &to, |to| disk.link(&from, to)).is_ok() {
            return Ok(None);
        }
        let inode = |at: &Path| disk::stat(at).ok().flatten().map(|stat| stat.inode);
        if inode(&from) == inode(&to) {
            return Ok(None);
        }
        kept::keep(self.folder, self.old, path, self.next.generation).map(Some)
    }
}

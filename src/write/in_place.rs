//! Publishing file by file, for a folder that cannot be replaced. Readers meet a mixture while it runs, and after a kill until the next build.
//!
//! What changed waits in a folder inside the output folder, the only place that is sure to be on the same file system. Then the record of what is
//! about to be true is written, so that a build that is cut off leaves no file which could be taken for someone else's, and each file is renamed to
//! its place: what pages refer to first, then pages, then the lists that lead to them, and removals last.

use std::{
    collections::BTreeSet,
    io,
    path::{Path, PathBuf},
};

use rayon::prelude::*;

use super::{
    Error, Folder, Kept, Manifest,
    commit::Edition,
    disk::{self, Kind},
    kept::keep,
    look::{self, State, is_same},
    record::Made,
};
use crate::model::OutPath;

pub(super) fn publish(folder: &mut Folder, edition: Edition, generation: u64) -> Result<Vec<Kept>, Error> {
    let public = folder.place.public.clone();
    let disk = &*folder.disk;
    disk::make_folders(disk, &public).map_err(Error::disk("make the folder", &public))?;
    let mut kept = folder.keep_all(&edition.hands, generation)?;
    // What lies beside is no pair any more: the published tree changes without it.
    disk::there(disk.remove_file(&folder.place.own("differs"))).map_err(folder.error("remove", "differs"))?;
    let _ = folder.discard(&folder.place.own("spare"));
    folder.sweep(usize::MAX);
    let identity =
        disk::identify(&public)?.ok_or_else(|| Error::disk("look at", &public)(io::ErrorKind::NotFound.into()))?;

    let gone = removals(folder, &edition.manifest);
    let is_taken = |path: &Path| edition.manifest.position(look::bytes(path)).is_some();
    let in_way: Vec<_> = edition.hands.kept.iter().filter(|path| !is_taken(path)).cloned().collect();
    let written: Vec<OutPath> = edition.written.iter().map(|file| file.path.clone()).collect();
    let next = folder.record(edition, identity, generation, Made::Anew)?;
    next.seal(disk, &folder.place.own("next")).map_err(folder.error("write the record", "next"))?;
    folder.make_durable()?;

    let (blocking, gone): (Vec<_>, Vec<_>) =
        gone.into_iter().partition(|path| next.manifest.needs(path.as_str().as_bytes()));
    let mut hand = Hand { folder, generation, kept: Vec::new() };
    hand.clear_way(&next.manifest, &in_way)?;
    hand.remove(&blocking)?;
    hand.put(&written)?;
    hand.remove(&gone)?;
    kept.extend(hand.kept);
    let stage = folder.stage_root();
    disk::remove_tree(disk, &stage).map_err(Error::disk("remove", &stage))?;
    // Written anew, so that it is younger than every change above.
    next.seal(disk, &folder.place.own("live")).map_err(folder.error("write the record", "live"))?;
    mark_touched(folder, &next.manifest, &written)?;
    disk.remove_file(&folder.place.own("next")).map_err(folder.error("remove", "next"))?;
    Ok(kept)
}

/// Touches what someone edited while we were at work, so that the next build looks into it.
fn mark_touched(folder: &Folder, manifest: &Manifest, written: &[OutPath]) -> Result<(), Error> {
    let unchanged = manifest.rows().par_iter().filter(|row| written.binary_search(&row.path).is_err());
    unchanged.try_for_each(|row| {
        let at = folder.place.public.join(row.path.as_str());
        let now = disk::stat(&at).map_err(Error::disk("look at", &at))?;
        match (folder.seen(&row.path), now) {
            (Some(seen), Some(now)) if now.kind == Kind::File && !is_same(&seen, &now) => {
                folder.disk.set_mode(&at, now.mode).map_err(Error::disk("mark", &at))
            }
            _ => Ok(()),
        }
    })
}

/// What changes the published tree.
struct Hand<'a> {
    folder: &'a Folder,
    generation: u64,
    kept: Vec<Kept>,
}

impl Hand<'_> {
    /// Removes what others put where a folder or file of the new edition goes. All of it is kept already.
    fn clear_way(&mut self, manifest: &Manifest, in_way: &[PathBuf]) -> Result<(), Error> {
        let (disk, public) = (&*self.folder.disk, &self.folder.place.public);
        for path in in_way {
            let at = public.join(path);
            disk::there(disk.remove_file(&at)).map_err(Error::disk("remove", &at))?;
        }
        let folders = self.folder.look.foreign.iter().rev().filter(|foreign| foreign.stat.kind == Kind::Folder);
        for foreign in folders {
            let path = look::bytes(&foreign.path);
            if manifest.position(path).is_some() || manifest.is_below_file(path) {
                let at = public.join(&foreign.path);
                disk::there(disk.remove_folder(&at)).map_err(Error::disk("remove the folder", &at))?;
            }
        }
        Ok(())
    }

    /// Renames what waits in the stage to its place.
    fn put(&mut self, written: &[OutPath]) -> Result<(), Error> {
        let (disk, stage) = (&*self.folder.disk, self.folder.stage_root());
        let mut written: Vec<_> = written.iter().collect();
        written.sort_by_key(|path| turn(path));
        for path in written {
            self.spare(path)?;
            let (from, to) = (stage.join(path.as_str()), self.folder.place.public.join(path.as_str()));
            disk::with_parents(disk, &to, |to| disk.rename(&from, to)).map_err(Error::disk("put in place", &to))?;
        }
        Ok(())
    }

    /// Removes files of ours, and the folders that they leave empty.
    fn remove(&mut self, paths: &[OutPath]) -> Result<(), Error> {
        for path in paths {
            self.spare(path)?;
            let at = self.folder.place.public.join(path.as_str());
            disk::there(self.folder.disk.remove_file(&at)).map_err(Error::disk("remove", &at))?;
        }
        for path in folders_above(paths) {
            // Not empty: others still need it.
            let _ = self.folder.disk.remove_folder(&self.folder.place.public.join(path));
        }
        Ok(())
    }

    /// Keeps what someone wrote to a path since we looked at it.
    fn spare(&mut self, path: &OutPath) -> Result<(), Error> {
        let public = &self.folder.place.public;
        let at = public.join(path.as_str());
        let now = disk::stat(&at).map_err(Error::disk("look at", &at))?.filter(|now| now.kind != Kind::Folder);
        if now.is_some_and(|now| self.folder.seen(path).is_none_or(|seen| !is_same(&seen, &now))) {
            self.kept.push(keep(self.folder, public, Path::new(path.as_str()), self.generation)?);
        }
        Ok(())
    }
}

/// Our files that the new edition does not have. Those that someone edited were kept; those that are missing may have left their folders.
fn removals(folder: &Folder, manifest: &Manifest) -> Vec<OutPath> {
    let rows = folder.manifest.rows().iter().zip(&folder.look.states);
    let rows = rows.filter(|(row, state)| !matches!(state, State::Replaced) && manifest.get(&row.path).is_none());
    // Below a link of someone else's, nothing is ours to remove.
    let is_elsewhere = |path: &str| {
        let above = path.match_indices('/').map(|(at, _)| Path::new(&path[..at]));
        above.into_iter().any(|above| folder.look.foreign_at(above).is_some())
    };
    rows.filter(|(row, _)| !is_elsewhere(row.path.as_str())).map(|(row, _)| row.path.clone()).collect()
}

/// When a file is put in place: what pages refer to, pages, lists of pages.
fn turn(path: &OutPath) -> u8 {
    match Path::new(path.as_str()).extension().and_then(|ending| ending.to_str()) {
        Some("html" | "htm") => 1,
        Some("xml" | "json" | "txt") => 2,
        _ => 0,
    }
}

/// The folders above `paths`, the inner before the outer.
fn folders_above(paths: &[OutPath]) -> Vec<&str> {
    let above = |path: &'_ OutPath| path.as_str().match_indices('/').map(|(at, _)| at).collect::<Vec<_>>();
    let folders = paths.iter().flat_map(|path| above(path).into_iter().map(|at| &path.as_str()[..at]));
    folders.collect::<BTreeSet<_>>().into_iter().rev().collect()
}

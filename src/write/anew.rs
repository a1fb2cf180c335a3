//! Making a tree from nothing: what was staged, links to what stays, and what is someone else's.

use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::{
    Error, Folder, Row,
    commit::{Edition, Hands},
    disk::{self, Stat},
    kept, reason,
};

impl Folder {
    /// Makes the tree of an edition from nothing but what was staged and what is published.
    pub(super) fn make_anew(&self, edition: &Edition) -> Result<PathBuf, Error> {
        let fresh = self.place.own("fresh");
        if self.spare.is_some() {
            self.make_root(&fresh)?;
            edition.written.par_iter().try_for_each(|file| {
                let (from, to) = (self.staged(file.number, &file.path), fresh.join(file.path.as_str()));
                let moved = disk::in_new_folder(&*self.disk, &to, |to| self.disk.rename(&from, to));
                moved.map_err(Error::disk("put in place", &to))
            })?;
            let stage = self.stage_root();
            disk::there(self.disk.remove_folder(&stage)).map_err(Error::disk("remove", &stage))?;
        }
        self.complete(&fresh, edition)?;
        Ok(fresh)
    }

    /// Gives the new tree all that stays: our unchanged files, and everything that is someone else's.
    fn complete(&self, fresh: &Path, edition: &Edition) -> Result<(), Error> {
        let stays =
            edition.manifest.rows().par_iter().filter(|row| edition.written(row.path.as_str().as_bytes()).is_none());
        stays.try_for_each(|row| self.link_unchanged(fresh, row))?;
        self.furnish(fresh, &edition.hands)
    }

    /// Gives a new tree what is someone else's.
    pub(super) fn furnish(&self, tree: &Path, hands: &Hands) -> Result<(), Error> {
        for folder in &hands.folders {
            let at = tree.join(&folder.path);
            disk::make_folders(&*self.disk, &at).map_err(Error::disk("make the folder", &at))?;
        }
        for file in &hands.carried {
            let (from, to) = (self.place.public.join(&file.path), tree.join(&file.path));
            disk::with_parents(&*self.disk, &to, |to| self.disk.link(&from, to)).map_err(|error| {
                Error::refused(
                    format!("{} is not Letterpress's, and can't be carried over: {}", from.display(), reason(&error)),
                    "put it in `static/`, or publish to a folder of its own",
                )
            })?;
        }
        // Only now, since a mode may keep us out; the inner folders first, for the same reason.
        for folder in hands.folders.iter().rev() {
            self.make_like(&tree.join(&folder.path), &folder.stat)?;
        }
        Ok(())
    }

    /// Links a published file into the new tree, so that it keeps inode and mtime; copies it where that can't be.
    fn link_unchanged(&self, fresh: &Path, row: &Row) -> Result<(), Error> {
        let path = row.path.as_str();
        let (from, to) = (self.place.public.join(path), fresh.join(path));
        let seen = self.seen(&row.path);
        let now = disk::stat(&from).map_err(Error::disk("look at", &from))?;
        if now.is_none() || now.map(|now| (now.inode, now.changed)) != seen.map(|seen| (seen.inode, seen.changed)) {
            return Err(Error::Underfoot(row.path.clone()));
        }
        match disk::with_parents(&*self.disk, &to, |to| self.disk.link(&from, to)) {
            Err(error) if kept::is_unlinkable(error.kind()) => {
                let copied = disk::open(&from).and_then(|mut from| {
                    disk::with_parents(&*self.disk, &to, |to| self.disk.create_from(to, &mut from))
                });
                let (hash, _) = copied.map_err(Error::disk("copy", &from))?;
                if hash == row.hash { Ok(()) } else { Err(Error::Underfoot(row.path.clone())) }
            }
            result => result.map_err(Error::disk("link", &from)),
        }
    }

    /// Makes the root of a new tree like the one that it will replace.
    pub(super) fn make_root(&self, at: &Path) -> Result<(), Error> {
        self.disk.make_folder(at, 0o777).map_err(Error::disk("make the folder", at))?;
        self.root.as_ref().map_or(Ok(()), |root| self.make_like(at, root))
    }

    pub(super) fn make_like(&self, at: &Path, model: &Stat) -> Result<(), Error> {
        let made = disk::stat(at).map_err(Error::disk("look at", at))?;
        if made.is_some_and(|made| (made.owner, made.group) != (model.owner, model.group)) {
            self.disk.set_owner(at, model.owner, model.group).map_err(Error::disk("keep the owner of", at))?;
        }
        if made.is_some_and(|made| made.mode != model.mode) {
            self.disk.set_mode(at, model.mode).map_err(Error::disk("keep the mode of", at))?;
        }
        Ok(())
    }
}

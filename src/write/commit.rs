//! The order of a publish.
//!
//! What changed is written while it is rendered; nothing else is touched before all of it is known. Then the tree is completed with links to what
//! stayed, recorded, made to last, and switched to. All that needs room on the disk is written before the switch, and nothing after it can fail a build.

use std::{
    collections::BTreeSet,
    fs::File,
    io::{self, Seek},
    path::{Path, PathBuf},
};

use rayon::prelude::*;

use super::{
    CommitError, Content, Entry, Error, Folder, Kept, Manifest, Rendered, Report, Row,
    disk::{self, Identity, Kind, Stat},
    in_place, kept,
    look::{self, Foreign, STAGE, State},
    reason,
    record::{Header, Record, Rung},
    switch,
};
use crate::model::OutPath;

/// How many foreign files a refusal names.
const NAMED: usize = 5;

/// An output whose bytes are settled.
struct Staged {
    row: Row,
    from: Origin,
}

/// Where the bytes of a file of the new tree come from.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Origin {
    /// Written for this edition.
    Stage,
    /// What stands at its path in the published tree, since it is the same.
    Live,
    /// The same, without asking what it would be today.
    Carried,
}

enum Failure<E> {
    Render(E),
    Write(Error),
}

/// A new edition, all of it known, and what it costs to get there.
pub(super) struct Edition {
    pub manifest: Manifest,
    /// The paths whose bytes wait in the stage, sorted.
    pub written: Vec<OutPath>,
    pub hands: Hands,
}

/// What becomes of foreign files.
#[derive(Default)]
pub(super) struct Hands {
    /// They stay where they are, the outer folders before what is in them.
    pub folders: Vec<Foreign>,
    pub carried: Vec<Foreign>,
    /// They stand in our way, or are our files as someone edited them.
    pub kept: Vec<PathBuf>,
}

impl Folder {
    /// Renders every entry, all threads at once, and publishes the result.
    ///
    /// `render` is called once for each number of an entry, in any order.
    ///
    /// # Errors
    /// Every output that can't be rendered, or the first thing that can't be written, or a refusal to take over someone else's folder. The
    /// published tree is then as it was; only publishing in place may have changed a part of it, and the next build finishes that.
    pub fn commit<E: Send>(
        mut self,
        entries: &[Entry],
        render: impl Fn(usize) -> Result<Rendered, E> + Sync,
    ) -> Result<Report, CommitError<E>> {
        let result = self.stage(entries, &render).and_then(|edition| Ok(self.publish(edition)?));
        if let Err(error) = &result {
            self.clear_attempt();
            if matches!(error, CommitError::Write(_)) {
                // The disk may be full: the next attempt shall find more room.
                self.sweep();
            }
        }
        result
    }

    /// Where files are written before they are published.
    pub(super) fn stage_root(&self) -> PathBuf {
        match self.rung {
            Rung::InPlace => self.place.public.join(STAGE),
            Rung::Exchange | Rung::Link => self.place.own("fresh"),
        }
    }

    fn stage<E: Send>(
        &self,
        entries: &[Entry],
        render: &(impl Fn(usize) -> Result<Rendered, E> + Sync),
    ) -> Result<Edition, CommitError<E>> {
        let stage = self.stage_root();
        if self.rung != Rung::InPlace {
            self.make_root(&stage)?;
        }
        let staged = entries.par_iter().enumerate().map(|(number, entry)| {
            let rendered = render(number).map_err(Failure::Render)?;
            self.stage_output(&stage, entry, rendered).map_err(Failure::Write)
        });
        let (mut outputs, mut mistakes, mut failure) = (Vec::with_capacity(entries.len()), Vec::new(), None);
        for staged in staged.collect::<Vec<_>>() {
            match staged {
                Ok(output) => outputs.push(output),
                Err(Failure::Render(mistake)) => mistakes.push(mistake),
                Err(Failure::Write(error)) => failure = failure.or(Some(error)),
            }
        }
        if !mistakes.is_empty() {
            return Err(CommitError::Render(mistakes));
        }
        if let Some(error) = failure {
            return Err(error.into());
        }
        self.carry_what_is_named(&mut outputs);
        Ok(self.edition(outputs)?)
    }

    /// Makes the root of a new tree like the one that it will replace.
    fn make_root(&self, at: &Path) -> Result<(), Error> {
        self.disk.make_folder(at, 0o777).map_err(Error::disk("make the folder", at))?;
        self.root.as_ref().map_or(Ok(()), |root| self.make_like(at, root))
    }

    fn make_like(&self, at: &Path, model: &Stat) -> Result<(), Error> {
        let made = disk::stat(at).map_err(Error::disk("look at", at))?;
        if made.is_some_and(|made| (made.owner, made.group) != (model.owner, model.group)) {
            self.disk.set_owner(at, model.owner, model.group).map_err(Error::disk("keep the owner of", at))?;
        }
        if made.is_some_and(|made| made.mode != model.mode) {
            self.disk.set_mode(at, model.mode).map_err(Error::disk("keep the mode of", at))?;
        }
        Ok(())
    }

    fn stage_output(&self, stage: &Path, entry: &Entry, rendered: Rendered) -> Result<Staged, Error> {
        let path = &entry.path;
        let place = stage.join(path.as_str());
        let row = |hash, len_bytes| Row {
            path: path.clone(),
            hash,
            len_bytes,
            subject: entry.subject.clone(),
            uses: rendered.uses,
        };
        match rendered.content {
            Content::Published => {
                let row = self.published(path).ok_or_else(|| Error::NotPublished(path.clone()))?;
                Ok(Staged { row: row.clone(), from: Origin::Carried })
            }
            Content::Bytes(bytes) => {
                let (hash, len) = (blake3::hash(&bytes), bytes.len() as u64);
                if self.stands(path, len, || Ok(hash))? {
                    return Ok(Staged { row: row(hash, len), from: Origin::Live });
                }
                let written = disk::with_parents(&*self.disk, &place, |place| self.disk.create(place, &bytes));
                written.map_err(Error::disk("write", &place))?;
                Ok(Staged { row: row(hash, len), from: Origin::Stage })
            }
            Content::Stream(mut file) => {
                let reading = || Error::disk("read what is to be copied to", &place);
                let len = file.metadata().map_err(reading())?.len();
                let mut hash = None;
                if self.stands(path, len, || Ok(*hash.insert(hash_of(&mut file)?)))? {
                    let hash = hash.expect("nothing stands there unless its hash was compared");
                    return Ok(Staged { row: row(hash, len), from: Origin::Live });
                }
                let written = disk::with_parents(&*self.disk, &place, |place| {
                    file.rewind()?;
                    self.disk.create_from(place, &mut file)
                });
                let (hash, len) = written.map_err(Error::disk("write", &place))?;
                Ok(Staged { row: row(hash, len), from: Origin::Stage })
            }
        }
    }

    /// Whether the published tree has these bytes at `path`, whoever put them there.
    fn stands(&self, path: &OutPath, len: u64, hash: impl FnOnce() -> io::Result<blake3::Hash>) -> Result<bool, Error> {
        let place = self.place.public.join(path.as_str());
        let reading = || Error::disk("compare with", &place);
        let standing = match self.manifest.position(path.as_str().as_bytes()).map(|at| (at, &self.look.states[at])) {
            Some((at, State::Whole(stat))) if stat.len == len => Some(self.manifest.rows()[at].hash),
            Some((_, State::Edited(stat, hash))) if stat.len == len => Some(*hash),
            Some(_) => None,
            None => match self.look.foreign_at(Path::new(path.as_str())) {
                Some(foreign) => look::hash_if(&place, &foreign.stat, len).map_err(reading())?,
                None => None,
            },
        };
        match standing {
            Some(standing) => Ok(hash().map_err(reading())? == standing),
            None => Ok(false),
        }
    }

    /// Adds the files that carried pages name, and that the new plan has no more.
    fn carry_what_is_named(&self, outputs: &mut Vec<Staged>) {
        let mut planned: BTreeSet<OutPath> = outputs.iter().map(|output| output.row.path.clone()).collect();
        let carried = outputs.iter().filter(|output| output.from == Origin::Carried);
        let mut named: Vec<OutPath> = carried.flat_map(|output| output.row.uses.iter().cloned()).collect();
        while let Some(path) = named.pop() {
            if let Some(row) = self.published(&path).filter(|_| planned.insert(path)) {
                named.extend(row.uses.iter().cloned());
                outputs.push(Staged { row: row.clone(), from: Origin::Carried });
            }
        }
    }

    fn edition(&self, outputs: Vec<Staged>) -> Result<Edition, Error> {
        let staged = outputs.iter().filter(|output| output.from == Origin::Stage);
        let mut written: Vec<OutPath> = staged.map(|output| output.row.path.clone()).collect();
        written.sort();
        let manifest = Manifest::new(outputs.into_iter().map(|output| output.row).collect());
        let hands = self.hands(&manifest, &written);
        let foreign = hands.kept.iter().map(PathBuf::as_path).chain(hands.carried.iter().map(|foreign| &*foreign.path));
        if !self.is_ours && !self.options.adopt && foreign.clone().next().is_some() {
            let mut named: Vec<String> = foreign.clone().take(NAMED).map(|path| path.display().to_string()).collect();
            let count = foreign.count();
            if count > NAMED {
                named.push("…".into());
            }
            return Err(Error::refused(
                format!(
                    "{} has {count} files that Letterpress did not write, or that differ from this edition: {}",
                    self.place.shown(),
                    named.join(", ")
                ),
                "name a folder of its own, or build with `--adopt`: foreign files then stay, and those in the way of an output are moved beside the folder",
            ));
        }
        Ok(Edition { manifest, written, hands })
    }

    /// Decides what becomes of everything that other hands did.
    fn hands(&self, manifest: &Manifest, written: &[OutPath]) -> Hands {
        let is_written = |path: &[u8]| written.binary_search_by(|other| other.as_str().as_bytes().cmp(path)).is_ok();
        let mut hands = Hands::default();
        for (row, state) in self.manifest.rows().iter().zip(&self.look.states) {
            if let State::Edited(_, hash) = state
                && manifest.get(&row.path).is_none_or(|row| row.hash != *hash)
            {
                hands.kept.push(row.path.as_str().into());
            }
        }
        for foreign in &self.look.foreign {
            let path = look::bytes(&foreign.path);
            if foreign.stat.kind == Kind::Folder {
                if !manifest.needs(path) {
                    hands.folders.push(foreign.clone());
                }
            } else if manifest.position(path).is_some() {
                // It may have the very bytes of the new edition: then it is ours from now on.
                if is_written(path) {
                    hands.kept.push(foreign.path.clone());
                }
            } else if manifest.needs(path) {
                hands.kept.push(foreign.path.clone());
            } else {
                hands.carried.push(foreign.clone());
            }
        }
        hands.kept.sort();
        hands
    }

    fn publish(&mut self, edition: Edition) -> Result<Report, Error> {
        let mut report = self.report(&edition);
        let is_unchanged = self.is_known
            && edition.written.is_empty()
            && edition.hands.kept.is_empty()
            && edition.manifest == self.manifest;
        if is_unchanged {
            self.clear_attempt();
            return Ok(report);
        }
        report.generation += 1;
        let kept = if self.rung == Rung::InPlace {
            in_place::publish(self, edition, report.generation)?
        } else {
            self.publish_whole(edition, &mut report)?
        };
        report.kept.extend(kept);
        report.notes.extend(match self.rung {
            Rung::Exchange => None,
            Rung::Link => {
                Some(format!("{} is a link, since this file system cannot exchange folders", self.place.shown()))
            }
            Rung::InPlace => {
                Some(format!("{} was published in place: readers may have met a mixture meanwhile", self.place.shown()))
            }
        });
        Ok(report)
    }

    fn report(&mut self, edition: &Edition) -> Report {
        let was_missing = |path: &OutPath| {
            let at = self.manifest.position(path.as_str().as_bytes());
            at.is_some_and(|at| matches!(self.look.states[at], State::Missing))
        };
        let gone = |row: &&Row| edition.manifest.get(&row.path).is_none();
        let mended = edition.written.iter().filter(|path| self.root.is_some() && was_missing(path));
        Report {
            generation: self.generation(),
            unchanged: edition.manifest.rows().len() - edition.written.len(),
            removed: self.manifest.rows().iter().filter(gone).map(|row| row.path.clone()).collect(),
            mended: mended.cloned().collect(),
            kept: Vec::new(),
            carried: edition.hands.carried.len(),
            written: edition.written.clone(),
            notes: std::mem::take(&mut self.notes),
        }
    }

    fn publish_whole(&mut self, edition: Edition, report: &mut Report) -> Result<Vec<Kept>, Error> {
        let fresh = self.stage_root();
        self.complete(&fresh, &edition)?;
        let mut kept = self.keep_all(&edition.hands, report.generation)?;
        // Last of all that renews a ctime: see the module's head.
        self.sweep();
        let tree = switch::make_ready(self, fresh)?;
        let identity =
            disk::identify(&tree)?.ok_or_else(|| Error::disk("look at", &tree)(io::ErrorKind::NotFound.into()))?;
        let next = self.record(edition, identity, report.generation);
        next.seal(&*self.disk, &self.place.own("next")).map_err(self.error("write the record", "next"))?;
        self.make_durable()?;
        switch::switch(self, &tree, identity)?;

        let look = std::mem::take(&mut self.look);
        match switch::settle(self, next, Some(&look)) {
            Ok(saved) => kept.extend(saved),
            Err(error) => {
                report.notes.push(format!("{error}; the edition is published, and the next build tries again"));
            }
        }
        Ok(kept)
    }

    pub(super) fn keep_all(&self, hands: &Hands, generation: u64) -> Result<Vec<Kept>, Error> {
        hands.kept.iter().map(|path| kept::keep(self, &self.place.public, path, generation)).collect()
    }

    pub(super) fn make_durable(&self) -> Result<(), Error> {
        if !self.options.durable {
            return Ok(());
        }
        self.disk.sync_all(&self.place.parent).map_err(Error::disk("write out", &self.place.parent))
    }

    pub(super) fn record(&self, edition: Edition, tree: Identity, generation: u64) -> Record {
        let header = Header {
            letterpress: 0,
            generation,
            tree,
            rung: self.rung,
            boot: disk::boot(),
            durable: self.options.durable,
            has_foreign: !edition.hands.carried.is_empty() || !edition.hands.folders.is_empty(),
            files: 0,
        };
        Record::new(header, edition.manifest)
    }

    /// Gives the new tree all that stays: our unchanged files, and everything that is someone else's.
    fn complete(&self, fresh: &Path, edition: &Edition) -> Result<(), Error> {
        let stays = edition.manifest.rows().par_iter().filter(|row| edition.written.binary_search(&row.path).is_err());
        stays.try_for_each(|row| self.link_unchanged(fresh, row))?;
        for folder in &edition.hands.folders {
            let at = fresh.join(&folder.path);
            disk::make_folders(&*self.disk, &at).map_err(Error::disk("make the folder", &at))?;
        }
        for file in &edition.hands.carried {
            let (from, to) = (self.place.public.join(&file.path), fresh.join(&file.path));
            disk::with_parents(&*self.disk, &to, |to| self.disk.link(&from, to)).map_err(|error| {
                Error::refused(
                    format!("{} is not Letterpress's, and can't be carried over: {}", from.display(), reason(&error)),
                    "put it in `static/`, or publish to a folder of its own",
                )
            })?;
        }
        // Only now, since a mode may keep us out; the inner folders first, for the same reason.
        for folder in edition.hands.folders.iter().rev() {
            self.make_like(&fresh.join(&folder.path), &folder.stat)?;
        }
        Ok(())
    }

    /// What the look before rendering saw at the path of an output.
    pub(super) fn seen(&self, path: &OutPath) -> Option<Stat> {
        match self.manifest.position(path.as_str().as_bytes()).map(|at| self.look.states[at]) {
            Some(State::Whole(stat) | State::Edited(stat, _)) => Some(stat),
            _ => self.look.foreign_at(Path::new(path.as_str())).map(|foreign| foreign.stat),
        }
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

    /// Removes what an attempt left, as far as it can be done; the next start does the rest.
    fn clear_attempt(&self) {
        if self.rung == Rung::InPlace {
            let _ = disk::remove_tree(&*self.disk, &self.stage_root());
            return;
        }
        // If it can't be told which tree is live, nothing is removed.
        let Ok(public) = disk::identify(&self.place.public) else { return };
        let _ = self.disk.remove_file(&self.place.own("next"));
        let fresh = self.place.own("fresh");
        if matches!(disk::identify(&fresh), Ok(Some(found)) if Some(found) != public) {
            let _ = disk::remove_tree(&*self.disk, &fresh);
        }
    }
}

fn hash_of(file: &mut File) -> io::Result<blake3::Hash> {
    let mut hasher = blake3::Hasher::new();
    file.rewind()?;
    hasher.update_reader(file)?;
    Ok(hasher.finalize())
}

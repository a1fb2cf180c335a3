//! The order of a publish.
//!
//! What changed is written beside the trees while it is rendered; nothing else is touched before all of it is known. Then the spare is brought
//! forward, or a tree made from nothing; that is recorded, made to last, and switched to. All that an edition needs room on the disk for is written
//! before the switch, and nothing after it can fail a build.

use std::{
    collections::BTreeSet,
    fs::File,
    io::{self, Seek},
    path::{Path, PathBuf},
    sync::Arc,
};

use rayon::prelude::*;

use super::{
    CommitError, Content, Entry, Error, Folder, Kept, Manifest, Rendered, Report, Row, Want,
    disk::{self, Identity, Kind, Stat},
    in_place, kept,
    look::{self, Foreign, STAGE, State},
    manifest::Changes,
    record::{Header, Made, Name, Record, Rung},
    spare, switch,
    table::{self, Table},
};
use crate::model::OutPath;

/// How many foreign files a refusal names.
const NAMED: usize = 5;

/// How many names of old trees a small publish sweeps, so that an edit after a change of the whole site is not the one that pays for it. On a busy
/// disk, half a millisecond each was measured.
const SWEPT_AT_ONCE: usize = 500;

/// An output that was rendered, and whose bytes are settled.
struct Settled {
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
    pub changes: Changes,
    pub manifest: Manifest,
    /// The files whose bytes wait in the stage, sorted by path.
    pub written: Vec<Written>,
    pub hands: Hands,
}

/// A file that waits in the stage.
#[derive(Debug, Clone)]
pub(super) struct Written {
    pub path: OutPath,
    /// The number of its entry.
    pub number: usize,
}

impl Edition {
    /// The file that waits for `path`, which may be any bytes.
    pub(super) fn written(&self, path: &[u8]) -> Option<&Written> {
        written(&self.written, path)
    }
}

fn written<'a>(files: &'a [Written], path: &[u8]) -> Option<&'a Written> {
    files.binary_search_by(|file| file.path.as_str().as_bytes().cmp(path)).ok().map(|at| &files[at])
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
    /// Renders the entries that ask for it, all threads at once, and publishes the result.
    ///
    /// `render` is called once for each number of an entry that wants to be rendered, in any order. An entry that wants what is published costs
    /// one search in the manifest: its file is neither read nor looked at again.
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
                self.sweep(usize::MAX);
            }
        }
        result
    }

    /// The report of publishing what is published already; none if anything of it has to be mended.
    ///
    /// Changes nothing. For whoever knows that the edition would be the same.
    pub fn standing(&mut self) -> Option<Report> {
        if !self.is_known || !self.is_recorded || self.damaged().next().is_some() {
            return None;
        }
        let manifest = self.manifest.clone();
        let hands = self.hands(&manifest, &[]);
        let edition = Edition { changes: Changes::default(), manifest, written: Vec::new(), hands };
        edition.hands.kept.is_empty().then(|| self.report(&edition))
    }

    /// Where files are written before they are published.
    pub(super) fn stage_root(&self) -> PathBuf {
        match self.rung {
            Rung::InPlace => self.place.public.join(STAGE),
            Rung::Exchange | Rung::Link if self.spare.is_some() => self.place.own("stage"),
            Rung::Exchange | Rung::Link => self.place.own("fresh"),
        }
    }

    /// Where the entry of this number is written: at its place in a new tree, or under its number if it will be moved into the spare.
    pub(super) fn staged(&self, number: usize, path: &OutPath) -> PathBuf {
        let root = self.stage_root();
        if self.spare.is_some() { root.join(number.to_string()) } else { root.join(path.as_str()) }
    }

    fn stage<E: Send>(
        &self,
        entries: &[Entry],
        render: &(impl Fn(usize) -> Result<Rendered, E> + Sync),
    ) -> Result<Edition, CommitError<E>> {
        if self.rung != Rung::InPlace && self.spare.is_none() {
            self.make_root(&self.stage_root())?;
        }
        let rendered = entries.par_iter().enumerate().filter(|(_, entry)| entry.want == Want::Rendered);
        let settled = rendered.map(|(number, entry)| {
            let rendered = render(number).map_err(Failure::Render)?;
            Ok((number, self.stage_output(number, entry, rendered).map_err(Failure::Write)?))
        });
        let (mut outputs, mut mistakes, mut failure) = (Vec::new(), Vec::new(), None);
        for settled in settled.collect::<Vec<_>>() {
            match settled {
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
        Ok(self.edition(entries, outputs)?)
    }

    fn stage_output(&self, number: usize, entry: &Entry, rendered: Rendered) -> Result<Settled, Error> {
        let path = &entry.path;
        let place = self.staged(number, path);
        // Nearly always, and then it takes no memory.
        let is_lonely = rendered.uses.is_empty();
        let uses: Arc<[OutPath]> = if is_lonely { Arc::default() } else { rendered.uses.into() };
        let settled = |hash, len_bytes, from| {
            let row = Row { path: path.clone(), hash, len_bytes, subject: entry.subject.clone(), uses };
            Ok(Settled { row, from })
        };
        match rendered.content {
            Content::Published => {
                let row = self.published(path).ok_or_else(|| Error::NotPublished(path.clone()))?;
                Ok(Settled { row: row.clone(), from: Origin::Carried })
            }
            Content::Bytes(bytes) => {
                // Here, since the bytes were just made: they are still near the processor.
                let (hash, len) = (blake3::hash(&bytes), bytes.len() as u64);
                if self.stands(path, len, || Ok(hash))? {
                    return settled(hash, len, Origin::Live);
                }
                let written = self.in_stage(&place, |place| self.disk.create(place, &bytes));
                written.map_err(Error::disk("write", &place))?;
                settled(hash, len, Origin::Stage)
            }
            Content::Stream(mut file) => {
                let reading = || Error::disk("read what is to be copied to", &place);
                let len = file.metadata().map_err(reading())?.len();
                let mut hash = None;
                if self.stands(path, len, || Ok(*hash.insert(hash_of(&mut file)?)))? {
                    let hash = hash.expect("nothing stands there unless its hash was compared");
                    return settled(hash, len, Origin::Live);
                }
                let written = self.in_stage(&place, |place| {
                    file.rewind()?;
                    self.disk.create_from(place, &mut file)
                });
                let (hash, len) = written.map_err(Error::disk("write", &place))?;
                settled(hash, len, Origin::Stage)
            }
        }
    }

    /// Makes a file in the stage. Where that is a tree, most pages have a folder of their own.
    fn in_stage<T>(&self, place: &Path, create: impl FnMut(&Path) -> io::Result<T>) -> io::Result<T> {
        let has_own_folder = self.spare.is_none() && place.file_name().is_some_and(|name| name == "index.html");
        if has_own_folder {
            disk::in_new_folder(&*self.disk, place, create)
        } else {
            disk::with_parents(&*self.disk, place, create)
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

    /// Puts together what was rendered, what stays, and what of the last edition nobody wants any more.
    fn edition(&self, entries: &[Entry], outputs: Vec<(usize, Settled)>) -> Result<Edition, Error> {
        let old = self.manifest.rows();
        let kept = entries.par_iter().filter(|entry| entry.want == Want::Published).map(|entry| {
            let at = self.position(&entry.path).filter(|at| matches!(self.look.states[*at], State::Whole(_)));
            at.ok_or_else(|| Error::NotPublished(entry.path.clone()))
        });
        let mut is_wanted = vec![false; old.len()];
        let want = |is_wanted: &mut [bool], at: usize| {
            let is_twice = std::mem::replace(&mut is_wanted[at], true);
            assert!(!is_twice, "the plan lists each path once, but {} twice", old[at].path);
        };
        // All of them first: the one that is named must not depend on which thread was quicker.
        for at in kept.collect::<Vec<_>>() {
            want(&mut is_wanted, at?);
        }
        let (mut put, mut files, mut named) = (Vec::new(), Vec::new(), Vec::new());
        for (number, output) in outputs {
            let at = self.position(&output.row.path);
            if let Some(at) = at {
                want(&mut is_wanted, at);
            }
            match output.from {
                Origin::Stage => files.push(Written { path: output.row.path.clone(), number }),
                Origin::Carried => named.extend_from_slice(&output.row.uses),
                Origin::Live => {}
            }
            if at.is_none_or(|at| old[at] != output.row) {
                put.push(output.row);
            }
        }
        // The files that carried pages name, and that the new plan has no more.
        while let Some(path) = named.pop() {
            if let Some(at) = self.position(&path).filter(|at| !is_wanted[*at] && self.published(&path).is_some()) {
                is_wanted[at] = true;
                named.extend_from_slice(&old[at].uses);
            }
        }
        put.sort_by(|a: &Row, b| a.path.cmp(&b.path));
        if let Some(twice) = put.windows(2).find(|pair| pair[0].path == pair[1].path) {
            panic!("the plan lists each path once, but {} twice", twice[0].path);
        }
        files.sort_by(|a: &Written, b| a.path.cmp(&b.path));
        let gone = old.iter().zip(is_wanted).filter(|(_, is_wanted)| !is_wanted).map(|(row, _)| row.path.clone());
        let changes = Changes { put, gone: gone.collect() };
        let manifest = if changes.is_empty() { self.manifest.clone() } else { self.manifest.with(&changes) };
        let hands = self.hands(&manifest, &files);
        self.refuse_unasked(&hands)?;
        Ok(Edition { changes, manifest, written: files, hands })
    }

    fn position(&self, path: &OutPath) -> Option<usize> {
        self.manifest.position(path.as_str().as_bytes())
    }

    /// Refuses to take over someone else's folder.
    fn refuse_unasked(&self, hands: &Hands) -> Result<(), Error> {
        let mut foreign =
            hands.kept.iter().map(PathBuf::as_path).chain(hands.carried.iter().map(|foreign| &*foreign.path));
        let count = foreign.clone().count();
        if self.is_ours || self.options.adopt || count == 0 {
            return Ok(());
        }
        let mut named: Vec<String> = foreign.by_ref().take(NAMED).map(|path| path.display().to_string()).collect();
        if foreign.next().is_some() {
            named.push("…".into());
        }
        Err(Error::refused(
            format!(
                "{} has {count} files that Letterpress did not write, or that differ from this edition: {}",
                self.place.shown(),
                named.join(", ")
            ),
            "name a folder of its own, or build with `--adopt`: foreign files then stay, and those in the way of an output are moved beside the folder",
        ))
    }

    /// Decides what becomes of everything that other hands did.
    fn hands(&self, manifest: &Manifest, files: &[Written]) -> Hands {
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
                if written(files, path).is_some() {
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
        let is_unchanged =
            self.is_known && edition.written.is_empty() && edition.hands.kept.is_empty() && edition.changes.is_empty();
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
        report.seal = self.seal();
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
        let was_missing =
            |path: &OutPath| self.position(path).is_some_and(|at| matches!(self.look.states[at], State::Missing));
        let written = edition.written.iter().map(|file| file.path.clone());
        let mended = written.clone().filter(|path| self.root.is_some() && was_missing(path));
        Report {
            generation: self.generation(),
            seal: self.seal(),
            unchanged: edition.manifest.rows().len() - edition.written.len(),
            removed: edition.changes.gone.clone(),
            mended: mended.collect(),
            kept: Vec::new(),
            carried: edition.hands.carried.len(),
            written: written.collect(),
            notes: std::mem::take(&mut self.notes),
        }
    }

    fn publish_whole(&mut self, edition: Edition, report: &mut Report) -> Result<Vec<Kept>, Error> {
        let (tree, made, paths) =
            if let (Some(paths), Some(spare)) = (spare::bring_forward(self, &edition)?, &self.spare) {
                (spare.tree.clone(), Made::FromSpare, paths)
            } else {
                let fresh = self.make_anew(&edition)?;
                spare::make_twin(self, &fresh, &edition)?;
                (fresh, Made::Anew, BTreeSet::new())
            };
        let mut kept = self.keep_all(&edition.hands, report.generation)?;
        // Last of all that renews a ctime: see the module's head.
        self.sweep(if made == Made::Anew { usize::MAX } else { SWEPT_AT_ONCE });
        let tree = switch::make_ready(self, tree)?;
        let identity =
            disk::identify(&tree)?.ok_or_else(|| Error::disk("look at", &tree)(io::ErrorKind::NotFound.into()))?;
        let next = self.record(edition, identity, report.generation, made)?;
        next.seal(&*self.disk, &self.place.own("next")).map_err(self.error("write the record", "next"))?;
        self.make_durable()?;
        switch::switch(self, &tree, identity)?;
        self.spare = None;

        let look = std::mem::take(&mut self.look);
        match switch::settle(self, next, Some(&look), paths) {
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

    /// The record of a new edition. Writes the table that it names.
    pub(super) fn record(
        &self,
        edition: Edition,
        tree: Identity,
        generation: u64,
        made: Made,
    ) -> Result<Record, Error> {
        let header = Header {
            letterpress: 0,
            generation,
            tree,
            rung: self.rung,
            made,
            looked_at: self.began_at(),
            boot: disk::boot(),
            durable: self.options.durable,
            twin: disk::identify(&self.place.own("twin"))?,
            foreign: foreign_names(&edition),
            table: self.write_table(&edition, generation)?,
        };
        Ok(Record::new(header, edition.manifest))
    }

    /// Appends what changed to the table of the live edition, or begins a new one.
    fn write_table(&self, edition: &Edition, generation: u64) -> Result<Table, Error> {
        let live = self.live.as_ref().map(|live| live.header.table).filter(|_| self.is_recorded);
        let at = |table: Table| self.place.own(&table.name());
        if let Some(live) = live {
            let segment = table::segment(&edition.changes.put, &edition.changes.gone);
            if let Some(next) = live.after(&segment) {
                let appended = self.disk.append(&at(next), live.len_bytes, &segment);
                return appended.map(|()| next).map_err(Error::disk("write the manifest", &at(next)));
            }
        }
        let base = table::segment(edition.manifest.rows(), &[]);
        let len_bytes = base.len() as u64;
        let next = Table { file: generation, base_bytes: len_bytes, len_bytes };
        self.disk.append(&at(next), 0, &base).map_err(Error::disk("write the manifest", &at(next)))?;
        Ok(next)
    }

    /// What the look before rendering saw at the path of an output.
    pub(super) fn seen(&self, path: &OutPath) -> Option<Stat> {
        match self.manifest.position(path.as_str().as_bytes()).map(|at| self.look.states[at]) {
            Some(State::Whole(stat) | State::Edited(stat, _)) => Some(stat),
            _ => self.look.foreign_at(Path::new(path.as_str())).map(|foreign| foreign.stat),
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
        for name in ["fresh", "twin", "stage"] {
            let tree = self.place.own(name);
            if matches!(disk::identify(&tree), Ok(Some(found)) if Some(found) != public) {
                let _ = disk::remove_tree(&*self.disk, &tree);
            }
        }
    }
}

/// Everything in a tree that is someone else's: also the folders that only their files keep.
fn foreign_names(edition: &Edition) -> Vec<Name> {
    let Edition { manifest, hands, .. } = edition;
    let found = hands.folders.iter().chain(&hands.carried).map(|foreign| &*foreign.path);
    let with_folders = found.flat_map(Path::ancestors).filter(|path| !path.as_os_str().is_empty());
    let names: BTreeSet<&Path> = with_folders.filter(|path| !manifest.has_folder(look::bytes(path))).collect();
    names.into_iter().map(Name::from).collect()
}

fn hash_of(file: &mut File) -> io::Result<blake3::Hash> {
    let mut hasher = blake3::Hasher::new();
    file.rewind()?;
    hasher.update_reader(file)?;
    Ok(hasher.finalize())
}
